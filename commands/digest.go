package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var digest = &Command{
	Name: "digest", Short: "/digest", Words: []string{"早报", "日报", "报告", "morning"},
	Example: "digest yesterday", Right: access.View, Run: runDigest,
	Data: numbers(loadDigest),
}

func runDigest(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	d, err := loadDigest(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Morning(d, "") })
}

// loadDigest gives the numbers behind a digest: of yesterday unless a day is
// named, of the last day when a span is.
func loadDigest(ctx context.Context, env *Env, r Request) (report.Digest, error) {
	day := env.Shop.Day(r.Now) - 1
	if r.Query.Period.Set {
		day = r.Query.Period.To
	}
	q := report.DigestQuery{Day: day, Now: r.Now, AsOf: r.Query.AsOf, Top: r.Query.Top, Fresh: env.Rules.Fresh, Cache: env.Rules.Cache}
	var then report.DigestAlerts
	if ok, err := r.given(&then); err != nil {
		return report.Digest{}, err
	} else if ok {
		q.Alerts = &then
	}
	d, err := report.LoadDigest(ctx, env.DB, env.Shop, q)
	r.saw(d, d.Data, d.Alerts(), err)
	return d, err
}
