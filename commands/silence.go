package commands

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// silence mutes what matchers match: it shows what that would be, and a button
// makes it so.
var silence = &Command{
	Name: "silence", Words: []string{"静默", "mute"}, Example: "silence rule=stock_out 4h stock-take", Right: access.Operate, Literal: true,
	Form: func(_ context.Context, _ *Env, r Request) (chat.Form, error) {
		return r.Pen.SilenceForm("", r.Pen.L.T("command.silence_intro")), nil
	},
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		s, err := readSilence(r.Rest)
		if err != nil {
			return chat.Message{}, err
		}
		p, err := env.preview(ctx, s.Matchers, r.Now)
		if err != nil {
			return chat.Message{}, err
		}
		plan := strconv.FormatInt(r.Now.Add(confirmFor).Unix(), 10) + " " + r.User + " " + r.Rest
		if len([]rune(plan)) > maxPlan {
			return chat.Message{}, &Trouble{Key: "command.too_long", Args: []any{"max", maxPlan - 40}}
		}
		return r.Pen.ConfirmSilence(s.at(r.Now), p, plan, r.Now), nil
	},
}

const (
	// confirmFor is how long a shown silence can be confirmed, by the person it
	// was shown to.
	confirmFor = 5 * time.Minute
	// maxPlan is what fits into a button beside its signature.
	maxPlan = 180
)

// wanted is a silence as it was asked for.
type wanted struct {
	Matchers alert.Matchers
	For      time.Duration
	During   alert.Interval
	Reason   string
}

// at is the silence that begins now.
func (w wanted) at(now time.Time) alert.Silence {
	return alert.Silence{Matchers: w.Matchers, Reason: w.Reason, Created: now, Start: now, End: now.Add(w.For), During: w.During}
}

// readSilence reads matchers, a span, perhaps a recurring stretch, and a reason:
//
//	rule=stock_out unit=apparel 7d daily 22:00-08:00 stock-take
func readSilence(text string) (w wanted, err error) {
	words := strings.Fields(halfWidth(text))
	n := 0
	for n < len(words) && strings.ContainsAny(words[n], "=") {
		n++
	}
	if w.Matchers, err = readMatchers(strings.Join(words[:n], " ")); err != nil {
		return w, err
	}
	words = words[n:]
	if len(words) == 0 {
		return w, &Trouble{Key: "command.no_span", Fix: "silence " + w.Matchers.String() + " 4h"}
	}
	d, ok := parseSpan(words[0])
	if !ok {
		return w, &Trouble{Key: "command.bad_span", Args: []any{"word", clip(words[0]), "max", "365d"}, Fix: "silence " + w.Matchers.String() + " 4h"}
	}
	w.For, words = d, words[1:]
	for _, k := range []int{2, 1} {
		if len(words) < k {
			continue
		}
		if v, err := alert.ParseInterval(strings.Join(words[:k], " ")); err == nil {
			w.During, words = v, words[k:]
			break
		}
	}
	typed := strings.Fields(text)
	w.Reason = strings.Join(typed[len(typed)-len(words):], " ")
	return w, nil
}

// readMatchers reads at least one matcher; the error is a *Trouble.
func readMatchers(text string) (alert.Matchers, error) {
	m, err := alert.ParseMatchers(text)
	var bad *alert.MatcherError
	switch {
	case errors.As(err, &bad):
		return nil, &Trouble{Key: "command.bad_matcher_" + bad.Why, Args: []any{"word", clip(bad.Text), "near", bad.Near, "labels", strings.Join(alert.LabelNames(), " ")}}
	case len(m) == 0:
		return nil, &Trouble{Key: "command.no_matchers", Fix: "silence rule=stock_out 4h"}
	}
	return m, nil
}

// preview counts what matchers mute now and would have muted.
func (env *Env) preview(ctx context.Context, m alert.Matchers, now time.Time) (p alert.Preview, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		p, err = env.previewIn(tx, m, now)
		return err
	})
	return p, err
}

func (env *Env) previewIn(tx *storage.Tx, m alert.Matchers, now time.Time) (alert.Preview, error) {
	const month = 31 * 24 * time.Hour // an alert of the last week may have begun long before
	list, err := tx.Alerts(env.Shop.ID, market.Window{Start: now.Add(-month), End: now.Add(time.Minute)})
	return alert.PreviewOf(m, list, now), err
}

