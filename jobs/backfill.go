package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// Progress is how far a backfill has come.
type Progress struct {
	Window  market.Window // of the whole backfill
	Until   time.Time     // everything up to here is in the store
	Rows    int           // read by this run
	Resumed bool          // an earlier run had begun it
}

// Share is the part that is done, from 0 to 1.
func (p Progress) Share() float64 {
	if p.Window.Empty() {
		return 1
	}
	return min(1, max(0, float64(p.Until.Sub(p.Window.Start))/float64(p.Window.Duration())))
}

// ErrNoBackfill says that a source cannot be read for a stretch of the past.
var ErrNoBackfill = errors.New("cannot be read back")

// backfilled is the note of a backfill that is under way.
type backfilled struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Until time.Time `json:"until"`
}

func backfillKey(f Feed) string { return "backfill/" + f.Source.ID() }

// Backfill reads a stretch of the past into the store, a day or the source's
// step at a time, and calls tell after each. Every part is committed with the
// note of how far it goes: the same backfill after an interruption goes on
// there. How far the source is read by its schedule does not change. What the
// data gate doubts stops the backfill, unless believe says that a person vouches
// for it.
func (c *Collector) Backfill(ctx context.Context, f Feed, w market.Window, believe bool, tell func(Progress)) error {
	if f.Source.Table().Shape == market.State {
		return fmt.Errorf("source %s: %w: %s is a picture of now", f.Source.ID(), ErrNoBackfill, f.Source.Table().Name)
	}
	if f.Window == (source.Window{}) {
		return fmt.Errorf("source %s: %w: it has no window; shopwatch import reads files", f.Source.ID(), ErrNoBackfill)
	}
	release, ok := c.claim(f.Source.ID())
	if !ok {
		return fmt.Errorf("source %s is being read; try again when that is done", f.Source.ID())
	}
	defer release()
	p, err := c.begun(ctx, f, w)
	if err != nil {
		return err
	}
	tell(p)
	step := max(f.Window.Step, 24*time.Hour)
	for p.Until.Before(w.End) {
		end := p.Until.Add(step)
		if end.After(w.End) {
			end = w.End
		}
		n, err := c.backfillPart(ctx, f, w, market.Window{Start: p.Until, End: end}, believe)
		if err != nil {
			return err
		}
		p.Until, p.Rows = end, p.Rows+n
		tell(p)
	}
	return c.DB.Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting(backfillKey(f), nil) })
}

// begun is where a backfill of w starts: where the same one was interrupted.
func (c *Collector) begun(ctx context.Context, f Feed, w market.Window) (Progress, error) {
	p := Progress{Window: w, Until: w.Start}
	err := c.DB.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Setting(backfillKey(f))
		if err != nil || !ok || len(raw) == 0 {
			return err
		}
		var b backfilled
		if err := json.Unmarshal(raw, &b); err != nil {
			return err
		}
		if b.Start.Equal(w.Start) && b.End.Equal(w.End) {
			p.Until, p.Resumed = b.Until, true
		}
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("backfill of %s: %w", f.Source.ID(), err)
	}
	return p, nil
}

// backfillPart reads one part and commits it with the note.
func (c *Collector) backfillPart(ctx context.Context, f Feed, whole, w market.Window, believe bool) (int, error) {
	p, err := f.Source.Pull(ctx, source.Request{Shop: f.Shop, Window: w, Now: c.Now()})
	if err != nil {
		return 0, err
	}
	if p.Snapshot.State != market.Complete {
		return 0, fmt.Errorf("source %s from %s: %s %v", f.Source.ID(), w.Start.Format(time.RFC3339), p.Snapshot.State, p.Snapshot.Manifest.Reasons)
	}
	note, err := json.Marshal(backfilled{Start: whole.Start, End: whole.End, Until: w.End})
	if err != nil {
		return 0, err
	}
	got, err := c.Take(ctx, f, p, Taking{Past: true, Believe: believe, Before: func(tx *storage.Tx, s market.Condition) (bool, error) {
		if s != market.Complete {
			return false, nil
		}
		return false, tx.PutSetting(backfillKey(f), note)
	}})
	if err != nil {
		return 0, err
	}
	if got.State != market.Complete {
		return 0, &Doubted{Source: f.Source.ID(), At: w.Start, Reason: got.Reason}
	}
	return p.Rows.Len(), nil
}

// Doubted says that a backfill has come to rows that the data gate does not
// believe. They are held aside.
type Doubted struct {
	Source string
	At     time.Time // where the part begins
	Reason string
}

// Error writes where and why.
func (d *Doubted) Error() string {
	return fmt.Sprintf("source %s from %s: suspect and held aside: %s", d.Source, d.At.Format(time.RFC3339), d.Reason)
}

// claim keeps a source for one reader at a time.
func (c *Collector) claim(id string) (release func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading[id] {
		return nil, false
	}
	if c.reading == nil {
		c.reading = map[string]bool{}
	}
	c.reading[id] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.reading, id)
	}, true
}
