package series_test

import (
	"sync"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// TestTodayWhileSlotsCome: whoever asks while others sum up the day and slots
// are stored sees a whole number of slots, and in the end all of them.
func TestTodayWhileSlotsCome(t *testing.T) {
	w := onDisk(t, series.Options{})
	w.register(3000)
	start := time.Date(2025, 11, 3, 16, 0, 0, 0, time.UTC) // midnight of the shop
	put := func(n int) {
		cols := series.NewColumns(3000)
		for id := range uint32(3000) {
			cols.Set(series.Units, id, 1)
		}
		w.update(func(tx *storage.Tx) error {
			return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(n + 1), Slot: start.Add(time.Duration(n) * time.Hour), Columns: cols})
		})
	}
	ask := func() (units int64, slots int) {
		w.view(func(tx *storage.Tx) error {
			span, err := w.s.Span(tx, w.shop, w.shop.Day(start), w.shop.Day(start), tx.Revision())
			if err != nil {
				return err
			}
			sum, err := span.Sum(series.Units)
			if err != nil {
				return err
			}
			first, _ := sum.Value(0)
			last, _ := sum.Value(2999)
			if first != last || int(first) != span.Slots {
				t.Errorf("%d units of the first series, %d of the last, %d slots", first, last, span.Slots)
			}
			units, slots = first, span.Slots
			return nil
		})
		return units, slots
	}
	put(0)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 40 {
				ask()
			}
		})
	}
	for n := range 23 {
		put(n + 1)
	}
	all.Wait()
	if units, slots := ask(); units != 24 || slots != 24 {
		t.Errorf("at the end %d units in %d slots", units, slots)
	}
}
