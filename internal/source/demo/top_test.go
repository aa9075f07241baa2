package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// answer is what a client decodes, numbers untouched.
type answer struct {
	Total   *int                         `json:"total_results"`
	HasNext *bool                        `json:"has_next"`
	Trades  map[string][]json.RawMessage `json:"trades"`
	Refunds map[string][]json.RawMessage `json:"refunds"`
	Rates   map[string][]json.RawMessage `json:"trade_rates"`
	Items   map[string][]json.RawMessage `json:"items"`
	SKUs    map[string][]json.RawMessage `json:"skus"`
	ID      string                       `json:"request_id"`
}

func ask(t testing.TB, m *Mall, form url.Values) answer {
	t.Helper()
	body := post(t, m.Handler(), m, form)
	var all map[string]answer
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	a, ok := all[responseKey(form.Get("method"))]
	if !ok || a.ID == "" {
		t.Fatalf("no response object: %s", body[:min(len(body), 400)])
	}
	return a
}

func sold(m *Mall, from, to second, more ...string) url.Values {
	form := url.Values{
		"method": {"taobao.trades.sold.increment.get"}, "fields": {"tid,modified,type"},
		"start_modified": {m.time(from).Format(topTime)}, "end_modified": {m.time(to).Format(topTime)},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

const allTypes = "guarantee_trade,auto_delivery,ec,cod,step,super_market_trade"

func TestIncrementPages(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 300}, 0)
	now := m.now()
	lo, hi := now-daySecs, now
	count := ask(t, m, sold(m, lo, hi, "type", allTypes, "fields", "tid"))
	if count.Total == nil || count.HasNext != nil || *count.Total < 300 {
		t.Fatalf("the counting call says %+v", count)
	}
	pages := (*count.Total + 49) / 50
	seen := map[int64]bool{}
	newest := ""
	for page := pages; page >= 1; page-- {
		a := ask(t, m, sold(m, lo, hi, "type", allTypes, "page_no", strconv.Itoa(page), "page_size", "50", "use_has_next", "true"))
		if a.Total != nil || a.HasNext == nil || *a.HasNext != (page < pages) {
			t.Fatalf("page %d of %d: total %v, has_next %v", page, pages, a.Total, a.HasNext)
		}
		list := a.Trades["trade"]
		slices.Reverse(list)
		for _, raw := range list {
			var tr struct {
				TID      int64 `json:"tid"`
				Modified string
			}
			if err := json.Unmarshal(raw, &tr); err != nil {
				t.Fatal(err)
			}
			if tr.Modified < newest {
				t.Fatalf("%s stands before %s", newest, tr.Modified)
			}
			newest = tr.Modified
			if seen[tr.TID] || tr.TID < 1e18 {
				t.Fatalf("trade %d twice, or no 19-digit id", tr.TID)
			}
			seen[tr.TID] = true
		}
	}
	if len(seen) != *count.Total {
		t.Errorf("%d trades on %d pages, total %d", len(seen), pages, *count.Total)
	}
	if newest >= m.time(hi).Format(topTime) {
		t.Errorf("a change at %s is not inside the window", newest)
	}
	past := ask(t, m, sold(m, lo, hi, "type", allTypes, "page_no", strconv.Itoa(pages+1), "page_size", "50"))
	if past.Trades != nil {
		t.Error("an empty page must not have a list")
	}
}

func TestDefaultTypesLeaveOutSupermarket(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 300}, 0)
	lo, hi := m.now()-daySecs, m.now()
	def := ask(t, m, sold(m, lo, hi, "page_size", "100"))
	for _, raw := range def.Trades["trade"] {
		if strings.Contains(string(raw), "super_market") {
			t.Fatalf("%s came unasked", raw)
		}
	}
	only := ask(t, m, sold(m, lo, hi, "type", "super_market_trade"))
	every := ask(t, m, sold(m, lo, hi, "type", allTypes))
	if *only.Total == 0 || *def.Total+*only.Total != *every.Total {
		t.Errorf("%d by default + %d supermarket = %d?", *def.Total, *only.Total, *every.Total)
	}
}

