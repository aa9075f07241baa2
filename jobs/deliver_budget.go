package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// budgetKey is the setting under which the budget outlives the process.
const budgetKey = "outbox/budget"

// postCounts count calls since the start.
type postCounts struct {
	sent    [outbox.NumRanks]uint64
	aside   uint64
	limited uint64
}

// Load is how the workspace's budget stands.
type Load struct {
	PerMinute int // 0 is no limit
	// Room is how many messages may leave at once now; below zero while the
	// answers to people have overdrawn it.
	Room int
	// Held is how much longer the platform wants nothing at all.
	Held time.Duration
	// Sent counts the calls for what was in the outbox, by rank; Aside those for
	// people who waited; Limited how often the platform refused for the rate.
	Sent           map[outbox.Rank]uint64
	Aside, Limited uint64
}

// Load returns how the budget stands now.
func (d *Deliver) Load() Load {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	l := Load{
		PerMinute: d.PerMinute, Room: d.budget.Room(now), Held: max(d.budget.Held.Sub(now), 0),
		Sent: map[outbox.Rank]uint64{}, Aside: d.count.aside, Limited: d.count.limited,
	}
	for _, r := range outbox.Ranks() {
		l.Sent[r] = d.count.sent[r]
	}
	return l
}

// Spoke counts a message that was posted for a person who waits, past the
// outbox. pause is how long the platform wants nothing more, 0 when it took it.
// It may be called at any time.
func (d *Deliver) Spoke(pause time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	d.count.aside++
	d.budget.PerMinute = d.PerMinute
	d.budget.Spend(now)
	if pause > 0 {
		d.count.limited++
		d.budget.Hold(now.Add(pause))
	}
}

// resume goes on with the budget as the store has it.
func (d *Deliver) resume(ctx context.Context) error {
	var stored outbox.Budget
	err := d.DB.View(ctx, func(tx *storage.Tx) error {
		text, found, err := tx.Setting(budgetKey)
		if err != nil || !found {
			return err
		}
		return json.Unmarshal(text, &stored)
	})
	if err != nil {
		return fmt.Errorf("budget of the workspace: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.budget.PerMinute = d.PerMinute
	d.budget.Resume(stored, d.Now())
	d.stored = d.budget
	return nil
}

// storeBudget writes the budget beside the entry that has taken from it, before
// the call is made: a process that dies has not got its share back.
func (d *Deliver) storeBudget(tx *storage.Tx) error {
	d.mu.Lock()
	now := d.budget
	changed := now != d.stored
	d.stored = now
	d.mu.Unlock()
	if !changed {
		return nil
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return tx.PutSetting(budgetKey, text)
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
