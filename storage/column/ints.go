package column

import (
	"encoding/binary"
	"math/bits"
)

// Integer columns are written in whichever of five forms is shortest, over the
// values themselves or over their differences, divided by a common factor when
// there is one (timestamps of whole seconds, prices ending in 00). Three of them also
// come with the hundreds apart (Sparse.AppendHundreds).
const (
	formZero   = iota // all 0
	formConst         // all the same
	formGaps          // few are not 0: distances between them, then the values
	formBitmap        // a bit for each that is not 0, then the values
	formDense         // every value
	formMask   = 7
	formDelta  = 8  // first value, then differences
	formScaled = 16 // the common factor comes first
	// formHundreds: of the values first a byte each, what is left of the hundreds
	// below them, then the hundreds. Prices end in few ways.
	formHundreds = 32
)

// AppendInts writes v so that ReadInts can read it knowing len(v).
func AppendInts(dst []byte, v []int64) []byte {
	scale := factor(v)
	if scale > 1 {
		v = divided(v, scale)
	}
	form, size := shortest(v)
	if len(v) > 1 {
		d := differences(v)
		f, n := shortest(d)
		if n += len(binary.AppendVarint(nil, v[0])); n < size {
			dst = appendHead(dst, f|formDelta, scale)
			dst = binary.AppendVarint(dst, v[0])
			return appendForm(dst, f, d)
		}
	}
	return appendForm(appendHead(dst, form, scale), form, v)
}

func appendHead(dst []byte, form byte, scale int64) []byte {
	if scale > 1 {
		return binary.AppendUvarint(append(dst, form|formScaled), uint64(scale))
	}
	return append(dst, form)
}

// factor is the greatest number that divides all of v, or 1 when dividing
// would not shorten anything.
func factor(v []int64) int64 {
	var g, top uint64
	for _, x := range v {
		a := uint64(x)
		if x < 0 {
			a = -a
		}
		top = max(top, a)
		for b := a; b != 0; {
			g, b = b, g%b
		}
		if g == 1 {
			return 1
		}
	}
	if top < 64 || g>>63 != 0 {
		return 1
	}
	return int64(max(g, 1))
}

func divided(v []int64, by int64) []int64 {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = x / by
	}
	return out
}

// differences of neighbours; wrapping around is undone by wrapping back.
func differences(v []int64) []int64 {
	d := make([]int64, len(v)-1)
	for i := range d {
		d[i] = v[i+1] - v[i]
	}
	return d
}

// shortest returns the best form for v and its size in bytes.
func shortest(v []int64) (form byte, size int) {
	values, gaps, set, last := 0, 0, 0, -1
	same := true
	for i, x := range v {
		same = same && x == v[0]
		if x != 0 {
			values += varintLen(zigzag(x))
			gaps += varintLen(uint64(i - last - 1))
			last = i
			set++
		}
	}
	switch {
	case set == 0:
		return formZero, 0
	case same:
		return formConst, varintLen(zigzag(v[0]))
	}
	form, size = formDense, values+len(v)-set
	if n := values + (len(v)+7)/8; n < size {
		form, size = formBitmap, n
	}
	if n := values + gaps + varintLen(uint64(set)); n < size {
		form, size = formGaps, n
	}
	return form, size
}

func varintLen(u uint64) int { return (bits.Len64(u|1) + 6) / 7 }

func appendForm(dst []byte, form byte, v []int64) []byte {
	switch form {
	case formZero:
		return dst
	case formConst:
		return binary.AppendVarint(dst, v[0])
	case formGaps:
		dst = AppendPositions(dst, len(v), func(i int) bool { return v[i] != 0 })
	case formBitmap:
		dst = AppendBitmap(dst, len(v), func(i int) bool { return v[i] != 0 })
	}
	for _, x := range v {
		if x != 0 || form == formDense {
			dst = binary.AppendVarint(dst, x)
		}
	}
	return dst
}

// AppendPositions writes how many of n positions are set and the gaps before them.
func AppendPositions(dst []byte, n int, set func(int) bool) []byte {
	count := 0
	for i := range n {
		if set(i) {
			count++
		}
	}
	dst = binary.AppendUvarint(dst, uint64(count))
	last := -1
	for i := range n {
		if set(i) {
			dst = binary.AppendUvarint(dst, uint64(i-last-1))
			last = i
		}
	}
	return dst
}

