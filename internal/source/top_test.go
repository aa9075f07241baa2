package source

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// topYAML is the order source of a Taobao shop against a server at URL.
const topYAML = `
limits:
  top_app: {rate: 1000/s, burst: 100}
sources:
- id: tmall_trades
  shop: tmall
  fact: order_line
  driver: http
  allow_private: true
  schedule: "*/10 * * * *"
  freshness: 30m
  limit: top_app
  auth: {type: top, app_key: "${TOP_KEY}", secret: "${TOP_SECRET}", session: "${TOP_SESSION}", sign_method: hmac-sha256}
  request:
    url: URL/router/rest
    form: {method: taobao.trades.sold.increment.get, use_has_next: "true", fields: "tid,status,created,pay_time,modified,payment,post_fee,receiver_state,orders"}
  window: {start: start_modified, end: end_modified, format: "2006-01-02 15:04:05", tz: Asia/Shanghai, step: 30m, lookback: 10m, lag: 3m, backfill: 90d}
  page:
    type: number
    param: page_no
    size: {param: page_size, value: 3}
    order: reverse
    count: {form: {use_has_next: "false", fields: tid}, total: .trades_sold_increment_get_response.total_results}
    max: 100
    max_rows: 1500
    on_ceiling: split_window
  errors: {preset: top}
  records: '.trades_sold_increment_get_response.trades | rows | . as $t | .orders | rows | . + {t: ($t | del(.orders))}'
  key: [shop, order_id, line_id]
  version: modified
  fields:
    order_id: {jq: .t.tid, type: id}
    line_id:  {jq: .oid, type: id}
    sku:      {jq: "(.outer_sku_id | nz) // .sku_id", type: id}
    title:    {jq: .title, type: text}
    region:   {jq: .t.receiver_state, type: text}
    modified: &moment {jq: .t.modified, type: time, format: "2006-01-02 15:04:05", tz: Asia/Shanghai}
    placed_at: {<<: *moment, jq: .t.created}
    paid_at:  {<<: *moment, jq: .t.pay_time}
    shipped_at: {<<: *moment, jq: .consign_time}
    finished_at: {<<: *moment, jq: .t.end_time}
    qty:      {jq: .num, type: int}
    list:     &yuan {jq: .price, type: money, unit: major, currency: CNY}
    discount: {<<: *yuan, jq: .discount_fee}
    order_paid:  {<<: *yuan, jq: .t.payment}
    post_fee:    {<<: *yuan, jq: .t.post_fee}
    line_weight: {<<: *yuan, jq: "(.divide_order_fee | nz) // .payment"}
    buyer:    {jq: .t.buyer_open_uid, type: id}
    item:     {jq: .num_iid, type: id}
    channel:  {const: tmall, type: id}
    status:   {jq: .t.status, type: enum, else: error, map: {TRADE_NO_CREATE_PAY: placed, WAIT_BUYER_PAY: placed, PAY_PENDING: placed, WAIT_PRE_AUTH_CONFIRM: placed, WAIT_SELLER_SEND_GOODS: paid, PAID_FORBID_CONSIGN: paid, SELLER_CONSIGNED_PART: shipped, WAIT_BUYER_CONFIRM_GOODS: shipped, TRADE_BUYER_SIGNED: shipped, TRADE_FINISHED: finished, TRADE_CLOSED: refunded, TRADE_CLOSED_BY_TAOBAO: cancelled}}
`

var topSecrets = map[string]string{"TOP_KEY": "12345678", "TOP_SECRET": "canary-secret-value", "TOP_SESSION": "canary-session-value"}

func topEnv(name string) (string, bool) { v, ok := topSecrets[name]; return v, ok }

func cnShop(tb testing.TB) *market.Shop {
	tb.Helper()
	return &market.Shop{ID: "tmall", Currency: "CNY", Zone: zone(tb, "Asia/Shanghai")}
}

// trade is an order of the fake platform.
type trade struct {
	tid      int64
	modified time.Time
	lines    int
	status   string
	payment  string
}

// topServer is a fake of one method of the platform.
type topServer struct {
	mu       sync.Mutex
	trades   []trade
	calls    []string                                // "count" or "page N"
	forms    []map[string]string                     // as received
	after    func(s *topServer, n int)               // runs after call n, from 1
	override func(n int, w http.ResponseWriter) bool // answers call n itself
	t        testing.TB
}

