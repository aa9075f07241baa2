package report

import (
	"context"
	"os"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// BenchmarkAllRules runs every rule of the registry over a shop of six series an
// item: its stock on three channels, its price, two rivals' offers. SHOPWATCH_SOAK
// makes it a million series. "read" is the floor: the same three pictures read
// once from the store, and one column of each added up.
func BenchmarkAllRules(b *testing.B) {
	const perItem = 6
	items := 2000
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		items = 1_000_000/perItem + 1
	}
	w := newWorld(b)
	c := crowd{skus: items, orders: 2000, days: 30, start: market.DateOf(2026, 8, 24)}
	w.fill(c, 1)
	now := w.shop.Start(c.start + 30)
	for at := now.Add(-2 * day); !at.After(now); at = at.Add(12 * time.Hour) {
		w.shelvesFull(items, at, nil)
		w.rivalsAt(items, at, nil)
	}
	for _, t := range []*market.Table{market.Reviews, market.Refunds, market.Traffic, market.AdsDays, market.SearchDays} {
		w.pull(t, now, market.NewBatch(t, 0))
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if rows := w.sumPictures(b, now); rows != perItem*items {
				b.Fatalf("%d rows", rows)
			}
		}
	})
	b.Run("rules", func(b *testing.B) {
		r := Rules{Rules: analysis.Defaults(), Cache: NewCache()}
		if _, err := Watch(context.Background(), w.db, w.shop, r, now); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			seen, err := Watch(context.Background(), w.db, w.shop, r, now)
			if err != nil {
				b.Fatal(err)
			}
			if why := seen.Muted[analysis.RuleRivalMove] + seen.Muted[analysis.RuleStockOut] + seen.Muted[analysis.RulePriceConflict]; why != "" {
				b.Fatalf("a rule said nothing: %s", why)
			}
		}
		b.ReportMetric(float64(perItem*items), "series")
		b.ReportMetric(float64(len(r.All())), "rules")
	})
}

// sumPictures reads the newest picture of stock, prices and offers.
func (w *world) sumPictures(b *testing.B, now time.Time) (rows int) {
	b.Helper()
	sum := int64(0)
	err := w.db.View(context.Background(), func(tx *storage.Tx) error {
		for table, column := range map[*market.Table]string{market.Inventory: "available", market.OwnPrices: "deal", market.RivalOffers: "deal"} {
			_, batch, _, err := tx.State(w.shop.ID, table, now, 0)
			if err != nil {
				return err
			}
			rows += batch.Len()
			for _, v := range batch.Column(column).Ints {
				sum += v
			}
		}
		return nil
	})
	if err != nil || sum == 0 {
		b.Fatal(err, sum)
	}
	return rows
}
