package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

var race = &Command{
	Name: "race", Words: []string{"赛马", "排名", "pk", "ranking"}, Example: "race this month", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		g, err := loadRace(ctx, env, r)
		return answered(r, err, func() chat.Message {
			return r.against(r.Pen.Race(g, r.Question), len(g.Comparisons) > 0 && g.Comparisons[0].Known, g.To)
		})
	},
	Data: numbers(loadRace),
}

// loadRace sets the units against their targets: of the month under way, as
// targets are set by month, unless the question names days.
func loadRace(ctx context.Context, env *Env, r Request) (report.GMV, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.GMV{}, err
	}
	today := env.Shop.Day(r.Now)
	month := today.MonthStart()
	if !q.Period.Set || q.Period.From == month && q.Period.To == today {
		q.Period.From, q.Period.To = month, month.AddMonths(1)-1
	}
	compare := []report.Compare{report.PrevPeriod}
	if q.Against != "" {
		compare = []report.Compare{q.Against}
	}
	by := metric.ByUnit
	if q.By != metric.None {
		by = q.By
	}
	if err := splits("race", metric.Default, filter, by); err != nil {
		return report.GMV{}, err
	}
	g, err := report.LoadGMV(ctx, env.DB, env.Shop, report.GMVQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter, Compare: compare, By: by, Top: topOr(q, 20), Fresh: env.Rules.Fresh,
	})
	r.saw(g, g.Data, nil, err)
	return g, err
}
