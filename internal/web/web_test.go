package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
)

// sample is a status with one of everything.
func sample() Status {
	at := time.Date(2026, 11, 21, 8, 2, 0, 0, time.FixedZone("CST", 8*3600))
	return Status{
		At: at,
		Shops: []Shop{{
			ID: "tmall", Name: "天猫旗舰店 <b>",
			Feeds: []Feed{
				{Source: "tmall_trades", Table: "order_line", State: "complete", Until: at.Add(-3 * time.Minute)},
				{Source: "tmall_items", Table: "inventory", State: "partial", Until: at.Add(-2 * time.Hour), Late: true, Reason: "7/20"},
				{Source: "rivals", Table: "rival_offer"},
			},
			Alerts: []Alert{
				{ID: "a1", Severity: "critical", State: "acknowledged", Title: "面霜 50ml", Since: at.Add(-time.Hour), Owner: "李雷"},
				{ID: "a2", Severity: "warning", State: "firing", Title: "<script>alert(1)</script>", Since: at.Add(-time.Minute)},
			},
		}, {ID: "outlet", Name: "Outlet"}},
		Jobs: []Job{
			{Name: "watch", Last: at.Add(-2 * time.Minute), Outcome: "ok", Next: at.Add(8 * time.Minute)},
			{Name: "digest morning", Last: at.Add(-24 * time.Hour), Outcome: "failed", Detail: "store is locked"},
			{Name: "new"},
		},
		Outbox: Outbox{Waiting: 1234, Doubt: 1, Dead: 2, Oldest: at.Add(-90 * time.Second)},
	}
}

func options() Options {
	return Options{
		Status: func(context.Context, string) (Status, error) { return sample(), nil },
		Lang:   "zh-CN", Logger: slog.New(slog.DiscardHandler),
	}
}

// ask sends a request as a local browser does, changed by the edits.
func ask(t *testing.T, o Options, target string, edits ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Host, r.RemoteAddr = "127.0.0.1:8788", "127.0.0.1:50000"
	for _, e := range edits {
		e(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	for _, lang := range []string{"zh-CN", "en"} {
		resp := ask(t, options(), "/?lang="+lang)
		if resp.Code != http.StatusOK || resp.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Fatalf("%s: %d %v", lang, resp.Code, resp.Header())
		}
		got := resp.Body.String()
		path := filepath.Join("testdata", "page."+lang+".html")
		if os.Getenv("UPDATE") != "" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs, UPDATE=1 rewrites it; got:\n%s", path, got)
		}
		// The policy of the page allows neither of these, and no word is missing.
		if bad := regexp.MustCompile(`<script|style=|\son\w+=|«|<no value>|https?://`).FindString(got); bad != "" {
			t.Errorf("%s: the page holds %q", lang, bad)
		}
		if len(got) > 100<<10 {
			t.Errorf("%s: %d bytes", lang, len(got))
		}
	}
}

// TestTwins: both languages show the same numbers and names.
func TestTwins(t *testing.T) {
	digits := regexp.MustCompile(`>[^<]*\d[^<]*<`)
	numbers := func(lang string) []string {
		var list []string
		for _, m := range digits.FindAllString(ask(t, options(), "/?lang="+lang).Body.String(), -1) {
			list = append(list, strings.Join(regexp.MustCompile(`\d[\d/:,]*`).FindAllString(m, -1), " "))
		}
		return list
	}
	if zh, en := strings.Join(numbers("zh"), "|"), strings.Join(numbers("en"), "|"); zh != en || zh == "" {
		t.Errorf("zh %s\nen %s", zh, en)
	}
}

func TestHeaders(t *testing.T) {
	for _, target := range []string{"/", "/healthz", "/readyz", "/page.css", "/nothing"} {
		resp := ask(t, options(), target)
		csp := resp.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || resp.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", target, resp.Header())
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if resp := ask(t, options(), "/", func(r *http.Request) { r.Method = method }); resp.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, resp.Code)
		}
	}
}

