package series

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// relatedBlock makes a merged block of rows series with some slots each, and the
// values that went in: slot by slot, by column.
func relatedBlock(codec *column.Codec, l *layout, rows, slots int, value func(c, row, slot int) (v int64, known bool)) ([]byte, [][]span) {
	enc, in := newEncoder(l, codec), make([][]span, len(l.specs))
	b := mergedBlock{w: column.NewWriter(codec, 1|related, rows), rows: rows}
	for _, c := range l.order {
		in[c] = make([]span, slots)
		for t := range slots {
			in[c][t] = newSpan(rows)
			for r := range rows {
				v, known := value(c, r, t)
				if in[c][t].v[r] = v; !known {
					if in[c][t].null == nil {
						in[c][t].null = make(market.Bits, (rows+63)/64)
					}
					in[c][t].null.Set(r)
				}
			}
		}
		enc.merged(&b, c, in[c])
	}
	return b.w.Bytes(), in
}

// TestRelatedRoundTrip: whatever the values are and however well they follow from
// each other, each extent of each column reads as it was written, in any order.
func TestRelatedRoundTrip(t *testing.T) {
	codec, err := column.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer codec.Close()
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom([]*layout{clockLayout, dayLayout}).Draw(t, "layout")
		rows, slots := rapid.IntRange(1, 70).Draw(t, "rows"), rapid.IntRange(1, 30).Draw(t, "slots")
		lo := rapid.IntRange(0, rows-1).Draw(t, "first")
		n := rapid.IntRange(1, rows-lo).Draw(t, "read")
		wild := rapid.SampledFrom([]float64{0, 0.01, 0.5, 1}).Draw(t, "wild")
		unknown := rapid.SampledFrom([]float64{0, 0.02, 0.5}).Draw(t, "unknown")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		raw, in := relatedBlock(codec, l, rows, slots, func(c, row, slot int) (int64, bool) {
			v := int64(c * (row % 3) * (slot % 5))
			if rng.Float64() < wild {
				v = rapid.SampledFrom([]int64{0, 1, -7, math.MaxInt64, math.MinInt64, 1 << 40}).Draw(t, "v")
			}
			return v, rng.Float64() >= unknown
		})
		blk, err := codec.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		v := &view{l: l, codec: codec, scratch: &scratch{raw: make([]byte, 0, 64)}}
		for _, c := range rapid.Permutation(l.order).Draw(t, "order") {
			s := extent{n: rows * slots, lo: lo * slots, length: n * slots, width: slots}
			got, err := v.hold(blk, c, s)
			if err != nil {
				t.Fatal(err)
			}
			sameExtent(t, l, c, got, in[c], s)
		}
	})
}

// sameExtent compares some series of a block with what went in.
func sameExtent(t *rapid.T, l *layout, c int, got *span, in []span, s extent) {
	lo := s.lo / s.width
	for r := range s.length / s.width {
		reading := int64(0)
		for slot := range in {
			at := r*len(in) + slot
			if known := !in[slot].null.Get(lo + r); known == got.null.Get(at) {
				t.Fatalf("column %d, series %d, slot %d: known is %v", c, r, slot, !known)
			} else if !known || l.specs[c].flag {
				continue
			}
			x := got.v[at]
			if l.specs[c].gauge {
				reading += x
				x = reading
			}
			if want := in[slot].v[lo+r]; x != want {
				t.Fatalf("column %d, series %d, slot %d: %d, want %d", c, r, slot, x, want)
			}
		}
	}
}

// TestRelationsTaken: what follows from other columns takes next to nothing, and
// what does not is stored as it is.
func TestRelationsTaken(t *testing.T) {
	codec, err := column.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer codec.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	const rows, slots = 64, 24
	sold := make([]int64, rows*slots)
	for i := range sold {
		sold[i] = max(0, rng.Int64N(30)-25)
	}
	for _, c := range []struct {
		name   string
		orders func(units int64) int64
		number uint8
	}{
		{"an order for each piece", func(units int64) int64 { return units }, relatedNumber(int(Orders), 0)},
		{"one order for all pieces", func(units int64) int64 { return min(units, 1) }, relatedNumber(int(Orders), 1)},
		{"orders of their own", func(int64) int64 { return 200 + rng.Int64N(20) }, uint8(Orders)},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, _ := relatedBlock(codec, clockLayout, rows, slots, func(col, row, slot int) (int64, bool) {
				units := sold[row*slots+slot]
				switch Column(col) {
				case Price:
					return 1990 + 100*int64(row), true
				case Stock:
					left := int64(1000)
					for _, n := range sold[row*slots : row*slots+slot+1] {
						left -= n
					}
					return left, true
				case Units:
					return units, true
				case Orders:
					return c.orders(units), true
				case GMV:
					return units * (1990 + 100*int64(row)), true
				}
				return 0, false
			})
			blk, err := codec.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []uint8{c.number, relatedNumber(int(Stock), 0), relatedNumber(int(GMV), 0)} {
				if !blk.Has(id) {
					t.Errorf("column %d is not stored as number %d", id%related, id)
				}
			}
			if r, found, err := blk.Raw(relatedNumber(int(GMV), 0), nil); err != nil || !found || len(r.B) > 4 {
				t.Errorf("money takes %d bytes, %v", len(r.B), err)
			}
		})
	}
}

// TestRelations: what others go by goes by nothing itself and comes first, and all
// numbers that a column may have fit a byte.
func TestRelations(t *testing.T) {
	for _, l := range []*layout{clockLayout, dayLayout} {
		if len(l.specs) > len(givens{}) || len(l.order) != len(l.specs) {
			t.Errorf("%d columns, %d in order", len(l.specs), len(l.order))
		}
		for c, s := range l.specs {
			if len(s.relations) > 3 || (s.given || s.flag) && len(s.relations) > 0 {
				t.Errorf("column %d has relations %v", c, s.relations)
			}
			for _, r := range s.relations {
				for _, given := range r.columns() {
					if slices.Index(l.order, int(given)) > slices.Index(l.order, c) {
						t.Errorf("column %d comes before %d, by which it goes", c, given)
					}
				}
			}
		}
	}
}
