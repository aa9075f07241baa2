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
}

// DefaultPolicy returns the waits that suit Slack.
func DefaultPolicy() Policy {
	return Policy{Settle: 15 * time.Second, Retry: 2 * time.Second, RetryMax: 2 * time.Minute, GiveUp: 24 * time.Hour}
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
	case chat.Refused, chat.Orphan:
		e.State = Dead
	case chat.Limited:
		e.State, e.NotUntil = Queued, now.Add(s.After)
		e.Attempts-- // the platform asked us to wait: not an attempt
	case chat.Down:
		e.State, e.NotUntil = Queued, now.Add(p.backoff(e.Attempts))
	default:
		e.State, e.NotUntil = Doubt, now.Add(p.Settle)
	}
	return p.tired(e, now)
}

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
	case err != nil && errors.Is(err, chat.ErrUnreadable):
		e.State, e.Reason = Dead, "outcome unknown and the history cannot be read"
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
	if began := later(e.Created, e.Hold); !e.State.Done() && now.Sub(began) > p.GiveUp {
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

func (p Policy) backoff(attempts int) time.Duration {
	wait := p.Retry
	for range min(attempts-1, 16) {
		wait = min(2*wait, p.RetryMax)
	}
	return wait
}
