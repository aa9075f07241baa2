package commands

import (
	"context"
	"errors"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// answered is what a person sees of a loaded report: the card, the choice
// between items, or that there is no data.
func answered(r Request, err error, show func() chat.Message) (chat.Message, error) {
	var s *several
	switch {
	case errors.Is(err, storage.ErrForgotten):
		return r.Pen.Said(r.Pen.L.T("evidence.forgotten")), nil
	case errors.Is(err, report.ErrNoData):
		return r.Pen.Empty(), nil
	case errors.As(err, &s):
		var items [][2]string
		for _, it := range s.items {
			items = append(items, [2]string{string(it.SKU), it.Title})
		}
		return r.Pen.Choice(s.asked, items, r.Query.Verb), nil
	case err != nil:
		return chat.Message{}, err
	}
	return show(), nil
}

// numbers makes the Data of a command from its loader.
func numbers[T any](load func(context.Context, *Env, Request) (T, error)) func(context.Context, *Env, Request) (any, error) {
	return func(ctx context.Context, env *Env, r Request) (any, error) { return load(ctx, env, r) }
}
