package report

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// only are the rules with all but one switched off.
func only(id analysis.Rule, tune func(*analysis.Spec)) Rules {
	r := Rules{Rules: analysis.Defaults(), Cache: NewCache()}
	for _, s := range analysis.Registry() {
		s.Off = s.ID != id
		if s.ID == id && tune != nil {
			tune(&s)
		}
		r.Specs = append(r.Specs, s)
	}
	return r
}

// seen are the findings of one rule at a moment.
func (w *world) seen(t *testing.T, r Rules, at time.Time) []analysis.Finding {
	t.Helper()
	got, err := Watch(context.Background(), w.db, w.shop, r, at)
	if err != nil {
		t.Fatal(err)
	}
	return got.Findings
}

// entries fills three weeks of traffic; on the last day the cart rate of an
// entry is rate.
func (w *world) entries(t *testing.T, rate float64) {
	b := market.NewBatch(market.Traffic, 0)
	last := w.at("2026-11-20 12:00")
	for d := range 21 {
		for _, entry := range []string{"search", "ads"} {
			cart := 600 + d%3
			if d == 0 && entry == "ads" {
				cart = int(5000 * rate)
			}
			b.AppendRow(batchOf(t, market.Traffic, row{
				"hour": last.AddDate(0, 0, -d), "channel": "tmall", "unit": "beauty", "entry": entry,
				"visitors": 5000, "views": 9000, "cart_users": cart, "order_users": 200, "pay_users": 180,
			}), 0)
		}
	}
	w.pull(market.Traffic, w.at("2026-11-21 08:00"), b)
}

func TestWatchFunnel(t *testing.T) {
	for _, c := range []struct {
		name string
		rate float64
		want []string
	}{
		{"as ever", .12, nil},
		{"ads bring people who add nothing", .06, []string{"entry=ads"}},
		{"better than ever", .3, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.entries(t, c.rate)
			var got []string
			for _, f := range w.seen(t, only(analysis.RuleFunnelDrop, nil), w.at("2026-11-21 08:10")) {
				got = append(got, f.Subject.Member)
				if r := f.Reading; !r.UsualKnown || r.Usual < .119 || r.Usual > .121 || r.Volume != 5000 {
					t.Errorf("reading %+v", r)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("told of %v, want %v", got, c.want)
			}
		})
	}
}

// TestWatchHourly: a rule about whole days that has had its look neither opens
// nor ends anything.
func TestWatchHourly(t *testing.T) {
	w := newWorld(t)
	w.entries(t, .06)
	r := only(analysis.RuleFunnelDrop, nil)
	now := w.at("2026-11-21 08:10")
	if got := len(w.seen(t, r, now)); got != 1 {
		t.Errorf("%d findings, want 1", got)
	}
	r.HourDone = true
	again, err := Watch(context.Background(), w.db, w.shop, r, now)
	if err != nil || again.Muted[analysis.RuleFunnelDrop] != MutedHourly || len(again.Findings) > 0 {
		t.Errorf("%v: once more %+v", err, again)
	}
}

func TestWatchShipping(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 08:00")
	b := market.NewBatch(market.OrderLines, 0)
	for d := 1; d <= 21; d++ {
		at := w.at("2026-11-21 10:00").AddDate(0, 0, -d)
		for i := range 100 {
			after := 20 * time.Hour
			if i < 3 || d == 3 && i < 30 { // paid on the 18th: their 48 hours ended on the 20th
				after = 60 * time.Hour
			}
			r := row{
				"order_id": fmt.Sprint(d, "-", i), "line_id": "1", "modified": at, "status": "shipped", "sku": "A", "channel": "tmall", "qty": 1,
				"amount": market.Fen(100), "paid": market.Fen(100), "placed_at": at, "paid_at": at,
			}
			if sent := at.Add(after); sent.Before(now) {
				r["shipped_at"] = sent
			}
			b.AppendRow(batchOf(t, market.OrderLines, r), 0)
		}
	}
	w.pull(market.OrderLines, now, b)
	got := w.seen(t, only(analysis.RuleLateShipping, nil), now)
	if len(got) != 1 || got[0].Subject.Channel != "tmall" || got[0].Reading.Value != .70 || got[0].Reading.Volume != 100 {
		t.Fatalf("findings %+v", got)
	}
	if day := w.shop.Day(got[0].Reading.Window.Start).String(); day != "2026-11-18" {
		t.Errorf("judged %s", day)
	}
}

func TestWatchCounterfeit(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 20:00")
	b := market.NewBatch(market.Reviews, 0)
	for i, text := range []string{"怀疑是假货，和专柜的不一样", "颜色不喜欢"} {
		b.AppendRow(batchOf(t, market.Reviews, row{
			"review_id": fmt.Sprint(i), "sku": "CREAM", "channel": "tmall", "created": now.Add(-time.Hour), "modified": now, "result": "bad", "text": text,
		}), 0)
	}
	w.pull(market.Reviews, now, b)
	got := w.seen(t, only(analysis.RuleCounterfeit, nil), now)
	if len(got) != 1 || got[0].Severity != analysis.Critical || got[0].Reading.Value != 1 || len(got[0].Reading.Quotes) != 1 {
		t.Fatalf("findings %+v", got)
	}
	if parts := got[0].Reading.Parts; len(parts) != 1 || parts[0].Name != "tmall" || parts[0].Value != 1 {
		t.Errorf("channels %+v", parts)
	}
}

