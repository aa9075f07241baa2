package report

import (
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
)

// A rival comes down by one percent a week. No week shows it, after eight weeks
// it is told, once: that alert ends when the price has become the ordinary one,
// and what follows is measured from the price that was told.
func TestWatchSlowDripToldOnce(t *testing.T) {
	w := newWorld(t)
	start := w.at("2026-08-03 07:00")
	w.pull(market.Items, start, batchOf(t, market.Items, row{"sku": "CREAM", "item": "71002", "title": "面霜 50ml", "unit": "beauty"}))
	r, policy := watchRules(), alert.DefaultPolicy()
	price := market.Fen(100_00)
	var told []string
	for d := range 7 * 14 {
		at := start.AddDate(0, 0, d)
		if d%7 == 0 && d > 0 {
			price -= price / 100
		}
		id := fmt.Sprint(d)
		w.pull(market.OrderLines, at, batchOf(t, market.OrderLines, row{
			"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": "CREAM", "channel": "tmall",
			"qty": 20, "amount": 1900_00, "paid": 1900_00, "placed_at": at.Add(-time.Hour), "paid_at": at.Add(-time.Hour),
		}))
		w.pull(market.OwnPrices, at, batchOf(t, market.OwnPrices, row{"sku": "CREAM", "channel": "tmall", "deal": 95_00, "listed": true}))
		w.pull(market.RivalOffers, at, batchOf(t, market.RivalOffers, row{"rival": "alpha", "rival_item": "a1", "sku": "CREAM", "match": 9600, "deal": price, "in_stock": true}))
		_, out := w.step(r, policy, at.Add(5*time.Hour))
		for _, x := range out {
			if x.Kind != alert.Quiet {
				told = append(told, fmt.Sprintf("week %d %s", d/7, x.Kind))
			}
			if x.Kind == alert.Opened && (!x.Alert.First.Price.Drip || x.Alert.First.Price.Before != 100_00) {
				t.Errorf("opened by %+v, want the drip from 100 yuan", x.Alert.First.Price)
			}
		}
	}
	if len(told) != 2 || told[0] != "week 8 opened" {
		t.Errorf("told %q, want it opened in week 8 and ended once", told)
	}
}
