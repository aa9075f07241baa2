package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// table is an answer of /api/.
type table struct {
	AsOf                     time.Time `json:"as_of"`
	Page, Size, Total, Pages int
	Rows                     []map[string]any
}

func list(t testing.TB, m *Mall, path string) table {
	t.Helper()
	var out table
	body := get(t, m.Handler(), path)
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("GET %s: %v: %s", path, err, body[:min(len(body), 300)])
	}
	return out
}

func between(m *Mall, from, to second) string {
	return "start=" + url.QueryEscape(m.time(from).Format(time.RFC3339)) + "&end=" + url.QueryEscape(m.time(to).Format(time.RFC3339))
}

var apiTables = []string{"items", "stock", "prices", "rivals", "reviews", "traffic", "ads", "members", "search"}

func TestAPIPages(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 300}, 0)
	window := between(m, m.now()-4*daySecs, m.now()+daySecs)
	for _, name := range apiTables {
		t.Run(name, func(t *testing.T) {
			seen, last := 0, table{}
			rows := map[string]bool{}
			for page := 1; page == 1 || page <= last.Pages; page++ {
				last = list(t, m, fmt.Sprintf("/api/%s?page=%d&size=70&%s", name, page, window))
				if last.AsOf.After(m.opt.Now()) || last.Page != page || last.Size != 70 {
					t.Fatalf("as of %s, page %d of size %d", last.AsOf, last.Page, last.Size)
				}
				seen += len(last.Rows)
				for _, r := range last.Rows {
					text, _ := json.Marshal(r)
					rows[string(text)] = true
				}
			}
			if seen == 0 || seen != last.Total || len(rows) != seen {
				t.Errorf("%d rows, %d of them different, total %d", seen, len(rows), last.Total)
			}
		})
	}
}

func TestAPIRefuses(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 100, Orders: 50}, 0)
	for _, c := range []struct {
		path, token string
		status      int
	}{
		{"/api/stock", "wrong", http.StatusUnauthorized},
		{"/api/customers", DemoToken, http.StatusNotFound},
		{"/api/stock?size=2001", DemoToken, http.StatusBadRequest},
		{"/api/stock?page=0", DemoToken, http.StatusBadRequest},
		{"/api/traffic", DemoToken, http.StatusBadRequest},
		{"/api/traffic?start=yesterday&end=today", DemoToken, http.StatusBadRequest},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !json.Valid(w.Body.Bytes()) {
			t.Errorf("GET %s: %d %s, want %d", c.path, w.Code, w.Body, c.status)
		}
	}
}

// TestTrafficMeetsOrders: the paying users of a day are its paid orders.
func TestTrafficMeetsOrders(t *testing.T) {
	m := mall(t, Options{Seed: 2, SKUs: 300, Orders: 500}, 0)
	day := m.start - 1
	paid := 0
	for _, c := range m.book.changes[day] {
		if m.book.days[c.day].orders[c.index].paid == c.at {
			paid++
		}
	}
	sum := map[string]float64{}
	for page := 1; page <= 9; page++ {
		for _, r := range list(t, m, fmt.Sprintf("/api/traffic?size=100&page=%d&%s", page, between(m, clock(day, 0, 0), clock(day+1, 0, 0)))).Rows {
			for k, v := range r {
				if n, ok := v.(float64); ok {
					sum[k] += n
				}
			}
		}
	}
	if int(sum["pay_users"]) != paid {
		t.Errorf("%v paying users, %d paid orders", sum["pay_users"], paid)
	}
	if r := sum["cart_users"] / sum["visitors"]; r < .10 || r > .14 {
		t.Errorf("add-to-cart rate %.3f", r)
	}
	if s := sum["dwell_ms"] / sum["visitors"] / 1000; s < 120 || s > 150 {
		t.Errorf("a visit lasts %.0f s", s)
	}
	if r := sum["pay_users"] / sum["visitors"]; r < .015 || r > .06 {
		t.Errorf("conversion %.4f", r)
	}
}

