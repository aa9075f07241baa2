package report

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
)

// clearing is a shop of a category of six coats that last three weeks, of one that
// lasts 300 days, one that never sold and one that is new.
func clearing(t *testing.T) (w *world, now time.Time) {
	t.Helper()
	w = newWorld(t)
	now = w.at("2026-11-21 08:00")
	items := []row{
		{"sku": "SLOW", "title": "滞销大衣", "unit": "apparel", "category": "coats", "floor": 60_00, "cost": 40_00},
		{"sku": "DEAD", "title": "没人买", "unit": "apparel", "category": "coats"},
		{"sku": "NEW", "title": "新款", "unit": "apparel", "category": "coats", "launched": int(onDay("2026-11-10"))},
	}
	stock := []row{
		{"sku": "SLOW", "channel": "tmall", "available": 300, "listed": true},
		{"sku": "DEAD", "channel": "tmall", "available": 30, "listed": true},
		{"sku": "NEW", "channel": "tmall", "available": 500, "listed": true},
		{"sku": "OFF", "channel": "tmall", "available": 900, "listed": false},
	}
	sold := map[string]int{"SLOW": 1, "NEW": 1}
	for i := range 6 {
		sku := fmt.Sprint("OK", i)
		items = append(items, row{"sku": sku, "title": sku, "unit": "apparel", "category": "coats"})
		stock = append(stock, row{"sku": sku, "channel": "tmall", "available": 210, "listed": true})
		sold[sku] = 10
	}
	w.pull(market.Items, w.at("2026-10-01 00:00"), batchOf(t, market.Items, items...))
	var lines []row
	for day := range 28 {
		at := now.AddDate(0, 0, -day).Add(-time.Hour)
		for _, x := range stock {
			sku := x["sku"].(string)
			if n := sold[sku]; n > 0 {
				id := fmt.Sprint(sku, day)
				lines = append(lines, row{
					"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": sku, "channel": "tmall", "qty": n,
					"amount": 100_00 * market.Fen(n), "paid": 100_00 * market.Fen(n), "placed_at": at, "paid_at": at,
				})
			}
		}
	}
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines, lines...))
	w.pull(market.Inventory, now.Add(-time.Hour), batchOf(t, market.Inventory, stock...))
	w.pull(market.OwnPrices, now.Add(-time.Hour), batchOf(t, market.OwnPrices, row{"sku": "SLOW", "channel": "tmall", "deal": 100_00, "listed": true}))
	return w, now
}

// TestSlow: an item is held against its category, or the industry's figure; what never
// sold is slow, what is new is not judged, and the markdown stops at the floor.
func TestSlow(t *testing.T) {
	w, now := clearing(t)
	load := func(q SlowQuery) Slow {
		t.Helper()
		q.Now = now
		s, err := LoadSlow(context.Background(), w.db, w.shop, q)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := load(SlowQuery{})
	if s.Stocked != 9 || s.Sold != 8 || s.Slow != 2 || s.Dead != 1 || s.New != 1 || len(s.Items) != 2 || !s.TiedPart {
		t.Fatalf("%+v, want the slow and the dead coat of nine", s)
	}
	slow, dead := s.Items[0], s.Items[1]
	if slow.SKU != "SLOW" || !slow.Turnover.Known || slow.Turnover.V != 300 || *slow.Usual != (analysis.Benchmark{Days: 21, From: analysis.FromCategory}) || slow.Surplus != 279 || s.Tied != 279*40_00 {
		t.Errorf("%+v, tied up %d", slow, s.Tied)
	}
	if c := slow.Clear; c == nil || c.Bound != pricing.BoundFloor || c.Price != 60_00 || c.Days != 30 || c.Left <= 0 || c.Left >= c.LeftHolding || c.LeftHolding != 270 {
		t.Errorf("cleared by %+v, want the floor and much left", slow.Clear)
	}
	if dead.SKU != "DEAD" || dead.Turnover.Known || dead.Clear != nil || dead.Price != -1 || dead.Tied.Known {
		t.Errorf("%+v, want nothing reckoned", dead)
	}
	if c := load(SlowQuery{Days: 200, SKU: "SLOW"}).Items[0].Clear; c == nil || c.Bound != "" || c.Left != 0 || c.Price <= 60_00 || c.Price >= 100_00 {
		t.Errorf("in 200 days: %+v, want a price between the floor and now", c)
	}
	if one := load(SlowQuery{SKU: "OK1"}); len(one.Items) != 1 || one.Items[0].Slow || one.Items[0].Clear != nil {
		t.Errorf("asked about a good seller without a price: %+v", one.Items)
	}
	w.shop.Industry = []market.Industry{{Unit: "apparel", TurnoverDays: 200}}
	if s := load(SlowQuery{}); s.Slow != 1 || s.Items[0].SKU != "DEAD" || s.Items[0].Usual.From != analysis.FromIndustry {
		t.Errorf("against an industry of 200 days: %+v", s.Items)
	}
}

// TestSlowWithoutSales: without orders nothing is called slow.
func TestSlowWithoutSales(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 08:00")
	w.pull(market.Inventory, now, batchOf(t, market.Inventory, row{"sku": "A", "channel": "tmall", "available": 3, "listed": true}))
	if s, err := LoadSlow(context.Background(), w.db, w.shop, SlowQuery{Now: now}); !errors.Is(err, ErrNoData) {
		t.Errorf("%+v %v", s, err)
	}
}
