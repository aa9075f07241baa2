package commands

import (
	"context"
	"strconv"
	"strings"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Names of the questions about plans; the grammar knows them, as their periods
// may lie ahead.
const (
	targetName   = "target"
	calendarName = "calendar"
	campaignName = "campaign"
)

// target tells how targets go, and sets, removes and takes back:
//
//	target beauty 2026-12
//	target beauty 2026-12 base 300万 sprint 350万 challenge 400万 days=2026-12-12x6
//	target remove beauty 2026-12
//	target history
//	target undo 12
var target = &Command{
	Name: targetName, Words: []string{"targets", "目标", "进度", "pace", "goal"}, Example: "target this month", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		switch {
		case r.Query.Focus == "history":
			return env.planHistory(ctx, r, targetName)
		case r.Query.Focus == "undo":
			return env.confirmUndo(ctx, r)
		case r.Query.Tiers != [3]market.Fen{} || r.Query.Focus == "remove" || r.Query.Days != "" || r.Query.Hours != "":
			return env.confirmTarget(ctx, r)
		}
		t, err := loadTargets(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Targets(t, r.Question, r.Allows != nil && r.Allows(access.Admin)) })
	},
	Data: numbers(loadTargets),
}

func loadTargets(ctx context.Context, env *Env, r Request) (report.Targets, error) {
	q := r.Query
	if q.Channel != "" || q.Band != "" || q.Region != "" || q.Item != "" {
		return report.Targets{}, &Trouble{Key: "target.no_filter", Fix: strings.TrimSpace("target " + spanWord(q))}
	}
	category, err := env.category(ctx, q)
	if err != nil {
		return report.Targets{}, err
	}
	from, to := env.planSpan(q, env.Shop.Day(r.Now))
	t, err := report.LoadTargets(ctx, env.DB, env.Shop, report.TargetsQuery{
		Now: r.Now, From: from, To: to, Unit: q.Unit, Category: category, AsOf: q.AsOf, Fresh: env.Rules.Fresh,
	})
	r.saw(t, t.Data, nil, err)
	return t, err
}

// spanWord is the period of a question as it was typed.
func spanWord(q Query) string {
	if !q.Period.Set {
		return ""
	}
	return q.Period.Asked
}

// planSpan is the whole stretch that a question about plans means: "this month"
// and "this week" do not end today, and a campaign is all of its days.
func (env *Env) planSpan(q Query, today market.Day) (from, to market.Day) {
	if !q.Period.Set {
		return today.MonthStart(), today.MonthStart().AddMonths(1) - 1
	}
	from, to = q.Period.From, q.Period.To
	switch q.Period.Asked {
	case "month":
		return from, from.AddMonths(1) - 1
	case "week":
		return from, from + 6
	}
	for _, c := range env.Shop.Calendar.Campaigns {
		if q.Period.Asked != c.ID || len(c.Phases) == 0 {
			continue
		}
		for _, p := range c.Phases {
			from, to = min(from, p.From), max(to, p.To)
		}
	}
	return from, to
}

// confirmTarget shows what setting or removing a target would change.
func (env *Env) confirmTarget(ctx context.Context, r Request) (chat.Message, error) {
	c, err := env.targetChange(ctx, r.Query, env.Shop.Day(r.Now))
	if err != nil {
		return chat.Message{}, err
	}
	return env.confirm(r.Ask, c, targetWords(c.Is.Targets[0], env.Shop.Currency))
}

// targetChange is the change of the plan that a question asks for.
func (env *Env) targetChange(ctx context.Context, q Query, today market.Day) (c storage.PlanChange, err error) {
	if q.Channel != "" || q.Band != "" || q.Region != "" || q.Item != "" {
		return c, &Trouble{Key: "target.no_filter", Fix: "target"}
	}
	category, err := env.category(ctx, q)
	if err != nil {
		return c, err
	}
	t := market.Target{Unit: q.Unit, Category: category}
	t.From, t.To = env.planSpan(q, today)
	was, found := env.Shop.TargetOf(t.Scope())
	if !found {
		was = t
	}
	c.Was, c.Is = market.Plan{Targets: []market.Target{was}}, market.Plan{Targets: []market.Target{t}}
	if q.Focus == "remove" {
		if !found {
			return c, &Trouble{Key: "target.none_here", Fix: "target"}
		}
		return c, nil
	}
	t = was
	if q.Tiers != [3]market.Fen{} {
		t.Base, t.Sprint, t.Challenge = q.Tiers[0], q.Tiers[1], q.Tiers[2]
	}
	if t.Base <= 0 {
		return c, &Trouble{Key: "target.no_base", Fix: ""}
	}
	if t.Sprint == 0 {
		t.Sprint = t.Base
	}
	if t.Challenge == 0 {
		t.Challenge = t.Sprint
	}
	if t.Sprint < t.Base || t.Challenge < t.Sprint {
		return c, &Trouble{Key: "target.order"}
	}
	if err := readCurve(&t, q); err != nil {
		return c, err
	}
	c.Is.Targets[0] = t
	return c, nil
}

