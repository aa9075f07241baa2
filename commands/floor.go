package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var floor = &Command{
	Name: "floor", Needs: []string{"own_price"}, Words: []string{"底价", "破价", "低于底价", "亏本", "minimum"}, Example: "floor", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		f, err := loadFloor(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Floor(f, r.Question) })
	},
	Data: numbers(loadFloor),
}

func loadFloor(ctx context.Context, env *Env, r Request) (report.Floor, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Floor{}, err
	}
	f, err := report.LoadFloor(ctx, env.DB, env.Shop, report.FloorQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Channel: r.Query.Channel, Top: topOr(r.Query, 15), Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(f, f.Data, nil, err)
	return f, err
}
