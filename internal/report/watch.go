package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Rules is what Watch runs and with what.
type Rules struct {
	analysis.Rules
	Fresh Freshness
	Cache *Cache // may be nil; keep one per process
	// Lexicon reads what buyers write; nil is the built-in one.
	Lexicon *voice.Lexicon
}

// Watched is what the rules saw at one moment.
type Watched struct {
	Shop     market.ShopID      `json:"shop"`
	At       time.Time          `json:"at"`
	Revision market.Revision    `json:"revision"`
	Findings []analysis.Finding `json:"findings"` // by severity, then money at risk
	// Muted says which rules the data gate keeps from opening or ending
	// anything, and why ("<source> <reason>", "off" or "no <table>").
	Muted map[analysis.Rule]string `json:"muted,omitempty"`
	// Restated holds fingerprints of open alerts whose first figures have been
	// corrected so that they would not have been raised.
	Restated map[string]bool `json:"restated,omitempty"`
	// Gaps are the feeds behind Muted, by table, source.
	Gaps []FeedGap `json:"gaps,omitempty"`
	// Open is what was open before, in any state.
	Open []alert.Alert `json:"-"`
	// Data says what was read.
	Data Coverage `json:"-"`
}

// ruleFeeds says which feeds each rule needs and how old their data may be when
// the source has no freshness of its own. A feed that is not required only
// mutes the rule when it exists and is incomplete.
var ruleFeeds = []struct {
	rule   analysis.Rule
	tables []string // the first is required
	stale  time.Duration
}{
	{analysis.RuleGMVDrop, []string{market.OrderLines.Name}, 3 * time.Hour},
	{analysis.RuleRivalMove, []string{market.RivalOffers.Name, market.OwnPrices.Name}, 48 * time.Hour},
	{analysis.RuleStockOut, []string{market.Inventory.Name}, 24 * time.Hour},
	{analysis.RuleComplaintSpike, []string{market.Reviews.Name, market.Refunds.Name}, 24 * time.Hour},
}

// Watch runs the rules over the facts known at now. Findings of problems that
// are already open are kept until they have clearly passed (hysteresis), so
// that a finding's absence means that the problem is over. A rule whose feeds
// are late or incomplete is muted and finds nothing.
func Watch(ctx context.Context, db *storage.DB, shop *market.Shop, r Rules, now time.Time) (Watched, error) {
	return WatchAsOf(ctx, db, shop, r, now, Past{})
}

// Past is an earlier state to look at: the facts as of a revision, and the
// alerts that were open. The zero Past is the present.
type Past struct {
	AsOf market.Revision
	Open []alert.Alert // in any state; used when AsOf is set
}

// WatchAsOf is Watch over an earlier state.
func WatchAsOf(ctx context.Context, db *storage.DB, shop *market.Shop, r Rules, now time.Time, past Past) (w Watched, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, past.AsOf, now, r.Cache)
		if err != nil {
			return err
		}
		l.lexicon = r.Lexicon
		if past.AsOf == 0 {
			if past.Open, err = tx.OpenAlerts(shop.ID); err != nil {
				return fmt.Errorf("load open alerts: %w", err)
			}
		}
		w, err = l.watch(ctx, r, now, past.Open)
		w.Open, w.Data = past.Open, Coverage{Revision: w.Revision}
		l.based(&w.Data)
		return told(err)
	})
	if err != nil {
		return Watched{}, fmt.Errorf("watch %s: %w", shop.ID, err)
	}
	return w, nil
}

// watch is one pass over everything.
type watch struct {
	*loader
	rules Rules
	now   time.Time
	feeds []feed
	open  []alert.Alert // people know of them
	out   *Watched

	grid  *paidGrid
	daily market.Fen
	week  *sales
}

