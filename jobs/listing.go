package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/evidence"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Listing reads a bulk listing into the panel of a shop: pages to columns in
// memory, what changed against the slot before, and then one transaction with
// the slot, the alerts and their messages. The columns that readers see are
// swapped when it has committed; a crash before that leaves nothing behind.
type Listing struct {
	DB     *storage.DB
	Series *series.Store
	Source *source.Bulk
	Shop   *market.Shop

	Rules     analysis.Rules
	Catalogue analysis.CatalogueRule
	// Answers are the rules that this listing opens and ends alerts for: those
	// that no other feed of the shop answers for.
	Answers []analysis.Rule
	Notify  *notify.Notifier
	Logger  *slog.Logger
	Now     func() time.Time

	// trusted is the newest complete slot, against which changes are told; empty
	// until the first, or after a restart.
	trusted shelved
}

// Job makes the collecting job.
func (j *Listing) Job(s Schedule) Job {
	return Job{Name: "collect/" + j.Source.ID(), Schedule: s, Timeout: 10 * time.Minute, Run: func(ctx context.Context, _ time.Time) error { return j.Collect(ctx) }}
}

// Collect reads the listing once. A listing that is not whole is stored as far
// as it came: items of pages that are missing keep their prices and stock,
// marked stale, and their sales are not known; alerts neither open nor end. A
// whole one passes the data gate: what is doubted is kept out of the panel until
// a later reading agrees.
func (j *Listing) Collect(ctx context.Context) error {
	now := j.Now()
	f := newFilling(j.Series.Panel(j.Shop.ID), j.Source.Columns())
	l, pullErr := j.Source.Pull(ctx, source.Request{Shop: j.Shop, Now: now}, f.take)
	pulled := j.snapshot(l, now)
	if l.State == market.Failed {
		if err := j.DB.Update(context.WithoutCancel(ctx), func(tx *storage.Tx) error {
			_, err := tx.PutManifest(j.Shop, pulled, l.Rejects)
			return err
		}); err != nil {
			return fmt.Errorf("store %s: %w", j.Source.ID(), err)
		}
		return refusal(j.Source.ID(), l, pullErr)
	}
	cur, stale := f.columns(l.State != market.Complete)
	look, err := j.look(ctx, f, cur, pulled, now)
	if err != nil {
		return fmt.Errorf("watch %s: %w", j.Source.ID(), err)
	}
	look.mark(&pulled)
	kept := shelved{cols: cur}
	frame := series.Frame{
		Slot: pulled.Window.Start, Step: j.Source.Step(), At: pulled.Window.End, State: pulled.State, Columns: cur, Stale: stale,
	}
	if pulled.State != market.Suspect {
		if err := j.Series.Prepare(ctx, j.Shop, &frame); err != nil {
			return fmt.Errorf("store %s: %w", j.Source.ID(), err)
		}
	}
	err = j.DB.Update(context.WithoutCancel(ctx), func(tx *storage.Tx) error {
		rev, err := tx.PutManifest(j.Shop, pulled, l.Rejects)
		if err != nil {
			return err
		}
		if err := j.remember(tx, look); err != nil || pulled.State == market.Suspect {
			return err
		}
		if err := f.register(tx, j.Series, j.Shop); err != nil {
			return err
		}
		frame.Revision = rev
		err = j.Series.Put(tx, j.Shop, frame)
		if err != nil || pulled.State != market.Complete {
			return err
		}
		kept.at = report.Listing{Slot: pulled.Window.Start, Revision: rev}
		return j.alerts(ctx, tx, look, kept.at, now)
	})
	if err != nil {
		return fmt.Errorf("store %s: %w", j.Source.ID(), err)
	}
	switch pulled.State {
	case market.Suspect:
		return look.refusal(j.Source.ID())
	case market.Complete:
		j.trusted = kept
	}
	j.Logger.LogAttrs(ctx, slog.LevelInfo, "listing stored", slog.String("source", j.Source.ID()), slog.String("state", string(pulled.State)),
		slog.Int("rows", f.fresh), slog.Int("new", len(f.added)), slog.Int("prices", len(look.moves.Prices)),
		slog.Int("stock_outs", len(look.moves.StockOuts)), slog.Int("restocks", len(look.moves.Restocks)), slog.Int("undercuts", len(look.moves.Undercuts)))
	if l.State != market.Complete {
		return refusal(j.Source.ID(), l, pullErr)
	}
	return nil
}

// refusal is why a listing is not whole.
func refusal(id string, l source.Listing, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("pull %s: %s %v", id, l.State, l.Manifest.Reasons)
}

// snapshot is the manifest of the listing. Prices and stock are those of the
// end of the step that has just passed, and sales are those of the step.
func (j *Listing) snapshot(l source.Listing, now time.Time) market.Snapshot {
	end := now.Truncate(j.Source.Step())
	s := market.Snapshot{
		Source: j.Source.ID(), Table: source.Panel, Shop: j.Shop.ID, PulledAt: now, State: l.State,
		Window: market.Window{Start: end.Add(-j.Source.Step()), End: end}, Manifest: l.Manifest,
	}
	if l.State == market.Complete {
		s.Watermark = end
	}
	return s
}

// alerts moves the alerts of the listing's rules on and writes what must be
// said, as the watching job does for the others. A mass change that the listing
// has confirmed is told before them, and takes those that follow from it.
func (j *Listing) alerts(ctx context.Context, tx *storage.Tx, look looked, at report.Listing, now time.Time) error {
	if err := j.tell(tx, look.verdict.Confirmed, now); err != nil {
		return err
	}
	if look.look == nil {
		return nil // nothing to compare with: what was found is not known, and not over
	}
	open, err := tx.OpenAlerts(j.Shop.ID)
	if err != nil {
		return err
	}
	var lookup error
	list := alert.Step(j.Notify.Policy, alert.Pass{
		Shop: j.Shop.ID, Now: now, Open: j.own(open), Findings: look.findings,
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
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.witness(tx, list, look, at); err != nil {
		return err
	}
	_, err = j.Notify.Apply(tx, list, "", now)
	return err
}

// witness keeps what the alerts that are told were computed from.
func (j *Listing) witness(tx *storage.Tx, list []alert.Transition, look looked, at report.Listing) error {
	langs, channels := spoken(j.Notify.Root)
	if len(langs) == 0 {
		return nil
	}
	b := evidence.Basis{Shop: j.Shop, Rules: report.Rules{Rules: j.Rules}}.Frozen()
	look.look.Now, look.data.Revision = at, at.Revision
	c := evidence.Change{
		Watched: report.Watched{Shop: j.Shop.ID, At: look.look.At, Revision: at.Revision, Findings: look.findings, Open: look.look.Open, Data: look.data},
		Listed:  &look.look.Listed,
	}
	for i := range list {
		t := &list[i]
		if t.Kind == alert.Quiet {
			continue
		}
		c.Alert, c.Kind = t.Alert, t.Kind
		var err error
		if t.Alert.Evidence, err = keep(tx, b, c.Said(b, langs, channels)); err != nil {
			return fmt.Errorf("evidence of alert %s: %w", t.Alert.ID, err)
		}
	}
	return nil
}
