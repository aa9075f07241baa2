package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

// An alert's life: root, reply in its thread, edit in place; each can be found
// again by its key and by no other.
func TestPostReplyUpdateFind(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	start := time.Now()
	there := chat.Target{Channel: w.channel("shop-alerts")}
	post := chat.Delivery{Key: "alert/1", Act: chat.Post, Target: there, Message: text("Stock of 面霜 50ml is 12, below 70 a week")}
	root := w.send(post)
	reply := chat.Delivery{Key: "alert/1/2", Act: chat.Reply, Target: there, Root: root.Ref, Message: text("Now 9")}
	answer := w.send(reply)
	update := chat.Delivery{Key: "alert/1/3", Act: chat.Update, Target: there, Root: root.Ref, Message: text("Resolved after 2 h")}

	list := w.box.Transcript()
	if got := list[len(list)-2]; got.Kind != "post" || got.Delivery != "alert/1" || string(got.Blocks) == "null" || got.Text != post.Message.Text {
		t.Errorf("root: %+v", got)
	}
	if got := list[len(list)-1]; got.Kind != "reply" || got.ThreadTS != root.Ref.TS || got.Delivery != "alert/1/2" {
		t.Errorf("reply: %+v", got)
	}
	for _, d := range []chat.Delivery{post, reply} {
		want := root.Ref
		if d.Act == chat.Reply {
			want = answer.Ref
		}
		if r, found, err := w.s.Find(t.Context(), d, start); err != nil || !found || r.Ref != want {
			t.Errorf("find %s: %+v %v %v", d.Key, r, found, err)
		}
		d.Key += "x"
		if _, found, err := w.s.Find(t.Context(), d, start); err != nil || found {
			t.Errorf("find %s: found %v, %v", d.Key, found, err)
		}
	}
	if _, found, err := w.s.Find(t.Context(), update, start); err != nil || found {
		t.Errorf("update found before it was sent: %v %v", found, err)
	}
	if edited := w.send(update); edited.Ref != root.Ref {
		t.Errorf("update moved the message: %+v", edited)
	}
	if got := w.last(); got.Kind != "update" || got.TS != root.Ref.TS || got.Text != "Resolved after 2 h" {
		t.Errorf("update: %+v", got)
	}
	if r, found, err := w.s.Find(t.Context(), update, start); err != nil || !found || r.Ref != root.Ref {
		t.Errorf("find update: %+v %v %v", r, found, err)
	}
}

func TestSendToAPerson(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	d := chat.Delivery{Key: "digest/mei", Act: chat.Post, Target: chat.Target{User: w.user("mei")}, Message: text("GMV 628.4万")}
	r := w.send(d)
	if got := w.last(); got.Channel != "@mei" || !strings.HasPrefix(r.Ref.Channel, "D") {
		t.Errorf("went to %s, receipt %+v", got.Channel, r)
	}
	if _, found, err := w.s.Find(t.Context(), d, time.Now()); err != nil || !found {
		t.Errorf("find: %v %v", found, err)
	}
}

// A message below two pages of newer ones is still found.
func TestFindReadsAllPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{}, nil)
	start := time.Now()
	there := chat.Target{Channel: w.channel("shop-digest")}
	for i := range 230 {
		w.send(chat.Delivery{Key: fmt.Sprintf("k/%d", i), Act: chat.Post, Target: there, Message: text("x")})
	}
	for _, key := range []string{"k/0", "k/129", "k/229"} {
		if _, found, err := w.s.Find(t.Context(), chat.Delivery{Key: key, Act: chat.Post, Target: there}, start); err != nil || !found {
			t.Errorf("%s: %v %v", key, found, err)
		}
	}
	if _, found, _ := w.s.Find(t.Context(), chat.Delivery{Key: "k/0", Act: chat.Post, Target: there}, start.Add(time.Hour)); found {
		t.Error("a message from before the search was found")
	}
}

// A channel may be configured by its name, to which messages can be posted and
// by which nothing can be looked up: a doubtful one is found all the same.
func TestFindInNamedChannel(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	start := time.Now()
	d := chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: "#general"}, Message: text("x")}
	w.box.Inject(sandbox.Fault{Method: "chat.postMessage", Times: 1, After: true, Cut: true})
	_, err := w.s.Send(t.Context(), d)
	failure(t, err, chat.Doubt)
	if r, found, err := w.s.Find(t.Context(), d, start); err != nil || !found || r.Ref.Channel != w.channel("general") {
		t.Errorf("%+v %v %v", r, found, err)
	}
	d.Target.Channel = "#nowhere"
	if _, _, err := w.s.Find(t.Context(), d, start); !errors.Is(err, chat.ErrUnreadable) {
		t.Errorf("a channel that is not there: %v", err)
	}
}

