package app

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/market"
)

// Backfill reads every feed once, at the moment that the clock shows: events as
// far back as their declarations go, pictures as of now. Feeds that pick keeps
// out are not read.
func (a *App) Backfill(ctx context.Context, pick func(*market.Table) bool) error {
	for _, f := range a.feeds {
		if !pick(f.Source.Table()) {
			continue
		}
		if err := a.collector.Collect(ctx, f); err != nil {
			return fmt.Errorf("backfill %s: %w", f.Source.ID(), err)
		}
	}
	return nil
}

// Panels derives the panels of all shops from what has been read, and folds them.
func (a *App) Panels(ctx context.Context) error {
	for _, s := range a.settles {
		if err := s.Run(ctx); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = a.set.Series.Compact(ctx, s.Shop, s.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

func isState(t *market.Table) bool  { return t.Shape == market.State }
func isEvents(t *market.Table) bool { return t.Shape == market.Events }

// pictureTimes are the moments at which the demo looks at stock and prices
// before it begins: daily at first, so that a week's pace and price anchors are
// known, and closer together towards start.
func pictureTimes(start time.Time) []time.Time {
	var out []time.Time
	for d := 14; d > 2; d-- {
		out = append(out, start.Add(-time.Duration(d)*24*time.Hour))
	}
	for h := 48; h > 0; h -= 6 {
		out = append(out, start.Add(-time.Duration(h)*time.Hour))
	}
	return out
}
