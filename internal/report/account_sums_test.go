package report

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// TestWhySumsEverywhere: in a shop with refunds, sales of every size, lines without a
// member of a dimension and items that come and go, every account of the change sums to it to the cent,
// whatever part of the shop is asked about and whatever it is set against; the parts of a
// dimension sum to the whole.
func TestWhySumsEverywhere(t *testing.T) {
	for seed := range uint64(3) {
		w, last := refundingShop(t, seed)
		change := func(f metric.Filter, against Compare) (Why, bool) {
			t.Helper()
			got, err := LoadWhy(context.Background(), w.db, w.shop, WhyQuery{Now: w.shop.Start(last + 1), From: last, To: last, Filter: f, Compare: against})
			if err != nil && !errors.Is(err, ErrNoData) {
				t.Fatalf("%+v against %s: %v", f, against, err)
			}
			if err == nil {
				sums(t, got)
			}
			return got, err == nil && got.Base.Known
		}
		for _, against := range []Compare{SameWeekday, PrevPeriod} {
			whole, ok := change(metric.Filter{}, against)
			if !ok || whole.Net == nil || whole.Net.Refunds == 0 || whole.Net.ByRate == 0 {
				t.Fatalf("seed %d: %+v", seed, whole.Net)
			}
			for dim, filters := range partsOf(w.shop) {
				if len(filters) < 2 {
					t.Fatalf("%s has no parts", dim)
				}
				sum, net := market.Fen(0), market.Fen(0)
				for _, f := range filters {
					part, _ := change(f, against)
					sum += part.Change
					if part.Net != nil {
						net += part.Net.Change
					}
				}
				if sum != whole.Change {
					t.Errorf("seed %d, %s: parts change by %d, the shop by %d", seed, dim, sum, whole.Change)
				}
				if dim != "band" && net != whole.Net.Change { // a refund does not say what the piece had cost
					t.Errorf("seed %d, %s: net of refunds parts change by %d, the shop by %d", seed, dim, net, whole.Net.Change)
				}
			}
		}
	}
}

func sums(t *testing.T, w Why) {
	t.Helper()
	if m := w.Mix; m.Price+m.Volume+m.Mix+m.New+m.Gone+m.Other != w.Change || w.Change != w.Now-w.Before {
		t.Errorf("%+v: %+v does not sum to %d", w.Filter, m, w.Change)
	}
	if f := w.Funnel; f != nil && f.ByVisitors+f.ByConversion+f.ByPerBuyer+f.Other != w.Change {
		t.Errorf("%+v: %+v does not sum to %d", w.Filter, f, w.Change)
	}
	rest := w.Rest
	for _, s := range w.Slices {
		rest += s.Change
	}
	if rest != w.Change {
		t.Errorf("%+v: slices sum to %d of %d", w.Filter, rest, w.Change)
	}
	if n := w.Net; n != nil && (n.Paid+n.BySales+n.ByRate != n.Change || n.Paid != w.Change || n.Net != w.Now-n.Refunds || n.Change != n.Net-n.NetBefore) {
		t.Errorf("%+v: %+v does not sum", w.Filter, n)
	}
}

// partsOf are the filters of each dimension that together keep everything.
func partsOf(shop *market.Shop) map[string][]metric.Filter {
	out := map[string][]metric.Filter{}
	for _, u := range shop.Units {
		out["unit"] = append(out["unit"], metric.Filter{Unit: market.Unit(u.ID)})
	}
	for _, c := range shop.Channels {
		out["channel"] = append(out["channel"], metric.Filter{Channel: market.Channel(c.ID)})
	}
	for _, r := range []string{"east", "south"} {
		out["region"] = append(out["region"], metric.Filter{Region: market.Region(r)})
	}
	for _, b := range shop.Bands {
		out["band"] = append(out["band"], metric.Filter{Band: b.ID})
	}
	for i := range 9 {
		out["sku"] = append(out["sku"], metric.Filter{SKU: market.SKU(fmt.Sprint("S", i))})
	}
	return out
}

// refundingShop is two weeks and a day of a small shop up to last.
func refundingShop(t *testing.T, seed uint64) (w *world, last market.Day) {
	t.Helper()
	w = newWorld(t)
	r := rand.New(rand.NewPCG(seed, 5))
	var items, orders, refunds, traffic []row
	for i := range 9 {
		items = append(items, row{"sku": fmt.Sprint("S", i), "title": fmt.Sprint("S", i), "unit": w.shop.Units[i%len(w.shop.Units)].ID, "category": fmt.Sprint("c", i/3)})
	}
	w.pull(market.Items, w.at("2026-10-01 00:00"), batchOf(t, market.Items, items...))
	last = market.DateOf(2026, 11, 21)
	for d := last - 14; d <= last; d++ {
		noon := w.shop.Start(d).Add(12 * 3600e9)
		for n := range 20 + r.IntN(30) {
			sku := r.IntN(9)
			if sku == int(d)%9 {
				continue // not sold that day
			}
			id, channel, region := fmt.Sprint(d, "-", n), w.shop.Channels[r.IntN(len(w.shop.Channels))].ID, []string{"east", "south"}[r.IntN(2)]
			qty := 1 + r.IntN(3)
			paid := market.Fen(1 + r.IntN(600_00)*qty)
			at := noon.Add(-4 * 3600e9)
			orders = append(orders, row{
				"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": fmt.Sprint("S", sku), "channel": channel, "region": region, "qty": qty,
				"amount": paid, "paid": paid, "placed_at": at, "paid_at": at, "buyer": "b" + id,
			})
			if r.IntN(6) == 0 {
				refunds = append(refunds, row{
					"refund_id": id, "order_id": id, "sku": fmt.Sprint("S", sku), "channel": channel, "region": region, "amount": paid / 2, "status": "success",
					"created": noon, "modified": noon, "success_at": noon, "reason": "size",
				})
			}
		}
		for _, c := range w.shop.Channels {
			traffic = append(traffic, row{"hour": noon, "channel": c.ID, "unit": w.shop.Units[0].ID, "entry": "search", "visitors": 100 + r.IntN(400), "pay_users": r.IntN(20)})
		}
	}
	end := w.shop.Start(last + 1)
	w.pull(market.OrderLines, end, batchOf(t, market.OrderLines, orders...))
	w.pull(market.Refunds, end, batchOf(t, market.Refunds, refunds...))
	w.pull(market.Traffic, end, batchOf(t, market.Traffic, traffic...))
	return w, last
}
