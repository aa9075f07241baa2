package source

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// Every mistake in a bulk listing is told with its place and what to do.
func TestBulkMistakes(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes_bulk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	specs, err := ParseSpecs("mistakes_bulk.yaml", text, nil)
	var problems Problems
	if !errors.As(err, &problems) || len(specs) != 0 {
		t.Fatal(err, len(specs))
	}
	golden(t, "mistakes_bulk.txt", problems.Error()+"\n")
	for _, p := range problems {
		if p.Line == 0 || p.Col == 0 || p.Path == "" || p.Cause == "" {
			t.Errorf("%+v has no place", p)
		}
	}
}

// hall serves a listing of n items, ten a page.
type hall struct {
	n      int
	gzip   bool
	answer func(page int, w http.ResponseWriter) bool // true: it has answered

	mu    sync.Mutex
	calls []int // pages that were asked for
	at    int   // calls under way
	most  int
}

func (h *hall) enter(page int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, page)
	h.at++
	h.most = max(h.most, h.at)
}

func (h *hall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page := 1
	if text := r.URL.Query().Get("page"); text != "" {
		page, _ = strconv.Atoi(text)
	}
	h.enter(page)
	defer func() { h.mu.Lock(); h.at--; h.mu.Unlock() }()
	if h.answer != nil && h.answer(page, w) {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"total":%d,"next":%q,"rows":[`, h.n, h.next(page))
	for i := (page - 1) * 10; i < min(page*10, h.n); i++ {
		if i%10 > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"S%d","shop":"s-%d","price":"%d.50","stock":%d,"gmv":null}`, i, i%2, i, i*2)
	}
	b.WriteString(`]}`)
	if !h.gzip || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write([]byte(b.String()))
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write([]byte(b.String()))
	_ = z.Close()
}

func (h *hall) next(page int) string {
	if page*10 >= h.n {
		return ""
	}
	return strconv.Itoa(page + 1)
}

const bulkYAML = `
sources:
- id: hall
  shop: shop
  fact: panel
  driver: http
  allow_private: true
  request: {url: "URL"}
  page: {type: number, param: page, size: {value: 10}, total: .total}
  bulk: {items: .rows, parallel: 3}
  errors: [{when: {jq: '.error == "token"'}, do: auth}]
  fields:
    sku: {key: id}
    channel: {key: shop, map: {s-0: tmall, s-1: taote}}
    price: {key: price, unit: major, currency: CNY}
    stock: {key: stock}
    gmv: {key: gmv, unit: minor, currency: CNY}
`

func newBulk(t *testing.T, h *hall, yaml string) *Bulk {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	specs, err := ParseSpecs("bulk.yaml", []byte(strings.ReplaceAll(yaml, "URL", srv.URL)), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := BuildBulk(specs[0], Deps{})
	if err != nil {
		t.Fatal(err)
	}
	b.api.sleep = func(context.Context, time.Duration) error { return nil }
	return b
}

// pullAll reads a listing and writes its rows, and how they came.
func pullAll(t *testing.T, b *Bulk) ([]string, Listing, error) {
	t.Helper()
	var rows []string
	seen := map[string]bool{}
	l, err := b.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow}, func(l *Lines) (int, error) {
		fresh := 0
		for i := range l.Len() {
			ch, ok := l.Channel(i)
			if !ok {
				continue
			}
			line := fmt.Sprintf("%s %s %d %d", l.SKU(i), ch, l.Column(0).Ints[i], l.Column(2).Ints[i])
			if l.Column(5).Known(i) || l.Column(1) != nil {
				line += " invented"
			}
			rows = append(rows, line)
			if !seen[line] {
				seen[line] = true
				fresh++
			}
		}
		return fresh, nil
	})
	return rows, l, err
}

func wantRows(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf("S%d %s %d %d", i, []string{"tmall", "taote"}[i%2], i*100+50, i*2))
	}
	return out
}

// Every way of paging brings every item once, in the order of the pages.
func TestBulkPaging(t *testing.T) {
	number := "type: number, param: page, size: {value: 10}, total: .total"
	for name, c := range map[string]struct {
		page, parallel string
		gzip           bool
	}{
		"by number, beside each other": {page: number},
		"packed":                       {page: number, gzip: true},
		"by number, one by one":        {page: number, parallel: "1"},
		"no total":                     {page: "type: number, param: page, size: {value: 10}", parallel: "1"},
		"the answer says more":         {page: `type: number, param: page, size: {value: 10}, has_next: '.next != ""'`, parallel: "1"},
		"cursor":                       {page: "type: cursor, param: page, next: .next", parallel: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			yaml := strings.Replace(bulkYAML, number, c.page, 1)
			if c.parallel != "" {
				yaml = strings.Replace(yaml, "parallel: 3", "parallel: "+c.parallel, 1)
			}
			h := &hall{n: 95, gzip: c.gzip}
			rows, l, err := pullAll(t, newBulk(t, h, yaml))
			if err != nil || l.State != market.Complete || l.Manifest.Rows != 95 || l.Manifest.Pages != 10 {
				t.Fatal(err, l)
			}
			if diff := cmp.Diff(wantRows(0, 95), rows); diff != "" {
				t.Error(diff)
			}
			if most := max(1, 3-2*len(c.parallel)); h.most > most { // a page is decoded beside the next call, but no call is made beside another
				t.Errorf("%d calls at once, want %d", h.most, most)
			}
		})
	}
}

