package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
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
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// post is an outbox over a real store with the real adapter in a workspace, on
// a clock that the test moves.
type post struct {
	*testing.T
	*jobs.Deliver

	box *sandbox.Sandbox
	url string // of the workspace
	mu  sync.Mutex
	now time.Time
}

// callTime bounds a call to the workspace, in real time.
const callTime = 200 * time.Millisecond

func newPost(t *testing.T, channels ...string) *post {
	t.Helper()
	return newPostIn(t, sandbox.Options{}, channels...)
}

func newPostIn(t *testing.T, o sandbox.Options, channels ...string) *post {
	t.Helper()
	p := &post{T: t, now: time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)}
	o.Now, o.Channels = p.clock, []sandbox.Channel{{ID: "C0OPS", Name: "c0ops"}}
	for _, c := range channels {
		o.Channels = append(o.Channels, sandbox.Channel{ID: c, Name: strings.ToLower(c)})
	}
	var err error
	if p.box, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.box.Handler())
	t.Cleanup(func() { _ = p.box.Close(); server.Close() })
	p.box.SetBaseURL(server.URL)
	p.url = server.URL
	talk := p.adapter(server.URL)
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p.Deliver = &jobs.Deliver{
		DB: db, Sender: talk, Policy: outbox.DefaultPolicy(), Logger: slog.New(slog.DiscardHandler), Now: p.clock, Inline: true,
		Shop: &market.Shop{ID: "mall", Zone: time.UTC}, Operators: []outbox.Route{{Target: chat.Target{Channel: "C0OPS"}, Lang: "en"}},
	}
	return p
}

// adapter talks to the workspace at url, which may lead through something.
func (p *post) adapter(url string) *slack.Slack {
	p.Helper()
	talk, err := slack.New(slack.Config{
		BotToken: sandbox.DefaultBotToken, AppToken: sandbox.DefaultAppToken, APIURL: url + "/api/", Timeout: callTime, Now: p.clock,
	})
	if err != nil {
		p.Fatal(err)
	}
	return talk
}

func (p *post) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *post) later(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *post) put(entries ...outbox.Entry) {
	p.Helper()
	err := p.DB.Update(p.Context(), func(tx *storage.Tx) error {
		for _, e := range entries {
			if _, err := tx.Enqueue(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
}

// drain ticks until nothing waits, moving the clock to what is due next, and
// returns how often it ticked. before is called ahead of each tick.
func (p *post) drain(before func()) int {
	p.Helper()
	for n := 1; ; n++ {
		if before != nil {
			before()
		}
		next := p.tick()
		if next.IsZero() {
			return n
		}
		if n > 20_000 {
			p.Fatal("never ends")
		}
		p.later(max(next.Sub(p.clock()), time.Millisecond))
	}
}

func (p *post) tick() time.Time {
	p.Helper()
	next, err := p.Tick(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return next
}

func (p *post) entry(key string) outbox.Entry {
	p.Helper()
	var e outbox.Entry
	err := p.DB.View(p.Context(), func(tx *storage.Tx) (err error) {
		e, _, err = tx.Entry(key)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return e
}

// said are the posts and replies in a channel, oldest first.
func (p *post) said(channel string) []sandbox.Event {
	var out []sandbox.Event
	for _, e := range p.box.Transcript() {
		if (e.Kind == "post" || e.Kind == "reply") && strings.EqualFold(e.Channel, channel) { // the name is the id in lower case
			out = append(out, e)
		}
	}
	return out
}

// copies counts the messages on the platform by their key.
func (p *post) copies() map[string]int {
	n := map[string]int{}
	for _, e := range p.box.Transcript() {
		if e.Kind == "post" || e.Kind == "reply" {
			n[e.Delivery]++
		}
	}
	return n
}

// exactlyOnce checks that each key is there once.
func (p *post) exactlyOnce(keys []string) {
	p.Helper()
	lost, twice := 0, 0
	n := p.copies()
	for _, k := range keys {
		switch {
		case n[k] == 0:
			lost++
		case n[k] > 1:
			twice++
		}
	}
	if lost+twice > 0 {
		p.Errorf("of %d posts %d are lost and %d are there twice", len(keys), lost, twice)
	}
	p.Logf("%d posts: %d lost, %d twice", len(keys), lost, twice)
}

func in(channel string) outbox.Route {
	return outbox.Route{Target: chat.Target{Channel: channel}, Lang: "en"}
}

func words(s string) chat.Message { return chat.Message{Text: s} }

// finds counts how often the history is asked.
type finds struct {
	chat.Sender
	n int
}

func (f *finds) Find(ctx context.Context, d chat.Delivery, since time.Time) (chat.Receipt, bool, error) {
	f.n++
	return f.Sender.Find(ctx, d, since)
}

// Every third call is taken by the platform and its answer lost, and others are
// lost before they arrive: every message is there once. The long run has 500.
func TestDeliverAcceptThenDrop(t *testing.T) {
	t.Parallel()
	n := 100
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		n = 500
	}
	p := newPost(t, "C0A", "C0B", "C0C", "C0D", "C0E")
	history := &finds{Sender: p.Sender}
	p.Sender = history
	var keys []string
	for i := range n {
		r := in([]string{"C0A", "C0B", "C0C", "C0D", "C0E"}[i%5])
		e := r.Root(fmt.Sprint("digest/", i), words(fmt.Sprint("GMV ", i)), p.clock())
		keys = append(keys, e.Key)
		p.put(e)
	}
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.3, After: true, Cut: true})
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.1, Status: 500})
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.1, After: true, Status: 200, Body: "{}"})
	p.Policy.GiveUp = 30 * 24 * time.Hour
	p.drain(nil)
	p.exactlyOnce(keys)
	if history.n < n*3/10 {
		t.Errorf("the history was asked %d times: the faults do not bite", history.n)
	}
	t.Logf("the history was asked %d times", history.n)
}

