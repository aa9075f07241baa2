package jobs

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// collector is a Collector over a store of its own; move the clock with at.
func collector(t *testing.T) (c *Collector, at *time.Time) {
	t.Helper()
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	return &Collector{DB: db, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}, &now
}

func testShop() *market.Shop {
	return &market.Shop{ID: "tmall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
}

// A file of a drop folder is read without any window, stored once, and put away.
func TestCollectDropFolder(t *testing.T) {
	c, _ := collector(t)
	dir := t.TempDir()
	specs, err := source.ParseSpecs("c.yaml", []byte(`
sources:
- id: ads
  shop: tmall
  fact: ads_day
  driver: file
  path: "*.csv"
  file: {done: archive}
  fields: {day: {col: day, type: date, format: "2006-01-02"}, plan: {col: plan, type: id}, clicks: {col: clicks}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Build(specs[0], source.Deps{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	path, old := filepath.Join(dir, "a.csv"), time.Now().Add(-time.Hour)
	if err := os.WriteFile(path, []byte("day,plan,clicks\n2026-11-20,p,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	f := Feed{Source: src, Shop: testShop(), Window: specs[0].Window}
	for range 2 { // the second run finds an empty folder, which is no failure
		if err := c.Collect(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "archive", "a.csv")); err != nil {
		t.Error(err)
	}
	rows := 0
	err = c.DB.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.AdsDays, Window: testShop().Window(market.DateOf(2026, 11, 20), market.DateOf(2026, 11, 20))})
		for _, b := range all {
			rows += b.Len()
		}
		return err
	})
	if err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}
