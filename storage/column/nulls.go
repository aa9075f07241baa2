package column

import "shopwatch/internal/market"

// A column begins with which of its rows are null.
const (
	NullsNone   = 0
	NullsAll    = 1
	NullsGaps   = 2 // few: the distances between them
	NullsBitmap = 3
)

// AppendNulls writes which of n rows are null, knowing how many.
func AppendNulls(dst []byte, n, nulls int, null func(int) bool) []byte {
	switch {
	case nulls == 0:
		return append(dst, NullsNone)
	case nulls == n:
		return append(dst, NullsAll)
	case nulls < n/16:
		return AppendPositions(append(dst, NullsGaps), n, null)
	}
	return AppendBitmap(append(dst, NullsBitmap), n, null)
}

// ReadNulls reads what AppendNulls has written about n rows, and tells how
// many of them are known.
func ReadNulls(r *Reader, n int) (null market.Bits, known int) {
	switch r.Byte() {
	case NullsNone:
		return nil, n
	case NullsAll:
		return AllNull(n), 0
	case NullsGaps:
		at := ReadPositions(r, n)
		null = make(market.Bits, (n+63)/64)
		for _, i := range at {
			null.Set(int(i))
		}
		return null, n - len(at)
	case NullsBitmap:
		set := r.Take((n + 7) / 8)
		if set == nil {
			return nil, 0
		}
		null = make(market.Bits, (n+63)/64)
		known = n
		for i := range n {
			if set[i>>3]&(1<<(i&7)) != 0 {
				null.Set(i)
				known--
			}
		}
		return null, known
	}
	r.Bad = true
	return nil, 0
}

// AllNull is n set bits.
func AllNull(n int) market.Bits {
	null := make(market.Bits, (n+63)/64)
	for i := range null {
		null[i] = ^uint64(0)
	}
	if n&63 != 0 {
		null[len(null)-1] = 1<<(n&63) - 1
	}
	return null
}
