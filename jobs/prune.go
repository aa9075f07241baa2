package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Keep is how long things are kept; zero keeps them for ever. What live evidence
// reads is kept as long as the evidence. Messages stay long enough for the last
// edit of an alert's root to find it.
type Keep struct {
	Raw                             time.Duration // pictures of a state: stock, prices, offers
	Events                          time.Duration // orders, refunds, reviews, traffic
	Runs, Messages, Audit, Evidence time.Duration
}

// DefaultKeep is what a configuration has where it names nothing else.
func DefaultKeep() Keep {
	const day = 24 * time.Hour
	return Keep{Raw: 90 * day, Events: 800 * day, Runs: 90 * day, Messages: 180 * day, Audit: 800 * day, Evidence: 100 * day}
}

// Prune forgets what has been kept long enough.
type Prune struct {
	DB     *storage.DB
	Shops  []*market.Shop
	Keep   Keep
	Now    func() time.Time
	Logger *slog.Logger
}

// Job makes the pruning job.
func (p *Prune) Job(s Schedule) Job {
	return Job{Name: "prune", Schedule: s, Timeout: 30 * time.Minute, Run: func(ctx context.Context, _ time.Time) error { return p.Run(ctx) }}
}

// Run forgets once: records first, so that facts that only old evidence needed
// can go in the same run.
func (p *Prune) Run(ctx context.Context) error {
	now := p.Now()
	since := func(d time.Duration) time.Time {
		if d <= 0 {
			return time.Time{}
		}
		return now.Add(-d)
	}
	k := p.Keep
	records, err := p.DB.Prune(ctx, storage.Horizon{
		Seen: now, Runs: since(k.Runs), Sent: since(k.Messages), Audit: since(k.Audit), Evidence: since(k.Evidence), Pulls: since(k.Runs),
	})
	days := 0
	for _, shop := range p.Shops {
		for _, t := range market.Tables {
			before := since(k.Events)
			if t.Shape == market.State {
				before = since(k.Raw)
			}
			n, forgetErr := p.DB.Forget(ctx, shop, t, before)
			days, err = days+n, errors.Join(err, forgetErr)
		}
	}
	p.Logger.LogAttrs(ctx, slog.LevelInfo, "pruned", slog.Int("records", records), slog.Int("days", days))
	return err
}
