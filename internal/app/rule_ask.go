package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