// TestDrift: a trade that changes leaves its place and shows its new state.
func TestDrift(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, zone)
	m, err := New(Options{Seed: 1, SKUs: 300, Orders: 300, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	form := sold(m, m.now()-3600, m.now(), "type", allTypes)
	before := *ask(t, m, form).Total
	now = now.Add(6 * time.Hour)
	after := *ask(t, m, form).Total
	if after >= before {
		t.Errorf("%d trades last changed in the hour, and %d when asked six hours later", before, after)
	}
}

func TestTOPErrors(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 100, Orders: 50}, 0)
	now := m.now()
	good := sold(m, now-3600, now)
	with := func(form url.Values, kv ...string) url.Values {
		out := url.Values{}
		maps.Copy(out, form)
		for i := 0; i+1 < len(kv); i += 2 {
			if kv[i+1] == "" {
				out.Del(kv[i])
			} else {
				out.Set(kv[i], kv[i+1])
			}
		}
		return out
	}
	sealed := func(kv ...string) url.Values { return with(m.seal(good, "md5"), kv...) }
	resealed := func(kv ...string) url.Values {
		f := with(m.seal(good, "md5"), kv...)
		f.Set("sign", sign(m.opt.Secret, "md5", f, false))
		return f
	}
	late := m.opt.Now().In(zone).Add(-11 * time.Minute).Format(topTime)
	for _, c := range []struct {
		name string
		form url.Values
		code int
	}{
		{"no method", sealed("method", ""), 21},
		{"unknown method", sealed("method", "taobao.trade.delete"), 22},
		{"xml", sealed("format", "xml"), 23},
		{"no signature", sealed("sign", ""), 24},
		{"wrong signature", sealed("sign", strings.Repeat("0", 32)), 25},
		{"changed after signing", sealed("page_no", "2"), 25},
		{"no session", resealed("session", ""), 26},
		{"wrong session", resealed("session", "other"), 27},
		{"no app key", sealed("app_key", ""), 28},
		{"wrong app key", sealed("app_key", "1"), 29},
		{"no timestamp", sealed("timestamp", ""), 30},
		{"old timestamp", resealed("timestamp", late), 31},
		{"no version", sealed("v", ""), 32},
		{"no fields", m.seal(with(good, "fields", ""), "md5"), 40},
		{"no end", m.seal(with(good, "end_modified", ""), "md5"), 40},
		{"bad time", m.seal(with(good, "end_modified", "2026-11-22"), "md5"), 41},
		{"two days", m.seal(with(good, "start_modified", m.time(now-2*daySecs).Format(topTime)), "md5"), 41},
		{"backwards", m.seal(with(good, "end_modified", m.time(now-7200).Format(topTime)), "md5"), 41},
		{"huge pages", m.seal(with(good, "page_size", "101"), "md5"), 41},
		{"ancient", m.seal(with(good, "start_modified", "2026-01-01 00:00:00", "end_modified", "2026-01-01 01:00:00"), "md5"), 41},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got struct {
				Error struct {
					Code int
					Msg  string
					ID   string `json:"request_id"`
				} `json:"error_response"`
			}
			if err := json.Unmarshal([]byte(postRaw(t, m, c.form)), &got); err != nil {
				t.Fatal(err)
			}
			if got.Error.Code != c.code || got.Error.Msg == "" || got.Error.ID == "" {
				t.Errorf("%+v, want code %d", got.Error, c.code)
			}
		})
	}
	if ask(t, m, good).Total == nil {
		t.Error("the good form is refused")
	}
}

// TestServiceDown: at a planned time the order interface is not available.
func TestServiceDown(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 100, Orders: 50}, 50*time.Hour) // 11-24 09:50
	body := post(t, m.Handler(), m, sold(m, m.now()-3600, m.now()))
	if !strings.Contains(body, "isp.top-remote-service-unavailable") || !strings.Contains(body, `"code":15`) {
		t.Errorf("answer %s", body)
	}
}

