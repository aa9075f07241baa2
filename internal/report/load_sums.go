package report

import (
	"fmt"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// cube sums the facts that spec asks for, or takes what was summed up for another
// question about the same facts. Paid lines are read for the whole stretch, as the
// steps go on past the cut.
func (l *loader) cube(spec metric.CubeSpec) (*metric.Cube, error) {
	if spec.Known == (metric.Known{}) {
		spec.Known.Orders = true // a spec that names no feed is about the orders
	}
	whole := l.shop.Window(spec.From, spec.To)
	cut := whole
	if spec.Cut.Before(cut.End) {
		cut.End = spec.Cut
	}
	type facts struct {
		add     func(*metric.Cube, *market.Batch)
		batches []*market.Batch
	}
	var all []facts // the store is asked in any case: it notes what an answer has read
	for _, read := range []struct {
		table   *market.Table
		column  string
		window  market.Window
		columns []string
		wanted  bool
		add     func(*metric.Cube, *market.Batch)
	}{
		{market.OrderLines, "paid_at", whole, paidNeeds(spec.Known), spec.Known.Orders, (*metric.Cube).AddPaid},
		{market.OrderLines, "placed_at", cut, placedColumns, spec.Known.Orders, (*metric.Cube).AddPlaced},
		{market.Refunds, "success_at", cut, refundColumns, spec.Known.Refunds, (*metric.Cube).AddRefunds},
		{market.Traffic, "hour", cut, trafficColumns, spec.Known.Traffic, (*metric.Cube).AddTraffic},
		{market.MemberDays, "day", cut, nil, spec.Known.Members, (*metric.Cube).AddMembers},
		{market.AdsDays, "day", cut, nil, spec.Known.Ads, (*metric.Cube).AddAds},
		{market.SearchDays, "day", cut, nil, spec.Known.Search, (*metric.Cube).AddSearch},
	} {
		if !read.wanted || read.window.Empty() {
			continue
		}
		batches, err := l.events(read.table, read.column, read.window, read.columns)
		if err != nil {
			return nil, err
		}
		all = append(all, facts{read.add, batches})
	}
	name := fmt.Sprintf("cube/%d/%d/%s", l.revision(), l.itemsRev, spec.Name())
	kept, err := l.tx.Decoded(name, func() (any, int64, error) {
		c := metric.NewCube(spec)
		for _, f := range all {
			for _, b := range f.batches {
				f.add(c, b)
			}
		}
		return c, c.Seal(), nil
	})
	if err != nil {
		return nil, err
	}
	return kept.(*metric.Cube), nil
}

// daily sums paid GMV by day and part up to the cut of spec, or takes what was
// summed up for another question about the same facts.
func (l *loader) daily(spec metric.CubeSpec) (*metric.Daily, error) {
	window := l.shop.Window(spec.From, spec.To)
	window.End = spec.Cut
	batches, err := l.events(market.OrderLines, "paid_at", window, forecastColumns)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("daily/%d/%d/%s", l.revision(), l.itemsRev, spec.Name())
	kept, err := l.tx.Decoded(name, func() (any, int64, error) {
		d := metric.NewDaily(spec)
		for _, b := range batches {
			d.AddPaid(b)
		}
		return d, d.Seal(), nil
	})
	if err != nil {
		return nil, err
	}
	return kept.(*metric.Daily), nil
}
