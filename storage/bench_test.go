package storage_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// BenchmarkPutPull stores a full block of order lines in a transaction.
func BenchmarkPutPull(b *testing.B) {
	db := openStore(b)
	w := newOrderWorld(1)
	rows := market.NewBatch(market.OrderLines, 8192)
	w.place(day0, 8192)
	for _, lines := range w.due {
		for _, l := range lines {
			l.append(rows)
		}
	}
	p := orderPull(testShop().Start(day0).UnixMilli(), nil)
	p.Rows = rows
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		putPull(b, db, p)
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*rows.Len()), "ns/row")
	s, err := db.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(s.Tables[0].Bytes)/float64(s.Tables[0].Rows), "B/row")
}

// BenchmarkIncrement stores one ten-minute increment of a shop with 2,000 orders
// a day in a transaction of its own.
func BenchmarkIncrement(b *testing.B) {
	db := openStore(b)
	w := newOrderWorld(1)
	day, at := day0-1, int64(0)
	to := at
	for b.Loop() {
		if at >= to {
			day++
			w.place(day, 2600)
			at, to = testShop().Window(day, day).Millis()
		}
		changed := w.advance(at)
		putPull(b, db, orderPull(at, changed))
		for _, l := range changed {
			w.follow(l)
		}
		at += step
	}
}

// BenchmarkEvents reads 30 of 90 days that came in ten-minute increments:
// 2,000 orders (2,600 lines) a day, each line sent four times.
func BenchmarkEvents(b *testing.B) {
	path := filepath.Join(b.TempDir(), "shop.db")
	db := openStoreAt(b, path)
	start := time.Now()
	fillOrders(b, db, 90, 2600)
	filled := time.Since(start)
	s, err := db.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("filled in %v: %+v", filled, s)
	window := testShop().Window(day0+50, day0+79)
	some := []string{"paid", "amount", "channel", "sku", "status"}
	read := func(b *testing.B, db *storage.DB, column string, columns []string) {
		view(b, db, func(tx *storage.Tx) error {
			got, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Column: column, Window: window, Columns: columns})
			n := 0
			for _, g := range got {
				n += g.Len()
			}
			if n < 29*2600 {
				b.Fatalf("%d rows", n)
			}
			return err
		})
	}
	for name, columns := range map[string][]string{"6 columns": some, "all columns": nil} {
		b.Run("warm "+name, func(b *testing.B) {
			for b.Loop() {
				read(b, db, "paid_at", columns)
			}
		})
		b.Run("cold "+name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				storage.ForgetRows(db)
				b.StartTimer()
				read(b, db, "paid_at", columns)
			}
		})
	}
	b.Run("one day by filing day", func(b *testing.B) {
		window = testShop().Window(day0+60, day0+60)
		for b.Loop() {
			view(b, db, func(tx *storage.Tx) error {
				_, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Window: window, Columns: some})
				return err
			})
		}
	})
}

// BenchmarkState stores and reads pictures of 20,000 rows, one every 15 minutes.
func BenchmarkState(b *testing.B) {
	path := filepath.Join(b.TempDir(), "shop.db")
	db := openStoreAt(b, path)
	rng := rand.New(rand.NewPCG(1, 1))
	level := make([]int64, 20000)
	for i := range level {
		level[i] = rng.Int64N(400)
	}
	at := testShop().Start(day0)
	b.Run("put", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			p := stockPull(at, "stock", stockRows(rng, len(level), level))
			at = at.Add(15 * time.Minute)
			b.StartTimer()
			putPull(b, db, p)
		}
	})
	s, err := db.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	view(b, db, func(tx *storage.Tx) error {
		b.Logf("%d pictures, %.2f B/row", tx.Revision(), float64(s.Tables[0].Bytes)/float64(tx.Revision())/20000)
		return nil
	})
	state := func(b *testing.B, db *storage.DB, at time.Time) {
		view(b, db, func(tx *storage.Tx) error {
			_, rows, found, err := tx.State(testShop().ID, market.Inventory, at, 0)
			if !found || rows.Len() != len(level) {
				b.Fatal("no picture")
			}
			return err
		})
	}
	b.Run("current", func(b *testing.B) {
		for b.Loop() {
			state(b, db, at)
		}
	})
	b.Run("older, decoded", func(b *testing.B) {
		for b.Loop() {
			storage.ForgetRows(db)
			state(b, db, at.Add(-40*time.Minute))
		}
	})
	b.Run("a day of pictures", func(b *testing.B) {
		for b.Loop() {
			storage.ForgetRows(db)
			view(b, db, func(tx *storage.Tx) error {
				for _, err := range tx.States(testShop().ID, market.Inventory, market.Window{Start: at.Add(-24 * time.Hour), End: at}, 0) {
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
}

// BenchmarkOpen opens a store of 30 days.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "shop.db")
	db, err := openPath(b, path)
	if err != nil {
		b.Fatal(err)
	}
	fillOrders(b, db, 30, 2600)
	closeStore(b, db)
	for b.Loop() {
		e, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		db, err := storage.Open(context.WithoutCancel(b.Context()), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		closeStore(b, db)
	}
}
