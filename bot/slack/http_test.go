package slack_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

// httpWorld is a world in which Slack calls the bot.
func httpWorld(t *testing.T, answer func(chat.Event) chat.Ack) (*world, <-chan chat.Event, string) {
	t.Helper()
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) {
		c.Mode = slack.HTTPMode
		c.PreviousSigningSecret = "the-one-before"
	})
	server := httptest.NewServer(w.s.HTTP())
	t.Cleanup(server.Close)
	w.box.DeliverTo(server.URL)
	events := w.listen(w.s.HTTP(), answer)
	w.until("running", func() bool {
		resp := post(t, server.URL, fresh("command=%2Fx&user_id=U1&trigger_id=up"+strconv.FormatInt(time.Now().UnixNano(), 10)))
		return resp.status == http.StatusOK
	})
	for {
		select {
		case <-events:
			continue
		case <-time.After(20 * time.Millisecond):
		}
		return w, events, server.URL
	}
}

// request is what is sent to the bot.
type request struct {
	method, path, contentType, body string
	header                          http.Header
}

// fresh signs a form as Slack does, now.
func fresh(body string) request { return signedAt(body, signing, time.Now().Unix()) }

func signedAt(body string, secret slack.Secret, unix int64) request {
	stamp := strconv.FormatInt(unix, 10)
	return request{
		method: http.MethodPost, path: "/slack/commands", contentType: "application/x-www-form-urlencoded", body: body,
		header: http.Header{
			"X-Slack-Request-Timestamp": {stamp},
			"X-Slack-Signature":         {sandbox.Sign(string(secret), stamp, []byte(body))},
		},
	}
}

type reply struct {
	status int
	body   string
}

func post(t *testing.T, base string, r request) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, base+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, r.header)
	req.Header.Set("Content-Type", r.contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, string(body)}
}

func TestHTTPRoundTrips(t *testing.T) {
	w, events, _ := httpWorld(t, func(chat.Event) chat.Ack { return chat.Ack{Text: "On it"} })
	if err := w.box.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
	e := w.asked(events, "/gmv today & tomorrow")
	if e.Kind != chat.Command || e.Text != "today & tomorrow" || e.Handle == "" {
		t.Errorf("event %+v", e)
	}
	if got := w.last(); got.Kind != "ephemeral" || got.Text != "On it" {
		t.Errorf("acknowledgement %+v", got)
	}
	if err := w.s.Answer(t.Context(), e, text("GMV 1")); err != nil {
		t.Fatal(err)
	}
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: chat.Message{
		Text: "alert", Sections: []chat.Section{{Body: []chat.Rich{chat.Line("x")}, Accessory: &chat.Button{Label: "Ack", Verb: "ack", Value: "a1"}}},
	}})
	if _, err := w.box.Press(t.Context(), "lin", "general", root.Ref.TS, "ack", "a1"); err != nil {
		t.Fatal(err)
	}
	if e = next(t, events); e.Kind != chat.Press || e.Verb != "ack" || e.Value != "a1" || e.Message != root.Ref {
		t.Errorf("press %+v", e)
	}
	if _, err := w.box.Type(t.Context(), "mei", "general", "@shopwatch help"); err != nil {
		t.Fatal(err)
	}
	if e = next(t, events); e.Kind != chat.Mentioned || e.Text != "help" {
		t.Errorf("mention %+v", e)
	}
}

// What the workspace itself can spoil: nothing of it acts.
func TestHTTPMishaps(t *testing.T) {
	t.Parallel()
	w, events, _ := httpWorld(t, nil)
	for _, m := range []sandbox.Mishap{sandbox.Stale, sandbox.Tampered} {
		w.box.Misdeliver(m)
		if ex, err := w.box.Type(t.Context(), "mei", "general", "/gmv"); err != nil || ex.Status != http.StatusUnauthorized {
			t.Errorf("%s: %+v %v", m, ex, err)
		}
		none(t, events)
	}
	w.box.Misdeliver(sandbox.Replayed)
	if ex, err := w.box.Type(t.Context(), "mei", "general", "/gmv"); err != nil || ex.Status != http.StatusUnauthorized {
		t.Errorf("second of a pair: %+v %v", ex, err)
	}
	next(t, events) // the first counts
	none(t, events)
}

