package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var restock = &Command{
	Name: "restock", Needs: []string{"inventory"}, Words: []string{"补货", "备货", "进货", "reorder", "replenish"},
	Example: "restock top 20", Right: access.View, Run: runRestock,
	Data: numbers(loadRestock),
}

func runRestock(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	s, err := loadRestock(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Restock(s, r.Question) })
}

// loadRestock gives the numbers behind the answer to what must be ordered.
func loadRestock(ctx context.Context, env *Env, r Request) (report.Restock, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Restock{}, err
	}
	s, err := report.LoadRestock(ctx, env.DB, env.Shop, report.RestockQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Channel: r.Query.Channel, Top: topOr(r.Query, 15),
		Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(s, s.Data, nil, err)
	return s, err
}
