package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/report"
	"shopwatch/internal/web"
	"shopwatch/jobs"
	"shopwatch/storage"
)

// Pages are the status page and the health checks.
func (a *App) Pages(lang, token string) (http.Handler, error) {
	return web.New(web.Options{
		Status: a.status, Lang: lang, Token: token, Logger: a.set.Logger, Push: a.takePush, PushLimit: a.pushLimit,
		Ready: []web.Check{{Name: "store", Run: a.storeReady}, {Name: "schedule", Run: a.scheduleReady}, {Name: "chat", Run: a.chatReady}},
	})
}

func (a *App) storeReady(ctx context.Context) error {
	return a.set.DB.View(ctx, func(*storage.Tx) error { return nil })
}

// scheduleReady fails when the loop that starts jobs has stood still.
func (a *App) scheduleReady(context.Context) error {
	last := a.ticked.Load()
	if last == nil {
		return errors.New("not started")
	}
	if idle := time.Since(*last); idle > 2*tick {
		return fmt.Errorf("no tick for %s", idle.Round(time.Second))
	}
	return nil
}

// chatReady fails while the chat platform does not let the bot in.
func (a *App) chatReady(context.Context) error {
	if why := a.shut.Load(); why != nil {
		return *why
	}
	if why := a.deliver.Refused(); why != "" {
		return fmt.Errorf("the chat refuses the bot: %s", why)
	}
	return nil
}

// status gathers what the page shows of every shop.
func (a *App) status(ctx context.Context, lang string) (web.Status, error) {
	now := a.set.Clock.Now()
	out := web.Status{At: now.In(a.set.Shops[0].Zone)}
	for i := range a.set.Shops {
		s := &a.set.Shops[i]
		st, err := report.LoadStatus(ctx, a.set.DB, s.Shop, now, s.Rules.Fresh)
		if err != nil {
			return out, fmt.Errorf("status of %s: %w", s.ID, err)
		}
		open, err := a.openAlerts(ctx, s)
		if err != nil {
			return out, err
		}
		pen := card.New(i18n.For(lang), s.Shop)
		shop := web.Shop{ID: string(s.ID), Name: s.Name.In(lang)}
		for _, f := range st.Feeds {
			shop.Feeds = append(shop.Feeds, feedRow(pen, f))
		}
		for _, al := range open {
			shop.Alerts = append(shop.Alerts, web.Alert{
				ID: al.ID, Severity: string(al.Latest.Severity), State: string(al.State), Title: pen.AlertLine(al),
				Since: al.Since, Owner: al.Holder(),
			})
		}
		out.Shops = append(out.Shops, shop)
		out.Outbox = web.Outbox{Waiting: st.Outbox.Waiting, Doubt: st.Outbox.Doubt, Dead: st.Outbox.Dead, Oldest: st.Outbox.Oldest}
	}
	out.Post = postRow(a.deliver.Load())
	if a.set.Links != nil {
		l := a.set.Links()
		out.Links = web.Links{Open: l.Links, Opened: l.Opens, Events: l.Events, Replays: l.Replays, Forged: l.Forged, Late: l.Late}
	}
	var err error
	out.Jobs, err = a.jobRows(ctx)
	return out, err
}

func postRow(l jobs.Load) web.Post {
	p := web.Post{PerMinute: l.PerMinute, Room: l.Room, Held: l.Held, Sent: map[string]uint64{}, Aside: l.Aside, Limited: l.Limited}
	for rank, n := range l.Sent {
		p.Sent[rank.String()] = n
	}
	return p
}

func feedRow(pen card.Pen, f report.FeedStatus) web.Feed {
	row := web.Feed{Source: f.Source, Table: f.Table, State: string(f.State), Until: f.Watermark, Late: f.Late}
	if f.Gap != nil {
		row.Reason = pen.Gap(*f.Gap)
	}
	return row
}

func (a *App) openAlerts(ctx context.Context, s *Shop) (open []alert.Alert, err error) {
	err = a.set.DB.View(ctx, func(tx *storage.Tx) error {
		list, err := tx.OpenAlerts(s.ID)
		for _, al := range list {
			if al.State.Open() {
				open = append(open, al)
			}
		}
		return err
	})
	return open, err
}

func (a *App) jobRows(ctx context.Context) (rows []web.Job, err error) {
	err = a.set.DB.View(ctx, func(tx *storage.Tx) error {
		for _, j := range a.scheduler.Jobs {
			run, _, err := tx.LastRun(j.Name)
			if err != nil {
				return err
			}
			next, _, err := tx.Due(j.Name)
			if err != nil {
				return err
			}
			rows = append(rows, web.Job{Name: j.Name, Last: run.Finished, Outcome: run.Outcome, Next: next, Detail: run.Detail})
		}
		return nil
	})
	return rows, err
}
