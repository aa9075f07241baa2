package column

import (
	"encoding/binary"
	"math/bits"
)

// ReadPart fills dst, which is all zero, with the values lo.. of the n that
// AppendInts has written, as many as there are. It steps over the others without
// decoding them, so that one series of a slot costs little more than finding it.
// What follows the part stays unread and unchecked.
func ReadPart(r *Reader, n, lo int, dst []int64) {
	hi := min(n, lo+len(dst))
	if lo >= hi {
		return
	}
	dst = dst[:hi-lo]
	head := *r
	form := head.Byte()
	if form&formDelta != 0 || len(dst) == n {
		all := make([]int64, n)
		ReadInts(r, all)
		copy(dst, all[lo:hi])
		return
	}
	*r = head
	scale := int64(1)
	if form&formScaled != 0 {
		scale = int64(r.Uvarint())
	}
	readFormPart(r, form&^formScaled, n, lo, dst)
	if scale != 1 {
		for i := range dst {
			dst[i] *= scale
		}
	}
}

// readFormPart fills dst with the values lo.. of n.
func readFormPart(r *Reader, form byte, n, lo int, dst []int64) {
	switch form {
	case formZero:
	case formConst:
		x := r.Varint()
		for i := range dst {
			dst[i] = x
		}
	case formGaps, formGaps | formHundreds:
		readGapsPart(r, form, n, lo, dst)
	case formBitmap, formBitmap | formHundreds:
		readBitmapPart(r, form, n, lo, dst)
	case formDense, formDense | formHundreds:
		rest := r.rest(form, n, lo, lo+len(dst))
		r.skip(lo)
		r.values(dst, rest)
	default:
		r.Bad = true
	}
}

func readGapsPart(r *Reader, form byte, n, lo int, dst []int64) {
	count := r.Count(min(n, len(r.B)))
	before, at, last := 0, make([]int32, 0, len(dst)), -1
	for range count {
		last += r.Count(n) + 1
		switch {
		case last >= n || r.Bad:
			r.Bad = true
			return
		case last < lo:
			before++
		case last < lo+len(dst):
			at = append(at, int32(last-lo))
		}
	}
	rest := r.rest(form, count, before, before+len(at))
	r.skip(before)
	if form&formHundreds != 0 {
		r.scatter(at, rest, dst)
		return
	}
	for _, i := range at {
		dst[i] = r.Varint()
	}
}

func readBitmapPart(r *Reader, form byte, n, lo int, dst []int64) {
	set := r.Take((n + 7) / 8)
	if set == nil {
		return
	}
	before := countSet(set, 0, lo)
	var rest []byte
	if form&formHundreds != 0 {
		rest = r.rest(form, countSet(set, 0, n), before, before+countSet(set, lo, lo+len(dst)))
	}
	r.skip(before)
	readSet(r, set, lo, dst, rest)
}

// skip steps over n varints, eight bytes at a time: every varint has one byte
// without the high bit. Eight bytes that hold the last of them are left to the
// slow loop, since a varint that is wanted may begin among them.
func (r *Reader) skip(n int) {
	const highs = 0x8080808080808080
	b := r.B
	for n > 0 && len(b) >= 8 {
		ends := bits.OnesCount64(^binary.LittleEndian.Uint64(b) & highs)
		if ends >= n {
			break
		}
		n, b = n-ends, b[8:]
	}
	for ; n > 0 && len(b) > 0; b = b[1:] {
		if b[0] < 0x80 {
			n--
		}
	}
	r.B = b
	if n > 0 {
		r.Bad, r.B = true, nil
	}
}
