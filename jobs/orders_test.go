package jobs

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

const ordersYAML = `
sources:
- id: orders
  shop: tmall
  fact: order_line
  driver: http
  allow_private: true
  currency: CNY
  request: {url: URL/orders}
  records: '.rows[]'
  where: .cur == "CNY"
  fields:
    order_id: {jq: .id, type: id}
    line_id: {jq: .line, type: id}
    modified: {jq: .modified, format: unix}
    placed_at: {jq: .placed, format: unix}
    paid_at: {jq: .paid_at, format: unix}
    status: {jq: .status}
    sku: {const: A}
    channel: {const: c}
    qty: {jq: .qty}
    amount: {jq: .paid, unit: minor}
    paid: {jq: .paid, unit: minor}
- id: refunds
  shop: tmall
  fact: refund
  driver: http
  allow_private: true
  currency: CNY
  request: {url: URL/refunds}
  records: '.rows[]'
  fields:
    refund_id: {jq: .id, type: id}
    order_id: {jq: .order, type: id}
    sku: {const: A}
    channel: {const: c}
    amount: {jq: .fee, unit: minor}
    status: {jq: .status}
    created: {jq: .at, format: unix}
    modified: {jq: .modified, format: unix}
    success_at: {jq: 'if .status == "success" then .modified else null end', format: unix}
`

// ledgerWorld is a shop whose orders and refunds are whatever a test puts there.
type ledgerWorld struct {
	*Collector
	t       *testing.T
	now     *time.Time
	feeds   map[string]Feed
	answers map[string][]map[string]any // by path
}

func newLedgerWorld(t *testing.T) *ledgerWorld {
	t.Helper()
	w := &ledgerWorld{t: t, feeds: map[string]Feed{}, answers: map[string][]map[string]any{}}
	w.Collector, w.now = collector(t)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rows := w.answers[r.URL.Path]
		if rows == nil {
			rows = []map[string]any{}
		}
		_ = json.NewEncoder(rw).Encode(map[string]any{"rows": rows})
	}))
	t.Cleanup(srv.Close)
	for _, f := range feedsOf(t, strings.ReplaceAll(ordersYAML, "URL", srv.URL)) {
		w.feeds["/"+f.Source.ID()] = f
	}
	return w
}

func (w *ledgerWorld) pull(path string, rows ...map[string]any) error {
	w.t.Helper()
	*w.now = w.now.Add(10 * time.Minute)
	w.answers[path] = rows
	return w.Collect(w.t.Context(), w.feeds[path])
}

// gmv is the money of one day.
func (w *ledgerWorld) gmv(day market.Day) report.GMV {
	w.t.Helper()
	g, err := report.LoadGMV(w.t.Context(), w.DB, testShop(), report.GMVQuery{Now: w.now.Add(48 * time.Hour), From: day, To: day})
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// Versions of orders come late, out of order and again; GMV is that of the
// newest version of each line, to the fen, whatever the order.
func TestOrdersInAnyOrder(t *testing.T) {
	for seed := range uint64(5) {
		w := newLedgerWorld(t)
		rng := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test's own chance
		start := testShop().Start(market.DateOf(2026, 11, 20))
		var sent []map[string]any
		want := map[market.Day]int64{}
		for id := range 150 {
			placed := start.Add(time.Duration(rng.IntN(48*60)) * time.Minute)
			var last map[string]any
			for v, status := range []string{"placed", "paid", "shipped", "finished"}[:1+rng.IntN(4)] {
				row := map[string]any{
					"id": 7_000_000_000_000_000_000 + int64(id), "line": "1", "cur": "CNY", "status": status, "qty": 1,
					"placed": placed.Unix(), "modified": placed.Add(time.Duration(v) * time.Minute).Unix(), "paid": 1000 + rng.IntN(90_000),
				}
				if v > 0 {
					row["paid_at"] = placed.Add(time.Minute).Unix()
				}
				sent, last = append(sent, row), row
				if rng.IntN(10) == 0 {
					sent = append(sent, row)
				}
			}
			if at, paid := last["paid_at"].(int64); paid {
				want[testShop().Day(time.Unix(at, 0))] += int64(last["paid"].(int))
			}
		}
		rng.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
		for len(sent) > 0 {
			n := min(len(sent), 1+rng.IntN(60))
			if err := w.pull("/orders", sent[:n]...); err != nil {
				t.Fatal(err)
			}
			sent = sent[n:]
		}
		for day, fen := range want {
			if got := int64(w.gmv(day).Sums.Paid); got != fen {
				t.Errorf("seed %d, %s: %d fen, want %d", seed, day, got, fen)
			}
		}
	}
}

// Refunds count on the day of their success, also when the order was long
// closed; those that failed do not. A negative line is a line. What is in
// another currency is left out and counted, never added.
func TestOrdersAndRefunds(t *testing.T) {
	w := newLedgerWorld(t)
	day := market.DateOf(2026, 11, 18)
	at := func(d market.Day, hour int) int64 {
		return testShop().Start(d).Add(time.Duration(hour) * time.Hour).Unix()
	}
	line := func(id, cur, status string, fen int) map[string]any {
		return map[string]any{
			"id": id, "line": "1", "cur": cur, "status": status, "qty": max(-1, min(1, fen)), "paid": fen,
			"placed": at(day, 9), "paid_at": at(day, 10), "modified": at(day, 11),
		}
	}
	refund := func(id, order, status string, fen int, d market.Day) map[string]any {
		return map[string]any{"id": id, "order": order, "status": status, "fee": fen, "at": at(day, 20), "modified": at(d, 12)}
	}
	if err := w.pull("/orders", line("1", "CNY", "finished", 10_000), line("2", "CNY", "refunded", 5_050), line("3", "CNY", "paid", -700), line("4", "USD", "paid", 99_900)); err != nil {
		t.Fatal(err)
	}
	if err := w.pull("/refunds",
		refund("r1", "1", "success", 2_500, day+2), refund("r2", "1", "success", 1_001, day+2), refund("r3", "1", "closed", 9_999, day+2),
		refund("r4", "2", "success", 5_050, day), refund("r5", "1", "open", 6_499, day+1),
	); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day                 market.Day
		paid, refunded, net int64
		orders, refunds     int64
	}{
		{day, 14_350, 5_050, 9_300, 3, 1},
		{day + 1, 0, 0, 0, 0, 0},
		{day + 2, 0, 3_501, -3_501, 0, 2},
	} {
		s := w.gmv(c.day).Sums
		if int64(s.Paid) != c.paid || int64(s.Refunded) != c.refunded || int64(s.Net()) != c.net || s.Orders != c.orders || s.Refunds != c.refunds {
			t.Errorf("%s: %+v, want %+v", c.day, s, c)
		}
	}
	s, err := report.LoadStatus(t.Context(), w.DB, testShop(), *w.now, nil)
	if err != nil || s.Feeds[0].State != market.Complete {
		t.Fatal(s.Feeds, err)
	}
	// An amount that names its own currency is not read as ours.
	dollars := line("5", "CNY", "paid", 0)
	dollars["paid"] = "$12.00"
	if err := w.pull("/orders", dollars); err == nil || !strings.Contains(err.Error(), "paid") && !strings.Contains(err.Error(), "amount") {
		t.Errorf("%v", err)
	}
}

