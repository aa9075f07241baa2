package commands

import (
	"context"

	"shopwatch/internal/chat"
)

// focused is a command that asks another one with one of its own words, so that
// people find the question under the name they use for it.
func focused(of *Command, focus, name, example string, words ...string) *Command {
	narrow := func(r Request) Request {
		r.Query.Focus = focus
		r.Question = join(of.Name, join(focus, r.Rest))
		return r
	}
	return &Command{
		Name: name, Words: words, Example: example, Right: of.Right, Needs: of.Needs,
		Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
			return of.Run(ctx, env, narrow(r))
		},
		Data: func(ctx context.Context, env *Env, r Request) (any, error) { return of.Data(ctx, env, narrow(r)) },
	}
}
