package jobs

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

const offersYAML = `
sources:
- id: rivals
  shop: tmall
  fact: rival_offer
  driver: http
  allow_private: true
  request: {url: URL/x}
  records: '.data.offers[]'
  fields:
    rival: {jq: .shop}
    rival_item: {jq: .id, type: id}
    sku: {jq: .ours, type: id}
    match: {const: "9600"}
    title: {jq: .title}
    deal: {jq: .price.now, type: money, unit: major, currency: CNY}
    in_stock: {jq: .state, map: {on: "true", off: "false"}}
`

// offer is one offer as the upstream has it; a drift changes it.
func offer(i int) map[string]any {
	return map[string]any{
		"shop": "alpha", "id": 6_000_000_000_000_000_000 + int64(i), "ours": fmt.Sprintf("s%05d", i), "title": "面霜",
		"price": map[string]any{"now": "105.00"}, "state": "on",
	}
}

func price(o map[string]any) map[string]any { return o["price"].(map[string]any) }

func rename(from, to string) func(int, map[string]any) {
	return func(_ int, o map[string]any) { o[to] = o[from]; delete(o, from) }
}

func put(key string, v any) func(int, map[string]any) {
	return func(_ int, o map[string]any) { o[key] = v }
}

func priced(v any) func(int, map[string]any) {
	return func(_ int, o map[string]any) { price(o)["now"] = v }
}

// half does f to every other offer.
func half(f func(int, map[string]any)) func(int, map[string]any) {
	return func(i int, o map[string]any) {
		if i%2 == 0 {
			f(i, o)
		}
	}
}

// drifts are ways in which the shape of an answer has changed at upstreams: what
// is done to each offer, and the column and path that the one gap then names; a
// drift that changes no value names none.
var drifts = map[string]struct {
	change func(i int, o map[string]any)
	names  string
}{
	"price field renamed":       {func(_ int, o map[string]any) { price(o)["current"] = price(o)["now"]; delete(price(o), "now") }, "deal .price.now"},
	"price object renamed":      {rename("price", "prices"), "deal .price.now"},
	"price flattened":           {put("price", "105.00"), "deal .price.now"},
	"price in a list":           {func(_ int, o map[string]any) { o["price"] = []any{price(o)} }, "deal .price.now"},
	"price is null":             {priced(nil), "deal .price.now"},
	"price is empty":            {priced(""), "deal .price.now"},
	"price is a dash":           {priced("--"), "deal .price.now"},
	"price object is null":      {put("price", nil), "deal .price.now"},
	"price in fen as text":      {priced("10500.00"), "deal .price.now"},
	"price in fen as number":    {priced(json.Number("10500")), "deal .price.now"},
	"price a hundredth":         {priced("1.05"), "deal .price.now"},
	"price in words":            {priced("一百零五元"), "deal .price.now"},
	"price a range":             {priced("99.00-105.00"), "deal .price.now"},
	"price with a unit":         {priced("105.00 CNY"), "deal .price.now"},
	"price an object":           {priced(map[string]any{"amount": "105.00"}), "deal .price.now"},
	"price a truth":             {priced(true), "deal .price.now"},
	"price with three decimals": {priced("105.005"), "deal .price.now"},
	"price is NaN":              {priced("NaN"), "deal .price.now"},
	"price with a comma":        {priced("105,00"), "deal .price.now"},
	"price is masked":           {priced("1?5.00"), "deal .price.now"},
	"half the prices in fen":    {half(priced("10500.00")), ""},
	"half the prices null":      {half(priced(nil)), ""},
	"half the prices in words":  {half(priced("面议")), "deal .price.now"},
	"price as a number":         {priced(json.Number("105.0")), ""},
	"price with a sign":         {priced("¥105.00"), ""},
	"price with spaces":         {priced(" 105.00 "), ""},
	"id as text":                {func(_ int, o map[string]any) { o["id"] = fmt.Sprint(o["id"]) }, ""},
	"id as a float":             {func(i int, o map[string]any) { o["id"] = json.Number(fmt.Sprintf("6.0%02de18", i)) }, "rival_item .id"},
	"id renamed":                {rename("id", "item_id"), "rival_item .id"},
	"id is null":                {put("id", nil), "rival_item .id"},
	"shop renamed":              {rename("shop", "seller"), "rival .shop"},
	"our SKU renamed":           {rename("ours", "outer_id"), "sku .ours"},
	"a new word for the state":  {put("state", "presale"), "in_stock .state"},
	"state as a number":         {put("state", 1), "in_stock .state"},
	"state as a truth":          {put("state", true), "in_stock .state"},
	"a new field":               {put("badge", map[string]any{"text": "618"}), ""},
	"title gone":                {func(_ int, o map[string]any) { delete(o, "title") }, "title .title"},
}

