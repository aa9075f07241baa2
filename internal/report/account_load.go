package report

import (
	"cmp"
	"context"
	"slices"

	"shopwatch/internal/analysis/explain"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// What an account names at most.
const (
	accountItems  = 3
	accountSlices = 3
)

// LoadWhy answers q. A shop whose order feed has never delivered, and a stretch
// that begins after the data ends, give ErrNoData.
func LoadWhy(ctx context.Context, db *storage.DB, shop *market.Shop, q WhyQuery) (Why, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "why", func(l *loader) (Why, error) {
		w, err := l.account(q)
		l.based(&w.Data)
		return w, err
	})
}

func (l *loader) account(q WhyQuery) (Why, error) {
	if q.Compare == "" {
		q.Compare = SameWeekday
		if q.To-q.From >= 7 {
			q.Compare = PrevPeriod
		}
	}
	ask := GMVQuery{
		Now: q.Now, From: q.From, To: q.To, Filter: q.Filter, Compare: []Compare{q.Compare}, By: metric.ByChannel, AsOf: q.AsOf, Fresh: q.Fresh, Cache: q.Cache,
	}
	g, err := l.gmv(ask)
	if err != nil {
		return Why{}, err
	}
	w := Why{
		Shop: g.Shop, From: g.From, To: g.To, Covered: g.Covered, Part: g.Part, Data: g.Data, Filter: g.Filter,
		Base: g.Comparisons[0], Now: g.Sums.Paid,
	}
	if !w.Base.Known {
		return w, nil
	}
	w.Before = w.Base.Sums.Paid
	w.Change = w.Now - w.Before
	w.Funnel = funnelAccount(g, w.Change)
	w.Net = netAccount(g.Sums, w.Base.Sums)
	ask.By = metric.BySKU
	items, err := l.gmv(ask)
	if err != nil {
		return w, err
	}
	w.Mix = l.mixAccount(items, w.Change)
	if w.Usual, err = l.usual(q, w); err != nil {
		return w, err
	}
	return w, l.sliceAccount(&w)
}

// funnelAccount needs traffic that reaches as far as the orders do.
func funnelAccount(g GMV, change market.Fen) *FunnelAccount {
	before := g.Comparisons[0].Sums
	if !g.Sums.Known.Traffic || !before.Known.Traffic || g.TrafficTo.Before(g.Covered.End) || g.Sums.Visitors == 0 || before.Visitors == 0 {
		return nil
	}
	f := &FunnelAccount{Visitors: g.Sums.Visitors, VisitorsBefore: before.Visitors}
	f.Conversion, f.ConversionBefore = share(g.Sums.Buyers, g.Sums.Visitors), share(before.Buyers, before.Visitors)
	f.PerBuyer, f.PerBuyerBefore = each(g.Sums), each(before)
	var segments []explain.Segment
	table := explain.Table{Dims: []string{string(metric.ByChannel)}}
	for _, p := range g.Parts {
		now, then := p.Sums, p.Before[0]
		segments = append(segments, explain.Segment{Key: p.Key, Before: factors(then), After: factors(now)})
		table.Leaves = append(table.Leaves, explain.Leaf{
			Members: []string{p.Key}, Actual: float64(now.Buyers), Base: float64(now.Visitors), Forecast: float64(then.Buyers), BaseForecast: float64(then.Visitors),
		})
	}
	l, err := explain.Funnel(segments)
	if err != nil { // no segments
		return nil
	}
	dim, err := explain.Reversed(table)
	f.Reversed = err == nil && dim != ""
	// Sales of channels without visitors are in no segment's product.
	other := float64(change) - l.Factors[0] - l.Factors[1] - l.Factors[2]
	parts := explain.Whole([]float64{l.Factors[0], l.Factors[1], l.Factors[2], other}, int64(change))
	f.ByVisitors, f.ByConversion, f.ByPerBuyer, f.Other = market.Fen(parts[0]), market.Fen(parts[1]), market.Fen(parts[2]), market.Fen(parts[3])
	return f
}