// AppendBitmap writes a bit for each of n positions.
func AppendBitmap(dst []byte, n int, set func(int) bool) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, (n+7)/8)...)
	for i := range n {
		if set(i) {
			dst[at+i>>3] |= 1 << (i & 7)
		}
	}
	return dst
}

// ReadInts fills v with what AppendInts has written.
func ReadInts(r *Reader, v []int64) {
	head := r.Byte()
	scale := int64(1)
	if head&formScaled != 0 {
		scale = int64(r.Uvarint())
	}
	if head&formDelta != 0 && len(v) > 0 {
		v[0] = r.Varint()
		readForm(r, head&^(formDelta|formScaled), v[1:])
		for i := 1; i < len(v); i++ {
			v[i] += v[i-1]
		}
	} else {
		readForm(r, head&^(formDelta|formScaled), v)
	}
	if scale != 1 {
		for i := range v {
			v[i] *= scale
		}
	}
}

// readForm fills v, which is all zero.
func readForm(r *Reader, form byte, v []int64) {
	switch form {
	case formZero:
	case formConst:
		x := r.Varint()
		for i := range v {
			v[i] = x
		}
	case formGaps:
		at := ReadPositions(r, len(v))
		for _, i := range at {
			v[i] = r.Varint()
		}
	case formGaps | formHundreds:
		at := ReadPositions(r, len(v))
		r.scatter(at, r.Take(len(at)), v)
	case formBitmap, formBitmap | formHundreds:
		if set := r.Take((len(v) + 7) / 8); set != nil {
			n := countSet(set, 0, len(v))
			readSet(r, set, 0, v, r.rest(form, n, 0, n))
		}
	case formDense, formDense | formHundreds:
		r.values(v, r.rest(form, len(v), 0, len(v)))
	default:
		r.Bad = true
	}
}

// rest takes what is left of the hundreds below n values and keeps that of the
// values lo..hi; nil for other forms.
func (r *Reader) rest(form byte, n, lo, hi int) []byte {
	if form&formHundreds == 0 {
		return nil
	}
	all := r.Take(n)
	if all == nil {
		return nil
	}
	return all[lo:hi]
}

// values fills v with varints, which are hundreds when there is a rest.
func (r *Reader) values(v []int64, rest []byte) {
	r.varints(v)
	if len(rest) == len(v) {
		for i, x := range rest {
			v[i] = v[i]*100 + int64(x)
		}
	}
}

// scatter puts hundreds and their rest to their places.
func (r *Reader) scatter(at []int32, rest []byte, v []int64) {
	if len(rest) != len(at) {
		r.Bad = true
		return
	}
	for k, i := range at {
		v[i] = r.Varint()*100 + int64(rest[k])
	}
}

// countSet is how many of the bits lo..hi of a bitmap are set.
func countSet(set []byte, lo, hi int) int {
	n := 0
	for w := lo; w < hi; w += 64 {
		n += bits.OnesCount64(setWord(set, w, min(64, hi-w)))
	}
	return n
}

// readSet fills v, which is all zero, with a value for each bit of set from lo
// on. They are read next to each other first, and then moved to their places
// from the last on, so that none is overwritten.
func readSet(r *Reader, set []byte, lo int, v []int64, rest []byte) {
	n := countSet(set, lo, lo+len(v))
	r.values(v[:n], rest)
	for w := (len(v) - 1) &^ 63; w >= 0 && n > 0; w -= 64 {
		for word := setWord(set, lo+w, min(64, len(v)-w)); word != 0; {
			i := 63 - bits.LeadingZeros64(word)
			word &^= 1 << i
			n--
			v[n], v[w+i] = 0, v[n]
		}
	}
}

// setWord is n bits, at most 64, of a bitmap from lo on.
func setWord(set []byte, lo, n int) uint64 {
	var word uint64
	if at := lo >> 3; at+9 <= len(set) {
		word = binary.LittleEndian.Uint64(set[at:])>>(lo&7) | uint64(set[at+8])<<(64-lo&7)
	} else {
		for i := range n {
			word |= uint64(set[(lo+i)>>3]>>((lo+i)&7)&1) << i
		}
	}
	if n < 64 {
		word &= 1<<n - 1
	}
	return word
}

// ReadPositions reads what AppendPositions has written about n positions.
func ReadPositions(r *Reader, n int) []int32 {
	count := r.Count(min(n, len(r.B)))
	at := make([]int32, 0, count)
	last := -1
	for range count {
		last += r.Count(n) + 1
		if last >= n {
			r.Bad = true
		}
		if r.Bad {
			return nil
		}
		at = append(at, int32(last))
	}
	return at
}
