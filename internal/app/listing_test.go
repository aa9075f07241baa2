package app

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/internal/source/demo"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// TestListedShop wires a shop whose catalogue comes as one bulk listing: its
// panel is read hour by hour, nothing derives another one, what sells out is
// told, and questions about items are answered from it.
func TestListedShop(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 8, 5, 0, 0, time.FixedZone("", 8*3600))
	clock := SteppedClock(now)
	mall, err := demo.New(demo.Options{Seed: 1, Orders: 2000, SKUs: 600, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mall.Handler())
	defer srv.Close()
	specs, err := source.ParseSpecs("panel.yaml", demo.PanelSpecs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	shop := mall.Shop()
	feeds, err := buildFeeds(specs, shop, source.Deps{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := buildFeeds(append(specs, specs...), shop, source.Deps{Now: clock.Now}); err == nil {
		t.Error("two listings of one shop are taken")
	}
	db, err := openStore(ctx, filepath.Join(t.TempDir(), "s.db"), bolt.Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	panels, err := openSeries(ctx, db, series.Ages{})
	if err != nil {
		t.Fatal(err)
	}
	defer panels.Close()
	a, err := New(Settings{
		DB: db, Series: panels, Clock: clock, Logger: slog.New(slog.DiscardHandler), Lang: "en",
		Schedule: Schedule{Morning: "30 8 * * *", Watch: "*/10 * * * *"},
		Shops: []Shop{{
			Shop: shop, Feeds: feeds, Rules: report.Rules{Rules: analysis.Defaults(), Cache: report.NewCache()},
			Alerts: &alert.Route{Name: "alerts", Receiver: alert.Receiver{To: []alert.Contact{{Channel: "C1"}}, Lang: "en"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var collect func() error
	for _, j := range a.scheduler.Jobs {
		switch j.Name {
		case "collect/mall_panel":
			collect = func() error { return j.Run(ctx, clock.Now()) }
		case "settle/" + string(shop.ID):
			t.Error("a second job writes the panel")
		}
	}
	for range 48 {
		if err := collect(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
		clock.Set(now)
	}
	top, err := report.LoadTop(ctx, db, panels, shop, report.TopQuery{PanelQuery: report.PanelQuery{Now: now, From: shop.Day(now) - 1, To: shop.Day(now)}, Metric: series.GMV, Top: 5})
	if err != nil || len(top.Items) != 5 {
		t.Errorf("top 5: %+v, %v", top, err)
	}
	var rules []string
	err = db.View(ctx, func(tx *storage.Tx) error {
		undone, err := tx.Undone()
		for _, e := range undone {
			if e.Act == chat.Post {
				rules = append(rules, e.Message.Text)
			}
		}
		return err
	})
	if err != nil || len(rules) == 0 {
		t.Errorf("two days with the demo's incidents, and nothing was said: %v", err)
	}
	slices.Sort(rules)
	t.Logf("%d messages, such as %q", len(rules), rules[:min(3, len(rules))])
}
