package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// tick is the longest that the loops sleep, in real time: a clock that steps or
// a machine that was suspended is noticed by then.
const tick = 15 * time.Second

// Run does everything until ctx ends, then lets what was begun finish.
func (a *App) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	// The desk closes after the door: what was taken in is answered.
	answering, leave := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error { return a.desk.Run(answering) })
	g.Go(func() error { defer leave(); return a.listen(ctx) })
	g.Go(func() error { a.warm(ctx); return nil })
	g.Go(func() error { return a.schedule(ctx) })
	g.Go(func() error { return a.attendLoop(ctx) })
	g.Go(func() error { return a.send(ctx) })
	err := g.Wait()
	a.scheduler.Wait()
	a.deliver.Wait()
	return err
}

const (
	// heardFor is how long a transport must have run for the bot to count as let
	// in: a refusal before that is a mistake in the configuration.
	heardFor = 30 * time.Second
	// knockEvery is how often a bot that is not let in any more tries again.
	knockEvery = time.Minute
)

// listen takes what people do. A platform that refuses the bot from the start
// ends the program; one that lets it in no more does not: facts are collected,
// messages wait in the outbox, and /readyz says why.
func (a *App) listen(ctx context.Context) error {
	began := time.Now()
	for {
		err := a.set.Transport.Run(ctx, a.desk.Accept)
		if err == nil || errors.Is(err, ctx.Err()) {
			return nil
		}
		err = fmt.Errorf("chat: %w", err)
		if time.Since(began) < heardFor {
			return err
		}
		a.set.Logger.LogAttrs(ctx, slog.LevelError, "chat refuses the bot", slog.Any("err", err))
		a.shut.Store(&err)
		a.set.Clock.Sleep(ctx, time.Time{}, knockEvery, nil)
		a.shut.Store(nil)
	}
}

// warm spares the first to ask about today the wait.
func (a *App) warm(ctx context.Context) {
	for i := range a.set.Shops {
		if err := a.set.Series.Warm(ctx, a.set.Shops[i].Shop); err != nil {
			a.set.Logger.LogAttrs(ctx, slog.LevelWarn, "panel of today not read", slog.Any("err", err))
		}
	}
}

// schedule runs the jobs as the clock goes on.
func (a *App) schedule(ctx context.Context) error {
	for ctx.Err() == nil {
		real := time.Now()
		a.ticked.Store(&real)
		next, err := a.scheduler.Tick(ctx, a.set.Clock.Now())
		if err != nil && !errors.Is(err, context.Canceled) {
			a.set.Logger.LogAttrs(ctx, slog.LevelError, "schedule", slog.Any("err", err))
			next = time.Time{}
		}
		a.set.Clock.Sleep(ctx, next, tick, nil)
	}
	return nil
}

// attendLoop does for alerts what time alone brings about.
func (a *App) attendLoop(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := a.attend.Tick(ctx)
		if err == nil {
			err = a.prove(ctx)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			a.set.Logger.LogAttrs(ctx, slog.LevelError, "attend", slog.Any("err", err))
			next = time.Time{}
		}
		a.set.Clock.Sleep(ctx, next, tick, nil)
	}
	return nil
}

// prove puts under new alerts what they were raised by.
func (a *App) prove(ctx context.Context) error {
	for _, p := range a.proves {
		if err := p.Tick(ctx); err != nil {
			return err
		}
	}
	return nil
}

// idle is how often an empty outbox is looked at, in real time.
const idle = 200 * time.Millisecond

// send empties the outbox as it fills.
func (a *App) send(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := a.deliver.Tick(ctx)
		if err != nil && !errors.Is(err, context.Canceled) {
			a.set.Logger.LogAttrs(ctx, slog.LevelError, "deliver", slog.Any("err", err))
		}
		a.set.Clock.Sleep(ctx, next, idle, nil)
	}
	return nil
}

// Step moves a stepped clock to until, running everything that is due on the
// way, one thing after the other. between is called after each stop of the
// clock; it may act as a person and must return when the bot has answered.
func (a *App) Step(ctx context.Context, until time.Time, between func(context.Context) (time.Time, error)) error {
	for {
		now := a.set.Clock.Now()
		next, err := a.scheduler.Tick(ctx, now)
		if err != nil {
			return err
		}
		attended, err := a.attend.Tick(ctx)
		if err != nil {
			return err
		}
		if err := a.prove(ctx); err != nil {
			return err
		}
		sent, err := a.deliver.Tick(ctx)
		if err != nil {
			return err
		}
		acted, err := between(ctx)
		if err != nil {
			return err
		}
		for _, t := range []time.Time{attended, sent, acted} {
			if !t.IsZero() && t.Before(next) {
				next = t
			}
		}
		if next.After(until) || next.IsZero() {
			a.set.Clock.Set(until)
			return nil
		}
		// A second at a time at least: whatever is due now has been done.
		if !next.After(now) {
			next = now.Add(time.Second)
		}
		a.set.Clock.Set(next)
	}
}

// Settle waits until every accepted question has been answered.
func (a *App) Settle() { a.desk.Settle() }

// Talk only listens and answers, until ctx ends: for a clock that is stepped by
// someone else.
func (a *App) Talk(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.desk.Run(ctx) })
	g.Go(func() error { return a.set.Transport.Run(ctx, a.desk.Accept) })
	return g.Wait()
}
