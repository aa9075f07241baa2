package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

func adapter(tb testing.TB) *Slack {
	tb.Helper()
	s, err := New(Config{BotToken: "xoxb-1-secret", AppToken: "xapp-1-secret", SigningSecret: "signing-secret"})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestClassify(t *testing.T) {
	s := adapter(t)
	word := func(w string) error { return slackgo.SlackErrorResponse{Err: w} }
	_, number := strconv.ParseInt("Sun, 22 Nov", 10, 64)
	timeout := &url.Error{Op: "Post", URL: "https://slack.com/api/chat.postMessage?token=xoxb-1-secret", Err: context.DeadlineExceeded}
	for _, c := range []struct {
		name  string
		err   error
		ts    string
		want  chat.Failure
		after time.Duration
	}{
		{name: "sent", ts: "1.2"},
		{name: "no ts", want: chat.Doubt},
		{name: "rate limit", err: &slackgo.RateLimitedError{RetryAfter: 7 * time.Second}, want: chat.Limited, after: 7 * time.Second},
		{name: "rate limit wrapped", err: fmt.Errorf("post: %w", &slackgo.RateLimitedError{RetryAfter: time.Second}), want: chat.Limited, after: time.Second},
		{name: "rate limit of no time", err: &slackgo.RateLimitedError{}, want: chat.Limited, after: pause},
		{name: "rate limit with a date", err: number, want: chat.Limited, after: pause},
		{name: "rate limit in the body", err: word("ratelimited"), want: chat.Limited, after: pause},
		{name: "rate limit by status", err: slackgo.StatusCodeError{Code: 429}, want: chat.Limited, after: pause},
		{name: "server error", err: slackgo.StatusCodeError{Code: 500}, want: chat.Doubt},
		{name: "gateway time-out", err: slackgo.StatusCodeError{Code: 504}, want: chat.Doubt},
		{name: "redirect", err: slackgo.StatusCodeError{Code: 302}, want: chat.Doubt},
		{name: "proxy says no", err: slackgo.StatusCodeError{Code: 407}, want: chat.Down},
		{name: "no channel", err: word("channel_not_found"), want: chat.Refused},
		{name: "archived", err: word("is_archived"), want: chat.Refused},
		{name: "no scope", err: word("missing_scope"), want: chat.Refused},
		{name: "unknown word", err: word("something_new"), want: chat.Refused},
		{name: "bad blocks", err: word("invalid_blocks"), want: chat.Refused},
		{name: "token revoked", err: word("token_revoked"), want: chat.Locked},
		{name: "request cut", err: word("request_timeout"), want: chat.Down},
		{name: "internal error", err: word("internal_error"), want: chat.Doubt},
		{name: "root gone", err: word("thread_not_found"), want: chat.Orphan},
		{name: "message gone", err: word("message_not_found"), want: chat.Orphan},
		{name: "end of file", err: io.EOF, want: chat.Doubt},
		{name: "cut answer", err: io.ErrUnexpectedEOF, want: chat.Doubt},
		{name: "HTML", err: &json.SyntaxError{}, want: chat.Doubt},
		{name: "time-out", err: timeout, want: chat.Doubt},
		{name: "no such host", err: &url.Error{Op: "Post", URL: "x", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}}, want: chat.Down},
		{name: "refused connection", err: &net.OpError{Op: "dial", Err: errors.New("refused")}, want: chat.Down},
		{name: "reset while reading", err: &net.OpError{Op: "read", Err: errors.New("reset")}, want: chat.Doubt},
	} {
		err := s.classify(c.err, c.ts)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		e, ok := errors.AsType[*chat.SendError](err)
		if !ok || e.Failure != c.want || e.After != c.after || e.Reason == "" {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s leaks: %v", c.name, err)
		}
	}
	if err := s.classify(timeout, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the cause is lost: %v", err)
	}
}

// The example of Slack's own documentation.
func TestSignatureVector(t *testing.T) {
	const secret, stamp = "8f742231b10e8888abcd99yyyzzz85a5", "1531420618"
	body := []byte("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
	const want = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := sign(secret, stamp, body); got != want {
		t.Fatalf("%s", got)
	}
	h := http.Header{timestampHeader: {stamp}, signatureHeader: {want}}
	at := time.Unix(1531420618, 0)
	for _, c := range []struct {
		now  time.Time
		want bool
	}{{at, true}, {at.Add(5 * time.Minute), true}, {at.Add(-5 * time.Minute), true}, {at.Add(301 * time.Second), false}, {at.Add(-301 * time.Second), false}} {
		if got := verify(h, body, c.now, "other", secret); got != c.want {
			t.Errorf("at %s: %v", c.now, got)
		}
	}
	if verify(h, body, at) || verify(h, body, at, "") {
		t.Error("taken without a secret")
	}
}

// verify is what both checks of a request say together.
func verify(h http.Header, body []byte, now time.Time, secrets ...Secret) bool {
	at, good := signed(h, body, secrets...)
	return good && timely(at, now)
}

func FuzzVerify(f *testing.F) {
	now := time.Unix(1_700_000_000, 0)
	for _, stamp := range []string{"1700000000", "+1700000000", " 1700000000", "1e9", "", "0"} {
		f.Add(stamp, "v0="+strings.Repeat("0", 64), []byte("body"))
	}
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		h := http.Header{timestampHeader: {stamp}, signatureHeader: {signature}}
		if verify(h, body, now, "secret") && sign("secret", stamp, body) != signature {
			t.Errorf("forged: %q %q", stamp, signature)
		}
		h.Set(signatureHeader, sign("secret", stamp, body))
		if verify(h, body, now, "secret") != (stamp >= "1699999700" && stamp <= "1700000300" && len(stamp) == 10 && strings.Trim(stamp, "0123456789") == "") {
			t.Errorf("time %q", stamp)
		}
	})
}

