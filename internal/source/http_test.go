package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

func hourRequest(tb testing.TB) Request {
	tb.Helper()
	return Request{Shop: cnShop(tb), Now: topNow, Window: market.Window{Start: topNow.Add(-33 * time.Minute), End: topNow}}
}

// manyTrades are n paid trades, one a minute back from 4 minutes ago.
func manyTrades(n int, every time.Duration) []trade {
	var out []trade
	for i := range n {
		out = append(out, trade{tid: 1234567890123456000 + int64(i), modified: topNow.Add(-4*time.Minute - time.Duration(i)*every), lines: 1 + i%3, status: "WAIT_SELLER_SEND_GOODS", payment: "105.01"})
	}
	return out
}

func orders(b *market.Batch) []string {
	var out []string
	for i := range b.Len() {
		out = append(out, b.Column("order_id").Text(i))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestTOPReadsFromTheLastPage(t *testing.T) {
	s := &topServer{trades: manyTrades(8, time.Minute)}
	a, _ := newTOP(t, s, topYAML)
	p, err := a.Pull(context.Background(), hourRequest(t))
	if err != nil || p.Snapshot.State != market.Complete {
		t.Fatal(err, p.Snapshot)
	}
	if diff := cmp.Diff([]string{"count", "page 3", "page 2", "page 1"}, s.calls); diff != "" {
		t.Error(diff)
	}
	m := p.Snapshot.Manifest
	if *m.Total != 8 || m.Pages != 3 || m.PagesWant != 3 || m.Rows != p.Rows.Len() || len(orders(p.Rows)) != 8 {
		t.Errorf("%+v", m)
	}
	if want := topNow.Add(-3 * time.Minute); !p.Snapshot.Watermark.Equal(want) || !p.Snapshot.Window.End.Equal(want) {
		t.Errorf("the window ends at %s, watermark %s, want now less the lag", p.Snapshot.Window.End, p.Snapshot.Watermark)
	}
	if f := s.forms[0]; f["start_modified"] != "2026-11-22 10:27:00" || f["end_modified"] != "2026-11-22 10:57:00" || !strings.HasPrefix(f["timestamp"], "2026-11-22 11:00:0") {
		t.Errorf("window %s to %s at %s", f["start_modified"], f["end_modified"], f["timestamp"])
	}
	// Every order's lines add up to its payment less postage.
	sums := map[string]int64{}
	for i := range p.Rows.Len() {
		sums[p.Rows.Column("order_id").Text(i)] += p.Rows.Column("paid").Ints[i]
	}
	for id, sum := range sums {
		if sum != 10001 {
			t.Errorf("order %s: lines add up to %d", id, sum)
		}
	}
	if got := show(p.Rows, "order_id", "line_id", "item", "sku", "region", "status", "qty")[0]; got != "1234567890123456006 2234567890123456060 6123456789012345678 39999999999 浙江省 paid 2" {
		t.Error(got)
	}
}

// An order that changes while the pages are read leaves the window; the orders
// behind it move up a page. Nothing may be lost or doubled.
func TestTOPOrdersThatChangeWhilePaging(t *testing.T) {
	for call := 1; call <= 4; call++ {
		for victim := range 9 {
			s := &topServer{trades: manyTrades(9, time.Minute)}
			gone := s.trades[victim].tid
			s.after = func(s *topServer, n int) {
				if n == call {
					s.trades[victim].modified = topNow.Add(time.Minute)
				}
			}
			a, _ := newTOP(t, s, topYAML)
			p, err := a.Pull(context.Background(), hourRequest(t))
			if err != nil || p.Snapshot.State != market.Complete {
				t.Fatal(call, victim, err, p.Snapshot.Manifest)
			}
			for _, tr := range s.trades {
				if tr.tid != gone && !slices.Contains(orders(p.Rows), fmt.Sprint(tr.tid)) {
					t.Errorf("changed after call %d: order %d is lost", call, tr.tid)
				}
			}
		}
	}
}

// A count that is answered by a server that lags is too small; the last page it
// names says that there is another, and all is counted again. A total that never
// becomes true is said to be none.
func TestTOPCountThatLags(t *testing.T) {
	yaml := strings.Replace(topYAML, "    order: reverse\n", "    order: reverse\n    has_next: .trades_sold_increment_get_response.has_next\n", 1)
	all := manyTrades(8, time.Minute)
	s := &topServer{trades: all[3:]}
	s.after = func(s *topServer, n int) {
		if n == 1 {
			s.trades = all
		}
	}
	a, _ := newTOP(t, s, yaml)
	p, err := a.Pull(context.Background(), hourRequest(t))
	if err != nil || p.Snapshot.State != market.Complete || len(orders(p.Rows)) != 8 {
		t.Fatal(err, p.Snapshot, len(orders(p.Rows)))
	}
	if diff := cmp.Diff([]string{"count", "page 2", "count", "page 3", "page 2", "page 1"}, s.calls); diff != "" {
		t.Error(diff)
	}
	s = &topServer{trades: all}
	s.override = func(n int, w http.ResponseWriter) bool {
		if n%2 == 1 {
			_, _ = w.Write([]byte(`{"trades_sold_increment_get_response":{"total_results":3}}`))
		}
		return n%2 == 1
	}
	a, _ = newTOP(t, s, yaml)
	p, err = a.Pull(context.Background(), hourRequest(t))
	wantClass(t, err, Incomplete)
	if p.Snapshot.State == market.Complete || len(s.calls) != 6 {
		t.Error(p.Snapshot.State, s.calls)
	}
}

func TestTOPSplitsAtTheCeiling(t *testing.T) {
	for name, change := range map[string]*strings.Replacer{
		"1,500 rows":  strings.NewReplacer("max_rows: 1500", "max_rows: 10"),
		"page number": strings.NewReplacer("max: 100", "max: 3"),
	} {
		t.Run(name, func(t *testing.T) {
			s := &topServer{trades: manyTrades(25, time.Minute)}
			a, _ := newTOP(t, s, change.Replace(topYAML))
			p, err := a.Pull(context.Background(), hourRequest(t))
			if err != nil || p.Snapshot.State != market.Complete || len(orders(p.Rows)) != 25 {
				t.Fatal(err, p.Snapshot)
			}
			if n := p.Snapshot.Manifest.Pages; n < 9 {
				t.Errorf("%d pages", n)
			}
		})
	}
	t.Run("all in one second", func(t *testing.T) {
		s := &topServer{trades: manyTrades(25, 0)}
		a, _ := newTOP(t, s, strings.ReplaceAll(topYAML, "max_rows: 1500", "max_rows: 10"))
		p, err := a.Pull(context.Background(), hourRequest(t))
		wantClass(t, err, Incomplete)
		if p.Snapshot.State == market.Complete || !p.Snapshot.Watermark.IsZero() {
			t.Error(p.Snapshot)
		}
	})
}

func wantClass(t *testing.T, err error, class Class) {
	t.Helper()
	if got := failure(err); got.Class != class {
		t.Fatalf("error %v, want class %s", err, class)
	}
}

// failure is the *Error in err, or an empty one.
func failure(err error) Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return *e
	}
	return Error{}
}

