package column

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestReadPart: any part of any column is what reading all of it gives.
func TestReadPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		busy := rapid.SampledFrom([]float64{0, 0.01, 0.2, 0.6, 1}).Draw(t, "busy")
		scale := rapid.SampledFrom([]int64{1, 100, 1 << 40}).Draw(t, "scale")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		v := make([]int64, n)
		for i := range v {
			if rng.Float64() < busy {
				v[i] = (rng.Int64N(2000) - 1000) * scale
			}
		}
		if rapid.Bool().Draw(t, "same") {
			for i := range v {
				v[i] = 42
			}
		}
		if rapid.Bool().Draw(t, "rising") {
			slices.Sort(v)
		}
		raw := AppendInts(nil, v)
		switch rapid.IntRange(0, 2).Draw(t, "by") {
		case 1:
			raw = (&Sparse{}).Append(nil, v)
		case 2:
			raw = (&Sparse{}).AppendHundreds(nil, v)
		}
		lo := rapid.IntRange(0, n+5).Draw(t, "lo")
		part := make([]int64, rapid.IntRange(0, n+5).Draw(t, "length"))
		r := Reader{B: raw}
		ReadPart(&r, n, lo, part)
		want := make([]int64, len(part))
		if lo < n {
			copy(want, v[lo:])
		}
		if r.Bad || !slices.Equal(part, want) {
			t.Fatalf("part %v, want %v of %v", part, want, v)
		}
	})
}

// TestReadPartDamaged: what is cut off is noticed where it is needed.
func TestReadPartDamaged(t *testing.T) {
	v := make([]int64, 200)
	for i := range v {
		v[i] = int64(i%7) * 1000
	}
	raw := AppendInts(nil, v)
	for n := range raw {
		r, part := Reader{B: raw[:n]}, make([]int64, 64)
		ReadPart(&r, 200, 136, part)
		if !r.Bad {
			t.Fatalf("%d of %d bytes are enough for the last part", n, len(raw))
		}
	}
}

// TestSkip: stepping over any number of varints leaves the reader at the next,
// wherever it begins within eight bytes.
func TestSkip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		v := make([]uint64, 1+rng.IntN(40))
		var raw []byte
		for i := range v {
			v[i] = rng.Uint64() >> rng.IntN(64)
			raw = binary.AppendUvarint(raw, v[i])
		}
		n := rng.IntN(len(v))
		r := Reader{B: raw}
		r.skip(n)
		if got := r.Uvarint(); got != v[n] || r.Bad {
			t.Fatalf("after %d of %v stands %d", n, v, got)
		}
	}
}
