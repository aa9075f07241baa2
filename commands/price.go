package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var price = &Command{
	Name: "price", Needs: []string{"own_price", "rival_offer"}, Short: "/price", Words: []string{"价格", "比价", "竞品", "prices", "rivals"},
	Example: "price moves", Right: access.View, Run: runPrice,
	Data: numbers(loadPrice),
}

func runPrice(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	p, err := loadPrice(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Price(p, r.Question) })
}

// loadPrice gives the numbers behind the answer to a price question.
func loadPrice(ctx context.Context, env *Env, r Request) (report.Price, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Price{}, err
	}
	q := report.PriceQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Top: topOr(r.Query, 15), Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
		Series: env.Series,
	}
	if r.Query.Focus == "moves" {
		q.Show = report.PriceMoves
	}
	p, err := report.LoadPrice(ctx, env.DB, env.Shop, q)
	r.saw(p, p.Data, nil, err)
	return p, err
}
