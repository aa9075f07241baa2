package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// slowName is a name of its own because the grammar knows it: its days to come are
// those in which stock should be sold.
const slowName = "slow"

var slow = &Command{
	Name: slowName, Needs: []string{"inventory"}, Words: []string{"滞销", "清仓", "动销", "clearance", "markdown"}, Example: "slow next 30 days", Right: access.View,
	Run: runSlow, Data: numbers(loadSlow),
}

func runSlow(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	s, err := loadSlow(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Slow(s, r.Question) })
}

// loadSlow gives the numbers behind the answer to which stock lies too long.
func loadSlow(ctx context.Context, env *Env, r Request) (report.Slow, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Slow{}, err
	}
	s, err := report.LoadSlow(ctx, env.DB, env.Shop, report.SlowQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Channel: r.Query.Channel, Days: r.Query.Ahead, Top: topOr(r.Query, 10),
		Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(s, s.Data, nil, err)
	return s, err
}
