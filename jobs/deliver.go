package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
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
	// Operators are told when a message is given up, in the name of Shop.
	Operators []outbox.Route
	Shop      *market.Shop
	// Inline makes Tick send by itself, one message after the other: the stepped
	// clock of tests and of the demo's transcript needs that. Otherwise places
	// are served beside each other, so that a slow call holds up its own place.
	Inline bool
	// PerMinute is how many messages the workspace is given in any minute; 0 is
	// no limit. See outbox.Budget.
	PerMinute int

	recovered bool
	wait      sync.WaitGroup

	mu      sync.Mutex // guards what follows
	lanes   outbox.Lanes
	budget  outbox.Budget
	stored  outbox.Budget // budget as the store has it
	busy    map[chat.Target]bool
	refused string // why the platform lets us in no more; "" while it does
	count   postCounts
}

// maxLanes is how many places are served at the same time.
const maxLanes = 16

// Tick does what can be done now and returns when something more can be; the
// zero time means that nothing is waiting.
func (d *Deliver) Tick(ctx context.Context) (time.Time, error) {
	if err := d.recover(ctx); err != nil {
		return time.Time{}, err
	}
	for {
		next, moved, err := d.pass(ctx)
		if err != nil || !moved {
			return next, err
		}
	}
}

// pass takes the head of each lane one step further. moved says that the outbox
// is to be looked at again at once.
func (d *Deliver) pass(ctx context.Context) (next time.Time, moved bool, err error) {
	undone, err := d.undone(ctx)
	if err != nil {
		return next, false, err
	}
	if folded := outbox.Fold(undone); len(folded) > 0 {
		err := d.put(ctx, folded...)
		return next, err == nil, err
	}
	for _, h := range outbox.Heads(undone) {
		if err := ctx.Err(); err != nil {
			return next, false, err
		}
		at, free := d.claim(&h)
		if !free {
			if !at.IsZero() {
				next = earliest(next, at)
			}
			continue
		}
		if err := d.start(ctx, h.Entry); err != nil {
			return next, false, err
		}
		moved = d.Inline
	}
	return next, moved, nil
}

// Wait blocks until no message is being sent.
func (d *Deliver) Wait() { d.wait.Wait() }

// Refused is why the platform lets the bot in no more, "" while it does.
func (d *Deliver) Refused() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// claim takes the lane of h and its share of the workspace's budget. When they
// are not free it says from when on they are; the zero time means that the lane
// is in use.
func (d *Deliver) claim(h *outbox.Head) (at time.Time, free bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy[h.Target] || len(d.busy) >= maxLanes {
		return time.Time{}, false
	}
	now := d.Now()
	at = later(later(h.NotUntil, d.lanes.Free(h.Target)), d.budget.Free(h.Rank))
	if at.After(now) {
		return at, false
	}
	if d.busy == nil {
		d.busy = map[chat.Target]bool{}
	}
	d.busy[h.Target] = true
	d.budget.Spend(now)
	return time.Time{}, true
}

// release gives the lane back, and the share of the budget when nothing was sent.
func (d *Deliver) release(target chat.Target, sent bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.busy, target)
	if !sent {
		d.budget.Return()
	}
}

// start takes e one step further, beside the others unless Inline.
func (d *Deliver) start(ctx context.Context, e outbox.Entry) error {
	step := func() error {
		sent, err := d.step(ctx, e.Key)
		d.release(e.Target, sent)
		if err != nil {
			return fmt.Errorf("deliver %s: %w", e.Key, err)
		}
		return nil
	}
	if d.Inline {
		return step()
	}
	d.wait.Go(func() {
		if err := step(); err != nil && !errors.Is(err, context.Canceled) {
			d.Logger.LogAttrs(ctx, slog.LevelError, "deliver", slog.Any("err", err))
		}
	})
	return nil
}

