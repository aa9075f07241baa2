package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

const perMinute = 40

// tightPost is a post whose workspace takes no more than perMinute messages, as
// the bot is told.
func tightPost(t *testing.T, channels ...string) *post {
	t.Helper()
	p := newPostIn(t, sandbox.Options{PerMinute: perMinute}, channels...)
	p.PerMinute = perMinute
	p.Sender = &refusals{Sender: p.Sender}
	return p
}

// refusals counts the messages that the workspace refused for their rate.
type refusals struct {
	chat.Sender
	n int
}

func (r *refusals) Send(ctx context.Context, d chat.Delivery) (chat.Receipt, error) {
	receipt, err := r.Sender.Send(ctx, d)
	if s, failed := errors.AsType[*chat.SendError](err); failed && s.Failure == chat.Limited {
		r.n++
	}
	return receipt, err
}

// storm puts digests with threads into ten channels, edits of an older message in
// each, and then a critical alert into one of them. It returns the keys of what
// must arrive.
func (p *post) storm(channels []string) (keys []string) {
	for _, c := range channels {
		r := in(c)
		root := r.Root("digest/1", words("GMV 628"), p.clock())
		p.put(root)
		keys = append(keys, root.Key)
		for n := range 8 {
			e := r.Under("digest/1", n+1, words(fmt.Sprint("detail ", n)), p.clock())
			p.put(e)
			keys = append(keys, e.Key)
		}
		p.put(r.Edit("old/1", 1, words("open 2"), p.clock()), r.Edit("old/1", 2, words("open 3"), p.clock()))
	}
	alert := in(channels[0]).Root("alert/1", words("stock out"), p.clock())
	alert.Urgent = true
	p.put(alert)
	return append(keys, alert.Key)
}

// A morning with ten digests and an alert in the middle of it: the workspace
// never has to refuse anything, the alert is there at once, every headline comes
// before the details, and of the edits that wait only the last is made.
func TestDeliverStorm(t *testing.T) {
	var channels []string
	for i := range 10 {
		channels = append(channels, fmt.Sprint("C0S", i))
	}
	p := tightPost(t, channels...)
	for _, c := range channels {
		p.put(in(c).Root("old/1", words("open 1"), p.clock()))
	}
	p.drain(nil)
	p.later(time.Minute)
	began := p.clock()
	keys := p.storm(channels)
	p.drain(nil)
	p.exactlyOnce(keys)
	if l := p.Load(); l.Limited != 0 || l.Sent[outbox.Pressing] != 1 || l.Sent[outbox.Revision] != 10 {
		t.Errorf("load %+v", l)
	}
	alert := p.entry("alert/1/C0S0").Receipt.At
	if took := alert.Sub(began); took > 2*time.Second {
		t.Errorf("the alert was there after %s", took)
	}
	lastHeadline, firstEdit := time.Time{}, time.Time{}
	for _, e := range p.box.Transcript() {
		switch {
		case strings.HasPrefix(e.Delivery, "digest/1/") && e.Kind == "post":
			lastHeadline = e.At
		case e.Kind == "update" && firstEdit.IsZero():
			firstEdit = e.At
		}
	}
	t.Logf("%d messages in %s, the alert after %s, the last headline after %s, the first edit after %s",
		len(keys), p.clock().Sub(began), alert.Sub(began), lastHeadline.Sub(began), firstEdit.Sub(began))
	if took := lastHeadline.Sub(began); took > 30*time.Second {
		t.Errorf("the last headline came after %s", took)
	}
}

// The budget and a hold of the platform outlive the process: a bot that is
// killed again and again gets no fresh allowance each time.
func TestDeliverBudgetOutlivesTheProcess(t *testing.T) {
	p := tightPost(t, "C0A", "C0B", "C0C", "C0D", "C0E")
	var keys []string
	for i := range 100 {
		e := in([]string{"C0A", "C0B", "C0C", "C0D", "C0E"}[i%5]).Root(fmt.Sprint("digest/", i), words("x"), p.clock())
		keys = append(keys, e.Key)
		p.put(e)
	}
	p.drain(func() { p.Deliver = p.anew() })
	p.exactlyOnce(keys)
	if n := p.Sender.(*refusals).n; n != 0 {
		t.Errorf("the workspace refused %d messages", n)
	}

	p.later(time.Minute)
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Times: 1, Status: 429, Header: map[string]string{"Retry-After": "30"}})
	p.put(in("C0A").Root("late/1", words("x"), p.clock()))
	p.tick()
	began := p.clock()
	p.put(in("C0B").Root("late/2", words("x"), p.clock()))
	p.drain(func() { p.Deliver = p.anew() })
	if at := p.entry("late/2/C0B").Receipt.At; at.Sub(began) < 30*time.Second {
		t.Errorf("after a limit of 30 s the next message left after %s", at.Sub(began))
	}
}

