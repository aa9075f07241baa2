package chat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Sender puts messages on a platform. It makes exactly one attempt and never
// retries by itself: the outbox is the one place that does.
type Sender interface {
	// Send performs d. A failure is a *SendError that says what may be done
	// about it. A Receipt with an empty Ref.TS never comes without an error.
	Send(ctx context.Context, d Delivery) (Receipt, error)
	// Find looks in the place where d was to go for a message that carries
	// d.Key, sent at or after since. Found nothing is (Receipt{}, false, nil);
	// ErrUnreadable says the history cannot be read.
	Find(ctx context.Context, d Delivery, since time.Time) (Receipt, bool, error)
	// Answer replies to e so that only the asker sees it.
	Answer(ctx context.Context, e Event, m Message) error
	// Share posts m where e happened, for everyone there.
	Share(ctx context.Context, e Event, m Message) error
}

// Transport receives what people do and hands each event to accept, which
// returns within the platform's deadline. It returns when ctx ends (nil) or
// when the platform refuses us for good.
type Transport interface {
	Run(ctx context.Context, accept func(context.Context, Event) Ack) error
}

// ErrUnreadable says that the history of a place cannot be read, so that a
// doubtful delivery cannot be reconciled.
var ErrUnreadable = errors.New("chat history cannot be read")

// ErrNoFile says that the file of a message could not be attached.
var ErrNoFile = errors.New("the file is not attached")

// Failure classifies a failed send.
type Failure string

// Failures.
const (
	Limited Failure = "limited" // not sent; try again after SendError.After
	Refused Failure = "refused" // not sent and never will be: no such channel, no right
	Down    Failure = "down"    // not sent: the platform was not reached
	Locked  Failure = "locked"  // not sent: the platform does not let the bot in any more
	Doubt   Failure = "doubt"   // perhaps sent: time-out, broken answer
	Orphan  Failure = "orphan"  // the thread's root is gone; nothing was left behind
)

// SendError is the error of Sender.Send.
type SendError struct {
	Failure Failure
	After   time.Duration // with Limited: how long to wait
	Reason  string        // the platform's own word, e.g. channel_not_found
	Err     error         // cause, free of secrets; may be nil
}

func (e *SendError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("send %s: %s", e.Failure, e.Reason)
	}
	return fmt.Sprintf("send %s: %s: %v", e.Failure, e.Reason, e.Err)
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