func (l *loader) watch(ctx context.Context, r Rules, now time.Time, known []alert.Alert) (Watched, error) {
	out := Watched{Shop: l.shop.ID, At: now, Revision: l.revision(), Muted: map[analysis.Rule]string{}}
	w := &watch{loader: l, rules: r, now: now, out: &out}
	var err error
	if w.feeds, err = l.feeds(nil, now, r.Fresh); err != nil {
		return out, err
	}
	w.open = slices.DeleteFunc(slices.Clone(known), func(a alert.Alert) bool { return !a.State.Open() })
	w.gate()
	if err := w.prepare(); err != nil {
		return out, err
	}
	for _, rule := range []analysis.Rule{analysis.RuleGMVDrop, analysis.RuleRivalMove, analysis.RuleStockOut, analysis.RuleComplaintSpike} {
		if _, muted := out.Muted[rule]; muted {
			continue
		}
		if err := ctx.Err(); err != nil {
			return out, err
		}
		found, err := w.run(rule)
		if errors.Is(err, ErrNoData) {
			out.Muted[rule] = "no data"
			continue
		}
		if err != nil {
			return out, fmt.Errorf("rule %s: %w", rule, err)
		}
		out.Findings = append(out.Findings, found...)
	}
	if err := w.disproved(ctx); err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Findings, func(a, b analysis.Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(b.AtRisk, a.AtRisk))
	})
	return out, nil
}

// run looks at the shop with one rule.
func (w *watch) run(rule analysis.Rule) ([]analysis.Finding, error) {
	switch rule {
	case analysis.RuleGMVDrop:
		return w.gmvDrops()
	case analysis.RuleRivalMove:
		return w.rivalMoves()
	case analysis.RuleStockOut:
		return w.stockOuts()
	case analysis.RuleComplaintSpike:
		return w.complaintSpikes()
	}
	return nil, ErrNoData
}

// gate mutes the rules that are off and those whose feeds cannot be relied on.
func (w *watch) gate() {
	shown := map[string]bool{}
	for _, r := range ruleFeeds {
		if w.rules.Off[r.rule] {
			w.out.Muted[r.rule] = "off"
			continue
		}
		found := false
		for _, f := range w.feeds {
			if !slices.Contains(r.tables, f.Table) {
				continue
			}
			found = found || f.Table == r.tables[0]
			g := w.mutes(f, r.stale)
			if g == nil {
				continue
			}
			if _, already := w.out.Muted[r.rule]; !already {
				w.out.Muted[r.rule] = g.Source + " " + string(g.Reason)
			}
			if !shown[g.Table+"/"+g.Source] {
				shown[g.Table+"/"+g.Source] = true
				w.out.Gaps = append(w.out.Gaps, *g)
			}
		}
		if _, muted := w.out.Muted[r.rule]; !muted && !found {
			w.out.Muted[r.rule] = "no " + r.tables[0]
		}
	}
	slices.SortFunc(w.out.Gaps, func(a, b FeedGap) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Source, b.Source))
	})
}

// mutes returns why a feed mutes the rules that need it, or nil. A failed try
// does not while the data before it is fresh enough.
func (w *watch) mutes(f feed, stale time.Duration) *FeedGap {
	allowed, judged := w.rules.Fresh[f.Source]
	if !judged {
		allowed = stale
	}
	age := w.now.Sub(f.mark())
	if f.gap != nil && (f.gap.Reason != GapFailed || age > allowed) {
		return f.gap
	}
	if age > allowed {
		return &FeedGap{Source: f.Source, Table: f.Table, Reason: GapLate, State: f.Last.State, Watermark: f.mark(), Age: age}
	}
	return nil
}

// prepare loads what several rules share: orders per ten minutes, the usual
// day, and what was sold in a week.
func (w *watch) prepare() error {
	end := earlier(known(w.feeds, market.OrderLines.Name), w.now)
	if end.IsZero() {
		w.week = &sales{}
		return nil
	}
	end = end.Truncate(10 * time.Minute)
	first := w.shop.Day(end) - gmvDays
	grid, err := w.series(market.Window{Start: w.shop.Start(first), End: end})
	if err != nil {
		return err
	}
	w.grid = &grid
	w.daily = w.usualDay(w.shop.Day(end))
	s, err := w.sales(market.Window{Start: end.Add(-week), End: end})
	w.week = &s
	return err
}

// opened are the alerts of a rule that people know of and that are not over.
func (w *watch) opened(rule analysis.Rule) []alert.Alert {
	var out []alert.Alert
	for _, a := range w.open {
		if a.Rule == rule {
			out = append(out, a)
		}
	}
	return out
}

// about reports whether an open alert of a rule is about a subject.
func (w *watch) about(rule analysis.Rule, s analysis.Subject) bool {
	fp := alert.Fingerprint(w.shop.ID, rule, s)
	return slices.ContainsFunc(w.open, func(a alert.Alert) bool { return a.Fingerprint == fp })
}