// The root of a thread is deleted: nothing of the reply is left behind.
func TestReplyToDeletedRoot(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	there := chat.Target{Channel: w.channel("shop-alerts")}
	root := w.send(chat.Delivery{Key: "a", Act: chat.Post, Target: there, Message: text("root")})
	if !w.box.Delete("shop-alerts", root.Ref.TS) {
		t.Fatal("not deleted")
	}
	d := chat.Delivery{Key: "a/2", Act: chat.Reply, Target: there, Root: root.Ref, Message: text("reply")}
	_, err := w.s.Send(t.Context(), d)
	failure(t, err, chat.Orphan)
	if _, found, _ := w.s.Find(t.Context(), d, time.Now()); found {
		t.Error("the stray reply is still there")
	}
	_, err = w.s.Send(t.Context(), chat.Delivery{Key: "a/3", Act: chat.Update, Root: root.Ref, Message: text("edit")})
	failure(t, err, chat.Orphan)
}

// When the stray cannot be taken back it counts as sent, so that the news is
// told once.
func TestStrayThatStays(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	there := chat.Target{Channel: w.channel("shop-alerts")}
	root := w.send(chat.Delivery{Key: "a", Act: chat.Post, Target: there, Message: text("root")})
	w.box.Delete("shop-alerts", root.Ref.TS)
	w.box.Inject(sandbox.Fault{Method: "chat.delete", Status: 500})
	d := chat.Delivery{Key: "a/2", Act: chat.Reply, Target: there, Root: root.Ref, Message: text("reply")}
	r := w.send(d)
	if r.Degraded == "" || r.Ref.TS == root.Ref.TS {
		t.Errorf("receipt %+v", r)
	}
}

// What the world can do to a post, and what must be made of it.
func TestSendFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  sandbox.Fault
		want   chat.Failure
		reason string
		after  time.Duration
		stored bool
	}{
		{name: "429 with seconds", fault: sandbox.Fault{Status: 429, Header: map[string]string{"Retry-After": "7"}}, want: chat.Limited, after: 7 * time.Second},
		{name: "429 without", fault: sandbox.Fault{Status: 429}, want: chat.Limited, after: 30 * time.Second},
		{name: "429 with a date", fault: sandbox.Fault{Status: 429, Header: map[string]string{"Retry-After": "Sun, 22 Nov 2026 10:00:00 GMT"}}, want: chat.Limited, after: 30 * time.Second},
		{name: "ratelimited in the body", fault: sandbox.Fault{Status: 200, Body: `{"ok":false,"error":"ratelimited"}`}, want: chat.Limited, after: 30 * time.Second},
		{name: "500 after commit", fault: sandbox.Fault{Status: 500, After: true}, want: chat.Doubt, stored: true},
		{name: "502", fault: sandbox.Fault{Status: 502, Body: "<html>bad gateway</html>"}, want: chat.Doubt},
		{name: "empty object", fault: sandbox.Fault{Status: 200, Body: `{}`}, want: chat.Doubt},
		{name: "not ok without a word", fault: sandbox.Fault{Status: 200, Body: `{"ok":false}`}, want: chat.Doubt},
		{name: "HTML", fault: sandbox.Fault{Status: 200, Body: "<html>"}, want: chat.Doubt},
		{name: "accepted, then cut", fault: sandbox.Fault{Cut: true, After: true}, want: chat.Doubt, stored: true},
		{name: "cut", fault: sandbox.Fault{Cut: true}, want: chat.Doubt},
		{name: "too slow", fault: sandbox.Fault{Delay: 600 * time.Millisecond, After: true}, want: chat.Doubt, stored: true},
		{name: "internal_error", fault: sandbox.Fault{Status: 200, Body: `{"ok":false,"error":"internal_error"}`}, want: chat.Doubt, reason: "internal_error"},
		{name: "wrong address", fault: sandbox.Fault{Status: 404}, want: chat.Down},
		{name: "restricted", fault: sandbox.Fault{Status: 200, Body: `{"ok":false,"error":"restricted_action"}`}, want: chat.Refused, reason: "restricted_action"},
		{name: "sign-in lost", fault: sandbox.Fault{Status: 200, Body: `{"ok":false,"error":"token_expired"}`}, want: chat.Locked, reason: "token_expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.Timeout = 300 * time.Millisecond })
			c.fault.Method, c.fault.Times = "chat.postMessage", 1
			w.box.Inject(c.fault)
			start := time.Now()
			d := chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: text("once")}
			_, err := w.s.Send(t.Context(), d)
			e := failure(t, err, c.want)
			if e.After != c.after || c.reason != "" && e.Reason != c.reason {
				t.Errorf("after %s, reason %s", e.After, e.Reason)
			}
			_, found, err := w.s.Find(t.Context(), d, start)
			if err != nil || found != c.stored {
				t.Errorf("found %v, want %v (%v)", found, c.stored, err)
			}
			if n := len(w.said("post")); n > 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestSendRefusedByThePlace(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	alerts, general := w.channel("shop-alerts"), w.channel("general")
	send := func(channel string) error {
		_, err := w.s.Send(t.Context(), chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: channel}, Message: text("x")})
		return err
	}
	if e := failure(t, send("C0NOWHERE"), chat.Refused); e.Reason != "channel_not_found" {
		t.Errorf("reason %s", e.Reason)
	}
	w.box.Archive("shop-alerts", true)
	if e := failure(t, send(alerts), chat.Refused); e.Reason != "is_archived" {
		t.Errorf("reason %s", e.Reason)
	}
	w.box.Archive("shop-alerts", false)
	w.box.Expel("shop-alerts", "shopwatch")
	if e := failure(t, send(alerts), chat.Refused); e.Reason != "not_in_channel" {
		t.Errorf("reason %s", e.Reason)
	}
	_, _, err := w.s.Find(t.Context(), chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: alerts}}, time.Now())
	if !errors.Is(err, chat.ErrUnreadable) {
		t.Errorf("find without membership: %v", err)
	}
	w.box.SetScopes("chat:write")
	_, _, err = w.s.Find(t.Context(), chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: general}}, time.Now())
	if !errors.Is(err, chat.ErrUnreadable) {
		t.Errorf("find without scope: %v", err)
	}
	w.box.Revoke(true)
	failure(t, send(alerts), chat.Locked)
}

