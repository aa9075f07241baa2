package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Settle derives the panel of a shop, hour by hour, from the facts in the
// store. Every run looks back over some days and puts the hours whose facts
// have changed since the run before; they become corrections of the panel.
type Settle struct {
	DB     *storage.DB
	Series *series.Store
	Shop   *market.Shop
	Now    func() time.Time
	// Back is how far a run looks for restated facts; 0 means 3 days. The first
	// run reads all that the panel keeps.
	Back time.Duration
}

const (
	settleBack = 3 * 24 * time.Hour
	// firstBack is how much history a new panel is filled with.
	firstBack = 90 * 24 * time.Hour
	// settleBatch is how many hours one transaction puts at most, and settleRows how
	// many rows, but for a single hour: others who write wait for it.
	settleBatch = 24
	settleRows  = 200_000
)

// Job makes the settling job.
func (s *Settle) Job(sched Schedule) Job {
	return Job{
		Name: "settle/" + string(s.Shop.ID), Schedule: sched, Timeout: 10 * time.Minute,
		Run: func(ctx context.Context, _ time.Time) error { return s.Run(ctx) },
	}
}

// settled is the cursor: the revision whose facts the panel shows, and which
// flows were known then.
type settled struct {
	Revision market.Revision `json:"revision"`
	Known    string          `json:"known"`
}

func (s *Settle) cursor() string { return "settle/" + string(s.Shop.ID) }

// Run settles what has changed since the last run. A shop without orders or
// pictures of stock and prices has no panel, and that is fine.
func (s *Settle) Run(ctx context.Context) error {
	var hours []*hourFacts
	var to settled
	err := s.DB.View(ctx, func(tx *storage.Tx) (err error) {
		hours, to, err = s.changed(tx)
		return err
	})
	l := &layout{shop: s.Shop.ID, asOf: to.Revision, said: map[market.Revision]gauges{}, placed: map[market.Revision][]reading{}}
	for done := false; err == nil && !done; {
		n := min(s.batch(), len(hours))
		done = n == len(hours)
		err = s.DB.Update(ctx, func(tx *storage.Tx) error {
			l.tx = tx
			if err := s.put(l, hours, n); err != nil || !done {
				return err
			}
			return s.save(tx, to)
		})
		hours = hours[n:]
	}
	if err != nil {
		return fmt.Errorf("settle %s: %w", s.Shop.ID, err)
	}
	return nil
}

// batch is how many hours one transaction puts.
func (s *Settle) batch() int {
	rows := settleRows
	if p := s.Series.Panel(s.Shop.ID); p != nil {
		rows /= max(1, p.Len())
	}
	return max(1, min(settleBatch, rows))
}

func (s *Settle) save(tx *storage.Tx, to settled) error {
	raw, err := json.Marshal(to)
	if err != nil {
		return err
	}
	return tx.PutCursor(s.cursor(), raw)
}

// changed lists the hours that must be put, oldest first.
func (s *Settle) changed(tx *storage.Tx) ([]*hourFacts, settled, error) {
	to := settled{Revision: tx.Revision()}
	last, err := s.last(tx)
	if err != nil {
		return nil, to, err
	}
	if last.Revision == to.Revision {
		return nil, last, nil
	}
	feeds, err := tx.Feeds(s.Shop.ID)
	if err != nil {
		return nil, to, err
	}
	r := &factReader{tx: tx, shop: s.Shop, feeds: feeds}
	to.Known = r.knownFlows()
	first := last.Revision == 0 || last.Known != to.Known
	r.window = s.window(first)
	fresh, err := r.read(0)
	if err != nil || first {
		return fresh, to, err
	}
	old, err := r.read(last.Revision)
	if err != nil {
		return nil, to, err
	}
	stored, err := s.Series.Slots(tx, s.Shop.ID, r.window, 0)
	if err != nil {
		return nil, to, err
	}
	was := map[int64]*hourFacts{}
	for _, h := range old {
		was[h.start.Unix()] = h
	}
	at := map[int64]time.Time{}
	for _, slot := range stored {
		at[slot.Start.Unix()] = slot.At
	}
	changed := fresh[:0]
	for _, h := range fresh {
		t := h.start.Unix()
		if was[t] == nil || !was[t].same(h) || !at[t].Equal(h.at.Truncate(time.Millisecond)) {
			changed = append(changed, h)
		}
	}
	return changed, to, nil
}

// window is the hours to look at, the one that is under way among them.
func (s *Settle) window(first bool) market.Window {
	now, back := s.Now().UTC(), s.Back
	if first {
		back = firstBack
	} else if back == 0 {
		back = settleBack
	}
	return market.Window{Start: now.Add(-back).Truncate(time.Hour), End: now.Truncate(time.Hour).Add(time.Hour)}
}

func (s *Settle) last(tx *storage.Tx) (settled, error) {
	var c settled
	raw, ok, err := tx.Cursor(s.cursor())
	if err != nil || !ok {
		return c, err
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("cursor %s: %w", s.cursor(), err)
	}
	return c, nil
}

// put stores the first n of the hours that are left. The series of all of them
// are registered first: what an hour does not sell, it is known not to sell.
func (s *Settle) put(l *layout, hours []*hourFacts, n int) error {
	if len(hours) == 0 {
		return nil
	}
	if l.ids == nil {
		if err := s.register(l, hours); err != nil {
			return err
		}
	}
	for _, h := range hours[:n] {
		f, err := l.frame(h)
		if err != nil {
			return err
		}
		if err := s.Series.Put(l.tx, s.Shop, f); err != nil {
			return err
		}
	}
	return nil
}

// register gives ids to the series that the hours name.
func (s *Settle) register(l *layout, hours []*hourFacts) error {
	items, err := catalogueAt(l.tx, s.Shop.ID, s.Now())
	if err != nil {
		return err
	}
	keys, err := l.series(hours)
	if err != nil {
		return err
	}
	all := make([]series.Series, len(keys))
	for i, k := range keys {
		all[i] = items[market.SKU(k.sku)]
		all[i].SKU, all[i].Channel = market.SKU(k.sku), market.Channel(k.channel)
	}
	ids, err := s.Series.Register(l.tx, s.Shop, all)
	if err != nil {
		return err
	}
	l.ids = make(map[seriesKey]uint32, len(keys))
	for i, k := range keys {
		l.ids[k] = ids[i]
	}
	l.n = s.Series.Registered(l.tx, s.Shop.ID)
	return nil
}

// same reports whether two readings of an hour would be put alike.
func (h *hourFacts) same(o *hourFacts) bool {
	return h.pictures == o.pictures && maps.Equal(h.flows, o.flows)
}

// Compact makes the job that folds and prunes the panel of a shop.
func Compact(store *series.Store, shop *market.Shop, sched Schedule, now func() time.Time, log *slog.Logger) Job {
	return Job{Name: "compact/" + string(shop.ID), Schedule: sched, Timeout: time.Hour, Run: func(ctx context.Context, _ time.Time) error {
		steps := 0
		for more := true; more; steps++ {
			var err error
			if more, err = store.Compact(ctx, shop, now()); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err // the next run goes on where this one has stopped
			}
		}
		n, err := store.Prune(ctx, shop, now())
		log.LogAttrs(ctx, slog.LevelInfo, "panel compacted", slog.String("shop", string(shop.ID)), slog.Int("steps", steps-1), slog.Int("forgotten", n))
		return err
	}}
}
