package series

import (
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// FuzzRecords feeds anything to the decoders of this package: they must neither
// panic nor hand out more rows than a block may have.
func FuzzRecords(f *testing.F) {
	codec, err := column.NewCodec()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(codec.Close)
	p := &period{index: 3, level: 1, slots: []slotEntry{{slot: 4, base: true, baseRows: 9, versions: []version{{rev: 2, base: true, rows: 9, state: market.Complete}, {rev: 7, rows: 9, state: market.Partial, gap: 3}}}}}
	f.Add(p.bytes())
	f.Add(encodeNames(codec, []Series{{SKU: "a", Title: "外套"}, {SKU: "b", Channel: "tmall"}}))
	f.Add(encodeCells(codec, []Cell{{Unit: "wear", Band: "low", known: 3}, {Region: "sh"}}))
	t := newTable(clockLayout, 70)
	t.null[Stock].Set(3)
	t.small[Price][5] = 9
	f.Add(newEncoder(clockLayout, codec).slot(part{t: t, n: 70}, nil))
	w, _ := relatedBlock(codec, clockLayout, 9, 12, func(c, row, slot int) (int64, bool) { return int64(c * row), slot != 3 })
	f.Add(w)
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, l := range []*layout{clockLayout, dayLayout} {
			if p, err := l.parsePeriod(0, in); err == nil {
				if again, err := l.parsePeriod(0, p.bytes()); err != nil || len(again.slots) != len(p.slots) {
					t.Fatalf("a period that was read cannot be written: %v", err)
				}
			}
		}
		if all, err := decodeNames(codec, in, nameColumns); err == nil && len(all) > namesBlock {
			t.Fatalf("%d names", len(all))
		}
		_, _ = decodeCells(codec, in)
		b, err := codec.Parse(in)
		if err != nil {
			return
		}
		v := &view{l: clockLayout, codec: codec, p: &period{}, scratch: &scratch{raw: make([]byte, 0, chunk*4)}}
		for col := range clockLayout.specs {
			out := newSpan(b.Rows * 3)
			_ = v.decode(b, col, b.Rows*3, &out)
			part := newSpan(b.Rows)
			_ = v.decodePart(b, col, b.Rows*3, b.Rows/2, &part)
			_, _ = v.hold(b, col, extent{n: b.Rows * 3, lo: b.Rows / 2 * 3, length: (b.Rows - b.Rows/2) * 3, width: 3})
			r := &baseReader{v: v, col: col, to: max(1, b.Rows), out: newSpan(max(1, b.Rows))}
			base := newSpan(max(1, b.Rows))
			_, _ = v.alter(b, r, &base, b.Rows)
		}
	})
}

// TestPlaces: every instant has one place, and finds back from it.
func TestPlaces(t *testing.T) {
	for _, step := range []time.Duration{time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour} {
		for _, at := range []time.Time{time.Unix(0, 0), time.Unix(-1, 0), time.Date(2025, 11, 2, 23, 59, 59, 0, time.UTC), time.Date(1969, 12, 28, 5, 0, 0, 0, time.UTC)} {
			index, slot := place(at, step)
			start := startOf(index, slot, step)
			if at.Before(start) || !at.Before(start.Add(step)) {
				t.Errorf("%v with step %v came to %v", at, step, start)
			}
		}
	}
	week := clockLayout.levels[2]
	for day := -20; day < 40; day++ {
		first := week.first(week.group(day))
		if market.Day(first).Weekday() != time.Monday || first > day || day-first > 6 {
			t.Errorf("day %d is in the week of %d", day, first)
		}
	}
	for d := market.DateOf(2023, 12, 30); d < market.DateOf(2024, 3, 2); d++ {
		if index, slot := monthPlace(d); monthDay(index, slot) != d {
			t.Errorf("%v came back as %v", d, monthDay(index, slot))
		}
	}
}
