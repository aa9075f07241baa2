package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

var live = &Command{
	Name: "live", Needs: []string{"traffic"}, Words: []string{"直播", "直播间", "达人", "livestream", "kol"}, Example: "live 7d", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		v, err := loadLive(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Live(v, r.Question) })
	},
	Data: numbers(loadLive),
}

// loadLive gives the sessions of the last seven days, today included, unless the
// question names days.
func loadLive(ctx context.Context, env *Env, r Request) (report.Live, error) {
	q := r.Query
	if q.Band != "" || q.Region != "" || q.Item != "" || q.Category != "" {
		return report.Live{}, &Trouble{Key: "command.no_filter", Args: []any{"word", "live"}, Fix: "live"}
	}
	if q.By != metric.None {
		return report.Live{}, &Trouble{Key: "command.no_split", Args: []any{"word", "live", "by", string(q.By)}, Fix: "live"}
	}
	today := env.Shop.Day(r.Now)
	from, to := today-7, today
	if q.Period.Set {
		from, to = q.Period.From, q.Period.To
	}
	v, err := report.LoadLive(ctx, env.DB, env.Shop, report.LiveQuery{
		Now: r.Now, From: from, To: to, Unit: q.Unit, Channel: q.Channel, Top: topOr(q, 15), AsOf: q.AsOf, Fresh: env.Rules.Fresh,
	})
	r.saw(v, v.Data, nil, err)
	return v, err
}