// TestFieldsOfReference compares every field and parameter with the platform's
// machine-readable reference.
func TestFieldsOfReference(t *testing.T) {
	dir := testData(t, "taobao-api")
	for _, c := range []struct {
		file, list string
		fields     []string
		params     []string
	}{
		{"taobao_trades_sold_increment_get", "trades", without(fieldNames(tradeFields)), []string{"fields", "start_modified", "end_modified", "type", "page_no", "page_size", "use_has_next"}},
		{"taobao_trades_sold_get", "trades", []string{"trade_from", "tid", "orders"}, []string{"start_created", "end_created", "type", "page_no", "page_size", "use_has_next"}},
		{"taobao_trades_sold_increment_get", "orders", fieldNames(lineFields), nil},
		{"taobao_refunds_receive_get", "refunds", fieldNames(refundFields), []string{"fields", "status", "type", "start_modified", "end_modified", "page_no", "page_size", "use_has_next"}},
		{"taobao_traderates_get", "trade_rates", fieldNames(rateFields), []string{"fields", "rate_type", "role", "result", "start_date", "end_date", "page_no", "page_size", "use_has_next"}},
		{"taobao_items_onsale_get", "items", fieldNames(itemFields), []string{"fields", "page_no", "page_size"}},
		{"taobao_items_inventory_get", "items", without(fieldNames(itemFields), "sold_quantity"), []string{"fields", "banner", "page_no", "page_size"}},
		{"taobao_item_skus_get", "skus", fieldNames(skuFields), []string{"fields", "num_iids"}},
	} {
		params, members := reference(t, filepath.Join(dir, c.file+".json"))
		for _, p := range c.params {
			if !slices.Contains(params, p) {
				t.Errorf("%s has no parameter %s", c.file, p)
			}
		}
		for _, f := range c.fields {
			if !slices.Contains(members[c.list], f) {
				t.Errorf("%s: %s has no field %s", c.file, c.list, f)
			}
		}
	}
}

func without(names []string, not ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(not, n) })
}

// reference reads the parameters of a method and the members of its objects.
func reference(t *testing.T, path string) (params []string, members map[string][]string) {
	t.Helper()
	type node struct {
		Name      string
		SubParams []node
	}
	var doc struct{ RequestParams, ResponseParams []node }
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.RequestParams {
		params = append(params, p.Name)
	}
	members = map[string][]string{}
	var walk func(n node)
	walk = func(n node) {
		for _, s := range n.SubParams {
			members[n.Name] = append(members[n.Name], s.Name)
			walk(s)
		}
	}
	for _, n := range doc.ResponseParams {
		walk(n)
	}
	return params, members
}

// testData finds a folder of the test data or skips.
func testData(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SHOPWATCH_TEST_DATA")
	for up := "."; dir == ""; up = filepath.Join(up, "..") {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			dir = filepath.Join(up, "..", "shared", "data")
		} else if len(up) > 60 {
			break
		}
	}
	dir = filepath.Join(dir, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the test data folder %s is not here; set SHOPWATCH_TEST_DATA", name)
	}
	return dir
}

// The golden is rewritten with UPDATE=1.
func TestOrderPageGolden(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 300}, 0)
	got := post(t, m.Handler(), m, sold(m, m.now()-1800, m.now(), "type", allTypes, "page_size", "2", "fields", strings.Join(fieldNames(tradeFields), ",")))
	path := filepath.Join("testdata", "order_page.json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := len(got); n < 1000 || n > 4000 {
		t.Errorf("the page has %d bytes", n)
	}
}

