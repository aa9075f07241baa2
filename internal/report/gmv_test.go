package report

import (
	"context"
	"errors"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// handmade is a small shop: two Saturdays and a campaign day a month before.
func handmade(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.shop.Calendar.Campaigns = []market.Campaign{
		{ID: "double11-2025", Peak: market.DateOf(2025, 11, 11), Phases: []market.Phase{{ID: "live", From: market.DateOf(2025, 11, 10), To: market.DateOf(2025, 11, 11)}}},
	}
	day := market.DateOf(2026, 11, 21)
	w.shop.Targets = []market.Target{
		{From: day, To: day, Base: 1000_00, Sprint: 1200_00, Challenge: 2000_00},
		{Unit: "apparel", From: day, To: day, Base: 500_00},
		{Unit: "beauty", From: day, To: day, Base: 100_00},
	}
	w.pull(market.Items, w.at("2026-11-01 00:00"), batchOf(t, market.Items,
		row{"sku": "COAT", "item": "71001", "title": "羊毛大衣", "unit": "apparel", "category": "coat"},
		row{"sku": "CREAM", "item": "71002", "title": "面霜 50ml", "unit": "beauty", "category": "cream"},
	))
	buy := func(order, sku, channel, at string, qty int, paid market.Fen) row {
		return row{
			"order_id": order, "line_id": order + sku, "modified": w.at(at), "status": "paid", "sku": sku, "channel": channel, "qty": qty,
			"amount": paid, "paid": paid, "placed_at": w.at(at), "paid_at": w.at(at), "buyer": "b" + order,
		}
	}
	unpaid := buy("5", "COAT", "tmall", "2026-11-21 10:00", 1, 450_00)
	delete(unpaid, "paid")
	delete(unpaid, "paid_at")
	unpaid["status"] = "cancelled"
	late := buy("6", "COAT", "tmall", "2026-11-20 23:59", 1, 410_00)
	late["paid_at"] = w.at("2026-11-21 00:03")
	w.pull(market.OrderLines, w.at("2026-11-21 16:20"), batchOf(t, market.OrderLines,
		buy("1", "COAT", "tmall", "2026-11-21 09:30", 2, 600_00),
		buy("1b", "CREAM", "super", "2026-11-21 16:05", 1, 80_00),
		buy("2", "GONE", "tmall", "2026-11-21 19:00", 1, 999_00), // after the data cut, as if pulled ahead
		buy("0", "CREAM", "tmall", "2026-11-12 11:00", 1, 80_00), // history reaches back to here
		buy("3", "CREAM", "tmall", "2026-11-14 11:00", 3, 240_00),
		buy("4", "GONE", "taote", "2026-11-14 20:00", 1, 120_00),
		unpaid, late,
	))
	w.pull(market.Refunds, w.at("2026-11-21 16:10"), batchOf(t, market.Refunds,
		row{"refund_id": "r1", "sku": "COAT", "channel": "tmall", "amount": 100_00, "status": "success", "created": w.at("2026-11-20 10:00"), "modified": w.at("2026-11-21 08:00"), "success_at": w.at("2026-11-21 08:00")},
		row{"refund_id": "r2", "sku": "COAT", "channel": "tmall", "amount": 77_00, "status": "open", "created": w.at("2026-11-21 08:00"), "modified": w.at("2026-11-21 08:00")},
	))
	w.pull(market.Traffic, w.at("2026-11-21 16:00"), batchOf(t, market.Traffic,
		row{"hour": w.at("2026-11-21 09:00"), "channel": "tmall", "unit": "apparel", "entry": "search", "visitors": 1000, "pay_users": 20},
		row{"hour": w.at("2026-11-21 15:00"), "channel": "tmall", "unit": "beauty", "entry": "search", "visitors": 500, "pay_users": 10},
		row{"hour": w.at("2026-11-14 11:00"), "channel": "tmall", "unit": "beauty", "entry": "search", "visitors": 2000, "pay_users": 30},
	))
	return w
}

func TestGMVToday(t *testing.T) {
	w := handmade(t)
	day := market.DateOf(2026, 11, 21)
	g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{
		Now: w.at("2026-11-21 16:25"), From: day, To: day, By: metric.ByUnit,
		Compare: []Compare{SameWeekday, PrevPeriod, LastYear, CampaignDay},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "gmv_today", g)
	if g.Sums.Paid != 1090_00 || g.Sums.Placed != 1130_00 || g.Sums.Net() != 990_00 {
		t.Errorf("paid %d placed %d net %d", g.Sums.Paid, g.Sums.Placed, g.Sums.Net())
	}
	same := g.Comparisons[0]
	if same.Window.Duration() != g.Covered.Duration() || same.Sums.Paid != 240_00 {
		t.Errorf("same weekday %+v: want as much time as %v and no evening order", same, g.Covered)
	}
	if last := g.Curves[0].Values; last[len(last)-1] != g.Sums.Paid || len(last) != 17 {
		t.Errorf("the curve ends at %v after %d hours, headline %d", last[len(last)-1], len(last), g.Sums.Paid)
	}
	if tiers := g.Target.Tiers; !tiers[0].Reached || tiers[1].Gap != 110_00 || tiers[2].Reached {
		t.Errorf("tiers %+v", tiers)
	}
}

func TestGMVParts(t *testing.T) {
	w := handmade(t)
	day := market.DateOf(2026, 11, 21)
	for _, by := range metric.Dims {
		g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{
			Now: w.at("2026-11-21 16:25"), From: day - 7, To: day, By: by, Top: 2, Compare: []Compare{SameWeekday},
		})
		if err != nil {
			t.Fatal(err)
		}
		sum, share := market.Fen(0), 0.0
		for _, p := range append(g.Parts, restOf(g)...) {
			sum += p.Sums.Paid
			share += p.Share
		}
		if sum != g.Sums.Paid || share < 0.999 || share > 1.001 {
			t.Errorf("by %s: parts sum to %d (%v), total %d", by, sum, share, g.Sums.Paid)
		}
	}
}

