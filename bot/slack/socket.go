package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// socket is the Socket Mode transport: several links side by side, so that
// while one is renewed the others take what comes.
//
// The library's own connection closes the old socket before it opens a new one,
// reopens without pause, and never acknowledges a frame it does not know; hence
// the links are ours, and the library opens the address and reads the types.
type socket struct {
	s      *Slack
	bucket *bucket
}

// Socket returns the transport over WebSockets. It needs Config.AppToken.
func (s *Slack) Socket() chat.Transport {
	return &socket{s: s, bucket: &bucket{every: s.cfg.OpenEvery}}
}

// ErrGoodbye is wrapped by the error of a transport that Slack has refused for
// good: the app token is wrong, revoked, or lacks connections:write.
var ErrGoodbye = errors.New("slack refuses the connection for good")

// settled is how long a link must live for its predecessor's troubles to be forgotten.
const settled = 30 * time.Second

// Run implements chat.Transport.
func (k *socket) Run(ctx context.Context, accept func(context.Context, chat.Event) chat.Ack) error {
	if k.s.cfg.AppToken == "" {
		return fmt.Errorf("no app token: %w", ErrGoodbye)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	all.Go(func() { k.learn(ctx) })
	for i := range k.s.cfg.Connections {
		all.Go(func() {
			k.keep(ctx, cancel, i, accept)
		})
	}
	all.Wait()
	k.s.intake.drain()
	if err := context.Cause(ctx); errors.Is(err, ErrGoodbye) {
		return err
	}
	return nil
}

// learn finds out who the bot is, for messages that do not say.
func (k *socket) learn(ctx context.Context) {
	for n := 1; ctx.Err() == nil; n++ {
		err := k.s.learnSelf(ctx)
		if err == nil {
			return
		}
		k.s.log.WarnContext(ctx, "own identity unknown", "err", err)
		if sleep(ctx, backoff(k.s.cfg.OpenEvery, n)) != nil {
			return
		}
	}
}

// keep keeps link number i up until ctx ends; it ends ctx itself when Slack
// refuses for good. A link that announces its end is read until it is closed,
// while the next one is opened beside it.
func (k *socket) keep(ctx context.Context, giveUp context.CancelCauseFunc, i int, accept acceptFunc) {
	var links sync.WaitGroup
	defer links.Wait()
	// The first link of each number lives a different part of its life, so that
	// they are not renewed at the same time.
	share := float64(i+1) / float64(k.s.cfg.Connections)
	failures := 0
	for sleep(ctx, backoff(k.s.cfg.OpenEvery, failures)) == nil {
		l, err := k.open(ctx)
		switch {
		case errors.Is(err, ErrGoodbye):
			giveUp(err)
			return
		case err != nil:
			failures++
			k.pause(ctx, i, err)
			continue
		}
		l.share, share = share, 0
		began := time.Now()
		k.s.log.InfoContext(ctx, "socket open", "link", i)
		links.Go(func() {
			err := l.run(ctx, accept)
			k.s.log.InfoContext(ctx, "socket closed", "link", i, "reason", k.s.scrub.err(err))
		})
		select {
		case <-l.ending:
		case <-ctx.Done():
		}
		if failures++; time.Since(began) >= settled {
			failures = 0
		}
	}
}

// pause logs that link i could not be opened and waits if Slack asked for it.
func (k *socket) pause(ctx context.Context, i int, err error) {
	if ctx.Err() != nil {
		return
	}
	k.s.log.WarnContext(ctx, "socket not opened", "link", i, "err", err)
	if e, ok := errors.AsType[*chat.SendError](err); ok && e.Failure == chat.Limited {
		_ = sleep(ctx, e.After)
	}
}

// open asks for an address and dials it.
func (k *socket) open(ctx context.Context) (*link, error) {
	if err := k.bucket.wait(ctx); err != nil {
		return nil, err
	}
	k.s.count.opens.Add(1)
	_, address, err := k.s.api.StartSocketModeContext(ctx)
	if refused, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok && slices.Contains(wordsOfGoodbye, refused.Err) {
		return nil, fmt.Errorf("open socket: %s: %w", refused.Err, ErrGoodbye)
	}
	if err := asked(k.s.classify(err, address)); err != nil {
		return nil, err
	}
	l, err := dial(ctx, k.s, address)
	if err != nil {
		return nil, fmt.Errorf("dial socket: %w", k.s.scrub.err(err))
	}
	return l, nil
}
