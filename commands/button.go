package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
)

// run asks the question that a button carries; share asks it for everyone.
var (
	run = &Act{Verb: card.VerbRun, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		return env.Answer(ctx, ask.typed())
	}}
	share = &Act{Verb: card.VerbShare, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		r, err := env.Answer(ctx, ask.typed())
		r.Share = err == nil
		return r, err
	}}
)

// typed is the question of a button as if it had been typed.
func (a Ask) typed() Ask {
	a.Text, a.Short, a.Verb, a.Value = a.Value, "", "", ""
	return a
}
