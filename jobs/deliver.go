package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Deliver empties the outbox. Tick is called from one goroutine.
type Deliver struct {
	DB     *storage.DB
	Sender chat.Sender
	Policy outbox.Policy
	Logger *slog.Logger
	Now    func() time.Time

	lanes     outbox.Lanes
	recovered bool
}

// Tick does what can be done now and returns when something more can be; the
// zero time means that nothing is waiting.
func (d *Deliver) Tick(ctx context.Context) (time.Time, error) {
	if err := d.recover(ctx); err != nil {
		return time.Time{}, err
	}
	for {
		undone, err := d.undone(ctx)
		if err != nil {
			return time.Time{}, err
		}
		var next time.Time
		moved := false
		for _, e := range outbox.Heads(undone) {
			if err := ctx.Err(); err != nil {
				return time.Time{}, err
			}
			if at := later(e.NotUntil, d.lanes.Free(e.Target)); at.After(d.Now()) {
				next = earliest(next, at)
				continue
			}
			if err := d.advance(ctx, e); err != nil {
				return time.Time{}, fmt.Errorf("deliver %s: %w", e.Key, err)
			}
			moved = true
		}
		if !moved {
			return next, nil
		}
	}
}

// recover puts calls that a dead process left open in doubt, once.
func (d *Deliver) recover(ctx context.Context) error {
	if d.recovered {
		return nil
	}
	undone, err := d.undone(ctx)
	if err != nil {
		return err
	}
	for _, e := range undone {
		if e.State != outbox.Inflight {
			continue
		}
		if err := d.put(ctx, d.Policy.Recover(e)); err != nil {
			return err
		}
	}
	d.recovered = true
	return nil
}

// advance takes e one step further.
func (d *Deliver) advance(ctx context.Context, e outbox.Entry) error {
	delivery := chat.Delivery{Key: e.Key, Act: e.Act, Target: e.Target, Message: e.Message}
	if e.RootKey != "" {
		root, ok, err := d.root(ctx, e.RootKey)
		if err != nil {
			return err
		}
		if !ok {
			e.State, e.Reason = outbox.Dead, "the message it belongs to was never sent"
			return d.put(ctx, e)
		}
		delivery.Root = root
	}
	if e.State == outbox.Doubt && e.Act != chat.Update {
		receipt, found, err := d.Sender.Find(ctx, delivery, e.TriedAt.Add(-time.Minute))
		e = d.Policy.Reconciled(e, receipt, found, err, d.Now())
		return d.put(ctx, e)
	}
	e = outbox.Begin(e, d.Now())
	if err := d.put(ctx, e); err != nil {
		return err
	}
	receipt, sendErr := d.Sender.Send(ctx, delivery)
	d.lanes.Used(e.Target, d.Now())
	e = d.Policy.End(e, receipt, sendErr, d.Now())
	if e.State == outbox.Queued && limited(sendErr) {
		d.lanes.HoldAll(e.NotUntil)
	}
	d.log(ctx, e, sendErr)
	return d.put(context.WithoutCancel(ctx), e)
}

func (d *Deliver) undone(ctx context.Context) (out []outbox.Entry, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		out, err = tx.Undone()
		return err
	})
	return out, err
}

func (d *Deliver) root(ctx context.Context, key string) (ref chat.Ref, ok bool, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		var e outbox.Entry
		e, ok, err = tx.Entry(key)
		ok = ok && e.State == outbox.Sent
		ref = e.Receipt.Ref
		return err
	})
	return ref, ok, err
}

func (d *Deliver) put(ctx context.Context, e outbox.Entry) error {
	return d.DB.Update(ctx, func(tx *storage.Tx) error { return tx.PutEntry(e) })
}

func (d *Deliver) log(ctx context.Context, e outbox.Entry, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("key", e.Key), slog.String("state", string(e.State)), slog.Int("attempt", e.Attempts),
	}
	if e.Receipt.Degraded != "" {
		attrs = append(attrs, slog.String("degraded", e.Receipt.Degraded))
	}
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.Any("err", err))
	}
	if e.State == outbox.Dead {
		level = slog.LevelError
	}
	d.Logger.LogAttrs(ctx, level, "delivery", attrs...)
}

func limited(err error) bool {
	var s *chat.SendError
	return errors.As(err, &s) && s.Failure == chat.Limited
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
