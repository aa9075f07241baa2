package series_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// wide is the frame of a shop of several chunks: each series has a price and
// pieces of its own.
func wide(n int, at int64) *series.Columns {
	cols := series.NewColumns(n)
	for i := range uint32(n) {
		cols.Set(series.Price, i, int64(i)*7%9000+at%3)
		if i%5 != 0 {
			cols.Set(series.Stock, i, int64(i)%50)
		}
		cols.Set(series.Units, i, (int64(i)+at)%11/10)
		cols.Set(series.GMV, i, (int64(i)+at)%11/10*int64(i))
	}
	return cols
}

// TestManyChunks reads and ranks a shop whose series fill more than one chunk,
// through every level.
func TestManyChunks(t *testing.T) {
	const n = 8192 + 1100
	w, _ := inMemory(t, series.Options{Settle: time.Minute})
	defer w.close()
	w.register(n)
	start := time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC) // a Monday
	var hours []time.Time
	for day := range 8 {
		for _, hour := range []int{1, 9, 20} {
			hours = append(hours, start.Add(time.Duration(day*24+hour)*time.Hour))
		}
	}
	for i, at := range hours {
		w.update(func(tx *storage.Tx) error {
			return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(i + 1), Slot: at, Columns: wide(n-i%3, at.Unix()/3600)})
		})
	}
	w.update(func(tx *storage.Tx) error { // a day of the first week is restated
		return w.s.Put(tx, w.shop, series.Frame{Revision: 100, Slot: hours[4], Columns: wide(n, 1)})
	})
	check := func(level string) {
		t.Helper()
		w.view(func(tx *storage.Tx) error {
			for i, at := range hours {
				want := wide(n-i%3, at.Unix()/3600)
				if i == 4 {
					want = wide(n, 1)
				}
				got, _, err := w.s.Read(tx, w.shop.ID, at, 0)
				must(t, err)
				for _, id := range []uint32{0, 1, 127, 128, 1023, 1024, 8191, 8192, 8192 + 1024, n - 1} {
					for c := range series.Column(series.Width) {
						v, known := got.Value(c, id)
						x, is := want.Value(c, id)
						if known != is || known && v != x {
							t.Fatalf("%s: %v of %d at %v is %d (%v), want %d (%v)", level, c, id, at, v, known, x, is)
						}
					}
				}
			}
			return nil
		})
	}
	check("slots")
	w.compact(start.Add(3 * 24 * time.Hour))
	check("some days")
	w.compact(start.Add(30 * 24 * time.Hour))
	check("a week")
	w.reopen()
	check("reopened")
	now, _ := w.s.Panel(w.shop.ID).Now()
	ranked, known := w.s.Panel(w.shop.ID).Top(5, series.Filter{}, func(from int, v []int64) market.Bits { return now.Part(series.GMV, from, v) })
	all := slices.Clone(now.Int64s())
	slices.SortFunc(all, func(a, b int64) int { return int(b - a) })
	for i, x := range ranked {
		if x.Value != all[i] {
			t.Errorf("place %d is %d, want %d", i+1, x.Value, all[i])
		}
	}
	if len(ranked) != 5 || known != now.Len() {
		t.Errorf("%d of %d ranked", len(ranked), known)
	}
}

// TestAsOfSurvivesFolding: what a pin points at stays readable; what nothing
// points at is refused rather than guessed.
func TestAsOfSurvivesFolding(t *testing.T) {
	pins := []market.Revision{2}
	w, _ := inMemory(t, series.Options{Settle: time.Minute, Pins: func(*storage.Tx, market.ShopID) (storage.Pins, error) { return storage.Pins{Revisions: pins}, nil }})
	defer w.close()
	w.register(3)
	slot := time.Date(2025, 11, 4, 5, 0, 0, 0, time.UTC)
	for rev := market.Revision(1); rev <= 4; rev++ {
		w.update(func(tx *storage.Tx) error {
			cols := series.NewColumns(3)
			cols.Set(series.Units, 1, int64(rev)*10)
			return w.s.Put(tx, w.shop, series.Frame{Revision: rev, Slot: slot, Columns: cols})
		})
	}
	w.compact(slot.AddDate(0, 2, 0))
	w.view(func(tx *storage.Tx) error {
		for rev, want := range map[market.Revision]int64{0: 40, 4: 40, 2: 20} {
			got, is, err := w.s.Read(tx, w.shop.ID, slot, rev)
			must(t, err)
			if v, _ := got.Value(series.Units, 1); v != want || rev != 0 && is.Revision != rev {
				t.Errorf("as of %d: %d of revision %d, want %d", rev, v, is.Revision, want)
			}
		}
		for _, rev := range []market.Revision{1, 3} {
			if _, _, err := w.s.Read(tx, w.shop.ID, slot, rev); !errors.Is(err, series.ErrFolded) {
				t.Errorf("as of %d: %v, want ErrFolded", rev, err)
			}
		}
		return nil
	})
}

