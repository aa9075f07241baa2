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

// NewFor is how many days an item counts as new after its launch.
const NewFor = 90

// NewItemsQuery asks how the new items do.
type NewItemsQuery struct {
	Now      time.Time
	From, To market.Day
	Filter   metric.Filter
	Top      int
	AsOf     market.Revision
	Fresh    Freshness
	Cache    *Cache // may be nil
}

// NewItems is what new items sold. An item is new for NewFor days from its
// launch, counted at the end of the days asked for; it is high-margin when it
// earns more of a yuan than the whole shop did in these days.
type NewItems struct {
	Shop    market.ShopID `json:"shop"`
	From    market.Day    `json:"from"`
	To      market.Day    `json:"to"`
	Covered market.Window `json:"covered"`
	Part    bool          `json:"part"`
	Data    Coverage      `json:"data"`
	Filter  metric.Filter `json:"filter,omitzero"`

	GMV       market.Fen `json:"gmv"`        // of everything
	Margin    Value      `json:"margin"`     // of everything
	Share     Value      `json:"share"`      // of new items in GMV
	HighShare Value      `json:"high_share"` // of new high-margin items in GMV
	Launched  int        `json:"launched"`   // new items in the catalogue
	Selling   int        `json:"selling"`    // of these, with paid pieces
	// Unknown is how many items of the catalogue do not say when they were
	// launched; they count as old.
	Unknown int       `json:"unknown,omitempty"`
	Items   []NewItem `json:"items"` // by GMV
	More    int       `json:"more,omitempty"`
}

// NewItem is one new item.
type NewItem struct {
	SKU      market.SKU  `json:"sku"`
	Title    string      `json:"title"`
	Unit     market.Unit `json:"unit,omitempty"`
	Launched market.Day  `json:"launched"`
	GMV      market.Fen  `json:"gmv"`
	Units    int64       `json:"units"`
	Margin   Value       `json:"margin"`
	High     bool        `json:"high"`
}

// LoadNewItems answers q; ErrNoData when no orders reach the days asked for.
func LoadNewItems(ctx context.Context, db *storage.DB, shop *market.Shop, q NewItemsQuery) (NewItems, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "new items", func(l *loader) (NewItems, error) {
		n, err := l.newItems(q)
		l.based(&n.Data)
		return n, err
	})
}

func (l *loader) newItems(q NewItemsQuery) (NewItems, error) {
	f, err := l.figures(FiguresQuery{
		Now: q.Now, From: q.From, To: q.To, Filter: q.Filter, By: metric.BySKU,
		Metrics: []string{"gmv_paid", "units", "margin"}, AsOf: q.AsOf, Fresh: q.Fresh,
	})
	if err != nil {
		return NewItems{}, err
	}
	if l.itemsRev == 0 {
		return NewItems{}, ErrNoData // without a catalogue nobody knows what is new
	}
	n := NewItems{
		Shop: f.Shop, From: f.From, To: f.To, Covered: f.Covered, Part: f.Part, Data: f.Data, Filter: f.Filter,
		GMV: market.Fen(f.Total[0].V), Margin: f.Total[2],
	}
	for _, it := range l.items.Items() {
		switch {
		case it.Launched == 0:
			n.Unknown++
		case isNew(it, q.To) && (q.Filter.Unit == "" || it.Unit == q.Filter.Unit):
			n.Launched++
		}
	}
	var sum, high float64
	for _, r := range f.Rows {
		it, ok := l.items.Find(market.SKU(r.Key))
		if !ok || !isNew(*it, q.To) || r.Values[0].V <= 0 {
			continue
		}
		item := NewItem{
			SKU: it.SKU, Title: l.items.Title(it.SKU), Unit: it.Unit, Launched: it.Launched,
			GMV: market.Fen(r.Values[0].V), Units: int64(r.Values[1].V), Margin: r.Values[2],
		}
		item.High = item.Margin.Known && n.Margin.Known && item.Margin.V > n.Margin.V
		sum += r.Values[0].V
		if item.High {
			high += r.Values[0].V
		}
		n.Items = append(n.Items, item)
	}
	n.Selling = len(n.Items)
	if total := f.Total[0]; total.Known && total.V > 0 {
		n.Share = Value{V: sum / total.V, Known: true}
		n.HighShare = Value{V: high / total.V, Known: n.Margin.Known}
	}
	slices.SortStableFunc(n.Items, func(a, b NewItem) int {
		return cmp.Or(cmp.Compare(b.GMV, a.GMV), cmp.Compare(a.SKU, b.SKU))
	})
	if q.Top > 0 && len(n.Items) > q.Top {
		n.More = len(n.Items) - q.Top
		n.Items = n.Items[:q.Top:q.Top]
	}
	return n, nil
}

// isNew reports whether it was launched at most NewFor days before d, and not
// after it.
func isNew(it metric.Item, d market.Day) bool {
	return it.Launched != 0 && it.Launched <= d && it.Launched > d-NewFor
}