// TestAmountsAddUp: a trade's payment is its lines' shares and postage, and a
// trade of one line carries the payment on the line.
func TestAmountsAddUp(t *testing.T) {
	m := mall(t, Options{Seed: 6, SKUs: 300, Orders: 500}, 0)
	a := ask(t, m, sold(m, m.now()-daySecs, m.now(), "type", allTypes, "page_size", "100", "fields", "tid,payment,post_fee,discount_fee,num,orders"))
	multi := 0
	for _, raw := range a.Trades["trade"] {
		var tr struct {
			Payment string
			PostFee string `json:"post_fee"`
			Orders  map[string][]map[string]any
		}
		if err := json.Unmarshal(raw, &tr); err != nil {
			t.Fatal(err)
		}
		lines := tr.Orders["order"]
		sum := fen(t, tr.PostFee)
		for _, l := range lines {
			sum += fen(t, l["divide_order_fee"].(string))
		}
		if sum != fen(t, tr.Payment) {
			t.Fatalf("lines and postage sum to %d: %s", sum, raw)
		}
		if len(lines) == 1 && lines[0]["payment"] != tr.Payment {
			t.Fatalf("a single line pays %v: %s", lines[0]["payment"], raw)
		}
		if len(lines) > 1 {
			multi++
		}
	}
	if multi == 0 {
		t.Error("no order has two lines")
	}
}

func fen(t *testing.T, yuan string) int64 {
	t.Helper()
	whole, frac, ok := strings.Cut(yuan, ".")
	if !ok || len(frac) != 2 {
		t.Fatalf("%q is not yuan with two decimals", yuan)
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOtherMethods(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 400}, 0)
	now := m.now()
	start, end := m.time(now-20*daySecs).Format(topTime), m.time(now).Format(topTime)
	refunds := ask(t, m, url.Values{"method": {"taobao.refunds.receive.get"}, "fields": {"refund_id,tid,oid,refund_fee,status,modified,reason"}, "type": {allTypes}, "start_modified": {start}, "end_modified": {end}})
	if *refunds.Total < 100 || len(refunds.Refunds["refund"]) != 40 {
		t.Errorf("refunds: total %d, %d on the page", *refunds.Total, len(refunds.Refunds["refund"]))
	}
	rates := ask(t, m, url.Values{"method": {"taobao.traderates.get"}, "fields": {"tid,oid,result,content,created"}, "rate_type": {"get"}, "role": {"buyer"}, "start_date": {start}, "end_date": {end}, "page_size": {"150"}, "page_no": {"10"}})
	if *rates.Total <= rateCeiling || len(rates.Rates["trade_rate"]) != 150 {
		t.Errorf("reviews: total %d, %d on page 10", *rates.Total, len(rates.Rates["trade_rate"]))
	}
	beyond := ask(t, m, url.Values{"method": {"taobao.traderates.get"}, "fields": {"tid"}, "rate_type": {"get"}, "role": {"buyer"}, "start_date": {start}, "end_date": {end}, "page_size": {"150"}, "page_no": {"11"}})
	if beyond.Rates != nil {
		t.Error("more than 1,500 reviews of one slice")
	}
	items := ask(t, m, url.Values{"method": {"taobao.items.onsale.get"}, "fields": {strings.Join(fieldNames(itemFields), ",")}, "page_size": {"200"}})
	if len(items.Items["item"]) == 0 || *items.Total > 300 {
		t.Fatalf("items: total %d", *items.Total)
	}
	var item struct {
		ID int64 `json:"num_iid"`
	}
	if err := json.Unmarshal(items.Items["item"][0], &item); err != nil {
		t.Fatal(err)
	}
	skus := ask(t, m, url.Values{"method": {"taobao.item.skus.get"}, "fields": {strings.Join(fieldNames(skuFields), ",")}, "num_iids": {fmt.Sprint(item.ID)}})
	if n := len(skus.SKUs["sku"]); n < 1 || n > 3 {
		t.Errorf("%d skus of item %d", n, item.ID)
	}
	created := ask(t, m, url.Values{"method": {"taobao.trades.sold.get"}, "fields": {"tid,created,trade_from"}, "start_created": {m.time(now - daySecs).Format(topTime)}, "end_created": {end}})
	if *created.Total < 200 || !strings.Contains(string(created.Trades["trade"][0]), "trade_from") {
		t.Errorf("sold: total %d, first %s", *created.Total, created.Trades["trade"][0])
	}
}
