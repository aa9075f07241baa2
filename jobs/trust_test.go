package jobs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// trust is a shop whose stock comes from an API that can be broken in the ways
// of upstreams, with the rules looking at it after each pull.
type trust struct {
	*Collector
	t     *testing.T
	now   *time.Time
	watch *Watch
	api   *stockAPI
	feed  Feed
}

// stockAPI answers pages of stock. Page n of 1.. may be spoilt.
type stockAPI struct {
	skus, per, out int
	status         func(page int) int // of the answer; nil is 200
	empty          func(page int) bool
}

func (s *stockAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page := 1
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
	if s.status != nil && s.status(page) != http.StatusOK {
		w.WriteHeader(s.status(page))
		return
	}
	list := []map[string]any{}
	for i := (page - 1) * s.per; i < min(s.skus, page*s.per) && (s.empty == nil || !s.empty(page)); i++ {
		left := 100
		if i < s.out {
			left = 0
		}
		list = append(list, map[string]any{"sku": fmt.Sprintf("s%05d", i), "left": left})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"rows": list, "total": s.skus})
}

const stockPagesYAML = `
sources:
- id: stock
  shop: tmall
  fact: inventory
  driver: http
  allow_private: true
  request: {url: URL/x}
  page: {type: number, param: page, size: {param: per, value: PER}, total: .total, max: 2000}
  records: '.rows[]'
  fields: {sku: {jq: .sku}, channel: {const: c}, available: {jq: .left}, listed: {const: "true"}}
`

// newTrust is such a shop with a week of orders for its first 40 SKUs.
func newTrust(t *testing.T, skus, per int) *trust {
	t.Helper()
	w := &trust{t: t, api: &stockAPI{skus: skus, per: per}}
	w.Collector, w.now = collector(t)
	srv := httptest.NewServer(w.api)
	t.Cleanup(srv.Close)
	w.feed = feedOf(t, strings.NewReplacer("URL", srv.URL, "PER", fmt.Sprint(per)).Replace(stockPagesYAML))
	root := &alert.Route{Name: "alerts", Receiver: alert.DefaultReceiver()}
	root.To, root.Lang, root.Wait = []alert.Contact{{Channel: "C1"}}, "en", 0
	n := notify.New(testShop(), root)
	w.Notifiers = []*notify.Notifier{n}
	w.watch = &Watch{DB: w.DB, Rules: report.Rules{Rules: aboutNumbers(), Fresh: report.Freshness{"orders": 1000 * time.Hour}}, Notify: n, Logger: w.Logger, Now: w.Now}
	w.orders(40)
	return w
}

// aboutNumbers are the rules but the one that tells of late data, which these
// tests make in plenty.
func aboutNumbers() analysis.Rules {
	rules := analysis.Defaults()
	rules.Off = map[analysis.Rule]bool{analysis.RuleNoData: true}
	return rules
}

// feedOf builds the one source of a declaration.
func feedOf(t *testing.T, yaml string) Feed {
	t.Helper()
	return feedsOf(t, yaml)[0]
}

