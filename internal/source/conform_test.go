package source_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/source/sourcetest"
)

var now = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func shop() *market.Shop {
	return &market.Shop{ID: "s", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
}

const canary = "canary-7f3a&x=1"

func build(t *testing.T, yaml string) source.Source {
	t.Helper()
	env := func(string) (string, bool) { return canary, true }
	specs, err := source.ParseSpecs("c.yaml", []byte(yaml), env)
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Build(specs[0], source.Deps{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const refundYAML = `
sources:
- id: refunds
  shop: s
  fact: refund
  driver: http
  allow_private: true
  auth: AUTH
  request: REQUEST
  window: {start: since, end: until, format: unix, lag: 1m}
  page: {type: offset, param: offset, size: {param: limit, value: 2}, total: .total}
  records: .list | rows
  fields:
    refund_id: {jq: .id, type: id}
    amount: {jq: .fee, type: money, unit: minor, currency: CNY}
    qty: {jq: .num, type: int}
    status: {jq: .state, type: enum, map: {OPEN: open, DONE: success}}
    created: {jq: .at, type: time, format: unix_ms}
    modified: {jq: .at, type: time, format: unix_ms}
    success_at: {jq: .done, type: time, format: unix_ms}
`

func refunds(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	var from int
	_, _ = fmt.Sscan(r.Form.Get("offset"), &from)
	list := []string{
		`{"id":1234567890123456789,"fee":"1250","num":0,"state":"DONE","at":1795305600000,"done":1795305700000}`,
		`{"id":1234567890123456788,"fee":0,"num":"--","state":"OPEN","at":1795305600001,"done":0}`,
		`{"id":1234567890123456787,"fee":3,"state":"OPEN","at":1795305600002,"done":null}`,
	}
	_, _ = fmt.Fprintf(w, `{"total":3,"list":{"any":[%s]}}`, strings.Join(list[min(from, 3):min(from+2, 3)], ","))
}

// echo refuses and repeats all it was sent, as bad gateways do.
func echo(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	text, _ := url.QueryUnescape(string(b))
	w.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(w, `{"error":%q}`, fmt.Sprintf("%s %v %s %s", r.URL, r.Header, b, text))
}

func TestHTTPConforms(t *testing.T) {
	good, bad := httptest.NewServer(http.HandlerFunc(refunds)), httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(good.Close)
	t.Cleanup(bad.Close)
	for name, c := range map[string][2]string{
		"api key in the query":  {`{type: api_key, query: key, value: "${K}"}`, `{url: URL/r}`},
		"api key in the header": {`{type: api_key, header: X-Api-Key, value: "${K}"}`, `{url: URL/r}`},
		"bearer":                {`{type: bearer, token: "${K}"}`, `{url: URL/r, form: {a: b}}`},
		"basic":                 {`{type: basic, user: u, password: "${K}"}`, `{url: URL/r, method: GET, query: {extra: "${K}"}}`},
		"none":                  {`{type: none}`, `{url: "URL/r", headers: {X-Token: "${K}"}}`},
		"top":                   {`{type: top, app_key: k, secret: "${K}", session: "${K}", sign_method: md5}`, `{url: URL/r, form: {method: m}}`},
	} {
		yaml := strings.NewReplacer("AUTH", c[0], "REQUEST", c[1]).Replace(refundYAML)
		at := func(u string) source.Source { return build(t, strings.ReplaceAll(yaml, "URL", u)) }
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, sourcetest.Case{
				Source: at(good.URL), Broken: at(bad.URL), Secrets: []string{canary, "canary-7f3a"}, Unknown: []string{"qty", "success_at"},
				Request: source.Request{Shop: shop(), Now: now, Window: market.Window{Start: now.Add(-time.Hour), End: now}},
			})
		})
	}
}

func TestFileConforms(t *testing.T) {
	dir := t.TempDir()
	yaml := `
sources:
- id: visits
  shop: s
  fact: ads_day
  driver: file
  path: PATH
  fields:
    day: {col: 日期, type: date, formats: ["2006-01-02", "2006/1/2"]}
    plan: {col: 计划, type: id}
    cost: {col: 花费, type: money, unit: major, currency: CNY}
    clicks: {col: 点击, type: int, zh_units: true}
`
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	write("ads_2.csv", "\ufeff日期,计划,花费,点击\n2026/11/5,p1,\"1,234.50\",1.2万\n2026/11/6,p1,--,\n")
	write("ads_10.csv", "日期,计划,花费,点击\n2026-11-06,p1,3,4\n")
	write("bad_1.csv", "日期,计划,花费,点击\n2026-11-06,p1,canary-7f3a,4\n")
	s := build(t, strings.ReplaceAll(yaml, "PATH", filepath.Join(dir, "ads_*.csv")))
	r := source.Request{Shop: shop(), Now: now}
	sourcetest.Run(t, sourcetest.Case{
		Source: s, Broken: build(t, strings.ReplaceAll(yaml, "PATH", filepath.Join(dir, "bad_*.csv"))), Request: r, Unknown: nil,
	})
	p, err := s.Pull(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	// ads_10 comes after ads_2 and replaces its second day.
	if got := p.Rows.Column("cost").Ints; len(got) != 2 || got[0] != 123450 || got[1] != 300 {
		t.Errorf("cost %v", got)
	}
	if want := shop().Window(market.DateOf(2026, 11, 5), market.DateOf(2026, 11, 6)); p.Snapshot.Window != want || !p.Snapshot.Watermark.Equal(want.End) {
		t.Errorf("%+v", p.Snapshot)
	}
}