// recover puts calls that a dead process left open in doubt, and goes on with
// what it had left of the budget, once.
func (d *Deliver) recover(ctx context.Context) error {
	if d.recovered {
		return nil
	}
	if err := d.resume(ctx); err != nil {
		return err
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

// step takes the entry of a key one step further, as it stands now that its lane
// is ours: an operator may have changed it meanwhile. sent says that the platform
// was given something to post or edit.
func (d *Deliver) step(ctx context.Context, key string) (sent bool, err error) {
	e, ok, err := d.entry(ctx, key)
	if err != nil || !ok || e.State.Done() || e.NotUntil.After(d.Now()) {
		return false, err
	}
	delivery := chat.Delivery{Key: e.Key, Act: e.Act, Target: e.Target, Message: e.Message}
	if e.RootKey != "" && e.Act != chat.Post {
		root, _, err := d.entry(ctx, e.RootKey)
		if err != nil {
			return false, err
		}
		if root.State != outbox.Sent {
			return false, d.put(ctx, withoutRoot(e, root, d.Now()))
		}
		delivery.Root = root.Receipt.Ref
	}
	if e.State == outbox.Doubt && e.Act != chat.Update {
		return false, d.lookUp(ctx, e, delivery)
	}
	late := d.Policy.Late(e, d.Now())
	delivery.Message = d.pen(e.Lang).Belated(delivery.Message, late, e.Repeat, e.Act == chat.Post && e.RootKey != "")
	return true, d.send(ctx, outbox.Begin(e, d.Now()), delivery)
}

// withoutRoot is what becomes of an entry whose root is not there: it waits for
// one that is held for a quiet reader, and is over with one that never comes.
func withoutRoot(e, root outbox.Entry, now time.Time) outbox.Entry {
	switch {
	case root.State == outbox.Dropped:
		e.State = outbox.Dropped
	case root.Key == "" || root.State.Done():
		e.State, e.Reason = outbox.Dead, "the message it belongs to was never sent"
	default:
		e.Hold, e.NotUntil = root.Hold, later(root.NotUntil, now.Add(outbox.Pace))
	}
	return e
}

// lookUp asks the history whether a doubtful entry has arrived.
func (d *Deliver) lookUp(ctx context.Context, e outbox.Entry, delivery chat.Delivery) error {
	receipt, found, err := d.Sender.Find(ctx, delivery, e.TriedAt.Add(-time.Minute))
	e = d.Policy.Reconciled(e, receipt, found, err, d.Now())
	d.log(ctx, e, err)
	return d.put(ctx, e)
}

// send makes the call for an entry that has begun. A call that is under way when
// ctx ends may finish, so that its outcome is known.
func (d *Deliver) send(ctx context.Context, e outbox.Entry, delivery chat.Delivery) error {
	if err := d.put(ctx, e); err != nil {
		return err
	}
	call, stop := finishing(ctx)
	receipt, sendErr := d.Sender.Send(call, delivery)
	stop()
	e = d.Policy.End(e, receipt, sendErr, d.Now())
	d.note(e, sendErr)
	d.log(ctx, e, sendErr)
	return d.put(context.WithoutCancel(ctx), e)
}

// finishTime is how long a call goes on after the bot was told to stop.
const finishTime = 8 * time.Second

// finishing is a context that outlives ctx by finishTime.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() { time.AfterFunc(finishTime, cancel) })
	return call, func() { unwatch(); cancel() }
}

// note keeps the pace of the lanes after a call.
func (d *Deliver) note(e outbox.Entry, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lanes.Used(e.Target, d.Now())
	d.count.sent[e.Rank()]++
	s, failed := errors.AsType[*chat.SendError](err)
	switch {
	case err == nil:
		d.refused = ""
	case failed && s.Failure == chat.Limited:
		d.count.limited++
		d.budget.Hold(e.NotUntil)
	case failed && s.Failure == chat.Locked:
		d.refused = s.Reason
	}
}

func (d *Deliver) undone(ctx context.Context) (out []outbox.Entry, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		out, err = tx.Undone()
		return err
	})
	return out, err
}

func (d *Deliver) entry(ctx context.Context, key string) (e outbox.Entry, ok bool, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		e, ok, err = tx.Entry(key)
		return err
	})
	return e, ok, err
}

// put stores entries with what follows from their states: the new root of a
// thread, and a note about what was given up.
func (d *Deliver) put(ctx context.Context, entries ...outbox.Entry) error {
	return d.DB.Update(ctx, func(tx *storage.Tx) error {
		if err := d.storeBudget(tx); err != nil {
			return err
		}
		for _, e := range entries {
			if err := tx.PutEntry(e); err != nil {
				return err
			}
			if e.NewRoot() {
				if err := replaceRoot(tx, e); err != nil {
					return err
				}
			}
			if e.State == outbox.Dead {
				if err := d.tell(tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// replaceRoot lets the thread of e's root go on below e.
func replaceRoot(tx *storage.Tx, e outbox.Entry) error {
	root, ok, err := tx.Entry(e.RootKey)
	if err != nil || !ok {
		return err
	}
	root.Receipt = e.Receipt
	return tx.PutEntry(root)
}

// deadNote begins the keys of notes about messages that were given up. A note
// that is given up itself is only logged.
const deadNote = "note/outbox/"

// tell puts a note about a message that was given up into the outbox, once an
// hour for each place and reason. The place itself is not told.
func (d *Deliver) tell(tx *storage.Tx, e outbox.Entry) error {
	if strings.HasPrefix(e.Key, deadNote) {
		return nil
	}
	now := d.Now()
	place := outbox.Route{Target: e.Target}.Name()
	key := deadNote + now.UTC().Format("2006-01-02T15") + "/" + place + "/" + e.Reason
	for _, r := range d.Operators {
		if r.Target == e.Target {
			continue
		}
		if _, err := tx.Enqueue(r.Root(key, d.pen(r.Lang).GivenUp(place, e.Reason, e.Message.Text), now)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Deliver) pen(lang string) card.Pen { return card.New(i18n.For(lang), d.Shop) }

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
