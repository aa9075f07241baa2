package source

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// listYAML is a plain JSON source of stock.
const listYAML = `
sources:
- id: stock
  shop: tmall
  fact: inventory
  driver: http
  allow_private: true
  auth: {type: bearer, token: "${TOP_SECRET}"}
  request: {url: URL/stock, query: {shop: tmall}}
  page: {type: number, param: page, size: {param: per_page, value: 2}, total: .total, max: 50}
  records: '.items[]'
  fields:
    sku: {jq: .sku, type: id}
    channel: {jq: .channel, type: id}
    available: {jq: .available, type: int}
    inbound: {jq: .inbound, type: int}
    listed: {jq: .listed}
`

// stockServer pages over skus.
type stockServer struct {
	skus   []string
	calls  int
	before func(s *stockServer)
}

func (s *stockServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls++
	if s.before != nil {
		s.before(s)
	}
	if r.Header.Get("Authorization") != "Bearer "+topSecrets["TOP_SECRET"] {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var page, size int
	_, _ = fmt.Sscan(r.FormValue("page"), &page)
	_, _ = fmt.Sscan(r.FormValue("per_page"), &size)
	from := min(len(s.skus), (page-1)*size)
	var items []string
	for _, k := range s.skus[from:min(len(s.skus), from+size)] {
		items = append(items, fmt.Sprintf(`{"sku":%q,"channel":"tmall","available":"1,200","inbound":"--","listed":true}`, k))
	}
	_, _ = fmt.Fprintf(w, `{"total":%d,"items":[%s]}`, len(s.skus), strings.Join(items, ","))
}

func pullStock(t *testing.T, s *stockServer) (market.Pull, error) {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	a, _ := serveAPI(t, srv.URL, listYAML)
	return a.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow})
}

func TestForwardPages(t *testing.T) {
	s := &stockServer{skus: strings.Fields("a b c d e")}
	p, err := pullStock(t, s)
	if err != nil || p.Snapshot.State != market.Complete || p.Rows.Len() != 5 || s.calls != 3 {
		t.Fatal(err, p.Snapshot, s.calls)
	}
	if got := show(p.Rows, "sku", "channel", "available", "inbound", "listed")[0]; got != "a tmall 1200 - 1" {
		t.Error(got)
	}
	if w := p.Snapshot.Window; !w.Start.Equal(topNow) || !w.End.Equal(topNow) {
		t.Errorf("a picture of %v", w)
	}
}

