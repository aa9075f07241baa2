package source

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/internal/wiretest"
)

// wirePatience is the time-out of a call in these tests.
const wirePatience = 300 * time.Millisecond

// wired are the two ways of paging: orders that are counted and read from the
// last page, and a list that is read forward.
var wired = []struct {
	name, yaml string
	handler    func() http.Handler
	want       []string
}{
	{"orders", topYAML, func() http.Handler { return &topServer{trades: manyTrades(8, time.Minute)} }, nil},
	{"stock", listYAML, func() http.Handler { return &stockServer{skus: []string{"a", "b", "c", "d", "e"}} }, []string{"a", "b", "c", "d", "e"}},
}

// keysOf are what a pull has brought: order lines or SKUs, as often as they came.
func keysOf(b *market.Batch) []string {
	if b == nil {
		return nil
	}
	if b.Table == market.OrderLines {
		return show(b, "order_id", "line_id")
	}
	return show(b, "sku")
}

// TestWire: whatever happens on the way to an upstream, a pull ends in time and
// says how it is. What is called complete is whole, nothing comes twice, and once
// the way is free again everything comes.
func TestWire(t *testing.T) {
	for _, w := range wired {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(w.handler())
			t.Cleanup(srv.Close)
			proxy := wiretest.New(t, srv.Listener.Addr().String())
			yaml := strings.Replace(w.yaml, "request: {url:", "request: {timeout: 300ms, url:", 1)
			yaml = strings.Replace(yaml, "request:\n", "request:\n    timeout: 300ms\n", 1)
			pull := func() (market.Pull, time.Duration, error) {
				a, _ := serveAPI(t, "http://"+proxy.Addr(), yaml)
				began := time.Now()
				p, err := a.Pull(context.Background(), hourRequest(t))
				return p, time.Since(began), err
			}
			whole, _, err := pull()
			if err != nil || whole.Snapshot.State != market.Complete {
				t.Fatal(err, whole.Snapshot.State)
			}
			all := keysOf(whole.Rows)
			for _, f := range wiretest.Faults(wirePatience) {
				for _, every := range []int{1, 2} {
					proxy.Spoil(f, every)
					p, took, err := pull()
					checkWired(t, fmt.Sprintf("%s, one in %d", f.Name, every), p, err, all)
					if f.Harmless && p.Snapshot.State != market.Complete {
						t.Errorf("%s: %s, %v", f.Name, p.Snapshot.State, err)
					}
					if every == 1 && !f.Harmless && p.Snapshot.State == market.Complete {
						t.Errorf("%s does not bite", f.Name)
					}
					if most := 4*wirePatience + time.Second; !f.Harmless && took > most {
						t.Errorf("%s: it took %s", f.Name, took)
					}
				}
				proxy.Mend()
				p, _, err := pull()
				if diff := cmp.Diff(all, keysOf(p.Rows)); diff != "" || err != nil {
					t.Errorf("after %s: %v %s", f.Name, err, diff)
				}
			}
		})
	}
}

// checkWired: complete is whole; anything else says why, without a secret.
func checkWired(t *testing.T, name string, p market.Pull, err error, all []string) {
	t.Helper()
	got := keysOf(p.Rows)
	seen := map[string]bool{}
	for _, k := range got {
		if seen[k] {
			t.Errorf("%s: %s came twice", name, k)
		}
		seen[k] = true
	}
	reasons := strings.Join(p.Snapshot.Manifest.Reasons, "; ") + errorText(err)
	switch {
	case p.Snapshot.State == market.Complete && (err != nil || len(got) != len(all)):
		t.Errorf("%s: complete with %d of %d rows, %v", name, len(got), len(all), err)
	case p.Snapshot.State != market.Complete && reasons == "":
		t.Errorf("%s: %s without a reason", name, p.Snapshot.State)
	case strings.Contains(reasons, "canary") || strings.Contains(reasons, "sign="):
		t.Errorf("%s: a secret is told: %s", name, reasons)
	}
}

// A connection that is kept and whose other end is gone without a word costs one
// time-out and nothing else.
func TestWireForgotten(t *testing.T) {
	srv := httptest.NewServer(&stockServer{skus: []string{"a", "b", "c"}})
	t.Cleanup(srv.Close)
	proxy := wiretest.New(t, srv.Listener.Addr().String())
	a, _ := serveAPI(t, "http://"+proxy.Addr(), strings.Replace(listYAML, "request: {url:", "request: {timeout: 300ms, url:", 1))
	for range 3 {
		p, err := a.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow})
		if err != nil || p.Snapshot.State != market.Complete || p.Rows.Len() != 3 {
			t.Fatal(err, p.Snapshot.State)
		}
		if proxy.Freeze() == 0 {
			t.Fatal("no connection was kept")
		}
	}
}