// The platform carries calls out up to three time-outs after they were made:
// what is looked up only after it has settled is never posted twice.
func TestDeliverLateAnswer(t *testing.T) {
	t.Parallel()
	p := newPost(t, "C0A")
	var keys []string
	for i := range 6 {
		e := in("C0A").Root(fmt.Sprint("digest/", i), words("x"), p.clock())
		keys = append(keys, e.Key)
		p.put(e)
		p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Times: 1, Deaf: true, Delay: time.Duration(i) * callTime * 3 / 5, After: i%2 == 1})
	}
	p.drain(func() {
		for _, k := range keys {
			if e := p.entry(k); e.State == outbox.Doubt {
				<-time.After(3 * callTime) // Policy.Settle in real time: the workspace lives in it
				return
			}
		}
	})
	p.exactlyOnce(keys)
}

// A limit of the platform is one of the workspace: no message leaves for any
// place while it lasts, and the order of each place is kept.
func TestDeliverWorkspacePause(t *testing.T) {
	for name, f := range map[string]sandbox.Fault{
		"seconds":     {Status: 429, Header: map[string]string{"Retry-After": "30"}},
		"no header":   {Status: 429},
		"a date":      {Status: 429, Header: map[string]string{"Retry-After": "Sun, 22 Nov 2026 10:00:00 GMT"}},
		"in the body": {Status: 200, Body: `{"ok":false,"error":"ratelimited"}`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, "C0A", "C0B")
			for i := range 4 {
				p.put(in("C0A").Root(fmt.Sprint("a/", i), words("x"), p.clock()), in("C0B").Root(fmt.Sprint("b/", i), words("x"), p.clock()))
			}
			f.Method, f.Times = "chat.postMessage", 1
			p.box.Inject(f)
			began := p.clock()
			p.drain(nil)
			for _, channel := range []string{"C0A", "C0B"} {
				list := p.said(channel)
				if len(list) != 4 {
					t.Fatalf("%d messages in %s", len(list), channel)
				}
				for i, e := range list {
					if !strings.HasSuffix(e.Delivery, fmt.Sprint("/", i, "/", channel)) || e.At.Sub(began) < 30*time.Second {
						t.Errorf("message %d of %s is %s after %s", i, channel, e.Delivery, e.At.Sub(began))
					}
					if i > 0 && e.At.Sub(list[i-1].At) < time.Second {
						t.Errorf("%s: two messages in %s", channel, e.At.Sub(list[i-1].At))
					}
				}
			}
		})
	}
}

