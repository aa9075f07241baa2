package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// LoadFigures answers q. When no feed behind the metrics has delivered anything
// of the days asked for, the error is ErrNoData.
func LoadFigures(ctx context.Context, db *storage.DB, shop *market.Shop, q FiguresQuery) (Figures, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "figures", func(l *loader) (Figures, error) {
		f, err := l.figures(q)
		l.based(&f.Data)
		return f, err
	})
}

// measures resolves the metrics of a query and the tables behind them.
func (q FiguresQuery) measures() (all []metric.Metric, tables []string, err error) {
	for _, key := range q.Metrics {
		m, ok := metric.Find(key)
		if !ok {
			return nil, nil, fmt.Errorf("no metric %q", key)
		}
		all = append(all, m)
		for _, t := range m.Tables {
			if !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
	}
	return all, tables, nil
}

func (l *loader) figures(q FiguresQuery) (Figures, error) {
	all, tables, err := q.measures()
	if err != nil {
		return Figures{}, err
	}
	stand, err := l.feeds(tables, q.Now, q.Fresh)
	if err != nil {
		return Figures{}, err
	}
	f := Figures{
		Shop: l.shop.ID, From: q.From, To: q.To, Window: l.shop.Window(q.From, q.To), Filter: q.Filter, By: q.By, Metrics: q.Metrics,
	}
	cut := figuresCut(l.shop, stand, tables, q)
	if !cut.orders.After(f.Window.Start) {
		return Figures{}, ErrNoData
	}
	f.Covered = market.Window{Start: f.Window.Start, End: cut.orders}
	f.Part = cut.orders.Before(f.Window.End)
	end := f.Window.End
	if end.After(q.Now) {
		end = f.Window.Start
	}
	f.Data = coverage(l.tx, stand, cut.orders, end, q.AsOf)
	ask := GMVQuery{Filter: q.Filter, By: q.By}
	cube, err := l.cube(cut.spec(ask, l.shop, l.items, q.From, q.To))
	if err != nil {
		return Figures{}, err
	}
	f.Total = values(all, cube.Total())
	base, err := l.figuresBase(&f, q, cut)
	if err != nil {
		return Figures{}, err
	}
	if base != nil {
		f.Before = values(all, base.Total())
	}
	if q.By == metric.BySKU {
		if err := l.readSold(f.Window); err != nil {
			return Figures{}, err
		}
	}
	if q.By != metric.None {
		l.figureRows(&f, all, cube, base, q.Top)
	}
	return f, nil
}

// figuresCut is up to when the feeds of a query count: the event feeds to the
// earliest of their watermarks, the daily ones to the last day that all of them
// have whole. The orders' cut is the cut of the whole answer.
func figuresCut(shop *market.Shop, all []feed, tables []string, q FiguresQuery) cuts {
	window := shop.Window(q.From, q.To)
	until := window.End
	if q.Now.Before(until) {
		until = q.Now
	}
	var c cuts
	has := func(t *market.Table) bool { return slices.Contains(tables, t.Name) }
	if has(market.OrderLines) {
		c.orders = earlier(known(all, market.OrderLines.Name), until)
		c.known.Orders = !c.orders.IsZero()
		c.known.Costs, c.known.Service, c.known.Loyalty = c.known.Orders, c.known.Orders, c.known.Orders
	}
	if has(market.Traffic) {
		c.traffic = earlier(known(all, market.Traffic.Name), until)
		if c.known.Traffic = c.traffic.Sub(window.Start) >= time.Hour; c.known.Traffic && !c.known.Orders {
			c.orders = c.traffic.Truncate(time.Hour)
		}
	}
	if has(market.Refunds) {
		refunds := earlier(known(all, market.Refunds.Name), until)
		if !c.known.Orders && !c.known.Traffic {
			c.orders = refunds
		}
		c.known.Refunds = !refunds.IsZero() && !refunds.Before(c.orders.Add(-refundLag))
	}
	for _, daily := range []struct {
		table *market.Table
		known *bool
	}{{market.MemberDays, &c.known.Members}, {market.AdsDays, &c.known.Ads}, {market.SearchDays, &c.known.Search}} {
		if !has(daily.table) {
			continue
		}
		reach := earlier(known(all, daily.table.Name), until)
		if !reach.IsZero() {
			reach = shop.Start(shop.Day(reach)) // whole days only
		}
		if *daily.known = reach.After(window.Start); !*daily.known {
			continue
		}
		if c.days.IsZero() || reach.Before(c.days) {
			c.days = reach
		}
	}
	if c.orders.IsZero() {
		c.orders = c.days
	}
	return c
}

// figuresBase sums the first comparison that history reaches.
func (l *loader) figuresBase(f *Figures, q FiguresQuery, cut cuts) (*metric.Cube, error) {
	for _, kind := range q.Compare {
		from, to, ok := stretch(l.shop, kind, q.From, q.To)
		if !ok {
			continue
		}
		then := cut.shifted(l.shop, q.From, from)
		if end := l.shop.Start(to + 1); !f.Part || then.orders.After(end) {
			then.orders = end
		}
		cube, err := l.cube(then.spec(GMVQuery{Filter: q.Filter, By: q.By}, l.shop, l.items, from, to))
		if errors.Is(err, storage.ErrForgotten) {
			continue
		}
		if err != nil {
			return nil, err
		}
		w := market.Window{Start: l.shop.Start(from), End: then.orders}
		reaches, err := l.figuresReach(cube, cut.known, w)
		if err != nil {
			return nil, err
		}
		if reaches {
			f.Base = &Comparison{Kind: kind, Known: true, From: from, To: to, Window: w, Sums: cube.Total(), Campaign: campaignNote(l.shop, to)}
			return cube, nil
		}
	}
	return nil, nil
}

// figuresReach reports whether history covers a stretch from its first day on.
func (l *loader) figuresReach(c *metric.Cube, k metric.Known, w market.Window) (bool, error) {
	if k.Orders {
		return l.reaches(c, w)
	}
	first := l.shop.Day(w.Start)
	day, err := l.cube(metric.CubeSpec{Shop: l.shop, Items: l.items, From: first, To: first, Cut: w.End, Known: k})
	if err != nil {
		return false, err
	}
	total := day.Total()
	total.Known = metric.Known{}
	return total != metric.Sums{}, nil
}

func values(all []metric.Metric, s metric.Sums) []Value {
	out := make([]Value, len(all))
	for i, m := range all {
		out[i].V, out[i].Known = m.Of(s)
	}
	return out
}

// figureRows lists the members that have figures now or had them before.
func (l *loader) figureRows(f *Figures, all []metric.Metric, now, before *metric.Cube, top int) {
	index := map[string]int{}
	row := func(key string) *FigureRow {
		i, ok := index[key]
		if !ok {
			i = len(f.Rows)
			index[key] = i
			f.Rows = append(f.Rows, FigureRow{Key: key, Name: l.name(f.By, key), Values: make([]Value, len(all))})
		}
		return &f.Rows[i]
	}
	for _, c := range now.Cells() {
		row(c.Key).Values = values(all, c.Sums)
	}
	if before != nil {
		for _, c := range before.Cells() {
			row(c.Key).Before = values(all, c.Sums)
		}
	}
	f.Rows = slices.DeleteFunc(f.Rows, func(r FigureRow) bool { return !moves(r.Values) && !moves(r.Before) })
	shares(f)
	slices.SortStableFunc(f.Rows, func(a, b FigureRow) int {
		if f.By == metric.ByHour || f.By == metric.ByDay {
			return strings.Compare(a.Key, b.Key)
		}
		return cmp.Or(cmp.Compare(b2i(b.Values[0].Known), b2i(a.Values[0].Known)), cmp.Compare(b.Values[0].V, a.Values[0].V),
			cmp.Compare(b2i(a.Key == ""), b2i(b.Key == "")), strings.Compare(a.Key, b.Key))
	})
	if top > 0 && len(f.Rows) > top {
		f.More = len(f.Rows) - top
		f.Rows = f.Rows[:top:top]
	}
}

// moves reports whether a member has any figure but zero.
func moves(all []Value) bool {
	return slices.ContainsFunc(all, func(v Value) bool { return v.Known && v.V != 0 })
}

// shares sets what each row is of the total of the first metric, when the rows
// add up to it: a tier of non-members is no part of the members' figures.
func shares(f *Figures) {
	total, sum := f.Total[0], 0.0
	for _, r := range f.Rows {
		if !r.Values[0].Known {
			return
		}
		sum += r.Values[0].V
	}
	if !total.Known || total.V == 0 || math.Abs(sum-total.V) > 0.5 {
		return
	}
	if m, ok := metric.Find(f.Metrics[0]); !ok || m.Adds != metric.BySum {
		return
	}
	for i := range f.Rows {
		f.Rows[i].Share = Value{V: f.Rows[i].Values[0].V / total.V, Known: true}
	}
}
