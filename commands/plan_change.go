package commands

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// confirm shows a change of the plan with a button that makes it. words is the
// question that asks for exactly this change, whenever it is read again.
func (env *Env) confirm(ask Ask, c storage.PlanChange, words string) (chat.Message, error) {
	pen := ask.pen(env)
	switch {
	case ask.Allows == nil || !ask.Allows(access.Admin):
		return pen.Said(pen.L.T("target.admins_only")), nil
	case reflect.DeepEqual(c.Was, c.Is):
		return pen.Said(pen.L.T("target.same")), nil
	}
	plan := strconv.FormatInt(ask.Now.Add(confirmFor).Unix(), 10) + " " + ask.User + " " + words
	if len([]rune(plan)) > maxPlan {
		return chat.Message{}, &Trouble{Key: "command.too_long", Args: []any{"max", maxPlan - 40}}
	}
	return pen.ConfirmPlan(c.Was, c.Is, plan), nil
}

// planNow makes the change that its button has shown.
var planNow = &Act{Verb: card.VerbPlanNow, Right: access.Admin, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	until, rest, _ := strings.Cut(ask.Value, " ")
	user, words, _ := strings.Cut(rest, " ")
	unix, err := strconv.ParseInt(until, 10, 64)
	if err != nil || user != ask.User || ask.Now.After(time.Unix(unix, 0)) {
		return Reply{Message: pen.Said(pen.L.T("command.confirm_expired"))}, env.refused(ctx, ask, "confirmed too late or by somebody else")
	}
	verb, text := cutWord(words)
	var c storage.PlanChange
	switch verb {
	case targetName:
		var q Query
		if q, err = Parse(env.Shop, targetName, text, ask.Now); err == nil {
			c, err = env.targetChange(ctx, q, env.Shop.Day(ask.Now))
		}
	case calendarName:
		c, err = env.calendarChange(text, ask.Now)
	}
	if _, ok := trouble(err); ok {
		return Reply{Message: pen.Said(pen.L.T("command.old_button"))}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return env.decide(ctx, ask, c)
}}

// decide stores a change of the plan with its audit entry, and tells the channel.
func (env *Env) decide(ctx context.Context, ask Ask, c storage.PlanChange) (Reply, error) {
	pen := ask.pen(env)
	if reflect.DeepEqual(c.Was, c.Is) {
		return Reply{Message: pen.Said(pen.L.T("target.same"))}, nil
	}
	c.Shop, c.At, c.By, c.Channel = env.Shop.ID, ask.Now, ask.User, ask.Channel
	var made chat.Message
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		n, err := tx.PutPlanChange(c)
		if err != nil {
			return err
		}
		detail := strings.Join(planWords(c.Is, env.Shop.Currency), "; ")
		if err := tx.Audit(access.Entry{At: ask.Now, Actor: ask.User, Act: "plan.change", Subject: strconv.FormatUint(n, 10), Channel: ask.Channel, Detail: detail}); err != nil {
			return err
		}
		made = pen.PlanMade(c.Was, c.Is, card.Decision{Number: n, By: ask.User, At: ask.Now, Undoes: c.Undoes})
		if ask.Channel == "" {
			return nil
		}
		_, err = tx.Enqueue(env.inChannel(ask, "plan/"+string(env.Shop.ID)+"/"+strconv.FormatUint(n, 10), made))
		return err
	})
	if err != nil || ask.Channel == "" {
		return Reply{Message: made}, err
	}
	return Reply{Silent: true}, nil
}

// planWords are the questions that ask for what a plan holds.
func planWords(p market.Plan, c market.Currency) []string {
	var out []string
	for _, t := range p.Targets {
		out = append(out, targetWords(t, c))
	}
	for _, x := range p.Campaigns {
		out = append(out, campaignPlanWords(x))
	}
	for _, k := range p.Days {
		out = append(out, calendarName+" "+k.Kind+" "+k.Day.String())
	}
	return out
}

