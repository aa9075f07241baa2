package jobs

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/notify"
	"shopwatch/storage"
)

// Attend does what time alone brings about for alerts: snoozes and
// acknowledgements that run out, escalations, roots that have waited for their
// group, the end of quiet hours and of silences. It keeps nothing in memory:
// what is due is in the store, so a restart loses nothing. Tick is called from
// one goroutine.
type Attend struct {
	DB        *storage.DB
	Notifiers []*notify.Notifier // one for each shop
	Now       func() time.Time
}

// Tick does what is due now and returns when something more is; the zero time
// means that nothing waits for time.
func (a *Attend) Tick(ctx context.Context) (next time.Time, err error) {
	for _, n := range a.Notifiers {
		at, err := a.one(ctx, n)
		if err != nil {
			return next, fmt.Errorf("attend %s: %w", n.Shop.ID, err)
		}
		if next.IsZero() || !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next, nil
}

// one looks before it writes, as most of the time there is nothing to do.
func (a *Attend) one(ctx context.Context, n *notify.Notifier) (next time.Time, err error) {
	now, due := a.Now(), false
	err = a.DB.View(ctx, func(tx *storage.Tx) error {
		due, next, err = n.Due(tx, now)
		return err
	})
	if err != nil || !due {
		return next, err
	}
	err = a.DB.Update(ctx, func(tx *storage.Tx) error {
		next, err = n.Tick(tx, now)
		return err
	})
	return next, err
}
