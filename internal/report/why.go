package report

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Limits of what the digest names.
const (
	whyParts = 2
	whyShare = 0.15 // of all movement, for a part to be named
	whyItems = 2
)

// why accounts for the change of paid GMV against the first comparison: the
// units (or categories) that moved most, and the rest. The parts sum to the
// change exactly, as every line of an order belongs to one of them.
func (l *loader) why(g GMV, q DigestQuery) ([]WhyPart, error) {
	total := g.Sums.Paid - g.Comparisons[0].Sums.Paid
	var named []WhyPart
	movement := market.Fen(0)
	for _, p := range g.Parts {
		change := p.Sums.Paid - p.Before[0].Paid
		movement += max(change, -change)
		if p.Key != "" && change != 0 {
			part := WhyPart{Name: p.Name, Change: change}
			if g.By == metric.ByUnit {
				part.Unit = market.Unit(p.Key)
			}
			named = append(named, part)
		}
	}
	if len(named) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(named, func(a, b WhyPart) int {
		return cmp.Compare(max(b.Change, -b.Change), max(a.Change, -a.Change))
	})
	keep, most := 1, whyParts
	if q.From != q.Day {
		most++ // a week's report may be longer than a day's
	}
	for keep < min(most, len(named)) && float64(max(named[keep].Change, -named[keep].Change)) >= whyShare*float64(movement) {
		keep++
	}
	named = named[:keep]
	rest := total
	for _, p := range named {
		rest -= p.Change
	}
	if g.By == metric.ByUnit {
		if err := l.whyItems(named, g); err != nil {
			return nil, err
		}
	}
	if g.By == metric.ByUnit && q.From == q.Day {
		if err := l.whyStock(named, q.Day); err != nil {
			return nil, err
		}
	}
	if rest != 0 {
		named = append(named, WhyPart{Change: rest, Other: true})
	}
	return named, nil
}

// whyItems names the items that moved each unit most, in the unit's direction.
func (l *loader) whyItems(parts []WhyPart, g GMV) error {
	change := map[market.SKU]market.Fen{}
	for _, side := range []struct {
		from, to market.Day
		cut      time.Time
		sign     market.Fen
	}{
		{g.From, g.To, g.Covered.End, 1},
		{g.Comparisons[0].From, g.Comparisons[0].To, g.Comparisons[0].Window.End, -1},
	} {
		c, err := l.cube(metric.CubeSpec{Shop: l.shop, Items: l.items, From: side.from, To: side.to, Cut: side.cut, By: metric.BySKU})
		if err != nil {
			return err
		}
		for _, cell := range c.Cells() {
			change[market.SKU(cell.Key)] += side.sign * cell.Sums.Paid
		}
	}
	for i := range parts {
		p := &parts[i]
		for sku, x := range change {
			if l.items.Unit(sku) == p.Unit && (x > 0) == (p.Change > 0) && x != 0 {
				p.Items = append(p.Items, ItemChange{SKU: sku, Title: l.items.Title(sku), Change: x})
			}
		}
		slices.SortFunc(p.Items, func(a, b ItemChange) int {
			return cmp.Or(cmp.Compare(max(b.Change, -b.Change), max(a.Change, -a.Change)), cmp.Compare(a.SKU, b.SKU))
		})
		p.Items = p.Items[:min(whyItems, len(p.Items))]
	}
	return nil
}

// whyStock counts, for units that lost, the selling items that stood empty for
// at least half of the day's looks, and what they would have sold then.
func (l *loader) whyStock(parts []WhyPart, d market.Day) error {
	if !slices.ContainsFunc(parts, func(p WhyPart) bool { return p.Change < 0 }) {
		return nil
	}
	start := l.shop.Start(d)
	s, err := l.sales(market.Window{Start: start.Add(-week), End: start})
	if err != nil {
		return err
	}
	empty, looks := map[line]int{}, 0
	y, m, day := d.Date()
	for _, h := range sampleHours {
		at := time.Date(y, m, day, h, 0, 0, 0, l.shop.Zone)
		snap, rows, found, err := l.tx.State(l.shop.ID, market.Inventory, at, l.asOf)
		if err != nil {
			return err
		}
		if !found || at.Sub(snap.Window.End) > sampleAge {
			continue
		}
		looks++
		emptyLines(rows, empty)
	}
	for k, n := range empty {
		v := s.of(k.sku, k.channel)
		i := slices.IndexFunc(parts, func(p WhyPart) bool { return p.Change < 0 && p.Unit == l.items.Unit(market.SKU(k.sku)) })
		if v.units == 0 || 2*n < looks || i < 0 {
			continue
		}
		parts[i].OutOfStock++
		parts[i].Lost += v.paid * market.Fen(n) / market.Fen(7*looks)
	}
	return nil
}

// emptyLines counts the listed lines of a picture that have nothing.
func emptyLines(rows *market.Batch, n map[line]int) {
	sku, channel, available, listed := rows.Column("sku"), rows.Column("channel"), rows.Column("available"), rows.Column("listed")
	for i := range rows.Len() {
		if have, ok := available.Int(i); ok && have <= 0 && (!listed.Known(i) || listed.Ints[i] != 0) {
			n[line{sku.Text(i), channel.Text(i)}]++
		}
	}
}
