package commands

import (
	"cmp"
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

var gmv = &Command{
	Name: "gmv", Short: "/gmv", Words: []string{"销售额", "成交", "成交额", "业绩", "营业额", "sales", "revenue"},
	Example: "gmv yesterday by unit", Right: access.View, Run: runGMV,
	Data: numbers(loadGMV),
}

func runGMV(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	g, err := loadGMV(ctx, env, r)
	return answered(r, err, func() chat.Message {
		return r.against(r.Pen.GMV(g, r.Question), len(g.Comparisons) > 0 && g.Comparisons[0].Known, g.To)
	})
}

// loadGMV gives the numbers behind the answer to a GMV question.
func loadGMV(ctx context.Context, env *Env, r Request) (report.GMV, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.GMV{}, err
	}
	if err := splits("gmv", metric.Default, filter, q.By); err != nil {
		return report.GMV{}, err
	}
	today := env.Shop.Day(r.Now)
	if !q.Period.Set {
		q.Period.From, q.Period.To = today, today
	}
	g, err := report.LoadGMV(ctx, env.DB, env.Shop, report.GMVQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter,
		Compare: bases(q), By: q.By, Top: topOr(q, 30), Fresh: env.Rules.Fresh,
	})
	r.saw(g, g.Data, nil, err)
	return g, err
}

// bases are the comparisons of a question: the one it names, else the same
// weekday for a day and the stretch before for several.
func bases(q Query) []report.Compare {
	switch {
	case q.Against != "":
		return []report.Compare{q.Against}
	case q.Period.From == q.Period.To:
		return []report.Compare{report.SameWeekday, report.CampaignDay, report.PrevPeriod}
	}
	return []report.Compare{report.PrevPeriod, report.LastYear}
}

// filter turns what a question names into a filter, looking items up.
func (env *Env) filter(ctx context.Context, q Query) (metric.Filter, error) {
	f := metric.Filter{Unit: q.Unit, Channel: q.Channel, Band: q.Band, Region: q.Region}
	category, err := env.category(ctx, q)
	if err != nil {
		return f, err
	}
	f.Category = category
	sku, err := env.item(ctx, q)
	f.SKU = sku
	return f, err
}

// category finds the category that a question names, or "" when it names none.
func (env *Env) category(ctx context.Context, q Query) (market.Category, error) {
	if q.Category == "" {
		return "", nil
	}
	all, err := report.Categories(ctx, env.DB, env.Shop, q.AsOf)
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(all))
	for _, c := range all {
		if fold(string(c)) == fold(string(q.Category)) {
			return c, nil
		}
		names = append(names, fold(string(c)))
	}
	t := &Trouble{Key: "command.no_category", Args: []any{"word", string(q.Category)}}
	if near := nearest(fold(string(q.Category)), names); near != "" {
		t.Fix = q.Verb + " category=" + near
	}
	return "", t
}

// item finds the one item that a question names, or "" when it names none.
func (env *Env) item(ctx context.Context, q Query) (market.SKU, error) {
	if q.Item == "" {
		return "", nil
	}
	const few = 5
	found, err := report.FindItems(ctx, env.DB, env.Series, env.Shop, report.ItemQuery{Text: q.Item, AsOf: q.AsOf, Max: few})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", &Trouble{Key: "command.no_item", Args: []any{"text", q.Item}}
	case len(found) > 1:
		return "", &several{asked: q.Item, items: found}
	}
	return found[0].SKU, nil
}

// several says that a question names more than one item.
type several struct {
	asked string
	items []report.Item
}

func (s *several) Error() string { return "several items match " + s.asked }

// topOr is how many rows a list has that has otherwise so many.
func topOr(q Query, otherwise int) int { return cmp.Or(q.Top, q.Rows, otherwise) }
