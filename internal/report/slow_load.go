package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

const (
	slowDays  = 28 // of sales that a turnover is counted from
	clearDays = 30 // in which a markdown should sell the stock unless asked otherwise
)

// LoadSlow answers q. A shop without a complete picture of its stock gives
// ErrNoData; so does one whose orders have never come in.
func LoadSlow(ctx context.Context, db *storage.DB, shop *market.Shop, q SlowQuery) (Slow, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "slow movers", func(l *loader) (Slow, error) {
		s, err := l.slow(q)
		l.based(&s.Data)
		return s, err
	})
}

// shelfLine is a row of the picture of stock with what it sold.
type shelfLine struct {
	line
	analysis.ShelfLine
	last int64
}

func (l *loader) slow(q SlowQuery) (Slow, error) {
	all, err := l.feeds(append([]string{market.OwnPrices.Name}, stockTables...), q.Now, q.Fresh)
	if err != nil {
		return Slow{}, err
	}
	s := Slow{Shop: l.shop.ID, Days: cmp.Or(q.Days, clearDays), Over: slowDays}
	end := earlier(known(all, market.OrderLines.Name), q.Now)
	if end.IsZero() {
		return s, ErrNoData
	}
	at, lines, err := l.shelfLines(market.Window{Start: end.AddDate(0, 0, -slowDays), End: end}, q.Now)
	if err != nil {
		return s, err
	}
	s.At, s.Data = at, coverage(l.tx, all, at, zeroTime, q.AsOf)
	bare := make([]analysis.ShelfLine, len(lines))
	for i := range lines {
		bare[i] = lines[i].ShelfLine
	}
	usual := analysis.TurnoverBenchmarks(l.shop.Industry, bare)
	for i := range lines {
		if x := &lines[i]; q.keeps(x) {
			fresh := l.fresh(x, q.Now)
			s.add(l.slowItem(x, usual, fresh), fresh, q.SKU != "")
		}
	}
	slices.SortFunc(s.Items, bySurplus)
	if q.Top > 0 && len(s.Items) > q.Top {
		s.More = len(s.Items) - q.Top
		s.Items = s.Items[:q.Top:q.Top]
	}
	return s, l.markdowns(&s, all, q.Now)
}

func (q *SlowQuery) keeps(x *shelfLine) bool {
	return (q.Unit == "" || x.Unit == q.Unit) && (q.Channel == "" || x.channel == string(q.Channel)) && (q.SKU == "" || x.sku == string(q.SKU))
}

// bySurplus puts what ties up most money first, and of what has no cost most pieces.
func bySurplus(a, b SlowItem) int {
	return cmp.Or(
		cmp.Compare(b2i(b.Slow), b2i(a.Slow)), cmp.Compare(b.Tied.V, a.Tied.V), cmp.Compare(b.Surplus, a.Surplus),
		cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel),
	)
}

// shelfLines are the listed rows of the newest complete picture of stock with what
// they sold in a stretch.
func (l *loader) shelfLines(w market.Window, now time.Time) (at time.Time, lines []shelfLine, err error) {
	snap, rows, found, err := l.tx.State(l.shop.ID, market.Inventory, now, l.asOf)
	if err != nil {
		return at, nil, fmt.Errorf("load stock: %w", err)
	}
	if !found {
		return at, nil, ErrNoData
	}
	sold, err := l.sales(w)
	if err != nil {
		return at, nil, err
	}
	sku, channel, available, listed := rows.Column("sku"), rows.Column("channel"), rows.Column("available"), rows.Column("listed")
	for i := range rows.Len() {
		have, ok := available.Int(i)
		if !ok || listed.Known(i) && listed.Ints[i] == 0 {
			continue
		}
		k := line{sku.Text(i), channel.Text(i)}
		v := sold.of(k.sku, k.channel)
		x := shelfLine{line: k, last: v.last, ShelfLine: analysis.ShelfLine{Unit: l.items.Unit(market.SKU(k.sku)), Available: have, Units: v.units, Days: slowDays}}
		if it, ok := l.items.Find(market.SKU(k.sku)); ok {
			x.Category = it.Category
		}
		lines = append(lines, x)
	}
	return snap.Window.End, lines, nil
}

// fresh reports whether an item was launched so late that its sales say little.
func (l *loader) fresh(x *shelfLine, now time.Time) bool {
	it, ok := l.items.Find(market.SKU(x.sku))
	return ok && it.Launched > l.shop.Day(now)-slowDays
}

func (l *loader) slowItem(x *shelfLine, usual *analysis.Benchmarks, fresh bool) SlowItem {
	sku := market.SKU(x.sku)
	it := SlowItem{
		SKU: sku, Title: l.items.Title(sku), Unit: x.Unit, Category: x.Category, Channel: market.Channel(x.channel), Available: x.Available,
		Units: x.Units, SoldShare: x.SoldShare(), Price: -1, Floor: -1,
	}
	it.Turnover.V, it.Turnover.Known = x.Turnover()
	if x.last > 0 {
		it.LastAt = time.UnixMilli(x.last).UTC()
	}
	b, known := usual.Of(x.ShelfLine)
	if known {
		it.Usual = &b
	}
	it.Surplus = x.Surplus(b, known)
	if item, ok := l.items.Find(sku); ok {
		it.Floor = item.Floor
		if item.Cost >= 0 {
			it.Tied = Value{V: float64(item.Cost * market.Fen(it.Surplus)), Known: true}
		}
	}
	it.Slow = !fresh && analysis.DefaultSlow().Slow(x.ShelfLine, b, known)
	return it
}

// add counts a line and lists it when it is slow or was asked for.
func (s *Slow) add(it SlowItem, fresh, named bool) {
	stocked := it.Available > 0
	s.Stocked += b2i(stocked)
	s.Sold += b2i(stocked && it.Units > 0)
	s.New += b2i(stocked && fresh)
	if it.Slow {
		s.Slow++
		s.Dead += b2i(it.Units == 0)
		s.Tied += market.Fen(it.Tied.V)
		s.TiedPart = s.TiedPart || !it.Tied.Known
	}
	if it.Slow || named {
		s.Items = append(s.Items, it)
	}
}

// markdowns says of the lines that are listed what price would sell them in time.
func (l *loader) markdowns(s *Slow, all []feed, now time.Time) error {
	_, own, err := l.ownPrices(now)
	if err != nil {
		return err
	}
	at := make([]line, len(s.Items))
	for i, it := range s.Items {
		at[i] = line{string(it.SKU), string(it.Channel)}
	}
	history, err := l.soldDays(at, all, now)
	if err != nil {
		return err
	}
	for i := range s.Items {
		it := &s.Items[i]
		it.Price = listedPrice(l.byChannel(own[it.SKU]), it.Channel)
		c := pricing.Case{
			Price: max(0, it.Price), Step: l.priceStep(it.Price), Units: float64(it.Units) / slowDays, Elasticity: pricing.ElasticityOf(history[i]),
			Floor: it.Floor, FloorKnown: it.Floor >= 0, Available: it.Available,
		}
		if item, ok := l.items.Find(it.SKU); ok {
			c.Cost, c.CostKnown = item.Cost, item.Cost >= 0
		}
		if x, ok := pricing.Markdown(c, s.Days); ok {
			it.Clear = &x
		}
	}
	return nil
}

// listedPrice is the landed price on a channel, of the first that lists the item when
// stock is not kept by channel; -1 when there is none.
func listedPrice(own []OwnPrice, on market.Channel) market.Fen {
	for _, p := range own {
		if p.Listed && (on == "" || p.Channel == on) {
			return p.Landed
		}
	}
	return -1
}
