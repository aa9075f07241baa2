package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/metric"
)

// looksBack is how many earlier moments one pass looks at again. Alerts are
// raised in passes, so that this is as many passes, not alerts.
const looksBack = 16

// disproved notes open alerts whose problem this pass does not see and that the
// data of now would not have raised either, at the moment when it was raised and
// with the limits for a problem that is open.
func (w *watch) disproved(ctx context.Context) error {
	seen := map[string]bool{}
	for _, f := range w.out.Findings {
		seen[alert.Fingerprint(w.shop.ID, f.Rule, f.Subject)] = true
	}
	again := map[pastLook][]string{}
	for _, a := range w.open {
		if _, muted := w.out.Muted[a.Rule]; muted || seen[a.Fingerprint] || !restatable(a.Rule) {
			continue
		}
		m := pastLook{a.Rule, raised(&a)}
		if again[m] == nil && len(again) >= looksBack {
			continue
		}
		found, known := again[m], again[m] != nil
		if !known {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if found, err = w.lookBack(m); err != nil {
				return err
			}
			again[m] = found
		}
		if !slices.Contains(found, a.Fingerprint) && !slices.Contains(found, unanswered) {
			w.disprove(a.Fingerprint)
		}
	}
	return nil
}

// restatable reports whether a rule is about facts that may turn out to have been
// others. That data was missing stays true when it has come; a drop of GMV is
// looked at by restated.
func restatable(r analysis.Rule) bool {
	return r != analysis.RuleGMVDrop && r != analysis.RuleNoData
}

func (w *watch) disprove(fingerprint string) {
	if w.out.Restated == nil {
		w.out.Restated = map[string]bool{}
	}
	w.out.Restated[fingerprint] = true
}

// pastLook is a look of one rule in the past.
type pastLook struct {
	rule analysis.Rule
	at   time.Time
}

// raised is the moment that an alert's first figures are of.
func raised(a *alert.Alert) time.Time {
	if c := a.First.Complaints; c != nil {
		return c.Window.End
	}
	return a.First.At
}

// unanswered stands for a look back that is not possible any more.
const unanswered = "?"

// lookBack runs a rule over the facts of now as they are about an earlier moment,
// and returns the fingerprints of what it finds.
func (w *watch) lookBack(m pastLook) ([]string, error) {
	l, err := newLoader(w.tx, w.shop, w.asOf, m.at, w.rules.Cache)
	if err != nil {
		return nil, err
	}
	l.lexicon = w.lexicon
	then := &watch{loader: l, rules: w.rules, now: m.at, out: &Watched{Muted: map[analysis.Rule]string{}}, cells: map[dayKey]map[string]metric.Sums{}}
	for _, a := range w.open {
		if !raised(&a).After(m.at) {
			then.open = append(then.open, a)
		}
	}
	if then.feeds, err = l.feeds(nil, m.at, w.rules.Fresh); err != nil {
		return nil, err
	}
	if err := then.prepare(); err != nil {
		return nil, fmt.Errorf("look back to %s: %w", m.at.UTC().Format(time.RFC3339), err)
	}
	rules := w.rules.All()
	i := slices.IndexFunc(rules, func(s analysis.Spec) bool { return s.ID == m.rule })
	if i < 0 {
		return []string{unanswered}, nil // nobody has the rule any more
	}
	list, err := then.finder(rules[i])()
	if errors.Is(told(err), ErrNoData) {
		return []string{unanswered}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look back to %s: rule %s: %w", m.at.UTC().Format(time.RFC3339), m.rule, err)
	}
	found := []string{}
	for _, f := range list {
		found = append(found, alert.Fingerprint(w.shop.ID, f.Rule, f.Subject))
	}
	return found, nil
}
