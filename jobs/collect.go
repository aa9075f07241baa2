package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// Feed is a source with how it is to be read.
type Feed struct {
	Source   source.Source
	Shop     *market.Shop
	Schedule Schedule
	// Window says which stretches are read. Its Step also cuts the backfill
	// into pulls, so that each is committed by itself.
	Window source.Window
}

// Collector reads feeds into the store.
type Collector struct {
	DB     *storage.DB
	Logger *slog.Logger
	Now    func() time.Time
	// Notifiers tell of mass changes that a second pull has confirmed, each in
	// its shop. A shop without one is not told.
	Notifiers []*notify.Notifier

	full atomic.Bool // the store had no room for the last pull

	mu      sync.Mutex
	reading map[string]bool // sources that are being read
	known   catalogue
}

// ErrPaused says that nothing is read from sources while the store has no room
// for it.
var ErrPaused = errors.New("collecting is paused, as the store has no space left: free some on its disk or raise storage.max_size; it goes on by itself")

// Room in the store. Collecting pauses while there is less than reserve, which is
// left to alerts, messages and what people do; a paused collector reads again
// when probe bytes could be written besides.
const (
	reserve = 16 << 20
	probe   = 1 << 20
)

// short reports whether so little room is left that collecting has to wait. Of a
// small database an eighth is kept.
func short(size storage.Size) bool {
	room, bounded := size.Room()
	keep := int64(reserve)
	if size.Limit > 0 {
		keep = min(keep, size.Limit/8)
	}
	return bounded && room < keep
}

// Paused reports whether collecting waits for room in the store.
func (c *Collector) Paused() bool { return c.full.Load() }

// resumes looks for room: whether enough is left for others, and whether there is
// any when the last pull found none.
func (c *Collector) resumes(ctx context.Context) error {
	size, err := c.DB.Size(ctx)
	if err != nil {
		return err
	}
	if short(size) {
		c.full.Store(true)
		return fmt.Errorf("%w: %w", ErrPaused, storage.ErrFull)
	}
	if !c.full.Load() {
		return nil
	}
	if err := c.DB.Probe(ctx, probe); err != nil {
		return fmt.Errorf("%w: %w", ErrPaused, err)
	}
	if c.full.CompareAndSwap(true, false) {
		c.Logger.LogAttrs(ctx, slog.LevelInfo, "collecting goes on: the store has room again")
	}
	return nil
}

// Job makes the collecting job of f.
func (c *Collector) Job(f Feed) Job {
	return Job{
		Name: "collect/" + f.Source.ID(), Schedule: f.Schedule, Timeout: 10 * time.Minute,
		Run: func(ctx context.Context, _ time.Time) error { return c.Collect(ctx, f) },
	}
}

// cursor is what a feed remembers from pull to pull.
type cursor struct {
	// End is how far an event feed has been read.
	End time.Time `json:"end,omitzero"`
	// Doubt is what the gate made of the last pull, if it was not believed.
	Doubt *gate.Doubt `json:"doubt,omitempty"`
	// Doubted is the digest of that pull.
	Doubted string `json:"doubted,omitempty"`
	// Medians are the usual amounts of events.
	Medians map[string]int64 `json:"medians,omitempty"`
	// Known is in what share of rows each column was known at least, in Pulls
	// pulls.
	Known map[string]float64 `json:"known,omitempty"`
	Pulls int                `json:"pulls,omitempty"`
}

// Collect reads what is new of f. A picture, or a source without a window, is
// read whole. Events are read window by window from where
// the last complete window ended; a window that fails ends the run and is read
// again next time. Nothing that was read is lost: every window is committed
// with its own cursor. While one is stored, the next is read.
func (c *Collector) Collect(ctx context.Context, f Feed) error {
	if err := c.resumes(ctx); err != nil {
		return err
	}
	release, ok := c.claim(f.Source.ID())
	if !ok {
		return ErrLater // a backfill is under way
	}
	defer release()
	now := c.Now()
	if f.Source.Table().Shape == market.State || f.Window == (source.Window{}) {
		return c.pull(ctx, f, market.Window{Start: now, End: now})
	}
	cur, err := c.cursor(ctx, f)
	if err != nil {
		return err
	}
	var windows []market.Window
	for w := f.Window.Next(cur.End, now); w.Start.Before(w.End); {
		stop := w.End
		if next := w.Start.Add(f.Window.Step); f.Window.Step > 0 && next.Before(stop) {
			stop = next
		}
		windows = append(windows, market.Window{Start: w.Start, End: stop})
		w.Start = stop
	}
	return c.pullAll(ctx, f, windows)
}

