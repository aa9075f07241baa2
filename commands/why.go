package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var why = &Command{
	Name: "why", Words: []string{"为什么", "拆解", "归因分析", "explain", "change"}, Example: "why yesterday", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		w, err := loadWhy(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Why(w, r.Question) })
	},
	Data: numbers(loadWhy),
}

// loadWhy takes yesterday, the last whole day, unless the question names days.
func loadWhy(ctx context.Context, env *Env, r Request) (report.Why, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.Why{}, err
	}
	if !q.Period.Set {
		yesterday := env.Shop.Day(r.Now) - 1
		q.Period.From, q.Period.To = yesterday, yesterday
	}
	w, err := report.LoadWhy(ctx, env.DB, env.Shop, report.WhyQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter, Compare: q.Against, Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(w, w.Data, nil, err)
	return w, err
}
