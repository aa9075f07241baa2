package series

import (
	"shopwatch/internal/market"
)

// baseReader yields the contents that a level holds of one column of the
// series from..to (inside one chunk), slot by slot in order.
type baseReader struct {
	v        *view
	col      int
	from, to int
	// Level 0: the running sum of a gauge, the position it has reached, and the
	// values of one slot.
	sum   []int64
	part  span
	at    int
	ready span // of part or sum
	out   span // of a slot without a base
	// Other levels: all slots of the period.
	matrix []span
}

// bases begins to read a column; what an earlier reader gave out is no longer
// valid.
func (v *view) bases(col, from, to int) (*baseReader, error) {
	v.room(to - from)
	b := &baseReader{v: v, col: col, from: from, to: to, out: span{v: v.out.v[:to-from]}, part: span{v: v.full.v[:to-from]}, sum: v.sum[:to-from]}
	if v.p.level == 0 {
		clear(b.sum)
		return b, nil
	}
	b.matrix = newMatrix(v.p.bases(), to-from)
	rows := v.l.levels[v.p.level].rows
	for r := from; r < to; r += rows {
		if err := v.gather(b.matrix, col, r, r-from, min(rows, to-r)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// newMatrix is spans of n series each.
func newMatrix(slots, n int) []span {
	all, m := make([]int64, slots*n), make([]span, slots)
	for i := range m {
		m[i].v = all[i*n : (i+1)*n : (i+1)*n]
	}
	return m
}

// load returns the base of the slot at a position; positions must not go
// backwards. The span is valid until the next call.
func (b *baseReader) load(i int) (*span, error) {
	e := &b.v.p.slots[i]
	if b.matrix != nil {
		k := 0
		for j := range i {
			if b.v.p.slots[j].base {
				k++
			}
		}
		return &b.matrix[k], nil
	}
	b.ready.v = b.part.v
	if !b.v.l.specs[b.col].gauge {
		if err := b.slot(e); err != nil {
			return nil, err
		}
	} else {
		for ; b.at <= i; b.at++ {
			s := &b.v.p.slots[b.at]
			if !s.base {
				continue
			}
			if err := b.slot(s); err != nil {
				return nil, err
			}
			for k, d := range b.part.v {
				b.sum[k] += d
			}
			// The next slot is written against rows that end where this one ends.
			clear(b.sum[min(max(s.baseRows-b.from, 0), len(b.sum)):])
		}
		b.ready.v = b.sum
	}
	b.ready.null = beyond(b.part.null, e.baseRows-b.from, b.to-b.from, b.v.l.specs[b.col].flag)
	return &b.ready, nil
}

// beyond adds to a bitmap the rows past the last one of a slot.
func beyond(null market.Bits, rows, n int, flag bool) market.Bits {
	if flag || rows >= n {
		return null
	}
	all := make(market.Bits, (n+63)/64)
	copy(all, null)
	for i := max(rows, 0); i < n; i++ {
		all.Set(i)
	}
	return all
}

// slot decodes the series of one slot into part.
func (b *baseReader) slot(e *slotEntry) error {
	n := min(chunk, e.baseRows-b.from/chunk*chunk)
	if n <= 0 {
		clear(b.part.v)
		b.part.null = nil
		return nil
	}
	space, key := b.v.l.levelSpace(b.v.shop, 0, b.v.p.index), slotChunkKey(e.slot, b.from/chunk)
	blk, err := b.v.block(space, key)
	if err != nil {
		return err
	}
	if blk == nil || blk.Rows != n || blk.Kind != 0 {
		return b.v.tx.Space(space).Damaged(key, "block is missing or of another shape")
	}
	if err := b.v.decodePart(blk, b.col, n, b.from%chunk, &b.part); err != nil {
		return b.v.tx.Space(space).Damaged(key, err.Error())
	}
	return nil
}

// gather reads one block of a merged level, the one that begins with series
// row, into rows at..at+n of the matrix.
func (v *view) gather(matrix []span, col, row, at, n int) error {
	lev := v.l.levels[v.p.level]
	slots, before, rows := 0, 0, 0
	for _, p := range v.group {
		if p.index < v.p.index {
			before += p.bases()
		}
		slots += p.bases()
		rows = max(rows, p.baseRows())
	}
	have := min(lev.rows, rows-row/lev.rows*lev.rows)
	flagged := v.l.specs[col].flag
	if have <= 0 {
		for i := range matrix {
			setNulls(&matrix[i], at, n, flagged)
		}
		return nil
	}
	space, key := v.l.levelSpace(v.shop, v.p.level, lev.group(v.p.index)), blockKey(row/lev.rows)
	blk, err := v.block(space, key)
	if err != nil {
		return err
	}
	if blk == nil || blk.Rows != have || int(blk.Kind)&^related != v.p.level {
		return v.tx.Space(space).Damaged(key, "block is missing or of another shape")
	}
	first := row % lev.rows
	known := min(n, max(have-first, 0))
	for i := range matrix {
		setNulls(&matrix[i], at+known, n-known, flagged)
	}
	all, err := v.hold(blk, col, extent{n: have * slots, lo: first * slots, length: known * slots, width: slots})
	if err != nil {
		return v.tx.Space(space).Damaged(key, err.Error())
	}
	v.spread(matrix, all, v.l.specs[col].gauge, strip{width: slots, before: before, at: at, n: known})
	return nil
}

// strip is n series of width values each, one after the other, that go into
// rows at.. of a matrix whose slots begin at before.
type strip struct{ width, before, at, n int }

// spread writes a strip of a merged block into the matrix.
func (v *view) spread(matrix []span, all *span, gauge bool, s strip) {
	width, before, at, n := s.width, s.before, s.at, s.n
	if cap(v.carry) < n {
		v.carry = make([]int64, chunk)
	}
	carry := v.carry[:n]
	clear(carry)
	for t := range before + len(matrix) {
		if t < before && !gauge {
			continue
		}
		if gauge {
			for r := range carry {
				carry[r] += all.v[r*width+t]
			}
		}
		if t < before {
			continue
		}
		m := &matrix[t-before]
		if gauge {
			copy(m.v[at:at+n], carry)
		} else {
			for r, dst := 0, m.v[at:at+n]; r < n; r++ {
				dst[r] = all.v[r*width+t]
			}
		}
		if len(all.null) == 0 {
			continue
		}
		for r := range n {
			if all.null.Get(r*width + t) {
				m.null.Set(at + r)
			}
		}
	}
}

func setNulls(s *span, at, n int, flag bool) {
	if flag {
		return
	}
	for i := at; i < at+n; i++ {
		s.null.Set(i)
	}
}
