package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/notify"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Prove puts into the thread of every new alert what it was raised by: the
// numbers and a picture of how it came to that. What is due follows from the
// store (a root message that has no such reply yet), so a restart loses nothing
// and nothing is said twice. Tick is called from one goroutine.
type Prove struct {
	DB     *storage.DB
	Series *series.Store
	Notify *notify.Notifier
	Rules  report.Rules
	Logger *slog.Logger
	Now    func() time.Time
}

// provable is how old an alert's root may be for its proof still to be put under
// it: what is older has been looked at.
const provable = time.Hour

// Tick does what is due.
func (p *Prove) Tick(ctx context.Context) error {
	now := p.Now()
	var due []alert.Group
	err := p.DB.View(ctx, func(tx *storage.Tx) (err error) {
		due, err = p.Notify.Unproved(tx, now.Add(-provable))
		return err
	})
	if err != nil {
		return fmt.Errorf("prove %s: %w", p.Notify.Shop.ID, err)
	}
	for i := range due {
		if err := p.prove(ctx, &due[i], now); err != nil {
			return fmt.Errorf("prove alert group %s: %w", due[i].ID, err)
		}
	}
	return nil
}

// prove writes the proof of the worst alert of a group.
func (p *Prove) prove(ctx context.Context, g *alert.Group, now time.Time) error {
	var a alert.Alert
	found := false
	err := p.DB.View(ctx, func(tx *storage.Tx) error {
		list, _, err := notify.Members(tx, g.ID)
		for _, x := range list {
			if !found || x.First.AtRisk > a.First.AtRisk {
				a, found = x, true
			}
		}
		return err
	})
	if err != nil || !found {
		return err
	}
	var trail *report.Trail
	t, err := report.LoadTrail(ctx, p.DB, p.Series, p.Notify.Shop, report.TrailQuery{Rules: p.Rules, Finding: a.First, Now: now})
	switch {
	case err == nil:
		trail = &t
	case !errors.Is(err, report.ErrNoData):
		// The numbers that it was raised by are stored with it; a picture that
		// cannot be drawn must not keep them back.
		p.Logger.LogAttrs(ctx, slog.LevelWarn, "no picture for an alert", slog.String("alert", a.ID), slog.Any("err", err))
	}
	m := card.New(i18n.For(g.Lang), p.Notify.Shop).AlertProof(a, trail)
	return p.DB.Update(ctx, func(tx *storage.Tx) error { return p.Notify.Proved(tx, g, m, now) })
}