func TestHealthAndReady(t *testing.T) {
	o := options()
	o.Token = "canary-token"
	o.Ready = []Check{
		{"store", func(context.Context) error { return nil }},
		{"chat", func(context.Context) error { return errors.New("socket closed\nby peer") }},
	}
	if got := ask(t, o, "/healthz").Body.String(); got != "ok\n" {
		t.Errorf("healthz = %q", got)
	}
	remote := func(r *http.Request) { r.RemoteAddr = "10.0.0.9:1" }
	for name, c := range map[string]struct {
		edit func(*http.Request)
		want string
	}{
		"this computer":            {func(*http.Request) {}, "not ready\nchat: socket closed by peer\n"},
		"another":                  {remote, "not ready\nchat\n"},
		"through a proxy":          {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "1.2.3.4") }, "not ready\nchat\n"},
		"another with the token":   {func(r *http.Request) { remote(r); r.SetBasicAuth("x", "canary-token") }, "not ready\nchat: socket closed by peer\n"},
		"another with a wrong one": {func(r *http.Request) { remote(r); r.SetBasicAuth("x", "canary") }, "not ready\nchat\n"},
	} {
		resp := ask(t, o, "/readyz", c.edit)
		if got := resp.Body.String(); got != c.want || resp.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %q, want %q", name, resp.Code, got, c.want)
		}
	}
	o.Ready = o.Ready[:1]
	if resp := ask(t, o, "/readyz"); resp.Code != http.StatusOK {
		t.Errorf("ready: %d", resp.Code)
	}
}

func TestWhoMaySee(t *testing.T) {
	closed := options()
	closed.Token = "canary-token"
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer canary-token") }
	for name, c := range map[string]struct {
		o    Options
		edit func(*http.Request)
		want int
	}{
		"no token, by address":        {options(), func(*http.Request) {}, 200},
		"no token, localhost":         {options(), func(r *http.Request) { r.Host = "localhost:8788" }, 200},
		"no token, IPv6":              {options(), func(r *http.Request) { r.Host = "[::1]:8788" }, 200},
		"no token, a foreign name":    {options(), func(r *http.Request) { r.Host = "evil.example" }, 421},
		"token, none given":           {closed, func(*http.Request) {}, 401},
		"token, wrong":                {closed, func(r *http.Request) { r.SetBasicAuth("a", "b") }, 401},
		"token as password":           {closed, func(r *http.Request) { r.SetBasicAuth("a", "canary-token") }, 200},
		"token as bearer, named host": {closed, func(r *http.Request) { r.Host = "shop.example"; bearer(r) }, 200},
	} {
		resp := ask(t, c.o, "/", c.edit)
		body := resp.Body.String()
		if resp.Code != c.want || strings.Contains(body, "canary") {
			t.Errorf("%s: %d, want %d: %s", name, resp.Code, c.want, body)
		}
		if c.want != 200 && strings.Contains(body, "tmall_trades") {
			t.Errorf("%s: the status is shown", name)
		}
	}
}

func TestStatusFails(t *testing.T) {
	o := options()
	var log strings.Builder
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	o.Status = func(context.Context, string) (Status, error) { return Status{}, errors.New("store: secret detail") }
	resp := ask(t, o, "/?lang=en")
	if got := resp.Body.String(); resp.Code != http.StatusServiceUnavailable || strings.Contains(got, "secret detail") {
		t.Errorf("%d %q", resp.Code, got)
	}
	if !strings.Contains(log.String(), "secret detail") {
		t.Errorf("the log lacks the cause: %s", log.String())
	}
	if _, err := New(Options{}); err == nil {
		t.Error("New accepts nothing at all")
	}
}

// TestWords: every word of the closed lists is in both catalogues, and every
// fact table has one.
func TestWords(t *testing.T) {
	for _, table := range market.Tables {
		if !slices.Contains(lists["table"], table.Name) {
			t.Errorf("the table %s has no word", table.Name)
		}
	}
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		v := newView(sample(), l)
		for list, words := range lists {
			for _, w := range words {
				if got := v.Word(list, w); got == "" || strings.Contains(got, "«") {
					t.Errorf("%s: %s.%s = %q", l.Tag(), list, w, got)
				}
			}
		}
	}
}
