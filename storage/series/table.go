package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// table is columns of any layout in memory: 32 bits each, 64 where spec.wide.
type table struct {
	n     int
	small [][]int32
	wide  [][]int64
	null  []market.Bits
}

func newTable(l *layout, n int) *table {
	cols := make([]int, len(l.specs))
	for c := range cols {
		cols[c] = c
	}
	return tableOf(l, n, cols)
}

// tableOf holds only the named columns.
func tableOf(l *layout, n int, cols []int) *table {
	t := &table{n: n, small: make([][]int32, len(l.specs)), wide: make([][]int64, len(l.specs)), null: make([]market.Bits, len(l.specs))}
	for _, c := range cols {
		switch s := l.specs[c]; {
		case s.flag:
		case s.wide:
			t.wide[c] = make([]int64, n)
		default:
			t.small[c] = make([]int32, n)
		}
	}
	return t
}

// has reports whether a column is held at all.
func (t *table) has(col int) bool { return t.small[col] != nil || t.wide[col] != nil }

// load copies the values of rows from.. into dst; what t lacks is 0.
func (t *table) load(dst []int64, col, from int) {
	from = min(from, t.n)
	n := min(t.n-from, len(dst))
	switch {
	case t.wide[col] != nil:
		copy(dst[:n], t.wide[col][from:from+n])
	case t.small[col] != nil:
		for i, v := range t.small[col][from : from+n] {
			dst[i] = int64(v)
		}
	default:
		n = 0
	}
	clear(dst[n:])
}

// part is load, and which of the rows are not known.
func (t *table) part(col, from int, v []int64) market.Bits {
	t.load(v, col, from)
	if !t.has(col) {
		return column.AllNull(len(v))
	}
	return t.nulls(col, from, len(v), false)
}

// subtract takes the values of rows from.. off dst.
func (t *table) subtract(dst []int64, col, from int) {
	n := min(max(t.n-from, 0), len(dst))
	if t.wide[col] != nil {
		for i, v := range t.wide[col][from : from+n] {
			dst[i] -= v
		}
		return
	}
	if n == 0 || t.small[col] == nil {
		return
	}
	for i, v := range t.small[col][from : from+n] {
		dst[i] -= int64(v)
	}
}

// store copies values into rows from.. and says whether all of them fitted.
func (t *table) store(src []int64, col, from int) bool {
	if t.wide[col] != nil {
		copy(t.wide[col][from:], src)
		return true
	}
	out, fits := t.small[col][from:from+len(src)], true
	for i, v := range src {
		out[i] = int32(v)
		fits = fits && int64(int32(v)) == v
	}
	return fits
}

// storeNull sets the bits of rows from.., which must be a multiple of 64.
func (t *table) storeNull(src market.Bits, col, from int) {
	if !src.Any() {
		return
	}
	for len(t.null[col]) < (t.n+63)/64 {
		t.null[col] = append(t.null[col], 0)
	}
	copy(t.null[col][from>>6:], src)
}

// nulls is the bitmap of n rows from.., a multiple of 64, sharing memory where
// it can; nil when none is set. Rows that t lacks are null, or not flagged.
func (t *table) nulls(col, from, n int, flag bool) market.Bits {
	have := min(max(t.n-from, 0), n)
	bits := slice(t.null[col], from, have)
	if !flag && have < n {
		all := make(market.Bits, (n+63)/64)
		copy(all, bits)
		for i := have; i < n; i++ {
			all.Set(i)
		}
		return all
	}
	if !bits.Any() {
		return nil
	}
	return bits
}

// slice is the part of a bitmap that belongs to n rows from..; it shares memory
// when from is a multiple of 64.
func slice(b market.Bits, from, n int) market.Bits {
	if from&63 != 0 {
		return shifted(b, from, n)
	}
	w := min(from>>6, len(b))
	out := b[w:min(w+(n+63)/64, len(b))]
	if n&63 != 0 && len(out) == (n+63)/64 && out[len(out)-1]>>(n&63) != 0 {
		out = append(market.Bits(nil), out...)
		out[len(out)-1] &= 1<<(n&63) - 1
	}
	return out
}

func shifted(b market.Bits, from, n int) market.Bits {
	var out market.Bits
	for i := range n {
		if b.Get(from + i) {
			if out == nil {
				out = make(market.Bits, (n+63)/64)
			}
			out.Set(i)
		}
	}
	return out
}
