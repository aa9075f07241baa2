package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwatch/bot"
	"shopwatch/bot/slack"
	"shopwatch/internal/access"
	"shopwatch/internal/chart"
	"shopwatch/internal/chat"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/source"
	"shopwatch/jobs"
	"shopwatch/storage"
)

// CheckCron says why a cron line cannot be used.
func CheckCron(line string) error {
	_, err := jobs.ParseCron(line, time.UTC)
	return err
}

// Serve runs the bot that a configuration describes until ctx ends. The doors
// stay open after that: close them, or serve another configuration behind them.
func Serve(ctx context.Context, c *config.Config, env func(string) (string, bool), log *slog.Logger, doors *Doors) (err error) {
	var a *App
	talk, transport, err := slackOf(c, log, heard{
		skewed: func(ctx context.Context, off time.Duration) { a.skew.Tell(ctx, off) },
		spoke:  func(pause time.Duration) { a.deliver.Spoke(pause) },
	})
	if err != nil {
		return err
	}
	defer talk.Rest()
	clock := RealClock()
	var db *storage.DB
	shops, err := servedShops(c, env, clock, log, func() *storage.DB { return db })
	if err != nil {
		return err
	}
	db, err = openStore(ctx, c.Storage.Path, storeOptions(c), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := saveShop(ctx, db, shops[0].Shop); err != nil {
		return err
	}
	for i := range shops {
		if err := saveRules(ctx, db, &shops[i]); err != nil {
			return err
		}
	}
	panels, err := openSeries(ctx, db, agesOf(c))
	if err != nil {
		return err
	}
	defer panels.Close()
	seal, err := loadSeal(ctx, db, secretKey)
	if err != nil {
		return err
	}
	a, err = New(Settings{
		DB: db, Series: panels, Form: talk.OpenForm, Person: talk.Person, Seal: seal, Shops: shops, Sender: talk, Transport: transport, Home: talk.PublishHome, Links: talk.Status, Clock: clock, Logger: log,
		Policy: access.Policy{Teams: c.Slack.Teams, Operators: c.Access.Operators, Admins: c.Access.Admins},
		Limit:  bot.Limit{Burst: 15, Every: 2 * time.Second}, Unreadable: outbox.Unreadable(c.Slack.Unreadable), PerMinute: c.Slack.PerMinute,
		Lang: c.Language, Langs: langs(c),
		Schedule: scheduleOf(c),
		Upkeep:   upkeepOf(c),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	pages, err := a.Pages(c.Language, string(c.Web.Token))
	if err != nil {
		return err
	}
	behind, err := a.answering(ctx, c, doors, pages)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Run(ctx) })
	g.Go(func() error { warnNamed(ctx, talk, c, log); return nil })
	for one, h := range behind {
		g.Go(func() error { return one.serve(ctx, h) })
	}
	return g.Wait()
}

// answering opens the doors that a configuration names, closes those that it
// does not, and says who answers behind which of them.
func (a *App) answering(ctx context.Context, c *config.Config, doors *Doors, pages http.Handler) (map[*door]http.Handler, error) {
	page, err := doors.tcp(ctx, c.Web.Listen)
	if err != nil {
		return nil, err
	}
	behind := map[*door]http.Handler{page: pages}
	kept := []*door{page}
	if events, ok := a.set.Transport.(*eventDoor); ok { // it serves its door by itself
		if events.door, err = doors.tcp(ctx, c.Slack.Listen); err != nil {
			return nil, err
		}
		kept = append(kept, events.door)
	}
	local, err := a.localDoor(ctx, doors, c.Storage.Path)
	if err != nil {
		return nil, err
	}
	if local != nil {
		behind[local] = a.localPages()
		kept = append(kept, local)
	}
	return behind, doors.keep(ctx, kept...)
}

// Start is Serve beside the caller: the channel brings what it returns, once.
func Start(ctx context.Context, c *config.Config, env func(string) (string, bool), log *slog.Logger, doors *Doors) <-chan error {
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, c, env, log, doors) }()
	return done
}

// Problem is a mistake in the declaration of a source.
type Problem = source.Problem