// readCurve reads the planned weights: days=2026-12-12x6+2026-12-11x2 and
// hours=1/1/…, 24 of them from the first hour of the business day on. "usual"
// takes them back.
func readCurve(t *market.Target, q Query) error {
	if q.Days != "" {
		t.Days = nil
	}
	for _, part := range strings.FieldsFunc(q.Days, func(r rune) bool { return r == '+' }) {
		if part == "usual" {
			continue
		}
		day, weight, _ := strings.Cut(part, "x")
		d, err := market.ParseDay(day)
		w, err2 := strconv.ParseFloat(weight, 64)
		if err != nil || err2 != nil || w <= 0 || w > 100 || d < t.From || d > t.To {
			return &Trouble{Key: "target.bad_day", Args: []any{"word", clip(part), "from", t.From.String(), "to", t.To.String()}}
		}
		t.Days = append(t.Days, market.DayWeight{Day: d, Weight: w})
	}
	if q.Hours == "" {
		return nil
	}
	t.Hours = nil
	if q.Hours == "usual" {
		return nil
	}
	sum := 0.0
	for part := range strings.SplitSeq(q.Hours, "/") {
		w, err := strconv.ParseFloat(part, 64)
		if err != nil || w < 0 || w > 1000 {
			return &Trouble{Key: "target.bad_hours"}
		}
		t.Hours, sum = append(t.Hours, w), sum+w
	}
	if len(t.Hours) != 24 || sum <= 0 {
		return &Trouble{Key: "target.bad_hours"}
	}
	return nil
}

// targetWords are the words that set t, or remove it when it has no base.
func targetWords(t market.Target, c market.Currency) string {
	parts := []string{targetName}
	if t.Base <= 0 {
		parts = append(parts, "remove")
	}
	if t.Unit != "" {
		parts = append(parts, "unit="+string(t.Unit))
	}
	if t.Category != "" {
		parts = append(parts, "category="+card.Quoted(string(t.Category)))
	}
	parts = append(parts, t.From.String()+".."+t.To.String())
	if t.Base > 0 {
		for i, f := range []market.Fen{t.Base, t.Sprint, t.Challenge} {
			parts = append(parts, tierWords[i][0]+"="+f.Decimal(c))
		}
		if words := card.DaysWords(t.Days); words != "" {
			parts = append(parts, "days="+words)
		}
		if words := card.HoursWords(t.Hours); words != "" {
			parts = append(parts, "hours="+words)
		}
	}
	return strings.Join(parts, " ")
}

// targetForm opens the form for a target: the one that its button names, as the
// words that would set it.
var targetForm = &Act{Verb: card.VerbTargetForm, Right: access.Admin, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	t := market.Target{}
	q, err := Parse(env.Shop, targetName, ask.Value, ask.Now)
	if err == nil {
		t.Unit, t.Category = q.Unit, q.Category
		t.From, t.To = env.planSpan(q, env.Shop.Day(ask.Now))
		if was, ok := env.Shop.TargetOf(t.Scope()); ok {
			t = was
		}
	}
	f := pen.TargetForm(t)
	return Reply{Form: &f, Message: pen.Said(pen.L.T("command.no_form"))}, nil
}}

var targetEdit = &Act{
	Verb: card.VerbTargetEdit, Right: access.Admin,
	Check: func(env *Env, ask Ask) map[string]string {
		_, field, t := formTarget(env, ask)
		if t == nil {
			return nil
		}
		return map[string]string{field: ask.pen(env).L.T(t.Key, t.Args...)}
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		q, _, bad := formTarget(env, ask)
		if bad == nil {
			c, err := env.targetChange(ctx, q, env.Shop.Day(ask.Now))
			if t, ok := trouble(err); ok {
				bad = t
			} else if err != nil {
				return Reply{}, err
			} else {
				m, err := env.confirm(ask, c, targetWords(c.Is.Targets[0], env.Shop.Currency))
				if bad, _ = trouble(err); bad == nil {
					return Reply{Message: m}, err
				}
			}
		}
		pen := ask.pen(env)
		return Reply{Message: pen.Trouble(pen.L.T(bad.Key, bad.Args...), bad.Fix)}, nil
	},
}

// formTarget reads the answers of the form as the question that would be typed,
// and says which field is wrong.
func formTarget(env *Env, ask Ask) (q Query, field string, bad *Trouble) {
	words := ask.Fields[card.FieldPeriod]
	if u := ask.Fields[card.FieldUnit]; u != "" && u != card.WholeShop {
		words += " unit=" + u
	}
	if c := ask.Fields[card.FieldCategory]; c != "" {
		words += " category=" + card.Quoted(c)
	}
	q, err := Parse(env.Shop, targetName, words, ask.Now)
	if t, ok := trouble(err); ok || !q.Period.Set {
		if !ok {
			t = &Trouble{Key: "target.no_period"}
		}
		return q, card.FieldPeriod, t
	}
	t := market.Target{Unit: q.Unit}
	t.From, t.To = env.planSpan(q, env.Shop.Day(ask.Now))
	for i, name := range []string{card.FieldBase, card.FieldSprint, card.FieldChallenge} {
		text := strings.TrimSpace(ask.Fields[name])
		if text == "" && i > 0 {
			continue
		}
		amount, err := market.ParseAmount(halfWidth(text), env.Shop.Currency)
		if err != nil || amount <= 0 {
			return q, name, &Trouble{Key: "target.bad_amount", Args: []any{"word", clip(text), "tier", tierWords[i][0]}}
		}
		q.Tiers[i] = amount
		if i > 0 && amount < q.Tiers[i-1] {
			return q, name, &Trouble{Key: "target.order"}
		}
	}
	q.Days, q.Hours = strings.Join(strings.Fields(ask.Fields[card.FieldDays]), "+"), strings.Join(strings.Fields(ask.Fields[card.FieldHours]), "/")
	for _, try := range []struct{ field, days, hours string }{{card.FieldDays, q.Days, ""}, {card.FieldHours, "", q.Hours}} {
		if t, ok := trouble(readCurve(&t, Query{Days: try.days, Hours: try.hours})); ok {
			return q, try.field, t
		}
	}
	if q.Days == "" {
		q.Days = "usual"
	}
	if q.Hours == "" {
		q.Hours = "usual"
	}
	return q, "", nil
}