func topFailure(code int, sub, words string) string {
	return fmt.Sprintf(`{"error_response":{"code":%d,"msg":"App Call Limited","sub_code":%q,"sub_msg":%q,"request_id":"x"}}`, code, sub, words)
}

// answering gives each call its own answer, the last one for ever.
func answering(bodies ...string) func(int, http.ResponseWriter) bool {
	return func(n int, w http.ResponseWriter) bool {
		body := bodies[min(n, len(bodies))-1]
		_, _ = w.Write([]byte(body))
		return body != ""
	}
}

func TestTOPBans(t *testing.T) {
	short := topFailure(7, "accesscontrol.limited-by-app-access-count", "This ban will last for 1 more seconds")
	long := topFailure(7, "accesscontrol.limited-by-api-access-count", "This ban will last for 31062 more seconds")
	t.Run("one second is waited for", func(t *testing.T) {
		s := &topServer{trades: manyTrades(2, time.Minute), override: answering(short, "")}
		a, waits := newTOP(t, s, topYAML)
		p, err := a.Pull(context.Background(), hourRequest(t))
		if err != nil || p.Snapshot.State != market.Complete {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{2 * time.Second}, *waits); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("the daily quota closes the gate", func(t *testing.T) {
		s := &topServer{override: answering(long)}
		a, waits := newTOP(t, s, topYAML)
		_, err := a.Pull(context.Background(), hourRequest(t))
		wantClass(t, err, Banned)
		e := failure(err)
		if d := e.Until.Sub(topNow); d < 31000*time.Second || d > 31100*time.Second {
			t.Errorf("until %s", e.Until)
		}
		_, err = a.Pull(context.Background(), hourRequest(t))
		wantClass(t, err, Banned)
		if again := failure(err); again.Until != e.Until || len(s.calls) != 1 || len(*waits) != 0 {
			t.Errorf("%d calls, %v", len(s.calls), err)
		}
	})
	t.Run("a ban without a length is a minute", func(t *testing.T) {
		s := &topServer{override: answering(topFailure(7, "", ""), "")}
		a, waits := newTOP(t, s, topYAML)
		if _, err := a.Pull(context.Background(), hourRequest(t)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{time.Minute}, *waits); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTOPErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		body  string
		class Class
		calls int
	}{
		{"session expired", topFailure(27, "invalid-sessionkey", "SessionKey canary-session-value expired"), Auth, 1},
		{"signature", topFailure(25, "", "sign=ABCDEF"), Setup, 1},
		{"permission", topFailure(11, "isv.permission-api-package-limit", ""), Permission, 1},
		{"caller", topFailure(41, "isv.invalid-parameter", ""), Caller, 1},
		{"service", topFailure(15, "isp.top-remote-connection-timeout", ""), Service, 4},
		{"not JSON", `<html>`, Service, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &topServer{override: answering(c.body)}
			a, _ := newTOP(t, s, topYAML)
			p, err := a.Pull(context.Background(), hourRequest(t))
			wantClass(t, err, c.class)
			if len(s.calls) != c.calls || p.Snapshot.State != market.Failed || p.Rows != nil {
				t.Errorf("%d calls, %+v", len(s.calls), p.Snapshot)
			}
			text := fmt.Sprintf("%v %+v %+v", err, p, errors.Unwrap(err))
			for _, secret := range []string{"canary", "ABCDEF"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s is shown in %s", secret, text)
				}
			}
		})
	}
}

// A page that fails leaves the pages before it, and no watermark.
func TestHalfAWindow(t *testing.T) {
	s := &topServer{trades: manyTrades(9, time.Minute)}
	s.override = func(n int, w http.ResponseWriter) bool {
		if n < 3 {
			return false
		}
		w.WriteHeader(http.StatusBadGateway)
		return true
	}
	a, _ := newTOP(t, s, topYAML)
	p, err := a.Pull(context.Background(), hourRequest(t))
	wantClass(t, err, Service)
	if p.Snapshot.State != market.Partial || len(orders(p.Rows)) != 3 || !p.Snapshot.Watermark.IsZero() || p.Snapshot.Manifest.Pages != 1 || p.Snapshot.Manifest.PagesWant != 3 {
		t.Errorf("%+v", p.Snapshot)
	}
	// The next run reads the same window whole.
	s.override = nil
	p, err = a.Pull(context.Background(), hourRequest(t))
	if err != nil || len(orders(p.Rows)) != 9 || p.Snapshot.Watermark.IsZero() {
		t.Errorf("%v %+v", err, p.Snapshot)
	}
}

// While the upstream answers 503 to everything, the calls stay within 1.2 times
// the usual number, and the circuit keeps further runs away.
func TestStorm(t *testing.T) {
	s := &topServer{override: func(_ int, w http.ResponseWriter) bool { w.WriteHeader(http.StatusServiceUnavailable); return true }}
	a, _ := newTOP(t, s, topYAML)
	for range 100 {
		if _, err := a.Pull(context.Background(), hourRequest(t)); err == nil {
			t.Fatal("no error")
		}
	}
	if n := len(s.calls); n > 8 {
		t.Errorf("%d calls although the circuit should be open", n)
	}
}

func TestUnknownStatusIsSeen(t *testing.T) {
	s := &topServer{trades: manyTrades(9, time.Minute)}
	s.trades[4].status = "WAIT_FOR_THE_MOON"
	a, _ := newTOP(t, s, topYAML)
	p, err := a.Pull(context.Background(), hourRequest(t))
	if err != nil || p.Snapshot.State != market.Partial || len(orders(p.Rows)) != 8 || !p.Snapshot.Watermark.IsZero() {
		t.Fatal(err, p.Snapshot)
	}
	r := p.Rejects[0]
	if r.Field != "status" || !strings.Contains(r.Reason, "WAIT_FOR_THE_MOON") || !strings.HasPrefix(r.Place, "page ") || len([]rune(r.Sample)) > 200 {
		t.Errorf("%+v", r)
	}
}

func TestRules(t *testing.T) {
	yaml := strings.ReplaceAll(listYAML, "  records:", `  errors:
  - {when: {jq: '.errors | rows | .extensions.code == "THROTTLED"'}, do: retry, wait: .wait}
  - {when: {status: 403}, do: auth}
  - {when: {status: 404}, do: skip}
  records:`)
	serve := func(answer func(n int, w http.ResponseWriter)) (*api, *[]time.Duration) {
		n := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { n++; answer(n, w) }))
		t.Cleanup(srv.Close)
		return serveAPI(t, srv.URL, yaml)
	}
	const one = `{"total":1,"items":[{"sku":"s","channel":"c"}]}`
	r := Request{Shop: cnShop(t), Now: topNow}
	t.Run("throttled with 200", func(t *testing.T) {
		a, waits := serve(func(n int, w http.ResponseWriter) {
			if n == 1 {
				_, _ = w.Write([]byte(`{"errors":[{"extensions":{"code":"THROTTLED"}}],"wait":2.5}`))
				return
			}
			_, _ = w.Write([]byte(one))
		})
		if _, err := a.Pull(context.Background(), r); err != nil || !slices.Equal(*waits, []time.Duration{2500 * time.Millisecond}) {
			t.Error(err, waits)
		}
	})
	t.Run("403 is an expired token", func(t *testing.T) {
		a, _ := serve(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) })
		_, err := a.Pull(context.Background(), r)
		wantClass(t, err, Auth)
	})
	t.Run("raw control characters", func(t *testing.T) {
		a, _ := serve(func(_ int, w http.ResponseWriter) {
			_, _ = w.Write([]byte("{\"total\":1,\"items\":[{\"sku\":\"s\",\"channel\":\"a\tb\r\n\"}]}"))
		})
		p, err := a.Pull(context.Background(), r)
		if err != nil || p.Rows.Column("channel").Text(0) != "a\tb" {
			t.Error(err, show(p.Rows, "channel"))
		}
	})
	t.Run("429 with a date", func(t *testing.T) {
		a, waits := serve(func(n int, w http.ResponseWriter) {
			if n == 1 {
				w.Header().Set("Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = w.Write([]byte(one))
		})
		if _, err := a.Pull(context.Background(), r); err != nil || len(*waits) != 1 || (*waits)[0] < 18*time.Second || (*waits)[0] > 20*time.Second {
			t.Error(err, waits)
		}
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		reached := false
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		defer other.Close()
		a, _ := serve(func(_ int, w http.ResponseWriter) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(http.StatusFound)
		})
		_, err := a.Pull(context.Background(), r)
		wantClass(t, err, Setup)
		if reached {
			t.Error("the token went elsewhere")
		}
	})
	t.Run("too large an answer", func(t *testing.T) {
		a, _ := serve(func(_ int, w http.ResponseWriter) { _, _ = w.Write(make([]byte, defaultBody+1)) })
		_, err := a.Pull(context.Background(), r)
		wantClass(t, err, Caller)
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"30": 30 * time.Second, "1.5": 1500 * time.Millisecond, "999999": 15 * time.Minute, "soon": 0, "": 0, "-3": 0,
		"Sun, 22 Nov 2026 03:00:40 GMT": 40 * time.Second, "Sun, 22 Nov 2020 03:00:40 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestPrivateAddresses(t *testing.T) {
	for a := range strings.FieldsSeq(`127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
		224.0.0.1 255.255.255.255 198.18.0.1 ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ::7f00:1`) {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s may be dialled", a)
		}
	}
	for a := range strings.FieldsSeq("8.8.8.8 140.205.94.189 2400:3200::1") {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be dialled", a)
		}
	}
}