// cursor is what a feed remembers; the zero cursor when it was never read.
func (c *Collector) cursor(ctx context.Context, f Feed) (cur cursor, err error) {
	err = c.DB.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Cursor(f.Source.ID())
		if err != nil || !ok {
			return err
		}
		return json.Unmarshal(raw, &cur)
	})
	if err != nil {
		return cur, fmt.Errorf("cursor of %s: %w", f.Source.ID(), err)
	}
	return cur, nil
}

// pull reads one window, stores it and, when it is complete, moves the cursor.
func (c *Collector) pull(ctx context.Context, f Feed, w market.Window) error {
	return c.keep(ctx, f, c.read(ctx, f, w))
}

// arrival is what a source gave for a window.
type arrival struct {
	window market.Window
	pull   market.Pull
	err    error
}

func (c *Collector) read(ctx context.Context, f Feed, w market.Window) arrival {
	p, err := f.Source.Pull(ctx, source.Request{Shop: f.Shop, Window: w, Now: c.Now()})
	return arrival{w, p, err}
}

// pullAll pulls windows in their order, up to the first that fails. While one is
// stored the next is read, since what is read does not depend on what is stored;
// not so of files, which are done with when they are stored. Nothing is read any
// more when it returns.
func (c *Collector) pullAll(ctx context.Context, f Feed, windows []market.Window) error {
	if _, file := f.Source.(*source.File); file || len(windows) < 2 {
		for _, w := range windows {
			if err := c.pull(ctx, f, w); err != nil {
				return err
			}
		}
		return nil
	}
	ahead, stop := context.WithCancel(ctx)
	defer stop()
	read := make(chan arrival)
	go c.readAhead(ahead, f, windows, read)
	var err error
	for b := range read {
		if err == nil {
			err = c.keep(ctx, f, b)
		}
		if err != nil {
			stop()
		}
	}
	return cmp.Or(err, ctx.Err())
}

// readAhead reads windows into a channel, which it closes, until one fails.
func (c *Collector) readAhead(ctx context.Context, f Feed, windows []market.Window, to chan<- arrival) {
	defer close(to)
	for _, w := range windows {
		b := c.read(ctx, f, w)
		select {
		case to <- b:
		case <-ctx.Done():
			return
		}
		if b.err != nil || b.pull.Snapshot.State != market.Complete {
			return
		}
	}
}

// keep stores a window and, when it is complete, moves the cursor.
func (c *Collector) keep(ctx context.Context, f Feed, b arrival) error {
	w, p, pullErr := b.window, b.pull, b.err
	if p.Snapshot.State == "" {
		return pullErr
	}
	got, err := c.Take(ctx, f, p, Taking{End: w.End})
	switch {
	case errors.Is(err, storage.ErrFull):
		c.full.Store(true)
		return fmt.Errorf("%w: %w", ErrPaused, err)
	case err != nil:
		return err
	case pullErr != nil:
		return pullErr
	case got.Soon:
		return fmt.Errorf("pull %s: %s: %w", f.Source.ID(), got.Reason, ErrLater)
	}
	if file, ok := f.Source.(*source.File); ok && got.State == market.Complete {
		if err := file.Stored(); err != nil {
			return err
		}
	}
	if got.State != market.Complete {
		return fmt.Errorf("pull %s: %s %v", f.Source.ID(), got.State, got.Manifest.Reasons)
	}
	c.Logger.LogAttrs(ctx, slog.LevelDebug, "pull stored", slog.String("source", f.Source.ID()),
		slog.Int("rows", got.Manifest.Rows), slog.Time("until", w.End))
	return nil
}
