package commands

import (
	"context"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
)

var snoozeForm = &Act{
	Verb: card.VerbSnoozeForm, Right: access.Operate, Brief: true,
	Check: func(env *Env, ask Ask) map[string]string {
		until, ok := formTime(env, ask)
		if ok && until.After(ask.Now) && !until.After(ask.Now.Add(alert.MaxSnooze)) {
			return nil
		}
		return map[string]string{card.FieldDate: ask.pen(env).L.T("command.snooze_range")}
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		until, _ := formTime(env, ask)
		return env.act(ctx, ask, ask.Value, alert.Act{Kind: alert.ActSnooze, Until: until})
	},
}

// formTime reads date and time of a form on the shop's clock.
func formTime(env *Env, ask Ask) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly+" 15:04", ask.Fields[card.FieldDate]+" "+ask.Fields[card.FieldTime], env.Shop.Zone)
	return t, err == nil
}

var assignForm = &Act{
	Verb: card.VerbAssignForm, Right: access.Operate, Brief: true,
	Check: func(env *Env, ask Ask) map[string]string {
		if ask.Fields[card.FieldPerson] != "" {
			return nil
		}
		return map[string]string{card.FieldPerson: ask.pen(env).L.T("command.bad_person")}
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		return env.act(ctx, ask, ask.Value, alert.Act{Kind: alert.ActAssign, Owner: ask.Fields[card.FieldPerson]})
	},
}

var resolveForm = &Act{Verb: card.VerbResolveForm, Right: access.Operate, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	choice, id := card.CutChoice(ask.Value)
	act := alert.Act{Kind: alert.ActResolve, Note: ask.Fields[card.FieldNote]}
	if choice != card.ChoiceResolve {
		act.Kind, act.Verdict = alert.ActJudge, alert.Verdict(choice)
	}
	return env.act(ctx, ask, id, act)
}}
