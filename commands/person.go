package commands

import (
	"context"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/audience"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/storage"
)

// language chooses how the bot speaks to the asker, and in which language the
// asker's digests are written.
var language = &Command{
	Name: "language", Words: []string{"语言", "lang"}, Example: "language en", Right: access.Self, Literal: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		word := fold(r.Rest)
		lang, ok := langWords[word]
		if !ok && word != "auto" && word != "自动" {
			return chat.Message{}, &Trouble{Key: "audience.which_lang", Fix: "language en"}
		}
		return env.speak(ctx, r.Ask, lang)
	},
}

// quiet chooses when the asker's digests wait.
var quiet = &Command{
	Name: "quiet", Words: []string{"免打扰", "安静"}, Example: "quiet 22:00-08:00", Right: access.Self, Literal: true,
	Form: func(_ context.Context, _ *Env, r Request) (chat.Form, error) { return r.Pen.QuietForm(), nil },
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		v, err := readQuiet(env, r.Rest, r.Now)
		if err != nil {
			return chat.Message{}, err
		}
		return env.hush(ctx, r.Ask, v)
	},
}

// readQuiet reads a stretch of the day, with or without days before it, or off.
func readQuiet(env *Env, text string, now time.Time) (alert.Interval, error) {
	text = fold(text)
	if text == "off" || text == "none" || text == "关" || text == "关闭" {
		return alert.Interval{}, nil
	}
	if strings.Contains(text, ":") && len(strings.Fields(text)) == 1 {
		text = "daily " + text
	}
	v, err := alert.ParseInterval(text)
	if err != nil {
		return v, &Trouble{Key: "command.bad_interval", Args: []any{"word", clip(text)}, Fix: "quiet 22:00-08:00"}
	}
	const week = 8 * 24 * time.Hour
	if v.Holds(env.Shop, now) && v.End(env.Shop, now).Sub(now) > week {
		return v, &Trouble{Key: "audience.quiet_always", Fix: "quiet 22:00-08:00"}
	}
	return v, nil
}

// speak changes the language of a person and of what they have subscribed to.
// An empty lang follows the chat client again.
func (env *Env) speak(ctx context.Context, ask Ask, lang string) (chat.Message, error) {
	err := env.changePerson(ctx, ask, "person.language", func(tx *storage.Tx, p *audience.Person) (string, error) {
		p.Lang = lang
		all, err := tx.Subscriptions(env.Shop.ID)
		if err != nil || lang == "" {
			return "follows the chat", err
		}
		for _, s := range all {
			if s.Place.User != ask.User || s.Lang == lang {
				continue
			}
			s.Lang = lang
			if err := tx.PutSubscription(s); err != nil {
				return "", err
			}
		}
		return lang, nil
	})
	if lang != "" {
		ask.Lang = lang
	}
	return ask.pen(env).LanguageChosen(lang), err
}

// hush changes the quiet hours of a person.
func (env *Env) hush(ctx context.Context, ask Ask, v alert.Interval) (chat.Message, error) {
	err := env.changePerson(ctx, ask, "person.quiet", func(_ *storage.Tx, p *audience.Person) (string, error) {
		p.Quiet = v
		if v.Zero() {
			return "off", nil
		}
		return v.String(), nil
	})
	return ask.pen(env).QuietChosen(v), err
}

// changePerson changes what is kept of the asker, with an audit entry whose
// detail change returns.
func (env *Env) changePerson(ctx context.Context, ask Ask, act string, change func(*storage.Tx, *audience.Person) (string, error)) error {
	return env.DB.Update(ctx, func(tx *storage.Tx) error {
		p, err := tx.Person(ask.User)
		if err != nil {
			return err
		}
		detail, err := change(tx, &p)
		if err != nil {
			return err
		}
		if err := tx.PutPerson(p); err != nil {
			return err
		}
		return tx.Audit(access.Entry{At: ask.Now, Actor: ask.User, Act: act, Channel: ask.Channel, Detail: detail})
	})
}

// languageMenu is the choice of a language on a page.
var languageMenu = &Act{Verb: card.VerbLanguage, Right: access.Self, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	lang, ok := langWords[fold(ask.Value)]
	if !ok && ask.Value != card.LangAuto {
		return env.Forged(ctx, ask)
	}
	m, err := env.speak(ctx, ask, lang)
	return Reply{Message: m}, err
}}

// quietButton opens the form for quiet hours.
var quietButton = &Act{Verb: card.VerbQuiet, Right: access.Self, Brief: true, Run: func(_ context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	f := pen.QuietForm()
	return Reply{Form: &f, Message: pen.Said(pen.L.T("audience.quiet_how"))}, nil
}}

// quietForm keeps the quiet hours of the form.
var quietForm = &Act{
	Verb: card.VerbQuietForm, Right: access.Self, Brief: true,
	Check: func(env *Env, ask Ask) map[string]string {
		if _, err := formQuiet(env, ask); err != nil {
			t, _ := trouble(err)
			return map[string]string{card.FieldTo: ask.pen(env).L.T(t.Key, t.Args...)}
		}
		return nil
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		v, err := formQuiet(env, ask)
		if t, bad := trouble(err); bad {
			pen := ask.pen(env)
			return Reply{Message: pen.Trouble(pen.L.T(t.Key, t.Args...), t.Fix)}, nil
		}
		m, err := env.hush(ctx, ask, v)
		return Reply{Message: m}, err
	},
}

func formQuiet(env *Env, ask Ask) (alert.Interval, error) {
	if ask.Fields[card.FieldQuietDays] == card.DaysOff {
		return alert.Interval{}, nil
	}
	return readQuiet(env, ask.Fields[card.FieldQuietDays]+" "+ask.Fields[card.FieldFrom]+"-"+ask.Fields[card.FieldTo], ask.Now)
}
