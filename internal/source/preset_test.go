package source

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// presetYAML is how a file uses a preset; MORE holds what the preset leaves open.
const presetYAML = `
sources:
- {id: parents, shop: other, fact: item, driver: file, fields: {sku: {col: sku}, item: {col: item}}}
- {id: lines, shop: other, fact: refund, driver: file, fields: {refund_id: {col: a}, line_id: {col: a}, status: {const: open}, amount: {const: 1, unit: minor, currency: CNY}, created: {col: a, format: unix}, modified: {col: a, format: unix}}}
- id: it
  shop: tmall
  preset: NAME
  MORE
`

// more is what each preset needs besides its name.
func more(name string) string {
	kind, one, _ := strings.Cut(name, ".")
	const top = `auth: {app_key: "${TOP_KEY}", secret: "${TOP_SECRET}", session: "${TOP_SESSION}"}`
	switch kind {
	case "taobao":
		out := top
		switch one {
		case "stock":
			out += "\n  foreach: {source: parents}"
		case "review_tags":
			out += "\n  foreach: {source: lines}"
		case "rivals":
			out += "\n  foreach: {values: [\"612345678901\"]}"
		}
		return out
	case "pinduoduo":
		return top + `
  fact: ads_day
  request: {form: {type: pdd.x}}
  window: {start: start_updated_at, end: end_updated_at}
  page: {count: {total: .r.total}}
  records: .r.list | rows
  fields: {day: {jq: .d, format: unix}, plan: {jq: .p}}`
	case "jd":
		return top + `
  fact: ads_day
  request: {form: {method: jingdong.x}}
  records: .r.list | rows
  fields: {day: {jq: .d, format: unix}, plan: {jq: .p}}`
	case "amazon":
		out := `auth: {client_id: me, client_secret: "${TOP_SECRET}", refresh_token: "${TOP_SESSION}"}
  currency: CNY`
		if one == "offers" {
			out += "\n  foreach: {values: [B1]}"
		}
		if one == "traffic" {
			out += "\n  tz: Europe/Berlin\n  request: {json: {marketplaceIds: [M1]}, hosts: [files.example.com]}\n  fields: {unit: {const: all}}"
		}
		return out
	}
	return `auth: {value: "${TOP_SECRET}"}
  currency: CNY
  request: {url: https://shop.example.com/admin/api/2026-10/graphql.json}`
}

func presetSpec(tb testing.TB, name string, changes ...string) Spec {
	tb.Helper()
	text := strings.NewReplacer("NAME", name, "MORE", more(name)).Replace(presetYAML)
	specs, err := ParseSpecs("preset.yaml", []byte(strings.NewReplacer(changes...).Replace(text)), topEnv)
	if err != nil {
		tb.Fatal(err)
	}
	return specs[2]
}

func TestPresetsParse(t *testing.T) {
	names := Presets()
	for _, want := range []string{
		"taobao.orders", "taobao.orders_full", "taobao.refunds", "taobao.items", "taobao.prices", "taobao.stock", "taobao.sold_out", "taobao.reviews",
		"taobao.review_tags", "taobao.parcels", "taobao.members", "taobao.ads", "taobao.rivals", "pinduoduo.increment", "jd.call",
		"amazon.sales", "amazon.stock", "amazon.offers", "amazon.traffic", "shopify.orders",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no preset %s", want)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { presetSpec(t, name) })
	}
	_, err := ParseSpecs("x.yaml", []byte("sources: [{id: a, shop: s, preset: taobao.order}]"), nil)
	if err == nil || !strings.Contains(err.Error(), `did you mean "taobao.orders"`) {
		t.Error(err)
	}
}

// What the file says goes before what the preset says, key by key.
func TestPresetOverlay(t *testing.T) {
	s := presetSpec(t, "taobao.orders", "preset: taobao.orders", `preset: taobao.orders
  window: {step: 1h}
  request: {form: {type: fixed}}
  fields: {channel: {const: flagship}, status: {const: paid}}`)
	f := s.http.form
	if s.Window.Step != time.Hour || s.Window.Lag != 3*time.Minute || f["type"] != "fixed" || f["method"] != "taobao.trades.sold.increment.get" {
		t.Errorf("%+v %v", s.Window, f)
	}
	if len(s.Columns()) < 15 {
		t.Error(s.Columns())
	}
}

