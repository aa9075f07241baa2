package series

import (
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// dayReader sums the slots of a business day, chunk by chunk.
type dayReader struct {
	s       *Store
	tx      *storage.Tx
	shop    *market.Shop
	codec   *column.Codec
	periods []*period
	chosen  map[*period][]chosen
	slots   []Slot
	rows    int
	rev     market.Revision // newest of the slots
}

// chosen is a version of the slot at a position of a period.
type chosen struct{ i, k int }

func (s *Store) day(tx *storage.Tx, shop *market.Shop, day market.Day, asOf market.Revision, codec *column.Codec) (*dayReader, error) {
	d := &dayReader{s: s, tx: tx, shop: shop, codec: codec, chosen: map[*period][]chosen{}}
	err := s.eachSlot(tx, shop.ID, shop.Window(day, day), asOf, func(p *period, i, k int, slot Slot) {
		if len(d.chosen[p]) == 0 {
			d.periods = append(d.periods, p)
		}
		d.chosen[p] = append(d.chosen[p], chosen{i, k})
		d.slots = append(d.slots, slot)
		d.rows = max(d.rows, slot.Rows)
		d.rev = max(d.rev, slot.Revision)
	})
	return d, err
}

// chunk sums the series from..to, which lie inside one chunk.
func (d *dayReader) chunk(from, to int) (*Days, error) {
	out := newDays(to - from)
	err := d.each(from, to, Price, func(c Column, x *span) { out.add(c, 0, x.v, x.null) })
	return out, err
}

// each visits the columns first.. of the series from..to, which lie inside one
// chunk, slot by slot in order.
func (d *dayReader) each(from, to int, first Column, visit func(Column, *span)) error {
	for _, p := range d.periods {
		v, err := d.s.view(d.tx, clockLayout, d.shop.ID, p)
		if err != nil {
			return err
		}
		v.codec = d.codec
		for c := first; c < Width; c++ {
			if err := v.each(int(c), from, to, d.chosen[p], func(x *span) { visit(c, x) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// each visits some versions of a column of the series from..to in order.
func (v *view) each(col, from, to int, some []chosen, visit func(*span)) error {
	b, err := v.bases(col, from, to)
	if err != nil {
		return err
	}
	for _, at := range some {
		x, err := v.value(b, at.i, at.k)
		if err != nil {
			return err
		}
		visit(x)
	}
	return nil
}

// all sums every series.
func (d *dayReader) all() (*Days, error) {
	out := newDays(d.rows)
	for from := 0; from < d.rows; from += chunk {
		part, err := d.chunk(from, min(from+chunk, d.rows))
		if err != nil {
			return nil, err
		}
		out.place(part, from)
	}
	return out, nil
}

// place copies the rows of a part to from.., a multiple of 64.
func (d *Days) place(part *Days, from int) {
	for c := range d.null {
		if d.small[c] != nil {
			copy(d.small[c][from:], part.small[c])
		}
		if d.wide[c] != nil {
			copy(d.wide[c][from:], part.wide[c])
		}
		copy(d.null[c][from>>6:], part.null[c])
	}
}

// state judges a day by its slots: it is complete when none is missing.
func (d *dayReader) state(s *Store, day market.Day) market.Condition {
	step, _ := s.stepOf(d.tx, d.shop.ID)
	for _, slot := range d.slots {
		if slot.State != market.Complete {
			return market.Partial
		}
	}
	if time.Duration(len(d.slots))*step < d.shop.Window(day, day).Duration().Truncate(step) {
		return market.Partial
	}
	return market.Complete
}
