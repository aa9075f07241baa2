package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shopwatch/bot"
	"shopwatch/internal/chat"
	"shopwatch/jobs"
)

// lockout is a chat that refuses the bot after each of these times in turn, and
// then lets it in for good.
type lockout []time.Duration

var errLockedOut = errors.New("token_revoked")

func (l *lockout) Run(ctx context.Context, _ func(context.Context, chat.Event) chat.Ack) error {
	if len(*l) == 0 {
		<-ctx.Done()
		return nil
	}
	after := time.NewTimer((*l)[0])
	*l = (*l)[1:]
	select {
	case <-ctx.Done():
		return nil
	case <-after.C:
		return errLockedOut
	}
}

// TestLockedOut: a chat that refuses the bot from the start ends it; one that
// refuses it later makes it unready until it lets it in again.
func TestLockedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &App{set: Settings{Clock: RealClock(), Logger: slog.New(slog.DiscardHandler)}, desk: bot.New(bot.Config{}), deliver: &jobs.Deliver{}}
		a.set.Transport = &lockout{time.Second}
		if err := a.listen(t.Context()); !errors.Is(err, errLockedOut) {
			t.Errorf("refused from the start: %v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		a.set.Transport = &lockout{time.Hour, time.Second}
		done := make(chan error, 1)
		go func() { done <- a.listen(ctx) }()
		time.Sleep(time.Hour - time.Second)
		if err := a.chatReady(ctx); err != nil {
			t.Errorf("before: %v", err)
		}
		time.Sleep(2 * time.Second)
		if err := a.chatReady(ctx); err == nil || !strings.Contains(err.Error(), "token_revoked") {
			t.Errorf("locked out: %v", err)
		}
		time.Sleep(3 * time.Minute)
		if err := a.chatReady(ctx); err != nil {
			t.Errorf("let in again: %v", err)
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("stopped: %v", err)
		}
	})
}
