package commands

import (
	"cmp"
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// hitCount is how many items count as hits unless the question says top N.
const hitCount = 50

var hits = &Command{
	Name: "hits", Words: []string{"爆款", "热销", "热卖", "bestsellers", "top50"}, Example: "hits 7d", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		h, err := loadHits(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Hits(h, r.Question) })
	},
	Data: numbers(loadHits),
}

func loadHits(ctx context.Context, env *Env, r Request) (report.Hits, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.Hits{}, err
	}
	if !q.Period.Set {
		q.Period.From, q.Period.To = lastWeek(env.Shop.Day(r.Now))
	}
	h, err := report.LoadHits(ctx, env.DB, env.Shop, report.HitsQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter, N: cmp.Or(q.Top, hitCount), Fresh: env.Rules.Fresh,
	})
	r.saw(h, h.Data, nil, err)
	return h, err
}