// Two sources of one picture would wipe each other out.
func TestOnePictureOneSource(t *testing.T) {
	text := strings.NewReplacer("NAME", "taobao.items", "MORE", more("taobao.items"), "shop: other, fact: item", "shop: tmall, fact: item").Replace(presetYAML)
	if _, err := ParseSpecs("x.yaml", []byte(text), topEnv); err == nil || !strings.Contains(err.Error(), "already filled by parents") {
		t.Error(err)
	}
}

// apiParam is a parameter or field of the platform's reference.
type apiParam struct {
	Name      string     `json:"name"`
	Type      string     `json:"type"`
	SubParams []apiParam `json:"subParams"`
}

type apiMethod struct {
	Request  []apiParam `json:"requestParams"`
	Response []apiParam `json:"responseParams"`
}

func find2(all []apiParam, name string) *apiParam {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// Every parameter and field that the Taobao presets name exists in the
// platform's reference, with a type that the converter reads.
func TestTaobaoContract(t *testing.T) {
	dir := testData(t, "taobao-api")
	fields := 0
	for _, name := range Presets() {
		if !strings.HasPrefix(name, "taobao.") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := presetSpec(t, name)
			method := s.http.form["method"]
			text, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(method, ".", "_")+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var ref apiMethod
			if err := json.Unmarshal(text, &ref); err != nil {
				t.Fatal(err)
			}
			checkRequest(t, &s, ref)
			fields += checkResponse(t, &s, method, ref)
		})
	}
	if fields < 90 {
		t.Errorf("only %d fields were compared", fields)
	}
}

func checkRequest(t *testing.T, s *Spec, ref apiMethod) {
	h := s.http
	var names []string
	for k := range h.form {
		names = append(names, k)
	}
	names = append(names, h.window.start, h.window.end, h.page.param, h.page.size)
	names = append(names, h.page.countKeys...)
	if h.each != nil {
		names = append(names, h.each.param)
	}
	for _, n := range names {
		if n != "" && n != "method" && find2(ref.Request, n) == nil {
			t.Errorf("the method takes no parameter %q", n)
		}
	}
}

var pathToken = regexp.MustCompile(`\.([a-z_][a-z0-9_]*)`)

// checkResponse walks the records program down to the rows, then compares each
// field. It returns how many it compared.
func checkResponse(t *testing.T, s *Spec, method string, ref apiMethod) int {
	key := strings.ReplaceAll(strings.TrimPrefix(method, "taobao."), ".", "_") + "_response"
	if !strings.Contains(s.mapping.records.prog.src, "."+key) {
		t.Errorf("the answer of %s stands under %s", method, key)
	}
	if g := s.http.page.total; g != nil {
		last := g.src[strings.LastIndex(g.src, ".")+1:]
		if !strings.Contains(g.src, "."+key+".") || find2(ref.Response, last) == nil {
			t.Errorf("the total is not %s", g.src)
		}
	}
	parent, child := ref.Response, []apiParam(nil)
	for _, m := range pathToken.FindAllStringSubmatch(strings.Split(s.mapping.records.prog.src, " as ")[0], -1) {
		if p := find2(parent, m[1]); p != nil && p.SubParams != nil {
			parent = p.SubParams
		}
	}
	rows := parent
	if l := s.mapping.records.layout; s.mapping.records.fast && l.inner != "" {
		if p := find2(parent, l.inner); p != nil {
			child = p.SubParams
			rows = child
		}
	}
	for want := range strings.SplitSeq(s.http.form["fields"], ",") {
		if want != "" && find2(parent, want) == nil {
			t.Errorf("fields asks for %q, which the answer does not have", want)
		}
	}
	n := 0
	for i := range s.mapping.fields {
		f := &s.mapping.fields[i]
		if f.fixed != nil || f.bound != "" {
			continue
		}
		n += checkField(t, s, f, rows, parent)
	}
	return n
}

// jqWords are words of jq programs that follow a dot and are no fields.
var jqWords = []string{"t", "child", "tier"}