func (s *topServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		s.t.Error(err)
	}
	form := map[string]string{}
	for k, v := range r.PostForm {
		form[k] = v[0]
	}
	if want := signTOP(form, form["sign_method"], topSecrets["TOP_SECRET"]); form["sign"] != want {
		s.t.Errorf("sign %s, want %s", form["sign"], want)
	}
	if form["session"] != topSecrets["TOP_SESSION"] || r.URL.RawQuery != "" {
		s.t.Errorf("session %q, query %q", form["session"], r.URL.RawQuery)
	}
	s.forms = append(s.forms, form)
	n := len(s.forms)
	defer func() {
		if s.after != nil {
			s.after(s, n)
		}
	}()
	if s.override != nil && s.override(n, w) {
		s.calls = append(s.calls, "other")
		return
	}
	found := s.window(form)
	size, _ := strconv.Atoi(form["page_size"])
	page, _ := strconv.Atoi(form["page_no"])
	body := map[string]any{"request_id": "x"}
	if form["use_has_next"] == "false" {
		s.calls = append(s.calls, "count")
		body["total_results"] = len(found)
	} else {
		s.calls = append(s.calls, fmt.Sprintf("page %d", page))
		from := min(len(found), (page-1)*size)
		part := found[from:min(len(found), from+size)]
		body["has_next"] = from+size < len(found)
		if len(part) > 0 {
			list := []any{}
			for _, t := range part {
				list = append(list, t.json())
			}
			body["trades"] = map[string]any{"trade": list}
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"trades_sold_increment_get_response": body})
}

const topTime = "2006-01-02 15:04:05"

func (s *topServer) window(form map[string]string) []trade {
	z := time.FixedZone("", 8*3600)
	start, err1 := time.ParseInLocation(topTime, form["start_modified"], z)
	end, err2 := time.ParseInLocation(topTime, form["end_modified"], z)
	if err1 != nil || err2 != nil || end.Sub(start) > 24*time.Hour {
		s.t.Errorf("window %s - %s", form["start_modified"], form["end_modified"])
	}
	var out []trade
	for _, t := range s.trades {
		if !t.modified.Before(start) && !t.modified.After(end) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b trade) int { return b.modified.Compare(a.modified) })
	return out
}

func (t trade) json() map[string]any {
	z := time.FixedZone("", 8*3600)
	lines := []any{}
	for i := range t.lines {
		lines = append(lines, map[string]any{
			"oid": 2234567890123456000 + t.tid%1000*10 + int64(i), "num_iid": 6123456789012345678, "outer_sku_id": "", "sku_id": "39999999999",
			"num": 2, "price": "10.00", "payment": "20.00", "divide_order_fee": fmt.Sprintf("%d.33", 7*i+1), "title": "羊毛 \"衫\" " + strconv.Itoa(i),
		})
	}
	m := map[string]any{
		"tid": t.tid, "status": t.status, "created": t.modified.Add(-time.Hour).In(z).Format(topTime), "modified": t.modified.In(z).Format(topTime),
		"payment": t.payment, "post_fee": "5.00", "receiver_state": "浙江省", "buyer_open_uid": "AAHk5d-EAAeGwJedwSHpg8bT", "num": 0,
		"orders": map[string]any{"order": lines},
	}
	if t.status != "WAIT_BUYER_PAY" {
		m["pay_time"] = t.modified.Add(-30 * time.Minute).In(z).Format(topTime)
	}
	return m
}

var topNow = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// newTOP is a source that reads s, with waits that do not wait.
func newTOP(tb testing.TB, s *topServer, yaml string) (*api, *[]time.Duration) {
	tb.Helper()
	s.t = tb
	srv := httptest.NewServer(s)
	tb.Cleanup(srv.Close)
	return serveAPI(tb, srv.URL, yaml)
}

func serveAPI(tb testing.TB, url, yaml string) (*api, *[]time.Duration) {
	tb.Helper()
	specs, err := ParseSpecs("test.yaml", []byte(strings.ReplaceAll(yaml, "URL", url)), topEnv)
	if err != nil {
		tb.Fatal(err)
	}
	src, err := Build(specs[0], Deps{Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	a := src.(*api)
	var waits []time.Duration
	a.sleep = noWait(&waits)
	return a, &waits
}
