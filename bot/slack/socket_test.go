package slack_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

func TestSocketCommand(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), func(chat.Event) chat.Ack { return chat.Ack{Text: "On it: <GMV>"} })
	w.awaitLinks(2)
	e := w.asked(events, "/gmv  by unit & <b> @lin ")
	if e.Kind != chat.Command || e.Command != "/gmv" || e.User != w.user("mei") || e.Channel != w.channel("general") || e.Team == "" {
		t.Errorf("event %+v", e)
	}
	if !strings.HasPrefix(e.Text, "by unit & <b> <@"+w.user("lin")) {
		t.Errorf("text %q", e.Text)
	}
	if len(e.Keys) != 2 || !strings.HasPrefix(e.Keys[0], "sl:") || !strings.HasPrefix(e.Keys[1], "en:") {
		t.Errorf("keys %v", e.Keys)
	}
	if got := w.last(); got.Kind != "ephemeral" || got.Text != "On it: &lt;GMV\u200b&gt;" {
		t.Errorf("acknowledgement %+v", got)
	}
}

func TestSocketMentions(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(2)
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: text("alert")})

	if _, err := w.box.Reply(t.Context(), "mei", "general", root.Ref.TS, "@shopwatch why <this>?"); err != nil {
		t.Fatal(err)
	}
	e := next(t, events)
	if e.Kind != chat.Mentioned || e.Thread != root.Ref.TS || e.Text != "why <this>?" || !strings.HasPrefix(e.Keys[0], "ev:") {
		t.Errorf("mention %+v", e)
	}
	if err := w.s.Answer(t.Context(), e, text("because")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Kind != "ephemeral" || got.ThreadTS != root.Ref.TS || got.Only != "mei" {
		t.Errorf("answer in the thread: %+v", got)
	}
	if err := w.s.Share(t.Context(), e, text("for all")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Kind != "reply" || got.ThreadTS != root.Ref.TS {
		t.Errorf("shared in the thread: %+v", got)
	}

	if _, err := w.box.Type(t.Context(), "mei", "@shopwatch", "gmv today"); err != nil {
		t.Fatal(err)
	}
	e = next(t, events)
	if e.Kind != chat.Direct || e.Text != "gmv today" || e.Thread != "" {
		t.Errorf("direct message %+v", e)
	}
	if err := w.s.Answer(t.Context(), e, text("GMV 1")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Channel != "@mei" || got.Kind != "post" {
		t.Errorf("answer: %+v", got)
	}
	// Neither its own words, nor what nobody said to it, reach the bot.
	if _, err := w.box.Type(t.Context(), "mei", "general", "lunch?"); err != nil {
		t.Fatal(err)
	}
	none(t, events)
}

func TestSocketJoined(t *testing.T) {
	w := newWorld(t, sandbox.Options{Channels: []sandbox.Channel{{Name: "general"}, {Name: "ops", Members: []string{"mei"}}}}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(2)
	w.until("identity", func() bool { return len(w.s.Check(t.Context(), nil)) > 1 })
	if _, err := w.box.Join(t.Context(), "shopwatch", "ops"); err != nil {
		t.Fatal(err)
	}
	if e := next(t, events); e.Kind != chat.Joined || e.Channel == "" {
		t.Errorf("event %+v", e)
	}
	if _, err := w.box.Join(t.Context(), "lin", "ops"); err != nil {
		t.Fatal(err)
	}
	none(t, events)
}

// Items that the bot has no use for are acknowledged, else they would come
// again for ever; broken frames do no harm.
func TestSocketStrangeFrames(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.Connections = 1 })
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	for _, f := range []any{
		map[string]any{"type": "new_thing", "envelope_id": "e1", "payload": map[string]any{"x": 1}},
		map[string]any{"type": "events_api", "envelope_id": "e2", "payload": map[string]any{"type": "event_callback", "event_id": "Ev1", "event": map[string]any{"type": "channel_created", "channel": map[string]any{"id": "C1"}}}},
		map[string]any{"type": "events_api", "envelope_id": "e3", "payload": "text"},
		map[string]any{"type": "slash_commands", "envelope_id": "e4", "payload": nil},
		map[string]any{"type": "interactive", "envelope_id": "e5", "payload": map[string]any{"type": "view_submission"}},
		[]int{1, 2},
		"words",
		map[string]any{},
	} {
		if !w.box.SendRaw(f) {
			t.Fatal("no link")
		}
	}
	if e := w.asked(events, "/gmv"); e.Command != "/gmv" {
		t.Errorf("event %+v", e)
	}
	w.until("eight items counted as unknown", func() bool { return w.s.Status().Unknown == 8 })
	if n := w.s.Status().Links; n != 1 {
		t.Errorf("%d links", n)
	}
}

// Links die and are announced to die; each command is answered once.
func TestSocketReconnects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{AckWithin: 700 * time.Millisecond}, nil)
	var mu sync.Mutex
	seen := map[string]bool{}
	fresh := map[string]int{} // commands handled, after dropping what was known
	w.listen(w.s.Socket(), func(e chat.Event) chat.Ack {
		mu.Lock()
		defer mu.Unlock()
		if !slices.ContainsFunc(e.Keys, func(k string) bool { return seen[k] }) {
			fresh[e.Text]++
		}
		for _, k := range e.Keys {
			seen[k] = true
		}
		return chat.Ack{}
	})
	w.awaitLinks(2)
	trouble := []func(){
		func() {}, func() { w.box.Disconnect("warning") }, func() { w.box.Refresh() },
		func() { w.box.LoseAcks(1) }, func() { w.box.SendTwice(1) }, func() { w.box.Drop(); w.awaitLinks(1) },
		func() { w.box.Disconnect("warning") },
	}
	for i, spoil := range trouble {
		spoil()
		if _, err := w.box.Type(t.Context(), "mei", "general", fmt.Sprintf("/gmv %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	w.until("all handled", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(fresh) == len(trouble)
	})
	mu.Lock()
	defer mu.Unlock()
	for text, n := range fresh {
		if n != 1 {
			t.Errorf("command %s handled %d times", text, n)
		}
	}
}

