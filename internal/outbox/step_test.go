package outbox

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/chat"
)

var start = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)

// TestDelivery walks an entry against a platform that fails in every way it can
// and checks what must hold whatever happens: a message that arrived is found
// and not sent again, nothing is sent while its outcome is in doubt, and every
// entry ends.
func TestDelivery(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, now := DefaultPolicy(), start
		e := Entry{Key: "digest/1", Act: chat.Post, State: Queued, Created: start}
		onPlatform, calls := 0, 0
		for step := 0; !e.State.Done(); step++ {
			if step > 5000 {
				rt.Fatalf("never ends: %+v", e)
			}
			if e.NotUntil.After(now) {
				now = e.NotUntil
			}
			switch e.State {
			case Queued:
				if onPlatform > 0 {
					rt.Fatal("sent again although it had arrived")
				}
				e = Begin(e, now)
				if rapid.IntRange(0, 9).Draw(rt, "crash") == 0 {
					onPlatform += rapid.IntRange(0, 1).Draw(rt, "arrived")
					e = p.Recover(e)
					continue
				}
				calls++
				receipt, arrived, err := outcome(rt)
				onPlatform += arrived
				e = p.End(e, receipt, err, now)
			case Doubt:
				if now.Sub(e.TriedAt) < p.Settle {
					rt.Fatalf("asked the history %s after the call", now.Sub(e.TriedAt))
				}
				var err error
				if rapid.IntRange(0, 9).Draw(rt, "history") == 0 {
					err = errors.New("500")
				}
				e = p.Reconciled(e, chat.Receipt{Ref: chat.Ref{TS: "1"}}, onPlatform > 0, err, now)
			default:
				rt.Fatalf("stuck in %s", e.State)
			}
			now = now.Add(time.Second)
		}
		if onPlatform > 1 {
			rt.Fatalf("%d copies", onPlatform)
		}
		if e.State == Sent && onPlatform != 1 {
			rt.Fatal("marked sent and never arrived")
		}
	})
}

// outcome is one answer of the platform and whether the message is there.
func outcome(rt *rapid.T) (chat.Receipt, int, error) {
	ok := chat.Receipt{Ref: chat.Ref{Channel: "C1", TS: "1"}}
	switch rapid.SampledFrom([]string{"ok", "ok", "limited", "down", "lost", "late", "refused"}).Draw(rt, "answer") {
	case "ok":
		return ok, 1, nil
	case "limited":
		return chat.Receipt{}, 0, &chat.SendError{Failure: chat.Limited, After: 7 * time.Second}
	case "down":
		return chat.Receipt{}, 0, &chat.SendError{Failure: chat.Down}
	case "lost":
		return chat.Receipt{}, 0, &chat.SendError{Failure: chat.Doubt, Reason: "timeout"}
	case "late":
		return chat.Receipt{}, 1, errors.New("an error of no known kind")
	}
	return chat.Receipt{}, 0, &chat.SendError{Failure: chat.Refused, Reason: "channel_not_found"}
}

func TestEnd(t *testing.T) {
	p := DefaultPolicy()
	sending := Begin(Entry{State: Queued, Created: start}, start)
	for name, c := range map[string]struct {
		err   error
		state State
		until time.Time
		tries int
	}{
		"rate limit waits as told and is no attempt": {&chat.SendError{Failure: chat.Limited, After: 30 * time.Second}, Queued, start.Add(30 * time.Second), 0},
		"not reached is tried again soon":            {&chat.SendError{Failure: chat.Down}, Queued, start.Add(p.Retry), 1},
		"time-out settles before it is looked up":    {&chat.SendError{Failure: chat.Doubt}, Doubt, start.Add(p.Settle), 1},
		"locked out waits":                           {&chat.SendError{Failure: chat.Locked}, Queued, start.Add(p.Retry), 1},
		"refused is never tried again":               {&chat.SendError{Failure: chat.Refused}, Dead, time.Time{}, 1},
		"sent":                                       {nil, Sent, time.Time{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := p.End(sending, chat.Receipt{}, c.err, start)
			if got.State != c.state || !got.NotUntil.Equal(c.until) || got.Attempts != c.tries {
				t.Errorf("got %s until %s after %d attempts", got.State, got.NotUntil, got.Attempts)
			}
		})
	}
	old := Begin(Entry{State: Queued, Created: start.Add(-25 * time.Hour)}, start)
	if got := p.End(old, chat.Receipt{}, &chat.SendError{Failure: chat.Locked}, start); got.State != Queued {
		t.Errorf("a day without a key ends in %s, want queued", got.State)
	}
	if got := p.End(old, chat.Receipt{}, &chat.SendError{Failure: chat.Down}, start); got.State != Dead {
		t.Errorf("a day of failures ends in %s, want dead", got.State)
	}
}

func TestHeadsKeepTheOrderOfAPlace(t *testing.T) {
	a, b := chat.Target{Channel: "A"}, chat.Target{Channel: "B"}
	got := Heads([]Entry{{Seq: 1, Target: a}, {Seq: 2, Target: a}, {Seq: 3, Target: b}, {Seq: 4, Target: a}})
	if len(got) != 2 || got[0].Seq != 1 || got[1].Seq != 3 {
		t.Errorf("heads are %+v", got)
	}
}

// What is held for a quiet reader keeps its own order and nobody else's.
func TestHeldEntriesAreALineOfTheirOwn(t *testing.T) {
	a := chat.Target{User: "A"}
	nine := start.Add(time.Hour)
	r := Route{Target: a, Hold: nine}
	root, under := r.Root("digest", chat.Message{}, start), r.Under("digest", 1, chat.Message{}, start)
	root.Seq, under.Seq = 1, 2
	got := Heads([]Entry{root, under, {Seq: 3, Target: a}, {Seq: 4, Target: a}})
	if len(got) != 2 || got[0].Seq != 1 || got[1].Seq != 3 || !got[0].NotUntil.Equal(nine) {
		t.Errorf("heads are %+v", got)
	}
	// It is not given up for having waited.
	p := DefaultPolicy()
	root.Created = nine.Add(-p.GiveUp - time.Hour)
	if e := p.End(Begin(root, nine), chat.Receipt{}, &chat.SendError{Failure: chat.Down}, nine); e.State != Queued {
		t.Errorf("a first failure makes it %s", e.State)
	}
}

func TestLanes(t *testing.T) {
	var l Lanes
	a, b := chat.Target{Channel: "A"}, chat.Target{Channel: "B"}
	l.Used(a, start)
	if got := l.Free(a); !got.Equal(start.Add(Pace)) {
		t.Errorf("lane is free at %s", got)
	}
	if !l.Free(b).IsZero() {
		t.Error("another place must not wait")
	}
}
