package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/access"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chart"
	"shopwatch/internal/chat"
	"shopwatch/internal/config"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/internal/source/demo"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// DemoOptions say what the demo is like. The zero value is the usual one.
type DemoOptions struct {
	Dir    string // folder of the store; empty takes one that goes away with the demo
	Seed   uint64
	SKUs   int
	Orders int // a day
	Days   int // of history
	Lang   string
	Start  time.Time // "this morning"
	Listen string    // of the chat page; empty takes any free port
	Logger *slog.Logger
	// Alerts leaves the digests out.
	Alerts bool
	// Truth, when set, receives the incidents that the marketplace plays.
	Truth io.Writer
	// Tell is told how the start goes on.
	Tell func(format string, args ...any)

	admins []string // user ids; nil takes the first of the cast
}

// Demo is the whole bot with a marketplace and a chat of its own, all on this
// computer.
type Demo struct {
	App     *App
	Clock   *Clock
	Sandbox *sandbox.Sandbox
	ChatURL string
	// StatusURL is the bot's own page.
	StatusURL string

	opt    DemoOptions
	mall   *demo.Mall
	shop   *Shop
	db     *storage.DB
	panels *series.Store
	store  string // path
	stops  []stop
}

// stop is one thing to end, with its name for the error.
type stop struct {
	name string
	run  func() error
}

// DemoStart is when the demo begins unless it is told otherwise.
func DemoStart() time.Time {
	return time.Date(2026, 11, 22, 8, 20, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
}

// OpenDemo puts the demo together: a marketplace and a chat on loopback
// addresses, the store, and the bot between them. The clock stands still, some
// days before the start, until Backfill has run.
func OpenDemo(ctx context.Context, o DemoOptions) (d *Demo, err error) {
	if o.Start.IsZero() {
		o.Start = DemoStart()
	}
	if o.admins == nil {
		o.admins = []string{"U0LIN"}
	}
	if o.Tell == nil {
		o.Tell = func(string, ...any) {}
	}
	d = &Demo{opt: o, Clock: SteppedClock(pictureTimes(o.Start)[0])}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	mall, err := demo.New(demo.Options{
		Seed: o.Seed, SKUs: o.SKUs, Orders: o.Orders, Days: o.Days, Start: o.Start, Now: d.Clock.Now, Skew: time.Hour,
	})
	if err != nil {
		return d, err
	}
	d.mall = mall
	if o.Truth != nil {
		if err := mall.WriteTruth(o.Truth); err != nil {
			return d, fmt.Errorf("write incidents: %w", err)
		}
	}
	mallURL, err := d.listen(ctx, "marketplace", "127.0.0.1:0", mall.Handler())
	if err != nil {
		return d, err
	}
	talk, err := d.openChat(ctx)
	if err != nil {
		return d, err
	}
	if err := d.openDemoStore(ctx); err != nil {
		return d, err
	}
	return d, d.wire(ctx, mall, mallURL, talk)
}

// openDemoStore opens the store, in a folder of its own when none is named.
func (d *Demo) openDemoStore(ctx context.Context) (err error) {
	dir := d.opt.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "shopwatch-demo-"); err != nil {
			return fmt.Errorf("folder of the demo: %w", err)
		}
		d.onStop("temporary folder", func() error { return os.RemoveAll(dir) })
	}
	d.store = filepath.Join(dir, storeFile)
	d.db, err = openStore(ctx, d.store, bolt.Options{}, d.opt.Logger)
	if err != nil {
		return err
	}
	d.onStop("store", d.db.Close)
	if d.panels, err = openSeries(ctx, d.db, series.Ages{}); err != nil {
		return err
	}
	d.onStop("panels", func() error { d.panels.Close(); return nil })
	return nil
}

// wire builds the bot over the marketplace and the chat.
func (d *Demo) wire(ctx context.Context, mall *demo.Mall, mallURL string, talk *slack.Slack) error {
	shop := mall.Shop()
	specs, err := source.ParseSpecs("demo.yaml", demo.Specs(mallURL), nil)
	if err != nil {
		return fmt.Errorf("sources of the demo: %w", err)
	}
	feeds, err := buildFeeds(specs, shop, source.Deps{Logger: d.opt.Logger, Limits: source.NewLimits(), Now: d.Clock.Now})
	if err != nil {
		return err
	}
	d.shop = &Shop{
		Shop: shop, Feeds: feeds, Routes: demoRoutes(d.opt.Lang), Alerts: demoAlerts(d.opt.Lang),
		Rules: report.Rules{Rules: analysis.Defaults(), Cache: report.NewCache()},
	}
	if err := errors.Join(saveShop(ctx, d.db, shop), saveRules(ctx, d.db, d.shop)); err != nil {
		return err
	}
	seal, err := loadSeal(ctx, d.db, seededKey(d.opt.Seed))
	if err != nil {
		return err
	}
	d.App, err = New(Settings{
		DB: d.db, Series: d.panels, Form: talk.OpenForm, Person: talk.Person, Seal: seal, Shops: []Shop{*d.shop}, Sender: talk, Transport: talk.Socket(), Home: talk.PublishHome, Clock: d.Clock, Logger: d.opt.Logger,
		Lang: d.opt.Lang, Langs: demoLangs(d.opt.Lang), Policy: access.Policy{Admins: d.opt.admins},
		Schedule: d.schedule(), Inline: true, PerMinute: config.Default().Slack.PerMinute,
	})
	if err != nil {
		return err
	}
	pages, err := d.App.Pages(d.opt.Lang, "")
	if err != nil {
		return err
	}
	d.StatusURL, err = d.listen(ctx, "status page", "127.0.0.1:0", pages)
	return err
}

