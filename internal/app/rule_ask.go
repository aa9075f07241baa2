package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// RuleOptions ask about rules over a store.
type RuleOptions struct {
	Config *config.Config // nil takes the shop that the store holds
	Dir    string         // data folder; empty takes the configuration's
	Ask    RuleAsk
	JSON   bool
	Out    io.Writer
	Logger *slog.Logger
}

// RuleName is the id of a rule.
type RuleName = analysis.Rule

// RuleAct is what is asked about rules.
type RuleAct string

// Questions about rules.
const (
	RuleList    RuleAct = "list"
	RuleExplain RuleAct = "explain"
	RuleDiff    RuleAct = "diff"
	RuleTest    RuleAct = "test"
)

// RuleAsk is a question about rules as it crosses the socket.
type RuleAsk struct {
	Act  RuleAct       `json:"act"`
	Rule analysis.Rule `json:"rule,omitempty"`
	// Labels keep entities of an explanation, as alert matchers.
	Labels string    `json:"labels,omitempty"`
	At     time.Time `json:"at,omitzero"` // the last look; zero is now
	Days   int       `json:"days,omitempty"`
	// Step is the time between two looks at history.
	Step time.Duration `json:"step,omitempty"`
	// New are the rules that a change would bring.
	New *ruleSet `json:"new,omitempty"`
}

// ruleSet is the rules with what people are told of.
type ruleSet struct {
	Rules  analysis.Rules                `json:"rules"`
	Floors map[analysis.Rule]alert.Floor `json:"floors,omitempty"`
}

// ErrNoRule says that there is no rule of that name.
var ErrNoRule = errors.New("no such rule")

// AskRules answers a question about rules, by the running bot that holds the
// store, else over the store itself.
func AskRules(ctx context.Context, o RuleOptions) (err error) {
	if o.Ask.Act == RuleDiff {
		set, err := ruleSetOf(o.Config)
		if err != nil {
			return err
		}
		o.Ask.New = &set
	}
	path := storePath(o.Config, o.Dir)
	var a ruleAnswer
	answered, err := callRunning(ctx, path, "rule", o.Ask, func(body io.Reader) error { return json.NewDecoder(body).Decode(&a) })
	if err != nil {
		return err
	}
	if !answered {
		if a, err = askRulesOffline(ctx, path, o); err != nil {
			return err
		}
	}
	if !o.JSON {
		_, err = io.WriteString(o.Out, a.text())
		return err
	}
	return writeJSON(o.Out, a)
}

func askRulesOffline(ctx context.Context, path string, o RuleOptions) (a ruleAnswer, err error) {
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	shop, err := askedShop(ctx, db, o.Config)
	if err != nil {
		return a, err
	}
	env := Env(db, nil, shop)
	now := time.Now()
	if o.Config == nil || o.Ask.At.IsZero() {
		last, err := lastPull(ctx, db, shop.ID)
		if err != nil {
			return a, err
		}
		if !last.IsZero() && last.Before(now) {
			now = last
		}
	}
	return answerRules(ctx, env, o.Ask, now)
}

func (a *App) rulesHere(ctx context.Context, q RuleAsk) (ruleAnswer, error) {
	return answerRules(ctx, a.envs[0], q, a.set.Clock.Now())
}

// ruleAnswer is what a question about rules is answered with; one member is set.
type ruleAnswer struct {
	Rules []analysis.Spec `json:"rules,omitempty"`
	// Own are the limits of the rules with findings of their own kind.
	Own     *analysis.Rules   `json:"own,omitempty"`
	Explain *report.Explained `json:"explain,omitempty"`
	Diff    *ruleDiff         `json:"diff,omitempty"`
	Test    *ruleTest         `json:"test,omitempty"`
}

// answerRules answers over an open store. now is the moment when a question
// names none.
func answerRules(ctx context.Context, env *commands.Env, q RuleAsk, now time.Time) (a ruleAnswer, err error) {
	if q.At.IsZero() {
		q.At = now
	}
	rules := env.Rules
	rules.Cache = nil // a look at history is no reason to forget what is kept of today
	all := rules.All()
	if _, ok := analysis.SpecOf(all, q.Rule); q.Rule != "" && !ok {
		return a, fmt.Errorf("%w: %q; shopwatch rule list shows them", ErrNoRule, q.Rule)
	}
	switch q.Act {
	case RuleList:
		own := rules.Rules
		own.Specs = nil
		a.Rules, a.Own = all, &own
	case RuleExplain:
		return explainRule(ctx, env, rules, q)
	case RuleDiff:
		a.Diff, err = diffRules(ctx, env, q)
	case RuleTest:
		a.Test, err = testRule(ctx, env, q)
	default:
		err = fmt.Errorf("nobody can answer %q about rules", q.Act)
	}
	return a, err
}