// TestPruneWaitsForEvidence: slots that evidence reads stay as long as it does.
func TestPruneWaitsForEvidence(t *testing.T) {
	var pins storage.Pins
	w, _ := inMemory(t, series.Options{Settle: time.Minute, Ages: series.Ages{Slots: 14 * 24 * time.Hour}, Pins: func(*storage.Tx, market.ShopID) (storage.Pins, error) { return pins, nil }})
	defer w.close()
	w.register(3)
	start := time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC) // a Monday
	for day := range 42 {
		w.update(func(tx *storage.Tx) error {
			return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(day + 1), Slot: start.AddDate(0, 0, day), Columns: series.NewColumns(3)})
		})
	}
	end := start.AddDate(0, 0, 42)
	w.compact(end)
	w.view(func(tx *storage.Tx) error {
		_, err := w.s.Line(tx, w.shop.ID, 1, market.Window{Start: start.AddDate(0, 0, 9), End: end}, 0)
		pins.Hours = tx.Hours()
		return err
	})
	if want := start.AddDate(0, 0, 9); !pins.Hours.Equal(want) {
		t.Fatalf("read from %v on, want %v", pins.Hours, want)
	}
	first := func() (at time.Time) {
		_, err := w.s.Prune(t.Context(), w.shop, end)
		must(t, err)
		w.view(func(tx *storage.Tx) error {
			slots, err := w.s.Slots(tx, w.shop.ID, market.Window{Start: start, End: end}, 0)
			at = slots[0].Start
			return err
		})
		return at
	}
	if got, want := first(), start.AddDate(0, 0, 7); !got.Equal(want) {
		t.Errorf("with evidence the slots begin at %v, want %v", got, want)
	}
	pins = storage.Pins{}
	if got, want := first(), start.AddDate(0, 0, 28); !got.Equal(want) {
		t.Errorf("without evidence the slots begin at %v, want %v", got, want)
	}
}