// TestFaultsOfFeeds looks at the planned faults at the time they act.
func TestFaultsOfFeeds(t *testing.T) {
	at := func(day, hour, minute int) *Mall {
		return mall(t, Options{Seed: 1, SKUs: 300, Orders: 200}, time.Duration(day*24+hour-7)*time.Hour+time.Duration(minute-50)*time.Minute)
	}
	count := func(m *Mall, name string) (rows, total int) {
		for page := 1; ; page++ {
			a := list(t, m, fmt.Sprintf("/api/%s?page=%d", name, page))
			rows, total = rows+len(a.Rows), a.Total
			if page >= a.Pages {
				return rows, total
			}
		}
	}
	if rows, total := count(at(1, 16, 10), "stock"); rows > total/2 {
		t.Errorf("half a stock list: %d of %d rows", rows, total)
	}
	_, whole := count(at(3, 10, 0), "stock")
	if rows, total := count(at(3, 11, 10), "stock"); total > whole/2 || rows != total {
		t.Errorf("a shrunk stock list: %d rows, total %d, before %d", rows, total, whole)
	}
	m := at(1, 20, 0)
	r := httptest.NewRequest(http.MethodGet, "/api/traffic?"+between(m, m.now()-daySecs, m.now()), http.NoBody)
	r.Header.Set("Authorization", "Bearer "+DemoToken)
	w := httptest.NewRecorder()
	if m.Handler().ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable {
		t.Errorf("late traffic: status %d", w.Code)
	}
	visitors := func(m *Mall) (sum float64) {
		for _, row := range list(t, m, "/api/traffic?size=2000&"+between(m, clock(m.start+3, 0, 0), clock(m.start+4, 0, 0))).Rows {
			sum += row["visitors"].(float64)
		}
		return sum
	}
	if low, right := visitors(at(4, 8, 0)), visitors(at(4, 12, 0)); low > .7*right {
		t.Errorf("restated traffic: %.0f, corrected %.0f", low, right)
	}
	twice := at(3, 13, 30)
	a := ask(t, twice, sold(twice, twice.now()-7200, twice.now(), "type", allTypes, "page_size", "100"))
	if n := len(a.Trades["trade"]); n <= *a.Total {
		t.Errorf("orders sent twice: %d rows of %d", n, *a.Total)
	}
	cheap := 0
	for _, row := range list(t, at(5, 14, 10), "/api/rivals?size=2000").Rows {
		if row["deal_fen"].(float64) < 1000 {
			cheap++
		}
	}
	if cheap < 50 {
		t.Errorf("%d rival offers in the wrong unit", cheap)
	}
}

// TestHostileTitles: titles that look like commands are served as they are.
func TestHostileTitles(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 300, Orders: 50}, 0)
	var titles []string
	for _, row := range list(t, m, "/api/items?size=2000").Rows {
		titles = append(titles, row["title"].(string))
	}
	for _, h := range hostile {
		if !slices.Contains(titles, h) {
			t.Errorf("no item is called %q", h)
		}
	}
	if long := slices.IndexFunc(titles, func(s string) bool { return len([]rune(s)) > 25 }); long < 0 {
		t.Error("no title is long")
	}
}