func explainRule(ctx context.Context, env *commands.Env, rules report.Rules, q RuleAsk) (a ruleAnswer, err error) {
	match, err := alert.ParseMatchers(q.Labels)
	if err != nil {
		return a, fmt.Errorf("labels: %w", err)
	}
	e, err := report.Explain(ctx, env.DB, env.Shop, rules, q.Rule, q.At)
	if err != nil {
		return a, err
	}
	e.Entities = slices.DeleteFunc(e.Entities, func(j analysis.Judged) bool {
		f := analysis.Finding{Rule: q.Rule, Subject: j.Subject}
		if j.Finding != nil {
			f = *j.Finding
		}
		one := alert.Alert{Shop: env.Shop.ID, Rule: q.Rule, First: f, Latest: f}
		return !match.Matches(one.Labels())
	})
	return ruleAnswer{Explain: &e}, nil
}

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

// ruleTest is how often a rule would have fired over stored history, and what
// people made of the alerts that it did raise.
type ruleTest struct {
	ruleSpan

	Rule  analysis.Rule `json:"rule"`
	Fired []ran         `json:"fired"`
	// Judged is how many of them people have acted on or given a verdict; Right
	// is those without one of false alarm or expected. Precision is null with
	// none judged.
	Judged    int      `json:"judged"`
	Right     int      `json:"right"`
	Precision *float64 `json:"precision"`
}

func testRule(ctx context.Context, env *commands.Env, q RuleAsk) (*ruleTest, error) {
	t := &ruleTest{ruleSpan: q.span(), Rule: q.Rule}
	set := ruleSet{Rules: env.Rules.Rules, Floors: env.Notify.Policy.Floor}
	var err error
	if t.Fired, err = playRules(ctx, env, set, []analysis.Rule{q.Rule}, t.ruleSpan); err != nil {
		return nil, err
	}
	var kept []alert.Alert
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		kept, err = tx.Alerts(env.Shop.ID, market.Window{Start: t.From.AddDate(0, 0, -7), End: t.To.Add(time.Minute)})
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range t.Fired {
		f := &t.Fired[i]
		for _, a := range kept {
			if a.FiredAt.IsZero() || !f.meets(ranOf(a)) {
				continue
			}
			if v := alert.FeedbackOf(a); v != "" {
				f.Verdict = v
			}
		}
		switch f.Verdict {
		case "":
		case string(alert.FalseAlarm), string(alert.Expected):
			t.Judged++
		default:
			t.Judged++
			t.Right++
		}
	}
	if t.Judged > 0 {
		p := float64(t.Right) / float64(t.Judged)
		t.Precision = &p
	}
	return t, nil
}

// rulesSetting is where a bot keeps the rules that it runs, so that a change can
// be set against them.
const rulesSetting = "rules/"

// saveRules keeps the rules that a shop's bot runs.
func saveRules(ctx context.Context, db *storage.DB, s *Shop) error {
	raw, err := json.Marshal(ruleSet{Rules: s.Rules.Rules, Floors: s.Floors})
	if err != nil {
		return fmt.Errorf("rules of %s: %w", s.ID, err)
	}
	return db.Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting(rulesSetting+string(s.ID), raw) })
}

// inForce are the rules that the last bot over the store ran; those that come
// with the program when none has.
func inForce(ctx context.Context, env *commands.Env) (set ruleSet, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Setting(rulesSetting + string(env.Shop.ID))
		if err != nil || !ok {
			set.Rules = analysis.Defaults()
			return err
		}
		return json.Unmarshal(raw, &set)
	})
	return set, err
}

func ruleSetOf(c *config.Config) (ruleSet, error) {
	if c == nil {
		return ruleSet{}, fmt.Errorf("%w: name the configuration with the change with -c", ErrRefused)
	}
	r, err := rules(c)
	return ruleSet{Rules: r.Rules, Floors: floors(c, c.Markets()[0].Currency)}, err
}
