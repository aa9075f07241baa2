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
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// Rules is what Watch runs and with what.
type Rules struct {
	analysis.Rules
	Fresh Freshness
	Cache *Cache // may be nil; keep one per process
	// Lexicon reads what buyers write; nil is the built-in one.
	Lexicon *voice.Lexicon
	// HourDone says that the rules about whole days have had their look of this
	// hour: they are muted.
	HourDone bool
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
	// past finds the last episode of a problem; nil asks the store.
	past func(fingerprint string) (alert.Alert, bool)
	// noted is told every entity that a rule looked at; nil when nobody asks.
	noted func(analysis.Rule, analysis.Judged)

	fakes  bool // the rule about fakes is on
	cells  map[dayKey]map[string]metric.Sums
	own    map[market.SKU][]OwnPrice // by the first rule that asks
	skus   []market.SKU              // of own, in order
	lines  []analysis.StockLine      // likewise
	recent *voices                   // of the last 24 hours, likewise

	grid  *paidGrid
	daily market.Fen
	week  *sales
}

func (l *loader) watch(ctx context.Context, r Rules, now time.Time, known []alert.Alert) (Watched, error) {
	w, err := l.newWatch(r, now, known)
	if err != nil {
		return *w.out, err
	}
	for _, s := range r.All() {
		if s.Hourly && r.HourDone && w.out.Muted[s.ID] == "" {
			w.out.Muted[s.ID] = MutedHourly
		}
	}
	for _, s := range r.All() {
		if err := ctx.Err(); err != nil {
			return *w.out, err
		}
		if err := w.run(s); err != nil {
			return *w.out, err
		}
	}
	if err := w.disproved(ctx); err != nil {
		return *w.out, err
	}
	slices.SortStableFunc(w.out.Findings, func(a, b analysis.Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(b.AtRisk, a.AtRisk))
	})
	return *w.out, nil
}

// MutedHourly says that a rule has had its look of this hour.
const MutedHourly = "looked at hourly"

// newWatch prepares a pass; the watch is never nil.
func (l *loader) newWatch(r Rules, now time.Time, known []alert.Alert) (w *watch, err error) {
	out := Watched{Shop: l.shop.ID, At: now, Revision: l.revision(), Muted: map[analysis.Rule]string{}}
	w = &watch{loader: l, rules: r, now: now, out: &out, cells: map[dayKey]map[string]metric.Sums{}}
	if w.feeds, err = l.feeds(nil, now, r.Fresh); err != nil {
		return w, err
	}
	w.open = slices.DeleteFunc(slices.Clone(known), func(a alert.Alert) bool { return !a.State.Open() })
	w.gate()
	fakes, ok := analysis.SpecOf(r.All(), analysis.RuleCounterfeit)
	w.fakes = ok && !fakes.Off && !r.Off[fakes.ID]
	return w, w.prepare()
}

// run lets one rule look, unless it is muted.
func (w *watch) run(s analysis.Spec) error {
	if _, muted := w.out.Muted[s.ID]; muted {
		return nil
	}
	find := w.finder(s)
	found, err := find()
	if errors.Is(err, ErrNoData) || errors.Is(err, storage.ErrForgotten) {
		w.out.Muted[s.ID] = "no data"
		return nil
	}
	if err != nil {
		return fmt.Errorf("rule %s: %w", s.ID, err)
	}
	w.out.Findings = append(w.out.Findings, found...)
	return nil
}

// finder is how a rule looks: one of its own, or that of its kind.
func (w *watch) finder(s analysis.Spec) func() ([]analysis.Finding, error) {
	with := func(f func(analysis.Spec) ([]analysis.Finding, error)) func() ([]analysis.Finding, error) {
		return func() ([]analysis.Finding, error) { return f(s) }
	}
	switch s.ID {
	case analysis.RuleGMVDrop:
		return w.gmvDrops
	case analysis.RuleRivalMove:
		return w.rivalMoves
	case analysis.RuleStockOut:
		return w.stockOuts
	case analysis.RuleComplaintSpike:
		return w.complaintSpikes
	case analysis.RuleCounterfeit:
		return with(w.counterfeits)
	case analysis.RuleBelowFloor:
		return with(w.belowFloor)
	case analysis.RulePriceConflict:
		return with(w.priceConflicts)
	case analysis.RuleAdsOut:
		return with(w.adsOut)
	case analysis.RuleTargetPace:
		return with(w.targetPace)
	case analysis.RuleSellThrough:
		return with(w.sellThrough)
	case analysis.RuleNoData:
		return with(w.noData)
	}
	return with(w.declared)
}

// note tells of an entity that a rule looked at.
func (w *watch) note(rule analysis.Rule, j analysis.Judged) {
	if w.noted != nil {
		w.noted(rule, j)
	}
}

// gate mutes the rules that are off and those whose feeds cannot be relied on.
func (w *watch) gate() {
	shown := map[string]bool{}
	for _, s := range w.rules.All() {
		if s.Off || w.rules.Off[s.ID] {
			w.out.Muted[s.ID] = "off"
			continue
		}
		found := len(s.Tables) == 0
		for _, f := range w.feeds {
			if !slices.Contains(s.Tables, f.Table) {
				continue
			}
			found = found || f.Table == s.Tables[0]
			g := w.mutes(f, s.Stale)
			if g == nil {
				continue
			}
			if _, already := w.out.Muted[s.ID]; !already {
				w.out.Muted[s.ID] = g.Source + " " + string(g.Reason)
			}
			if !shown[g.Table+"/"+g.Source] {
				shown[g.Table+"/"+g.Source] = true
				w.out.Gaps = append(w.out.Gaps, *g)
			}
		}
		if _, muted := w.out.Muted[s.ID]; !muted && !found {
			w.out.Muted[s.ID] = "no " + s.Tables[0]
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