// What certainly never left is Down, not Doubt.
func TestUnreachableServer(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(c *slack.Config) { c.APIURL = "http://127.0.0.1:1/api/" })
	d := chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: "C1"}, Message: text("x")}
	_, err := w.s.Send(t.Context(), d)
	failure(t, err, chat.Down)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.s.Send(ctx, d)
	failure(t, err, chat.Down)
}

// A look-up that gets no proper answer must not read as "not there".
func TestFindDoesNotGuess(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	there := chat.Target{Channel: w.channel("general")}
	root := w.send(chat.Delivery{Key: "root", Act: chat.Post, Target: there, Message: text("x")})
	for _, body := range []string{`{}`, `{"ok":false}`, `<html>`, `{"ok":false,"error":"internal_error"}`} {
		for _, d := range []chat.Delivery{
			{Key: "root", Act: chat.Post, Target: there},
			{Key: "reply", Act: chat.Reply, Target: there, Root: root.Ref},
		} {
			w.box.Inject(sandbox.Fault{Method: "conversations.history", Status: http.StatusOK, Body: body})
			w.box.Inject(sandbox.Fault{Method: "conversations.replies", Status: http.StatusOK, Body: body})
			if _, found, err := w.s.Find(t.Context(), d, time.Now()); err == nil || found || errors.Is(err, chat.ErrUnreadable) {
				t.Errorf("%s with %s: %v %v", d.Act, body, found, err)
			}
			w.box.Mend()
		}
	}
}

func TestSendNothing(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	for name, d := range map[string]chat.Delivery{
		"no message": {Key: "k", Act: chat.Post, Target: chat.Target{Channel: "C1"}},
		"no target":  {Key: "k", Act: chat.Post, Message: text("x")},
		"no root":    {Key: "k", Act: chat.Reply, Target: chat.Target{Channel: "C1"}, Message: text("x")},
	} {
		if _, err := w.s.Send(t.Context(), d); err == nil {
			t.Errorf("%s was sent", name)
		} else {
			failure(t, err, chat.Refused)
		}
	}
}

// Slack refuses the blocks: the same Send offers plainer ones.
func TestDegradedLooks(t *testing.T) {
	m := chat.Message{Text: "GMV 628.4万", Sections: []chat.Section{
		{Body: []chat.Rich{chat.Line("why: beauty +41万")}},
		{Table: &chat.Table{Columns: []chat.Column{{Title: "SKU"}, {Title: "Left", Right: true}}, Rows: [][]string{{"A-1", "12"}}}},
	}}
	refusal := sandbox.Fault{Method: "chat.postMessage", Status: 200, Body: `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["must be valid [json-pointer:/blocks/1]"]}}`}
	for times, want := range map[int]string{0: `"type":"table"`, 1: `"type":"rich_text"`, 2: "null"} {
		w := newWorld(t, sandbox.Options{}, nil)
		if times > 0 {
			refusal.Times = times
			w.box.Inject(refusal)
		}
		r := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: m})
		got := w.last()
		if !strings.Contains(strings.ReplaceAll(string(got.Blocks), ": ", ":"), want) && (want != "null" || strings.Contains(string(got.Blocks), "type")) {
			t.Errorf("after %d refusals: %s", times, got.Blocks)
		}
		if (times > 0) != (r.Degraded != "") {
			t.Errorf("after %d refusals: degraded %q", times, r.Degraded)
		}
		if times == 2 && !strings.Contains(got.Text, "why: beauty +41万") {
			t.Errorf("words lost: %q", got.Text)
		}
	}
	w := newWorld(t, sandbox.Options{}, nil)
	refusal.Times = 3
	w.box.Inject(refusal)
	_, err := w.s.Send(t.Context(), chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: m})
	if e := failure(t, err, chat.Refused); !strings.Contains(e.Error(), "/blocks/1") {
		t.Errorf("the pointer is lost: %v", e)
	}
}
