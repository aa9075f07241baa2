package report

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// zeroTime stands for "no cut".
var zeroTime time.Time

// parts lists the members of the query's dimension with what they were in each
// comparison; those that Top leaves out are summed.
func (l *loader) parts(g *GMV, q GMVQuery, now *metric.Cube, before []*metric.Cube) (parts []Part, rest *Part, n int) {
	index := map[string]int{}
	known := now.CellsKnown()
	add := func(key string) int {
		i, ok := index[key]
		if !ok {
			i = len(parts)
			index[key] = i
			parts = append(parts, Part{Key: key, Name: l.name(q.By, key), Sums: metric.Sums{Known: known}, Before: make([]metric.Sums, len(before))})
		}
		return i
	}
	for _, c := range now.Cells() {
		parts[add(c.Key)].Sums = c.Sums
	}
	for i, cube := range before {
		if cube == nil {
			continue
		}
		for _, c := range cube.Cells() {
			parts[add(c.Key)].Before[i] = c.Sums
		}
	}
	for i := range parts {
		p := &parts[i]
		p.Share, _ = market.Ratio(p.Sums.Paid, g.Sums.Paid)
		if q.By == metric.ByUnit && q.Filter == (metric.Filter{}) && p.Key != "" {
			if t, ok := l.shop.TargetOn(market.Unit(p.Key), q.From, q.To); ok {
				p.Target = paceOf(t, p.Sums.Paid)
			}
		}
	}
	rank(parts, before)
	if q.By == metric.ByHour || q.By == metric.ByDay {
		slices.SortFunc(parts, func(a, b Part) int { return cmp.Compare(a.Key, b.Key) })
	}
	return cutParts(parts, q.Top)
}

// rank orders parts by paid GMV, the unknown member last among equals, and
// numbers them: by attainment of the base tier when every named part has one.
func rank(parts []Part, before []*metric.Cube) {
	byPaid := func(paid func(Part) market.Fen) func(a, b Part) int {
		return func(a, b Part) int {
			return cmp.Or(cmp.Compare(paid(b), paid(a)), cmp.Compare(b2i(a.Key == ""), b2i(b.Key == "")), cmp.Compare(a.Key, b.Key))
		}
	}
	if i := slices.IndexFunc(before, func(c *metric.Cube) bool { return c != nil }); i >= 0 {
		slices.SortFunc(parts, byPaid(func(p Part) market.Fen { return p.Before[i].Paid }))
		for n := range parts {
			if parts[n].Before[i].Paid > 0 {
				parts[n].RankBefore = n + 1
			}
		}
	}
	slices.SortFunc(parts, byPaid(func(p Part) market.Fen { return p.Sums.Paid }))
	order := make([]int, len(parts))
	race := len(parts) > 0
	for i := range parts {
		order[i] = i
		race = race && (parts[i].Target != nil || parts[i].Key == "")
	}
	if race {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(attainment(parts[b]), attainment(parts[a])) })
	}
	for n, i := range order {
		parts[i].Rank = n + 1
	}
}

func attainment(p Part) float64 {
	if p.Target == nil {
		return -1
	}
	return p.Target.Tiers[0].Share
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// cutParts keeps the first top parts and sums the rest. The sum's distinct
// counts are upper bounds, as one order can lie in several parts.
func cutParts(parts []Part, top int) (kept []Part, rest *Part, n int) {
	if top <= 0 || len(parts) <= top {
		return parts, nil, 0
	}
	tail := parts[top:]
	sum := Part{Sums: tail[0].Sums, Before: slices.Clone(tail[0].Before), Share: tail[0].Share}
	for _, p := range tail[1:] {
		sum.Sums = sum.Sums.Plus(p.Sums)
		sum.Share += p.Share
		for i := range sum.Before {
			sum.Before[i] = sum.Before[i].Plus(p.Before[i])
		}
	}
	return parts[:top:top], &sum, len(tail)
}

// name is what a member is called; the zero Name when it has no name of its own.
func (l *loader) name(by metric.Dim, key string) market.Name {
	var labels []market.Label
	switch by {
	case metric.ByUnit:
		labels = l.shop.Units
	case metric.ByChannel:
		labels = l.shop.Channels
	case metric.ByRegion:
		labels = l.shop.Regions
	case metric.ByBand:
		for _, b := range l.shop.Bands {
			labels = append(labels, b.Label)
		}
	case metric.BySKU:
		return market.Name{Zh: l.title(market.SKU(key))}
	}
	return labelName(labels, key)
}

// labelName finds a label's name; an id without a label is its own name.
func labelName(labels []market.Label, id string) market.Name {
	for _, x := range labels {
		if x.ID == id && (x.Name.Zh != "" || x.Name.En != "") {
			return x.Name
		}
	}
	return market.Name{Zh: id}
}