func restOf(g GMV) []Part {
	if g.Rest == nil {
		return nil
	}
	return []Part{*g.Rest}
}

func TestGMVWithoutData(t *testing.T) {
	w := newWorld(t)
	day := market.DateOf(2026, 11, 21)
	_, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.shop.Start(day), From: day, To: day})
	if !errors.Is(err, ErrNoData) {
		t.Errorf("an empty store answers %v", err)
	}
	w = handmade(t)
	_, err = LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.shop.Start(day + 3), From: day + 1, To: day + 1})
	if !errors.Is(err, ErrNoData) {
		t.Errorf("a day after the data answers %v", err)
	}
}

func TestGMVNamesLateFeeds(t *testing.T) {
	w := handmade(t)
	day := market.DateOf(2026, 11, 21)
	ask := func(fresh time.Duration) GMV {
		g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{
			Now: w.at("2026-11-21 16:25"), From: day, To: day, Fresh: Freshness{"src_order_line": fresh},
		})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	if g := ask(30 * time.Minute); !g.Data.Complete {
		t.Errorf("gaps %+v, want none", g.Data.Gaps)
	}
	if g := ask(4 * time.Minute); g.Data.Complete || g.Data.Gaps[0].Reason != GapLate || g.Data.Gaps[0].Age != 5*time.Minute {
		t.Errorf("gaps %+v, want orders late by 5 minutes", g.Data.Gaps)
	}
	w.pullAs(market.OrderLines, w.at("2026-11-21 16:24"), batchOf(t, market.OrderLines), market.Partial)
	if g := ask(30 * time.Minute); g.Data.Complete || g.Data.Gaps[0].Reason != GapPartial || !g.Data.AsOf.Equal(w.at("2026-11-21 16:20")) {
		t.Errorf("gaps %+v as of %v, want a partial pull and the data before it", g.Data.Gaps, g.Data.AsOf)
	}
	// Yesterday is asked for after midnight, but the feed stopped at 16:20.
	g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.at("2026-11-22 08:00"), From: day, To: day})
	if err != nil || !g.Part || g.Data.Complete {
		t.Errorf("%v: part %v, complete %v, want a day that is not whole", err, g.Part, g.Data.Complete)
	}
}

func TestCampaignComparison(t *testing.T) {
	w := newWorld(t)
	live := func(id string, peak market.Day) market.Campaign {
		return market.Campaign{ID: id, Peak: peak, Phases: []market.Phase{{ID: "live", From: peak - 2, To: peak + 1}}}
	}
	w.shop.Calendar.Campaigns = []market.Campaign{
		live("double11-2025", market.DateOf(2025, 11, 11)), live("618-2026", market.DateOf(2026, 6, 18)),
		live("double11-2026", market.DateOf(2026, 11, 12)), live("double11-2024", market.DateOf(2024, 11, 11)),
	}
	for _, tc := range []struct{ on, want market.Day }{
		{market.DateOf(2026, 11, 11), market.DateOf(2025, 11, 10)}, // the family comes before the nearer 618
		{market.DateOf(2026, 6, 19), market.DateOf(2025, 11, 12)},  // without a family the last campaign
		{market.DateOf(2026, 7, 1), 0},
	} {
		got, _, ok := stretch(w.shop, CampaignDay, tc.on, tc.on)
		if ok != (tc.want != 0) || got != tc.want && ok {
			t.Errorf("%s is compared with %s (%v), want %s", tc.on, got, ok, tc.want)
		}
	}
}

// TestGMVHours: every hour of several days by itself. What is not over is not
// known, and neither is a day on which nothing was paid.
func TestGMVHours(t *testing.T) {
	w := handmade(t)
	day := market.DateOf(2026, 11, 21)
	g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.at("2026-11-21 16:25"), From: day - 7, To: day, By: metric.ByHour})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Hours) != 8 || g.Hours[7].Day != day || len(g.Hours[7].Paid) != 24 {
		t.Fatalf("%d days, the last %+v", len(g.Hours), g.Hours[len(g.Hours)-1])
	}
	sum := 0.0
	for i, d := range g.Hours {
		for h, v := range d.Paid {
			sum += v.V
			if known := i == 0 || i == 7 && h < 16; v.Known != known || !known && v.V != 0 {
				t.Errorf("hour %d of %s is %+v", h, d.Day, v)
			}
		}
	}
	// One order of 80.00 was paid in the hour that is not over.
	if first, late := g.Hours[0].Paid[11].V, g.Hours[7].Paid[0].V; first != 240_00 || late != 410_00 || sum != float64(g.Sums.Paid)-80_00 {
		t.Errorf("11 h of the first day %v, 0 h of the last %v, together %v of %d", first, late, sum, g.Sums.Paid)
	}
	if g, err = LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.at("2026-11-21 16:25"), From: day, To: day, By: metric.ByHour}); err != nil || g.Hours != nil {
		t.Errorf("one day has its curve: %+v %v", g.Hours, err)
	}
}
