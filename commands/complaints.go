package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var complaints = &Command{
	Name: "complaints", Needs: []string{"review"}, Short: "/complaints", Words: []string{"差评", "投诉", "评价", "reviews"},
	Example: "complaints 7d", Right: access.View, Run: runComplaints,
	Data: numbers(loadComplaints),
}

func runComplaints(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	c, err := loadComplaints(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Complaints(c, r.Question) })
}

// loadComplaints gives the numbers behind the answer to a complaints question.
func loadComplaints(ctx context.Context, env *Env, r Request) (report.Complaints, error) {
	sku, err := env.item(ctx, r.Query)
	if err != nil {
		return report.Complaints{}, err
	}
	q := report.ComplaintsQuery{
		AsOf: r.Query.AsOf, Now: r.Now, SKU: sku, Unit: r.Query.Unit, Channel: r.Query.Channel, Top: topOr(r.Query, 10), Fresh: env.Rules.Fresh,
		Lexicon: env.Rules.Lexicon,
	}
	if r.Query.Period.Set {
		q.From, q.To = r.Query.Period.From, r.Query.Period.To
	}
	if r.Query.Focus == "counterfeit" {
		q.Cause = voice.Counterfeit
	}
	c, err := report.LoadComplaints(ctx, env.DB, env.Shop, q)
	r.saw(c, c.Data, nil, err)
	return c, err
}
