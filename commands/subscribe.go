package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/audience"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/storage"
)

// subscribe lets a person, or the channel it is asked in, receive digests.
var subscribe = &Command{
	Name: "subscribe", Words: []string{"订阅"}, Example: "subscribe morning weekly", Right: access.Self, Literal: true,
	Form: func(_ context.Context, env *Env, r Request) (chat.Form, error) {
		return r.Pen.SubscribeForm(env.mayChannel(r.Ask)), nil
	},
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		w, err := env.readWish(r, "subscribe")
		if err != nil {
			return chat.Message{}, err
		}
		return env.addSubscriptions(ctx, r.Ask, w)
	},
}

var unsubscribe = &Command{
	Name: "unsubscribe", Words: []string{"退订", "取消订阅"}, Example: "unsubscribe weekly", Right: access.Self, Literal: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		w, err := env.readWish(r, "unsubscribe")
		if err != nil {
			return chat.Message{}, err
		}
		return env.dropSubscriptions(ctx, r.Ask, w)
	},
}

// subscriptions lists what the asker and the channel receive.
var subscriptions = &Command{
	Name: "subscriptions", Words: []string{"订阅列表", "我的订阅"}, Example: "subscriptions", Right: access.View, Literal: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		s, err := env.subscribed(ctx, r.Ask)
		return r.Pen.Subscriptions(s), err
	},
}

// wish is what somebody wants to receive, or no longer.
type wish struct {
	Kinds []audience.Kind // in the order of audience.Kinds
	Place chat.Target
	Lang  string
}

// kindWords are the words for a kind of digest.
var kindWords = map[string]audience.Kind{
	"morning": audience.Morning, "daily": audience.Morning, "早报": audience.Morning, "日报": audience.Morning,
	"intraday": audience.Intraday, "hourly": audience.Intraday, "时报": audience.Intraday, "战报": audience.Intraday,
	"weekly": audience.Weekly, "week": audience.Weekly, "周报": audience.Weekly,
	"monthly": audience.Monthly, "month": audience.Monthly, "月报": audience.Monthly,
	"campaign": audience.Campaign, "大促": audience.Campaign, "大促战报": audience.Campaign,
}

// placeWords say who is to receive it.
var placeWords = map[string]string{
	"here": whereHere, "channel": whereHere, "本频道": whereHere, "频道": whereHere, "这里": whereHere,
	"me": whereMe, "我": whereMe, "给我": whereMe,
}

const (
	whereHere = card.PlaceHere
	whereMe   = card.PlaceMe
)

// langWords are the languages that can be chosen.
var langWords = map[string]string{
	"zh": "zh-CN", "zh-cn": "zh-CN", "中文": "zh-CN", "chinese": "zh-CN", "en": "en", "english": "en", "英文": "en", "英语": "en",
}

// readWish reads kinds, perhaps a place and a language, in any order:
//
//	morning weekly here lang=en      早报 周报 本频道 中文      all
func (env *Env) readWish(r Request, verb string) (wish, error) {
	w, where := wish{Lang: i18n.For(r.Lang).Tag()}, whereMe
	chosen := map[audience.Kind]bool{}
	for _, word := range tokenize(r.Rest) {
		name := fold(word)
		if v, ok := strings.CutPrefix(name, "lang="); ok {
			name = v
		}
		switch kind, isKind := kindWords[name]; {
		case isKind:
			chosen[kind] = true
		case name == "all" || name == "全部":
			for _, k := range audience.Kinds() {
				chosen[k] = true
			}
		case placeWords[name] != "":
			where = placeWords[name]
		case langWords[name] != "":
			w.Lang = langWords[name]
		default:
			return w, unknownWish(word, verb)
		}
	}
	for _, k := range audience.Kinds() {
		if chosen[k] {
			w.Kinds = append(w.Kinds, k)
		}
	}
	if len(w.Kinds) == 0 {
		return w, &Trouble{Key: "audience.which_kind", Fix: verb + " morning"}
	}
	w.Place = place(r.Ask, where)
	return w, nil
}

