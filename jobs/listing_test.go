package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// goods is one item of the hall's listing; nil members are not said.
type goods struct{ price, rival, stock, units int }

// window is what the listing shows while it is read. A page that was asked for ahead
// and given up may still be served when the test goes on.
type window struct {
	items []goods
	down  map[int]bool
}

// hall is a shop with a bulk listing that a test changes, read into a real store.
type hall struct {
	t     *testing.T
	now   time.Time
	items []goods
	down  map[int]bool // pages that fail
	shown atomic.Pointer[window]
	db    *storage.DB
	*Listing
}

const hallYAML = `
sources:
- id: hall
  shop: hall
  fact: panel
  driver: http
  allow_private: true
  request: {url: "URL"}
  page: {type: number, param: page, size: {value: 20}, total: .total}
  bulk: {items: .rows, parallel: 2}
  errors: [{when: {status: 404}, do: fatal}]
  fields:
    sku: {key: sku}
    channel: {const: tmall}
    price: {key: price, unit: minor, currency: CNY}
    rival_price: {key: rival, unit: minor, currency: CNY}
    stock: {key: stock}
    units: {key: units}
    gmv: {key: gmv, unit: minor, currency: CNY}
`

// newHall opens a shop of n items that all sell.
func newHall(t *testing.T, n int) *hall {
	t.Helper()
	h := &hall{t: t, now: time.Date(2026, 11, 20, 9, 5, 0, 0, time.UTC), down: map[int]bool{}}
	for range n {
		h.items = append(h.items, goods{price: 10000, rival: 9900, stock: 50, units: 3})
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	specs, err := source.ParseSpecs("hall.yaml", []byte(strings.ReplaceAll(hallYAML, "URL", srv.URL)), nil)
	if err != nil {
		t.Fatal(err)
	}
	bulk, err := source.BuildBulk(specs[0], source.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "hall.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if h.db, err = storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	label := func(id string) market.Label { return market.Label{ID: id, Name: market.Name{Zh: id, En: id}} }
	h.Listing = &Listing{
		DB: h.db, Source: bulk, Rules: analysis.Defaults(), Catalogue: analysis.DefaultCatalogueRule(),
		Shop:    &market.Shop{ID: "hall", Name: market.Name{Zh: "hall", En: "hall"}, Currency: "CNY", Zone: time.UTC, Channels: []market.Label{label("tmall")}},
		Answers: []analysis.Rule{analysis.RuleStockOut, analysis.RuleRivalMove},
		Logger:  slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	}
	told := alert.DefaultReceiver()
	told.To, told.Lang, told.Wait = []alert.Contact{{Channel: "C1"}}, "en", 0
	h.Notify = notify.New(h.Shop, &alert.Route{Name: "alerts", Receiver: told})
	h.open()
	return h
}

// open reads the panels from the store, as a start of the program does.
func (h *hall) open() {
	h.t.Helper()
	var err error
	if h.Series, err = series.Open(h.t.Context(), h.db, series.Options{}); err != nil {
		h.t.Fatal(err)
	}
	h.trusted = shelved{}
}

// ServeHTTP serves the listing.
func (h *hall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	shown := h.shown.Load()
	if shown.down[page] {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var rows []string
	for i := (page - 1) * 20; i < min(page*20, len(shown.items)); i++ {
		g := shown.items[i]
		rows = append(rows, fmt.Sprintf(`{"sku":"S%d","price":%d,"rival":%d,"stock":%d,"units":%d,"gmv":%d}`, i, g.price, g.rival, g.stock, g.units, g.units*g.price))
	}
	fmt.Fprintf(w, `{"total":%d,"rows":[%s]}`, len(shown.items), strings.Join(rows, ","))
}

// collect reads the listing an hour later.
func (h *hall) collect() error { return h.collectAfter(time.Hour) }

func (h *hall) collectAfter(d time.Duration) error {
	h.now = h.now.Add(d)
	h.shown.Store(&window{slices.Clone(h.items), maps.Clone(h.down)})
	return h.Collect(h.t.Context())
}

func (h *hall) mustCollect() {
	h.t.Helper()
	if err := h.collect(); err != nil {
		h.t.Fatal(err)
	}
}

// alerts are all alerts with their state, and what waits to be sent about them.
func (h *hall) said() (alerts, posts []string) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Alerts("hall", market.Window{End: h.now.Add(time.Hour)})
		if err != nil {
			return err
		}
		for _, a := range all {
			alerts = append(alerts, fmt.Sprintf("%s %s %s", a.Rule, a.Latest.Subject.SKU, a.State))
		}
		undone, err := tx.Undone()
		for _, e := range undone {
			posts = append(posts, fmt.Sprintf("%s %s", e.Act, e.Message.Text))
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(alerts)
	return alerts, posts
}

func (h *hall) wantAlerts(want ...string) {
	h.t.Helper()
	got, posts := h.said()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("alerts: %s\nposts %q", diff, posts)
	}
}

// slot is the newest slot of the panel and one series of it.
func (h *hall) value(col series.Column, sku string) (int64, bool) {
	h.t.Helper()
	p := h.Series.Panel("hall")
	c, _ := p.Now()
	id, ok := p.Find(market.SKU(sku), "tmall")
	if !ok {
		h.t.Fatalf("no series %s", sku)
	}
	return c.Value(col, id)
}

// An item sells out and a rival undercuts another: both are told with the slot
// that shows it, once, and the first ends when it is restocked.
func TestListingTells(t *testing.T) {
	h := newHall(t, 60)
	for range 26 {
		h.mustCollect()
	}
	h.wantAlerts()
	h.items[3].stock, h.items[3].units = 0, 1
	h.items[7].rival = 8000
	h.items[9].price = 11000 // ours went up: that is for people to know, not to be alarmed of
	h.mustCollect()
	h.wantAlerts("rival_move S7 firing", "stock_out S3 firing")
	_, posts := h.said()
	if len(posts) != 2 || !strings.Contains(strings.Join(posts, " "), "S3") {
		t.Errorf("posts %q", posts)
	}
	if v, ok := h.value(series.Stock, "S3"); !ok || v != 0 {
		t.Errorf("the panel says %d, %v", v, ok)
	}
	h.items[9].rival = 9500
	h.mustCollect() // nothing new: nothing is said twice
	_, again := h.said()
	again = slices.DeleteFunc(again, func(p string) bool { return strings.HasPrefix(p, "update ") }) // roots are brought up to date
	if len(again) != 2 {
		t.Errorf("posts %q", again)
	}
	if _, posts := h.said(); !strings.Contains(posts[0], "11/21 12:05") {
		t.Errorf("it is out since the first time it was seen so: %q", posts)
	}
	h.open() // a restart forgets nothing
	h.items[3].stock = 40
	h.mustCollect()
	h.wantAlerts("rival_move S7 firing", "stock_out S3 resolved")
}

// A page that fails neither opens nor ends anything: its items keep their
// readings, marked stale, and their sales are not known.
func TestListingPartial(t *testing.T) {
	h := newHall(t, 60)
	for range 26 {
		h.mustCollect()
	}
	h.items[25].stock = 0
	h.mustCollect()
	h.wantAlerts("stock_out S25 firing")
	h.items[25].stock, h.items[26].stock, h.items[5].stock = 50, 0, 0
	h.down[2] = true
	if err := h.collect(); err == nil {
		t.Error("a listing without its second page is said to be whole")
	}
	h.wantAlerts("stock_out S25 firing")
	if v, ok := h.value(series.Price, "S26"); !ok || v != 10000 {
		t.Errorf("the price of a missing item is %d, %v", v, ok)
	}
	if _, ok := h.value(series.Units, "S26"); ok {
		t.Error("the sales of a missing item are known")
	}
	c, slot := h.Series.Panel("hall").Now()
	id, _ := h.Series.Panel("hall").Find("S26", "tmall")
	if slot.State != market.Partial || !c.Stale().Get(int(id)) {
		t.Errorf("slot %+v", slot)
	}
	delete(h.down, 2)
	h.mustCollect() // what happened meanwhile is told now
	h.wantAlerts("stock_out S25 resolved", "stock_out S26 firing", "stock_out S5 firing")
}

// After a restart behind two listings that were not whole there is nothing to
// compare with: what is open stays open, and ends when it is seen to be over.
func TestListingNothingWhole(t *testing.T) {
	h := newHall(t, 60)
	for range 26 {
		h.mustCollect()
	}
	h.items[25].stock = 0
	h.mustCollect()
	h.wantAlerts("stock_out S25 firing")
	h.down[1] = true
	for range 2 {
		if err := h.collect(); err == nil {
			t.Error("a listing without its first page is said to be whole")
		}
	}
	delete(h.down, 1)
	h.open()
	h.mustCollect()
	h.wantAlerts("stock_out S25 firing")
	h.items[25].stock = 50
	h.mustCollect()
	h.wantAlerts("stock_out S25 resolved")
}

// newest is the newest slot of the panel.
func (h *hall) newest() series.Slot {
	_, slot := h.Series.Panel("hall").Now()
	return slot
}

// doubted reads the listing after a while and wants it kept out of the panel,
// with a reason that the run and the feed give. soon says that the job comes
// again in a few minutes.
func (h *hall) doubted(after time.Duration, soon bool, says string) {
	h.t.Helper()
	before := h.newest()
	open, posts := h.said()
	err := h.collectAfter(after)
	if err == nil || !strings.Contains(err.Error(), says) || errors.Is(err, ErrLater) != soon {
		h.t.Fatalf("%v; want %q, soon %v", err, says, soon)
	}
	if got := h.newest(); got != before {
		h.t.Errorf("the panel has gone on to %+v", got)
	}
	alerts, more := h.said()
	if diff := cmp.Diff(open, alerts) + cmp.Diff(posts, more); diff != "" {
		h.t.Errorf("a doubtful listing has moved alerts: %s", diff)
	}
	err = h.db.View(h.t.Context(), func(tx *storage.Tx) error {
		feeds, err := tx.Feeds("hall")
		if after < 0 {
			return err // the feed stands as of the pull that is the newest by its time
		}
		if len(feeds) != 1 || feeds[0].Last.State != market.Suspect || !strings.Contains(strings.Join(feeds[0].Last.Manifest.Reasons, " "), says) {
			h.t.Errorf("feeds %+v", feeds)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// Everything is out of stock at once. The panel and its alerts stay as they are,
// also over a restart, until a second listing agrees; it is told as one message,
// which takes the alerts.
func TestListingSoldOut(t *testing.T) {
	h := newHall(t, 200)
	for range 26 {
		h.mustCollect()
	}
	h.items[7].stock = 0
	h.mustCollect()
	h.wantAlerts("stock_out S7 firing")
	for i := range h.items {
		h.items[i].stock = 0
	}
	const says = "199 of 200 rows are sold out at once; among them: S0, S1, S2, S3, S4"
	h.doubted(time.Hour, true, says)
	h.open()
	h.doubted(4*time.Minute, true, says)
	if v, ok := h.value(series.Stock, "S3"); !ok || v != 50 {
		t.Errorf("the panel says %d, %v", v, ok)
	}
	if err := h.collectAfter(time.Minute); err != nil {
		t.Fatal(err)
	}
	if v, ok := h.value(series.Stock, "S3"); !ok || v != 0 {
		t.Errorf("the panel says %d, %v", v, ok)
	}
	alerts, posts := h.said()
	posts = slices.DeleteFunc(posts, func(p string) bool { return strings.Contains(p, "S7") || strings.HasPrefix(p, "update ") })
	if len(alerts) != 200 || len(posts) != 1 || !strings.Contains(posts[0], "199 of 200") {
		t.Errorf("%d alerts, posts %q", len(alerts), posts)
	}
	h.mustCollect() // it is not told again, and nothing is doubted any more
	if _, again := h.said(); strings.Count(strings.Join(again, "\n"), "post ■ critical stock: 199 of 200") != 1 {
		t.Errorf("posts %q", again)
	}
}

// A slip of one listing leaves nothing behind, and is no witness for one that
// comes much later.
func TestListingSlip(t *testing.T) {
	h := newHall(t, 200)
	for range 3 {
		h.mustCollect()
	}
	sell := func(stock int) {
		for i := range 100 {
			h.items[i].stock = stock
		}
	}
	sell(0)
	h.doubted(time.Hour, true, "100 of 200 rows")
	sell(50)
	h.mustCollect()
	h.wantAlerts()
	if got := h.newest(); got.State != market.Complete || !got.At.Equal(h.now.Truncate(time.Hour)) {
		t.Errorf("slot %+v", got)
	}
	sell(0)
	h.doubted(time.Hour, true, "100 of 200 rows")
}

// Prices in another unit are kept out for as long as a source's own pulls would
// be: a second listing of the same upstream has the same fault.
func TestListingUnits(t *testing.T) {
	for name, c := range map[string]struct {
		move func(int) int
		says string
	}{
		"a hundredfold": {func(p int) int { return p * 100 }, "price (own_price) moved by a factor of about 100 in 60 rows"},
		"a hundredth":   {func(p int) int { return p / 100 }, "price (own_price) moved by a factor of about 1/100 in 60 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t, 60)
			for range 3 {
				h.mustCollect()
			}
			for i := range h.items {
				h.items[i].price = c.move(h.items[i].price)
			}
			h.doubted(time.Hour, false, c.says)
			h.doubted(time.Hour, false, c.says)
			if v, ok := h.value(series.Price, "S1"); !ok || v != 10000 {
				t.Errorf("the panel says %d, %v", v, ok)
			}
			if err := h.collectAfter(23 * time.Hour); err != nil {
				t.Fatalf("a day of listings that agree: %v", err)
			}
			if v, ok := h.value(series.Price, "S1"); !ok || v != int64(c.move(10000)) {
				t.Errorf("the panel says %d, %v", v, ok)
			}
		})
	}
}

// A listing of an hour that lies before the newest, as of a clock that was set
// back, corrects nothing.
func TestListingOlder(t *testing.T) {
	h := newHall(t, 60)
	for range 3 {
		h.mustCollect()
	}
	h.doubted(-2*time.Hour, false, "older than that of a pull before")
	h.now = h.now.Add(2 * time.Hour)
	h.mustCollect()
}

// A change that is no trouble, as a fifth of the shelf back in stock, is believed
// the second time and told by nobody.
func TestListingRestocked(t *testing.T) {
	h := newHall(t, 200)
	for i := range 60 {
		h.items[i].stock = 0
	}
	h.mustCollect()
	for i := range 60 {
		h.items[i].stock = 50
	}
	h.doubted(time.Hour, true, "60 of 200 rows are changed at once")
	h.mustCollect()
	if _, posts := h.said(); len(posts) != 0 {
		t.Errorf("posts %q", posts)
	}
}

// A page that fails after a doubt changes nothing about it, and is not judged.
func TestListingPartialAfterDoubt(t *testing.T) {
	h := newHall(t, 200)
	for range 3 {
		h.mustCollect()
	}
	for i := range h.items {
		h.items[i].stock = 0
	}
	h.doubted(time.Hour, true, "200 of 200 rows")
	h.down[2] = true
	if err := h.collect(); err == nil || errors.Is(err, ErrLater) {
		t.Errorf("%v", err)
	}
	if got := h.newest(); got.State != market.Partial {
		t.Errorf("slot %+v", got)
	}
	h.wantAlerts()
	delete(h.down, 2)
	h.mustCollect()
	if v, ok := h.value(series.Stock, "S30"); !ok || v != 0 {
		t.Errorf("the panel says %d, %v", v, ok)
	}
}

// Nothing is stored when nothing came, except that it failed.
func TestListingFails(t *testing.T) {
	h := newHall(t, 60)
	h.down[1] = true
	if err := h.collect(); err == nil || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
	if p := h.Series.Panel("hall"); p != nil {
		t.Error("there is a panel")
	}
	err := h.db.View(context.Background(), func(tx *storage.Tx) error {
		feeds, err := tx.Feeds("hall")
		if len(feeds) != 1 || feeds[0].Last.State != market.Failed {
			t.Errorf("feeds %+v", feeds)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// New items get rows of their own, and items that are gone are not known.
func TestListingGrows(t *testing.T) {
	h := newHall(t, 30)
	h.mustCollect()
	h.items = append(h.items, make([]goods, 3000)...)
	for i := range h.items[30:] {
		h.items[30+i] = goods{price: i + 1, stock: 1}
	}
	h.mustCollect()
	if v, ok := h.value(series.Price, "S3029"); !ok || v != 3000 {
		t.Errorf("S3029 costs %d, %v", v, ok)
	}
	h.items = h.items[:10]
	h.mustCollect()
	if _, ok := h.value(series.Price, "S11"); ok {
		t.Error("the price of an item that is gone is known")
	}
	if v, ok := h.value(series.Price, "S5"); !ok || v != 10000 {
		t.Errorf("S5 costs %d, %v", v, ok)
	}
}
