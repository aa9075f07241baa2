package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// aheadDays is how far the calendar's demand is looked at for cover.
const aheadDays = 60

// lowCover is below how many days cover is low unless the query says otherwise.
const lowCover = 3

var stockTables = []string{market.Inventory.Name, market.OrderLines.Name}

// LoadStock answers q. A shop without a complete picture of its stock gives
// ErrNoData.
func LoadStock(ctx context.Context, db *storage.DB, shop *market.Shop, q StockQuery) (Stock, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "stock", func(l *loader) (Stock, error) {
		s, err := l.stock(q)
		l.based(&s.Data)
		return s, err
	})
}

func (l *loader) stock(q StockQuery) (Stock, error) {
	all, err := l.feeds(stockTables, q.Now, q.Fresh)
	if err != nil {
		return Stock{}, err
	}
	week, err := l.salesWeek(all, q.Now)
	if err != nil {
		return Stock{}, err
	}
	at, lines, err := l.stockLines(&week, q.Now)
	if err != nil {
		return Stock{}, err
	}
	s := Stock{Shop: l.shop.ID, At: at, Data: coverage(l.tx, all, at, zeroTime, q.AsOf), Within: q.Cover}
	limit := q.Cover
	if limit <= 0 {
		limit = lowCover
	}
	earlier, err := l.longOut(lines, &week)
	if err != nil {
		return Stock{}, err
	}
	for i := range lines {
		if x := &lines[i]; x.Listed && q.keeps(x) {
			it := stockItem(x, q.Now)
			it.Earlier = earlier[i]
			s.add(q, it, limit)
		}
	}
	sortStock(s.Items)
	if q.Top > 0 && len(s.Items) > q.Top {
		s.More = len(s.Items) - q.Top
		s.Items = s.Items[:q.Top]
	}
	return s, nil
}

func (q *StockQuery) keeps(x *analysis.StockLine) bool {
	return (q.Unit == "" || x.Unit == q.Unit) && (q.Channel == "" || x.Channel == q.Channel) && (q.SKU == "" || x.SKU == q.SKU)
}

// add counts a line, and lists it when the query shows such lines or names it.
func (s *Stock) add(q StockQuery, it StockItem, limit float64) {
	out := it.Out && it.PerDay > 0
	low := !it.Out && it.CoverKnown && it.Cover < limit
	s.Listed++
	s.Out += b2i(out)
	s.Low += b2i(low)
	if out {
		s.LostPerDay += it.LostPerDay
	}
	if out || low {
		s.Loss = plusLoss(s.Loss, it.Loss)
	}
	shown := map[StockShow]bool{StockUrgent: out || low, StockOut: out, StockLow: low, StockAll: true}
	if shown[q.Show] || q.SKU != "" {
		s.Items = append(s.Items, it)
	}
}

func stockItem(x *analysis.StockLine, now time.Time) StockItem {
	it := StockItem{
		SKU: x.SKU, Title: x.Title, Unit: x.Unit, Channel: x.Channel, Available: x.Available, PerDay: x.PerDay,
		Out: x.Available <= 0, Inbound: x.Inbound, LeadDays: x.LeadDays, GMV7d: x.GMV7d, Rank: x.Rank,
	}
	it.Cover, it.CoverKnown = x.Cover()
	it.Loss = lossOf(x)
	if it.Inbound > 0 {
		it.ComesBy = now.Add(time.Duration(x.Comes * 24 * float64(time.Hour))).Truncate(time.Minute)
	}
	if it.Out {
		it.OutAt = x.OutAt
		it.LostPerDay = analysis.LostPerDay(x.PerDay, x.Price)
	} else if it.CoverKnown && it.Cover < 366 {
		it.OutAt = now.Add(time.Duration(it.Cover * 24 * float64(time.Hour))).Truncate(time.Minute)
	}
	return it
}

// lossOf is what a line misses until an order placed now can be there.
func lossOf(x *analysis.StockLine) analysis.Loss {
	return x.Loss(leadOf(x.LeadDays))
}

// plusLoss adds what independent items miss: their ranges add up as variances do.
func plusLoss(a, b analysis.Loss) analysis.Loss {
	both := func(x, y market.Fen) market.Fen { return market.Fen(math.Round(math.Hypot(float64(x), float64(y)))) }
	sum := analysis.Loss{Money: a.Money + b.Money, Days: max(a.Days, b.Days)}
	sum.Low = sum.Money - both(max(0, a.Money-a.Low), max(0, b.Money-b.Low))
	sum.High = sum.Money + both(max(0, a.High-a.Money), max(0, b.High-b.Money))
	return sum
}

// sortStock puts what is expected to miss most money first.
func sortStock(items []StockItem) {
	slices.SortFunc(items, func(a, b StockItem) int {
		return cmp.Or(
			cmp.Compare(b.Loss.Money, a.Loss.Money), cmp.Compare(b.LostPerDay, a.LostPerDay), cmp.Compare(b.GMV7d, a.GMV7d),
			cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel),
		)
	})
}

