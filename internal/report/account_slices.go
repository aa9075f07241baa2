package report

import (
	"strings"

	"shopwatch/internal/analysis/explain"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// sliceDims are the dimensions in which a change is searched, and what they are
// called on.
var sliceDims = []metric.Dim{metric.ByUnit, metric.ByCategory, metric.ByChannel, metric.ByBand, metric.ByRegion}

// paidCell sums paid lines and their squares.
type paidCell struct{ paid, squares float64 }

// sliceAccount searches the slices that stand out. Within what is usual there
// are none.
func (l *loader) sliceAccount(w *Why) error {
	w.Rest = w.Change
	cells := map[string]*[2]paidCell{}
	var order []string
	for side, x := range []market.Window{w.Base.Window, w.Covered} {
		if err := l.paidCells(x, w.Filter, func(key string, paid market.Fen) {
			c, ok := cells[key]
			if !ok {
				c = &[2]paidCell{}
				cells[key] = c
				order = append(order, key)
			}
			c[side].paid += float64(paid)
			c[side].squares += float64(paid) * float64(paid)
		}); err != nil {
			return err
		}
	}
	t := explain.Table{}
	dims := l.searched(w.Filter, order)
	for _, d := range dims {
		t.Dims = append(t.Dims, string(sliceDims[d]))
	}
	if len(dims) == 0 {
		return nil
	}
	merged := map[string]int{}
	for _, key := range order {
		all := strings.Split(key, "\x1f")
		members := make([]string, len(dims))
		for i, d := range dims {
			members[i] = all[d]
		}
		k := strings.Join(members, "\x1f")
		i, ok := merged[k]
		if !ok {
			i = len(t.Leaves)
			merged[k] = i
			t.Leaves = append(t.Leaves, explain.Leaf{Members: members})
		}
		before, now := cells[key][0], cells[key][1]
		t.Leaves[i].Forecast += before.paid
		t.Leaves[i].Actual += now.paid
		t.Leaves[i].Variance += before.squares + now.squares
	}
	var usual *explain.Interval
	if w.Usual != nil {
		usual = &explain.Interval{Lower: float64(w.Usual.Lower), Upper: float64(w.Usual.Upper)}
	}
	a, err := explain.Additive(t, usual)
	if err != nil {
		return err
	}
	w.Noise = a.Noise
	for _, s := range a.Slices[:min(accountSlices, len(a.Slices))] {
		x := SliceAccount{Before: market.Fen(s.Forecast), Now: market.Fen(s.Actual)}
		x.Change = x.Now - x.Before
		for _, m := range s.Where {
			x.Where = append(x.Where, SliceMember{Dim: metric.Dim(m.Dim), ID: m.Member, Name: l.name(metric.Dim(m.Dim), m.Member)})
		}
		w.Slices = append(w.Slices, x)
		w.Rest -= x.Change
	}
	return nil
}

// searched picks the dimensions, by place in sliceDims, that the filter leaves
// open and that have two members or more. Categories are looked at inside of one
// unit only: elsewhere they say what units say.
func (l *loader) searched(f metric.Filter, keys []string) []int {
	fixed := map[metric.Dim]bool{
		metric.ByUnit: f.Unit != "", metric.ByCategory: f.Unit == "" || f.Category != "", metric.ByChannel: f.Channel != "", metric.ByBand: f.Band != "", metric.ByRegion: f.Region != "",
	}
	var out []int
	for d, dim := range sliceDims {
		seen := map[string]bool{}
		for _, k := range keys {
			seen[strings.Split(k, "\x1f")[d]] = true
		}
		if !fixed[dim] && len(seen) > 1 {
			out = append(out, d)
		}
	}
	return out
}

// paidCells reads the paid lines of a window that a filter keeps, each with its
// members of sliceDims joined by \x1f.
func (l *loader) paidCells(x market.Window, f metric.Filter, add func(key string, paid market.Fen)) error {
	batches, err := l.events(market.OrderLines, "paid_at", x, []string{"status", "sku", "channel", "region", "qty", "paid"})
	if err != nil {
		return err
	}
	start, end := x.Millis()
	for _, b := range batches {
		at, status, sku, channel, region := b.Column("paid_at"), b.Column("status"), b.Column("sku"), b.Column("channel"), b.Column("region")
		qty, paid := b.Column("qty"), b.Column("paid")
		for i := range b.Len() {
			ms, ok := at.Int(i)
			if !ok || ms < start || ms >= end || status.Text(i) == market.Placed {
				continue
			}
			k := market.SKU(sku.Text(i))
			unit, category := l.items.Unit(k), market.Category("")
			if it, ok := l.items.Find(k); ok {
				category = it.Category
			}
			band := l.band(qty.Ints[i], paid.Ints[i])
			if f.Unit != "" && unit != f.Unit || f.Category != "" && category != f.Category || f.Channel != "" && channel.Text(i) != string(f.Channel) || f.Region != "" && region.Text(i) != string(f.Region) ||
				f.SKU != "" && k != f.SKU || f.Band != "" && band != f.Band {
				continue
			}
			add(strings.Join([]string{string(unit), string(category), channel.Text(i), band, region.Text(i)}, "\x1f"), market.Fen(paid.Ints[i]))
		}
	}
	return nil
}

// band is the price band of a line, "" when it has none.
func (l *loader) band(qty, paid int64) string {
	if qty <= 0 || paid <= 0 {
		return ""
	}
	b, _ := l.shop.Band(market.Fen(paid / qty))
	return b.ID
}
