package series_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// world is a store with one shop.
type world struct {
	t      testing.TB
	engine func() storage.Engine
	o      series.Options
	db     *storage.DB
	s      *series.Store
	shop   *market.Shop
}

var shanghai = time.FixedZone("CST", 8*3600)

// newWorld opens a store over an engine that can be opened again.
func newWorld(t testing.TB, o series.Options, engine func() storage.Engine) *world {
	t.Helper()
	w := &world{t: t, engine: engine, o: o, shop: testShop()}
	w.open()
	return w
}

func testShop() *market.Shop {
	return &market.Shop{
		ID: "flag/ship", Zone: shanghai,
		Bands: []market.Band{{Label: market.Label{ID: "low"}, To: 5000}, {Label: market.Label{ID: "high"}, From: 5000}},
	}
}

// inMemory is a world whose engine has no disk.
func inMemory(t testing.TB, o series.Options) (*world, *memory) {
	m := &memory{}
	return newWorld(t, o, func() storage.Engine { return m }), m
}

// onDisk is a world in a file.
func onDisk(t testing.TB, o series.Options) *world {
	path := filepath.Join(t.TempDir(), "shop.db")
	w := newWorld(t, o, func() storage.Engine {
		e, err := bolt.Open(path, bolt.Options{})
		must(t, err)
		return e
	})
	t.Cleanup(w.close)
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.db, err = storage.Open(w.t.Context(), storage.Options{
		Engine: w.engine(), Logger: slog.New(slog.DiscardHandler),
		BeforeMigration: func(context.Context, int, func(io.Writer) error) error { return nil }, // a fixture needs no copy
	})
	must(w.t, err)
	w.s, err = series.Open(w.t.Context(), w.db, w.o)
	must(w.t, err)
}

func (w *world) close() {
	w.s.Close()
	must(w.t, w.db.Close())
}

func (w *world) reopen() { w.close(); w.open() }

func (w *world) update(fn func(tx *storage.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(tx *storage.Tx) error) {
	w.t.Helper()
	if err := w.db.View(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// register makes series so that there are n.
func (w *world) register(n int) {
	w.t.Helper()
	w.update(func(tx *storage.Tx) error {
		var all []series.Series
		from := 0
		if p := w.s.Panel(w.shop.ID); p != nil {
			from = p.Len()
		}
		for i := from; i < n; i++ {
			all = append(all, made(i))
		}
		_, err := w.s.Register(tx, w.shop, all)
		return err
	})
}

func made(i int) series.Series {
	channels := []market.Channel{"tmall", "taote", ""}
	return series.Series{
		SKU: market.SKU("SKU-" + string(rune('A'+i%26)) + time.Duration(i).String()), Channel: channels[i%3],
		Unit: market.Unit([]string{"wear", "face"}[i%2]), Category: market.Category([]string{"coat", "sock", "cream"}[i/2%3]), Title: "外套",
	}
}

// compact folds until there is nothing to do, and returns in how many steps.
func (w *world) compact(now time.Time) int {
	w.t.Helper()
	for n := 0; ; n++ {
		more, err := w.s.Compact(w.t.Context(), w.shop, now)
		if err != nil {
			w.t.Fatal(err)
		}
		if !more {
			return n
		}
		if n > 100_000 {
			w.t.Fatal("compaction does not end")
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
