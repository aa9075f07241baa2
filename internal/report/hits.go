package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// HitsQuery asks for the items that sell most.
type HitsQuery struct {
	Now      time.Time
	From, To market.Day
	Filter   metric.Filter
	N        int // how many items count as hits
	AsOf     market.Revision
	Fresh    Freshness
	Cache    *Cache // may be nil
}

// Hits is how much of paid GMV hangs on few items, and who came and went since
// the stretch of the same length before.
type Hits struct {
	Shop    market.ShopID `json:"shop"`
	From    market.Day    `json:"from"`
	To      market.Day    `json:"to"`
	Covered market.Window `json:"covered"`
	Part    bool          `json:"part"`
	Data    Coverage      `json:"data"`
	Filter  metric.Filter `json:"filter,omitzero"`
	N       int           `json:"n"`

	GMV         market.Fen `json:"gmv"`          // of everything
	Share       Value      `json:"share"`        // of the N hits in GMV
	ShareBefore Value      `json:"share_before"` // the same of the stretch before
	Largest     Value      `json:"largest"`      // of the best item alone: the risk of its failing
	Selling     int        `json:"selling"`      // items with paid pieces

	Items   []Hit `json:"items"`             // the N hits, best first
	Entered []Hit `json:"entered,omitempty"` // hits that were none before
	Left    []Hit `json:"left,omitempty"`    // were hits before; GMV and Rank are of now
	// BaseFrom..BaseTo is the stretch before; both 0 when history does not
	// reach it: Entered and Left are empty then.
	BaseFrom market.Day `json:"base_from,omitempty"`
	BaseTo   market.Day `json:"base_to,omitempty"`
}

// Hit is one item with its place. RankBefore is 0 when it did not sell.
type Hit struct {
	SKU        market.SKU  `json:"sku"`
	Title      string      `json:"title"`
	Unit       market.Unit `json:"unit,omitempty"`
	GMV        market.Fen  `json:"gmv"`
	Units      int64       `json:"units"`
	Share      float64     `json:"share" cell:"share"`
	Rank       int         `json:"rank"` // 0 when it does not sell now
	RankBefore int         `json:"rank_before,omitempty"`
}

// LoadHits answers q; ErrNoData when no orders reach the days asked for.
func LoadHits(ctx context.Context, db *storage.DB, shop *market.Shop, q HitsQuery) (Hits, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "hits", func(l *loader) (Hits, error) {
		h, err := l.hits(q)
		l.based(&h.Data)
		return h, err
	})
}

func (l *loader) hits(q HitsQuery) (Hits, error) {
	ask := FiguresQuery{
		Now: q.Now, From: q.From, To: q.To, Filter: q.Filter, Compare: []Compare{PrevPeriod}, By: metric.BySKU,
		Metrics: []string{"gmv_paid", "units"}, AsOf: q.AsOf, Fresh: q.Fresh,
	}
	f, err := l.figures(ask)
	if err != nil {
		return Hits{}, err
	}
	h := Hits{
		Shop: f.Shop, From: f.From, To: f.To, Covered: f.Covered, Part: f.Part, Data: f.Data, Filter: f.Filter, N: q.N,
		GMV: market.Fen(f.Total[0].V),
	}
	now := rankItems(f.Rows, func(r FigureRow) []Value { return r.Values })
	h.Selling = len(now)
	h.Share = topShare(now, q.N, f.Total[0])
	h.Largest = topShare(now, 1, f.Total[0])
	before := map[string]int{}
	if f.Base != nil {
		h.BaseFrom, h.BaseTo = f.Base.From, f.Base.To
		then := rankItems(f.Rows, func(r FigureRow) []Value { return r.Before })
		h.ShareBefore = topShare(then, q.N, f.Before[0])
		for i, r := range then {
			before[r.row.Key] = i + 1
		}
	}
	rank := map[string]int{}
	for i, r := range now {
		rank[r.row.Key] = i + 1
		if i < q.N {
			hit := l.hit(r.row, f.Total[0], i+1, before[r.row.Key])
			h.Items = append(h.Items, hit)
			if f.Base != nil && (hit.RankBefore == 0 || hit.RankBefore > q.N) {
				h.Entered = append(h.Entered, hit)
			}
		}
	}
	for _, row := range f.Rows {
		if b, r := before[row.Key], rank[row.Key]; b > 0 && b <= q.N && (r == 0 || r > q.N) {
			h.Left = append(h.Left, l.hit(row, f.Total[0], r, b))
		}
	}
	slices.SortFunc(h.Left, func(a, b Hit) int { return cmp.Compare(a.RankBefore, b.RankBefore) })
	return h, nil
}

func (l *loader) hit(r FigureRow, total Value, rank, before int) Hit {
	h := Hit{
		SKU: market.SKU(r.Key), Title: l.title(market.SKU(r.Key)), Unit: l.items.Unit(market.SKU(r.Key)),
		GMV: market.Fen(r.Values[0].V), Units: int64(r.Values[1].V), Rank: rank, RankBefore: before,
	}
	if total.V > 0 {
		h.Share = r.Values[0].V / total.V
	}
	return h
}

type ranked struct {
	row FigureRow
	gmv float64
}

// rankItems orders the items that sold in the figures that side picks. What has
// no known SKU is no item.
func rankItems(rows []FigureRow, side func(FigureRow) []Value) []ranked {
	var out []ranked
	for _, r := range rows {
		if v := side(r); r.Key != "" && len(v) > 0 && v[0].Known && v[0].V > 0 {
			out = append(out, ranked{r, v[0].V})
		}
	}
	slices.SortStableFunc(out, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.gmv, a.gmv), cmp.Compare(a.row.Key, b.row.Key))
	})
	return out
}

func topShare(items []ranked, n int, total Value) Value {
	if !total.Known || total.V <= 0 {
		return Value{}
	}
	sum := 0.0
	for _, r := range items[:min(n, len(items))] {
		sum += r.gmv
	}
	return Value{V: sum / total.V, Known: true}
}
