package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"shopwatch/bot"
	"shopwatch/bot/slack"
	"shopwatch/commands"
	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Settings is what an App is made of. The fields up to Logger are required.
type Settings struct {
	DB        *storage.DB
	Series    *series.Store
	Shops     []Shop
	Sender    chat.Sender
	Transport chat.Transport
	Home      func(ctx context.Context, user string, m chat.Message) error
	Links     func() slack.Status // how events come in; nil where nobody asks
	Clock     *Clock
	Logger    *slog.Logger

	// Form opens a form; nil where the chat has none. Seal signs what buttons
	// carry.
	Form func(ctx context.Context, e chat.Event, f chat.Form) error
	Seal access.Seal
	// Person reports whether an alert can be given to somebody; nil takes everybody.
	Person func(ctx context.Context, user string) (bool, error)

	Policy   access.Policy
	Limit    bot.Limit // how often one person is answered
	Lang     string
	Langs    map[string]string // language by channel id
	Schedule Schedule
	Upkeep   Upkeep
	// Unreadable is what becomes of a message of which nobody can tell whether it
	// has arrived; empty holds it.
	Unreadable outbox.Unreadable
	// PerMinute is how many messages the workspace is given in a minute; 0 is no limit.
	PerMinute int
	// Inline runs jobs and sends messages one after another, for a stepped clock.
	Inline bool
}

// Shop is one shop with its feeds and the places it speaks in.
type Shop struct {
	*market.Shop
	Feeds  []Feed
	Routes []outbox.Route // of digests
	Alerts *alert.Route   // of alerts; nil tells nobody
	Rules  report.Rules
	// Floors are the least weights of what is told, by rule.
	Floors map[analysis.Rule]alert.Floor
}

// Feed is a source and how its declaration wants it read. Source is nil for a
// bulk listing, Bulk for any other.
type Feed struct {
	Spec   source.Spec
	Source source.Source
	Bulk   *source.Bulk
}

// Schedule holds the cron lines of the jobs that belong to no source.
type Schedule struct {
	// Of digests; a kind without a line is not sent.
	Morning, Intraday, Weekly, Monthly, Campaign string
	Watch                                        string
	// Hold is how long a digest waits for late data.
	Hold time.Duration
}

// noiseEvery is when the week's alerts are looked back at: on Monday morning,
// after the digest.
const noiseEvery = "5 9 * * 1"

// App is the whole bot, wired.
type App struct {
	set       Settings
	scheduler *jobs.Scheduler
	deliver   *jobs.Deliver
	attend    *jobs.Attend
	skew      *jobs.Skew
	proves    []*jobs.Prove // one per shop, in order
	watches   []*jobs.Watch // likewise
	collector *jobs.Collector
	desk      *bot.Desk
	feeds     []jobs.Feed
	settles   []*jobs.Settle            // one per shop, in order
	envs      []*commands.Env           // one per shop, in order
	copying   sync.Mutex                // one copy of the store at a time
	shut      atomic.Pointer[error]     // why the chat lets the bot in no more
	ticked    atomic.Pointer[time.Time] // when the schedule was last looked at, in real time
}

// foldAt is when panels are folded: every hour, away from the full hour at
// which so much else is due.
const foldAt = "37 * * * *"

// correctEvery is how often posted figures are compared with the data of now.
const correctEvery = "25 * * * *"