// TestSameAnswers: two malls give the same bytes, whatever was asked before.
func TestSameAnswers(t *testing.T) {
	a := mall(t, Options{Seed: 8, SKUs: 300, Orders: 200}, 0)
	now := a.now()
	b := mall(t, Options{Seed: 8, SKUs: 300, Orders: 200}, 0)
	other := mall(t, Options{Seed: 9, SKUs: 300, Orders: 200}, 0)
	get(t, b.Handler(), "/api/stock") // the order of questions must not matter
	differs := false
	for _, name := range apiTables {
		path := "/api/" + name + "?size=500&" + between(a, now-3*daySecs, now)
		got := get(t, a.Handler(), path)
		if got != get(t, b.Handler(), path) {
			t.Errorf("%s differs between two malls of one seed", name)
		}
		differs = differs || got != get(t, other.Handler(), path)
	}
	form := sold(a, now-daySecs, now, "type", allTypes, "page_size", "100", "fields", orderFieldsOfSpecs())
	if post(t, a.Handler(), a, form) != post(t, b.Handler(), b, form) {
		t.Error("orders differ between two malls of one seed")
	}
	if !differs {
		t.Error("another seed gives the same shop")
	}
	var x, y strings.Builder
	if a.WriteTruth(&x) != nil || b.WriteTruth(&y) != nil || x.String() != y.String() {
		t.Error("truth differs")
	}
}

// TestNothingFromTheFuture: no moment in an answer is later than now, except
// ends of promotions; and what a later clock says about the past agrees.
func TestNothingFromTheFuture(t *testing.T) {
	m := mall(t, Options{Seed: 4, SKUs: 300, Orders: 300}, 33*time.Hour)
	now := m.time(m.now()).Format(topTime)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(path+"."+k, x)
			}
		case []any:
			for _, x := range v {
				walk(path, x)
			}
		case string:
			if _, err := time.Parse(topTime, v); err == nil && v > now && !strings.Contains(path, "promo_") {
				t.Errorf("%s is %s, it is %s", path, v, now)
			}
		}
	}
	far := m.now() + 20*daySecs
	for _, name := range apiTables {
		var v any
		if err := json.Unmarshal([]byte(get(t, m.Handler(), "/api/"+name+"?size=2000&"+between(m, m.now()-daySecs, far))), &v); err != nil {
			t.Fatal(err)
		}
		walk(name, v)
	}
	form := sold(m, m.now()-daySecs+3600, m.now()+3600, "type", allTypes, "page_size", "100", "fields", strings.Join(fieldNames(tradeFields), ","))
	var v any
	if err := json.Unmarshal([]byte(post(t, m.Handler(), m, form)), &v); err != nil {
		t.Fatal(err)
	}
	walk("orders", v)
	if n := list(t, m, "/api/reviews?"+between(m, m.now()+1, far)).Total; n != 0 {
		t.Errorf("%d reviews of the future", n)
	}
}

// TestConcurrentReaders asks from many sides while days are being generated.
func TestConcurrentReaders(t *testing.T) {
	m, err := New(Options{Seed: 1, SKUs: 200, Orders: 60, Days: 20})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			get(t, m.Handler(), "/api/"+apiTables[i]+"?"+between(m, clock(i*3, 0, 0), clock(i*3+2, 0, 0)))
			post(t, m.Handler(), m, sold(m, clock(i*3, 0, 0), clock(i*3+1, 0, 0)))
		})
	}
	wg.Wait()
}

// TestLargeCatalogue starts a shop of 200,000 SKUs and reads the ends of its
// lists.
func TestLargeCatalogue(t *testing.T) {
	if testing.Short() {
		t.Skip("a large catalogue takes seconds; not with -short")
	}
	m := mall(t, Options{Seed: 1, SKUs: 200_000, Days: 10}, 0)
	first := list(t, m, "/api/stock?size=2000")
	last := list(t, m, fmt.Sprintf("/api/stock?size=2000&page=%d", first.Pages))
	if want := first.Total - (first.Pages-1)*2000; len(last.Rows) != want || first.Total < 200_000 {
		t.Errorf("%d rows on the last page of %d, want %d", len(last.Rows), first.Pages, want)
	}
	if got := last.Rows[len(last.Rows)-1]["sku"]; got != m.cat.id(199_999) {
		t.Errorf("the last SKU is %v", got)
	}
	if n := len(m.cat.sellers); n != maxSellers {
		t.Errorf("%d SKUs have sales", n)
	}
	if n := len(m.book.days[m.start-1].orders); n < 1500 {
		t.Errorf("%d orders yesterday", n)
	}
}
