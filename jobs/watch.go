package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/evidence"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Watch looks at the newest facts, moves alerts on, and writes what must be
// said of them in the same transaction.
type Watch struct {
	DB     *storage.DB
	Shop   *market.Shop
	Rules  report.Rules
	Policy alert.Policy
	Routes []outbox.Route
	Logger *slog.Logger
	Now    func() time.Time
}

// Job makes the watching job.
func (w *Watch) Job(s Schedule) Job {
	return Job{Name: "watch/" + string(w.Shop.ID), Schedule: s, Timeout: 2 * time.Minute, Run: func(ctx context.Context, _ time.Time) error { return w.Look(ctx) }}
}

// Look does one pass.
func (w *Watch) Look(ctx context.Context) error {
	now := w.Now()
	seen, err := report.Watch(ctx, w.DB, w.Shop, w.Rules, now)
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.Shop.ID, err)
	}
	return w.DB.Update(ctx, func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(w.Shop.ID)
		if err != nil {
			return err
		}
		var lookup error
		out := alert.Step(w.Policy, alert.Pass{
			Shop: w.Shop.ID, Now: now, Open: open, Findings: seen.Findings, Muted: seen.Muted, Restated: seen.Restated,
			Last: func(fp string) (alert.Alert, bool) {
				a, ok, err := tx.LastEpisode(fp)
				if err != nil {
					lookup = err
				}
				return a, ok
			},
		})
		if lookup != nil {
			return lookup
		}
		for _, t := range out.Transitions {
			if err := w.apply(tx, t, seen, now); err != nil {
				return fmt.Errorf("alert %s: %w", t.Alert.ID, err)
			}
		}
		w.log(ctx, seen, out)
		return nil
	})
}

// apply stores a transition, its messages, what they were computed from and its
// audit entry.
func (w *Watch) apply(tx *storage.Tx, t alert.Transition, seen report.Watched, now time.Time) error {
	if t.Kind == alert.Quiet {
		return tx.PutAlert(t.Alert)
	}
	var routes []outbox.Route
	for _, r := range w.Routes {
		if r.Takes(string(t.Alert.Rule)) {
			routes = append(routes, r)
		}
	}
	if len(routes) > 0 && seen.Revision > 0 {
		b := evidence.Basis{Shop: w.Shop, Rules: w.Rules}
		langs, channels := places(routes)
		said := evidence.Change{Alert: t.Alert, Kind: t.Kind, Watched: seen}.Said(b, langs, channels)
		var err error
		if t.Alert.Evidence, err = keep(tx, b, said); err != nil {
			return err
		}
	}
	if err := tx.PutAlert(t.Alert); err != nil {
		return err
	}
	for _, r := range routes {
		for _, e := range w.entries(t, r, now) {
			if _, err := tx.Enqueue(e); err != nil {
				return err
			}
		}
	}
	return tx.Audit(access.Entry{
		At: now, Actor: "shopwatch", Act: "alert." + string(t.Kind), Subject: t.Alert.ID,
		Detail: string(t.Alert.Rule) + " episode " + strconv.Itoa(t.Alert.Episode),
	})
}

// entries are the messages of a transition for one place: the root when it
// opens, else an edit of the root and a line in its thread.
func (w *Watch) entries(t alert.Transition, r outbox.Route, now time.Time) []outbox.Entry {
	pen := card.New(i18n.For(r.Lang), w.Shop)
	root := pen.Alert(t.Alert, now)
	if t.Kind == alert.Opened {
		return []outbox.Entry{r.Root(t.Alert.RootKey(), root, now)}
	}
	out := []outbox.Entry{r.Edit(t.Alert.RootKey(), t.Alert.Posts, root, now)}
	if news := pen.AlertNews(t.Alert, t.Kind); news.Text != "" {
		out = append(out, r.Under(t.Alert.RootKey(), t.Alert.Posts, news, now))
	}
	return out
}

func (w *Watch) log(ctx context.Context, seen report.Watched, out alert.Outcome) {
	said := 0
	for _, t := range out.Transitions {
		if t.Kind != alert.Quiet {
			said++
		}
	}
	w.Logger.LogAttrs(ctx, slog.LevelInfo, "watched", slog.String("shop", string(w.Shop.ID)),
		slog.Int("findings", len(seen.Findings)), slog.Int("said", said), slog.Int("muted", len(seen.Muted)))
}
