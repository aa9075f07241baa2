package column

import "encoding/binary"

// Sparse writes integers most of which are 0, such as what changed since the
// last reading: in the five forms of AppendInts, but without a search for
// differences or a common factor, and at a cost of about a nanosecond for each
// 0. It keeps scratch memory; one goroutine at a time may use it.
type Sparse struct {
	at []int32
}

// Append writes v so that ReadInts can read it knowing len(v).
func (s *Sparse) Append(dst []byte, v []int64) []byte {
	at := s.positions(v)
	if len(at) == 0 {
		return append(dst, formZero)
	}
	values, gaps, same, last := 0, 0, len(at) == len(v), int32(-1)
	for _, i := range at {
		x := v[i]
		same = same && x == v[0]
		values += varintLen(zigzag(x))
		gaps += varintLen(uint64(i - last - 1))
		last = i
	}
	if same {
		return binary.AppendVarint(append(dst, formConst), v[0])
	}
	form, size := byte(formDense), values+len(v)-len(at)
	if n := values + (len(v)+7)/8; n < size {
		form, size = formBitmap, n
	}
	if n := values + gaps + varintLen(uint64(len(at))); n < size {
		form = formGaps
	}
	dst = append(dst, form)
	switch form {
	case formDense:
		for _, x := range v {
			dst = binary.AppendUvarint(dst, zigzag(x))
		}
		return dst
	case formBitmap:
		dst = appendBits(dst, at, len(v))
	default:
		dst = appendGaps(dst, at)
	}
	for _, i := range at {
		dst = binary.AppendUvarint(dst, zigzag(v[i]))
	}
	return dst
}

// AppendHundreds writes v so that ReadInts can read it knowing len(v), with what
// is left of the hundreds apart from them: longer than Append, but compressed it
// is shorter when values end in few ways, as prices do.
func (s *Sparse) AppendHundreds(dst []byte, v []int64) []byte {
	at := s.positions(v)
	if len(at) == 0 {
		return append(dst, formZero)
	}
	gaps, last := 0, int32(-1)
	for _, i := range at {
		gaps += varintLen(uint64(i - last - 1))
		last = i
	}
	if gaps < (len(v)+7)/8 {
		dst = appendGaps(append(dst, formGaps|formHundreds), at)
	} else {
		dst = appendBits(append(dst, formBitmap|formHundreds), at, len(v))
	}
	for _, i := range at {
		dst = append(dst, byte(v[i]-hundreds(v[i])*100))
	}
	for _, i := range at {
		dst = binary.AppendUvarint(dst, zigzag(hundreds(v[i])))
	}
	return dst
}

// hundreds is x / 100, rounded down.
func hundreds(x int64) int64 {
	if x < 0 {
		return -1 - (-1-x)/100
	}
	return x / 100
}

// positions lists where v is not 0, without a branch for each.
func (s *Sparse) positions(v []int64) []int32 {
	if cap(s.at) < len(v)+1 {
		s.at = make([]int32, len(v)+1)
	}
	at, n := s.at[:len(v)+1], 0
	for i, x := range v {
		at[n] = int32(i)
		n += int(uint64(x|-x) >> 63)
	}
	return at[:n]
}

func appendGaps(dst []byte, at []int32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(at)))
	last := int32(-1)
	for _, i := range at {
		dst = binary.AppendUvarint(dst, uint64(i-last-1))
		last = i
	}
	return dst
}

func appendBits(dst []byte, at []int32, n int) []byte {
	from := len(dst)
	dst = append(dst, make([]byte, (n+7)/8)...)
	for _, i := range at {
		dst[from+int(i>>3)] |= 1 << (i & 7)
	}
	return dst
}
