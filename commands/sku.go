package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var sku = &Command{
	Name: "sku", Words: []string{"单品", "history"}, First: true,
	Example: "sku 面膜", Right: access.View, Run: runSKU,
	Data: numbers(loadSKU),
}

func runSKU(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	h, err := loadSKU(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.SKU(h, r.Question) })
}

// loadSKU gives the numbers behind the story of one item.
func loadSKU(ctx context.Context, env *Env, r Request) (report.SKUHistory, error) {
	id, err := env.item(ctx, r.Query)
	switch {
	case err != nil:
		return report.SKUHistory{}, err
	case id == "":
		return report.SKUHistory{}, &Trouble{Key: "command.which_sku"}
	}
	q := report.SKUQuery{SKU: id, PanelQuery: report.PanelQuery{AsOf: r.Query.AsOf, Now: r.Now, Channel: r.Query.Channel, Fresh: env.Rules.Fresh}}
	if r.Query.Period.Set {
		q.From, q.To = r.Query.Period.From, r.Query.Period.To
	}
	h, err := report.LoadSKU(ctx, env.DB, env.Series, env.Shop, q)
	r.saw(h, h.Data, nil, err)
	return h, err
}
