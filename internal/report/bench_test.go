package report

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// big is a shop of the size that the promises are made for: 90 days of 2,000
// orders a day, 2,000 items on three channels, stock and prices four times a day.
func big(tb testing.TB) (*world, time.Time) {
	tb.Helper()
	w := newWorld(tb)
	c := crowd{skus: 2000, orders: 2000, days: 90, start: market.DateOf(2026, 8, 24)}
	w.fill(c, 1)
	now := w.shop.Start(c.start + 90)
	for at := now.Add(-8 * day); !at.After(now); at = at.Add(6 * time.Hour) {
		w.shelvesFull(2000, at, nil)
		w.rivalsAt(2000, at, nil)
	}
	reviews := market.NewBatch(market.Reviews, 0)
	t := market.Reviews
	for n := range 90 * 300 {
		i := reviews.Append()
		at := w.shop.Start(c.start).Add(time.Duration(n) * 288 * time.Second).UnixMilli()
		reviews.SetText(i, t.MustCol("review_id"), fmt.Sprint(n))
		reviews.SetText(i, t.MustCol("sku"), sku(n%2000))
		reviews.SetText(i, t.MustCol("result"), [10]string{0: "bad", 1: "neutral"}[n%10])
		reviews.SetText(i, t.MustCol("text"), "包装还可以，味道一般，物流有点慢，客服没有回复")
		reviews.SetInt(i, t.MustCol("created"), at)
		reviews.SetInt(i, t.MustCol("modified"), at)
	}
	w.pull(t, now, reviews)
	w.pull(market.Refunds, now, market.NewBatch(market.Refunds, 0))
	return w, now
}

func BenchmarkReports(b *testing.B) {
	w, now := big(b)
	ctx := context.Background()
	cache := NewCache()
	yesterday := w.shop.Day(now) - 1
	r := watchRules()
	for _, bench := range []struct {
		name string
		run  func() error
	}{
		{"GMV", func() error {
			_, err := LoadGMV(ctx, w.db, w.shop, GMVQuery{Now: now, From: yesterday, To: yesterday, By: metric.ByUnit, Compare: []Compare{SameWeekday, PrevPeriod}, Cache: cache})
			return err
		}},
		{"GMVMonth", func() error {
			_, err := LoadGMV(ctx, w.db, w.shop, GMVQuery{Now: now, From: yesterday - 29, To: yesterday, By: metric.BySKU, Top: 10, Compare: []Compare{PrevPeriod}, Cache: cache})
			return err
		}},
		{"Watch", func() error { _, err := Watch(ctx, w.db, w.shop, r, now); return err }},
		{"Digest", func() error {
			_, err := LoadDigest(ctx, w.db, w.shop, DigestQuery{Day: yesterday, Now: now, Cache: cache})
			return err
		}},
		{"DigestTeams", func() error { // of the shop and each of its units, one after the other
			for _, unit := range append([]market.Label{{}}, w.shop.Units...) {
				q := DigestQuery{Day: yesterday, Now: now, Unit: market.Unit(unit.ID), Cache: cache}
				if _, err := LoadDigest(ctx, w.db, w.shop, q); err != nil {
					return err
				}
			}
			return nil
		}},
		{"Stock", func() error { _, err := LoadStock(ctx, w.db, w.shop, StockQuery{Now: now, Cache: cache}); return err }},
		{"Price", func() error { _, err := LoadPrice(ctx, w.db, w.shop, PriceQuery{Now: now, Cache: cache}); return err }},
		{"PriceNoCache", func() error { _, err := LoadPrice(ctx, w.db, w.shop, PriceQuery{Now: now}); return err }},
		{"Complaints", func() error { _, err := LoadComplaints(ctx, w.db, w.shop, ComplaintsQuery{Now: now}); return err }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			if err := bench.run(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
