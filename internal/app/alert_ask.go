package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/config"
	"shopwatch/internal/i18n"
	"shopwatch/storage"
)

// AlertOptions ask for or act on alerts from a terminal.
type AlertOptions struct {
	Config *config.Config // nil takes the shop that the store holds
	Dir    string
	Ask    AlertAsk
	JSON   bool
	Out    io.Writer
	Logger *slog.Logger
}

// AlertAsk is what is asked of alerts, as it crosses the socket.
type AlertAsk struct {
	Act string `json:"act"` // list, ack or silence
	// Text is what follows: matchers of a list, an alert's id, or a silence as
	// /shop silence takes it.
	Text string `json:"text,omitempty"`
	// As is the chat user in whose name it is done; needed by all but list.
	As   string    `json:"as,omitempty"`
	Lang string    `json:"lang,omitempty"`
	Dry  bool      `json:"dry,omitempty"` // a silence is only shown
	At   time.Time `json:"at,omitzero"`   // zero is now
}

// ErrBadAsk says what is wrong with what was asked of alerts.
var ErrBadAsk = errors.New("cannot be done")

// ErrUnchanged says that there was nothing to do.
var ErrUnchanged = errors.New("nothing was changed")

// alertAnswer is what is said back.
type alertAnswer struct {
	Alerts  []alertLine `json:"alerts"`
	Message string      `json:"message,omitempty"`
	Done    bool        `json:"done"` // something was changed, or only asked for
}

// alertLine is one open alert.
type alertLine struct {
	ID       string       `json:"id"`
	State    alert.State  `json:"state"`
	Labels   alert.Labels `json:"labels"`
	Since    time.Time    `json:"since"`
	Owner    string       `json:"owner,omitempty"`
	AtRisk   int64        `json:"at_risk"`
	Silenced bool         `json:"silenced"`
}

// AskAlerts does it by the running bot that holds the store, else over the store
// itself; what it changes is told when a bot runs.
func AskAlerts(ctx context.Context, o AlertOptions) (err error) {
	path := storePath(o.Config, o.Dir)
	var a alertAnswer
	answered, err := callRunning(ctx, path, "alert", o.Ask, func(body io.Reader) error { return json.NewDecoder(body).Decode(&a) })
	if err != nil {
		return err
	}
	if !answered {
		if a, err = askAlertsOffline(ctx, path, o); err != nil {
			return err
		}
	}
	if o.JSON {
		err = writeJSON(o.Out, a)
	} else {
		_, err = io.WriteString(o.Out, a.text(o.Ask.Act))
	}
	if err == nil && !a.Done {
		err = ErrUnchanged
	}
	return err
}

func askAlertsOffline(ctx context.Context, path string, o AlertOptions) (a alertAnswer, err error) {
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	shop, err := askedShop(ctx, db, o.Config)
	if err != nil {
		return a, err
	}
	var policy access.Policy
	now := time.Now()
	if o.Config != nil {
		shop.Alerts = alertRoutes(o.Config, string(shop.ID))
		policy = access.Policy{Operators: o.Config.Access.Operators, Admins: o.Config.Access.Admins}
	} else {
		last, err := lastPull(ctx, db, shop.ID)
		if err != nil {
			return a, err
		}
		if !last.IsZero() {
			now = last
		}
	}
	env := Env(db, nil, shop)
	if o.Config != nil && o.Config.Slack.Mode != "" && o.Ask.Act != "list" {
		talk, _, err := slackOf(o.Config, o.Logger, heard{})
		if err != nil {
			return a, err
		}
		env.Person = talk.Person
	}
	return answerAlerts(ctx, env, policy, o.Ask, now)
}

func (a *App) alertsHere(ctx context.Context, q AlertAsk) (alertAnswer, error) {
	q.At = time.Time{} // the bot has a clock of its own
	return answerAlerts(ctx, a.envs[0], a.set.Policy, q, a.set.Clock.Now())
}

// chatUser is the id of a person in the chat.
var chatUser = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)

