package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// BackTestQuery asks what some rules would have told over stored history.
type BackTestQuery struct {
	Rules  Rules
	Only   []analysis.Rule // none means all
	Policy alert.Policy
	From   time.Time // of the first look
	To     time.Time // no look is after it
	Step   time.Duration
}

// BackTest lets rules look at history as it stands in the store now, a step
// apart, and moves alerts on by what they see, as a watching bot would have.
// Nobody acts on them. It returns the alerts that people would have been told
// of, by when. How late or partial a feed was then does not count: every look
// sees what is known today of the time before it.
func BackTest(ctx context.Context, db *storage.DB, shop *market.Shop, q BackTestQuery) ([]alert.Alert, error) {
	if q.Step <= 0 {
		return nil, fmt.Errorf("back-test of %s: the step must be longer than 0", shop.ID)
	}
	p := played{open: map[string]alert.Alert{}, last: map[string]alert.Alert{}, told: map[string]alert.Alert{}}
	if q.Rules.Cache == nil {
		q.Rules.Cache = NewCache()
	}
	hour := time.Time{}
	now := q.From
	for ; !now.After(q.To); now = now.Add(q.Step) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q.Rules.HourDone = now.Truncate(time.Hour).Equal(hour)
		hour = now.Truncate(time.Hour)
		if err := p.look(ctx, db, shop, q, now); err != nil {
			return nil, fmt.Errorf("back-test of %s at %s: %w", shop.ID, shop.Local(now).Format(time.DateTime), err)
		}
	}
	out := make([]alert.Alert, 0, len(p.told))
	for _, id := range keysOf(p.told) {
		out = append(out, p.told[id])
	}
	slices.SortStableFunc(out, func(a, b alert.Alert) int { return a.FiredAt.Compare(b.FiredAt) })
	return out, nil
}

// played is the state of a back-test: alerts by id, by fingerprint, and those
// that people would know of by id.
type played struct{ open, last, told map[string]alert.Alert }

func (p *played) look(ctx context.Context, db *storage.DB, shop *market.Shop, q BackTestQuery, now time.Time) error {
	var open []alert.Alert
	for _, id := range keysOf(p.open) {
		open = append(open, p.open[id])
	}
	var out Watched
	err := db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, 0, now, q.Rules.Cache)
		if err != nil {
			return err
		}
		l.lexicon = q.Rules.Lexicon
		w, err := l.newWatch(q.Rules, now, open)
		if err != nil {
			return told(err)
		}
		w.past = func(fp string) (alert.Alert, bool) { a, ok := p.last[fp]; return a, ok }
		for _, s := range q.Rules.All() {
			switch {
			case len(q.Only) > 0 && !slices.Contains(q.Only, s.ID), s.Hourly && q.Rules.HourDone:
				w.out.Muted[s.ID] = MutedHourly
			default:
				if err := w.run(s); err != nil {
					return err
				}
			}
		}
		out = *w.out
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range alert.Step(q.Policy, alert.Pass{
		Shop: shop.ID, Now: now, Open: open, Findings: out.Findings, Muted: out.Muted, Restated: out.Restated,
		Last: func(fp string) (alert.Alert, bool) { a, ok := p.last[fp]; return a, ok },
	}) {
		p.keep(t.Alert)
	}
	return nil
}

func (p *played) keep(a alert.Alert) {
	p.last[a.Fingerprint] = a
	delete(p.open, a.ID)
	if a.State.Open() || a.State == alert.Pending {
		p.open[a.ID] = a
	}
	if !a.FiredAt.IsZero() {
		p.told[a.ID] = a
	}
}

// Explained is one look of one rule with every number that it used.
type Explained struct {
	Rule     analysis.Spec     `json:"rule"`
	At       time.Time         `json:"at"`
	Daily    market.Fen        `json:"usual_day"` // paid GMV of a usual day
	Muted    string            `json:"muted,omitempty"`
	Entities []analysis.Judged `json:"entities"`
}

// Explain lets one rule look at now as it would for people, and returns what it
// made of every entity. An id of no rule is an error.
func Explain(ctx context.Context, db *storage.DB, shop *market.Shop, r Rules, id analysis.Rule, now time.Time) (e Explained, err error) {
	spec, ok := analysis.SpecOf(r.All(), id)
	if !ok {
		return e, fmt.Errorf("there is no rule %q", id)
	}
	e = Explained{Rule: spec, At: now}
	err = db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, 0, now, r.Cache)
		if err != nil {
			return err
		}
		l.lexicon = r.Lexicon
		open, err := tx.OpenAlerts(shop.ID)
		if err != nil {
			return err
		}
		w, err := l.newWatch(r, now, open)
		if err != nil {
			return told(err)
		}
		w.noted = func(_ analysis.Rule, j analysis.Judged) { e.Entities = append(e.Entities, j) }
		err = w.run(spec)
		e.Muted, e.Daily = w.out.Muted[id], w.daily
		return err
	})
	if err != nil {
		return e, fmt.Errorf("explain %s of %s: %w", id, shop.ID, err)
	}
	return e, nil
}
