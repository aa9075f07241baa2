package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/storage"
)

// Taking says how a pull is to be taken.
type Taking struct {
	// End is how far the source is read when the pull is complete. The zero
	// time leaves that as it is, as for a stretch of the past.
	End time.Time
	// Past leaves the usual amounts as they are known: the pull is older than
	// what has been read.
	Past bool
	// Believe takes what the gate doubts all the same: a person vouches for it.
	Believe bool
	// Before is called in the same transaction, before anything is written; a
	// true answer leaves the pull out. May be nil.
	Before func(tx *storage.Tx, s market.Condition) (skip bool, err error)
}

// Taken is what became of a pull.
type Taken struct {
	market.Snapshot             // as the gate left it
	Reason          string      // of the gate's doubt; empty when there is none
	Doubt           *gate.Doubt // nil when the pull is not doubted
	Soon            bool        // a second pull should come in a few minutes
	Skipped         bool        // Before left it out
	Same            bool        // the same rows were in the store already
}

// Take passes a pull through the data gate and stores it with its manifest,
// whichever way it came: by schedule, by a backfill, as a file or as a delivery.
// What is doubted is held aside and not part of any picture or sum.
func (c *Collector) Take(ctx context.Context, f Feed, p market.Pull, t Taking) (Taken, error) {
	cur, verdict, err := c.judge(ctx, f, &p, t.Believe)
	if err != nil {
		return Taken{}, err
	}
	out := Taken{Snapshot: p.Snapshot, Reason: verdict.Reason, Doubt: verdict.Doubt, Soon: verdict.Soon}
	if out.State == market.Complete && f.Source.Table().Shape == market.Events && !t.End.IsZero() {
		cur.End = t.End
	}
	err = c.DB.Update(context.WithoutCancel(ctx), func(tx *storage.Tx) error {
		out.Skipped, out.Same = false, false
		if t.Before != nil {
			if skip, err := t.Before(tx, out.State); err != nil || skip {
				out.Skipped = skip
				return err
			}
		}
		rev, err := tx.PutPull(f.Shop, p)
		if out.Same = errors.Is(err, storage.ErrSamePull); err != nil && !out.Same {
			return err
		}
		out.Revision = rev
		if err := c.remember(tx, f, cur, t); err != nil {
			return err
		}
		return c.tell(tx, f, verdict)
	})
	if err != nil {
		return Taken{}, fmt.Errorf("store %s: %w", f.Source.ID(), err)
	}
	return out, nil
}

// remember keeps the cursor, of which a pull of the past brings only what was
// not known.
func (c *Collector) remember(tx *storage.Tx, f Feed, cur cursor, t Taking) error {
	if t.Past {
		var now cursor
		raw, ok, err := tx.Cursor(f.Source.ID())
		if err == nil && ok {
			err = json.Unmarshal(raw, &now)
		}
		if err != nil {
			return fmt.Errorf("cursor of %s: %w", f.Source.ID(), err)
		}
		if len(now.Medians) == 0 {
			now.Medians = cur.Medians
		}
		if now.Pulls == 0 {
			now.Known, now.Pulls = cur.Known, cur.Pulls
		}
		cur = now
	}
	raw, err := json.Marshal(cur)
	if err != nil {
		return fmt.Errorf("cursor of %s: %w", f.Source.ID(), err)
	}
	return tx.PutCursor(f.Source.ID(), raw)
}

// tell has a mass change that the pull has confirmed told, once.
func (c *Collector) tell(tx *storage.Tx, f Feed, v gate.Verdict) error {
	i := slices.IndexFunc(c.Notifiers, func(n *notify.Notifier) bool { return n.Shop.ID == f.Shop.ID })
	if i < 0 {
		return nil
	}
	return tellMass(tx, c.Notifiers[i], f.Source.ID(), f.Source.Table().Name, v.Confirmed, c.Now())
}

// tellMass tells of a doubt that has been confirmed, when it is one of a mass
// change; nil is none.
func tellMass(tx *storage.Tx, n *notify.Notifier, source, table string, d *gate.Doubt, now time.Time) error {
	if d == nil || d.Kind != gate.Mass {
		return nil
	}
	return n.Mass(tx, alert.Mass{
		Source: source, Table: table, Into: d.What, Count: d.Count, Of: d.Of, Names: d.Names, Since: d.Since, At: now,
	}, now)
}
