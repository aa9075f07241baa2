package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var conflicts = &Command{
	Name: "conflicts", Needs: []string{"own_price"}, Words: []string{"渠道冲突", "价格冲突", "乱价", "conflict"}, Example: "conflicts", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		c, err := loadConflicts(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Conflicts(c, r.Question) })
	},
	Data: numbers(loadConflicts),
}

func loadConflicts(ctx context.Context, env *Env, r Request) (report.Conflicts, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Conflicts{}, err
	}
	c, err := report.LoadConflicts(ctx, env.DB, env.Shop, report.ConflictsQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Top: topOr(r.Query, 15), Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(c, c.Data, nil, err)
	return c, err
}
