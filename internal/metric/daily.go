package metric

import (
	"time"

	"shopwatch/internal/market"
)

// Daily is paid GMV per business day and part of a stretch, and how much of
// each day had been paid by the same time of day as the cut: what a day that is
// under way is set against.
type Daily struct {
	cube    *Cube
	elapsed int64 // milliseconds of the day of the cut
	parts   []DailyPart
	any     []bool
}

// DailyPart is one member of the dimension, "" for what has none.
type DailyPart struct {
	Key  string
	Paid []market.Fen // by day of the stretch
	// ByNow is the part of Paid before the time of day of the cut.
	ByNow []market.Fen
}

// NewDaily sums over the days of spec, the last of which holds the cut or ends
// with it. It reads Filter and By as a Cube does.
func NewDaily(spec CubeSpec) *Daily {
	d := &Daily{cube: NewCube(spec), any: make([]bool, max(0, int(spec.To-spec.From)+1))}
	d.elapsed = spec.Cut.Sub(spec.Shop.Start(spec.Shop.Day(spec.Cut.Add(-time.Millisecond)))).Milliseconds()
	return d
}

// AddPaid adds paid order lines up to the cut. Each line must be added once.
func (d *Daily) AddPaid(b *market.Batch) {
	if b.Len() == 0 {
		return
	}
	l, c := lineColumns(b), d.cube
	for i := range b.Len() {
		at, ok := l.paidAt.Int(i)
		if !ok || at < c.span.start || at >= c.cutMs || l.status.Text(i) == market.Placed {
			continue
		}
		day := c.span.find(at)
		d.any[day] = true
		p := place{at: at, sku: l.sku.Text(i), channel: l.channel.Text(i), region: l.region.Text(i)}
		p.price, p.priced = l.price(i)
		if !c.keeps(&p) {
			continue
		}
		edge := c.span.days[day]
		part := d.part(c.key(&p, edge))
		part.Paid[day] += market.Fen(l.paid.Ints[i])
		if at-edge.start < d.elapsed {
			part.ByNow[day] += market.Fen(l.paid.Ints[i])
		}
	}
}

func (d *Daily) part(key string) *DailyPart {
	i, ok := d.cube.index[key]
	if !ok {
		i = int32(len(d.parts))
		d.cube.index[key] = i
		n := len(d.any)
		d.parts = append(d.parts, DailyPart{Key: key, Paid: make([]market.Fen, n), ByNow: make([]market.Fen, n)})
	}
	return &d.parts[i]
}

// Seal ends the adding and lets go of the catalogue. It tells roughly how many bytes
// are kept.
func (d *Daily) Seal() (bytes int64) {
	d.cube.units, d.cube.spec.Items = memo{}, nil
	return int64(1024 + len(d.parts)*(128+16*len(d.any)))
}

// Parts lists the members in the order in which they first appeared.
func (d *Daily) Parts() []DailyPart { return d.parts }

// Any reports whether anything at all was paid on a day of the stretch, kept by
// the filter or not: a day without is one that nothing is known of.
func (d *Daily) Any(day int) bool { return d.any[day] }

// Total is the sum of all parts.
func (d *Daily) Total() DailyPart {
	n := len(d.any)
	t := DailyPart{Paid: make([]market.Fen, n), ByNow: make([]market.Fen, n)}
	for _, p := range d.parts {
		for i := range n {
			t.Paid[i] += p.Paid[i]
			t.ByNow[i] += p.ByNow[i]
		}
	}
	return t
}