// errOver says that a decision cannot be taken back; why is a message key.
type errOver struct{ why string }

func (e errOver) Error() string { return e.why }

// undoing is the change that takes decision n back, when nothing it touched has
// been changed since.
func (env *Env) undoing(ctx context.Context, n uint64) (c storage.PlanChange, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		all, err := tx.PlanChanges(env.Shop.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x storage.PlanChange) bool { return x.Number == n })
		if i < 0 {
			return errOver{"target.no_change"}
		}
		for _, later := range all[i+1:] {
			if touches(later.Is, all[i].Is) {
				return errOver{"target.changed_since"}
			}
		}
		c = storage.PlanChange{Was: all[i].Is, Is: all[i].Was, Undoes: n}
		return nil
	})
	return c, err
}

// touches reports whether two changes are about the same target, campaign or day.
func touches(a, b market.Plan) bool {
	for _, t := range a.Targets {
		if slices.ContainsFunc(b.Targets, func(o market.Target) bool { return o.Scope() == t.Scope() }) {
			return true
		}
	}
	for _, c := range a.Campaigns {
		if slices.ContainsFunc(b.Campaigns, func(o market.Campaign) bool { return o.ID == c.ID }) {
			return true
		}
	}
	for _, k := range a.Days {
		if slices.ContainsFunc(b.Days, func(o market.DayKind) bool { return o.Day == k.Day }) {
			return true
		}
	}
	return false
}

// confirmUndo shows what taking a decision back would change; the newest one
// when none is named.
func (env *Env) confirmUndo(ctx context.Context, r Request) (chat.Message, error) {
	if !r.Allows(access.Admin) {
		return r.Pen.Said(r.Pen.L.T("target.admins_only")), nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(r.Query.Item, "#"), 10, 64)
	if r.Query.Item == "" {
		err = env.DB.View(ctx, func(tx *storage.Tx) (err error) {
			n, err = tx.PlanNumber(env.Shop.ID)
			return err
		})
		if err != nil {
			return chat.Message{}, err
		}
	} else if err != nil {
		return chat.Message{}, &Trouble{Key: "target.no_change", Fix: "target history"}
	}
	c, err := env.undoing(ctx, n)
	var over errOver
	switch {
	case errors.As(err, &over):
		return chat.Message{}, &Trouble{Key: over.why, Fix: "target history"}
	case err != nil:
		return chat.Message{}, err
	}
	return r.Pen.ConfirmUndo(c.Was, c.Is, n), nil
}

// planUndo takes a decision back. Its button stands beside what it undoes.
var planUndo = &Act{Verb: card.VerbPlanUndo, Right: access.Admin, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	n, err := strconv.ParseUint(ask.Value, 10, 64)
	if err != nil {
		return Reply{Message: pen.Said(pen.L.T("command.old_button"))}, nil
	}
	c, err := env.undoing(ctx, n)
	var over errOver
	switch {
	case errors.As(err, &over):
		return Reply{Message: pen.Said(pen.L.T(over.why))}, nil
	case err != nil:
		return Reply{}, err
	}
	return env.decide(ctx, ask, c)
}}

// planHistory lists the newest decisions.
func (env *Env) planHistory(ctx context.Context, r Request, verb string) (chat.Message, error) {
	var all []storage.PlanChange
	err := env.DB.View(ctx, func(tx *storage.Tx) (err error) {
		all, err = tx.PlanChanges(env.Shop.ID)
		return err
	})
	var list []card.Decision
	for _, c := range slices.Backward(all) {
		if verb == targetName && len(c.Is.Targets) == 0 || verb == calendarName && len(c.Is.Targets) > 0 {
			continue
		}
		list = append(list, card.Decision{Number: c.Number, By: c.By, At: c.At, Undoes: c.Undoes, Was: c.Was, Is: c.Is})
	}
	return r.Pen.PlanHistory(list, verb), err
}