// unknownWish says what was not understood; a channel is named by asking there.
func unknownWish(word, verb string) error {
	if strings.HasPrefix(word, "<#") || strings.HasPrefix(word, "#") {
		return &Trouble{Key: "audience.ask_there"}
	}
	if strings.HasPrefix(word, "<@") || strings.HasPrefix(word, "@") {
		return &Trouble{Key: "audience.only_self"}
	}
	var known []string
	for k := range kindWords {
		known = append(known, k)
	}
	slices.Sort(known)
	if near := nearest(fold(word), known); near != "" {
		return &Trouble{Key: "audience.unknown_near", Args: []any{"word", clip(word), "near", near}, Fix: verb + " " + near}
	}
	return &Trouble{Key: "audience.unknown_kind", Args: []any{"word", clip(word)}, Fix: verb + " morning"}
}

// place is the asker, or the channel where something was asked. A conversation
// with the bot alone is the asker.
func place(ask Ask, where string) chat.Target {
	if where == whereHere && inChannel(ask) {
		return chat.Target{Channel: ask.Channel}
	}
	return chat.Target{User: ask.User}
}

// inChannel reports whether something was asked where others read as well. The
// ids of direct messages begin with a D.
func inChannel(ask Ask) bool { return ask.Channel != "" && !strings.HasPrefix(ask.Channel, "D") }

// mayChannel reports whether the asker may decide what the channel receives.
func (env *Env) mayChannel(ask Ask) bool { return inChannel(ask) && ask.Allows(access.Operate) }

// mayPlace reports whether the asker may decide what a place receives: everyone
// for themselves, operators for a channel.
func mayPlace(ask Ask, t chat.Target) bool {
	return t.User != "" && t.User == ask.User || t.Channel != "" && ask.Allows(access.Operate)
}

// addSubscriptions keeps a wish and says what will come now.
func (env *Env) addSubscriptions(ctx context.Context, ask Ask, w wish) (chat.Message, error) {
	pen := ask.pen(env)
	if !mayPlace(ask, w.Place) {
		return pen.Said(pen.L.T("audience.no_right")), env.refusedAs(ctx, ask, "subscribe", "no right")
	}
	var made, had []audience.Subscription
	posted := env.posted(w.Place)
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Subscriptions(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, k := range w.Kinds {
			s := audience.Subscription{Shop: env.Shop.ID, Place: w.Place, Kind: k, Lang: w.Lang, By: ask.User, At: ask.Now}
			same := slices.ContainsFunc(all, func(old audience.Subscription) bool {
				return old.Place == s.Place && old.Kind == s.Kind && old.Lang == s.Lang
			})
			if same || slices.Contains(posted, k) {
				had = append(had, s)
				continue
			}
			made = append(made, s)
			if err := tx.PutSubscription(s); err != nil {
				return err
			}
			if err := tx.Audit(subscriptionEntry(ask, "subscription.add", s)); err != nil {
				return err
			}
		}
		if len(made) == 0 || w.Place.Channel == "" {
			return nil
		}
		key := "subscription/" + string(env.Shop.ID) + "/" + ask.Now.UTC().Format(time.RFC3339Nano)
		_, err = tx.Enqueue(env.inChannel(ask, key, card.New(i18n.For(w.Lang), env.Shop).ChannelSubscribed(made, ask.User)))
		return err
	})
	if err != nil {
		return chat.Message{}, err
	}
	return pen.Subscribed(made, had), nil
}