func (d *Demo) schedule() Schedule {
	if d.opt.Alerts {
		return Schedule{Watch: demoSchedule().Watch}
	}
	return demoSchedule()
}

// openChat starts the sandbox and an adapter that speaks to it.
func (d *Demo) openChat(ctx context.Context) (*slack.Slack, error) {
	box, err := sandbox.New(demoWorkspace(d.opt.Lang, d.Clock.Now, d.opt.Logger))
	if err != nil {
		return nil, err
	}
	d.Sandbox = box
	d.onStop("chat", box.Close)
	addr := d.opt.Listen
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	d.ChatURL, err = d.listen(ctx, "chat page", addr, box.Handler())
	if errors.Is(err, syscall.EADDRINUSE) {
		d.ChatURL, err = d.listen(ctx, "chat page", "127.0.0.1:0", box.Handler())
	}
	if err != nil {
		return nil, err
	}
	box.SetBaseURL(d.ChatURL)
	return slack.New(slack.Config{
		BotToken: sandbox.DefaultBotToken, AppToken: sandbox.DefaultAppToken, APIURL: d.ChatURL + "/api/",
		OpenEvery: 50 * time.Millisecond, Now: d.Clock.Now, Logger: d.opt.Logger,
		Draw: func(w io.Writer, c chat.Chart) error { return chart.PNG(w, c) },
	})
}

// listen serves h on addr until the demo stops and returns its URL.
func (d *Demo) listen(ctx context.Context, name, addr string, h http.Handler) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	d.onStop(name, func() error {
		err := srv.Close()
		if e := <-done; e != nil && !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return err
	})
	return "http://" + l.Addr().String(), nil
}

// Backfill fills the store with the shop's history and sets the clock to the
// start.
func (d *Demo) Backfill(ctx context.Context) error {
	began := time.Now()
	d.opt.Tell("reading the shop's history")
	for _, t := range pictureTimes(d.opt.Start) {
		d.Clock.Set(t)
		if err := d.App.Backfill(ctx, isState); err != nil {
			return err
		}
	}
	d.Clock.Set(d.opt.Start)
	if err := d.App.Backfill(ctx, isState); err != nil {
		return err
	}
	if err := d.App.Backfill(ctx, isEvents); err != nil {
		return err
	}
	if err := d.App.Panels(ctx); err != nil {
		return err
	}
	d.opt.Tell("history read in %s", time.Since(began).Round(100*time.Millisecond))
	return nil
}

// Until plays the demo on the stepped clock for span, as fast as it goes, with
// people who ask and press buttons at fixed moments.
func (d *Demo) Until(ctx context.Context, span time.Duration) error {
	hangUp, err := d.Listen(ctx)
	if err != nil {
		return err
	}
	return errors.Join(d.App.Step(ctx, d.opt.Start.Add(span), newCast(d).act), hangUp())
}

// Listen connects the bot to the chat without letting the clock run, and
// returns what ends that.
func (d *Demo) Listen(ctx context.Context) (hangUp func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- d.App.Talk(ctx) }()
	hangUp = func() error { cancel(); return <-done }
	if err := d.connected(ctx); err != nil {
		return nil, errors.Join(err, hangUp())
	}
	return hangUp, nil
}

// Play runs the demo on a clock that goes speed times as fast as the real one,
// until ctx ends.
//
// A bot that had run through the night would know by its first report what is
// wrong, so the shop is looked at before the clock goes on.
func (d *Demo) Play(ctx context.Context, speed float64) error {
	for _, w := range d.App.watches {
		if err := w.Look(ctx); err != nil {
			return err
		}
	}
	d.App.scheduler.Inline = false
	d.Clock.Start(speed)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.App.Run(ctx) })
	g.Go(func() error { return d.App.serveLocal(ctx, d.store) })
	return g.Wait()
}

// connected waits until the bot has its sockets to the chat.
func (d *Demo) connected(ctx context.Context) error {
	const limit = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for d.Sandbox.Links() < 1 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("chat: no connection within %s", limit)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// Close stops what was started, last first.
func (d *Demo) Close() error {
	var errs []error
	for _, v := range slices.Backward(d.stops) {
		if err := v.run(); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", v.name, err))
		}
	}
	d.stops = nil
	return errors.Join(errs...)
}

func (d *Demo) onStop(name string, run func() error) { d.stops = append(d.stops, stop{name, run}) }
