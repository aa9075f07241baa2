package outbox

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/chat"
)

// TestOperator: what may be done about an entry in each state.
func TestOperator(t *testing.T) {
	for _, c := range []struct {
		state       State
		reason      string
		retry, drop error
		repeat      bool
	}{
		{state: Queued},
		{state: Inflight, retry: ErrMoving, drop: ErrMoving},
		{state: Doubt, retry: ErrMoving, drop: ErrMoving},
		{state: Sent, retry: ErrDone, drop: ErrDone},
		{state: Dead, reason: "channel_not_found"},
		{state: Dead, reason: ReasonUnknown, repeat: true},
		{state: Folded, retry: ErrDone, drop: ErrDone},
		{state: Dropped, retry: ErrDone, drop: ErrDone},
	} {
		e := Entry{State: c.state, Reason: c.reason, Created: start, Attempts: 9, NotUntil: start.Add(48 * time.Hour)}
		again, err := Retry(e, start.Add(25*time.Hour))
		if !errors.Is(err, c.retry) || err == nil && (again.State != Queued || !again.NotUntil.IsZero() || again.Repeat != c.repeat) {
			t.Errorf("retry of %s: %+v, %v", c.state, again, err)
		}
		if err == nil && DefaultPolicy().tired(again, start.Add(26*time.Hour)).State != Queued {
			t.Errorf("%s is given up right after it was tried again", c.state)
		}
		gone, err := Drop(e)
		if !errors.Is(err, c.drop) || err == nil && gone.State != Dropped {
			t.Errorf("drop of %s: %+v, %v", c.state, gone, err)
		}
	}
}

// TestFold: whatever waits, the last edit of each message stays, nothing but
// waiting edits is folded, and nothing else is touched.
func TestFold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var list []Entry
		last := map[string]uint64{}
		for i := range rapid.IntRange(0, 12).Draw(rt, "n") {
			e := Entry{
				Seq: uint64(i), Key: fmt.Sprint(i), RootKey: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "root"),
				Act:   rapid.SampledFrom([]chat.Act{chat.Update, chat.Reply}).Draw(rt, "act"),
				State: rapid.SampledFrom([]State{Queued, Queued, Doubt}).Draw(rt, "state"),
			}
			if e.Act == chat.Update {
				last[e.RootKey] = e.Seq
			}
			list = append(list, e)
		}
		folded := map[uint64]bool{}
		for _, e := range Fold(list) {
			if e.State != Folded || e.Act != chat.Update || list[e.Seq].State != Queued || e.Seq == last[e.RootKey] {
				rt.Fatalf("folded %+v", e)
			}
			folded[e.Seq] = true
		}
		for _, e := range list {
			if e.Act == chat.Update && e.State == Queued && e.Seq != last[e.RootKey] && !folded[e.Seq] {
				rt.Fatalf("%+v is left", e)
			}
		}
	})
}

// TestUnreadable: where the history cannot be read, a message is held, or sent
// once more and marked; never a third time.
func TestUnreadable(t *testing.T) {
	p := DefaultPolicy()
	e := Entry{Key: "k", Act: chat.Post, State: Doubt, Created: start, TriedAt: start}
	blind := fmt.Errorf("missing_scope: %w", chat.ErrUnreadable)
	if got := p.Reconciled(e, chat.Receipt{}, false, blind, start); got.State != Dead || got.Reason != ReasonUnknown {
		t.Errorf("held: %+v", got)
	}
	p.Unreadable = RepeatMarked
	got := p.Reconciled(e, chat.Receipt{}, false, blind, start)
	if got.State != Queued || !got.Repeat {
		t.Errorf("repeated: %+v", got)
	}
	if got = p.Reconciled(Begin(got, start), chat.Receipt{}, false, blind, start); got.State != Dead {
		t.Errorf("twice in doubt: %+v", got)
	}
}

// TestOrphan: a reply whose root is gone opens the thread anew, an edit is over.
func TestOrphan(t *testing.T) {
	gone := &chat.SendError{Failure: chat.Orphan, Reason: "root_deleted"}
	p := DefaultPolicy()
	reply := p.End(Begin(Entry{Act: chat.Reply, RootKey: "alert/1", Created: start}, start), chat.Receipt{}, gone, start)
	if reply.Act != chat.Post || reply.State != Queued || reply.RootKey != "alert/1" {
		t.Errorf("reply: %+v", reply)
	}
	sent := p.End(Begin(reply, start), chat.Receipt{Ref: chat.Ref{TS: "2"}}, nil, start)
	if !sent.NewRoot() {
		t.Errorf("sent: %+v", sent)
	}
	if edit := p.End(Begin(Entry{Act: chat.Update, RootKey: "alert/1", Created: start}, start), chat.Receipt{}, gone, start); edit.State != Folded {
		t.Errorf("edit: %+v", edit)
	}
}