// Forged requests get one constant answer and reach nobody.
func TestHTTPForgeries(t *testing.T) {
	t.Parallel()
	w, events, base := httpWorld(t, nil)
	now := time.Now().Unix()
	const body = "command=%2Fgmv&user_id=U1&trigger_id=t1"
	good := signedAt(body, signing, now)
	signature, stamp := good.header.Get("X-Slack-Signature"), good.header.Get("X-Slack-Request-Timestamp")
	with := func(edit func(*request)) request {
		r := good
		r.header = good.header.Clone()
		edit(&r)
		return r
	}
	set := func(name string, values ...string) request {
		return with(func(r *request) { r.header[name] = values })
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	resigned := func(stamp string) request {
		return with(func(r *request) {
			r.header["X-Slack-Request-Timestamp"] = []string{stamp}
			r.header["X-Slack-Signature"] = []string{sandbox.Sign(string(signing), stamp, []byte(body))}
		})
	}
	for name, r := range map[string]request{
		"wrong secret":     signedAt(body, "another", now),
		"empty secret":     signedAt(body, "", now),
		"v1":               set("X-Slack-Signature", "v1"+signature[2:]),
		"no prefix":        set("X-Slack-Signature", signature[3:]),
		"upper case":       set("X-Slack-Signature", "v0="+strings.ToUpper(signature[3:])),
		"short":            set("X-Slack-Signature", signature[:40]),
		"long":             set("X-Slack-Signature", signature+"00"),
		"empty":            set("X-Slack-Signature", ""),
		"no signature":     set("X-Slack-Signature"),
		"two signatures":   set("X-Slack-Signature", signature, signature),
		"no time":          set("X-Slack-Request-Timestamp"),
		"two times":        set("X-Slack-Request-Timestamp", stamp, stamp),
		"one byte changed": with(func(r *request) { r.body = strings.Replace(body, "t1", "t2", 1) }),
		"other order":      with(func(r *request) { r.body = "user_id=U1&command=%2Fgmv&trigger_id=t1" }),
		"empty body":       with(func(r *request) { r.body = "" }),
		"zipped":           with(func(r *request) { r.body = zipped.String(); r.header.Set("Content-Encoding", "gzip") }),
		"old":              resigned(strconv.FormatInt(now-301, 10)),
		"future":           resigned(strconv.FormatInt(now+330, 10)),
		"zero":             resigned("0"),
		"negative":         resigned("-" + stamp),
		"huge":             resigned("9223372036854775807"),
		"exponent":         resigned("1e9"),
		"plus":             resigned("+" + stamp),
		"leading zero":     resigned("0" + stamp),
		"ssl check":        {method: http.MethodPost, path: "/slack/commands", contentType: "application/x-www-form-urlencoded", body: "ssl_check=1"},
		"stranger's url":   {method: http.MethodPost, path: "/slack/events", contentType: "application/json", body: `{"type":"url_verification","challenge":"x"}`},
	} {
		if got := post(t, base, r); got.status != http.StatusUnauthorized || got.body != "unauthorized\n" {
			t.Errorf("%s: %d %q", name, got.status, got.body)
		}
	}
	none(t, events)
	if n := w.s.Status().Forged; n != 26 {
		t.Errorf("%d forgeries counted", n)
	}
	if got := post(t, base, good); got.status != http.StatusOK {
		t.Errorf("the good one: %+v", got)
	}
	if got := post(t, base, good); got.status != http.StatusUnauthorized || got.body != "unauthorized\n" {
		t.Errorf("the good one again: %+v", got)
	}
	if got := post(t, base, signedAt(body+"0", "the-one-before", now)); got.status != http.StatusOK {
		t.Errorf("signed with the secret before: %+v", got)
	}
	next(t, events)
	next(t, events)
	none(t, events)
}

// Well signed, but nothing to act on.
func TestHTTPOddRequests(t *testing.T) {
	t.Parallel()
	_, events, base := httpWorld(t, nil)
	payload := url.QueryEscape(`{"type":"block_actions","trigger_id":"t","user":{"id":"U1"},"actions":[{"action_id":"ack"}]}`)
	get := fresh("x")
	get.method = http.MethodGet
	elsewhere := fresh("command=%2Fgmv")
	elsewhere.path = "/slack/other"
	inQuery := fresh("a=b")
	inQuery.path = "/slack/interactions?payload=" + payload
	plain := fresh(`{"type":"event_callback"}`)
	plain.contentType = "text/plain"
	for name, c := range map[string]struct {
		r    request
		want int
	}{
		"ssl check":        {fresh("ssl_check=1&token=x"), http.StatusOK},
		"not a form":       {fresh("%zz"), http.StatusBadRequest},
		"payload no JSON":  {fresh("payload=hello"), http.StatusBadRequest},
		"payload twice":    {fresh("payload=" + payload + "&payload=" + payload), http.StatusBadRequest},
		"payload in query": {inQuery, http.StatusBadRequest},
		"no user":          {fresh("command=%2Fgmv&trigger_id=t"), http.StatusOK},
		"no trigger":       {fresh("command=%2Fgmv&user_id=U1"), http.StatusOK},
		"text":             {plain, http.StatusBadRequest},
		"GET":              {get, http.StatusMethodNotAllowed},
		"elsewhere":        {elsewhere, http.StatusNotFound},
		"two MiB":          {fresh(strings.Repeat("a", 2<<20)), http.StatusRequestEntityTooLarge},
	} {
		if got := post(t, base, c.r); got.status != c.want {
			t.Errorf("%s: %d %q, want %d", name, got.status, got.body, c.want)
		}
	}
	none(t, events)
}

// Nobody listens yet: Slack is told to come again, and may.
func TestHTTPNotRunning(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.Mode = slack.HTTPMode })
	server := httptest.NewServer(w.s.HTTP())
	defer server.Close()
	r := fresh("command=%2Fgmv&user_id=U1&trigger_id=t1")
	for range 2 {
		if got := post(t, server.URL, r); got.status != http.StatusServiceUnavailable {
			t.Errorf("%+v", got)
		}
	}
	events := w.listen(w.s.HTTP(), nil)
	w.until("taken", func() bool { return post(t, server.URL, r).status == http.StatusOK })
	next(t, events)
}