// A server that sends everybody away at once is not stormed.
func TestSocketReconnectStorm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.OpenEvery = 100 * time.Millisecond })
	w.box.DisconnectOnHello("refresh_requested")
	began := time.Now()
	w.listen(w.s.Socket(), nil)
	<-time.After(time.Second)
	n := w.s.Status().Opens
	if most := 3 + int64(time.Since(began)/(100*time.Millisecond)); n < 2 || n > most {
		t.Errorf("%d opens, at most %d are allowed", n, most)
	}
}

// No pings: the link counts as dead and is replaced.
func TestSocketSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.PingInterval = 100 * time.Millisecond; c.Connections = 1 })
	w.box.Silence(true)
	w.listen(w.s.Socket(), nil)
	w.until("replaced", func() bool { return w.s.Status().Opens >= 2 })
}

// A token that Slack does not take ends the transport with a clear error.
func TestSocketRefusedForGood(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.AppToken = "xapp-wrong" })
	err := w.s.Socket().Run(t.Context(), func(context.Context, chat.Event) chat.Ack { return chat.Ack{} })
	if !errors.Is(err, slack.ErrGoodbye) || !strings.Contains(err.Error(), "invalid_auth") {
		t.Errorf("run ended with %v", err)
	}
}

// The same, in the middle of work, with another link still open.
func TestSocketRevokedLater(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	go func() {
		done <- w.s.Socket().Run(ctx, func(context.Context, chat.Event) chat.Ack { return chat.Ack{} })
	}()
	w.awaitLinks(2)
	w.box.Revoke(true)
	w.box.Disconnect("warning")
	if err := <-done; !errors.Is(err, slack.ErrGoodbye) {
		t.Errorf("run ended with %v", err)
	}
}

// The bot hangs, or breaks: Slack hears from us in time all the same.
func TestAckComesInTime(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.AckDeadline = 100 * time.Millisecond })
	release := make(chan struct{})
	w.listen(w.s.Socket(), func(e chat.Event) chat.Ack {
		switch e.Text {
		case "hang":
			<-release
		case "break":
			panic("out of order")
		}
		return chat.Ack{}
	})
	w.awaitLinks(2)
	for _, word := range []string{"hang", "break", "fine"} {
		began := time.Now()
		ex, err := w.box.Type(t.Context(), "mei", "general", "/shop "+word)
		if err != nil || !ex.Acked || time.Since(began) > time.Second {
			t.Errorf("%s: %+v %v after %s", word, ex, err, time.Since(began))
		}
	}
	if s := w.s.Status(); s.Late != 1 || s.Events != 3 {
		t.Errorf("status %+v", s)
	}
	if !strings.Contains(w.log.text(), "out of order") {
		t.Error("the break is not in the log")
	}
	close(release)
}

// Two hundred people at once; accepting takes as long as a disk write.
func TestAckUnderLoad(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	var disk sync.Mutex
	w.listen(w.s.Socket(), func(chat.Event) chat.Ack {
		disk.Lock()
		defer disk.Unlock()
		time.Sleep(time.Millisecond) // stands for an fsync
		return chat.Ack{Text: "On it"}
	})
	w.awaitLinks(2)
	took := make([]time.Duration, 200)
	var all sync.WaitGroup
	for i := range took {
		all.Go(func() {
			began := time.Now()
			ex, err := w.box.Type(t.Context(), "mei", "general", "/gmv")
			if err != nil || !ex.Acked {
				t.Errorf("%+v %v", ex, err)
			}
			took[i] = time.Since(began)
		})
	}
	all.Wait()
	slices.Sort(took)
	t.Logf("acknowledged after p50 %s, p99 %s", took[100], took[198])
	if took[198] > time.Second {
		t.Errorf("p99 %s", took[198])
	}
}

// Workspaces that are not served are acknowledged and get nothing.
func TestForeignWorkspace(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.Teams = []string{"T0OTHER"} })
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(2)
	if ex, err := w.box.Type(t.Context(), "mei", "general", "/gmv"); err != nil || !ex.Acked {
		t.Errorf("%+v %v", ex, err)
	}
	none(t, events)
}
