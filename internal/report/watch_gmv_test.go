package report

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Apparel stops selling on a busy evening: one alert names it, it lives through
// passes, and a late correction of the orders withdraws it.
func TestWatchGMVDrop(t *testing.T) {
	w := newWorld(t)
	c := crowd{skus: 90, orders: 1500, days: 30, start: market.DateOf(2026, 10, 23)}
	last := c.start + 29
	c.factor = func(d market.Day, hour, unit int) float64 {
		if d == last && hour >= 19 && unit == 0 {
			return .05
		}
		return 1
	}
	w.fill(c, 4)
	w.pull(market.Traffic, w.shop.Start(last+1), eveningTraffic(w, c.start, c.days))
	r, policy := watchRules(), alert.DefaultPolicy()
	at := func(hour int) time.Time { return w.shop.Start(last).Add(time.Duration(hour) * time.Hour) }
	if seen, _ := w.step(r, policy, at(19)); len(seen.Findings) != 0 {
		t.Fatalf("findings at 19:00: %+v", seen.Findings)
	}
	w.step(r, policy, at(21))
	seen, out := w.step(r, policy, at(21).Add(10*time.Minute))
	if got := said(out); len(got) != 1 || got[0] != "opened gmv_drop " || seen.Findings[0].Subject.Unit != "apparel" {
		t.Fatalf("said %v of %+v, want apparel's drop", got, seen.Findings)
	}
	f := seen.Findings[0].GMV.Funnel
	if f == nil || f.ByVisitors+f.ByConversion+f.ByAOV != seen.Findings[0].GMV.Actual-seen.Findings[0].GMV.Expected {
		t.Fatalf("funnel %+v does not sum to the shortfall", f)
	}
	if f.ByConversion >= 0 || f.ByConversion > f.ByVisitors {
		t.Errorf("funnel %+v, want it lost in conversion", f)
	}
	if _, out := w.step(r, policy, at(21).Add(20*time.Minute)); slices.ContainsFunc(out, func(x alert.Transition) bool { return x.Kind == alert.Opened }) {
		t.Errorf("opened again: %v", said(out))
	}
	lost := market.NewBatch(market.OrderLines, 0)
	for i := range 600 {
		when := at(18).Add(time.Duration(i) * 19 * time.Second)
		lost.AppendRow(batchOf(t, market.OrderLines, row{
			"order_id": "late", "line_id": string(rune('A'+i/26)) + string(rune('a'+i%26)), "modified": when, "status": "paid", "sku": sku(0), "qty": 1,
			"amount": 400_00, "paid": market.Fen(400_00), "placed_at": when, "paid_at": when,
		}), 0)
	}
	w.pull(market.OrderLines, w.shop.Start(last+1), lost)
	_, out = w.step(r, policy, at(21).Add(30*time.Minute))
	if got := said(out); len(got) != 1 || got[0] != "withdrawn gmv_drop " {
		t.Errorf("said %v after the orders arrived, want the alert withdrawn", got)
	}
}

// eveningTraffic is the same traffic every evening, of which apparel converts
// hardly any on the last.
func eveningTraffic(w *world, start market.Day, days int) *market.Batch {
	b := market.NewBatch(market.Traffic, 0)
	for d := range days {
		for h := 16; h < 24; h++ {
			for _, u := range w.shop.Units {
				pay := 60
				if d == days-1 && u.ID == "apparel" && h >= 19 {
					pay = 3
				}
				b.AppendRow(batchOf(w.t, market.Traffic, row{
					"hour": w.shop.Start(start + market.Day(d)).Add(time.Duration(h) * time.Hour), "channel": "tmall", "unit": u.ID, "entry": "search",
					"visitors": 2000, "pay_users": pay,
				}), 0)
			}
		}
	}
	return b
}

