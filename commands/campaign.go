package commands

import (
	"context"
	"errors"
	"strings"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

var campaign = &Command{
	Name: campaignName, Words: []string{"大促", "活动", "促销", "campaigns"}, Example: "campaign", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		c, err := loadCampaign(ctx, env, r)
		return answered(r, err, func() chat.Message { return r.Pen.Campaign(c, r.Question) })
	},
	Data: numbers(loadCampaign),
}

// loadCampaign shows the campaign that a question names, else the one that is
// on, the last one or the next.
func loadCampaign(ctx context.Context, env *Env, r Request) (report.Campaign, error) {
	id, err := env.campaignNamed(r.Query, env.Shop.Day(r.Now))
	if err != nil {
		return report.Campaign{}, err
	}
	c, err := report.LoadCampaign(ctx, env.DB, env.Shop, report.CampaignQuery{AsOf: r.Query.AsOf, Now: r.Now, ID: id, Fresh: env.Rules.Fresh})
	if errors.Is(err, report.ErrNoCampaign) {
		return c, &Trouble{Key: "command.no_campaign"}
	}
	if c.GMV != nil {
		r.saw(c, c.Data, nil, err)
	}
	return c, err
}

// campaignNamed finds the campaign that a question names: by a word of the
// grammar, which has become its peak day, or by the beginning of its id
// ("double12" for double12-2026), of which the one nearest to today is meant.
func (env *Env) campaignNamed(q Query, today market.Day) (id string, err error) {
	asked := strings.ReplaceAll(fold(q.Item), " ", "")
	var names []string
	var far market.Day
	for _, c := range env.Shop.Calendar.Campaigns {
		names = append(names, fold(c.ID))
		away := max(c.Peak-today, today-c.Peak)
		named := q.Period.Set && q.Period.Asked == c.ID || asked != "" && strings.HasPrefix(fold(c.ID), asked)
		if named && (id == "" || away < far) {
			id, far = c.ID, away
		}
	}
	if id != "" || asked == "" {
		return id, nil
	}
	t := &Trouble{Key: "command.unknown_campaign", Args: []any{"word", q.Item}, Fix: "campaign"}
	if near := nearest(asked, names); near != "" {
		t.Fix = "campaign " + near
	}
	return "", t
}