// A row that appears or goes while pages are read moves others over the page
// borders: the list is read again, and called partial when it does not settle.
func TestForwardPagesThatMove(t *testing.T) {
	t.Run("once", func(t *testing.T) {
		s := &stockServer{skus: strings.Fields("a b c d e")}
		s.before = func(s *stockServer) {
			if s.calls == 2 {
				s.skus = s.skus[1:]
			}
		}
		p, err := pullStock(t, s)
		if err != nil || p.Snapshot.State != market.Complete {
			t.Fatal(err, p.Snapshot)
		}
		if diff := cmp.Diff([]string{"b", "c", "d", "e"}, show(p.Rows, "sku")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("all the time", func(t *testing.T) {
		s := &stockServer{skus: strings.Fields("a b c d e")}
		s.before = func(s *stockServer) { s.skus = append([]string{fmt.Sprint("new", s.calls)}, s.skus...) }
		p, err := pullStock(t, s)
		if err != nil || p.Snapshot.State != market.Partial || len(p.Snapshot.Manifest.Reasons) == 0 {
			t.Fatal(err, p.Snapshot)
		}
	})
}

func TestListShorterThanItsTotal(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"total":50000,"items":[]}`))
	}))
	defer srv.Close()
	a, _ := serveAPI(t, srv.URL, listYAML)
	p, err := a.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow})
	if err != nil || p.Snapshot.State != market.Partial || !strings.Contains(p.Snapshot.Manifest.Reasons[0], "0 of 50000 rows came, on 1 of 25000 pages") {
		t.Fatal(err, p.Snapshot)
	}
}

func TestCursor(t *testing.T) {
	yaml := strings.NewReplacer(
		"request: {url: URL/stock, query: {shop: tmall}}", "request: {url: URL/graphql, json: {query: \"{stock}\", variables: {first: 2}}}",
		"page: {type: number, param: page, size: {param: per_page, value: 2}, total: .total, max: 50}", "page: {type: cursor, var: variables.after, next: .next, max: 4}",
	).Replace(listYAML)
	var bodies []string
	serve := func(next func(n int) string) *api {
		bodies = nil
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(b)
			bodies = append(bodies, string(b))
			n := len(bodies)
			_, _ = fmt.Fprintf(w, `{"next":%s,"items":[{"sku":"s%d","channel":"c","available":0}]}`, next(n), n)
		}))
		t.Cleanup(srv.Close)
		a, _ := serveAPI(t, srv.URL, yaml)
		return a
	}
	r := Request{Shop: cnShop(t), Now: topNow}
	p, err := serve(func(n int) string { return []string{`"x"`, `"y"`, `null`}[n-1] }).Pull(context.Background(), r)
	if err != nil || p.Rows.Len() != 3 || p.Snapshot.State != market.Complete {
		t.Fatal(err, p.Snapshot)
	}
	if diff := cmp.Diff([]string{`{"query":"{stock}","variables":{"first":2}}`, `{"query":"{stock}","variables":{"after":"x","first":2}}`, `{"query":"{stock}","variables":{"after":"y","first":2}}`}, bodies); diff != "" {
		t.Error(diff)
	}
	if got := show(p.Rows, "sku", "available", "inbound")[0]; got != "s1 0 -" {
		t.Error(got)
	}
	p, err = serve(func(int) string { return `"same"` }).Pull(context.Background(), r)
	wantClass(t, err, Incomplete)
	if len(bodies) != 2 || p.Snapshot.State != market.Partial {
		t.Error(bodies, p.Snapshot)
	}
	_, err = serve(func(n int) string { return fmt.Sprint(n) }).Pull(context.Background(), r)
	wantClass(t, err, Incomplete)
	if len(bodies) != 4 {
		t.Error("the cursor ran past max", bodies)
	}
}

// Pages behind one address that are answered by servers of which one lags: a
// total that falls on the way has the list read once more, and if it falls again
// the pull says so.
func TestCursorWithServersThatLag(t *testing.T) {
	yaml := strings.Replace(listYAML, "page: {type: number, param: page, size: {param: per_page, value: 2}, total: .total, max: 50}", "page: {type: cursor, param: after, next: .next, total: .total, max: 4}", 1)
	for _, c := range []struct {
		totals []int // of the pages, as they are asked for
		calls  int
		state  market.Condition
	}{
		{[]int{3, 3, 3}, 3, market.Complete},
		{[]int{2, 3, 3}, 3, market.Complete},          // it grows
		{[]int{3, 2, 2, 3, 3, 3}, 6, market.Complete}, // the second server was behind
		{[]int{3, 2, 2, 3, 2, 2}, 6, market.Partial},
	} {
		calls := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page := len(r.URL.Query().Get("after"))
			next := `"` + strings.Repeat("x", page+1) + `"`
			if page == 2 {
				next = "null"
			}
			_, _ = fmt.Fprintf(w, `{"total":%d,"next":%s,"items":[{"sku":"s%d","channel":"c","available":0}]}`, c.totals[min(calls, len(c.totals)-1)], next, page)
			calls++
		}))
		a, _ := serveAPI(t, srv.URL, yaml)
		p, err := a.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow})
		srv.Close()
		reasons := strings.Join(p.Snapshot.Manifest.Reasons, "; ")
		if err != nil || p.Snapshot.State != c.state || calls != c.calls || p.Rows.Len() != 3 || (c.state == market.Partial) != strings.Contains(reasons, "total changed") {
			t.Errorf("%v: %s after %d calls with %d rows, %v %q", c.totals, p.Snapshot.State, calls, p.Rows.Len(), err, reasons)
		}
	}
}
