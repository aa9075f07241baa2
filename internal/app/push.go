package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/web"
	"shopwatch/jobs"
	"shopwatch/storage"
)

// pushMemory is how long a delivery is remembered: longer than senders go on
// trying.
const pushMemory = 7 * 24 * time.Hour

// pushed finds the source that is sent its facts under id, and its shop.
func (a *App) pushed(id string) (*source.Push, *Shop) {
	for i := range a.set.Shops {
		for _, f := range a.set.Shops[i].Feeds {
			if p, ok := f.Source.(*source.Push); ok && p.ID() == id {
				return p, &a.set.Shops[i]
			}
		}
	}
	return nil, nil
}

// pushLimit is the largest delivery that a source takes; 0 when there is none.
func (a *App) pushLimit(id string) int64 {
	if p, _ := a.pushed(id); p != nil {
		return p.MaxBody()
	}
	return 0
}

// takePush stores a delivery once, together with the note that it has come.
func (a *App) takePush(ctx context.Context, in web.Delivery) (web.Receipt, error) {
	var out web.Receipt
	p, shop := a.pushed(in.Source)
	d := source.Delivery{ID: in.ID, Timestamp: in.Timestamp, Signature: in.Signature, Body: in.Body}
	now := a.set.Clock.Now()
	if p == nil || p.Verify(d, now) != nil {
		return out, web.ErrForged
	}
	pull, err := p.Take(ctx, d, source.Request{Shop: shop.Shop, Now: now})
	if err != nil && pull.Snapshot.State != market.Failed {
		return out, err
	}
	got, storeErr := a.collector.Take(ctx, jobs.Feed{Source: p, Shop: shop.Shop}, pull, jobs.Taking{Before: func(tx *storage.Tx, s market.Condition) (bool, error) {
		if s != market.Complete {
			return false, nil // it may come again
		}
		return tx.Seen(p.Keys(d), now, pushMemory)
	}})
	switch {
	case storeErr != nil:
		return web.Receipt{}, fmt.Errorf("delivery of %s: %w", in.Source, storeErr)
	case got.State == market.Failed:
		reasons := got.Manifest.Reasons
		if err != nil && len(reasons) == 0 {
			reasons = []string{err.Error()}
		}
		return out, fmt.Errorf("%w: %s", web.ErrUnusable, strings.Join(reasons, "; "))
	case got.State != market.Complete:
		return out, fmt.Errorf("%w: %s", web.ErrDoubted, got.Reason)
	}
	out.State, out.Again = string(got.State), got.Skipped
	if !out.Again {
		out.Rows, out.Rejected, out.Unmatched = got.Manifest.Rows, got.Manifest.Rejected, got.Manifest.Unmatched
	}
	a.set.Logger.LogAttrs(ctx, slog.LevelInfo, "delivery taken", slog.String("source", in.Source), slog.Int("rows", out.Rows), slog.Bool("again", out.Again))
	return out, nil
}