// New wires an app. It starts nothing.
func New(set Settings) (*App, error) {
	if len(set.Shops) == 0 {
		return nil, errors.New("no shop is configured")
	}
	a := &App{set: set}
	now := set.Clock.Now
	a.collector = &jobs.Collector{DB: set.DB, Logger: set.Logger, Now: now}
	a.deliver = &jobs.Deliver{DB: set.DB, Sender: bot.Sealed(set.Sender, set.Seal), Policy: set.delivery(), Logger: set.Logger, Now: now, Shop: set.Shops[0].Shop, Inline: set.Inline, PerMinute: set.PerMinute}
	a.attend = &jobs.Attend{DB: set.DB, Now: now}
	a.scheduler = &jobs.Scheduler{DB: set.DB, Logger: set.Logger, Now: now, Inline: set.Inline, Shop: set.Shops[0].Shop}
	byChannel := map[string]*commands.Env{}
	for i := range set.Shops {
		env, err := a.addShop(&set.Shops[i])
		if err != nil {
			return nil, err
		}
		a.deliver.Operators = append(a.deliver.Operators, jobs.Everything(set.Shops[i].Alerts)...)
		a.envs = append(a.envs, env)
		a.attend.Notifiers = append(a.attend.Notifiers, env.Notify)
		a.proves = append(a.proves, &jobs.Prove{
			DB: set.DB, Series: set.Series, Notify: env.Notify, Rules: set.Shops[i].Rules, Logger: set.Logger, Now: now,
		})
		a.collector.Notifiers = append(a.collector.Notifiers, env.Notify)
		for _, c := range set.Shops[i].channels() {
			if byChannel[c] == nil {
				byChannel[c] = env
			}
		}
	}
	a.scheduler.Operators = a.deliver.Operators
	a.skew = &jobs.Skew{DB: set.DB, Operators: a.deliver.Operators, Shop: set.Shops[0].Shop, Logger: set.Logger, Now: now}
	if err := a.addUpkeep(); err != nil {
		return nil, err
	}
	a.desk = bot.New(bot.Config{
		DB: set.DB, Sender: set.Sender, Home: set.Home, Form: set.Form, Seal: set.Seal, Policy: set.Policy, Logger: set.Logger, Now: now,
		Langs: set.Langs, Lang: set.Lang, Workers: 8, Waiting: 256, Limit: set.Limit,
		Commands: func(channel string) *commands.Env {
			if env, ok := byChannel[channel]; ok {
				return env
			}
			return a.envs[0]
		},
	})
	return a, nil
}

// addShop makes the jobs of one shop, in the order in which they run when they
// are due together: facts first, then what is said about them.
func (a *App) addShop(s *Shop) (*commands.Env, error) {
	env, first := Env(a.set.DB, a.set.Series, s), len(a.scheduler.Jobs)
	env.Store, env.Person = a.storeStatus, a.set.Person
	for _, f := range s.Feeds {
		if f.Spec.Schedule == "" {
			continue
		}
		sched, err := jobs.ParseCron(f.Spec.Schedule, s.Zone)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", f.Spec.ID, err)
		}
		if f.Bulk != nil {
			a.scheduler.Jobs = append(a.scheduler.Jobs, a.listing(s, env, f).Job(sched))
			continue
		}
		feed := jobs.Feed{Source: f.Source, Shop: s.Shop, Schedule: sched, Window: f.Spec.Window}
		a.feeds = append(a.feeds, feed)
		a.scheduler.Jobs = append(a.scheduler.Jobs, a.collector.Job(feed))
	}
	watch := &jobs.Watch{
		DB: a.set.DB, Rules: s.Rules, Notify: env.Notify, Logger: a.set.Logger, Now: a.set.Clock.Now,
	}
	watchAt, err := jobs.ParseCron(a.set.Schedule.Watch, s.Zone)
	if err != nil {
		return nil, fmt.Errorf("schedule.watch: %w", err)
	}
	settle := &jobs.Settle{DB: a.set.DB, Series: a.set.Series, Shop: s.Shop, Now: a.set.Clock.Now}
	compactAt, err := jobs.ParseCron(foldAt, s.Zone)
	if err != nil {
		return nil, fmt.Errorf("compact: %w", err)
	}
	if !s.listed() { // else the listing brings the panel
		a.settles = append(a.settles, settle)
		a.scheduler.Jobs = append(a.scheduler.Jobs, settle.Job(watchAt))
	}
	a.scheduler.Jobs = append(a.scheduler.Jobs, jobs.Compact(a.set.Series, s.Shop, compactAt, a.set.Clock.Now, a.set.Logger))
	outcomesAt, err := jobs.ParseCron(correctEvery, s.Zone)
	if err != nil {
		return nil, fmt.Errorf("outcomes: %w", err)
	}
	outcomes := &jobs.Outcomes{DB: a.set.DB, Shop: s.Shop, Lang: a.set.Lang, Cache: s.Rules.Cache, Now: a.set.Clock.Now}
	a.watches = append(a.watches, watch)
	a.scheduler.Jobs = append(a.scheduler.Jobs, outcomes.Job(outcomesAt), watch.Job(watchAt))
	if err := a.addDigests(s); err != nil {
		return nil, err
	}
	noiseAt, err := jobs.ParseCron(noiseEvery, s.Zone)
	if err != nil {
		return nil, fmt.Errorf("noise: %w", err)
	}
	weekly := &jobs.Noise{DB: a.set.DB, Rules: s.Rules, Notify: env.Notify, Now: a.set.Clock.Now}
	a.scheduler.Jobs = append(a.scheduler.Jobs, weekly.Job(noiseAt))
	for _, j := range a.scheduler.Jobs[first:] {
		env.Jobs = append(env.Jobs, j.Name)
	}
	return env, nil
}