// stockLines is the newest complete picture of stock with the pace of each line.
func (l *loader) stockLines(s *sales, now time.Time) (at time.Time, lines []analysis.StockLine, err error) {
	snap, rows, found, err := l.tx.State(l.shop.ID, market.Inventory, now, l.asOf)
	if err != nil {
		return at, nil, fmt.Errorf("load stock: %w", err)
	}
	if !found {
		return at, nil, ErrNoData
	}
	shelves, err := l.shelfWeeks(snap.Revision, rows, now)
	if err != nil {
		return at, nil, err
	}
	rank := ranks(s.byLine, lessLine)
	bySKU := ranks(s.bySKU, func(a, b string) int { return cmp.Compare(a, b) })
	sku, channel := rows.Column("sku"), rows.Column("channel")
	available, inbound, lead, listed := rows.Column("available"), rows.Column("inbound"), rows.Column("lead_days"), rows.Column("listed")
	lines = make([]analysis.StockLine, 0, rows.Len())
	ahead := map[market.Unit][]float64{}
	for _, u := range append([]market.Label{{}}, l.shop.Units...) {
		ahead[market.Unit(u.ID)] = demandAhead(l.shop, market.Unit(u.ID), now)
	}
	for i := range rows.Len() {
		have, ok := available.Int(i)
		if !ok {
			continue // how much there is is not known
		}
		key, on := sku.Text(i), channel.Text(i)
		x := analysis.StockLine{
			SKU: market.SKU(key), Title: key, Channel: market.Channel(on),
			Available: have, Listed: !listed.Known(i) || listed.Ints[i] != 0, Inbound: inbound.Ints[i], LeadDays: lead.Ints[i],
		}
		if it, ok := l.items.Find(x.SKU); ok {
			x.Title, x.Unit = cmp.Or(it.Title, x.Title), it.Unit
			if x.LeadDays == 0 {
				x.LeadDays = it.LeadDays
			}
		}
		if x.Ahead, ok = ahead[x.Unit]; !ok {
			x.Ahead = ahead[""]
		}
		v := s.of(key, on)
		x.GMV7d, x.Price = v.paid, v.price()
		x.Units, x.PerDay = v.units, float64(v.units)/(7*shelves[i].stocked)
		x.Comes = shelves[i].comes(x.LeadDays)
		if x.Rank = rank[line{key, on}]; on == "" {
			x.Rank = bySKU[key]
		}
		if have <= 0 && v.last > 0 {
			x.OutAt = time.UnixMilli(v.last).UTC()
		}
		lines = append(lines, x)
	}
	return snap.Window.End, lines, nil
}

// earlierDays are the days before the last seven that tell how fast an item sold
// which has been out all week.
const earlierDays = 21

// longOut gives lines that are empty and have sold nothing all week the pace of the three
// weeks before, and tells which ones. Days out of stock among those weeks are not
// left out: the pace is rather too low.
func (l *loader) longOut(lines []analysis.StockLine, week *sales) (map[int]bool, error) {
	asleep := func(x *analysis.StockLine) bool { return x.Listed && x.Available <= 0 && x.Units == 0 }
	if week.window.Empty() || !slices.ContainsFunc(lines, func(x analysis.StockLine) bool { return asleep(&x) }) {
		return nil, nil
	}
	w := market.Window{Start: week.window.Start.AddDate(0, 0, -earlierDays), End: week.window.Start}
	before, err := l.sales(w)
	if errors.Is(err, storage.ErrForgotten) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[int]bool{}
	for i := range lines {
		x := &lines[i]
		v := before.of(string(x.SKU), string(x.Channel))
		if !asleep(x) || v.units <= 0 {
			continue
		}
		x.Units, x.PerDay, x.Price, x.OutAt = v.units, float64(v.units)/earlierDays, v.price(), time.UnixMilli(v.last).UTC()
		out[i] = true
	}
	return out, nil
}

// demandAhead is how the calendar's demand for a unit in each coming 24 hours stands to that
// of the seven days that a pace is from, ending with ordinary days; nil when it
// is the same throughout.
func demandAhead(shop *market.Shop, unit market.Unit, now time.Time) []float64 {
	const half = 12 * time.Hour
	base, same := 0.0, true
	for i := range 7 {
		f := shop.Calendar.Factor(unit, shop.Day(now.Add(-half-time.Duration(i)*24*time.Hour)))
		base += f / 7
		same = same && f == 1
	}
	out := make([]float64, 0, aheadDays+1)
	for i := range aheadDays {
		f := shop.Calendar.Factor(unit, shop.Day(now.Add(half+time.Duration(i)*24*time.Hour)))
		out = append(out, f/base)
		same = same && f == 1
	}
	if same {
		return nil
	}
	return append(out, 1/base)
}