// anew is the job of another process over the same store.
func (p *post) anew() *jobs.Deliver {
	old := p.Deliver
	return &jobs.Deliver{
		DB: old.DB, Sender: old.Sender, Policy: old.Policy, Logger: old.Logger, Now: old.Now, Inline: old.Inline,
		Operators: old.Operators, Shop: old.Shop, PerMinute: old.PerMinute,
	}
}

// What people are told past the outbox takes room from digests, and a limit that
// an answer meets holds them back as well.
func TestDeliverCountsAnswers(t *testing.T) {
	p := tightPost(t, "C0A")
	p.put(in("C0A").Root("digest/1", words("x"), p.clock()))
	p.drain(nil)
	for range 12 {
		p.Spoke(0)
	}
	if l := p.Load(); l.Room > -2 || l.Aside != 12 {
		t.Errorf("after twelve answers: %+v", l)
	}
	p.Spoke(50 * time.Second)
	began := p.clock()
	p.put(in("C0A").Root("digest/2", words("x"), p.clock()))
	p.drain(nil)
	if took := p.entry("digest/2/C0A").Receipt.At.Sub(began); took < 50*time.Second || took > 2*time.Minute {
		t.Errorf("the digest came after %s", took)
	}
}

// strict is a workspace in the time of a bubble that takes perMinute messages in
// any minute, one a second for a place, each after a while.
type strict struct {
	chat.Sender
	mu      sync.Mutex
	taken   []time.Time
	by      map[string]time.Time
	refused int
}

func (s *strict) Send(_ context.Context, d chat.Delivery) (chat.Receipt, error) {
	time.Sleep(300 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if n := len(s.taken); n >= perMinute && now.Sub(s.taken[n-perMinute]) < time.Minute {
		s.refused++
		return chat.Receipt{}, &chat.SendError{Failure: chat.Limited, After: 30 * time.Second}
	}
	s.taken = append(s.taken, now)
	s.by[d.Key] = now
	return chat.Receipt{Ref: chat.Ref{Channel: d.Target.Channel, TS: d.Key}, At: now}, nil
}

// Lanes beside each other share the budget, whatever is in flight: while digests
// fill it for minutes the workspace refuses nothing and no alert waits.
func TestDeliverLanesShareTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		chatRoom := &strict{by: map[string]time.Time{}}
		d := &jobs.Deliver{
			DB: db, Sender: chatRoom, Policy: outbox.DefaultPolicy(), Logger: slog.New(slog.DiscardHandler), Now: time.Now,
			Shop: &market.Shop{ID: "mall", Zone: time.UTC}, PerMinute: perMinute,
		}
		p := &post{T: t, Deliver: d}
		alerts := map[string]time.Time{}
		began := time.Now()
		for i := 0; time.Since(began) < 4*time.Minute; i++ {
			if i%600 == 0 { // every two minutes, more than they take
				for c := range 12 {
					for n := range 6 {
						p.put(in(fmt.Sprint("C", c)).Root(fmt.Sprint("digest/", i, "/", n), words("x"), time.Now()))
					}
				}
			}
			if i%600 == 150 {
				e := in(fmt.Sprint("C", i%12)).Root(fmt.Sprint("alert/", i), words("x"), time.Now())
				e.Urgent = true
				p.put(e)
				alerts[e.Key] = time.Now()
			}
			if _, err := d.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond)
		}
		d.Wait()
		slowest := time.Duration(0)
		for key, since := range alerts {
			at, ok := chatRoom.by[key]
			if !ok {
				t.Fatalf("%s was not sent", key)
			}
			slowest = max(slowest, at.Sub(since))
		}
		t.Logf("%d messages in 4 minutes, %d refused, the slowest of %d alerts after %s", len(chatRoom.taken), chatRoom.refused, len(alerts), slowest)
		if chatRoom.refused != 0 || slowest > 3*time.Second || len(chatRoom.taken) < 115 {
			t.Errorf("refused %d, slowest %s, %d sent", chatRoom.refused, slowest, len(chatRoom.taken))
		}
	})
}
