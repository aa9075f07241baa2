package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// mergedBlock is a block of a level that merges slots while it is made: some
// series with all their slots.
type mergedBlock struct {
	w        *column.Writer
	at, rows int    // its series among those that are folded in one step
	givens   givens // as far as they have come
}

// merged adds a column to a block. slots holds the values of all series of the
// step, slot by slot. Columns must come in the layout's order.
func (e *encoder) merged(b *mergedBlock, col int, slots []span) {
	n := b.rows * len(slots)
	e.vals = sized(e.vals, n)
	vals := e.vals[:n]
	spec := e.l.specs[col]
	null := mergedNulls(slots, b.at, b.rows)
	unknown := count(null)
	if spec.flag {
		if unknown > 0 {
			b.w.Add(uint8(col), appendNulls(e.raw[:0], n, unknown, null))
		}
		return
	}
	if unknown == n {
		clear(vals)
	} else {
		e.transpose(vals, slots, b.at, b.rows, spec.gauge, unknown > 0)
	}
	if spec.given {
		b.givens[col] = append([]int64(nil), vals...)
	}
	if unknown == n {
		return
	}
	e.raw = appendNulls(e.raw[:0], n, unknown, null)
	prefix := len(e.raw)
	e.raw = e.sparse.Append(e.raw, vals)
	id, vals := e.relate(b, col, vals, null, prefix)
	if !spec.money {
		b.w.Add(id, e.raw)
		return
	}
	e.other = e.sparse.AppendHundreds(append(e.other[:0], e.raw[:prefix]...), vals)
	b.w.AddShortest(id, e.raw, e.other)
}

// relate tries a column's relations. When what it differs from one of them is
// shorter than e.raw, it puts that there behind the prefix; it returns under what
// number that stands, and what.
func (e *encoder) relate(b *mergedBlock, col int, vals []int64, null market.Bits, prefix int) (uint8, []int64) {
	id, best, width := uint8(col), vals, len(vals)/b.rows
	for k, r := range e.l.specs[col].relations {
		e.differs = sized(e.differs, len(vals))
		differs := e.differs[:len(vals)]
		r.fill(differs, &b.givens, width)
		for i, x := range differs {
			differs[i] = vals[i] - x
		}
		forget(differs, null)
		e.other = e.sparse.Append(append(e.other[:0], e.raw[:prefix]...), differs)
		if len(e.other) < len(e.raw) {
			e.raw, e.other, id = e.other, e.raw, relatedNumber(col, k)
			e.best, e.differs = e.differs, e.best
			best = differs
		}
	}
	return id, best
}

// sized is v with room for n values.
func sized(v []int64, n int) []int64 {
	if cap(v) < n {
		return make([]int64, n)
	}
	return v[:cap(v)]
}

// mergedNulls is the bitmap of merged values; nil when all are known.
func mergedNulls(slots []span, at, rows int) market.Bits {
	var null market.Bits
	for t := range slots {
		if len(slots[t].null) == 0 {
			continue
		}
		for r := range rows {
			if slots[t].null.Get(at + r) {
				if null == nil {
					null = make(market.Bits, (rows*len(slots)+63)/64)
				}
				null.Set(r*len(slots) + t)
			}
		}
	}
	return null
}

// transpose turns values slot by slot into values series by series; of a gauge
// it writes the difference to the last known value before, of what is not
// known 0.
func (e *encoder) transpose(vals []int64, slots []span, at, rows int, gauge, nulls bool) {
	e.carry = sized(e.carry, rows)
	carry, width := e.carry[:rows], len(slots)
	clear(carry)
	for t := range slots {
		src := slots[t].v[at : at+rows]
		switch {
		case nulls && len(slots[t].null) > 0:
			for r, x := range src {
				if slots[t].null.Get(at + r) {
					vals[r*width+t] = 0
					continue
				}
				vals[r*width+t] = x
				if gauge {
					vals[r*width+t], carry[r] = x-carry[r], x
				}
			}
		case gauge:
			for r, x := range src {
				vals[r*width+t] = x - carry[r]
			}
			copy(carry, src)
		default:
			for r, x := range src {
				vals[r*width+t] = x
			}
		}
	}
}

// extent is length values from lo on of the n that a column of a merged block
// has: whole series of width slots each.
type extent struct{ n, lo, length, width int }

// held is what was decoded last of a block: the values of one column, since the
// days of a week ask for them in turn, and those of columns that others go by.
type held struct {
	block  *column.Block
	extent extent
	col    int // of all, or -1
	all    span
	given  [len(givens{})]span
	has    uint16 // bit c: given[c]
}

// hold decodes an extent of a column of a block, unless it is held already. The
// span is valid until another block is asked for.
func (v *view) hold(blk *column.Block, col int, s extent) (*span, error) {
	h := &v.held
	if h.block != blk || h.extent != s {
		h.block, h.extent, h.col, h.has = blk, s, -1, 0
	}
	if !v.l.specs[col].given {
		if h.col == col {
			return &h.all, nil
		}
		h.col = -1
		err := v.decodeMerged(blk, col, s, &h.all)
		if err == nil {
			h.col = col
		}
		return &h.all, err
	}
	into := &h.given[col]
	if h.has&(1<<col) != 0 {
		return into, nil
	}
	err := v.decodeMerged(blk, col, s, into)
	if err == nil {
		h.has |= 1 << col
	}
	return into, err
}

// decodeMerged reads an extent of a column, differences of readings as they are,
// whether it is stored as such or as what it differs from one of its relations.
func (v *view) decodeMerged(blk *column.Block, col int, s extent, into *span) error {
	into.v = sized(into.v, s.length)[:s.length]
	for k, r := range v.l.specs[col].relations {
		id := relatedNumber(col, k)
		if !blk.Has(id) {
			continue
		}
		if err := v.decodePart(blk, int(id), s.n, s.lo, into); err != nil {
			return err
		}
		return v.addExpected(blk, r, s, into)
	}
	return v.decodePart(blk, col, s.n, s.lo, into)
}

// addExpected makes values of what differs from a relation.
func (v *view) addExpected(blk *column.Block, r relation, s extent, into *span) error {
	var g givens
	for _, given := range r.columns() {
		x, err := v.hold(blk, int(given), s)
		if err != nil {
			return err
		}
		g[given] = x.v
	}
	v.expected = sized(v.expected, s.length)
	expected := v.expected[:s.length]
	r.fill(expected, &g, s.width)
	for i, x := range expected {
		into.v[i] += x
	}
	forget(into.v, into.null)
	return nil
}
