package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// stockName is a name of its own because the grammar knows it: its days to come
// are those within which something must run out to be listed.
const stockName = "stock"

var stock = &Command{
	Name: stockName, Needs: []string{"inventory"}, Short: "/stock", Words: []string{"库存", "断货", "inventory"},
	Example: "stock low top 20", Right: access.View, Run: runStock,
	Data: numbers(loadStock),
}

func runStock(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	s, err := loadStock(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Stock(s, r.Question) })
}

// loadStock gives the numbers behind the answer to a stock question.
func loadStock(ctx context.Context, env *Env, r Request) (report.Stock, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Stock{}, err
	}
	q := report.StockQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Channel: r.Query.Channel, Top: topOr(r.Query, 15),
		Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	}
	switch {
	case r.Query.Focus == "out":
		q.Show = report.StockOut
	case r.Query.Focus == "low" || r.Query.Ahead > 0:
		q.Cover = float64(r.Query.Ahead)
		q.Show = report.StockLow
	case sku != "" || r.Query.Focus == "all":
		q.Show = report.StockAll
	}
	s, err := report.LoadStock(ctx, env.DB, env.Shop, q)
	r.saw(s, s.Data, nil, err)
	return s, err
}