// Data that an upstream no longer brings up to date is late within one interval,
// raises nothing, and is believed again when it moves on.
func TestFrozenUpstream(t *testing.T) {
	w := newTrust(t, 100, 100)
	asOf := *w.now
	inner := w.api
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		inner.ServeHTTP(rec, r)
		var doc map[string]any
		_ = json.Unmarshal(rec.Body.Bytes(), &doc)
		doc["data_time"] = asOf.Unix()
		_ = json.NewEncoder(rw).Encode(doc)
	}))
	t.Cleanup(srv.Close)
	w.feed = feedOf(t, strings.NewReplacer("URL", srv.URL, "PER", "100", "  records:", "  as_of: {jq: .data_time, format: unix}\n  records:").Replace(stockPagesYAML))
	w.watch.Rules.Fresh["stock"] = time.Hour
	pull := func() {
		t.Helper()
		if err := w.pull(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		asOf = w.now.Add(10 * time.Minute)
		pull()
	}
	frozen := *w.now
	for w.now.Sub(frozen) < time.Hour {
		pull()
	}
	inner.out = 1 // of no account: it says itself that it is of before
	for w.now.Sub(frozen) < 3*time.Hour {
		pull()
		seen, err := report.Watch(t.Context(), w.DB, testShop(), w.watch.Rules, *w.now)
		if err != nil || seen.Muted[analysis.RuleStockOut] != "stock late" {
			t.Fatalf("after %s: %v, muted %v", w.now.Sub(frozen), err, seen.Muted)
		}
	}
	s, err := report.LoadStatus(t.Context(), w.DB, testShop(), *w.now, w.watch.Rules.Fresh)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Feeds {
		if f.Source == "stock" && (!f.Late || !f.Watermark.Equal(frozen)) {
			t.Errorf("%+v", f)
		}
	}
	if roots := w.roots(); len(roots) != 0 {
		t.Errorf("%q", roots)
	}
	asOf = w.now.Add(10 * time.Minute)
	pull()
	seen, err := report.Watch(t.Context(), w.DB, testShop(), w.watch.Rules, *w.now)
	if _, muted := seen.Muted[analysis.RuleStockOut]; err != nil || muted {
		t.Errorf("%v, muted %v", err, seen.Muted)
	}
	// An upstream that goes back to yesterday is not believed.
	asOf = frozen
	if err := w.pull(10 * time.Minute); err == nil || !strings.Contains(err.Error(), "older than that of a pull before") {
		t.Error(err)
	}
	if !strings.Contains(fmt.Sprint(w.gap()), "older") {
		t.Error(w.gap())
	}
}