func TestWatchNoData(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 12:00")
	w.pull(market.OrderLines, w.at("2026-11-21 10:00"), market.NewBatch(market.OrderLines, 0))
	r := only(analysis.RuleNoData, nil)
	r.Specs[0].Off = false // gmv_drop needs orders
	r.Fresh = Freshness{}
	feeds := func() []analysis.Finding { return w.seen(t, r, now) }
	if got := feeds(); len(got) != 0 {
		t.Errorf("a source without a freshness is never late: %+v", got)
	}
	for _, f := range sourcesOf(t, w) {
		r.Fresh[f] = 30 * time.Minute
	}
	got := feeds()
	if len(got) != 1 || got[0].Reading.Reason != string(GapLate) || !slices.Contains(got[0].Reading.Mutes, analysis.RuleGMVDrop) || got[0].Severity != analysis.Warning {
		t.Errorf("findings %+v", got)
	}
}

func sourcesOf(t *testing.T, w *world) (out []string) {
	t.Helper()
	s, err := LoadStatus(context.Background(), w.db, w.shop, w.at("2026-11-21 12:00"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Feeds {
		out = append(out, f.Source)
	}
	return out
}

// TestWatchPrices: a price under the floor and two prices of one item.
func TestWatchPrices(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 12:00")
	w.pull(market.Items, now, batchOf(t, market.Items, row{"sku": "A", "title": "a", "unit": "beauty", "floor": market.Fen(8000), "cost": market.Fen(3000)}, row{"sku": "B", "title": "b", "unit": "beauty", "floor": market.Fen(8000)}))
	prices := market.NewBatch(market.OwnPrices, 0)
	for _, p := range []struct {
		sku, channel string
		deal         int
	}{{"A", "tmall", 9900}, {"A", "taote", 99}, {"B", "tmall", 9900}, {"B", "taote", 8900}} {
		prices.AppendRow(batchOf(t, market.OwnPrices, row{"sku": p.sku, "channel": p.channel, "list": market.Fen(12900), "deal": market.Fen(p.deal), "listed": true}), 0)
	}
	w.pull(market.OwnPrices, now, prices)
	got := w.seen(t, only(analysis.RuleBelowFloor, nil), now)
	if len(got) != 1 || got[0].Subject.SKU != "A" || got[0].Subject.Channel != "taote" {
		t.Errorf("below the floor: %+v", got)
	}
	orders := market.NewBatch(market.OrderLines, 0)
	for d := range 10 {
		at := now.AddDate(0, 0, -d).Add(-time.Hour)
		orders.AppendRow(batchOf(t, market.OrderLines, row{
			"order_id": fmt.Sprint(d), "line_id": "1", "modified": at, "status": "paid", "sku": "B", "channel": "tmall", "qty": 5,
			"amount": market.Fen(49500), "paid": market.Fen(49500), "placed_at": at, "paid_at": at,
		}), 0)
	}
	w.pull(market.OrderLines, now, orders)
	got = w.seen(t, only(analysis.RulePriceConflict, nil), now)
	i := slices.IndexFunc(got, func(f analysis.Finding) bool { return f.Subject.SKU == "B" })
	if i < 0 || got[i].Reading.Value != 1000 || len(got[i].Reading.Parts) != 2 || got[i].AtRisk != 1000*35 {
		t.Errorf("conflicts: %+v", got)
	}
}

// TestWatchTargets: the shop, units and categories are judged by their targets of
// this month; one that is part of a longer stretch or too young is not.
func TestWatchTargets(t *testing.T) {
	w := newWorld(t)
	start, today := market.DateOf(2026, 9, 14), market.DateOf(2026, 11, 18)
	w.fill(crowd{skus: 60, orders: 120, days: int(today-start) + 1, start: start}, 7)
	month, end := today.MonthStart(), today.MonthStart().AddMonths(1)-1
	const far = 90_000_000_00
	w.shop.Targets = []market.Target{
		{From: month, To: end, Base: 1000_00},
		{Unit: "beauty", From: month, To: end, Base: far},
		{Unit: "digital", From: month, To: month + 200, Base: far},
		{Unit: "apparel", Category: "c1", From: month, To: end, Base: 1000_00},
		{Unit: "apparel", Category: "never sold", From: month, To: end, Base: far},
		{Unit: "beauty", Category: "c2", From: month, To: end, Base: far},
		{Category: "c3", From: month, To: end, Base: far},
	}
	names := func(at time.Time) (out []string) {
		for _, f := range w.seen(t, only(analysis.RuleTargetPace, nil), at) {
			out = append(out, string(f.Subject.Unit)+"/"+f.Subject.Member)
			if paid, _ := f.Reading.Number("paid"); f.Subject.Member == "category=c2" && paid <= 0 {
				t.Errorf("%+v", f.Reading)
			}
		}
		slices.Sort(out)
		return out
	}
	want := []string{"/category=c3", "apparel/category=never sold", "beauty/", "beauty/category=c2"}
	if got := names(w.shop.Start(today).Add(15 * time.Hour)); !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
	if got := names(w.shop.Start(month + 2)); len(got) != 0 {
		t.Errorf("on the third day of a month: %q", got)
	}
}

// TestWatchAdded: a rule that a configuration has added.
func TestWatchAdded(t *testing.T) {
	w := newWorld(t)
	w.entries(t, .12)
	r := only("", nil)
	r.Specs = append(r.Specs, analysis.Spec{
		ID: "few_pay", Kind: analysis.KindThreshold, Metric: "conversion", By: metric.ByEntry, Tables: []string{market.Traffic.Name}, Stale: day,
		Limits: analysis.Limits{Limit: .05, Days: 1},
	})
	got := w.seen(t, r, w.at("2026-11-21 08:10"))
	if len(got) != 2 || got[0].Rule != "few_pay" || got[0].Reading.Value != .036 {
		t.Errorf("findings %+v", got)
	}
}