func TestNewChecksItsConfiguration(t *testing.T) {
	for name, c := range map[string]slack.Config{
		"no tokens":          {},
		"swapped":            {BotToken: "xapp-1", AppToken: "xoxb-1"},
		"no app token":       {BotToken: "xoxb-1"},
		"no signing secret":  {Mode: slack.HTTPMode, BotToken: "xoxb-1"},
		"blank secret":       {Mode: slack.HTTPMode, BotToken: "xoxb-1", SigningSecret: "  "},
		"unknown mode":       {Mode: "carrier pigeon", BotToken: "xoxb-1"},
		"bad address":        {BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "slack.com"},
		"slow deadline":      {BotToken: "xoxb-1", AppToken: "xapp-1", AckDeadline: 4 * time.Second},
		"eleven connections": {BotToken: "xoxb-1", AppToken: "xapp-1", Connections: 11},
	} {
		if _, err := slack.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "xoxb-1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Without a secret nothing is taken, even if someone mounts the handler.
	s, err := slack.New(slack.Config{BotToken: "xoxb-1", AppToken: "xapp-1"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.HTTP())
	defer server.Close()
	if got := post(t, server.URL, signedAt("ssl_check=1", "", time.Now().Unix())); got.status != http.StatusUnauthorized {
		t.Errorf("empty secret: %+v", got)
	}
}

// TestClockSkew: a request whose time alone is wrong is refused like any other,
// and whoever looks after the bot hears by how much.
func TestClockSkew(t *testing.T) {
	var off []time.Duration
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) {
		c.Mode = slack.HTTPMode
		c.Skewed = func(_ context.Context, d time.Duration) { off = append(off, d) }
	})
	send := func(r request) {
		t.Helper()
		rec := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(r.body))
		maps.Copy(req.Header, r.header)
		req.Header.Set("Content-Type", r.contentType)
		if w.s.HTTP().ServeHTTP(rec, req); rec.Code != http.StatusUnauthorized || rec.Body.String() != "unauthorized\n" {
			t.Errorf("%d %q", rec.Code, rec.Body)
		}
	}
	now := time.Now()
	send(signedAt("command=%2Fgmv", signing, now.Add(-10*time.Minute).Unix()))
	send(signedAt("command=%2Fgmv", signing, now.Add(10*time.Minute).Unix()))
	if len(off) != 2 || (off[0]+10*time.Minute).Abs() > 5*time.Second || (off[1]-10*time.Minute).Abs() > 5*time.Second {
		t.Fatalf("heard of %v", off)
	}
	send(signedAt("command=%2Fgmv", "another", now.Add(-10*time.Minute).Unix())) // forged and old
	send(signedAt("command=%2Fgmv", "another", now.Unix()))
	if len(off) != 2 {
		t.Errorf("heard of forgeries: %v", off[2:])
	}
}
