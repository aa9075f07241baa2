package demo_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/source/demo"
)

// TestEngine reads every source of Specs through the source engine.
func TestEngine(t *testing.T) {
	now := time.Date(2026, 11, 22, 7, 50, 0, 0, time.FixedZone("", 8*3600))
	m, err := demo.New(demo.Options{Seed: 1, Orders: 200, SKUs: 300, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(m.Handler())
	defer srv.Close()
	specs, err := source.ParseSpecs("specs.yaml", demo.Specs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	shop := m.Shop()
	want := map[string]bool{}
	for _, id := range []string{
		"mall_orders", "mall_refunds", "mall_reviews", "mall_items", "mall_stock", "mall_prices", "mall_rivals",
		"mall_traffic", "mall_ads", "mall_members", "mall_search",
	} {
		want[id] = true
	}
	for i := range specs {
		s := &specs[i]
		t.Run(s.ID, func(t *testing.T) {
			if !want[s.ID] || s.Shop != shop.ID {
				t.Fatalf("source %s of shop %s", s.ID, s.Shop)
			}
			delete(want, s.ID)
			src, err := source.Build(*s, source.Deps{Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			w := s.Window.Next(now.Add(-72*time.Hour), now)
			p, err := src.Pull(t.Context(), source.Request{Shop: shop, Window: w, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if p.Snapshot.State != market.Complete || p.Rows.Len() == 0 || len(p.Rejects) > 0 {
				t.Fatalf("%s: %d rows, %+v, rejects %+v", p.Snapshot.State, p.Rows.Len(), p.Snapshot.Manifest, p.Rejects)
			}
			t.Logf("%d rows", p.Rows.Len())
		})
	}
	for id := range want {
		t.Errorf("no source %s", id)
	}
}
