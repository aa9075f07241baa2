package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

var nps = &Command{
	Name: "nps", Needs: []string{"review"}, Words: []string{"满意度", "净推荐值", "satisfaction", "口碑"}, Example: "nps 28d by unit", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		n, err := loadNPS(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.NPS(n, r.Question) })
	},
	Data: numbers(loadNPS),
}

// loadNPS gives the ratings of the 28 whole days before today unless the question
// names days.
func loadNPS(ctx context.Context, env *Env, r Request) (report.NPS, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.NPS{}, err
	}
	by := q.By
	switch {
	case filter.Band != "" || filter.Region != "":
		return report.NPS{}, &Trouble{Key: "command.no_filter", Args: []any{"word", "nps"}, Fix: "nps"}
	case by == metric.None && filter.Unit == "" && len(env.Shop.Units) > 0:
		by = metric.ByUnit
	case by == metric.None:
		by = metric.BySKU
	case by != metric.ByUnit && by != metric.ByChannel && by != metric.ByCategory && by != metric.BySKU:
		return report.NPS{}, &Trouble{Key: "command.no_split", Args: []any{"word", "nps", "by", string(by)}, Fix: "nps"}
	}
	const usual = 28
	today := env.Shop.Day(r.Now)
	from, to := today-usual, today-1
	if q.Period.Set {
		from, to = q.Period.From, q.Period.To
	}
	n, err := report.LoadNPS(ctx, env.DB, env.Shop, report.NPSQuery{
		Now: r.Now, From: from, To: to, Unit: filter.Unit, Category: filter.Category, Channel: filter.Channel, SKU: filter.SKU, By: by,
		Top: topOr(q, 10), AsOf: q.AsOf, Fresh: env.Rules.Fresh, Lexicon: env.Rules.Lexicon,
	})
	r.saw(n, n.Data, nil, err)
	return n, err
}
