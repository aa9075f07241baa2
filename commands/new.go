package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var fresh = &Command{
	Name: "new", Needs: []string{"order_line", "item"}, Words: []string{"新品", "上新", "newitems", "launches"}, Example: "new last month", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		n, err := loadNew(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.NewItems(n, r.Question) })
	},
	Data: numbers(loadNew),
}

func loadNew(ctx context.Context, env *Env, r Request) (report.NewItems, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.NewItems{}, err
	}
	if !q.Period.Set {
		q.Period.From, q.Period.To = lastWeek(env.Shop.Day(r.Now))
	}
	n, err := report.LoadNewItems(ctx, env.DB, env.Shop, report.NewItemsQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter, Top: topOr(q, 20), Fresh: env.Rules.Fresh,
	})
	r.saw(n, n.Data, nil, err)
	return n, err
}
