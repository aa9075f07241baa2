package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

const (
	botToken = slack.Secret("xoxb-world-bot-token")
	appToken = slack.Secret("xapp-world-app-token")
	signing  = slack.Secret("world-signing-secret")
)

// world is a workspace and an adapter that works in it.
type world struct {
	*testing.T
	box *sandbox.Sandbox
	url string
	s   *slack.Slack
	log *logbook
}

// newWorld starts a workspace. edit may change the adapter's configuration.
func newWorld(t *testing.T, opt sandbox.Options, edit func(*slack.Config)) *world {
	t.Helper()
	opt.BotToken, opt.AppToken, opt.SigningSecret = string(botToken), string(appToken), string(signing)
	if opt.PostBurst == 0 {
		opt.PostBurst = -1
	}
	opt.Commands = []sandbox.Command{{Name: "/shop"}, {Name: "/gmv"}}
	box, err := sandbox.New(opt)
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
	box.SetBaseURL(server.URL)
	w := &world{T: t, box: box, url: server.URL, log: &logbook{}}
	c := slack.Config{
		BotToken: botToken, AppToken: appToken, SigningSecret: signing, APIURL: server.URL + "/api/",
		Timeout: 2 * time.Second, OpenEvery: 50 * time.Millisecond, PictureWait: 2 * time.Second,
		Draw: dot, Logger: w.log.logger(), Now: opt.Now,
	}
	if edit != nil {
		edit(&c)
	}
	if w.s, err = slack.New(c); err != nil {
		t.Fatal(err)
	}
	return w
}

// dot draws the smallest picture there is.
func dot(w io.Writer, _ chat.Chart) error {
	return png.Encode(w, image.NewGray(image.Rect(0, 0, 1, 1)))
}

// channel returns the id of a channel by its name.
func (w *world) channel(name string) string {
	w.Helper()
	var list struct {
		Channels []struct{ ID, Name string }
	}
	w.call("conversations.list", nil, &list)
	for _, c := range list.Channels {
		if c.Name == name {
			return c.ID
		}
	}
	w.Fatalf("no channel %q in %v", name, list.Channels)
	return ""
}

// user returns the id of a person by name.
func (w *world) user(name string) string {
	w.Helper()
	var list struct {
		Members []struct{ ID, Name string }
	}
	w.call("users.list", nil, &list)
	for _, m := range list.Members {
		if m.Name == name {
			return m.ID
		}
	}
	w.Fatalf("no user %q in %v", name, list.Members)
	return ""
}

func (w *world) call(method string, form map[string]string, into any) {
	w.Helper()
	body, err := json.Marshal(form)
	if err != nil {
		w.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.url+"/api/"+method, bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+string(botToken))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		w.Fatal(err)
	}
}

// said lists what the bot and people said in a channel, without edits and deletions.
func (w *world) said(kinds ...string) []sandbox.Event {
	var out []sandbox.Event
	for _, e := range w.box.Transcript() {
		for _, k := range kinds {
			if e.Kind == k {
				out = append(out, e)
			}
		}
	}
	return out
}

// last returns the newest entry of the transcript.
func (w *world) last() sandbox.Event {
	w.Helper()
	list := w.box.Transcript()
	if len(list) == 0 {
		w.Fatal("nothing was said")
	}
	return list[len(list)-1]
}

// send posts and fails the test on an error.
func (w *world) send(d chat.Delivery) chat.Receipt {
	w.Helper()
	r, err := w.s.Send(w.Context(), d)
	if err != nil {
		w.Fatal(err)
	}
	if r.Ref.Zero() || r.At.IsZero() {
		w.Fatalf("receipt without id or time: %+v", r)
	}
	return r
}

// listen runs a transport and returns the events it brings. answer makes the
// acknowledgement; nil says nothing.
func (w *world) listen(t chat.Transport, answer func(chat.Event) chat.Ack) <-chan chat.Event {
	w.Helper()
	got := make(chan chat.Event, 1000)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	done := make(chan error, 1)
	go func() {
		done <- t.Run(ctx, func(_ context.Context, e chat.Event) chat.Ack {
			var a chat.Ack
			if answer != nil {
				a = answer(e)
			}
			got <- e
			return a
		})
	}()
	w.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				w.Errorf("transport ended with %v", err)
			}
		case <-time.After(5 * time.Second):
			w.Error("transport does not end")
		}
	})
	return got
}

// awaitLinks waits until n sockets are open.
func (w *world) awaitLinks(n int) {
	w.Helper()
	w.until("links", func() bool { return w.box.Links() >= n })
}

func (w *world) until(what string, ok func() bool) {
	w.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); {
		if time.Now().After(end) {
			w.Fatalf("never happened: %s\n%s", what, w.log.text())
		}
		<-time.After(2 * time.Millisecond)
	}
}

func next(t *testing.T, events <-chan chat.Event) chat.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(3 * time.Second):
		t.Fatal("no event came")
		return chat.Event{}
	}
}

func none(t *testing.T, events <-chan chat.Event) {
	t.Helper()
	select {
	case e := <-events:
		t.Fatalf("an event came that should not: %+v", e)
	case <-time.After(50 * time.Millisecond):
	}
}

// logbook keeps log lines at debug level.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// failure checks that err is a *chat.SendError of the given class and returns a
// copy of it.
func failure(t *testing.T, err error, want chat.Failure) chat.SendError {
	t.Helper()
	e, ok := errors.AsType[*chat.SendError](err)
	if !ok {
		t.Fatalf("want a %s send error, got %v", want, err)
	}
	if e.Failure != want {
		t.Fatalf("want %s, got %v", want, err)
	}
	return *e
}

func text(s string) chat.Message { return chat.Message{Text: s} }

// golden compares got with a file under testdata; UPDATE=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs (UPDATE=1 rewrites it); got:\n%s", name, firstDifference(string(want), string(got)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "- " + w[i] + "\n+ " + g[i]
		}
	}
	return "one is longer than the other"
}
