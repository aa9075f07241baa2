package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// home is the page of the asker as an answer, for chats and moments without one.
var home = &Command{
	Name: "home", Words: []string{"主页", "我的", "mine"}, Example: "home", Right: access.View, First: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		h, err := env.home(ctx, r.Ask)
		return r.Pen.HomePage(h), err
	},
}

// HomePage is the page of the asker. notice says what the asker has just done.
func (env *Env) HomePage(ctx context.Context, ask Ask, notice string) (Reply, error) {
	h, err := env.home(ctx, ask)
	h.Notice = notice
	return Reply{Message: ask.pen(env).HomePage(h)}, err
}

func (env *Env) home(ctx context.Context, ask Ask) (card.Home, error) {
	h := card.Home{Now: ask.Now, Effects: map[string]alert.Preview{}}
	ask.Channel = "" // a page stands in no channel
	today := env.Shop.Day(ask.Now)
	g, err := report.LoadGMV(ctx, env.DB, env.Shop, report.GMVQuery{
		Now: ask.Now, From: today, To: today, Compare: []report.Compare{report.SameWeekday, report.CampaignDay}, Fresh: env.Rules.Fresh,
	})
	switch {
	case err == nil:
		h.GMV = &g
	case !errors.Is(err, report.ErrNoData) && !errors.Is(err, storage.ErrForgotten):
		return h, err
	}
	status, err := report.LoadStatus(ctx, env.DB, env.Shop, ask.Now, env.Rules.Fresh)
	if err != nil {
		return h, err
	}
	for _, f := range status.Feeds {
		if f.Gap != nil {
			h.Gaps = append(h.Gaps, *f.Gap)
		}
	}
	if h.Open, _, err = openAlerts(ctx, env); err != nil {
		return h, err
	}
	slices.SortStableFunc(h.Open, func(a, b alert.Alert) int { return cmp.Compare(b.Latest.AtRisk, a.Latest.AtRisk) })
	for _, a := range h.Open {
		if ask.User != "" && (a.Holder() == ask.User || a.State == alert.Snoozed && a.SnoozedBy == ask.User) {
			h.Mine = append(h.Mine, a)
		}
	}
	if h.Subscribed, err = env.subscribed(ctx, ask); err != nil {
		return h, err
	}
	return h, env.mySilences(ctx, ask, &h)
}

// mySilences adds the silences that the asker has made, the next to end first.
func (env *Env) mySilences(ctx context.Context, ask Ask, h *card.Home) error {
	return env.DB.View(ctx, func(tx *storage.Tx) error {
		all, err := tx.Silences(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.Over(ask.Now) || s.Author != ask.User {
				continue
			}
			h.Muted = append(h.Muted, s)
			if h.Effects[s.ID], err = env.previewIn(tx, s.Matchers, ask.Now); err != nil {
				return err
			}
		}
		slices.SortStableFunc(h.Muted, func(a, b alert.Silence) int { return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.ID, b.ID)) })
		return nil
	})
}
