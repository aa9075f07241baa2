package series

import (
	"math/bits"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// encoder makes blocks. It keeps scratch memory for one goroutine.
type encoder struct {
	l      *layout
	codec  *column.Codec
	w      *column.Writer
	sparse column.Sparse
	vals   []int64
	carry  []int64
	raw    []byte
	// What a column differs from a relation, from the best of them, and another form
	// of raw.
	differs, best []int64
	other         []byte
}

func newEncoder(l *layout, codec *column.Codec) *encoder {
	return &encoder{l: l, codec: codec, w: column.NewWriter(codec, 0, 0), vals: make([]int64, chunk)}
}

// part is rows at..at+n of a table, which are series from.. of a shop.
type part struct {
	t        *table
	at, from int
	n        int
}

// slot makes the block of one chunk of one slot. before is the base of the slot
// before in the same period, or nil; it begins with the same row as p.t.
func (e *encoder) slot(p part, before *table) []byte {
	e.w.Reset(0, p.n)
	for col, spec := range e.l.specs {
		null := p.t.nulls(col, p.at, p.n, spec.flag)
		unknown := count(null)
		if spec.flag {
			if unknown > 0 {
				e.raw = appendNulls(e.raw[:0], p.n, unknown, null)
				e.w.Add(uint8(col), e.raw)
			}
			continue
		}
		if unknown == p.n {
			continue
		}
		vals := e.vals[:p.n]
		p.t.load(vals, col, p.at)
		if spec.gauge && before != nil {
			before.subtract(vals, col, p.at)
		}
		e.raw = e.sparse.Append(appendNulls(e.raw[:0], p.n, unknown, null), vals)
		e.w.Add(uint8(col), e.raw)
	}
	return e.w.Bytes()
}

// late makes the block of differences between a chunk and its base. base gives
// the base's values of a column, valid until it is called again.
func (e *encoder) late(p part, base func(col int) (*span, error)) ([]byte, error) {
	e.w.Reset(lateKind, p.n)
	for col, spec := range e.l.specs {
		from, err := base(col)
		if err != nil {
			return nil, err
		}
		null := p.t.nulls(col, p.at, p.n, spec.flag)
		differs := !sameBits(null, slice(from.null, 0, p.n), p.n)
		vals := e.vals[:p.n]
		if !spec.flag {
			p.t.load(vals, col, p.at)
			for i := range vals {
				switch {
				case null.Get(i):
					vals[i] = 0
				case !from.null.Get(i):
					vals[i] -= from.v[i]
				}
				differs = differs || vals[i] != 0
			}
		}
		if !differs {
			continue
		}
		e.raw = appendNulls(e.raw[:0], p.n, count(null), null)
		if !spec.flag {
			e.raw = e.sparse.Append(e.raw, vals)
		}
		e.w.Add(uint8(col), e.raw)
	}
	return e.w.Bytes(), nil
}

func appendNulls(dst []byte, n, nulls int, null market.Bits) []byte {
	return column.AppendNulls(dst, n, nulls, null.Get)
}

func count(b market.Bits) int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func sameBits(a, b market.Bits, n int) bool {
	for w := range (n + 63) / 64 {
		var x, y uint64
		if w < len(a) {
			x = a[w]
		}
		if w < len(b) {
			y = b[w]
		}
		if x != y {
			return false
		}
	}
	return true
}