// The token is revoked and replaced two days later: everything is kept and
// delivered once, and the bot says meanwhile that it is locked out.
func TestDeliverLocked(t *testing.T) {
	p := newPost(t, "C0A")
	var keys []string
	for i := range 5 {
		e := in("C0A").Root(fmt.Sprint("digest/", i), words("x"), p.clock())
		keys = append(keys, e.Key)
		p.put(e)
	}
	p.box.Revoke(true)
	for range 48 {
		p.tick()
		p.later(time.Hour)
	}
	if got := p.Refused(); got != "token_revoked" {
		t.Errorf("refused: %q", got)
	}
	p.box.Revoke(false)
	p.drain(nil)
	p.exactlyOnce(keys)
	if got := p.Refused(); got != "" {
		t.Errorf("still refused: %q", got)
	}
}

// The platform is down for six hours: everything goes out afterwards, in order,
// one a second, and says how late it is.
func TestDeliverSixHoursDown(t *testing.T) {
	p := newPost(t, "C0A")
	p.box.Inject(sandbox.Fault{Method: "*", Status: 404})
	began := p.clock()
	var keys []string
	for i := 0; p.clock().Sub(began) < 6*time.Hour; i++ {
		e := in("C0A").Root(fmt.Sprintf("alert/%03d", i), words("stock out"), p.clock())
		keys = append(keys, e.Key)
		p.put(e)
		p.tick()
		p.later(10 * time.Minute)
	}
	p.box.Mend()
	p.drain(nil)
	p.exactlyOnce(keys)
	list := p.said("C0A")
	late := 0
	for i, e := range list {
		if i > 0 && (e.Delivery < list[i-1].Delivery || e.At.Sub(list[i-1].At) < time.Second) {
			t.Errorf("%s after %s within %s", e.Delivery, list[i-1].Delivery, e.At.Sub(list[i-1].At))
		}
		if strings.Contains(string(e.Blocks), "Delayed by") {
			late++
		}
	}
	if late < 28 || late == len(list) {
		t.Errorf("%d of %d say that they are late", late, len(list))
	}
}

// Somebody deletes the root of an alert: its next reply opens the thread anew
// and later ones follow it there.
func TestDeliverDeletedRoot(t *testing.T) {
	p := newPost(t, "C0A")
	r := in("C0A")
	p.put(r.Root("alert/1", words("stock out"), p.clock()))
	p.drain(nil)
	root := p.entry(r.Key("alert/1"))
	if !p.box.Delete("C0A", root.Receipt.Ref.TS) {
		t.Fatal("not deleted")
	}
	p.put(r.Edit("alert/1", 1, words("edited"), p.clock()), r.Under("alert/1", 2, words("resolved"), p.clock()), r.Under("alert/1", 3, words("again"), p.clock()))
	p.drain(nil)
	if e := p.entry(r.Key("alert/1") + "/edit/1"); e.State != outbox.Folded {
		t.Errorf("edit of nothing: %+v", e)
	}
	second, third := p.entry(r.Key("alert/1")+"/2"), p.entry(r.Key("alert/1")+"/3")
	if second.State != outbox.Sent || third.State != outbox.Sent {
		t.Fatalf("%+v, %+v", second, third)
	}
	var told []sandbox.Event
	for _, e := range p.box.Transcript() {
		if e.TS == second.Receipt.Ref.TS || e.TS == third.Receipt.Ref.TS {
			told = append(told, e)
		}
	}
	if len(told) != 2 || told[0].ThreadTS != "" || !strings.Contains(string(told[0].Blocks), "was deleted") || told[1].ThreadTS != second.Receipt.Ref.TS {
		t.Errorf("told %+v", told)
	}
}

// What is refused for good is tried once, kept, and told to operators once an
// hour with what to do; a note that is refused itself tells nobody.
func TestDeliverGivenUp(t *testing.T) {
	p := newPost(t, "C0A")
	p.box.Expel("C0A", "shopwatch")
	for i := range 3 {
		p.put(in("C0A").Root(fmt.Sprint("digest/", i), words("GMV 628"), p.clock()), in("C0NOWHERE").Root(fmt.Sprint("digest/", i), words("x"), p.clock()))
	}
	p.drain(nil)
	for i := range 3 {
		if e := p.entry(fmt.Sprintf("digest/%d/C0A", i)); e.State != outbox.Dead || e.Reason != "not_in_channel" || e.Attempts != 1 {
			t.Errorf("%+v", e)
		}
	}
	notes := p.said("C0OPS")
	if len(notes) != 2 {
		t.Fatalf("%d notes, want one for each place: %+v", len(notes), notes)
	}
	if text := notes[0].Text + string(notes[0].Blocks); !strings.Contains(text, "C0A") || !strings.Contains(text, "Invite the bot") {
		t.Errorf("note %s", text)
	}
	p.box.Archive("C0OPS", true)
	p.later(2 * time.Hour)
	p.put(in("C0NOWHERE").Root("digest/9", words("x"), p.clock()))
	p.drain(nil)
}

