package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	slackgo "github.com/slack-go/slack"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

var oneCommand = []slack.ManifestCommand{{Name: "/shop", Description: "Questions, digests, alerts and the state of the bot", Hint: "help | gmv"}}

func TestManifest(t *testing.T) {
	for name, o := range map[string]slack.ManifestOptions{
		"manifest_socket.yaml": {Commands: oneCommand},
		"manifest_http.yaml":   {Commands: oneCommand, HTTPHost: "bot.example.com"},
	} {
		text, err := slack.Manifest(o)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, text)
		var m slackgo.Manifest
		if err := yaml.UnmarshalWithOptions(text, &m, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := m.Settings.SocketModeEnabled; got != (o.HTTPHost == "") {
			t.Errorf("%s: socket mode %v", name, got)
		}
		if !slices.Equal(m.OAuthConfig.Scopes.Bot, slack.Scopes()) {
			t.Errorf("%s: scopes %v", name, m.OAuthConfig.Scopes.Bot)
		}
		for _, c := range m.Features.SlashCommands {
			if (c.Url == "") != (o.HTTPHost == "") {
				t.Errorf("%s: %s calls %q", name, c.Command, c.Url)
			}
		}
	}
	odd, err := slack.Manifest(slack.ManifestOptions{Commands: oneCommand, Name: `A "shop": #1 \ {{.Host}}`})
	if err != nil {
		t.Fatal(err)
	}
	var m slackgo.Manifest
	if err := yaml.Unmarshal(odd, &m); err != nil || m.Display.Name != `A "shop": #1 \ {{.Host}}` {
		t.Errorf("%q %v", m.Display.Name, err)
	}
	for name, o := range map[string]slack.ManifestOptions{
		"long name":    {Commands: oneCommand, Name: strings.Repeat("x", 36)},
		"no slash":     {Commands: []slack.ManifestCommand{{Name: "shop", Description: "d"}}},
		"a blank":      {Commands: []slack.ManifestCommand{{Name: "/my shop", Description: "d"}}},
		"twice":        {Commands: []slack.ManifestCommand{{Name: "/a", Description: "d"}, {Name: "/a", Description: "d"}}},
		"url for host": {Commands: oneCommand, HTTPHost: "https://bot.example.com/slack"},
		"no commands":  {},
	} {
		if _, err := slack.Manifest(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCheck(t *testing.T) {
	w := newWorld(t, sandbox.Options{Users: []sandbox.User{{Name: "mei"}}, Groups: []sandbox.Group{
		{ID: "S0DUTY", Handle: "duty", Members: []string{"mei"}}, {ID: "S0EMPTY", Handle: "nobody"},
	}}, nil)
	general, alerts := w.channel("general"), w.channel("shop-alerts")
	problems := func(channels ...string) map[string]slack.Finding {
		bad := map[string]slack.Finding{}
		for _, f := range w.s.Check(t.Context(), channels) {
			if f.OK {
				continue
			}
			if f.Detail == "" || f.Fix == "" {
				t.Errorf("no advice: %+v", f)
			}
			bad[f.Name] = f
		}
		return bad
	}
	if bad := problems(general, alerts, "#general"); len(bad) != 0 {
		t.Errorf("a good workspace: %v", bad)
	}
	w.box.Expel("shop-alerts", "shopwatch")
	if bad := problems(general, alerts, "C0NOWHERE"); len(bad) != 2 || bad["slack.channel."+alerts].Name == "" {
		t.Errorf("expelled: %v", bad)
	}
	bad := problems("U0MEI", "U0GONE", "U0SHOPBOT", "S0DUTY", "S0EMPTY", "S0NONE")
	for _, name := range []string{"slack.person.U0GONE", "slack.person.U0SHOPBOT", "slack.group.S0EMPTY", "slack.group.S0NONE"} {
		if bad[name].Name == "" {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if len(bad) != 4 {
		t.Errorf("persons and groups: %v", bad)
	}
	w.box.Archive("general", true)
	w.box.SetScopes("commands", "chat:write", "channels:read")
	if bad := problems(general); !strings.Contains(bad["slack.scopes"].Detail, "channels:history") || bad["slack.channel."+general].Name == "" {
		t.Errorf("scopes: %v", bad)
	}
	w.box.Inject(sandbox.Fault{Method: "auth.test", Times: 1, Status: 200, Header: map[string]string{"Date": "Sun, 22 Nov 2020 10:00:00 GMT"}, Body: `{"ok":true,"user_id":"U1","team_id":"T1"}`})
	if bad := problems(); bad["slack.clock"].Name == "" {
		t.Errorf("clock: %v", bad)
	}
	w.box.Revoke(true)
	if bad := problems(general); bad["slack.auth"].Detail != "invalid_auth" && bad["slack.auth"].Detail != "token_revoked" {
		t.Errorf("revoked: %v", bad)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const value = "xoxb-do-not-show"
	s := slack.Secret(value)
	c := slack.Config{BotToken: s, AppToken: s, SigningSecret: s}
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		texts = append(texts, fmt.Sprintf(verb, s), fmt.Sprintf(verb, c), fmt.Sprintf(verb, &c), fmt.Sprintf(verb, []any{s}))
	}
	j, err := json.Marshal(map[string]any{"s": s, "list": []slack.Secret{s}})
	if err != nil {
		t.Fatal(err)
	}
	book := &logbook{}
	book.logger().Info("x", "secret", s, "config", slog.AnyValue([]slack.Secret{s}))
	a, err := slack.New(slack.Config{BotToken: s, AppToken: "xapp-do-not-show"})
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, string(j), book.text(), s.String(), s.GoString(), fmt.Sprintf("%v %+v %#v", a, a, a))
	for _, text := range texts {
		if strings.Contains(text, "do-not-show") || strings.Contains(text, fmt.Sprintf("%x", value)) {
			t.Errorf("shown: %s", text)
		}
	}
	if string(s) != value {
		t.Error("the value itself is gone")
	}
}

// Through every fault, no error and no log line holds a token, a response
// address or an upload address.
func TestLeaksNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) {
		c.Timeout = 200 * time.Millisecond
		c.PictureWait = 50 * time.Millisecond
		c.OpenEvery = 10 * time.Millisecond
		c.Transport = echo{http.DefaultTransport.(*http.Transport).Clone()}
	})
	events := w.listen(w.s.Socket(), func(e chat.Event) chat.Ack {
		if e.Text == "break" {
			panic("token " + string(botToken))
		}
		return chat.Ack{}
	})
	w.awaitLinks(2)
	there := chat.Target{Channel: w.channel("general")}
	mei := w.user("mei")
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: there, Message: text("x")})
	if _, err := w.box.Type(t.Context(), "mei", "general", "/shop break"); err != nil {
		t.Fatal(err)
	}
	var errs []error
	for _, f := range []sandbox.Fault{
		{Cut: true},
		{Status: 500, Body: string(botToken)},
		{Status: 404},
		{Status: 200, Body: "<" + string(botToken)},
		{Status: 429},
		{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/" + string(botToken)}},
		{Status: 200, Body: `{"ok":false,"error":"` + string(botToken) + `"}`},
		{Status: 200, Body: `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["` + string(botToken) + `"]}}`},
		{Delay: 250 * time.Millisecond},
	} {
		e := w.asked(events, "/gmv")
		f.Method = "*"
		w.box.Inject(f)
		for _, d := range []chat.Delivery{
			{Key: "a", Act: chat.Post, Target: there, Message: withChart()},
			{Key: "b", Act: chat.Reply, Root: root.Ref, Message: text("x")},
			{Key: "c", Act: chat.Update, Root: root.Ref, Message: text("x")},
			{Key: "d", Act: chat.Post, Target: chat.Target{User: mei}, Message: text("x")},
		} {
			_, err := w.s.Send(t.Context(), d)
			_, _, found := w.s.Find(t.Context(), d, time.Now())
			errs = append(errs, err, found)
		}
		errs = append(errs, w.s.Answer(t.Context(), e, withChart()), w.s.Share(t.Context(), e, text("x")), w.s.PublishHome(t.Context(), mei, text("x")))
		for _, finding := range w.s.Check(t.Context(), []string{there.Channel}) {
			errs = append(errs, errors.New(finding.Detail))
		}
		w.box.Drop()
		<-time.After(30 * time.Millisecond)
		w.box.Mend()
		w.awaitLinks(1)
	}
	bad := 0
	for _, err := range errs {
		if err != nil {
			bad++
			leak(t, fmt.Sprintf("%v %+v %#v", err, err, err))
		}
	}
	if bad < 60 {
		t.Errorf("only %d of %d calls failed: the faults do not bite", bad, len(errs))
	}
	for line := range strings.Lines(w.log.text()) {
		leak(t, line)
	}
	if !strings.Contains(w.log.text(), "socket not opened") {
		t.Error("the log is not worth reading")
	}
}

// echo is a carrier whose errors say too much, as a proxy's may.
type echo struct{ next http.RoundTripper }

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.next.RoundTrip(r)
	if err != nil {
		body := ""
		if r.GetBody != nil {
			if b, err := r.GetBody(); err == nil {
				text, _ := io.ReadAll(b)
				body = string(text)
			}
		}
		return nil, fmt.Errorf("carrier: %s %s %s: %w", r.URL, r.Header.Get("Authorization"), body, err)
	}
	return resp, nil
}

func leak(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{string(botToken), string(appToken), string(signing), "/response/", "/upload/", "/link?", "ticket="} {
		if strings.Contains(text, secret) {
			t.Errorf("%q in %s", secret, text)
		}
	}
}