func answerAlerts(ctx context.Context, env *commands.Env, policy access.Policy, q AlertAsk, now time.Time) (a alertAnswer, err error) {
	if !q.At.IsZero() {
		now = q.At
	}
	if q.Act == "list" {
		return listAlerts(ctx, env, q.Text, now)
	}
	switch {
	case !chatUser.MatchString(q.As):
		return a, fmt.Errorf("%w: --as %q: name the chat user in whose name it is done, such as U0123ABCD", ErrBadAsk, q.As)
	case env.Nobody(ctx, q.As):
		return a, errors.Join(fmt.Errorf("%w: --as %s: the chat has no such person, or they have left, or it is a bot; name a colleague by member id", ErrBadAsk, q.As),
			refuse(ctx, env, q, "unknown person", now))
	case !policy.Allows(q.As, access.Operate):
		return a, errors.Join(fmt.Errorf("%w: %s is none of access.operators or access.admins", ErrBadAsk, q.As), refuse(ctx, env, q, "not allowed", now))
	}
	ask := commands.Ask{User: q.As, Lang: q.Lang, Now: now, Allows: func(r access.Right) bool { return policy.Allows(q.As, r) }}
	if q.Act == "silence" {
		m, err := env.SilenceAs(ctx, ask, q.Text, q.Dry)
		if wrong, ok := errors.AsType[*commands.Trouble](err); ok {
			return a, fmt.Errorf("%w: %s", ErrBadAsk, i18n.For(q.Lang).T(wrong.Key, wrong.Args...))
		}
		return alertAnswer{Message: m.Text, Done: err == nil}, err
	}
	return acknowledge(ctx, env, q, now)
}

func acknowledge(ctx context.Context, env *commands.Env, q AlertAsk, now time.Time) (a alertAnswer, err error) {
	var list []alert.Alert
	err = env.DB.Update(ctx, func(tx *storage.Tx) error {
		list, err = env.Notify.Act(tx, strings.TrimSpace(q.Text), alert.Act{Kind: alert.ActAck, By: q.As, At: now}, "")
		switch {
		case errors.Is(err, storage.ErrUnknown), errors.Is(err, alert.ErrOver), errors.Is(err, alert.ErrSame), errors.Is(err, alert.ErrTaken):
			a.Message = err.Error()
			return nil // the audit keeps the refusal
		}
		a.Done = err == nil
		return err
	})
	for i := range list {
		a.Alerts = append(a.Alerts, lineOf(env, list[i]))
	}
	return a, err
}

// refuse notes in the audit that somebody tried who may not, and why not.
func refuse(ctx context.Context, env *commands.Env, q AlertAsk, why string, now time.Time) error {
	return env.DB.Update(ctx, func(tx *storage.Tx) error {
		return tx.Audit(access.Entry{At: now, Actor: q.As, Act: "refused." + q.Act, Subject: q.Text, Detail: why + ", from the terminal"})
	})
}

func listAlerts(ctx context.Context, env *commands.Env, text string, now time.Time) (a alertAnswer, err error) {
	match, err := alert.ParseMatchers(text)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrBadAsk, err)
	}
	a.Alerts, a.Done = []alertLine{}, true
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(env.Shop.ID)
		if err != nil {
			return err
		}
		silences, err := tx.Silences(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, x := range open {
			labels := x.Labels()
			if !x.State.Open() || !match.Matches(labels) {
				continue
			}
			l := lineOf(env, x)
			l.Silenced = slices.ContainsFunc(silences, func(s alert.Silence) bool { return s.Mutes(env.Shop, labels, now) })
			a.Alerts = append(a.Alerts, l)
		}
		return nil
	})
	return a, err
}

func lineOf(env *commands.Env, x alert.Alert) alertLine {
	return alertLine{ID: x.ID, State: x.State, Labels: x.Labels(), Since: env.Shop.Local(x.Since), Owner: x.Holder(), AtRisk: int64(x.Latest.AtRisk)}
}

func (a alertAnswer) text(act string) string {
	var b strings.Builder
	if a.Message != "" {
		fmt.Fprintln(&b, a.Message)
	}
	if act == "list" && len(a.Alerts) == 0 {
		fmt.Fprintln(&b, "no alert is open")
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, x := range a.Alerts {
		note := x.Owner
		if x.Silenced {
			note += " (silenced)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", x.ID, x.State, x.Since.Format("2006-01-02 15:04"), x.Labels, note)
	}
	_ = w.Flush() // into memory
	return b.String()
}
