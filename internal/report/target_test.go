package report

import (
	"context"
	"math"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// TestTargets asks in the middle of a month, of a day and of a week that is over
// how targets go.
func TestTargets(t *testing.T) {
	w := newWorld(t)
	start, today := market.DateOf(2026, 9, 14), market.DateOf(2026, 11, 18)
	w.fill(crowd{skus: 60, orders: 120, days: int(today-start) + 1, start: start}, 7)
	month, end := today.MonthStart(), today.MonthStart().AddMonths(1)-1
	now := w.shop.Start(today).Add(15 * time.Hour)
	days := []market.DayWeight{{Day: month + 19, Weight: 10}}
	hours := make([]float64, 24)
	hours[0], hours[23] = 1, 3
	w.shop.Targets = []market.Target{
		{Unit: "beauty", From: month, To: end, Base: 1000_00},
		{From: month, To: end, Base: 90_000_000_00, Days: days},
		{Unit: "apparel", Category: "c1", From: month, To: end, Base: 40_000_00, Hours: hours},
		{From: today - 14, To: today - 8, Base: 1, Challenge: 90_000_000_00},
	}
	ask := func(q TargetsQuery) Targets {
		t.Helper()
		q.Now = now
		got, err := LoadTargets(context.Background(), w.db, w.shop, q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := ask(TargetsQuery{From: month, To: end})
	if len(got.Rows) != 3 || got.Rows[0].Unit != "" || got.Rows[1].Unit != "beauty" || got.Rows[2].Category != "c1" || got.Left != 13 {
		t.Fatalf("rows: %+v", got.Rows)
	}
	for _, r := range got.Rows {
		g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: now, From: month, To: today, Filter: metric.Filter{Unit: r.Unit, Category: r.Category}})
		if err != nil || g.Sums.Paid != r.Paid {
			t.Errorf("%s %s: paid %d, the GMV of these days is %d, %v", r.Unit, r.Category, r.Paid, g.Sums.Paid, err)
		}
	}
	shop, beauty, c1 := got.Rows[0], got.Rows[1], got.Rows[2]
	// Of 30 days one that is to come weighs as much as ten.
	if shop.Done < 17.3/39.2 || shop.Done > 17.9/38.8 {
		t.Errorf("with a heavy day ahead %.3f of the plan is due", shop.Done)
	}
	if beauty.Done < .565 || beauty.Done > .61 {
		t.Errorf("on ordinary days %.3f of the plan is due", beauty.Done)
	}
	if x := beauty.Tiers[0]; !x.Reached || x.Chance.Chance != 1 || x.Daily != 0 || x.Ahead <= 0 {
		t.Errorf("a tier that is reached: %+v", x)
	}
	if x := shop.Tiers[0]; x.Reached || x.Chance.Chance != .01 || x.Gap != x.Amount-shop.Paid || x.Daily != x.Gap/13 || x.Ahead >= 0 || x.Run <= 1 {
		t.Errorf("a tier out of reach: %+v", x)
	}
	if shop.End == nil || shop.End.Mean <= shop.Paid || shop.End.Low > shop.End.Mean || shop.Week <= 0 {
		t.Errorf("the end is not told: %+v", shop)
	}

	day := ask(TargetsQuery{From: today, To: today}).Rows
	if len(day) != 3 || day[0].Part == nil || day[0].Part.From != month {
		t.Fatalf("a day inside a month is a part of it: %+v", day)
	}
	if d := day[2].Done; math.Abs(d-.25) > 1e-9 { // by its own hours: 1 of 4 by 15:00
		t.Errorf("%.3f of the day is due by its hours", d)
	}
	if x := day[0].Tiers[0]; x.Hourly <= 0 || x.Amount >= 90_000_000_00/30 || c1.Done <= day[2].Done {
		t.Errorf("a day of a month with one heavy day: %+v", x)
	}
	over := ask(TargetsQuery{From: today - 14, To: today - 8}).Rows[0]
	if over.Part != nil || over.Done != 1 || over.End.Mean != over.Paid || over.Tiers[1].Daily != 0 || over.Tiers[1].Chance.Chance != 0 {
		t.Errorf("a week that is over: %+v", over)
	}
	ahead := ask(TargetsQuery{From: end + 1, To: end + 31})
	if len(ahead.Rows) != 0 || len(ahead.Others) != 2 {
		t.Errorf("a month without a target: %+v", ahead)
	}
	w.shop.Targets = w.shop.Targets[:3]
	whole := market.Fen(0)
	for d := month; d <= end; d++ {
		whole += ask(TargetsQuery{From: d, To: d}).Rows[0].Tiers[0].Amount
	}
	if diff := whole - 90_000_000_00; diff < -30 || diff > 30 { // each day is rounded to a fen
		t.Errorf("the parts of a target miss it by %d", diff)
	}
}
