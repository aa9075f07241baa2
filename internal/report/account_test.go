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

// steadyShop sells about the same on twelve Saturdays up to the evening
// of 2026-11-21; lost says which lines of that day did not happen.
func steadyShop(t *testing.T, lost func(unit, channel string) bool) *world {
	t.Helper()
	w := newWorld(t)
	units, channels := []string{"apparel", "beauty", "digital"}, []string{"tmall", "super", "taote"}
	var items, orders, traffic []row
	for i, u := range units {
		for k := range 3 {
			items = append(items, row{"sku": fmt.Sprintf("%s%d", u, k), "title": fmt.Sprintf("%s %d", u, k), "unit": u, "category": fmt.Sprint("c", i)})
		}
	}
	w.pull(market.Items, w.at("2026-09-01 00:00"), batchOf(t, market.Items, items...))
	r := rand.New(rand.NewPCG(3, 3))
	first, last := market.DateOf(2026, 9, 5), market.DateOf(2026, 11, 21)
	for d := first; d <= last; d += 7 {
		noon := w.shop.Start(d).Add(12 * 3600e9)
		for _, u := range units {
			for _, ch := range channels {
				n := 40 + r.IntN(5)
				for k := range n {
					if d == last && lost(u, ch) {
						continue
					}
					id := fmt.Sprintf("%d-%s-%s-%d", d, u, ch, k)
					paid := market.Fen(90_00 + r.IntN(20_00))
					orders = append(orders, row{
						"order_id": id, "line_id": id, "modified": noon, "status": "paid", "sku": fmt.Sprintf("%s%d", u, k%3), "channel": ch, "qty": 1 + k%2,
						"amount": paid, "paid": paid, "placed_at": noon, "paid_at": noon, "buyer": "b" + id,
					})
				}
				traffic = append(traffic, row{"hour": noon, "channel": ch, "unit": u, "entry": "search", "visitors": 500 + r.IntN(40), "pay_users": n})
			}
		}
	}
	end := w.at("2026-11-22 00:00")
	w.pull(market.OrderLines, end, batchOf(t, market.OrderLines, orders...))
	w.pull(market.Traffic, end, batchOf(t, market.Traffic, traffic...))
	return w
}

// accountOf asks about that Saturday and checks that every account sums to the
// change to the cent.
func accountOf(t *testing.T, w *world, f metric.Filter) Why {
	t.Helper()
	day := market.DateOf(2026, 11, 21)
	got, err := LoadWhy(context.Background(), w.db, w.shop, WhyQuery{Now: w.at("2026-11-22 08:30"), From: day, To: day, Filter: f})
	if err != nil {
		t.Fatal(err)
	}
	if m := got.Mix; m.Price+m.Volume+m.Mix+m.New+m.Gone+m.Other != got.Change || got.Change != got.Now-got.Before {
		t.Errorf("price, volume and mix %+v do not sum to %d", m, got.Change)
	}
	if f := got.Funnel; f == nil || f.ByVisitors+f.ByConversion+f.ByPerBuyer+f.Other != got.Change {
		t.Errorf("the funnel %+v does not sum to %d", f, got.Change)
	}
	rest := got.Rest
	for _, s := range got.Slices {
		rest += s.Change
	}
	if rest != got.Change {
		t.Errorf("slices and rest sum to %d, the change is %d", rest, got.Change)
	}
	return got
}

func TestWhyNamesTheSlice(t *testing.T) {
	w := steadyShop(t, func(unit, channel string) bool { return unit == "digital" && channel == "taote" })
	got := accountOf(t, w, metric.Filter{})
	if got.Noise || got.Usual == nil || got.Now >= got.Usual.Lower {
		t.Errorf("a lost slice is noise: %d in %+v", got.Now, got.Usual)
	}
	if len(got.Slices) != 1 || len(got.Slices[0].Where) != 2 || got.Slices[0].Where[0].ID != "digital" || got.Slices[0].Where[1].ID != "taote" || got.Slices[0].Now != 0 {
		t.Errorf("slices %+v, want digital on taote", got.Slices)
	}
	if got.Funnel != nil && (got.Funnel.ByConversion >= 0 || -got.Funnel.ByConversion < 5*max(got.Funnel.ByVisitors, -got.Funnel.ByVisitors)) {
		t.Errorf("conversion should account for most: %+v", got.Funnel)
	}
	inside := accountOf(t, w, metric.Filter{Unit: "digital"})
	if len(inside.Slices) != 1 || len(inside.Slices[0].Where) != 1 || inside.Slices[0].Where[0].ID != "taote" {
		t.Errorf("inside of digital: %+v", inside.Slices)
	}
}

func TestWhyOrdinaryDay(t *testing.T) {
	got := accountOf(t, steadyShop(t, func(string, string) bool { return false }), metric.Filter{})
	if !got.Noise || len(got.Slices) != 0 || got.Usual == nil {
		t.Errorf("an ordinary day is explained: noise %v, usual %+v, slices %+v", got.Noise, got.Usual, got.Slices)
	}
}

func TestWhyWithoutHistory(t *testing.T) {
	w := handmade(t)
	day := market.DateOf(2026, 11, 12)
	got, err := LoadWhy(context.Background(), w.db, w.shop, WhyQuery{Now: w.at("2026-11-21 16:30"), From: day, To: day})
	if err != nil || got.Base.Known || got.Change != 0 || got.Funnel != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := LoadWhy(context.Background(), newWorld(t).db, w.shop, WhyQuery{Now: w.at("2026-11-21 16:30"), From: day, To: day}); !errors.Is(err, ErrNoData) {
		t.Errorf("an empty store: %v", err)
	}
}
