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

// ReadNullsPart reads what AppendNulls has written about n rows, and keeps the
// bits of the rows lo.., as many as length says, the first of them as bit 0.
func ReadNullsPart(r *Reader, n, lo, length int) market.Bits {
	hi := min(n, lo+length)
	switch kind := r.Byte(); {
	case kind == NullsNone:
		return nil
	case lo >= hi && kind <= NullsBitmap:
		return nil
	case kind == NullsAll:
		return AllNull(hi - lo)
	case kind == NullsGaps:
		null := make(market.Bits, (hi-lo+63)/64)
		for _, i := range ReadPositions(r, n) {
			if int(i) >= lo && int(i) < hi {
				null.Set(int(i) - lo)
			}
		}
		return null
	case kind == NullsBitmap:
		set := r.Take((n + 7) / 8)
		if set == nil {
			return nil
		}
		null := make(market.Bits, (hi-lo+63)/64)
		for i := lo; i < hi; i++ {
			if set[i>>3]&(1<<(i&7)) != 0 {
				null.Set(i - lo)
			}
		}
		return null
	}
	r.Bad = true
	return nil
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