// netAccount splits refunds into rate x paid GMV by the means of both stretches
// (Bennet): nothing is left over, and swapping the stretches turns every sign.
func netAccount(now, before metric.Sums) *NetAccount {
	if !now.Known.Refunds || !before.Known.Refunds {
		return nil
	}
	n := NetAccount{
		Refunds: now.Refunded, RefundsBefore: before.Refunded, Net: now.Net(), NetBefore: before.Net(), Change: now.Net() - before.Net(), Paid: now.Paid - before.Paid,
	}
	r1, _ := market.Ratio(now.Refunded, now.Paid)
	r0, _ := market.Ratio(before.Refunded, before.Paid)
	sales := (r0 + r1) / 2 * float64(n.Paid)
	all := n.Refunds - n.RefundsBefore
	// What was refunded while nothing was paid is no rate of anything: it goes to ByRate.
	parts := explain.Whole([]float64{-sales, sales - float64(all)}, -int64(all))
	n.BySales, n.ByRate = market.Fen(parts[0]), market.Fen(parts[1])
	return &n
}

// factors of paid GMV: visitors, buyers per visitor, paid per buyer.
func factors(s metric.Sums) []float64 {
	if s.Visitors <= 0 || s.Buyers <= 0 {
		return []float64{0, 0, 0}
	}
	return []float64{float64(s.Visitors), share(s.Buyers, s.Visitors), float64(s.Paid) / float64(s.Buyers)}
}

func share(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func each(s metric.Sums) market.Fen {
	if s.Buyers == 0 {
		return 0
	}
	return s.Paid / market.Fen(s.Buyers)
}

func (l *loader) mixAccount(g GMV, change market.Fen) MixAccount {
	var items []explain.Item
	for _, p := range g.Parts {
		items = append(items, explain.Item{
			Key: p.Key, Before: float64(p.Before[0].Units), Money0: float64(p.Before[0].Paid), After: float64(p.Sums.Units), Money1: float64(p.Sums.Paid),
		})
	}
	x := explain.PriceVolumeMix(items)
	parts := explain.Whole([]float64{x.Price, x.Volume, x.Mix, x.New, x.Gone, x.Other}, int64(change))
	m := MixAccount{
		Price: market.Fen(parts[0]), Volume: market.Fen(parts[1]), Mix: market.Fen(parts[2]),
		New: market.Fen(parts[3]), Gone: market.Fen(parts[4]), Other: market.Fen(parts[5]),
	}
	for _, p := range g.Parts {
		if d := p.Sums.Paid - p.Before[0].Paid; d != 0 && p.Key != "" {
			m.Items = append(m.Items, ItemChange{SKU: market.SKU(p.Key), Title: l.items.Title(market.SKU(p.Key)), Change: d})
		}
	}
	slices.SortFunc(m.Items, func(a, b ItemChange) int {
		return cmp.Or(cmp.Compare(max(b.Change, -b.Change), max(a.Change, -a.Change)), cmp.Compare(a.SKU, b.SKU))
	})
	m.Items = m.Items[:min(accountItems, len(m.Items))]
	return m
}

// usualWeeks is how many earlier steps are looked at.
const usualWeeks = 8

// usual looks at the same step, from one stretch to the one it is set against,
// over the weeks before. It is nil for a filter finer than units, for stretches
// of more than a week, and where campaigns are near.
func (l *loader) usual(q WhyQuery, w Why) (*UsualRange, error) {
	step := w.From - w.Base.From
	if !q.Filter.OnlyUnit() || step < 1 || step > 7 || w.Before <= 0 || l.campaigns(w.From, w.To) || l.campaigns(w.Base.From, w.Base.To) {
		return nil, nil
	}
	first := w.Base.From - usualWeeks*step
	s, err := l.series(market.Window{Start: l.shop.Start(first), End: w.Base.Window.End})
	if err != nil {
		return nil, err
	}
	scope := slices.Index(s.scopes, q.Filter.Unit)
	if scope < 0 {
		return nil, nil
	}
	length := w.Base.Window.End.Sub(w.Base.Window.Start)
	at := func(k market.Day) float64 {
		from := w.Base.From - k*step
		if l.campaigns(from, from+w.To-w.From) {
			return 0
		}
		start := l.shop.Start(from)
		paid, _ := s.sum(scope, market.Window{Start: start, End: start.Add(length)})
		return float64(paid)
	}
	var ratios []float64
	for k := range market.Day(usualWeeks) {
		if older := at(k + 1); older > 0 {
			ratios = append(ratios, at(k)/older)
		}
	}
	i, ok := explain.Usual(float64(w.Before), ratios)
	if !ok {
		return nil, nil
	}
	return &UsualRange{Lower: market.Fen(i.Lower), Upper: market.Fen(i.Upper)}, nil
}

// campaigns reports whether one of the days is a campaign's.
func (l *loader) campaigns(from, to market.Day) bool {
	for d := from; d <= to; d++ {
		if _, _, on := l.shop.Calendar.On(d); on {
			return true
		}
	}
	return false
}
