package report

import (
	"context"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// gmvTables are the feeds behind a GMV answer.
var gmvTables = []string{market.OrderLines.Name, market.Refunds.Name, market.Traffic.Name}

// refundLag is how far the refund feed may be behind the orders and still count
// as knowing them.
const refundLag = time.Hour

// LoadGMV answers q. A shop whose order feed has never delivered, and a stretch
// that begins after the data ends, give ErrNoData.
func LoadGMV(ctx context.Context, db *storage.DB, shop *market.Shop, q GMVQuery) (GMV, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "gmv", func(l *loader) (GMV, error) {
		g, err := l.gmv(q)
		l.based(&g.Data)
		return g, err
	})
}

func (l *loader) gmv(q GMVQuery) (GMV, error) {
	all, err := l.feeds(gmvTables, q.Now, q.Fresh)
	if err != nil {
		return GMV{}, err
	}
	cut := gmvCut(l.shop, all, q)
	g := GMV{
		Shop: l.shop.ID, From: q.From, To: q.To, Window: l.shop.Window(q.From, q.To), Filter: q.Filter, By: q.By,
	}
	if cut.orders.IsZero() || !cut.orders.After(g.Window.Start) {
		return GMV{}, ErrNoData
	}
	g.Covered = market.Window{Start: g.Window.Start, End: cut.orders}
	g.Part = cut.orders.Before(g.Window.End)
	g.Data = coverage(l.tx, all, earlier(known(all, market.OrderLines.Name), q.Now), gmvEnd(g, q), q.AsOf)
	cube, err := l.cube(cut.spec(q, l.shop, l.items, q.From, q.To))
	if err != nil {
		return GMV{}, err
	}
	g.Sums = cube.Total()
	if g.Sums.Known.Traffic {
		g.TrafficTo = cut.traffic
	}
	g.Campaign = campaignNote(l.shop, q.To)
	g.Target = targetPace(l.shop, q, g.Sums.Paid)
	g.Curves = []Curve{curve(cube, "", q.From, q.To).until(g.Covered.End, l.shop, g.Sums.Paid)}
	cubes, err := l.compare(&g, q, cut)
	if err != nil {
		return GMV{}, err
	}
	if q.By != metric.None {
		if q.By == metric.BySKU {
			if err := l.readSold(l.shop.Window(q.From, q.To)); err != nil {
				return GMV{}, err
			}
		}
		g.Parts, g.Rest, g.RestCount = l.parts(&g, q, cube, cubes)
	}
	if q.By == metric.ByHour && q.From != q.To {
		g.Hours, err = l.gmvHours(cut.spec(q, l.shop, l.items, q.From, q.To))
	}
	return g, err
}

// gmvEnd is up to when the answer should reach: a stretch that is over must be
// covered whole, one that is not reaches as far as its data.
func gmvEnd(g GMV, q GMVQuery) time.Time {
	if g.Window.End.After(q.Now) {
		return g.Window.Start
	}
	return g.Window.End
}

// cuts is up to when each feed counts.
type cuts struct {
	orders, traffic, days time.Time // days: of the daily tables
	known                 metric.Known
}

func gmvCut(shop *market.Shop, all []feed, q GMVQuery) cuts {
	window := shop.Window(q.From, q.To)
	until := window.End
	for _, t := range []time.Time{q.Until, q.Now} {
		if !t.IsZero() && t.Before(until) {
			until = t
		}
	}
	c := cuts{orders: earlier(known(all, market.OrderLines.Name), until)}
	c.known.Orders = true
	refunds := known(all, market.Refunds.Name)
	c.known.Refunds = !refunds.IsZero() && !refunds.Before(c.orders.Add(-refundLag))
	c.traffic = earlier(known(all, market.Traffic.Name), c.orders)
	c.known.Traffic = c.traffic.Sub(window.Start) >= time.Hour
	return c
}

func (c cuts) spec(q GMVQuery, shop *market.Shop, items *metric.Catalogue, from, to market.Day) metric.CubeSpec {
	return metric.CubeSpec{
		Shop: shop, Items: items, From: from, To: to, Cut: c.orders, TrafficCut: c.traffic, DayCut: c.days,
		Filter: q.Filter, By: q.By, Known: c.known,
	}
}

// shifted moves the cuts to a comparison that begins on another day: the same
// number of whole days and the same time of the day that is cut.
func (c cuts) shifted(shop *market.Shop, from, other market.Day) cuts {
	move := func(t time.Time) time.Time {
		d := shop.Day(t)
		if t.Equal(shop.Start(d)) {
			return shop.Start(other + (d - from))
		}
		return shop.Start(other + (d - from)).Add(t.Sub(shop.Start(d)))
	}
	c.orders = move(c.orders)
	if c.known.Traffic {
		c.traffic = move(c.traffic)
	}
	if !c.days.IsZero() {
		c.days = move(c.days)
	}
	return c
}

// targetPace sets paid GMV against the target of exactly these days, which the
// shop, its units and categories can have.
func targetPace(shop *market.Shop, q GMVQuery, paid market.Fen) *TargetPace {
	f := q.Filter
	if f != (metric.Filter{Unit: f.Unit, Category: f.Category}) {
		return nil
	}
	t, ok := shop.TargetOf(market.Scope{Unit: f.Unit, Category: f.Category, From: q.From, To: q.To})
	if !ok {
		return nil
	}
	return paceOf(t, paid)
}

func paceOf(t market.Target, paid market.Fen) *TargetPace {
	p := &TargetPace{Unit: t.Unit, Paid: paid}
	for _, tier := range []Tier{{ID: "base", Amount: t.Base}, {ID: "sprint", Amount: t.Sprint}, {ID: "challenge", Amount: t.Challenge}} {
		if tier.Amount <= 0 {
			continue
		}
		tier.Reached = paid >= tier.Amount
		tier.Gap = max(0, tier.Amount-paid)
		tier.Share, _ = market.Ratio(paid, tier.Amount)
		p.Tiers = append(p.Tiers, tier)
	}
	if len(p.Tiers) == 0 {
		return nil
	}
	return p
}

// curve is the running total of a cube's steps over the whole stretch.
func curve(c *metric.Cube, kind Compare, from, to market.Day) Curve {
	out := Curve{Kind: kind, From: from, Step: metric.ByHour, Steps: len(c.Steps())}
	if from != to {
		out.Step = metric.ByDay
	}
	sum := market.Fen(0)
	for _, s := range c.Steps() {
		sum += s
		out.Values = append(out.Values, sum)
	}
	return out
}

// until drops the steps after a cut. paid replaces the last value, as the step
// that the cut falls into goes on after it.
func (c Curve) until(cut time.Time, shop *market.Shop, paid market.Fen) Curve {
	n := int((cut.Sub(shop.Start(c.From)) + time.Hour - 1) / time.Hour)
	if c.Step == metric.ByDay {
		n = int(shop.Day(cut.Add(-1))-c.From) + 1
	}
	if n > 0 && n <= len(c.Values) {
		c.Values = c.Values[:n]
		c.Values[n-1] = paid
	}
	return c
}