// addDigests makes the jobs of a shop's digests, and of what sets posted figures
// right.
func (a *App) addDigests(s *Shop) error {
	at := a.set.Schedule
	for _, kind := range report.DigestKinds() {
		line := map[report.DigestKind]string{
			report.DigestMorning: at.Morning, report.DigestIntraday: at.Intraday, report.DigestWeekly: at.Weekly,
			report.DigestMonthly: at.Monthly, report.DigestCampaign: at.Campaign,
		}[kind]
		if line == "" {
			continue
		}
		sched, err := jobs.ParseCron(line, s.Zone)
		if err != nil {
			return fmt.Errorf("schedule.%s: %w", kind, err)
		}
		d := a.digest(s, kind)
		a.scheduler.Jobs = append(a.scheduler.Jobs, d.Job(sched))
		if kind != report.DigestMorning {
			continue
		}
		correctAt, err := jobs.ParseCron(correctEvery, s.Zone)
		if err != nil {
			return fmt.Errorf("corrections: %w", err)
		}
		a.scheduler.Jobs = append(a.scheduler.Jobs, d.Corrections(correctAt))
	}
	return nil
}

func (a *App) digest(s *Shop, kind report.DigestKind) *jobs.Digest {
	return &jobs.Digest{
		DB: a.set.DB, Shop: s.Shop, Kind: kind, Fresh: s.Rules.Fresh, Cache: s.Rules.Cache, Routes: s.Routes,
		Logger: a.set.Logger, Now: a.set.Clock.Now, Hold: a.set.Schedule.Hold, Grace: 5 * time.Minute,
	}
}

// Env is what the commands of a shop work with; a one-off question on the
// terminal needs nothing else.
func Env(db *storage.DB, panels *series.Store, s *Shop) *commands.Env {
	if s.Rules.Cache == nil {
		s.Rules.Cache = report.NewCache()
	}
	if s.Rules.Fresh == nil {
		s.Rules.Fresh = report.Freshness{}
	}
	for _, f := range s.Feeds {
		if f.Spec.Freshness > 0 {
			s.Rules.Fresh[f.Spec.ID] = f.Spec.Freshness
		}
	}
	if s.Alerts == nil {
		s.Alerts = &alert.Route{Name: "alerts"}
	}
	n := notify.New(s.Shop, s.Alerts)
	n.Policy.Floor = s.Floors
	return commands.New(commands.Env{DB: db, Series: panels, Shop: s.Shop, Notify: n, Rules: s.Rules, Posts: s.Routes})
}

// delivery are the waits of the outbox.
func (s *Settings) delivery() outbox.Policy {
	p := outbox.DefaultPolicy()
	p.Unreadable = cmp.Or(s.Unreadable, p.Unreadable)
	return p
}

// channels are the places where a shop speaks, in the order of configuration.
func (s *Shop) channels() []string {
	var out []string
	for _, r := range s.Routes {
		out = append(out, r.Target.Channel)
	}
	if s.Alerts != nil {
		out = append(out, channelsOf(s.Alerts)...)
	}
	return out
}

func channelsOf(r *alert.Route) []string {
	var out []string
	for _, to := range r.To {
		if to.Channel != "" {
			out = append(out, to.Channel)
		}
	}
	for i := range r.Routes {
		out = append(out, channelsOf(&r.Routes[i])...)
	}
	return out
}