// Where the history cannot be read an answer that was lost is held for an
// operator, or repeated with a mark, as the configuration says.
func TestDeliverUnreadable(t *testing.T) {
	for _, way := range []outbox.Unreadable{outbox.Hold, outbox.RepeatMarked} {
		t.Run(string(way), func(t *testing.T) {
			p := newPost(t, "C0A")
			p.Policy.Unreadable = way
			p.box.SetScopes("chat:write")
			p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Times: 1, After: true, Cut: true})
			e := in("C0A").Root("digest/1", words("GMV 628"), p.clock())
			p.put(e)
			p.drain(nil)
			got, n := p.entry(e.Key), p.copies()[e.Key]
			if way == outbox.Hold && (got.State != outbox.Dead || n != 1) {
				t.Errorf("%d copies, %+v", n, got)
			}
			if way == outbox.RepeatMarked {
				list := p.box.Transcript()
				if got.State != outbox.Sent || n != 2 || !strings.Contains(list[len(list)-1].Text, "Possible repeat") {
					t.Errorf("%d copies, %+v", n, got)
				}
			}
		})
	}
}

// Ten edits of one message that wait together are one edit.
func TestDeliverFoldsEdits(t *testing.T) {
	p := newPost(t, "C0A")
	r := in("C0A")
	p.put(r.Root("alert/1", words("open 1"), p.clock()))
	for i := range 10 {
		p.put(r.Edit("alert/1", i+1, words(fmt.Sprint("open ", i+2)), p.clock()))
	}
	p.drain(nil)
	updates, last := 0, ""
	for _, e := range p.box.Transcript() {
		if e.Kind == "update" {
			updates++
			last = e.Text
		}
	}
	if updates != 1 || last != "open 11" {
		t.Errorf("%d edits, the last is %q", updates, last)
	}
}

// An edit of a root that is held for a quiet reader waits with it.
func TestDeliverHeldRoot(t *testing.T) {
	p := newPost(t, "C0A")
	r := in("C0A")
	quiet := r
	quiet.Hold = p.clock().Add(8 * time.Hour)
	p.put(quiet.Root("alert/1", words("open 1"), p.clock()), r.Edit("alert/1", 1, words("open 2"), p.clock()), r.Root("digest/1", words("GMV"), p.clock()))
	p.tick()
	if n := p.copies(); n["digest/1/C0A"] != 1 || n["alert/1/C0A"] != 0 {
		t.Errorf("before the quiet hours end: %v", n)
	}
	p.drain(nil)
	list := p.box.Transcript()
	if last := list[len(list)-1]; last.Kind != "update" || last.Text != "open 2" || last.At.Before(quiet.Hold) {
		t.Errorf("in the end %+v", last)
	}
}

// A call that hangs holds up its own place only.
func TestDeliverLanesBesideEachOther(t *testing.T) {
	p := newPost(t, "C0A", "C0B")
	p.Inline = false
	slow := &slowPlace{Sender: p.Sender, hang: "C0A", let: make(chan struct{})}
	p.Sender = slow
	a, b := in("C0A").Root("k", words("x"), p.clock()), in("C0B").Root("k", words("x"), p.clock())
	p.put(a, b)
	for end := time.Now().Add(5 * time.Second); p.entry(b.Key).State != outbox.Sent; p.tick() {
		if time.Now().After(end) {
			t.Fatal("the other place waits")
		}
		<-time.After(time.Millisecond)
	}
	if e := p.entry(a.Key); e.State != outbox.Inflight {
		t.Errorf("the hanging one is %s", e.State)
	}
	close(slow.let)
	p.Wait()
	if e := p.entry(a.Key); e.State != outbox.Sent {
		t.Errorf("in the end it is %s", e.State)
	}
}

// slowPlace is a sender for which one channel hangs.
type slowPlace struct {
	chat.Sender
	hang string
	let  chan struct{}
}

func (s *slowPlace) Send(ctx context.Context, d chat.Delivery) (chat.Receipt, error) {
	if d.Target.Channel == s.hang {
		<-s.let
	}
	return s.Sender.Send(ctx, d)
}
