package jobs

import (
	"context"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// looked is what a listing shows against the one before.
type looked struct {
	moves    analysis.Moves
	verdict  gate.Verdict          // what the data gate makes of it
	past     *gate.Doubt           // of the listing before; nil when there was none
	look     *report.CatalogueLook // what the findings came of; nil without
	findings []analysis.Finding
	data     report.Coverage // what was read for them
}

// shelved are the columns of a listing in the panel.
type shelved struct {
	cols *series.Columns
	at   report.Listing
}

func shelve(c *series.Columns, s series.Slot) shelved {
	return shelved{cols: c, at: report.Listing{Slot: s.Start, Revision: s.Revision}}
}

// look judges the new columns by the newest ones in the panel, and compares them
// with the newest ones that were whole.
func (j *Listing) look(ctx context.Context, f *filling, cur *series.Columns, s market.Snapshot, now time.Time) (looked, error) {
	out := looked{verdict: gate.Verdict{State: s.State}}
	if s.State != market.Complete || f.panel == nil {
		return out, nil
	}
	prev, whole := j.before(f.panel)
	if prev.cols == nil {
		return out, nil
	}
	cur2, then := report.ShelfOf(cur), report.ShelfOf(prev.cols)
	out.moves = analysis.CatalogueMoves(j.Catalogue, cur2, then)
	err := j.DB.View(ctx, func(tx *storage.Tx) (err error) {
		if out.past, err = j.doubt(tx); err != nil {
			return err
		}
		out.verdict = gate.JudgeListing(j.judged(f.panel, s, cur2, then, out.moves), out.past, now)
		if out.verdict.State != market.Complete || !whole {
			return nil
		}
		open, err := tx.OpenAlerts(j.Shop.ID)
		if err != nil {
			return err
		}
		l := &report.CatalogueLook{
			Panels: j.Series, Shop: j.Shop.ID, Rules: j.Rules, At: now, Open: j.own(open),
			Listed: report.Listed{Now: report.Listing{Slot: s.Window.Start}, Before: prev.at, History: tx.Revision(), Step: j.Source.Step(), Rule: j.Catalogue},
		}
		out.look = l
		out.findings, err = l.Find(tx, f.panel, cur2, then, out.moves)
		out.data = l.Data(tx)
		return err
	})
	return out, err
}

// before is what the listing is compared with, without columns when there is
// nothing. whole means that it is complete: alerts are moved on by nothing less.
func (j *Listing) before(p *series.Panel) (prev shelved, whole bool) {
	now, slot := p.Now()
	older, earlier := p.Before()
	switch {
	case j.trusted.cols != nil:
		return j.trusted, true
	case now != nil && slot.State == market.Complete:
		return shelve(now, slot), true
	case older != nil && earlier.State == market.Complete:
		return shelve(older, earlier), true
	}
	return shelve(now, slot), false
}

// own are the alerts that the listing answers for.
func (j *Listing) own(all []alert.Alert) []alert.Alert {
	return slices.DeleteFunc(slices.Clone(all), func(a alert.Alert) bool { return !slices.Contains(j.Answers, a.Rule) })
}
