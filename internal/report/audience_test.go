package report

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// TestNPS rates two items over eight weeks: the score, its margin, the trend and
// who takes from it.
func TestNPS(t *testing.T) {
	w := newWorld(t)
	today := market.DateOf(2026, 11, 22)
	now := w.shop.Start(today).Add(9 * time.Hour)
	w.pull(market.Items, now, batchOf(t, market.Items, row{"sku": "A", "title": "面霜", "unit": "beauty"}, row{"sku": "B", "title": "耳机", "unit": "digital"}))
	var rows []row
	rate := func(d market.Day, sku, result, text string) {
		rows = append(rows, row{"review_id": fmt.Sprint(len(rows)), "sku": sku, "channel": "tmall", "created": w.shop.Start(d).Add(10 * time.Hour), "result": result, "text": text})
	}
	for d := today - 56; d < today; d++ {
		for range 8 {
			rate(d, "A", "good", "")
		}
		rate(d, "B", "good", "")
		if d >= today-28 {
			rate(d, "B", "bad", "一打开就坏了，质量太差")
		} else {
			rate(d, "B", "neutral", "")
		}
	}
	w.pull(market.Reviews, now, batchOf(t, market.Reviews, rows...))
	n, err := LoadNPS(context.Background(), w.db, w.shop, NPSQuery{Now: now, From: today - 28, To: today - 1, By: metric.ByUnit})
	if err != nil {
		t.Fatal(err)
	}
	if n.All() != 280 || n.Good != 252 || n.Bad != 28 || math.Abs(n.Score.V-80) > 1e-9 || math.Abs(n.Before.Score.V-90) > 1e-9 {
		t.Errorf("the score: %+v before %+v", n.Ratings, n.Before)
	}
	// Nine of ten +1 and one -1: the mean is .8, its standard error .6/sqrt(280).
	if want := 196 * .6 / math.Sqrt(280); math.Abs(n.Margin-want) > .01 {
		t.Errorf("margin %.3f, want %.3f", n.Margin, want)
	}
	if len(n.Weeks) != 8 || n.Weeks[7].All() != 70 || n.Weeks[7].Bad != 7 || n.Weeks[3].Bad != 0 || n.Weeks[0].From != today-56 {
		t.Errorf("weeks: %+v", n.Weeks)
	}
	if len(n.Parts) != 2 || n.Parts[0].Key != "digital" || n.Parts[0].Score.V != 0 || n.Parts[0].Name.En != "Digital" {
		t.Errorf("parts: %+v", n.Parts)
	}
	if len(n.Causes) == 0 || n.Causes[0].Cause != "quality" || n.Causes[0].Count != 28 || n.Causes[0].Usual != 0 {
		t.Errorf("causes: %+v", n.Causes)
	}
}

// TestLive finds the hours in which a livestream stands out, and what it sold:
// by what the orders say, and by its share of paying visitors where they do not.
func TestLive(t *testing.T) {
	w := newWorld(t)
	today := market.DateOf(2026, 11, 22)
	now := w.shop.Start(today).Add(9 * time.Hour)
	w.pull(market.Items, now, batchOf(t, market.Items, row{"sku": "A", "title": "面霜", "unit": "beauty"}))
	var hours, lines []row
	for d := today - 30; d < today; d++ {
		for h := range 24 {
			on := d == today-2 && (h == 20 || h == 21)
			at := w.shop.Start(d).Add(time.Duration(h) * time.Hour)
			visitors, pay := 10, 1
			if on {
				visitors, pay = 300, 30
			}
			hours = append(hours,
				row{"hour": at, "channel": "tmall", "unit": "beauty", "entry": "search", "visitors": 90, "pay_users": 10},
				row{"hour": at, "channel": "tmall", "unit": "beauty", "entry": "live", "visitors": visitors, "pay_users": pay})
		}
	}
	sell := func(entry string, at time.Time, paid market.Fen) {
		l := row{
			"order_id": fmt.Sprint("o", len(lines)), "line_id": "1", "modified": at, "status": market.Paid, "sku": "A", "channel": "tmall", "qty": 1,
			"paid": paid, "amount": paid, "placed_at": at, "paid_at": at,
		}
		if entry != "" {
			l["entry"] = entry
		}
		lines = append(lines, l)
	}
	evening := w.shop.Start(today - 2).Add(20 * time.Hour)
	sell("live", evening.Add(time.Minute), 100_00)
	sell("search", evening.Add(2*time.Minute), 50_00)
	sell("", evening.Add(90*time.Minute), 80_00) // of 40 paying visitors 30 came through the livestream
	sell("", evening.Add(-time.Hour), 11_00)     // of 11 one
	sell("live", evening.Add(3*time.Hour), 7_00) // after it
	w.pull(market.Traffic, now, batchOf(t, market.Traffic, hours...))
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines, lines...))
	v, err := LoadLive(context.Background(), w.db, w.shop, LiveQuery{Now: now, From: today - 7, To: today})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Sessions) != 1 {
		t.Fatalf("sessions: %+v", v.Sessions)
	}
	s := v.Sessions[0]
	if !s.Start.Equal(evening) || !s.End.Equal(evening.Add(2*time.Hour)) || s.Visitors != 600 || s.Buyers != 60 || s.Open {
		t.Errorf("the session: %+v", s)
	}
	if s.Paid != 160_00 || v.Paid != 168_00 || v.Estimated != 61_00 || v.All != 248_00 || v.PerSession != 160_00 {
		t.Errorf("session %d, live %d of it estimated %d, all %d", s.Paid, v.Paid, v.Estimated, v.All)
	}
	if !s.Lift.Known || math.Abs(s.Lift.V-30) > .5 {
		t.Errorf("300 for the usual 10 is ×%.1f", s.Lift.V)
	}
}