// driftWorld is a shop whose rivals' prices come from an API.
func driftWorld(t *testing.T, change *func(int, map[string]any)) (*trust, *string) {
	t.Helper()
	list := "offers"
	w := &trust{t: t}
	w.Collector, w.now = collector(t)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		var all []map[string]any
		for i := range 40 {
			o := offer(i)
			o["price"] = maps.Clone(price(o))
			if *change != nil {
				(*change)(i, o)
			}
			all = append(all, o)
		}
		_ = json.NewEncoder(rw).Encode(map[string]any{"data": map[string]any{list: all}})
	}))
	t.Cleanup(srv.Close)
	w.feed = feedOf(t, strings.ReplaceAll(offersYAML, "URL", srv.URL))
	root := &alert.Route{Name: "alerts", Receiver: alert.DefaultReceiver()}
	root.To, root.Lang, root.Wait = []alert.Contact{{Channel: "C1"}}, "en", 0
	n := notify.New(testShop(), root)
	w.Notifiers = []*notify.Notifier{n}
	fresh := report.Freshness{"orders": 1000 * time.Hour, "own": 1000 * time.Hour}
	w.watch = &Watch{DB: w.DB, Rules: report.Rules{Rules: aboutNumbers(), Fresh: fresh}, Notify: n, Logger: w.Logger, Now: w.Now}
	w.orders(40)
	own := market.NewBatch(market.OwnPrices, 40)
	for i := range 40 {
		r := own.Append()
		own.SetText(r, 0, fmt.Sprintf("s%05d", i))
		own.SetText(r, 1, "c")
		own.SetInt(r, own.Table.MustCol("deal"), 100_00)
	}
	err := w.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Rows: own, Snapshot: market.Snapshot{
			Source: "own", Table: "own_price", Shop: "tmall", State: market.Complete, PulledAt: *w.now, Watermark: *w.now,
			Window: market.Window{Start: *w.now, End: *w.now},
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w, &list
}

// days pulls for two days, as the usual price of an offer needs.
func (w *trust) days() {
	w.t.Helper()
	for range 6 {
		if err := w.pull(8 * time.Hour); err != nil {
			w.t.Fatal(err)
		}
	}
}

// Whatever an upstream does to the shape of its answers: no false alert about a
// price, and one gap that names the column and where it is taken from.
func TestSchemaDrift(t *testing.T) {
	if len(drifts) < 30 {
		t.Fatalf("%d drifts", len(drifts))
	}
	for name, d := range drifts {
		t.Run(name, func(t *testing.T) {
			var change func(int, map[string]any)
			w, _ := driftWorld(t, &change)
			w.days()
			change = d.change
			for range 3 {
				if err := w.pull(10 * time.Minute); (err != nil) != (d.names != "") {
					t.Errorf("the pull says %v", err)
				}
			}
			if open := w.open(); len(open) != 0 || len(w.roots()) != 0 {
				t.Errorf("open %v, said %q", open, w.roots())
			}
			gap := w.gap()
			for word := range strings.FieldsSeq(d.names) {
				if !strings.Contains(gap, word) {
					t.Errorf("the gap %q does not name %s", gap, word)
				}
			}
			if strings.Contains(gap, " | ") || d.names == "" && gap != "" {
				t.Errorf("gaps %q", gap)
			}
		})
	}
	// The same shop hears of a true cut, so that silence means something.
	var change func(int, map[string]any)
	w, list := driftWorld(t, &change)
	w.days()
	change = func(i int, o map[string]any) {
		if i < 3 {
			price(o)["now"] = "80.00"
		}
	}
	if err := w.pull(10 * time.Minute); err != nil || len(w.open()) != 3 {
		t.Errorf("%v: open %v after a true cut", err, w.open())
	}
	// The list itself renamed: nothing ends because of it.
	*list = "items"
	for range 3 {
		if err := w.pull(10 * time.Minute); err == nil {
			t.Error("no word of the list that is gone")
		}
	}
	if open := w.open(); len(open) != 3 {
		t.Errorf("open %v after the list was renamed", open)
	}
}
