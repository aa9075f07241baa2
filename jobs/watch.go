package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/evidence"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Watch looks at the newest facts, moves alerts on, and writes what must be
// said of them in the same transaction.
type Watch struct {
	DB     *storage.DB
	Rules  report.Rules
	Notify *notify.Notifier
	Logger *slog.Logger
	Now    func() time.Time

	hour time.Time // in which the rules about whole days have looked
}

// Job makes the watching job.
func (w *Watch) Job(s Schedule) Job {
	return Job{Name: "watch/" + string(w.Notify.Shop.ID), Schedule: s, Timeout: 2 * time.Minute, Run: func(ctx context.Context, _ time.Time) error { return w.Look(ctx) }}
}

// Look does one pass.
func (w *Watch) Look(ctx context.Context) error {
	now := w.Now()
	shop, err := w.DB.Planned(ctx, w.Notify.Shop)
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.Notify.Shop.ID, err)
	}
	rules, hour := w.Rules, now.Truncate(time.Hour)
	rules.HourDone = w.hour.Equal(hour)
	seen, err := report.Watch(ctx, w.DB, shop, rules, now)
	if err != nil {
		return fmt.Errorf("watch %s: %w", shop.ID, err)
	}
	err = w.DB.Update(ctx, func(tx *storage.Tx) error {
		list, err := w.step(tx, seen, now)
		if err != nil {
			return err
		}
		if err := w.witness(tx, shop, list, seen); err != nil {
			return err
		}
		if _, err := w.Notify.Apply(tx, list, "", now); err != nil {
			return err
		}
		w.log(ctx, seen, list)
		return nil
	})
	if err == nil {
		w.hour = hour
	}
	return err
}

// witness keeps what the alerts that are told were computed from.
func (w *Watch) witness(tx *storage.Tx, shop *market.Shop, list []alert.Transition, seen report.Watched) error {
	b := evidence.Basis{Shop: shop, Rules: w.Rules}
	langs, channels := spoken(w.Notify.Root)
	for i := range list {
		t := &list[i]
		if t.Kind == alert.Quiet || seen.Revision == 0 || len(langs) == 0 {
			continue
		}
		var err error
		if t.Alert.Evidence, err = keep(tx, b, evidence.Change{Alert: t.Alert, Kind: t.Kind, Watched: seen}.Said(b, langs, channels)); err != nil {
			return fmt.Errorf("evidence of alert %s: %w", t.Alert.ID, err)
		}
	}
	return nil
}

// step moves the alerts on by what was seen.
func (w *Watch) step(tx *storage.Tx, seen report.Watched, now time.Time) ([]alert.Transition, error) {
	open, err := tx.OpenAlerts(seen.Shop)
	if err != nil {
		return nil, err
	}
	var lookup error
	list := alert.Step(w.Notify.Policy, alert.Pass{
		Shop: seen.Shop, Now: now, Open: open, Findings: seen.Findings, Muted: seen.Muted, Restated: seen.Restated,
		Last: func(fp string) (alert.Alert, bool) {
			a, ok, err := tx.LastEpisode(fp)
			if err != nil {
				lookup = err
			}
			return a, ok
		},
	})
	return list, lookup
}

func (w *Watch) log(ctx context.Context, seen report.Watched, list []alert.Transition) {
	said := 0
	for _, t := range list {
		if t.Kind != alert.Quiet {
			said++
		}
	}
	w.Logger.LogAttrs(ctx, slog.LevelInfo, "watched", slog.String("shop", string(seen.Shop)),
		slog.Int("findings", len(seen.Findings)), slog.Int("said", said), slog.Int("muted", len(seen.Muted)))
}
