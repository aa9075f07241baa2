package report

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

func onDay(s string) market.Day {
	d, err := market.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

var weekdayShape = [7]int{95, 90, 95, 100, 110, 120, 90} // Monday first

// steady stores days of orders up to now: each unit sells every two hours, a
// little more at weekends; factor, when set, multiplies a day.
func (w *world) steady(from, now time.Time, factor func(market.Day) float64) {
	w.t.Helper()
	var rows []row
	for i, unit := range []string{"apparel", "beauty"} {
		w.pull(market.Items, from.Add(time.Duration(i)*time.Minute), batchOf(w.t, market.Items,
			row{"sku": "apparel", "unit": "apparel"}, row{"sku": "beauty", "unit": "beauty"},
		))
		for at := from; at.Before(now); at = at.Add(2 * time.Hour) {
			d := w.shop.Day(at)
			paid := 1000_00 * (i + 1) * weekdayShape[(int(d.Weekday())+6)%7] / 100
			paid += (int(d)*37 + at.Hour()*11) % 23 * 500
			if factor != nil {
				paid = int(float64(paid) * factor(d))
			}
			id := fmt.Sprint(unit, at.Unix())
			rows = append(rows, row{
				"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": unit, "channel": "tmall", "qty": 1,
				"amount": paid, "paid": paid, "placed_at": at, "paid_at": at.Add(time.Minute),
			})
		}
	}
	w.pull(market.OrderLines, now, batchOf(w.t, market.OrderLines, rows...))
}

func (w *world) forecast(q ForecastQuery) Forecast {
	w.t.Helper()
	f, err := LoadForecast(context.Background(), w.db, w.shop, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func about(t *testing.T, what string, got, want market.Fen, share float64) {
	t.Helper()
	if math.Abs(float64(got-want)) > share*float64(want) {
		t.Errorf("%s is %d, want about %d", what, got, want)
	}
}

// TestForecast: ten weeks of a steady shop at two in the afternoon.
func TestForecast(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-18 14:00")
	w.steady(w.at("2026-09-07 00:00"), now, nil)
	w.shop.Targets = []market.Target{
		{From: onDay("2026-11-01"), To: onDay("2026-11-30"), Base: 1_000_000_00, Sprint: 1_115_000_00, Challenge: 2_000_000_00},
		{From: onDay("2026-11-18"), To: onDay("2026-11-18"), Base: 10_000_00, Sprint: 90_000_00},
		{Unit: "beauty", From: onDay("2026-11-01"), To: onDay("2026-11-30"), Base: 600_000_00},
	}
	f := w.forecast(ForecastQuery{Now: now, By: metric.ByUnit})
	golden(t, "forecast", f)
	if f.TooFew || f.Known != 72 || len(f.History) != 28 || len(f.Days) != 13 || f.Days[0].Day != onDay("2026-11-18") {
		t.Fatalf("known %d, %d days before, %d ahead", f.Known, len(f.History), len(f.Days))
	}
	// Wednesdays bring 34,200 for both units, and a little more.
	wednesday := market.Fen(12*3000_00*95/100 + 24*5500)
	about(t, "today", f.Today.Mean, wednesday, .03)
	about(t, "next Wednesday", f.Days[7].Mean, wednesday, .03)
	about(t, "next Saturday", f.Days[3].Mean, market.Fen(12*3000_00*120/100+24*5500), .03)
	if f.Today.Usual < .9 || f.Today.Usual > 1.1 || f.Today.Days != 6 {
		t.Errorf("today %+v", f.Today)
	}
	if tiers := f.Today.Tiers; tiers[0].Chance != 1 || tiers[1].Chance > .01 {
		t.Errorf("chances of today %+v", tiers)
	}
	m := f.Month
	about(t, "month", m.Mean, m.Paid+f.Sum.Mean-f.Today.Paid, .001)
	if m.Low >= m.Mean || m.High <= m.Mean || float64(m.High-m.Low) > .1*float64(m.Mean) {
		t.Errorf("month %+v", m.Range)
	}
	if c := m.Tiers; c[0].Chance < .9 || c[1].Chance < .05 || c[1].Chance > .95 || c[2].Chance > .02 || c[2].Daily <= 0 {
		t.Errorf("chances of the month %+v of %+v", c, m)
	}
	if len(f.Parts) != 2 || f.Parts[0].Key != "beauty" || len(f.Parts[0].Chance) != 1 || f.Parts[1].Chance != nil {
		t.Errorf("parts %+v", f.Parts)
	}
	about(t, "parts", f.Parts[0].Mean+f.Parts[1].Mean, m.Mean, .01)
	if f := w.forecast(ForecastQuery{Now: now, Days: 3, Filter: metric.Filter{Unit: "beauty"}}); len(f.Days) != 3 || f.Sum.Mean > 3*wednesday*3/4 {
		t.Errorf("three days of beauty: %+v", f.Sum)
	}
}

// TestForecastCampaign: the calendar's campaign days ahead are not plain ones,
// and what the last one brought corrects the plan.
func TestForecastCampaign(t *testing.T) {
	w := newWorld(t)
	w.shop.Calendar = market.Calendar{Campaigns: []market.Campaign{
		{ID: "oct", Peak: onDay("2026-10-11"), Phases: []market.Phase{{ID: "live", From: onDay("2026-10-11"), To: onDay("2026-10-12"), Uplift: 2}}},
		{ID: "nov", Peak: onDay("2026-11-21"), Phases: []market.Phase{{ID: "live", From: onDay("2026-11-21"), To: onDay("2026-11-21"), Uplift: 2}}},
	}}
	now := w.at("2026-11-18 14:00")
	w.steady(w.at("2026-09-07 00:00"), now, func(d market.Day) float64 {
		if _, _, ok := w.shop.Calendar.On(d); ok {
			return 4
		}
		return 1
	})
	f := w.forecast(ForecastQuery{Now: now, Days: 7})
	saturday := f.Days[3]
	if saturday.Campaign == nil || saturday.Campaign.ID != "nov" || saturday.Events != 1 || saturday.Uplift < 2.7 || saturday.Uplift > 2.95 {
		t.Errorf("campaign day %+v", saturday)
	}
	about(t, "campaign day", saturday.Mean, market.Fen(math.Sqrt(8)*float64(12*3000_00*120/100+24*5500)), .05)
	if wide := float64(saturday.High) / float64(saturday.Mean); wide < 1.25 {
		t.Errorf("a campaign is as sure as any day: %+v", saturday.Range)
	}
	about(t, "the day before", f.Days[2].Mean, 12*3000_00*110/100+24*5500, .04)
}

// TestForecastLacks: too few days say so, a hole in the month leaves it open, a
// feed that stopped judges no pace, and nothing at all is no data.
func TestForecastLacks(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-18 14:00")
	if _, err := LoadForecast(context.Background(), w.db, w.shop, ForecastQuery{Now: now}); !errors.Is(err, ErrNoData) {
		t.Errorf("an empty store: %v", err)
	}
	w.steady(w.at("2026-11-10 00:00"), now, nil)
	if f := w.forecast(ForecastQuery{Now: now}); !f.TooFew || f.Known != 8 || f.Month != nil || f.Days != nil {
		t.Errorf("eight days: %+v", f)
	}
	w = newWorld(t)
	w.steady(w.at("2026-10-01 00:00"), w.at("2026-11-16 12:00"), nil)
	f := w.forecast(ForecastQuery{Now: now})
	if f.Today != nil || f.Month != nil || len(f.Days) != 13 || f.History[26].Known || f.History[27].Known || !f.History[25].Known {
		t.Errorf("orders stopped two days ago: today %+v month %+v history %+v", f.Today, f.Month, f.History)
	}
}
