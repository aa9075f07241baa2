package report

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// The digest's parts reconcile to the fen, whatever the world.
func TestDigestReconciles(t *testing.T) {
	w := newWorld(t)
	c := crowd{skus: 60, orders: 300, days: 16, start: market.DateOf(2026, 11, 6)}
	last := c.start + 15
	c.factor = func(d market.Day, _, unit int) float64 {
		if d == last && unit == 0 {
			return .1
		}
		return .95
	}
	w.fill(c, 3)
	for at := w.shop.Start(last).Add(-8 * day); at.Before(w.shop.Start(last + 1)); at = at.Add(4 * time.Hour) {
		empty := map[string]int{}
		if at.After(w.shop.Start(last)) {
			empty[sku(0)+"/tmall"], empty[sku(3)+"/tmall"] = 0, 0
		}
		w.shelvesFull(60, at, empty)
	}
	now := w.shop.Start(last + 1).Add(8 * time.Hour)
	d, err := LoadDigest(context.Background(), w.db, w.shop, DigestQuery{Day: last, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if !d.Complete || d.GMV.Part || !d.GMV.Comparisons[0].Known {
		t.Fatalf("complete %v, part %v, comparison %+v", d.Complete, d.GMV.Part, d.GMV.Comparisons[0])
	}
	sum := market.Fen(0)
	for _, p := range d.Why {
		sum += p.Change
	}
	if sum != d.Change || d.Change != d.GMV.Sums.Paid-d.GMV.Comparisons[0].Sums.Paid {
		t.Errorf("why sums to %d, the change is %d", sum, d.Change)
	}
	if p := d.Why[0]; p.Unit != "apparel" || p.Change >= 0 || p.OutOfStock != 2 || p.Lost <= 0 || len(p.Items) == 0 {
		t.Errorf("first reason %+v, want apparel with two empty shelves", p)
	}
	channels := market.Fen(0)
	for _, p := range d.Channels {
		channels += p.Sums.Paid
	}
	if channels != d.GMV.Sums.Paid {
		t.Errorf("channels sum to %d, GMV is %d", channels, d.GMV.Sums.Paid)
	}
	if v := d.GMV.Curves[0].Values; len(v) != 24 || v[23] != d.GMV.Sums.Paid {
		t.Errorf("the curve ends at %d, GMV is %d", v[len(v)-1], d.GMV.Sums.Paid)
	}
}

// A digest without the day's data says so and stays honest about the rest.
func TestDigestOfLateData(t *testing.T) {
	w := handmade(t)
	d, err := LoadDigest(context.Background(), w.db, w.shop, DigestQuery{Day: market.DateOf(2026, 11, 21), Now: w.at("2026-11-22 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	if d.Complete || len(d.Data.Gaps) != 3 || d.Data.Gaps[0].Reason != GapLate || d.Data.Gaps[0].Age != 7*time.Hour+40*time.Minute {
		t.Errorf("complete %v gaps %+v, want all three feeds late for the day", d.Complete, d.Data.Gaps)
	}
	d, err = LoadDigest(context.Background(), w.db, w.shop, DigestQuery{Day: market.DateOf(2026, 11, 23), Now: w.at("2026-11-24 08:00")})
	if err != nil || d.GMV.Sums.Known.Orders || d.Complete || d.Why != nil {
		t.Errorf("%v: GMV %+v of a day without data, want unknown", err, d.GMV.Sums)
	}
}

// Alerts of the night, of yesterday and of now each have their place.
func TestDigestAlerts(t *testing.T) {
	w := handmade(t)
	put := func(id string, risk market.Fen, change func(*alert.Alert)) {
		a := alert.Alert{
			ID: id, Fingerprint: id, Episode: 1, Shop: w.shop.ID, Rule: analysis.RuleStockOut, State: alert.Firing,
			Since: w.at("2026-11-20 12:00"), FiredAt: w.at("2026-11-20 12:00"),
			Latest: analysis.Finding{Severity: analysis.Warning, AtRisk: risk},
		}
		change(&a)
		if err := w.db.Update(context.Background(), func(tx *storage.Tx) error { return tx.PutAlert(a) }); err != nil {
			t.Fatal(err)
		}
	}
	put("small", 100, func(*alert.Alert) {})
	put("large", 900, func(*alert.Alert) {})
	put("severe", 50, func(a *alert.Alert) { a.Latest.Severity = analysis.Critical })
	put("taken", 9999, func(a *alert.Alert) { a.State, a.AckedAt = alert.Acknowledged, w.at("2026-11-20 13:00") })
	put("done", 10, func(a *alert.Alert) {
		a.State, a.AckedAt, a.ResolvedAt = alert.Resolved, w.at("2026-11-20 13:00"), w.at("2026-11-20 18:00")
	})
	put("night", 10, func(a *alert.Alert) {
		a.State, a.FiredAt, a.ResolvedAt = alert.Resolved, w.at("2026-11-21 02:00"), w.at("2026-11-21 03:00")
	})
	put("pending", 10, func(a *alert.Alert) { a.State, a.FiredAt = alert.Pending, time.Time{} })
	d, err := LoadDigest(context.Background(), w.db, w.shop, DigestQuery{Day: market.DateOf(2026, 11, 20), Now: w.at("2026-11-21 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(all []alert.Alert) (out []string) {
		for _, a := range all {
			out = append(out, a.ID)
		}
		return out
	}
	got := fmt.Sprint(ids(d.Actions), d.More, ids(d.Acked), d.AckedDone, ids(d.Overnight))
	if want := "[large small severe] 1 [done taken] 1 [night]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStatus(t *testing.T) {
	w := handmade(t)
	now := w.at("2026-11-21 18:00")
	w.pullAs(market.Traffic, w.at("2026-11-21 17:50"), nil, market.Failed)
	err := w.db.Update(context.Background(), func(tx *storage.Tx) error {
		for _, e := range []outbox.Entry{{Key: "a", Act: chat.Post, Created: now.Add(-time.Minute)}, {Key: "b", Act: chat.Post, Created: now}} {
			if _, err := tx.Enqueue(e); err != nil {
				return err
			}
		}
		return tx.PutRun(storage.Run{Job: "watch", Due: now, Started: now, Finished: now, Outcome: "ok"})
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := LoadStatus(context.Background(), w.db, w.shop, now, map[string]time.Duration{"src_order_line": time.Hour}, "watch", "digest")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "status", s)
	if s.Healthy || len(s.Feeds) != 4 || s.Outbox.Waiting != 2 || len(s.Runs) != 1 {
		t.Errorf("status %+v", s)
	}
	for _, f := range s.Feeds {
		if f.Late != (f.Table == "order_line") {
			t.Errorf("%s late: %v", f.Table, f.Late)
		}
	}
}
