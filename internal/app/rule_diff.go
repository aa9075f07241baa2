package app

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// ruleSpan is what a back-test looks at.
type ruleSpan struct {
	From time.Time     `json:"from"`
	To   time.Time     `json:"to"`
	Step time.Duration `json:"step"`
}

// span fills in what a question leaves open: four weeks, a look an hour.
func (q RuleAsk) span() ruleSpan {
	if q.Days <= 0 {
		q.Days = 28
	}
	if q.Step <= 0 {
		q.Step = time.Hour
	}
	return ruleSpan{From: q.At.AddDate(0, 0, -q.Days), To: q.At, Step: q.Step}
}

// ran is an alert of a back-test, in short.
type ran struct {
	Rule     analysis.Rule     `json:"rule"`
	Subject  analysis.Subject  `json:"subject"`
	Severity analysis.Severity `json:"severity"`
	At       time.Time         `json:"at"`
	End      time.Time         `json:"end,omitzero"` // zero while it stands
	AtRisk   market.Fen        `json:"at_risk"`
	// Was is when the rules of now would have told of a moved one, Verdict what
	// people made of it.
	Was     time.Time `json:"was,omitzero"`
	Verdict string    `json:"verdict,omitempty"`

	fingerprint string
}

func ranOf(a alert.Alert) ran {
	return ran{Rule: a.Rule, Subject: a.First.Subject, Severity: a.First.Severity, At: a.FiredAt, End: a.ResolvedAt, AtRisk: a.Worst, fingerprint: a.Fingerprint}
}

// meets reports whether two are about the same problem at about the same time.
func (r ran) meets(o ran) bool {
	const near = 24 * time.Hour
	ends := func(x ran) time.Time {
		if x.End.IsZero() {
			return x.At.AddDate(100, 0, 0)
		}
		return x.End
	}
	return r.fingerprint == o.fingerprint && !r.At.After(ends(o).Add(near)) && !o.At.After(ends(r).Add(near))
}

// ruleDiff is what a change of rules would have changed over stored history.
type ruleDiff struct {
	ruleSpan

	Changed []analysis.Rule `json:"changed"` // rules that the change is about
	Same    int             `json:"same"`
	Gained  []ran           `json:"gained"`
	Lost    []ran           `json:"lost"`
	Moved   []ran           `json:"moved"` // told at another time or with another severity
}

func diffRules(ctx context.Context, env *commands.Env, q RuleAsk) (*ruleDiff, error) {
	now, err := inForce(ctx, env)
	if err != nil {
		return nil, err
	}
	if q.New == nil {
		return nil, errors.New("there are no new rules to compare with")
	}
	d := &ruleDiff{ruleSpan: q.span(), Changed: changedRules(now, *q.New)}
	if len(d.Changed) == 0 {
		return d, nil
	}
	before, err := playRules(ctx, env, now, d.Changed, d.ruleSpan)
	if err != nil {
		return nil, err
	}
	after, err := playRules(ctx, env, *q.New, d.Changed, d.ruleSpan)
	if err != nil {
		return nil, err
	}
	d.compare(before, after)
	return d, nil
}

func (d *ruleDiff) compare(before, after []ran) {
	taken := make([]bool, len(before))
	for _, x := range after {
		i := -1
		for k := range before {
			if !taken[k] && before[k].meets(x) {
				i = k
				break
			}
		}
		switch {
		case i < 0:
			d.Gained = append(d.Gained, x)
		case before[i].At.Equal(x.At) && before[i].Severity == x.Severity:
			d.Same++
		default:
			x.Was = before[i].At
			d.Moved = append(d.Moved, x)
		}
		if i >= 0 {
			taken[i] = true
		}
	}
	for k, x := range before {
		if !taken[k] {
			d.Lost = append(d.Lost, x)
		}
	}
}

// playRules is a back-test with a set of rules.
func playRules(ctx context.Context, env *commands.Env, set ruleSet, only []analysis.Rule, span ruleSpan) ([]ran, error) {
	policy := env.Notify.Policy
	policy.Floor = set.Floors
	rules := report.Rules{Rules: set.Rules, Fresh: env.Rules.Fresh, Lexicon: env.Rules.Lexicon, Cache: report.NewCache()}
	list, err := report.BackTest(ctx, env.DB, env.Shop, report.BackTestQuery{
		Rules: rules, Only: only, Policy: policy, From: span.From, To: span.To, Step: span.Step,
	})
	var out []ran
	for _, a := range list {
		out = append(out, ranOf(a))
	}
	return out, err
}

// changedRules are the rules that differ between two sets, in order.
func changedRules(a, b ruleSet) []analysis.Rule {
	own := func(r analysis.Rules, id analysis.Rule) any {
		switch id {
		case analysis.RuleGMVDrop:
			return r.GMV
		case analysis.RuleRivalMove:
			return r.Price
		case analysis.RuleStockOut:
			return r.Stock
		case analysis.RuleComplaintSpike:
			return r.Complaints
		}
		return nil
	}
	money := a.Rules.Money != b.Rules.Money
	var out []analysis.Rule
	for _, s := range slices.Concat(a.Rules.All(), b.Rules.All()) {
		if slices.Contains(out, s.ID) {
			continue
		}
		x, in := analysis.SpecOf(a.Rules.All(), s.ID)
		y, still := analysis.SpecOf(b.Rules.All(), s.ID)
		if money || in != still || !reflect.DeepEqual(x, y) || !reflect.DeepEqual(own(a.Rules, s.ID), own(b.Rules, s.ID)) || a.Floors[s.ID] != b.Floors[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}