// A page that fails is missing and the rest is there; what concerns every page
// ends the reading.
func TestBulkFailures(t *testing.T) {
	status := func(at, code int) func(int, http.ResponseWriter) bool {
		return func(page int, w http.ResponseWriter) bool {
			if page == at {
				w.WriteHeader(code)
			}
			return page == at
		}
	}
	text := func(at int, body string) func(int, http.ResponseWriter) bool {
		return func(page int, w http.ResponseWriter) bool {
			if page == at {
				_, _ = w.Write([]byte(body))
			}
			return page == at
		}
	}
	for name, c := range map[string]struct {
		answer func(int, http.ResponseWriter) bool
		state  market.Condition
		rows   int
		class  Class
		reason string
	}{
		"one page fails":       {status(4, 500), market.Partial, 85, Service, "85 of 95 items came, on 9 of 10 pages"},
		"a page breaks off":    {text(4, `{"total":95,"rows":[{"id":`), market.Partial, 85, Service, "not JSON"},
		"the token is refused": {status(4, 401), market.Partial, 30, Auth, "HTTP 401"},
		"the body says so":     {text(4, `{"error":"token"}`), market.Partial, 30, Auth, `by rule "auth"`},
		"no list at all":       {text(1, `{"total":95,"items":[]}`), market.Failed, 0, Service, "no list of items"},
		"too few items":        {text(4, `{"total":95,"rows":[]}`), market.Partial, 85, "", "85 of 95 items came, on 10 of 10 pages"},
		"items refused":        {text(10, `{"total":95,"rows":[{"id":1,"shop":"s-0","price":"1.234","stock":2}]}`), market.Partial, 90, "", "91 of 95 items came"},
		"a new channel":        {text(10, `{"total":95,"rows":[{"id":1,"shop":"s-9","price":"1","stock":2}]}`), market.Partial, 90, "", "91 of 95 items came"},
		"the total is a text":  {text(1, `{"total":"many","rows":[]}`), market.Failed, 0, Incomplete, "total"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, l, err := pullAll(t, newBulk(t, &hall{n: 95, answer: c.answer}, bulkYAML))
			if l.State != c.state || len(rows) != c.rows || l.Manifest.Rows != c.rows {
				t.Errorf("%s with %d rows, want %s with %d: %v", l.State, len(rows), c.state, c.rows, l.Manifest.Reasons)
			}
			var known *Error
			if errors.As(err, &known); c.class != "" && (known == nil || known.Class != c.class) || c.class == "" && err != nil {
				t.Errorf("error %v, want class %q", err, c.class)
			}
			if got := strings.Join(l.Manifest.Reasons, "; "); !strings.Contains(got, c.reason) {
				t.Errorf("reasons %q, want %q", got, c.reason)
			}
		})
	}
}

// What take refuses ends the reading at once, and nothing is left running.
func TestBulkStops(t *testing.T) {
	b := newBulk(t, &hall{n: 1000}, bulkYAML)
	stop := errors.New("the disk is full")
	calls := 0
	l, err := b.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow}, func(*Lines) (int, error) {
		if calls++; calls == 3 {
			return 0, stop
		}
		return 10, nil
	})
	if err == nil || !strings.Contains(err.Error(), stop.Error()) || calls != 3 || l.State != market.Partial {
		t.Errorf("%d pages taken, %s: %v", calls, l.State, err)
	}
}

func TestBulkSizeLimit(t *testing.T) {
	h := &hall{n: 95, gzip: true, answer: func(page int, w http.ResponseWriter) bool {
		if page != 1 {
			return false
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 1000 { // small on the way, large when unpacked
			_, _ = z.Write(make([]byte, 1024))
		}
		_ = z.Close()
		return true
	}}
	b := newBulk(t, h, strings.Replace(bulkYAML, `{url: "URL"}`, `{url: "URL", max_body: 65536}`, 1))
	_, l, err := pullAll(t, b)
	if l.State != market.Failed || err == nil || !strings.Contains(err.Error(), "more than 65536 bytes") {
		t.Error(l.State, err)
	}
}
