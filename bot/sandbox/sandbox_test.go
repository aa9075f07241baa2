package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// clock is stepped by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 0, 2, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a sandbox that is being served.
type world struct {
	*Sandbox

	clock  *clock
	url    string
	client *slack.Client
}

func serve(t *testing.T, opt Options) *world {
	t.Helper()
	c := newClock()
	if opt.Now == nil {
		opt.Now = c.Now
	}
	if opt.Session == "" {
		opt.Session = "test"
	}
	if opt.AckWithin == 0 {
		opt.AckWithin = 2 * time.Second
	}
	box, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box.Handler())
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return &world{
		Sandbox: box, clock: c, url: server.URL,
		client: slack.New(DefaultBotToken, slack.OptionAPIURL(server.URL+"/api/"), slack.OptionAppLevelToken(DefaultAppToken)),
	}
}

// call posts a form to the Web API.
func (w *world) call(t *testing.T, method string, args ...string) map[string]any {
	t.Helper()
	form := url.Values{"token": {DefaultBotToken}}
	for i := 0; i < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	resp, err := http.PostForm(w.url+"/api/"+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if after := resp.Header.Get("Retry-After"); after != "" {
		answer["retry_after"] = after
	}
	return answer
}

// bot is slack-go in Socket Mode. It acknowledges everything with what reply
// returns.
type bot struct {
	client *socketmode.Client
	events chan socketmode.Event
}

func startBot(t *testing.T, w *world, reply func(socketmode.Event) any) *bot {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &bot{client: socketmode.New(w.client), events: make(chan socketmode.Event, 100)}
	done := make(chan struct{}, 2)
	go func() {
		_ = b.client.RunContext(ctx)
		done <- struct{}{}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case e := <-b.client.Events:
				if e.Request != nil && e.Request.EnvelopeID != "" {
					b.events <- e
					payload := reply(e)
					switch {
					case payload == silence:
					case payload == nil:
						_ = b.client.Ack(*e.Request)
					default:
						_ = b.client.Ack(*e.Request, payload)
					}
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		<-done
	})
	eventually(t, "the bot to connect", func() bool { return w.Links() > 0 })
	return b
}

// silence as a reply leaves the envelope unacknowledged.
const silence = "silence"

func ackOnly(socketmode.Event) any { return nil }

func (b *bot) next(t *testing.T) socketmode.Event {
	t.Helper()
	select {
	case e := <-b.events:
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("nothing reached the bot")
		return socketmode.Event{}
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(5 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func texts(events []Event) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{e.Kind, e.Channel, e.User, e.Text}, " ")))
	}
	return strings.Join(lines, "\n")
}