// ProblemsIn are the mistakes that err is made of; none for any other error.
func ProblemsIn(err error) []Problem {
	found, _ := errors.AsType[source.Problems](err)
	return found
}

// CheckServe says why Serve would refuse a configuration that was read without
// problems; it opens neither the store nor a connection.
func CheckServe(c *config.Config, env func(string) (string, bool), log *slog.Logger) error {
	_, _, err := slackOf(c, log, heard{})
	if err != nil {
		return err
	}
	_, err = servedShops(c, env, RealClock(), log, func() *storage.DB { return nil })
	return err
}

// heard is what the adapter tells the app while it runs; the zero value hears
// nothing. See the fields of slack.Config.
type heard struct {
	skewed func(ctx context.Context, off time.Duration)
	spoke  func(pause time.Duration)
}

// slackOf makes the adapter and the transport that a configuration asks for.
func slackOf(c *config.Config, log *slog.Logger, h heard) (*slack.Slack, chat.Transport, error) {
	if c.Slack.Mode == "" {
		return nil, nil, fmt.Errorf("%w: %s has no slack section; shopwatch demo needs none", ErrRefused, c.File)
	}
	talk, err := slack.New(slack.Config{
		Mode: slack.Mode(c.Slack.Mode), BotToken: slack.Secret(c.Slack.BotToken), AppToken: slack.Secret(c.Slack.AppToken),
		SigningSecret: slack.Secret(c.Slack.SigningSecret), APIURL: c.Slack.APIURL, Teams: c.Slack.Teams, Logger: log,
		PingInterval: time.Duration(c.Slack.Ping), Members: true, Skewed: h.skewed, Spoke: h.spoke,
		Draw: func(w io.Writer, ch chat.Chart) error { return chart.PNG(w, ch) },
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if c.Slack.Mode == string(slack.HTTPMode) {
		return talk, &eventDoor{http: talk.HTTP()}, nil
	}
	return talk, talk.Socket(), nil
}

// servedShops makes the shops of a configuration with their feeds. db is asked
// for the store when a feed runs, once it is open.
func servedShops(c *config.Config, env func(string) (string, bool), clock *Clock, log *slog.Logger, db func() *storage.DB) ([]Shop, error) {
	specs, err := configSpecs(c, env)
	if err != nil {
		return nil, err
	}
	deps := source.Deps{Logger: log, Limits: source.NewLimits(), Now: clock.Now, Memory: sourceMemory(db)}
	var shops []Shop
	for _, m := range c.Markets() {
		rows := &parentRows{db: db, specs: specs, shop: m, now: clock.Now}
		deps.Parents = rows.values
		feeds, err := buildFeeds(specs, m, deps)
		if err != nil {
			return nil, err
		}
		limits, err := rules(c)
		if err != nil {
			return nil, err
		}
		s := Shop{Shop: m, Feeds: feeds, Rules: limits, Floors: floors(c, m.Currency)}
		for _, p := range c.Post {
			if p.Shop == string(m.ID) {
				s.Routes = append(s.Routes, route(c, p))
			}
		}
		s.Alerts = alertRoutes(c, string(m.ID))
		shops = append(shops, s)
	}
	return shops, nil
}

func route(c *config.Config, p config.Post) outbox.Route {
	lang := p.Language
	if lang == "" {
		lang = c.Language
	}
	return outbox.Route{Target: chat.Target{Channel: p.Channel}, Lang: lang, Digests: slices.Clone(p.Digests), Unit: market.Unit(p.Unit)}
}

func scheduleOf(c *config.Config) Schedule {
	s := c.Schedule
	return Schedule{
		Morning: s.Morning, Intraday: s.Intraday, Weekly: s.Weekly, Monthly: s.Monthly, Campaign: s.Campaign,
		Watch: s.Watch, Hold: time.Duration(s.Deadline),
	}
}

func langs(c *config.Config) map[string]string {
	out := map[string]string{}
	for _, p := range c.Post {
		if p.Language != "" {
			out[p.Channel] = p.Language
		}
	}
	return out
}