// silenceNow makes the silence that its button has shown.
var silenceNow = &Act{Verb: card.VerbSilenceNow, Right: access.Operate, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	until, rest, _ := strings.Cut(ask.Value, " ")
	user, text, _ := strings.Cut(rest, " ")
	unix, err := strconv.ParseInt(until, 10, 64)
	if err != nil || user != ask.User || ask.Now.After(time.Unix(unix, 0)) {
		return Reply{Message: pen.Said(pen.L.T("command.confirm_expired"))}, env.refused(ctx, ask, "confirmed too late or by somebody else")
	}
	w, err := readSilence(text)
	if err != nil {
		return Reply{Message: pen.Said(pen.L.T("command.old_button"))}, nil
	}
	return env.silence(ctx, ask, w.at(ask.Now))
}}

// silence stores a silence and tells the channel. The same one twice is one.
func (env *Env) silence(ctx context.Context, ask Ask, s alert.Silence) (Reply, error) {
	s.Shop, s.Author, s.Channel, s.Lang = env.Shop.ID, ask.User, ask.Channel, ask.Lang
	sum := sha256.Sum256([]byte(s.Author + s.Matchers.String() + s.End.String() + s.During.String()))
	s.ID = s.Created.UTC().Format("20060102150405") + hex.EncodeToString(sum[:3])
	pen := ask.pen(env)
	again := false
	var p alert.Preview
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Silences(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, old := range all {
			again = again || !old.Over(ask.Now) && old.Author == s.Author && old.Matchers.String() == s.Matchers.String() && old.During.String() == s.During.String() && !old.End.Before(s.End)
		}
		if p, err = env.previewIn(tx, s.Matchers, ask.Now); err != nil || again {
			return err
		}
		if err := tx.PutSilence(s); err != nil {
			return err
		}
		if err := tx.Audit(access.Entry{
			At: ask.Now, Actor: ask.User, Act: "silence.add", Subject: s.ID, Channel: ask.Channel,
			Detail: s.Matchers.String() + " until " + s.End.UTC().Format(time.RFC3339),
		}); err != nil {
			return err
		}
		if _, err := env.Notify.Apply(tx, nil, ask.Channel, ask.Now); err != nil || ask.Channel == "" {
			return err
		}
		_, err = tx.Enqueue(env.inChannel(ask, "silence/"+s.ID, pen.Silenced(s, p, ask.Now)))
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case again:
		return Reply{Message: pen.Said(pen.L.T("command.already_silenced"))}, nil
	case ask.Channel == "":
		return Reply{Message: pen.Silenced(s, p, ask.Now)}, nil
	}
	return Reply{Silent: true}, nil
}

// inChannel is a message to the channel where something was asked.
func (env *Env) inChannel(ask Ask, key string, m chat.Message) outbox.Entry {
	return outbox.Route{Target: chat.Target{Channel: ask.Channel}}.Root(key, m, ask.Now)
}

// offerSilence opens the form for a silence of what an alert is.
func (env *Env) offerSilence(ctx context.Context, ask Ask, id string) (Reply, error) {
	list, found, err := env.members(ctx, id)
	pen := ask.pen(env)
	if err != nil || !found || len(list) == 0 {
		return Reply{Message: pen.Said(pen.L.T("command.no_alert"))}, err
	}
	m, err := readMatchers(likeness(list))
	if err != nil {
		return Reply{}, err
	}
	p, err := env.preview(ctx, m, ask.Now)
	if err != nil {
		return Reply{}, err
	}
	f := pen.SilenceForm(m.String(), pen.Effect(p))
	return Reply{Form: &f, Message: pen.Said(pen.L.T("command.no_form"))}, nil
}

// likeness are matchers for what alerts have in common, severity and shop left out.
func likeness(list []alert.Alert) string {
	same := list[0].Labels()
	for i := range list {
		l := list[i].Labels()
		for name, v := range same {
			if l[name] != v {
				delete(same, name)
			}
		}
	}
	delete(same, alert.LabelSeverity)
	delete(same, alert.LabelShop)
	if len(same) == 0 {
		same[alert.LabelRule] = string(list[0].Rule)
	}
	return same.String()
}

