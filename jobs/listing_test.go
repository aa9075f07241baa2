package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// hall is a shop with a bulk listing that a test changes, read into a real store.
type hall struct {
	t     *testing.T
	now   time.Time
	items []goods
	down  map[int]bool // pages that fail
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
	h.trusted = nil
}

// ServeHTTP serves the listing.
func (h *hall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if h.down[page] {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var rows []string
	for i := (page - 1) * 20; i < min(page*20, len(h.items)); i++ {
		g := h.items[i]
		rows = append(rows, fmt.Sprintf(`{"sku":"S%d","price":%d,"rival":%d,"stock":%d,"units":%d,"gmv":%d}`, i, g.price, g.rival, g.stock, g.units, g.units*g.price))
	}
	fmt.Fprintf(w, `{"total":%d,"rows":[%s]}`, len(h.items), strings.Join(rows, ","))
}

// collect reads the listing an hour later.
func (h *hall) collect() error {
	h.now = h.now.Add(time.Hour)
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

// Half a catalogue out of stock at once is doubted; the second reading decides.
func TestListingDoubts(t *testing.T) {
	for name, confirmed := range map[string]bool{"a slip": false, "the truth": true} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t, 200)
			for range 3 {
				h.mustCollect()
			}
			for i := range 100 {
				h.items[i].stock = 0
			}
			h.mustCollect()
			h.wantAlerts()
			if _, slot := h.Series.Panel("hall").Now(); slot.State != market.Suspect {
				t.Errorf("the slot is %s", slot.State)
			}
			if !confirmed {
				for i := range 100 {
					h.items[i].stock = 50
				}
			}
			h.mustCollect()
			alerts, posts := h.said()
			if told := len(posts) > 0 && len(posts) <= h.Notify.Storm.Roots; confirmed != told || !confirmed && len(alerts)+len(posts) > 0 {
				t.Errorf("%d alerts, posts %q", len(alerts), posts)
			}
		})
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
