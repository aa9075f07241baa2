package demo

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkGenerate makes the default shop and its 90 days.
func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		m, err := New(Options{Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		m.ensure(m.start)
	}
}

// BenchmarkBackfill serves all orders of the 90 days, day by day, in pages of
// 100 from the last to the first, with the fields that Specs asks for.
func BenchmarkBackfill(b *testing.B) {
	m, err := New(Options{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	h := m.Handler()
	m.ensure(m.start)
	fields := orderFieldsOfSpecs()
	b.ResetTimer()
	for b.Loop() {
		var bytes int64
		for day := range m.start + 1 {
			form := url.Values{
				"method": {"taobao.trades.sold.increment.get"}, "fields": {fields}, "page_size": {"100"}, "use_has_next": {"true"},
				"type":           {"guarantee_trade,auto_delivery,ec,cod,step,super_market_trade"},
				"start_modified": {m.time(clock(day, 0, 0)).Format(topTime)}, "end_modified": {m.time(clock(day+1, 0, 0)).Format(topTime)},
			}
			n := len(m.changed(m.time(clock(day, 0, 0)), m.time(clock(day+1, 0, 0)), m.now(), kindsOf(&topCall{form: form})))
			for page := (n + 99) / 100; page > 0; page-- {
				form.Set("page_no", strconv.Itoa(page))
				body := post(b, h, m, form)
				if strings.Contains(body[:min(len(body), 40)], "error") {
					b.Fatal(body)
				}
				bytes += int64(len(body))
			}
		}
		b.ReportMetric(float64(bytes)/1e6, "MB/op")
	}
}

// post signs and sends a form and returns the answer.
func post(t testing.TB, h http.Handler, m *Mall, form url.Values) string {
	t.Helper()
	return postTo(t, h, m.seal(form, "hmac-sha256"))
}

// postRaw sends a form as it is.
func postRaw(t testing.TB, m *Mall, form url.Values) string {
	t.Helper()
	return postTo(t, m.Handler(), form)
}

func postTo(t testing.TB, h http.Handler, form url.Values) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/router/rest", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	return w.Body.String()
}

// seal adds the system parameters and the signature, as a client would.
func (m *Mall) seal(form url.Values, method string) url.Values {
	out := url.Values{
		"app_key": {m.opt.AppKey}, "session": {m.opt.Session}, "v": {"2.0"}, "format": {"json"}, "sign_method": {method},
		"timestamp": {m.opt.Now().In(zone).Format(topTime)},
	}
	maps.Copy(out, form)
	out.Set("sign", sign(m.opt.Secret, method, out, false))
	return out
}

// BenchmarkStock serves a whole picture of stock at a new moment each time.
func BenchmarkStock(b *testing.B) {
	now := time.Date(2026, 11, 22, 7, 50, 0, 0, zone)
	m, err := New(Options{Seed: 1, Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		b.Fatal(err)
	}
	m.ensure(m.start)
	h := m.Handler()
	b.ResetTimer()
	for b.Loop() {
		for _, page := range []string{"1", "2"} {
			get(b, h, "/api/stock?size=2000&page="+page)
		}
	}
}

func get(t testing.TB, h http.Handler, path string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+DemoToken)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// orderFieldsOfSpecs is the fields parameter that Specs sends for orders.
func orderFieldsOfSpecs() string {
	_, rest, _ := strings.Cut(specsText, `fields: "`)
	fields, _, _ := strings.Cut(rest, `"`)
	return fields
}