func TestReplaysAreForgottenInTime(t *testing.T) {
	var r replays
	now := time.Unix(1_700_000_000, 0)
	for i := range 3 * maxReplays / 2 {
		if r.seen("1700000000", strconv.Itoa(i), now) {
			t.Fatal("seen before it came")
		}
	}
	for _, i := range []int{0, maxReplays, 3*maxReplays/2 - 1} {
		if !r.seen("1700000000", strconv.Itoa(i), now.Add(9*time.Minute)) {
			t.Errorf("request %d forgotten", i)
		}
	}
	r.seen("x", "x", now.Add(11*time.Minute))
	r.seen("y", "y", now.Add(22*time.Minute))
	if n := len(r.now) + len(r.old); n > 2 {
		t.Errorf("%d kept for ever", n)
	}
}

// Three at once, then one per period, whoever asks.
func TestBucketAndBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bucket{every: 5 * time.Second}
		began := time.Now()
		var at []time.Duration
		for range 6 {
			if err := b.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Since(began))
		}
		if got := fmt.Sprint(at); got != "[0s 0s 0s 5s 10s 15s]" {
			t.Error(got)
		}
		time.Sleep(time.Hour)
		began = time.Now()
		for range 3 {
			_ = b.wait(t.Context())
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("not full again after an hour: %s", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("wait ended with %v", err)
		}
	})
	for n, most := range []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute} {
		if d := backoff(5*time.Second, n); d > most || d < most*4/5 {
			t.Errorf("try %d waits %s", n, d)
		}
	}
	if d := backoff(5*time.Second, 1_000_000); d > time.Minute || d < 48*time.Second {
		t.Errorf("the millionth try waits %s", d)
	}
}

func TestHandlesAreBounded(t *testing.T) {
	var h handles
	now := time.Unix(1_700_000_000, 0)
	first := h.open("https://hooks.slack.com/1", "", now, false)
	for range maxHandles + 100 {
		h.open("https://hooks.slack.com/2", "", now, false)
	}
	if _, ok := h.use(first, now); ok || len(h.byID) > maxHandles || len(h.order) > maxHandles {
		t.Errorf("%d kept", len(h.byID))
	}
	h.open("https://hooks.slack.com/3", "", now.Add(time.Hour), false)
	if len(h.byID) != 1 {
		t.Errorf("%d kept after an hour", len(h.byID))
	}
}

func TestPictureCacheIsBounded(t *testing.T) {
	var c pictureCache
	for i := range 3 * maxCached {
		c.keep([32]byte{byte(i), byte(i >> 8)}, strconv.Itoa(i))
	}
	if len(c.ids) != maxCached || c.of([32]byte{0}) != "" || c.of([32]byte{3*maxCached - 1}) == "" {
		t.Errorf("%d kept", len(c.ids))
	}
	c.forget([]string{strconv.Itoa(3*maxCached - 1)})
	if c.of([32]byte{3*maxCached - 1}) != "" || len(c.order) != maxCached-1 {
		t.Error("not forgotten")
	}
}

func TestTimeOfStamp(t *testing.T) {
	at := time.Unix(1_700_000_000, 123_456_000).UTC()
	if got := stamp(at); got != "1700000000.123456" || !timeOf(got).Equal(at) {
		t.Errorf("%s %s", got, timeOf(got))
	}
	for _, s := range []string{"", "x", "1.x"} {
		_ = timeOf(s) // does not break
	}
	if !timeOf("").IsZero() {
		t.Error("no time out of nothing")
	}
}

