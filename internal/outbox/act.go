package outbox

import (
	"errors"
	"slices"
	"time"

	"shopwatch/internal/chat"
)

// Reasons why an operator's act is refused.
var (
	ErrDone   = errors.New("it has been sent or dropped: nothing is left to do")
	ErrMoving = errors.New("it is being sent, or its outcome is being looked up: wait a minute")
)

// Retry is e as an operator has it tried again at once. What was given up since
// its outcome is unknown says that it may be a repeat.
func Retry(e Entry, now time.Time) (Entry, error) {
	switch e.State {
	case Sent, Folded, Dropped:
		return e, ErrDone
	case Inflight, Doubt:
		return e, ErrMoving
	case Dead:
		e.Repeat = e.Repeat || e.Reason == ReasonUnknown
		e.Attempts = 0
	}
	e.State, e.NotUntil, e.Hold, e.Since = Queued, time.Time{}, time.Time{}, now
	return e, nil
}

// Drop is e as an operator wants it: never sent.
func Drop(e Entry) (Entry, error) {
	switch e.State {
	case Sent, Folded, Dropped:
		return e, ErrDone
	case Inflight, Doubt:
		return e, ErrMoving
	}
	e.State, e.NotUntil = Dropped, time.Time{}
	return e, nil
}

// Fold finds the edits that need not be sent since a later edit of the same
// message waits behind them, and returns them in their new state. undone is by
// Seq; an edit whose outcome is open stays.
func Fold(undone []Entry) (folded []Entry) {
	later := map[string]bool{} // root keys with an edit further back
	for _, e := range slices.Backward(undone) {
		if e.Act != chat.Update {
			continue
		}
		if later[e.RootKey] && e.State == Queued {
			e.State, e.Reason = Folded, ""
			folded = append(folded, e)
			continue
		}
		later[e.RootKey] = true
	}
	return folded
}