var silenceForm = &Act{
	Verb: card.VerbSilenceForm, Right: access.Operate, Brief: true,
	Check: func(env *Env, ask Ask) map[string]string {
		_, bad := formSilence(ask)
		out := map[string]string{}
		for field, t := range bad {
			out[field] = ask.pen(env).L.T(t.Key, t.Args...)
		}
		return out
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		w, bad := formSilence(ask)
		for _, t := range bad {
			pen := ask.pen(env)
			return Reply{Message: pen.Trouble(pen.L.T(t.Key, t.Args...), "")}, nil
		}
		return env.silence(ctx, ask, w.at(ask.Now))
	},
}

// formSilence reads the answers of the form, and what is wrong by field.
func formSilence(ask Ask) (w wanted, bad map[string]*Trouble) {
	bad = map[string]*Trouble{}
	var err error
	if w.Matchers, err = readMatchers(halfWidth(ask.Fields[card.FieldMatchers])); err != nil {
		bad[card.FieldMatchers], _ = trouble(err)
	}
	var ok bool
	if w.For, ok = parseSpan(ask.Fields[card.FieldFor]); !ok {
		bad[card.FieldFor] = &Trouble{Key: "command.bad_span", Args: []any{"word", clip(ask.Fields[card.FieldFor]), "max", "365d"}}
	}
	if text := ask.Fields[card.FieldDuring]; text != "" {
		if w.During, err = alert.ParseInterval(halfWidth(text)); err != nil {
			bad[card.FieldDuring] = &Trouble{Key: "command.bad_interval", Args: []any{"word", clip(text)}}
		}
	}
	w.Reason = ask.Fields[card.FieldReason]
	return w, bad
}

// silences lists what is muted.
var silences = &Command{
	Name: "silences", Words: []string{"静默列表"}, Example: "silences", Right: access.View, Literal: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		var list []alert.Silence
		counts := map[string]alert.Preview{}
		err := env.DB.View(ctx, func(tx *storage.Tx) error {
			all, err := tx.Silences(env.Shop.ID)
			if err != nil {
				return err
			}
			for _, s := range all {
				if s.Over(r.Now) {
					continue
				}
				list = append(list, s)
				if counts[s.ID], err = env.previewIn(tx, s.Matchers, r.Now); err != nil {
					return err
				}
			}
			return nil
		})
		slices.SortStableFunc(list, func(a, b alert.Silence) int { return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.ID, b.ID)) })
		return r.Pen.Silences(list, counts, r.Now), err
	},
}

// unsilence lifts a silence; what it muted and still stands is told.
var unsilence = &Act{Verb: card.VerbUnsilence, Right: access.Operate, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	lifted := false
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Silences(env.Shop.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(s alert.Silence) bool { return s.ID == ask.Value && !s.Over(ask.Now) })
		if i < 0 {
			return nil
		}
		s := all[i]
		s.End, s.EndedBy, s.Noticed, lifted = ask.Now, ask.User, true, true
		if err := tx.PutSilence(s); err != nil {
			return err
		}
		if err := tx.Audit(access.Entry{At: ask.Now, Actor: ask.User, Act: "silence.lift", Subject: s.ID, Channel: ask.Channel, Detail: s.Matchers.String()}); err != nil {
			return err
		}
		if _, err := env.Notify.Apply(tx, nil, ask.Channel, ask.Now); err != nil || ask.Channel == "" {
			return err
		}
		_, err = tx.Enqueue(env.inChannel(ask, "silence/"+s.ID+"/lifted", pen.Unsilenced(s)))
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case !lifted:
		return Reply{Message: pen.Said(pen.L.T("command.no_silence"))}, nil
	case ask.Channel == "":
		return Reply{Message: pen.Said(pen.L.T("command.done"))}, nil
	}
	return Reply{Silent: true}, nil
}}

// SilenceAs stores the silence that text describes, as a person would type it,
// and returns what it says. dry only shows what it would mute. A text that
// cannot be read is a *Trouble.
func (env *Env) SilenceAs(ctx context.Context, ask Ask, text string, dry bool) (chat.Message, error) {
	w, err := readSilence(text)
	if err != nil {
		return chat.Message{}, err
	}
	if !dry {
		r, err := env.silence(ctx, ask, w.at(ask.Now))
		return r.Message, err
	}
	p, err := env.preview(ctx, w.Matchers, ask.Now)
	pen := ask.pen(env)
	return pen.Said(w.Matchers.String() + pen.L.T("card.colon") + pen.Effect(p)), err
}
