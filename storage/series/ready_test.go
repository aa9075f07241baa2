package series_test

import (
	"slices"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// TestPreparedFrameHoldsTheWriterShortly: of a large slot, and of a correction of
// one, the work is done before the transaction; what is left of it inside is less
// than half.
func TestPreparedFrameHoldsTheWriterShortly(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	const n = 8 * 8192
	frames := hours(n, 4)
	w := onDisk(t, series.Options{})
	w.register(n)
	rev := market.Revision(0)
	// inside is how long Put takes in its transaction, the commit left out.
	inside := func(slot time.Time, prepare bool) time.Duration {
		rev++
		f := series.Frame{Revision: rev, Slot: slot, Columns: frames[int(rev)%len(frames)]}
		if prepare {
			must(t, w.s.Prepare(t.Context(), w.shop, &f))
		}
		var took time.Duration
		w.update(func(tx *storage.Tx) error {
			began := time.Now()
			defer func() { took = time.Since(began) }()
			return w.s.Put(tx, w.shop, f)
		})
		return took
	}
	slot := benchStart
	for name, next := range map[string]func() time.Time{
		"new slot":   func() time.Time { slot = slot.Add(time.Hour); return slot },
		"correction": func() time.Time { return benchStart.Add(time.Hour) },
	} {
		var with, without []time.Duration
		for range 7 {
			without = append(without, inside(next(), false))
			with = append(with, inside(next(), true))
		}
		a, b := slices.Min(with), slices.Min(without)
		t.Logf("%s: %v inside the transaction, %v when it was not prepared", name, a, b)
		if a > b/2 {
			t.Errorf("%s: %v inside the transaction, %v when it was not prepared", name, a, b)
		}
	}
}