func checkField(t *testing.T, s *Spec, f *field, rows, parent []apiParam) int {
	n := 0
	for _, m := range regexp.MustCompile(`\.([a-z_][a-z0-9_]*)(?:\.([a-z_][a-z0-9_]*))?`).FindAllStringSubmatch(f.from.prog.src, -1) {
		in, name := rows, m[1]
		if name == "t" && m[2] != "" {
			in, name = parent, m[2]
		}
		if slices.Contains(jqWords, name) || name == "tag_name" || name == "posi" {
			continue
		}
		p := find2(in, name)
		if p == nil {
			t.Errorf("field %s reads %q, which the answer does not have", f.name, name)
			continue
		}
		n++
		if asked := s.http.form["fields"]; asked != "" && in[0].Name == parent[0].Name && !slices.Contains(strings.Split(asked, ","), name) {
			t.Errorf("field %s reads %q, which is not asked for", f.name, name)
		}
		fits := map[string][]string{
			"money": {"String", "Price"}, "int": {"Number", "String"}, "id": {"Number", "String"}, "text": {"String"},
			"time": {"Date", "String"}, "date": {"Date", "String"}, "bool": {"Boolean"}, "enum": {"String", "Boolean"},
		}[f.conv.typ]
		if !slices.Contains(fits, p.Type) && !strings.HasSuffix(p.Type, "[]") {
			t.Errorf("field %s is read as %s, but %s is a %s", f.name, f.conv.typ, name, p.Type)
		}
	}
	return n
}

// sample maps one answer through a preset.
func sample(t *testing.T, s Spec, answer string) market.Pull {
	t.Helper()
	p, err := s.Sample(t.Context(), "answer", []byte(answer), Request{Shop: cnShop(t), Now: topNow})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A presale's deposit is not its payment; both kinds of closed trades; a line
// that was refunded keeps what was paid for it.
func TestTaobaoOrders(t *testing.T) {
	trade := func(id int, status, more string) string {
		return fmt.Sprintf(`{"tid":300000000000000000%d,"status":%q,"type":"fixed","created":"2026-11-01 10:00:00","pay_time":"2026-11-01 10:05:00","modified":"2026-11-02 10:00:00","end_time":"2026-11-03 10:00:00","payment":"105.01","post_fee":"5.00","receiver_state":"浙江省"%s,
"orders":{"order":[{"oid":1,"num":1,"price":"60.00","outer_sku_id":"","outer_iid":"I","sku_id":"9","divide_order_fee":"33.33","payment":"50.00"},{"oid":2,"num":2,"price":"30.00","outer_sku_id":"S","divide_order_fee":"66.68","payment":"50.00"}]}}`, id, status, more)
	}
	s := presetSpec(t, "taobao.orders")
	p := sample(t, s, `{"trades_sold_increment_get_response":{"trades":{"trade":[`+strings.Join([]string{
		trade(1, "WAIT_SELLER_SEND_GOODS", ""),
		trade(2, "WAIT_BUYER_PAY", `,"step_trade_status":"FRONT_PAID_FINAL_NOPAID","step_paid_fee":"10.00"`),
		trade(3, "WAIT_SELLER_SEND_GOODS", `,"step_trade_status":"FRONT_PAID_FINAL_PAID","step_paid_fee":"10.00"`),
		trade(4, "TRADE_CLOSED", `,"step_trade_status":"FRONT_PAID_FRONT_FORFEITED","step_paid_fee":"10.00"`),
		trade(5, "TRADE_CLOSED", ""),
		trade(6, "TRADE_FINISHED", ""),
	}, ",")+`]}}}`)
	want := []string{
		"3000000000000000001 1 paid I 3333 3333 167 - 2026-11-01T02:05:00Z -",
		"3000000000000000001 2 paid S 6668 6668 333 - 2026-11-01T02:05:00Z -",
		"3000000000000000002 1 placed I 3333 - 167 1000 - -",
		"3000000000000000002 2 placed S 6668 - 333 1000 - -",
		"3000000000000000003 1 paid I 3333 3333 167 1000 2026-11-01T02:05:00Z -",
		"3000000000000000003 2 paid S 6668 6668 333 1000 2026-11-01T02:05:00Z -",
		"3000000000000000004 1 cancelled I 3333 - 167 1000 - -",
		"3000000000000000004 2 cancelled S 6668 - 333 1000 - -",
		"3000000000000000005 1 refunded I 3333 3333 167 - 2026-11-01T02:05:00Z -",
		"3000000000000000005 2 refunded S 6668 6668 333 - 2026-11-01T02:05:00Z -",
		"3000000000000000006 1 finished I 3333 3333 167 - 2026-11-01T02:05:00Z 2026-11-03T02:00:00Z",
		"3000000000000000006 2 finished S 6668 6668 333 - 2026-11-01T02:05:00Z 2026-11-03T02:00:00Z",
	}
	if diff := cmp.Diff(want, show(p.Rows, "order_id", "line_id", "status", "sku", "amount", "paid", "post_fee", "deposit_paid", "paid_at", "finished_at")); diff != "" {
		t.Error(diff)
	}
	p = sample(t, s, `{"trades_sold_increment_get_response":{"trades":{"trade":[`+trade(1, "TRADE_BUYER_SIGNED", "")+","+trade(2, "TRADE_OF_TOMORROW", "")+`]}}}`)
	if p.Snapshot.State != market.Partial || p.Rows.Len() != 2 || !strings.Contains(p.Rejects[0].Reason, "TRADE_OF_TOMORROW") {
		t.Errorf("%+v %v", p.Snapshot, p.Rejects)
	}
}

func TestTaobaoTagsAndMembers(t *testing.T) {
	s := serveAnswers(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		switch r.Form.Get("method") {
		case "taobao.crm.members.get":
			fmt.Fprintf(w, `{"crm_members_get_response":{"total_result":%s00,"members":{}}}`, r.Form.Get("grade"))
		default:
			fmt.Fprint(w, `{"tmall_traderate_feeds_get_response":{"tmall_rate_info":{"comment_time":"2026-11-20 10:00:00","content":"太薄","has_negtv":true,"tags":{"tags":[{"tag_name":"面料","posi":false}]},"append_tags":{"tags":[{"tag_name":"物流","posi":true}]}}}}`)
		}
	})
	open := func(name string) *api {
		spec := presetSpec(t, name, "preset: "+name, "preset: "+name+"\n  allow_private: true\n  request: {url: "+s.URL+"/router/rest}")
		src, err := Build(spec, Deps{})
		if err != nil {
			t.Fatal(err)
		}
		return src.(*api)
	}
	p, err := open("taobao.members").Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow, Window: market.Window{Start: topNow, End: topNow}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2026-11-22 1 100", "2026-11-22 2 200", "2026-11-22 3 300", "2026-11-22 4 400"}, show(p.Rows, "day", "tier", "members")); diff != "" {
		t.Error(diff)
	}
	tags := open("taobao.review_tags")
	tags.spec.http.each.values = []string{"3456789012345678901", "3456789012345678902"}
	p, err = tags.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"3456789012345678901 bad 太薄 物流+,面料-", "3456789012345678902 bad 太薄 物流+,面料-"}, show(p.Rows, "review_id", "result", "text", "tags")); diff != "" {
		t.Error(diff)
	}
}

