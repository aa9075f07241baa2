package slack

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"shopwatch/internal/chat"
)

// maxOpen is how many events may be in acceptance at a time. Accepting is quick
// (remember, queue), so the limit is reached only when the bot hangs.
const maxOpen = 256

// acceptFunc is what a Transport hands events to.
type acceptFunc func(context.Context, chat.Event) chat.Ack

// intake passes events on, keeping the platform's deadline whatever the bot does.
type intake struct {
	s    *Slack
	slot chan struct{}
}

func newIntake(s *Slack) intake { return intake{s: s, slot: make(chan struct{}, maxOpen)} }

// take hands e to accept and returns its acknowledgement. It returns after the
// deadline at the latest, with an empty one, and accept goes on by itself. The
// second result is false when the bot is too busy to take anything: the
// platform should bring the event again.
func (in intake) take(ctx context.Context, e chat.Event, accept acceptFunc) (chat.Ack, bool) {
	deadline := time.NewTimer(in.s.cfg.AckDeadline)
	defer deadline.Stop()
	select {
	case in.slot <- struct{}{}:
	case <-deadline.C:
		in.s.count.late.Add(1)
		in.s.log.Error("event turned away: too busy", "kind", string(e.Kind))
		return chat.Ack{}, false
	case <-ctx.Done():
		return chat.Ack{}, false
	}
	in.s.count.events.Add(1)
	done := make(chan chat.Ack, 1)
	go func() {
		defer func() { <-in.slot }()
		defer func() {
			if p := recover(); p != nil {
				in.s.log.Error("accepting an event broke", "kind", string(e.Kind), "panic", in.s.scrub.text(fmt.Sprint(p)), "stack", string(debug.Stack()))
				done <- chat.Ack{}
			}
		}()
		e.Guest = in.s.guest(ctx, e)
		done <- accept(ctx, e)
	}()
	select {
	case a := <-done:
		return a, true
	case <-deadline.C:
		in.s.count.late.Add(1)
		in.s.log.Warn("event acknowledged before it was accepted", "kind", string(e.Kind))
		return chat.Ack{}, true
	}
}

// drain waits until nothing is in acceptance any more, at most two deadlines long.
func (in intake) drain() {
	end := time.NewTimer(2 * in.s.cfg.AckDeadline)
	defer end.Stop()
	taken := 0
	defer func() {
		for range taken {
			<-in.slot
		}
	}()
	for range maxOpen {
		select {
		case in.slot <- struct{}{}:
			taken++
		case <-end.C:
			return
		}
	}
}
