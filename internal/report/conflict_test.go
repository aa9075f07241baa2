package report

import (
	"context"
	"errors"
	"testing"
	"time"

	"shopwatch/internal/market"
)

func TestConflicts(t *testing.T) {
	w := handmade(t)
	now := w.at("2026-11-21 16:30")
	price := func(sku, channel string, deal market.Fen, more row) row {
		r := row{"sku": sku, "channel": channel, "list": market.Fen(129_00), "deal": deal, "listed": true}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
	start, end := w.at("2026-11-24 00:00"), w.at("2026-11-27 00:00")
	w.pull(market.OwnPrices, w.at("2026-11-21 16:00"), batchOf(t, market.OwnPrices,
		price("COAT", "super", 119_00, nil), price("COAT", "tmall", 129_00, nil), price("COAT", "taote", 99_00, row{"listed": false}),
		price("CREAM", "tmall", 129_00, nil), price("CREAM", "taote", 89_00, row{"promo_start": start, "promo_end": end}),
		price("SOAP", "tmall", 129_00, nil), price("SOAP", "super", 129_00, row{"coupon": market.Fen(0), "gift": "小样"}),
		price("TEA", "tmall", 90_00, nil), price("TEA", "super", 90_00, row{"gift": "买二送一"}),
	))
	c, err := LoadConflicts(context.Background(), w.db, w.shop, ConflictsQuery{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if c.Compared != 4 || c.Present != 2 || c.Ahead != 1 || len(c.Items) != 3 {
		t.Fatalf("%+v", c)
	}
	coat, tea, cream := c.Items[0], c.Items[1], c.Items[2]
	if coat.SKU != "COAT" || coat.Leader != "tmall" || coat.Gap != 10_00 || coat.Movers[0] != (PriceMover{"super", 119_00, 129_00}) || coat.Ahead {
		t.Errorf("coat %+v", coat)
	}
	if tea.SKU != "TEA" || tea.Movers[0] != (PriceMover{"super", 60_00, 90_00}) {
		t.Errorf("a bundle makes tea cheaper: %+v", tea)
	}
	if cream.SKU != "CREAM" || !cream.Ahead || !cream.From.Equal(start) || !cream.Until.Equal(end) || cream.Movers[0] != (PriceMover{"taote", 89_00, 129_00}) {
		t.Errorf("an announced promotion: %+v", cream)
	}
	later, err := LoadConflicts(context.Background(), w.db, w.shop, ConflictsQuery{Now: start.Add(time.Hour), SKU: "CREAM"})
	if err != nil || len(later.Items) != 1 || later.Items[0].Ahead {
		t.Errorf("once it has begun: %+v, %v", later, err)
	}
	if _, err := LoadConflicts(context.Background(), newWorld(t).db, w.shop, ConflictsQuery{Now: now}); !errors.Is(err, ErrNoData) {
		t.Errorf("an empty store: %v", err)
	}
}
