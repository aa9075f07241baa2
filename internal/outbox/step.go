package outbox

import (
	"errors"
	"time"

	"shopwatch/internal/chat"
)

// Policy holds the waits of delivery.
type Policy struct {
	// Settle is how long a doubtful outcome rests before the platform's history
	// is asked: at least the time-out of a call, or the message may still appear.
	Settle time.Duration
	// Retry is the first wait after the platform was down; it doubles up to RetryMax.
	Retry, RetryMax time.Duration
	// GiveUp is the age at which an entry becomes Dead.
	GiveUp time.Duration
	// MaxAge is the age from which a message says how old it is when it leaves.
	MaxAge time.Duration
	// Unreadable is what becomes of a doubtful entry when the history of its
	// place cannot be read.
	Unreadable Unreadable
}

// Unreadable is what to do when nobody can tell whether a message has arrived.
type Unreadable string

// Ways out.
const (
	Hold         Unreadable = "hold"          // the entry becomes Dead and waits for an operator
	RepeatMarked Unreadable = "repeat_marked" // it is sent once more and says that it may be a repeat
)

// DefaultPolicy returns the waits that suit Slack.
func DefaultPolicy() Policy {
	return Policy{Settle: 15 * time.Second, Retry: 2 * time.Second, RetryMax: 2 * time.Minute, GiveUp: 24 * time.Hour, MaxAge: time.Hour, Unreadable: Hold}
}

// Begin marks e as being sent. It is stored before the call is made, so that a
// crash in between leaves a trace.
func Begin(e Entry, now time.Time) Entry {
	e.State, e.TriedAt = Inflight, now
	e.Attempts++
	return e
}

// End is the state of e after a call that returned receipt and err.
func (p Policy) End(e Entry, receipt chat.Receipt, err error, now time.Time) Entry {
	if err == nil {
		e.State, e.Receipt, e.Reason = Sent, receipt, ""
		return e
	}
	var s *chat.SendError
	if !errors.As(err, &s) {
		s = &chat.SendError{Failure: chat.Doubt, Reason: err.Error()}
	}
	e.Reason = s.Reason
	switch s.Failure {
	case chat.Refused:
		e.State = Dead
	case chat.Orphan:
		return orphaned(e)
	case chat.Limited:
		e.State, e.NotUntil = Queued, now.Add(s.After)
		e.Attempts-- // the platform asked us to wait: not an attempt
	case chat.Down:
		e.State, e.NotUntil = Queued, now.Add(p.backoff(e.Attempts))
	case chat.Locked: // kept until somebody has given the bot a new key, however long that takes
		e.State, e.NotUntil = Queued, now.Add(p.backoff(e.Attempts))
		return e
	default:
		e.State, e.NotUntil = Doubt, now.Add(p.Settle)
	}
	return p.tired(e, now)
}

// orphaned is what becomes of e when the message that it belongs to was deleted:
// a reply is posted by itself and the thread goes on below it, an edit has
// nothing to change any more.
func orphaned(e Entry) Entry {
	if e.Act == chat.Update {
		e.State = Folded
		return e
	}
	e.Act, e.State, e.NotUntil = chat.Post, Queued, time.Time{}
	return e
}

// NewRoot reports whether the message of e is the root of its thread from now
// on, in place of that of RootKey, which was deleted.
func (e *Entry) NewRoot() bool { return e.State == Sent && e.Act == chat.Post && e.RootKey != "" }

// Recover is the state in which an entry found at start-up goes on: a call that
// was under way when the process died is in doubt.
func (p Policy) Recover(e Entry) Entry {
	if e.State == Inflight {
		e.State, e.NotUntil = Doubt, e.TriedAt.Add(p.Settle)
	}
	return e
}

// Reconciled is the state of a doubtful entry after the history was asked.
func (p Policy) Reconciled(e Entry, receipt chat.Receipt, found bool, err error, now time.Time) Entry {
	switch {
	case errors.Is(err, chat.ErrUnreadable) && p.Unreadable == RepeatMarked && !e.Repeat:
		e.State, e.NotUntil, e.Repeat = Queued, time.Time{}, true
	case errors.Is(err, chat.ErrUnreadable):
		e.State, e.Reason = Dead, ReasonUnknown
	case err != nil:
		e.NotUntil, e.Reason = now.Add(p.backoff(e.Attempts)), err.Error()
	case found:
		e.State, e.Receipt, e.Reason = Sent, receipt, ""
	default:
		e.State, e.NotUntil = Queued, time.Time{}
	}
	return p.tired(e, now)
}

func (p Policy) tired(e Entry, now time.Time) Entry {
	if began := later(later(e.Created, e.Since), e.Hold); !e.State.Done() && now.Sub(began) > p.GiveUp {
		e.State = Dead
	}
	return e
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ReasonUnknown is the reason of an entry that is held since nobody can tell
// whether it has arrived.
const ReasonUnknown = "outcome unknown and the history cannot be read"

// Late is how old the message of e is when that must be said, else 0; what was
// held back on purpose is not late for that. An edit never says it: a later one
// takes its place.
func (p Policy) Late(e Entry, now time.Time) time.Duration {
	if age := now.Sub(later(e.Created, e.Hold)); p.MaxAge > 0 && age > p.MaxAge && e.Act != chat.Update {
		return age
	}
	return 0
}

func (p Policy) backoff(attempts int) time.Duration {
	wait := p.Retry
	for range min(attempts-1, 16) {
		wait = min(2*wait, p.RetryMax)
	}
	return wait
}