// dropSubscriptions ends what a wish names.
func (env *Env) dropSubscriptions(ctx context.Context, ask Ask, w wish) (chat.Message, error) {
	pen := ask.pen(env)
	if !mayPlace(ask, w.Place) {
		return pen.Said(pen.L.T("audience.no_right")), env.refusedAs(ctx, ask, "unsubscribe", "no right")
	}
	var gone []audience.Subscription
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Subscriptions(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.Place != w.Place || !slices.Contains(w.Kinds, s.Kind) {
				continue
			}
			gone = append(gone, s)
			if err := tx.DropSubscription(s); err != nil {
				return err
			}
			if err := tx.Audit(subscriptionEntry(ask, "subscription.drop", s)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return chat.Message{}, err
	}
	byConfiguration := slices.ContainsFunc(env.posted(w.Place), func(k audience.Kind) bool { return slices.Contains(w.Kinds, k) })
	return pen.Unsubscribed(gone, byConfiguration), nil
}

// posted are the digests that the configuration sends to a place.
func (env *Env) posted(t chat.Target) []audience.Kind {
	var out []audience.Kind
	for _, k := range audience.Kinds() {
		for _, r := range env.Posts {
			if r.Target == t && slices.Contains(r.Digests, string(k)) && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// subscribed is what the asker receives, and the channel it is asked in.
func (env *Env) subscribed(ctx context.Context, ask Ask) (card.Subscribed, error) {
	s := card.Subscribed{Channel: inChannel(ask), MayChannel: env.mayChannel(ask), Posts: env.posted(chat.Target{Channel: ask.Channel})}
	err := env.DB.View(ctx, func(tx *storage.Tx) (err error) {
		if s.Person, err = tx.Person(ask.User); err != nil {
			return err
		}
		all, err := tx.Subscriptions(env.Shop.ID)
		for _, x := range all {
			switch {
			case x.Place.User == ask.User && ask.User != "":
				s.Mine = append(s.Mine, x)
			case s.Channel && x.Place.Channel == ask.Channel:
				s.Here = append(s.Here, x)
			}
		}
		return err
	})
	return s, err
}

// subscribeForm keeps what was chosen in the form.
var subscribeForm = &Act{
	Verb: card.VerbSubscribeForm, Right: access.Self, Brief: true,
	Check: func(env *Env, ask Ask) map[string]string {
		if len(formKinds(ask)) == 0 {
			return map[string]string{card.FieldKinds: ask.pen(env).L.T("audience.which_kind")}
		}
		return nil
	},
	Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		w := wish{Kinds: formKinds(ask), Place: place(ask, ask.Fields[card.FieldPlace]), Lang: i18n.For(ask.Lang).Tag()}
		if l := ask.Fields[card.FieldLang]; l != "" {
			w.Lang = i18n.For(l).Tag()
		}
		m, err := env.addSubscriptions(ctx, ask, w)
		return Reply{Message: m}, err
	},
}

func formKinds(ask Ask) (out []audience.Kind) {
	chosen := strings.Split(ask.Fields[card.FieldKinds], ",")
	for _, k := range audience.Kinds() {
		if slices.Contains(chosen, string(k)) {
			out = append(out, k)
		}
	}
	return out
}

// subscribeButton opens the form from a page that has no question.
var subscribeButton = &Act{Verb: card.VerbSubscribe, Right: access.Self, Brief: true, Run: func(_ context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	f := pen.SubscribeForm(env.mayChannel(ask))
	return Reply{Form: &f, Message: pen.Said(pen.L.T("audience.how"))}, nil
}}

// unsubscribeButton ends the one subscription that it stands beside.
var unsubscribeButton = &Act{Verb: card.VerbUnsubscribe, Right: access.Self, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	s, ok := card.ParseSubscription(ask.Value)
	if !ok {
		return env.Forged(ctx, ask)
	}
	m, err := env.dropSubscriptions(ctx, ask, wish{Kinds: []audience.Kind{s.Kind}, Place: s.Place})
	return Reply{Message: m}, err
}}

// subscriptionEntry is the audit entry of a change.
func subscriptionEntry(ask Ask, act string, s audience.Subscription) access.Entry {
	to := s.Place.Channel
	if to == "" {
		to = "@" + s.Place.User
	}
	return access.Entry{At: ask.Now, Actor: ask.User, Act: act, Subject: string(s.Kind), Channel: ask.Channel, Detail: string(s.Shop) + " to " + to + " in " + s.Lang}
}
