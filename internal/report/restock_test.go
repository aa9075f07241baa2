package report

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// shelves is a shop with ten weeks of sales of four items and a picture of
// stock every morning: STEADY sells ten a day, GAP the same but was out for
// three weeks, NEW is three days old, DEAD never sold.
func shelves(t *testing.T) (w *world, now time.Time) {
	t.Helper()
	w = newWorld(t)
	now = w.at("2026-11-18 09:30")
	w.pull(market.Items, w.at("2026-09-01 00:00"), batchOf(t, market.Items,
		row{"sku": "STEADY", "title": "常销", "unit": "beauty", "cost": 20_00, "lead_days": 5, "moq": 50, "pack": 12},
		row{"sku": "GAP", "title": "断过货", "unit": "beauty", "cost": 10_00, "lead_days": 5},
		row{"sku": "NEW", "title": "新品", "unit": "apparel"}, row{"sku": "DEAD", "title": "不动", "unit": "apparel"},
	))
	gap := func(d market.Day) bool { return d >= onDay("2026-10-20") && d < onDay("2026-11-10") }
	var lines []row
	for d := onDay("2026-09-09"); d < onDay("2026-11-18"); d++ {
		at := w.shop.Start(d).Add(15 * time.Hour)
		sell := func(sku string, qty int) {
			id := fmt.Sprint(sku, d)
			lines = append(lines, row{
				"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": sku, "channel": "tmall", "qty": qty,
				"amount": market.Fen(qty) * 40_00, "paid": market.Fen(qty) * 40_00, "placed_at": at, "paid_at": at,
			})
		}
		sell("STEADY", 8+int(d)%5)
		if !gap(d) {
			sell("GAP", 8+int(d)%5)
		}
		if d >= onDay("2026-11-15") {
			sell("NEW", 4)
		}
		have := 100
		if gap(d) {
			have = 0
		}
		w.picture(at.Add(-6*time.Hour), have)
	}
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines, lines...))
	w.picture(now.Add(-time.Hour), 300)
	return w, now
}

func (w *world) picture(at time.Time, gap int) {
	w.pull(market.Inventory, at, batchOf(w.t, market.Inventory,
		row{"sku": "STEADY", "channel": "tmall", "available": 60, "inbound": 20, "listed": true},
		row{"sku": "GAP", "channel": "tmall", "available": gap, "listed": true},
		row{"sku": "NEW", "channel": "tmall", "available": 5, "listed": true},
		row{"sku": "DEAD", "channel": "tmall", "available": 5, "listed": true},
	))
}

func (w *world) restock(q RestockQuery) Restock {
	w.t.Helper()
	r, err := LoadRestock(context.Background(), w.db, w.shop, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestRestock(t *testing.T) {
	w, now := shelves(t)
	r := w.restock(RestockQuery{Now: now})
	golden(t, "restock", r)
	if r.Selling != 3 || r.Due != 1 || r.Short != 1 || len(r.Items) != 1 || r.CostPart {
		t.Fatalf("%+v, want the steady item to order, the new one too young, the dead one left out", r)
	}
	// Ten a day for 5 days of lead and 7 of review, a margin, 60 there and 20
	// coming; at least 50, in twelves.
	it := r.Items[0]
	if it.SKU != "STEADY" || it.UpTo < 122 || it.UpTo > 150 || it.Quantity%12 != 0 || it.Quantity < it.UpTo-80 || it.Quantity < 50 ||
		it.Cost != market.Fen(it.Quantity)*20_00 || it.LeadAssumed {
		t.Errorf("steady %+v", it)
	}
	if it.OutBy < onDay("2026-11-23") || it.OutBy > onDay("2026-11-24") || it.EarlyOut > it.OutBy || it.By < onDay("2026-11-18") || it.By > onDay("2026-11-21") {
		t.Errorf("sixty pieces at ten a day are out on %s, perhaps %s, order by %s", it.OutBy, it.EarlyOut, it.By)
	}
	// Three weeks without stock are not three weeks without demand.
	gap := w.restock(RestockQuery{Now: now, SKU: "GAP"}).Items[0]
	if gap.PerDay < 9.5 || gap.PerDay > 10.5 || gap.Quantity != 0 || gap.Why.Days > 50 {
		t.Errorf("was out: %+v", gap)
	}
	fresh := w.restock(RestockQuery{Now: now, SKU: "NEW"}).Items[0]
	if !fresh.TooFew || fresh.Quantity != 0 || fresh.OutBy != 0 {
		t.Errorf("new %+v", fresh)
	}
	if r := w.restock(RestockQuery{Now: now, Unit: "apparel"}); r.Selling != 1 || len(r.Items) != 0 {
		t.Errorf("apparel %+v", r)
	}
}

// TestRestockKept: what is kept between questions makes no difference to any of
// them, whatever was asked before.
func TestRestockKept(t *testing.T) {
	w, now := shelves(t)
	cache := NewCache()
	empty := func(at time.Time) {
		w.pull(market.Inventory, at, batchOf(t, market.Inventory,
			row{"sku": "STEADY", "channel": "tmall", "available": 900, "listed": true},
			row{"sku": "GAP", "channel": "tmall", "available": 0, "listed": true},
		))
	}
	campaign := market.Calendar{Campaigns: []market.Campaign{
		{ID: "nov", Peak: onDay("2026-11-25"), Phases: []market.Phase{{ID: "live", From: onDay("2026-11-25"), To: onDay("2026-11-26"), Uplift: 5}}},
	}}
	for _, step := range []struct {
		what   string
		change func()
		ask    RestockQuery
	}{
		{"at first", func() {}, RestockQuery{}},
		{"again", func() {}, RestockQuery{}},
		{"to be more sure", func() {}, RestockQuery{Service: .99}},
		{"looked at daily", func() {}, RestockQuery{Review: 1}},
		{"with a promotion ahead", func() { w.shop.Calendar = campaign }, RestockQuery{}},
		{"with plenty of the one and none of the other", func() { empty(now) }, RestockQuery{}},
		{"as before", func() { w.picture(now.Add(time.Minute), 300) }, RestockQuery{}},
	} {
		step.change()
		step.ask.Now = now.Add(2 * time.Minute)
		want := w.restock(step.ask)
		step.ask.Cache = cache
		if got := w.restock(step.ask); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", step.what, got, want)
		}
	}
}

// TestRestockCampaign: a big promotion inside the lead time is ordered for, and
// nothing is known without a picture of stock.
func TestRestockCampaign(t *testing.T) {
	w, now := shelves(t)
	plain := w.restock(RestockQuery{Now: now}).Items[0]
	w.shop.Calendar = market.Calendar{Campaigns: []market.Campaign{
		{ID: "nov", Peak: onDay("2026-11-25"), Phases: []market.Phase{{ID: "live", From: onDay("2026-11-25"), To: onDay("2026-11-26"), Uplift: 5}}},
	}}
	ahead := w.restock(RestockQuery{Now: now}).Items[0]
	if more := ahead.Why.Campaign; ahead.Why.CampaignDays != 2 || more < 75 || more > 85 || ahead.UpTo < plain.UpTo+75 {
		t.Errorf("two days at five times ten a day: %+v", ahead.Why)
	}
	if _, err := LoadRestock(context.Background(), newWorld(t).db, w.shop, RestockQuery{Now: now}); !errors.Is(err, ErrNoData) {
		t.Errorf("without a picture: %v", err)
	}
}
