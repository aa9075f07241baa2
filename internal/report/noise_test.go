package report

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/storage"
)

// TestNoise: what people made of a week's alerts, and how long a silence held.
func TestNoise(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-23 09:00")
	update := func(f func(*storage.Tx) error) {
		if err := w.db.Update(context.Background(), f); err != nil {
			t.Fatal(err)
		}
	}
	put := func(n int, rule analysis.Rule, fired time.Time, edit func(*alert.Alert)) {
		a := alert.Alert{
			ID: fmt.Sprint(rule, n), Fingerprint: fmt.Sprint(rule, n), Episode: 1, Shop: w.shop.ID, Rule: rule, State: alert.Resolved,
			Since: fired, FiredAt: fired, SeenAt: fired, ResolvedAt: fired.Add(time.Hour),
		}
		edit(&a)
		update(func(tx *storage.Tx) error { return tx.PutAlert(a) })
	}
	at := now.AddDate(0, 0, -2)
	put(1, analysis.RuleStockOut, at, func(a *alert.Alert) { a.AckedAt, a.AckedBy = at.Add(5*time.Minute), "U1" })
	put(2, analysis.RuleStockOut, at, func(a *alert.Alert) { a.AckedAt, a.Verdict, a.EndedBy = at.Add(9*time.Minute), alert.FalseAlarm, "U1" })
	put(3, analysis.RuleStockOut, at, func(a *alert.Alert) { a.Verdict, a.EndedBy = alert.Expected, "U1" })
	put(4, analysis.RuleStockOut, at, func(*alert.Alert) {})
	put(5, analysis.RuleStockOut, now.AddDate(0, 0, -9), func(*alert.Alert) {}) // of the week before
	put(6, analysis.RuleGMVDrop, at, func(a *alert.Alert) { a.Verdict, a.EndedBy = alert.NewNormal, "U1" })
	put(7, analysis.RuleGMVDrop, time.Time{}, func(a *alert.Alert) { a.Since, a.FiredAt = at, time.Time{} }) // nobody was told
	m, err := alert.ParseMatchers("rule=stock_out unit=beauty")
	if err != nil {
		t.Fatal(err)
	}
	update(func(tx *storage.Tx) error {
		return tx.PutSilence(alert.Silence{ID: "s", Shop: w.shop.ID, Matchers: m, Author: "U1", Created: at, Start: at, End: at.Add(4 * time.Hour)})
	})
	n, err := LoadNoise(context.Background(), w.db, w.shop, NoiseQuery{Now: now, Rules: watchRules(), Policy: alert.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	want := []NoiseRule{
		{Rule: analysis.RuleStockOut, Fired: 4, Acted: 1, False: 1, Expected: 1, Ignored: 1, Ack: 9 * time.Minute, AckKnown: true, MutedHours: 4},
		{Rule: analysis.RuleGMVDrop, Fired: 1, Acted: 1},
	}
	if fmt.Sprint(n.Rules) != fmt.Sprint(want) {
		t.Errorf("rules %+v\nwant %+v", n.Rules, want)
	}
}