// feedsOf builds the sources of a declaration.
func feedsOf(t *testing.T, yaml string) (all []Feed) {
	t.Helper()
	specs, err := source.ParseSpecs("s.yaml", []byte(yaml), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range specs {
		s, err := source.Build(spec, source.Deps{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Feed{Source: s, Shop: testShop(), Window: spec.Window})
	}
	return all
}

// orders stores a week in which each of the first n SKUs sold ten pieces a day.
func (w *trust) orders(n int) {
	w.t.Helper()
	b, t := market.NewBatch(market.OrderLines, 7*n), market.OrderLines
	for day := range 7 {
		for k := range n {
			at := w.now.Add(-time.Duration(day)*24*time.Hour - time.Hour).UnixMilli()
			i := b.Append()
			b.SetText(i, t.MustCol("order_id"), fmt.Sprintf("o%d-%d", day, k))
			b.SetText(i, t.MustCol("line_id"), "1")
			b.SetText(i, t.MustCol("sku"), fmt.Sprintf("s%05d", k))
			b.SetText(i, t.MustCol("channel"), "c")
			b.SetText(i, t.MustCol("status"), market.Paid)
			b.SetInt(i, t.MustCol("qty"), 10)
			b.SetInt(i, t.MustCol("paid"), 100_000)
			for _, col := range []string{"modified", "placed_at", "paid_at"} {
				b.SetInt(i, t.MustCol(col), at)
			}
		}
	}
	err := w.DB.Update(w.t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Rows: b, Snapshot: market.Snapshot{
			Source: "orders", Table: t.Name, Shop: "tmall", State: market.Complete, PulledAt: *w.now, Watermark: *w.now,
			Window: market.Window{Start: w.now.AddDate(0, 0, -7), End: *w.now},
		}})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// pull lets time go by, pulls once and looks at the shop.
func (w *trust) pull(after time.Duration) error {
	w.t.Helper()
	*w.now = w.now.Add(after)
	err := w.Collect(w.t.Context(), w.feed)
	if look := w.watch.Look(w.t.Context()); look != nil {
		w.t.Fatal(look)
	}
	return err
}

// steady pulls so often that what is usual is known.
func (w *trust) steady() {
	w.t.Helper()
	for range 4 {
		if err := w.pull(10 * time.Minute); err != nil {
			w.t.Fatal(err)
		}
	}
}

// roots are the first lines of the root messages that wait in the outbox.
func (w *trust) roots() (all []string) {
	w.t.Helper()
	err := w.DB.View(w.t.Context(), func(tx *storage.Tx) error {
		list, err := tx.Undone()
		for _, e := range list {
			if e.Act == chat.Post && e.RootKey == "" {
				all = append(all, e.Message.Text)
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// open are the SKUs whose alerts are open.
func (w *trust) open() (skus []string) {
	w.t.Helper()
	err := w.DB.View(w.t.Context(), func(tx *storage.Tx) error {
		list, err := tx.OpenAlerts("tmall")
		for _, a := range list {
			skus = append(skus, string(a.Latest.Subject.SKU))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return skus
}

// gap is what the status says is missing, by feed.
func (w *trust) gap() string {
	w.t.Helper()
	s, err := report.LoadStatus(w.t.Context(), w.DB, testShop(), *w.now, w.watch.Rules.Fresh)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, f := range s.Feeds {
		if f.Gap != nil {
			all = append(all, strings.Join(f.Gap.Details, "; "))
		}
	}
	return strings.Join(all, " | ")
}

// Half of a catalogue (pages lost, empty pages with HTTP 200, half a list that
// calls itself whole, an empty list) opens nothing and ends nothing, and what is
// missing is named: the pages, or SKUs.
func TestHalfTheCatalogue(t *testing.T) {
	skus, per := 2000, 100
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		skus, per = 50_000, 1000
	}
	half := skus / per / 2
	for name, c := range map[string]struct {
		spoil func(*stockAPI)
		says  string
	}{
		"pages lost": {func(s *stockAPI) { s.status = func(p int) int { return map[bool]int{true: 400, false: 200}[p > half] } }, fmt.Sprintf("pages %d to %d of %d are missing", half+1, 2*half, 2*half)},
		"the last page lost": {func(s *stockAPI) {
			s.status = func(p int) int { return map[bool]int{true: 404, false: 200}[p == 2*half] }
		}, fmt.Sprintf("page %d of %d is missing", 2*half, 2*half)},
		"empty pages":   {func(s *stockAPI) { s.empty = func(p int) bool { return p > half } }, fmt.Sprintf("pages %d to %d brought nothing", half+1, 2*half)},
		"half a list":   {func(s *stockAPI) { s.skus = skus / 2 }, fmt.Sprintf("missing: s%05d, s%05d", skus/2, skus/2+1)},
		"an empty list": {func(s *stockAPI) { s.skus = 0 }, "missing: s00000, s00001"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTrust(t, skus, per)
			w.steady()
			w.api.out = 1 // a true stock-out, before the data goes bad
			if err := w.pull(10 * time.Minute); err != nil {
				t.Fatal(err)
			}
			before := w.roots()
			if len(before) != 1 || len(w.open()) != 1 {
				t.Fatalf("%q, open %v", before, w.open())
			}
			c.spoil(w.api)
			for range 3 {
				if err := w.pull(10 * time.Minute); err == nil {
					t.Error("no word of the loss")
				}
			}
			if after, open := w.roots(), w.open(); len(after) != 1 || len(open) != 1 || open[0] != "s00000" {
				t.Errorf("%q, open %v", after, open)
			}
			if got := w.gap(); !strings.Contains(got, c.says) {
				t.Errorf("the gap says %q, want %q", got, c.says)
			}
		})
	}
}

// A true mass stock-out is found with the second pull and is one message, under
// which its alerts are gathered; the shelf that fills again ends it.
func TestMassStockOut(t *testing.T) {
	w := newTrust(t, 400, 100)
	w.steady()
	w.api.out = 400
	if err := w.pull(10 * time.Minute); err == nil || len(w.roots()) != 0 || len(w.open()) != 0 {
		t.Fatalf("the first pull: %v, %q, open %v", err, w.roots(), w.open())
	}
	if err := w.pull(5 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if roots := w.roots(); len(roots) != 1 || !strings.Contains(roots[0], "stock: 400 of 400 sold out at once") {
		t.Fatalf("%q", roots)
	}
	if open := w.open(); len(open) != 40 {
		t.Errorf("%d alerts are open, want one for each SKU that sells", len(open))
	}
	for range 6 {
		if err := w.pull(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if roots := w.roots(); len(roots) != 1 {
		t.Errorf("%q", roots)
	}
	files, last := w.thread()
	if files != 1 || !strings.Contains(last, "40 open of 40") {
		t.Errorf("%d files; the root now says %q", files, last)
	}
	w.api.out = 0
	for range 2 {
		if err := w.pull(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if _, last := w.thread(); len(w.open()) != 0 || len(w.roots()) != 1 || !strings.Contains(last, "resolved") {
		t.Errorf("open %v, %q, the root says %q", w.open(), w.roots(), last)
	}
}

// thread is how many files hang under roots and what the newest edit says.
func (w *trust) thread() (files int, last string) {
	w.t.Helper()
	err := w.DB.View(w.t.Context(), func(tx *storage.Tx) error {
		list, err := tx.Undone()
		for _, e := range list {
			if e.Message.File != nil {
				files++
			}
			if e.Act == chat.Update {
				last = plain(e)
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return files, last
}

// plain is the text of a message's bodies.
func plain(e outbox.Entry) string {
	var b strings.Builder
	for _, s := range e.Message.Sections {
		for _, l := range s.Body {
			for _, x := range l {
				b.WriteString(x.Text)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// A mass change that no alert follows from is told all the same, once, and its
// root does not stand in the way of what comes later.
func TestMassWithoutAlerts(t *testing.T) {
	w := newTrust(t, 400, 100)
	w.steady()
	w.api.out = 400
	w.watch.Rules.Off = map[analysis.Rule]bool{analysis.RuleStockOut: true}
	for range 20 {
		if err := w.pull(10 * time.Minute); err != nil && len(w.roots()) > 0 {
			t.Fatal(err)
		}
	}
	if roots := w.roots(); len(roots) != 1 || len(w.open()) != 0 {
		t.Fatalf("%q, open %v", roots, w.open())
	}
	w.watch.Rules.Off = nil
	if err := w.pull(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if roots := w.roots(); len(roots) != 2 || len(w.open()) != 40 {
		t.Errorf("%q, open %d", roots, len(w.open()))
	}
}
