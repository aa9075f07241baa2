package commands

import (
	"context"
	"slices"
	"strings"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
	"shopwatch/storage/series"
)

var top = &Command{
	Name: "top", Words: []string{"排行", "排行榜"}, First: true,
	Example: "top today by stock", Right: access.View, Run: runTop,
	Data: loadTopAny,
}

// topWords are the metrics that items are ranked by.
func topWords() []word {
	by := func(c series.Column, forms ...string) word {
		return word{forms: forms, set: func(q *Query) { q.Focus = rankBy + c.String() }}
	}
	return []word{
		by(series.GMV, "by gmv", "按销售额", "按金额"),
		by(series.Units, "by units", "by pieces", "按件数", "按销量"),
		by(series.Orders, "by orders", "按订单", "按订单数"),
		by(series.Stock, "by stock", "按库存"),
		by(series.Price, "by price", "按价格"),
		by(series.Refunds, "by refunds", "按退款"),
		by(series.Complaints, "by complaints", "by bad reviews", "按差评"),
	}
}

// rankBy marks a focus that is the metric of a ranking.
const rankBy = "rank:"

func runTop(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	data, err := loadTopAny(ctx, env, r)
	return answered(r, err, func() chat.Message {
		switch t := data.(type) {
		case report.Movers:
			return r.Pen.Movers(t, r.Question)
		case report.Groups:
			return r.Pen.Groups(t, r.Question)
		case report.Top:
			return r.Pen.Top(t, r.Question)
		}
		return r.Pen.Empty()
	})
}

// groupDims are the dimensions that the panel's cubes have.
var groupDims = []metric.Dim{metric.ByUnit, metric.ByChannel, metric.ByCategory, metric.ByBand, metric.ByRegion}

// loadTopAny gives the numbers behind a ranking of items, of the members of a
// dimension, or of what has just moved.
func loadTopAny(ctx context.Context, env *Env, r Request) (any, error) {
	q, err := panelQuery(env, r)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Query.Focus == "moves":
		m, err := report.LoadMovers(ctx, env.DB, env.Series, env.Shop, report.MoversQuery{PanelQuery: q, Top: topOr(r.Query, 15)})
		r.saw(m, m.Data, nil, err)
		return m, err
	case slices.Contains(groupDims, r.Query.By):
		g, err := report.LoadGroups(ctx, env.DB, env.Series, env.Shop, report.GroupsQuery{PanelQuery: q, By: r.Query.By, Region: r.Query.Region})
		r.saw(g, g.Data, nil, err)
		return g, err
	}
	column := series.GMV
	if name, ok := strings.CutPrefix(r.Query.Focus, rankBy); ok {
		column, _ = series.ParseColumn(name)
	}
	t, err := report.LoadTop(ctx, env.DB, env.Series, env.Shop, report.TopQuery{PanelQuery: q, Metric: column, Top: topOr(r.Query, 10)})
	r.saw(t, t.Data, nil, err)
	return t, err
}

// panelQuery is what the words of a question mean for the panel. A word that
// names no dimension of the shop must be a category.
func panelQuery(env *Env, r Request) (report.PanelQuery, error) {
	today := env.Shop.Day(r.Now)
	q := report.PanelQuery{
		Now: r.Now, From: today, To: today, Unit: r.Query.Unit, Channel: r.Query.Channel, Band: r.Query.Band, AsOf: r.Query.AsOf, Fresh: env.Rules.Fresh,
	}
	if r.Query.Period.Set {
		q.From, q.To = r.Query.Period.From, r.Query.Period.To
	}
	if r.Query.Item == "" || env.Series == nil {
		return q, nil
	}
	p := env.Series.Panel(env.Shop.ID)
	if p == nil {
		return q, report.ErrNoData
	}
	categories := p.Categories()
	for _, c := range categories {
		if fold(string(c)) == fold(r.Query.Item) {
			q.Category = c
			return q, nil
		}
	}
	names := make([]string, len(categories))
	for i, c := range categories {
		names[i] = string(c)
	}
	near := nearest(fold(r.Query.Item), names)
	return q, &Trouble{Key: "command.unknown_word", Args: []any{"word", r.Query.Item, "near", near}}
}