// Data that stopped hours ago mutes the rule instead of looking like a drop.
func TestWatchStaleOrders(t *testing.T) {
	w := newWorld(t)
	w.fill(crowd{skus: 30, orders: 800, days: 20, start: market.DateOf(2026, 11, 1)}, 5)
	r := watchRules()
	seen, err := Watch(context.Background(), w.db, w.shop, r, w.shop.Start(market.DateOf(2026, 11, 21)).Add(20*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.Findings) != 0 || seen.Muted[analysis.RuleGMVDrop] != "src_order_line late" {
		t.Errorf("findings %+v, muted %v", seen.Findings, seen.Muted)
	}
	r.Off = map[analysis.Rule]bool{analysis.RuleGMVDrop: true}
	if seen, err = Watch(context.Background(), w.db, w.shop, r, w.shop.Start(market.DateOf(2026, 11, 21))); err != nil || seen.Muted[analysis.RuleGMVDrop] != "off" {
		t.Errorf("%v: muted %v", err, seen.Muted)
	}
}

// A cache changes nothing but the time it takes.
func TestWatchCacheAgrees(t *testing.T) {
	w := stocked(t)
	now := w.at("2026-11-21 08:00")
	r := watchRules()
	for range 2 {
		with, err := Watch(context.Background(), w.db, w.shop, r, now)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "watch", with)
	}
	without, err := Watch(context.Background(), w.db, w.shop, Rules{Rules: watchRules().Rules}, now)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "watch", without)
}

// The imported file has no catalogue, no traffic and no channels; gross, returns
// and net of a known day come out to the penny.
func TestImportedRetailDay(t *testing.T) {
	rows := retailDay(t, "2011-09-15")
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.shop = &market.Shop{ID: "uk", Currency: "GBP", Zone: zone}
	lines, refunds := market.NewBatch(market.OrderLines, 0), market.NewBatch(market.Refunds, 0)
	for i, r := range rows {
		qty, err := market.ParseFen(r[3], "JPY")
		price, err2 := market.ParseFen(r[5], "KWD") // three decimals keep every price exact
		at, err3 := time.ParseInLocation(time.DateTime, r[4], zone)
		if err != nil || err2 != nil || err3 != nil {
			t.Fatal(err, err2, err3)
		}
		amount := (max(qty, -qty)*price + 5) / 10
		id := r[0] + "/" + string(rune(i))
		if qty < 0 {
			refunds.AppendRow(batchOf(t, market.Refunds, row{"refund_id": id, "sku": r[1], "region": r[7], "amount": amount, "status": "success", "created": at, "modified": at, "success_at": at}), 0)
			continue
		}
		lines.AppendRow(batchOf(t, market.OrderLines, row{
			"order_id": r[0], "line_id": id, "modified": at, "status": "finished", "sku": r[1], "region": r[7], "buyer": r[6],
			"qty": int(qty), "amount": amount, "paid": amount, "placed_at": at, "paid_at": at,
		}), 0)
	}
	d := market.DateOf(2011, 9, 15)
	w.pull(market.OrderLines, w.shop.Start(d+1), lines)
	w.pull(market.Refunds, w.shop.Start(d+1), refunds)
	g, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.shop.Start(d + 1), From: d, To: d, By: "region", Compare: []Compare{SameWeekday}})
	if err != nil {
		t.Fatal(err)
	}
	if g.Sums.Paid != 78218_95 || g.Sums.Refunded != 15275_14 || g.Sums.Net() != 62943_81 {
		t.Errorf("gross %d returns %d net %d, want 78,218.95, 15,275.14 and 62,943.81", g.Sums.Paid, g.Sums.Refunded, g.Sums.Net())
	}
	if g.Sums.Known.Traffic || g.Comparisons[0].Known || g.Parts[0].Key != "United Kingdom" {
		t.Errorf("traffic %v, comparison %v, first region %q", g.Sums.Known.Traffic, g.Comparisons[0].Known, g.Parts[0].Key)
	}
	if _, err := LoadDigest(context.Background(), w.db, w.shop, DigestQuery{Day: d, Now: w.shop.Start(d + 1)}); err != nil {
		t.Error(err)
	}
	if _, err := Watch(context.Background(), w.db, w.shop, watchRules(), w.shop.Start(d+1)); err != nil {
		t.Error(err)
	}
}

// retailDay reads a day of the public retail data; it skips where that is absent.
func retailDay(t *testing.T, day string) [][]string {
	t.Helper()
	dir := os.Getenv("SHOPWATCH_TEST_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "uci-retail", day+".csv"))
	if err != nil {
		t.Skipf("the retail data is not here: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	r := csv.NewReader(f)
	r.LazyQuotes = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(strings.Join(rows[0], ","), "InvoiceNo,StockCode") {
		t.Fatalf("unexpected columns %v", rows[0])
	}
	return rows[1:]
}