// A name that leads to this computer is refused when it is dialled, whatever
// the address in the configuration looked like.
func TestDialGuard(t *testing.T) {
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	client := &http.Client{Transport: transport(false)}
	res, err := client.Get(srv.URL)
	if err == nil {
		_ = res.Body.Close()
	}
	if err == nil || reached || !strings.Contains(err.Error(), "not on the open internet") {
		t.Errorf("%v, reached %t", err, reached)
	}
}

func TestStoppedPull(t *testing.T) {
	s := &topServer{trades: manyTrades(9, time.Minute)}
	a, _ := newTOP(t, s, topYAML)
	ctx, cancel := context.WithCancel(context.Background())
	s.after = func(_ *topServer, n int) {
		if n == 2 {
			cancel()
		}
	}
	p, err := a.Pull(ctx, hourRequest(t))
	if !errors.Is(err, context.Canceled) || p.Snapshot.State == market.Complete {
		t.Errorf("%v %+v", err, p.Snapshot)
	}
}

// A host that is not there is tried again, and its address is not told: the
// query holds a secret.
func TestNoAnswer(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	yaml := strings.ReplaceAll(listYAML, `{type: bearer, token: "${TOP_SECRET}"}`, `{type: api_key, query: key, value: "${TOP_SECRET}"}`)
	a, waits := serveAPI(t, srv.URL, yaml)
	p, err := a.Pull(context.Background(), Request{Shop: cnShop(t), Now: topNow})
	wantClass(t, err, Service)
	if text := fmt.Sprintf("%v %#v %+v", err, err, p); strings.Contains(text, "canary") || strings.Contains(text, "key=") || len(*waits) != 3 {
		t.Errorf("%d waits, %s", len(*waits), text)
	}
	for i, w := range *waits {
		if w < 0 || w > firstWait<<(i+1) {
			t.Errorf("wait %d is %s", i, w)
		}
	}
}
