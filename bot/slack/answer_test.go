package slack_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

// asked lets mei type a command and returns the event it makes.
func (w *world) asked(events <-chan chat.Event, line string) chat.Event {
	w.Helper()
	ex, err := w.box.Type(w.Context(), "mei", "general", line)
	if err != nil || !ex.Acked {
		w.Fatalf("%s: %+v %v", line, ex, err)
	}
	return next(w.T, events)
}

func TestAnswerIsPrivateAndKeepsItsLimits(t *testing.T) {
	var skip atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(skip.Load())) }
	w := newWorld(t, sandbox.Options{Now: now}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/gmv today")
	for i := range 7 { // five by the response address, then chat.postEphemeral
		if err := w.s.Answer(t.Context(), e, text("GMV 628.4万")); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if got := w.last(); got.Kind != "ephemeral" || got.Only != "mei" || got.Channel != "general" {
			t.Fatalf("answer %d: %+v", i, got)
		}
	}
	e = w.asked(events, "/gmv today")
	skip.Store(int64(40 * time.Minute))
	if err := w.s.Answer(t.Context(), e, text("late")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Kind != "ephemeral" || got.Text != "late" {
		t.Errorf("late answer: %+v", got)
	}
	w.box.Expel("general", "shopwatch")
	if err := w.s.Answer(t.Context(), e, text("aside")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Channel != "@mei" || got.Text != "aside" {
		t.Errorf("answer where the bot is no member: %+v", got)
	}
}

// The address is used up on Slack's side although we think it is not.
func TestAnswerAfterTheAddressIsGone(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/gmv")
	w.box.Inject(sandbox.Fault{Method: "response_url", Times: 1, Status: 404, Body: `{"ok":false,"error":"expired_url"}`})
	if err := w.s.Answer(t.Context(), e, text("still told")); err != nil {
		t.Fatal(err)
	}
	if n := len(w.said("ephemeral")); n != 1 {
		t.Errorf("%d answers", n)
	}
}

// An answer that may have arrived is not given again another way.
func TestAnswerAtMostOnceInDoubt(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/gmv")
	w.box.Inject(sandbox.Fault{Method: "response_url", Times: 1, After: true, Cut: true})
	failure(t, w.s.Answer(t.Context(), e, text("once")), chat.Doubt)
	if n := len(w.said("ephemeral", "post")); n != 1 {
		t.Errorf("%d answers", n)
	}
}

func TestAnswerWithPictureAndRefusal(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/gmv")
	if err := w.s.Answer(t.Context(), e, withChart()); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Kind != "ephemeral" || !strings.Contains(string(got.Blocks), "slack_file") {
		t.Errorf("answer: %s", got.Blocks)
	}
	w.box.Inject(sandbox.Fault{Method: "response_url", Times: 1, Status: 400, Body: `{"ok":false,"error":"invalid_blocks"}`})
	if err := w.s.Answer(t.Context(), e, withChart()); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); strings.Contains(string(got.Blocks), "slack_file") || !strings.Contains(string(got.Blocks), "GMV rises") {
		t.Errorf("degraded answer: %s", got.Blocks)
	}
}

// A button on a private message replaces it; one on a public message adds a
// private answer beside it.
func TestAnswerToAPress(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	menu := chat.Message{Text: "help", Sections: []chat.Section{{Buttons: []chat.Button{
		{Label: "GMV", Verb: "run", Value: "gmv"}, {Label: "Stock", Verb: "run", Value: "stock"},
	}}}}
	e := w.asked(events, "/shop help")
	if err := w.s.Answer(t.Context(), e, menu); err != nil {
		t.Fatal(err)
	}
	shown := w.last()
	if _, err := w.box.Press(t.Context(), "mei", "general", shown.TS, "run:2", "stock"); err != nil {
		t.Fatal(err)
	}
	press := next(t, events)
	if press.Kind != chat.Press || press.Verb != "run" || press.Value != "stock" || press.Message.TS != shown.TS || press.User != w.user("mei") {
		t.Errorf("press: %+v", press)
	}
	if err := w.s.Answer(t.Context(), press, text("3 items are out")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.TS != shown.TS || got.Text != "3 items are out" {
		t.Errorf("private message not replaced: %+v", got)
	}

	root := w.send(chat.Delivery{Key: "a", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: menu})
	if _, err := w.box.Press(t.Context(), "mei", "general", root.Ref.TS, "run", "gmv"); err != nil {
		t.Fatal(err)
	}
	press = next(t, events)
	if press.Message != root.Ref || press.Thread != "" {
		t.Errorf("press: %+v", press)
	}
	if err := w.s.Answer(t.Context(), press, text("details")); err != nil {
		t.Fatal(err)
	}
	if got := w.last(); got.Kind != "ephemeral" || got.TS == root.Ref.TS {
		t.Errorf("answer to a press: %+v", got)
	}
}

func TestShare(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/gmv")
	for range 2 { // as a member, then by the response address
		if err := w.s.Share(t.Context(), e, text("GMV 628.4万")); err != nil {
			t.Fatal(err)
		}
		if got := w.last(); got.Kind != "post" || got.Channel != "general" || got.Only != "" {
			t.Errorf("shared: %+v", got)
		}
		w.box.Expel("general", "shopwatch")
	}
	e.Handle = ""
	failure(t, w.s.Share(t.Context(), e, text("x")), chat.Refused)
}

// Nobody who sees an event can read the response address out of it.
func TestHandleIsNoSecret(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	if e := w.asked(events, "/gmv"); e.Handle == "" || strings.Contains(e.Handle, "/") {
		t.Errorf("handle %q", e.Handle)
	}
	if err := w.s.Answer(t.Context(), chat.Event{Handle: "unknown"}, text("x")); err == nil {
		t.Error("answered nobody")
	}
	if err := w.s.Answer(t.Context(), chat.Event{User: w.user("mei")}, chat.Message{}); err == nil {
		t.Error("answered nothing")
	}
}

func TestHome(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	if _, err := w.box.OpenHome(t.Context(), "mei"); err != nil {
		t.Fatal(err)
	}
	e := next(t, events)
	if e.Kind != chat.Home || e.User != w.user("mei") {
		t.Errorf("event %+v", e)
	}
	m := withChart()
	m.Sections = append(m.Sections, chat.Section{
		Table:   &chat.Table{Columns: []chat.Column{{Title: "SKU"}}, Rows: [][]string{{"A-1"}}},
		Buttons: []chat.Button{{Label: "Mute", Verb: "mute"}},
	})
	if err := w.s.PublishHome(t.Context(), e.User, m); err != nil {
		t.Fatal(err)
	}
	w.box.Inject(sandbox.Fault{Method: "views.publish", Status: 200, Body: "{}"})
	if err := w.s.PublishHome(t.Context(), e.User, m); err == nil {
		t.Error("an answer that says nothing passed for success")
	}
	var _ chat.Sender = (*slack.Slack)(nil)
}
