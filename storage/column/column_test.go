package column

import (
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawInts makes columns of the sorts that occur: sparse, constant, rising,
// rounded, and anything at all.
func drawInts(t *rapid.T) []int64 {
	n := rapid.IntRange(0, 300).Draw(t, "n")
	v := make([]int64, n)
	base := rapid.SampledFrom([]int64{0, 1, -5, 1_770_000_000_000, math.MinInt64, math.MaxInt64}).Draw(t, "base")
	sort := rapid.IntRange(0, 5).Draw(t, "sort")
	for i := range v {
		switch sort {
		case 0:
			v[i] = base
		case 1:
			if rapid.IntRange(0, 20).Draw(t, "hit") == 0 {
				v[i] = base + int64(i)
			}
		case 2:
			v[i] = base + int64(i)*1000
		case 3:
			v[i] = rapid.Int64Range(-1000, 1000).Draw(t, "v") * 100
		case 4:
			v[i] = rapid.Int64().Draw(t, "v")
		case 5:
			v[i] = int64(rapid.IntRange(0, 1).Draw(t, "bit"))
		}
	}
	return v
}

func TestIntsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawInts(t)
		b := AppendInts([]byte{7}, v)
		r := Reader{B: b[1:]}
		got := make([]int64, len(v))
		ReadInts(&r, got)
		if r.Bad || len(r.B) > 0 || !slices.Equal(got, v) {
			t.Fatalf("%v came back as %v (bad %v, %d bytes left)", v, got, r.Bad, len(r.B))
		}
	})
}

// TestIntsForms pins the form that is chosen, since a wrong choice costs only
// space and would otherwise go unnoticed.
func TestIntsForms(t *testing.T) {
	many := func(f func(i int) int64) []int64 {
		v := make([]int64, 1000)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	for _, c := range []struct {
		name string
		v    []int64
		form byte
		most int // bytes
	}{
		{"zero", many(func(int) int64 { return 0 }), formZero, 1},
		{"one value", many(func(int) int64 { return 1500 }), formConst | formScaled, 4},
		{"rising by one", many(func(i int) int64 { return int64(i) }), formConst | formDelta, 3},
		{"hours", many(func(i int) int64 { return 1_770_000_000_000 + int64(i)*3_600_000 }), formConst | formDelta | formScaled, 9},
		{"few", many(func(i int) int64 { return int64(i % 100 / 99 * 7) }), formGaps | formDelta, 60},
		{"some", many(func(i int) int64 { return int64(i*i%7/4) * 3 }), formBitmap, 1000/8 + 300},
		{"noise", many(func(i int) int64 { return int64(i*7919%61 + 1) }), formDense, 1001},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := AppendInts(nil, c.v)
			if b[0]&^(formScaled|formDelta) != c.form&^(formScaled|formDelta) || len(b) > c.most {
				t.Errorf("form %d in %d bytes, want %d in at most %d", b[0], len(b), c.form, c.most)
			}
		})
	}
}

// TestSparseRoundTrip: what Sparse writes is what ReadInts reads, and never
// longer than the same form by AppendInts.
func TestSparseRoundTrip(t *testing.T) {
	var s Sparse
	rapid.Check(t, func(t *rapid.T) {
		v := drawInts(t)
		b := s.Append(nil, v)
		r := Reader{B: b}
		got := make([]int64, len(v))
		ReadInts(&r, got)
		if r.Bad || len(r.B) > 0 || !slices.Equal(got, v) {
			t.Fatalf("%v came back as %v", v, got)
		}
		if _, size := shortest(v); len(b) != size+1 {
			t.Fatalf("%d bytes, the shortest form has %d", len(b), size+1)
		}
	})
}

// TestHundredsRoundTrip: what AppendHundreds writes is what ReadInts reads, and
// form bits that nobody writes are refused.
func TestHundredsRoundTrip(t *testing.T) {
	var s Sparse
	rapid.Check(t, func(t *rapid.T) {
		v := drawInts(t)
		b := s.AppendHundreds(nil, v)
		r := Reader{B: b}
		got := make([]int64, len(v))
		ReadInts(&r, got)
		if r.Bad || len(r.B) > 0 || !slices.Equal(got, v) {
			t.Fatalf("%v came back as %v", v, got)
		}
		if len(v) < 2 {
			return
		}
		b[0] |= rapid.SampledFrom([]byte{64, 128}).Draw(t, "bit")
		whole, part := Reader{B: b}, Reader{B: b}
		ReadInts(&whole, got)
		ReadPart(&part, len(v), 0, got[:1])
		if !whole.Bad || !part.Bad {
			t.Fatalf("form %d was read", b[0])
		}
	})
}

// TestAddShortest: of several forms the block has the one that compresses best.
func TestAddShortest(t *testing.T) {
	c, err := NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	short, long := []byte("short"), []byte("somewhat longer than the other")
	for name, forms := range map[string][][]byte{"first": {short, long}, "last": {long, short}, "among": {long, short, long}, "alone": {short}} {
		w := NewWriter(c, 0, 1)
		w.Add(7, long)
		w.AddShortest(1, forms...)
		w.Add(9, long)
		b, err := c.Parse(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[uint8][]byte{7: long, 1: short, 9: long} {
			if r, found, err := b.Raw(id, nil); err != nil || !found || !slices.Equal(r.B, want) {
				t.Errorf("%s: column %d is %q, %v", name, id, r.B, err)
			}
		}
	}
}

// TestDecoderMemory decodes a column that claims far more than it holds.
func TestDecoderMemory(t *testing.T) {
	c, err := NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	bomb := c.enc.EncodeAll(make([]byte, 2*maxRaw), nil)
	in := append(binary.AppendUvarint([]byte{packZstd}, maxRaw), bomb...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := c.Unpack(in, nil); err == nil {
		t.Error("a column beyond the limit was read")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > (96 << 20) {
		t.Errorf("%d bytes allocated", n)
	}
}
