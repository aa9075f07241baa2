package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// sums are a column over some days, by series. What is not known is 0.
type sums struct {
	v    []int64
	null market.Bits
}

func newSums(n int) *sums { return &sums{v: make([]int64, n), null: column.AllNull(n)} }

// put adds one value to row i.
func (s *sums) put(i int, v int64) {
	s.v[i] += v
	s.null[i>>6] &^= 1 << (i & 63)
}

// add takes values of the rows at.., a multiple of 64; rows past the last are left
// out.
func (s *sums) add(at int, v []int64, null market.Bits) {
	dst := s.v[min(at, len(s.v)):]
	dst = dst[:min(len(v), len(dst))]
	if len(null) == 0 {
		for i := range dst {
			dst[i] += v[i]
		}
	} else {
		for i := range dst {
			if !null.Get(i) {
				dst[i] += v[i]
			}
		}
	}
	know(s.null, at, len(dst), null)
}

// addTable adds the rows from..to of a column to the rows at..; at and from are
// multiples of 64, and rows that t lacks are not known.
func (s *sums) addTable(at int, t *table, col, from, to int) {
	to = min(to, t.n)
	if from >= to || !t.has(col) {
		return
	}
	null := t.null[col]
	// Stretches without a null are added in one go: there are hardly any others.
	for from < to {
		end := min(from+64, to)
		if word(null, from) != 0 {
			s.addKnown(at, t, col, from, end)
		} else {
			for end < to && word(null, end) == 0 {
				end = min(end+64, to)
			}
			s.addAll(at, t, col, from, end)
		}
		at, from = at+end-from, end
	}
}

// word is the bits of the rows i.., a multiple of 64.
func word(null market.Bits, i int) uint64 {
	if w := i >> 6; w < len(null) {
		return null[w]
	}
	return 0
}

// addAll adds rows that are all known.
func (s *sums) addAll(at int, t *table, col, from, to int) {
	dst := s.v[at : at+to-from]
	if wide := t.wide[col]; wide != nil {
		for i, v := range wide[from:to] {
			dst[i] += v
		}
	} else {
		for i, v := range t.small[col][from:to] {
			dst[i] += int64(v)
		}
	}
	know(s.null, at, len(dst), nil)
}

// addKnown adds those of up to 64 rows that are known.
func (s *sums) addKnown(at int, t *table, col, from, to int) {
	for i := from; i < to; i++ {
		if !t.null[col].Get(i) {
			s.put(at+i-from, t.value(col, i))
		}
	}
}

// Sum is the sum of a flow over a span, by series: a picture that stays valid.
type Sum struct {
	col    DayColumn
	closed *sums
	today  *totals
}

// Part fills v with the sums of the series from.. (a multiple of 64) and returns
// which of them are not known.
func (s *Sum) Part(from int, v []int64) market.Bits {
	out := sums{v: v, null: column.AllNull(len(v))}
	if s.closed == nil {
		clear(v)
	} else {
		n := copy(v, s.closed.v[min(from, len(s.closed.v)):])
		clear(v[n:])
		know(out.null, 0, n, slice(s.closed.null, from, n))
	}
	if s.today != nil {
		out.addTable(0, &s.today.table, int(s.col), from, from+len(v))
	}
	return out.null
}

// Value is one sum, and false when it is not known.
func (s *Sum) Value(id uint32) (sum int64, known bool) {
	if s.closed != nil && int(id) < len(s.closed.v) && !s.closed.null.Get(int(id)) {
		sum, known = s.closed.v[id], true
	}
	if s.today != nil {
		if v, ok := s.today.Value(s.col, id); ok {
			sum, known = sum+v, true
		}
	}
	return sum, known
}