func TestTrustedAddresses(t *testing.T) {
	s := adapter(t)
	for address, want := range map[string]bool{
		"https://hooks.slack.com/commands/T1/2/3": true,
		"https://files.slack.com/upload/v1/x":     true,
		"https://eu.files.slack.com/upload":       true,
		"http://hooks.slack.com/commands":         false,
		"https://hooks.slack.com.evil.example/x":  false,
		"https://evilslack.com/x":                 false,
		"https://a@hooks.slack.com/x":             false,
		"https://files.slack.com:8443/x":          false,
		"http://127.0.0.1/x":                      false,
		"file:///etc/passwd":                      false,
		"":                                        false,
	} {
		if got := s.trusted(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// Whatever arrives, reading it gives an event that is complete, or an error.
func FuzzRead(f *testing.F) {
	f.Add(string(kindCommand), []byte(`{"command":"/gmv","user_id":"U1","text":"a &amp; b","trigger_id":"t","response_url":"https://hooks.slack.com/x"}`))
	f.Add(string(kindAction), []byte(`{"type":"block_actions","trigger_id":"t","user":{"id":"U1"},"actions":[{"action_id":"ack:2","value":"v","selected_option":{"value":"w"}}]}`))
	f.Add(string(kindEvent), []byte(`{"type":"event_callback","event_id":"E","event":{"type":"app_mention","user":"U1","text":"<@U0BOT> hi","channel":"C1","ts":"1.2"}}`))
	f.Add(string(kindEvent), []byte(`{"type":"event_callback","event_id":"E","event":{"type":"message","channel_type":"im","user":"U1","text":"hi","channel":"D1"}}`))
	f.Add("other", []byte(`null`))
	s := adapter(f)
	f.Fuzz(func(t *testing.T, k string, payload []byte) {
		e, err := s.read(kind(k), payload, "env")
		if err != nil {
			return
		}
		if e.Kind == "" || len(e.Keys) == 0 || e.At.IsZero() || e.User == "" && e.Kind != chat.Joined {
			t.Errorf("incomplete: %+v", e)
		}
		if strings.Contains(e.Handle, "/") {
			t.Errorf("handle %q", e.Handle)
		}
	})
}

// What people write to the bot, and who writes.
func TestReadEvents(t *testing.T) {
	s := adapter(t)
	s.me = identity{user: "UBOT"}
	event := func(inner string) json.RawMessage {
		return json.RawMessage(`{"type":"event_callback","team_id":"T1","event_id":"E1","event":` + inner + `}`)
	}
	for _, c := range []struct {
		name, inner string
		kind        chat.EventKind
		text        string
	}{
		{"mention first", `{"type":"app_mention","user":"U1","channel":"C1","ts":"1.0","text":"<@UBOT> gmv &lt;7d&gt;"}`, chat.Mentioned, "gmv <7d>"},
		{"mention with name and comma", `{"type":"app_mention","user":"U1","channel":"C1","ts":"1.0","text":" <@UBOT|shopwatch>，gmv"}`, chat.Mentioned, "gmv"},
		{"mention in the middle", `{"type":"app_mention","user":"U1","channel":"C1","ts":"1.0","text":"hey <@UBOT> gmv"}`, chat.Mentioned, "hey gmv"},
		{"another first", `{"type":"app_mention","user":"U1","channel":"C1","ts":"1.0","text":"<@U2> ask <@UBOT>"}`, chat.Mentioned, "<@U2> ask"},
		{"mention in a direct message", `{"type":"app_mention","user":"U1","channel":"D1","ts":"1.0","text":"<@UBOT> x"}`, "", ""},
		{"direct", `{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.0","text":"gmv"}`, chat.Direct, "gmv"},
		{"direct by itself", `{"type":"message","channel_type":"im","user":"UBOT","channel":"D1","ts":"1.0","text":"gmv"}`, "", ""},
		{"another bot", `{"type":"message","channel_type":"im","user":"U3","bot_id":"B1","channel":"D1","ts":"1.0","text":"gmv"}`, "", ""},
		{"an edit", `{"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"1.0"}`, "", ""},
		{"talk in a channel", `{"type":"message","channel_type":"channel","user":"U1","channel":"C1","ts":"1.0","text":"<@UBOT> x"}`, "", ""},
		{"somebody joins", `{"type":"member_joined_channel","user":"U1","channel":"C1"}`, "", ""},
		{"the bot joins", `{"type":"member_joined_channel","user":"UBOT","channel":"C1","inviter":"U1"}`, chat.Joined, ""},
		{"home", `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}`, chat.Home, ""},
		{"messages tab", `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages"}`, "", ""},
	} {
		e, err := s.read(kindEvent, event(c.inner), "")
		if c.kind == "" {
			if !errors.Is(err, errUnused) {
				t.Errorf("%s: %+v %v", c.name, e, err)
			}
			continue
		}
		if err != nil || e.Kind != c.kind || e.Text != c.text || e.Team != "T1" {
			t.Errorf("%s: %+v %v", c.name, e, err)
		}
	}
	e, err := s.read(kindAction, json.RawMessage(`{"type":"block_actions","trigger_id":"t","user":{"id":"U1","team_id":"T1"},
		"container":{"message_ts":"2.0","channel_id":"C1"},"message":{"ts":"2.0","thread_ts":"1.0"},
		"actions":[{"action_id":"more:3","action_ts":"9","selected_option":{"value":"mute"}}]}`), "env1")
	if err != nil || e.Verb != "more" || e.Value != "mute" || e.Thread != "1.0" || fmt.Sprint(e.Keys) != "[ac:t9 en:env1]" {
		t.Errorf("menu: %+v %v", e, err)
	}
	if _, err = s.read(kindAction, json.RawMessage(`{"type":"block_actions","trigger_id":"t","user":{"id":"U1"},"actions":[{"action_id":"open_address:2"}]}`), ""); !errors.Is(err, errUnused) {
		t.Errorf("a plain link: %v", err)
	}
}
