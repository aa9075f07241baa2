package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// The example of Slack's documentation on verifying requests.
func TestSignatureOfTheDocumentation(t *testing.T) {
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA" +
		"&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body))
	if want := "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"; len(body) != 362 || got != want {
		t.Errorf("%d bytes give %s", len(body), got)
	}
}

// request is what reached the HTTP bot.
type request struct {
	path, body, retry, reason string
	stamp                     int64
	verified                  bool
}

// hearer is a bot behind signed HTTP.
type hearer struct {
	mu   sync.Mutex
	got  []request
	url  string
	then func(n int, r request) (int, string)
}

func hear(t *testing.T, then func(n int, r request) (int, string)) *hearer {
	t.Helper()
	h := &hearer{then: then}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier, err := slack.NewSecretsVerifier(r.Header, DefaultSigningSecret)
		body, _ := io.ReadAll(r.Body)
		if err == nil {
			_, err = verifier.Write(body)
		}
		if err == nil {
			err = verifier.Ensure()
		}
		stamp, _ := strconv.ParseInt(r.Header.Get("X-Slack-Request-Timestamp"), 10, 64)
		req := request{
			path: r.URL.Path, body: string(body), verified: err == nil, stamp: stamp,
			retry: r.Header.Get("X-Slack-Retry-Num"), reason: r.Header.Get("X-Slack-Retry-Reason"),
		}
		h.mu.Lock()
		h.got = append(h.got, req)
		n := len(h.got)
		h.mu.Unlock()
		status, text := h.then(n, req)
		if status == http.StatusUnauthorized {
			w.Header().Set("X-Slack-No-Retry", "1")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hearer) requests() []request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]request(nil), h.got...)
}

func strict(_ int, r request) (int, string) {
	if !r.verified {
		return http.StatusUnauthorized, ""
	}
	if r.path == "/slack/commands" {
		return http.StatusOK, `{"text":"from http"}`
	}
	return http.StatusOK, ""
}

func TestSignedHTTP(t *testing.T) {
	h := hear(t, strict)
	w := serve(t, Options{HTTPURL: h.url})
	ctx := t.Context()
	if ex, err := w.Type(ctx, "lin", "general", "/shop gmv"); err != nil || !ex.Acked || ex.TS == "" {
		t.Fatalf("%+v %v", ex, err)
	}
	if _, err := w.Type(ctx, "lin", "general", "@shopwatch gmv"); err != nil {
		t.Fatal(err)
	}
	ts := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", card)
	if _, err := w.Press(ctx, "lin", "general", ts, "ack", "one"); err != nil {
		t.Fatal(err)
	}
	want := []string{"/slack/commands", "/slack/events", "/slack/interactions"}
	for i, r := range h.requests() {
		if r.path != want[i] || !r.verified || r.retry != "" {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if got := w.Transcript()[0]; got.Kind != "ephemeral" || got.Text != "from http" {
		t.Errorf("%+v", got)
	}
}

func TestMishaps(t *testing.T) {
	h := hear(t, strict)
	w := serve(t, Options{HTTPURL: h.url})
	for _, c := range []struct {
		m        Mishap
		status   int
		requests int
	}{{Stale, 401, 1}, {Tampered, 401, 1}, {Replayed, 200, 2}, {"", 200, 1}} {
		before := len(h.requests())
		w.Misdeliver(c.m)
		ex, err := w.Type(t.Context(), "lin", "general", "/shop gmv")
		if err != nil || ex.Status != c.status || len(h.requests())-before != c.requests {
			t.Errorf("%q: %+v %v, %d requests", c.m, ex, err, len(h.requests())-before)
		}
	}
}

func TestFailedEventIsSentAgain(t *testing.T) {
	h := hear(t, func(n int, _ request) (int, string) {
		if n == 1 {
			return http.StatusInternalServerError, ""
		}
		return http.StatusOK, ""
	})
	w := serve(t, Options{HTTPURL: h.url})
	ex, err := w.Type(t.Context(), "lin", "general", "@shopwatch gmv")
	if err != nil || !ex.Acked {
		t.Fatalf("%+v %v", ex, err)
	}
	got := h.requests()
	if len(got) != 2 || got[1].retry != "1" || got[1].reason != "http_error" || got[0].body != got[1].body {
		t.Errorf("%+v", got)
	}
}

func TestVerifyURL(t *testing.T) {
	echo := true
	h := hear(t, func(int, request) (int, string) {
		if echo {
			return http.StatusOK, "sandbox-challenge"
		}
		return http.StatusOK, ""
	})
	w := serve(t, Options{HTTPURL: h.url})
	if err := w.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
	echo = false
	if err := w.VerifyURL(t.Context()); err == nil {
		t.Error("verified without the challenge")
	}
}

func TestFaults(t *testing.T) {
	w := serve(t, Options{PostBurst: -1})
	post := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, _, err := w.client.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("x", false))
		return err
	}
	for _, c := range []struct {
		name   string
		fault  Fault
		stored int
	}{
		{"server error", Fault{Status: 500}, 0},
		{"date in Retry-After", Fault{Status: 429, Header: map[string]string{"Retry-After": "Sun, 22 Nov 2026 00:00:00 GMT"}}, 0},
		{"connection cut", Fault{Cut: true}, 0},
		{"stored, then cut", Fault{Cut: true, After: true}, 1},
		{"stored, answered too late", Fault{After: true, Delay: 400 * time.Millisecond}, 1},
	} {
		c.fault.Method, c.fault.Times = "chat.postMessage", 1
		before := len(w.Transcript())
		w.Inject(c.fault)
		if err := post(); err == nil {
			t.Errorf("%s: no error", c.name)
		}
		if got := len(w.Transcript()) - before; got != c.stored {
			t.Errorf("%s: %d stored", c.name, got)
		}
		if err := post(); err != nil {
			t.Errorf("after %s: %v", c.name, err)
		}
	}
	// Every third call fails, until mended.
	w.Inject(Fault{Method: "*", OneIn: 3, Status: 500})
	failed := 0
	for range 6 {
		if post() != nil {
			failed++
		}
	}
	w.Mend()
	if failed != 2 || post() != nil {
		t.Errorf("%d of 6 failed", failed)
	}
}