// TestRefused: what cannot be stored is refused with a reason, and nothing of
// it is written.
func TestRefused(t *testing.T) {
	w, _ := inMemory(t, series.Options{})
	defer w.close()
	w.register(2)
	at := time.Date(2025, 11, 4, 5, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		frame series.Frame
		want  string
	}{
		{"another step", series.Frame{Revision: 1, Slot: at, Step: 15 * time.Minute, Columns: series.NewColumns(1)}, "clock step differs"},
		{"no revision", series.Frame{Slot: at, Columns: series.NewColumns(1)}, "needs the revision"},
		{"no columns", series.Frame{Revision: 1, Slot: at}, "needs columns"},
		{"too many rows", series.Frame{Revision: 1, Slot: at, Columns: series.NewColumns(3)}, "only 2 series are registered"},
		{"no slot", series.Frame{Revision: 1, Columns: series.NewColumns(1)}, "needs its slot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.db.Update(t.Context(), func(tx *storage.Tx) error { return w.s.Put(tx, w.shop, c.frame) })
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	if now, _ := w.s.Panel(w.shop.ID).Now(); now != nil {
		t.Error("something was stored")
	}
	if series.NewColumns(1).Set(series.Price, 0, 1<<40) {
		t.Error("a price of more than 32 bits was taken")
	}
}

// TestPrune forgets whole weeks and months and keeps what a rollup still knows.
func TestPrune(t *testing.T) {
	w, _ := inMemory(t, series.Options{Settle: time.Minute, Ages: series.Ages{Slots: 14 * 24 * time.Hour, Days: 90 * 24 * time.Hour, Cubes: 90 * 24 * time.Hour}})
	defer w.close()
	w.register(3)
	start := time.Date(2025, 10, 1, 16, 0, 0, 0, time.UTC) // midnight of 2 October in Shanghai
	put := func(at time.Time, rev market.Revision) error {
		return w.db.Update(t.Context(), func(tx *storage.Tx) error {
			cols := series.NewColumns(3)
			cols.SetKnown(series.Units)
			cols.Set(series.Units, 2, int64(rev))
			cols.Set(series.Price, 2, 9900)
			return w.s.Put(tx, w.shop, series.Frame{Revision: rev, Slot: at, Columns: cols})
		})
	}
	for i := range 40 {
		must(t, put(start.AddDate(0, 0, i), market.Revision(i+1)))
	}
	end := start.AddDate(0, 0, 40)
	w.compact(end)
	n, err := w.s.Prune(t.Context(), w.shop, end)
	must(t, err)
	if n == 0 {
		t.Fatal("nothing was forgotten")
	}
	first := w.shop.Day(start)
	w.view(func(tx *storage.Tx) error {
		if slots, err := w.s.Slots(tx, w.shop.ID, w.shop.Window(first, first+13), 0); err != nil || len(slots) != 0 {
			t.Errorf("%d slots are left, %v", len(slots), err)
		}
		day, err := w.s.ReadDay(tx, w.shop, first, 0)
		must(t, err)
		if v, ok := day.Value(series.DayUnits, 2); !ok || v != 1 {
			t.Errorf("the first day had %d pieces (%v), want 1", v, ok)
		}
		cells, _, err := w.s.Cube(tx, w.shop, w.shop.Window(first, first), 0)
		must(t, err)
		if v, ok := total(cells, series.Units); !ok || v != 1 {
			t.Errorf("the cube of the first day has %d pieces (%v), want 1", v, ok)
		}
		return nil
	})
	if err := put(start, 99); !errors.Is(err, series.ErrPast) {
		t.Errorf("a slot that is forgotten: %v, want ErrPast", err)
	}
	if _, err := w.s.Prune(t.Context(), w.shop, end.AddDate(0, 7, 0)); err != nil {
		t.Fatal(err)
	}
	w.view(func(tx *storage.Tx) error {
		if _, err := w.s.ReadDay(tx, w.shop, first, 0); !errors.Is(err, series.ErrNoSlot) {
			t.Errorf("the first day: %v, want ErrNoSlot", err)
		}
		names, err := tx.Spaces("series/")
		if len(names) != 0 {
			t.Errorf("left over: %v", names)
		}
		return err
	})
	w.reopen()
}

func total(cells []series.Cell, c series.Column) (sum int64, known bool) {
	for i := range cells {
		if v, ok := cells[i].Sum(c); ok {
			sum, known = sum+v, true
		}
	}
	return sum, known
}

// TestCube: regions are parts of the whole, a flow that is not known is none,
// and a day's cube equals the sum of its hours.
func TestCube(t *testing.T) {
	w, _ := inMemory(t, series.Options{Settle: time.Minute})
	defer w.close()
	w.register(6)
	start := time.Date(2025, 11, 3, 16, 0, 0, 0, time.UTC)
	for hour := range 24 {
		w.update(func(tx *storage.Tx) error {
			cols := series.NewColumns(6)
			for _, c := range []series.Column{series.Units, series.GMV} {
				cols.SetKnown(c)
			}
			cols.Set(series.Price, 0, 1000)
			cols.Set(series.Price, 1, 9000)
			cols.Set(series.Units, 0, 3)
			cols.Set(series.Units, 1, int64(hour))
			return w.s.Put(tx, w.shop, series.Frame{
				Revision: market.Revision(hour + 1), Slot: start.Add(time.Duration(hour) * time.Hour), Columns: cols,
				Regions: []series.RegionFlow{{Series: 0, Region: "sh", Column: series.Units, Value: 2}},
			})
		})
	}
	read := func() string {
		var out string
		w.view(func(tx *storage.Tx) error {
			day := w.shop.Day(start)
			cells, slots, err := w.s.Cube(tx, w.shop, w.shop.Window(day, day), 0)
			must(t, err)
			for i := range cells {
				c := &cells[i]
				if v, _ := c.Sum(series.Units); v != 0 {
					out += fmt.Sprintf("%s/%s/%s/%s/%s=%d ", c.Unit, c.Category, c.Channel, c.Band, c.Region, v)
				}
				if _, known := c.Sum(series.Visits); known {
					t.Error("visits are known")
				}
			}
			out += fmt.Sprint(len(slots))
			return nil
		})
		return out
	}
	const want = "face/coat/taote/high/=276 wear/coat/tmall/low/=24 wear/coat/tmall/low/sh=48 24"
	if got := read(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	w.compact(start.AddDate(0, 0, 2))
	if got := read(); got != want {
		t.Errorf("folded: %s\nwant %s", got, want)
	}
}

// TestToday sums the running day as slots come, and again after a correction.
func TestToday(t *testing.T) {
	w, _ := inMemory(t, series.Options{})
	defer w.close()
	w.register(2)
	start := time.Date(2025, 11, 3, 16, 0, 0, 0, time.UTC)
	put := func(hour int, units int64, rev market.Revision) {
		w.update(func(tx *storage.Tx) error {
			cols := series.NewColumns(2)
			cols.Set(series.Units, 1, units)
			return w.s.Put(tx, w.shop, series.Frame{Revision: rev, Slot: start.Add(time.Duration(hour) * time.Hour), Columns: cols})
		})
	}
	want := func(day market.Day, units int64, slots int) {
		t.Helper()
		w.view(func(tx *storage.Tx) error {
			span, err := w.s.Span(tx, w.shop, day, day, tx.Revision())
			must(t, err)
			sum, err := span.Sum(series.Units)
			must(t, err)
			if v, _ := sum.Value(1); v != units || span.Slots != slots {
				t.Errorf("%d pieces in %d slots, want %d in %d", v, span.Slots, units, slots)
			}
			if _, known := sum.Value(0); known {
				t.Error("what nobody told is known")
			}
			return nil
		})
	}
	today := w.shop.Day(start)
	want(today, 0, 0)
	put(0, 5, 1)
	want(today, 5, 1)
	put(1, 7, 2)
	want(today, 12, 2)
	put(0, 6, 3) // restated
	want(today, 13, 2)
	put(24, 1, 4)
	want(today+1, 1, 1)
	want(today, 13, 2) // is yesterday now
	put(1, 1, 5)
	want(today, 7, 2)
	want(today+1, 1, 1)
	w.compact(start.Add(25 * time.Hour))
	want(today, 7, 2)
}
