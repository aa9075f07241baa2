package report

import (
	"context"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// On the first day of its first campaign the shop sells twice as much as ever,
// until payments fail for two hours. The drop is told at the pace of the morning, explained with
// every number of that, and over when the payments work again.
func TestWatchGMVDropInACampaign(t *testing.T) {
	w := newWorld(t)
	c := crowd{skus: 60, orders: 3000, days: 30, start: market.DateOf(2026, 11, 12)}
	last := c.start + 29
	w.shop.Calendar.Campaigns = []market.Campaign{{ID: "double12", Peak: last, Phases: []market.Phase{{ID: "live", From: last, To: last + 1, Uplift: 2}}}}
	fault := func(d market.Day, hour int) bool { return d == last && (hour == 14 || hour == 15) }
	c.factor = func(d market.Day, hour, _ int) float64 {
		switch {
		case fault(d, hour):
			return .3
		case d == last:
			return 1
		}
		return .5
	}
	w.fill(c, 4)
	r, policy := watchRules(), alert.DefaultPolicy()
	at := func(hour, minute int) time.Time {
		return w.shop.Start(last).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	for h := 1; h <= 14; h += 2 {
		if seen, _ := w.step(r, policy, at(h, 0)); len(seen.Findings) != 0 {
			t.Fatalf("at %d:00 of a day without a fault so far: %+v", h, seen.Findings)
		}
	}
	var told []string
	now := at(14, 10)
	for ; !now.After(at(18, 0)); now = now.Add(10 * time.Minute) {
		seen, out := w.step(r, policy, now)
		for _, x := range out {
			if x.Kind != alert.Quiet && x.Kind != alert.Updated {
				told = append(told, string(x.Kind))
			}
			if d := x.Alert.Latest.GMV; x.Kind == alert.Opened && (d == nil || d.Paced == nil || d.Paced.By != analysis.PacedByOrdinary || d.Paced.Factor < 1.7 || d.Paced.Factor > 2.3) {
				t.Errorf("opened by %+v, want the pace of ordinary days, about doubled", d)
			}
		}
		if now.Equal(at(15, 40)) {
			if len(seen.Findings) != 1 || seen.Findings[0].AtRisk != seen.Findings[0].GMV.Expected-seen.Findings[0].GMV.Actual {
				t.Fatalf("findings %+v", seen.Findings)
			}
			pacedExplained(t, w, r, now)
		}
	}
	if want := []string{"opened", "resolved"}; !slices.Equal(told, want) {
		t.Errorf("said %v, want %v", told, want)
	}
}

func pacedExplained(t *testing.T, w *world, r Rules, now time.Time) {
	t.Helper()
	e, err := Explain(context.Background(), w.db, w.shop, r, analysis.RuleGMVDrop, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range e.Entities {
		if j.Subject.Unit != "" || j.Why != "" {
			continue
		}
		for _, name := range []string{"pace_hours", "pace_ordinary_days", "pace_factor", "pace_uneven", "deviation", "orders_usual"} {
			if _, ok := j.Reading.Number(name); !ok {
				t.Errorf("the explanation lacks %s: %+v", name, j.Reading.Numbers)
			}
		}
		return
	}
	t.Errorf("nothing of the shop's drop in %+v", e.Entities)
}

// Days of another campaign show the shape of a phase and not its size: a smaller
// campaign is no drop.
func TestWatchSmallerCampaign(t *testing.T) {
	w := newWorld(t)
	c := crowd{skus: 60, orders: 3000, days: 40, start: market.DateOf(2026, 11, 1)}
	big, small := c.start+20, c.start+39
	w.shop.Calendar.Campaigns = []market.Campaign{
		{ID: "big", Peak: big, Phases: []market.Phase{{ID: "live", From: big, To: big + 4}}},
		{ID: "small", Peak: small, Phases: []market.Phase{{ID: "live", From: small, To: small}}},
	}
	c.factor = func(d market.Day, _, _ int) float64 {
		switch {
		case d >= big && d <= big+4:
			return 1
		case d == small:
			return .4
		}
		return .3
	}
	w.fill(c, 7)
	r, policy := watchRules(), alert.DefaultPolicy()
	now := w.shop.Start(small)
	for ; now.Before(w.shop.Start(small + 1)); now = now.Add(10 * time.Minute) {
		if seen, _ := w.step(r, policy, now); slices.ContainsFunc(seen.Findings, func(f analysis.Finding) bool { return f.Rule == analysis.RuleGMVDrop }) {
			t.Fatalf("at %s: %+v", w.shop.Local(now), *seen.Findings[0].GMV)
		}
	}
}
