package report

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// LoadStatus tells how the feeds, alerts, outbox and the named jobs are. fresh
// is how old each source's data may be. Jobs that have never run are left out.
func LoadStatus(ctx context.Context, db *storage.DB, shop *market.Shop, now time.Time, fresh map[string]time.Duration, jobs ...string) (s Status, err error) {
	s = Status{Shop: shop.ID, Now: now}
	err = db.View(ctx, func(tx *storage.Tx) error {
		s.Revision = tx.Revision()
		for _, load := range []func(*storage.Tx) error{
			func(tx *storage.Tx) error { return s.loadFeeds(tx, shop, fresh) },
			s.loadAlerts, s.loadOutbox,
			func(tx *storage.Tx) error { return s.loadRuns(tx, jobs) },
		} {
			if err := load(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Status{}, fmt.Errorf("status of %s: %w", shop.ID, err)
	}
	return s, nil
}

func (s *Status) loadFeeds(tx *storage.Tx, shop *market.Shop, fresh Freshness) error {
	all, err := feedsAsOf(tx, shop, 0, nil, s.Now, fresh)
	if err != nil {
		return err
	}
	s.Healthy = true
	for _, f := range all {
		x := FeedStatus{
			Source: f.Source, Table: f.Table, State: f.Last.State, PulledAt: f.Last.PulledAt, Complete: f.Complete.PulledAt,
			Watermark: f.mark(), Rows: f.Complete.Manifest.Rows, Rejected: f.Last.Manifest.Rejected, Gap: f.gap,
		}
		x.Unmatched = f.Last.Manifest.Unmatched
		if x.Rejected > 0 || x.Unmatched > 0 {
			some, err := tx.Rejects(f.Last.Revision)
			if err != nil {
				return err
			}
			x.Refused = samples(some)
		}
		if !x.Watermark.IsZero() {
			x.Age = max(0, s.Now.Sub(x.Watermark))
			allowed, judged := fresh[f.Source]
			x.Late = judged && x.Age > allowed
		}
		s.Healthy = s.Healthy && f.gap == nil
		s.Feeds = append(s.Feeds, x)
	}
	return nil
}

// samples are the first refused row, and the note about SKUs without a match,
// which a pull carries last.
func samples(all []market.Reject) []market.Reject {
	if len(all) > 2 {
		return []market.Reject{all[0], all[len(all)-1]}
	}
	return all
}

func (s *Status) loadAlerts(tx *storage.Tx) error {
	open, err := tx.OpenAlerts(s.Shop)
	if err != nil {
		return err
	}
	for _, state := range []alert.State{alert.Pending, alert.Firing, alert.Acknowledged} {
		n := 0
		for _, a := range open {
			n += b2i(a.State == state)
		}
		s.Alerts = append(s.Alerts, StateCount{State: state, Count: n})
	}
	return nil
}

func (s *Status) loadOutbox(tx *storage.Tx) error {
	undone, err := tx.Undone()
	if err != nil {
		return err
	}
	for _, e := range undone {
		s.Outbox.Waiting++
		s.Outbox.Doubt += b2i(e.State == outbox.Doubt)
		if s.Outbox.Oldest.IsZero() || e.Created.Before(s.Outbox.Oldest) {
			s.Outbox.Oldest = e.Created
		}
	}
	dead, err := tx.DeadEntries()
	s.Outbox.Dead = len(dead)
	s.Healthy = s.Healthy && len(dead) == 0
	return err
}

func (s *Status) loadRuns(tx *storage.Tx, jobs []string) error {
	for _, job := range jobs {
		r, ok, err := tx.LastRun(job)
		if err != nil {
			return err
		}
		if ok {
			s.Runs = append(s.Runs, r)
		}
	}
	return nil
}
