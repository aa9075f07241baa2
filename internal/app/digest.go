package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"shopwatch/bot"
	"shopwatch/internal/chat"
	"shopwatch/internal/config"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/jobs"
)

// DigestOptions say which report to send and where. Without a channel it goes to
// every place that receives the kind.
type DigestOptions struct {
	AskOptions
	Kind    string // one of DigestKinds
	Channel string
}

// DigestKinds are the kinds that can be asked for, for help and errors.
func DigestKinds() (names []string) {
	for _, k := range report.DigestKinds() {
		names = append(names, string(k))
	}
	return names
}

// PreviewDigest writes a report as it would be posted, with its thread.
func PreviewDigest(ctx context.Context, o DigestOptions) error {
	r := digestRoute(o.Config, o.Channel, o.Lang)
	o.Lang, o.Text = r.Lang, "digest "+o.Kind
	if r.Unit != "" {
		o.Text += " unit=" + string(r.Unit)
	}
	return Ask(ctx, o.AskOptions)
}

// digestRoute is how a channel is spoken to: as the configuration says, in lang
// when that is set.
func digestRoute(c *config.Config, channel, lang string) outbox.Route {
	r := outbox.Route{Target: chat.Target{Channel: channel}, Lang: lang}
	if c == nil {
		return r
	}
	if i := slices.IndexFunc(c.Post, func(p config.Post) bool { return p.Channel == channel }); i >= 0 {
		r = route(c, c.Post[i])
	}
	if lang != "" {
		r.Lang = lang
	}
	if r.Lang == "" {
		r.Lang = c.Language
	}
	return r
}

// localDigest is an order to send a report, as it crosses the socket.
type localDigest struct {
	Kind    report.DigestKind `json:"kind"`
	Channel string            `json:"channel,omitempty"`
	Lang    string            `json:"lang,omitempty"`
}

// SendDigest posts a report now: through the running bot that holds the store,
// else by itself over the chat of the configuration. It tells how many places
// it went to.
func SendDigest(ctx context.Context, o DigestOptions) (err error) {
	path := storePath(o.Config, o.Dir)
	sent, err := callRunning(ctx, path, "digest", localDigest{Kind: report.DigestKind(o.Kind), Channel: o.Channel, Lang: o.Lang}, func(body io.Reader) error {
		_, err := io.Copy(o.Out, body)
		return err
	})
	if sent || err != nil {
		return err
	}
	if o.Config == nil {
		return fmt.Errorf("%w: no bot is running on this store, and without a configuration (-c FILE) there is no chat to send with", ErrNo)
	}
	talk, _, err := slackOf(o.Config, o.Logger, heard{})
	if err != nil {
		return err
	}
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	seal, err := loadSeal(ctx, db, secretKey)
	if err != nil {
		return err
	}
	shop, err := configuredShop(o.Config)
	if err != nil {
		return err
	}
	for _, p := range o.Config.Post {
		if p.Shop == string(shop.ID) {
			shop.Routes = append(shop.Routes, route(o.Config, p))
		}
	}
	a := &App{set: Settings{DB: db, Clock: RealClock(), Logger: o.Logger}}
	n, err := a.sendDigest(ctx, shop, localDigest{Kind: report.DigestKind(o.Kind), Channel: o.Channel, Lang: o.Lang}, digestRoute(o.Config, o.Channel, o.Lang))
	if err != nil {
		return err
	}
	deliver := &jobs.Deliver{DB: db, Sender: bot.Sealed(talk, seal), Policy: outbox.DefaultPolicy(), Logger: o.Logger, Now: time.Now, PerMinute: o.Config.Slack.PerMinute}
	if err := emptied(ctx, deliver); err != nil {
		return err
	}
	return tellSent(o.Out, report.DigestKind(o.Kind), n)
}

// emptied delivers until nothing waits, or what waits has to wait for long.
func emptied(ctx context.Context, d *jobs.Deliver) error {
	const patience = time.Minute
	until := d.Now().Add(patience)
	for {
		next, err := d.Tick(ctx)
		if err != nil || next.IsZero() {
			return err
		}
		if next.After(until) {
			return fmt.Errorf("the chat does not take everything now; the rest is sent when the bot runs, at %s the earliest", next.Format(time.RFC3339))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(next.Sub(d.Now())):
		}
	}
}

func tellSent(w io.Writer, kind report.DigestKind, places int) error {
	if places == 0 {
		return fmt.Errorf("%w: nobody receives the %s digest; name a place with --channel, or add it to post: or a subscription", ErrNo, kind)
	}
	_, err := fmt.Fprintf(w, "%s digest sent to %d place(s)\n", kind, places)
	return err
}

func (a *App) sendDigest(ctx context.Context, s *Shop, what localDigest, to outbox.Route) (int, error) {
	var places []outbox.Route
	if what.Channel != "" {
		places = []outbox.Route{to}
	}
	n, err := a.digest(s, what.Kind).Send(ctx, places)
	if errors.Is(err, report.ErrNoData) {
		return 0, fmt.Errorf("%w: there is no data of those days yet", ErrNo)
	}
	return n, err
}

// localDigest sends a report of the first shop on the order of the terminal.
func (a *App) localDigest(w http.ResponseWriter, r *http.Request) {
	var what localDigest
	if err := json.NewDecoder(io.LimitReader(r.Body, maxQuestion)).Decode(&what); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s := &a.set.Shops[0]
	to := outbox.Route{Target: chat.Target{Channel: what.Channel}, Lang: what.Lang}
	if i := slices.IndexFunc(s.Routes, func(r outbox.Route) bool { return r.Target.Channel == what.Channel }); i >= 0 {
		to = s.Routes[i]
	}
	if what.Lang != "" {
		to.Lang = what.Lang
	}
	if to.Lang == "" {
		to.Lang = a.set.Lang
	}
	n, err := a.sendDigest(r.Context(), s, what, to)
	if err == nil {
		err = tellSent(w, what.Kind, n)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	}
}
