package demo

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// Under every fault, with the clock moving while pages are read, the collector
// ends with what the ledger says, to the fen and for each day.
func TestCollectorEqualsLedger(t *testing.T) {
	seeds := uint64(2)
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		seeds = 12
	}
	for seed := range seeds {
		collectFaulty(t, seed+1)
	}
}

// faultyScript has each fault at some place, and others at random.
func faultyScript(seed uint64) Script {
	return func(n int) Fault {
		switch h := mix(seed, uint64(n)); {
		case n == 3+int(seed%3):
			return ShortBan
		case n == 9:
			return LongBan
		case n > 60:
			return NoFault
		case h%16 < 2:
			return Busy
		case h%16 == 2:
			return Cut
		case h%16 < 6:
			return Control
		case h%16 < 9:
			return Repeat
		case h%16 < 12:
			return Shuffle
		}
		return NoFault
	}
}

func collectFaulty(t *testing.T, seed uint64) {
	var shift atomic.Int64 // seconds
	var still atomic.Bool  // the clock stands
	start := time.Date(2026, 11, 22, 7, 50, 0, 0, zone)
	now := func() time.Time { return start.Add(time.Duration(shift.Load()) * time.Second) }
	m, err := New(Options{Seed: seed, SKUs: 200, Orders: 400, Days: 10, Now: now, Skew: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	script := faultyScript(seed)
	var calls, late atomic.Int64 // late answers
	var lags atomic.Bool         // the platform lags, as it does for hours on big days
	srv := httptest.NewServer(m.FaultyHandler(func(n int) Fault {
		calls.Store(int64(n))
		if !still.Load() {
			shift.Add(15) // orders change between two pages
		}
		if f := script(n); f != NoFault || !lags.Load() {
			return f
		}
		late.Add(1)
		return Late
	}))
	defer srv.Close()
	specs, err := source.ParseSpecs("demo.yaml", Specs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Build(specs[0], source.Deps{Now: now, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := specs[0].Window
	w.Backfill = 5 * 24 * time.Hour
	c := &jobs.Collector{DB: db, Logger: slog.New(slog.DiscardHandler), Now: now}
	failed := 0
	for run := range 60 {
		lags.Store(mix(seed, uint64(1000+run))%3 == 0)
		err := c.Collect(t.Context(), jobs.Feed{Source: src, Shop: m.Shop(), Window: w})
		if err == nil && calls.Load() > 60 && late.Load() > 3 {
			break
		}
		if err != nil {
			failed++
		}
		shift.Add(1800)
	}
	lags.Store(false)
	// What changed during the last run has left the stretches it read.
	still.Store(true)
	shift.Add(600)
	if err := c.Collect(t.Context(), jobs.Feed{Source: src, Shop: m.Shop(), Window: w}); err != nil {
		t.Fatal(err)
	}
	if failed == 0 || late.Load() == 0 {
		t.Errorf("%d runs failed, %d answers were late; the script has lost its subject", failed, late.Load())
	}
	for day := m.start - 4; day < m.start; day++ {
		var want int64
		m.paidLines(day, func(_ *order, l *line) { want += int64(l.share) })
		if got := paidOn(t, db, m, day); got != want || want == 0 {
			t.Errorf("seed %d, %s: the store has %d fen, the ledger %d", seed, m.dates[day], got, want)
		}
	}
	t.Logf("seed %d: %d calls, %d late, %d runs failed", seed, calls.Load(), late.Load(), failed)
}

// paidOn sums what the store has as paid on a day.
func paidOn(t *testing.T, db *storage.DB, m *Mall, day int) int64 {
	t.Helper()
	d := m.day0 + market.Day(day)
	win := m.Shop().Window(d, d)
	var sum int64
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Events(storage.EventQuery{Shop: m.Shop(), Table: market.OrderLines, Column: "paid_at", Window: win})
		for _, b := range all {
			at, paid := b.Column("paid_at"), b.Column("paid")
			for i := range b.Len() {
				if ms, ok := at.Int(i); ok && ms >= win.Start.UnixMilli() && ms < win.End.UnixMilli() {
					n, _ := paid.Int(i)
					sum += n
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