func TestAmazon(t *testing.T) {
	s := serveAnswers(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			fmt.Fprint(w, `{"access_token":"canary-amazon","expires_in":3600,"token_type":"bearer"}`)
		case r.Header.Get("x-amz-access-token") != "canary-amazon":
			w.WriteHeader(http.StatusForbidden)
		case r.URL.Path == "/sales":
			fmt.Fprint(w, `{"payload":[{"interval":"2026-11-22T02:00Z--2026-11-22T03:00Z","unitCount":3,"orderCount":2,"totalSales":{"amount":"71.85","currencyCode":"CNY"}},{"interval":"2026-11-22T01:00:00Z--2026-11-22T02:00:00Z","unitCount":1,"totalSales":{"amount":"10.01","currencyCode":"CNY"}},{"interval":"2026-11-22T00:00:00Z--2026-11-22T01:00:00Z","unitCount":0,"totalSales":{"amount":"0","currencyCode":"CNY"}}]}`)
		case r.URL.Path == "/stock" && r.Form.Get("nextToken") == "":
			fmt.Fprint(w, `{"pagination":{"nextToken":"n=2&x"},"payload":{"inventorySummaries":[{"sellerSku":"a","totalQuantity":9,"inventoryDetails":{"fulfillableQuantity":5,"inboundShippedQuantity":3,"inboundWorkingQuantity":1,"reservedQuantity":{"totalReservedQuantity":4}}}]}}`)
		case r.URL.Path == "/stock":
			fmt.Fprint(w, `{"payload":{"inventorySummaries":[{"sellerSku":"b","totalQuantity":0}]}}`)
		default:
			fmt.Fprint(w, `{"payload":{"ASIN":"B0 1","Offers":[{"SellerId":"X","ListingPrice":{"Amount":19.99,"CurrencyCode":"CNY"}},{"SellerId":"ME","MyOffer":true,"ListingPrice":{"Amount":1}}]}}`)
		}
	})
	pull := func(name, path string) market.Pull {
		t.Helper()
		spec := presetSpec(t, name, "preset: "+name, "preset: "+name+"\n  allow_private: true\n  request: {url: \""+s.URL+path+"\"}",
			"client_id: me,", "client_id: me, token_url: "+s.URL+"/token,", "[B1]", `["B0 1"]`)
		src, err := Build(spec, Deps{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := src.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow.Add(time.Hour), Window: market.Window{Start: topNow.Add(-3 * time.Hour), End: topNow}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := pull("amazon.sales", "/sales")
	if diff := cmp.Diff([]string{"2026-11-22T02:00Z 3 7185 2026-11-22T02:00:00Z", "2026-11-22T01:00:00Z 1 1001 2026-11-22T01:00:00Z"}, show(p.Rows, "order_id", "qty", "paid", "paid_at")); diff != "" {
		t.Error(diff)
	}
	if got := s.asked[1]; !strings.Contains(got, "interval=2026-11-22T00%3A00%3A00Z--2026-11-22T03%3A00%3A00Z") {
		t.Error(got)
	}
	p = pull("amazon.stock", "/stock")
	if diff := cmp.Diff([]string{"a 9 5 4 4", "b 0 - - -"}, show(p.Rows, "sku", "on_hand", "available", "reserved", "inbound")); diff != "" {
		t.Error(diff)
	}
	p = pull("amazon.offers", "/items/{Asin}/offers")
	if diff := cmp.Diff([]string{"X B0 1 1999"}, show(p.Rows, "rival", "rival_item", "deal")); diff != "" {
		t.Error(diff)
	}
	if got := s.asked[len(s.asked)-1]; got != "GET /items/B0 1/offers ItemCondition=New" {
		t.Error(got)
	}
}

func TestShopify(t *testing.T) {
	var bodies []map[string]any
	s := serveAnswers(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Shopify-Access-Token") != topSecrets["TOP_SECRET"] {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, body)
		order := `{"id":"gid://shopify/Order/450789469000000001","createdAt":"2026-11-22T01:00:00Z","processedAt":"2026-11-22T01:01:00Z","updatedAt":"2026-11-22T02:00:00Z","cancelledAt":null,"displayFinancialStatus":%q,"displayFulfillmentStatus":"FULFILLED","shippingAddress":null,"lineItems":{"nodes":[{"id":"gid://shopify/LineItem/%d","sku":"S","name":"Lamp","quantity":2,"originalTotalSet":{"shopMoney":{"amount":"20.0"}},"discountedTotalSet":{"shopMoney":{"amount":"18.50"}}}]}}`
		switch n {
		case 1:
			fmt.Fprint(w, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":252,"throttleStatus":{"currentlyAvailable":2,"restoreRate":100.0}}}}`)
		case 2:
			fmt.Fprintf(w, `{"data":{"orders":{"pageInfo":{"hasNextPage":true,"endCursor":"c1"},"nodes":[`+order+`]}}}`, "PAID", 1)
		default:
			fmt.Fprintf(w, `{"data":{"orders":{"pageInfo":{"hasNextPage":false,"endCursor":"c2"},"nodes":[`+order+`]}}}`, "PENDING", 2)
		}
	})
	spec := presetSpec(t, "shopify.orders", "https://shop.example.com", s.URL, "preset: shopify.orders", "preset: shopify.orders\n  allow_private: true")
	src, err := Build(spec, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	a := src.(*api)
	var waits []time.Duration
	a.sleep = noWait(&waits)
	p, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow, Window: market.Window{Start: topNow.Add(-3 * time.Hour), End: topNow}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"450789469000000001 1 shipped S 2 2000 1850 1850 2026-11-22T01:01:00Z",
		"450789469000000001 2 placed S 2 2000 1850 - -",
	}
	if diff := cmp.Diff(want, show(p.Rows, "order_id", "line_id", "status", "sku", "qty", "list", "amount", "paid", "paid_at")); diff != "" {
		t.Error(diff)
	}
	if len(waits) != 1 || waits[0] < 2*time.Second {
		t.Errorf("waited %v, want the refill's 2.5 s or so", waits)
	}
	last, _ := bodies[2]["variables"].(map[string]any)
	if last["after"] != "c1" || last["filter"] != "updated_at:>='2026-11-22T00:00:00Z' AND updated_at:<'2026-11-22T02:59:00Z'" {
		t.Errorf("%v", last)
	}
	if _, first := bodies[1]["variables"].(map[string]any)["after"]; first {
		t.Error("the first page has a cursor")
	}
}
