package card

import (
	"slices"
	"strings"

	"shopwatch/internal/alert"
	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// Verbs of what people decide for themselves. The value of VerbUnsubscribe is
// what SubscriptionValue writes, that of VerbLanguage a language tag or
// LangAuto; the others need none.
const (
	VerbSubscribe     = "subscribe" // opens the form
	VerbSubscribeForm = "subscribe_form"
	VerbUnsubscribe   = "unsubscribe"
	VerbLanguage      = "language"
	VerbQuiet         = "quiet" // opens the form
	VerbQuietForm     = "quiet_form"
)

// Names of the inputs of these forms, and their choices that are no words of
// another package.
const (
	FieldKinds     = "kinds"
	FieldPlace     = "place"
	FieldLang      = "lang"
	FieldQuietDays = "days"
	FieldFrom      = "from"
	FieldTo        = "to"

	PlaceMe   = "me"
	PlaceHere = "here"
	LangAuto  = "auto"
	DaysOff   = "off"
)

// Subscribed is what a person receives, and the channel that they ask in.
type Subscribed struct {
	Person     audience.Person
	Mine, Here []audience.Subscription
	Posts      []audience.Kind // that the configuration sends to the channel
	Channel    bool            // asked in a channel
	MayChannel bool            // and the asker may decide for it
}

// u is a text of the area "audience".
func (p Pen) u(key string, args ...any) string { return p.L.T("audience."+key, args...) }

func (p Pen) kind(k audience.Kind) string { return p.u("kind_" + string(k)) }

func (p Pen) kinds(list []audience.Subscription) string {
	var names []string
	for _, s := range list {
		names = append(names, p.kind(s.Kind))
	}
	return p.L.Join(names)
}

// langName is a language in its own words.
func langName(tag string) string { return i18n.For(tag).T("audience.lang_name") }

// Subscriptions lists what the asker receives, and the channel.
func (p Pen) Subscriptions(s Subscribed) chat.Message {
	out := []chat.Section{{Heading: p.u("mine")}}
	if len(s.Mine) == 0 {
		out[0].Body = []chat.Rich{line(p.u("mine_none"))}
	}
	out = append(out, p.subscriptionRows(s.Mine, true)...)
	if s.Channel {
		here := chat.Section{Heading: p.u("here")}
		if len(s.Here)+len(s.Posts) == 0 {
			here.Body = []chat.Rich{line(p.u("here_none"))}
		}
		for _, k := range s.Posts {
			here.Body = append(here.Body, chat.Rich{{Text: p.kind(k), Bold: true}, {Text: " · " + p.u("by_configuration")}})
		}
		out = append(append(out, here), p.subscriptionRows(s.Here, s.MayChannel)...)
	}
	out = append(out, chat.Section{
		Buttons: []chat.Button{{Label: p.u("add"), Verb: VerbSubscribe, Value: "form", Style: chat.Primary}, {Label: p.u("quiet_button"), Verb: VerbQuiet, Value: "form"}},
		Note:    []chat.Rich{line(p.quietLine(s.Person.Quiet))},
	})
	return chat.Message{Text: headline(p.shop(), p.subscriptionsLine(s.Mine)), Sections: out}
}

func (p Pen) subscriptionsLine(mine []audience.Subscription) string {
	if len(mine) == 0 {
		return p.u("mine_none")
	}
	return p.u("mine") + p.t("colon") + p.kinds(mine)
}

// subscriptionRows are subscriptions with a button that ends each.
func (p Pen) subscriptionRows(list []audience.Subscription, may bool) []chat.Section {
	var out []chat.Section
	for _, s := range list {
		l := chat.Rich{{Text: p.kind(s.Kind), Bold: true}, {Text: " · " + langName(s.Lang)}}
		if s.Place.Channel != "" {
			l = append(l, chat.Span{Text: " · " + p.u("by") + " "}, chat.Span{Mention: &chat.Mention{User: s.By}})
		}
		sec := chat.Section{Body: []chat.Rich{l, line(p.u("about_" + string(s.Kind)))}}
		if may {
			sec.Accessory = &chat.Button{Label: p.u("end"), Verb: VerbUnsubscribe, Value: SubscriptionValue(s), Alt: p.u("end_alt", "kind", p.kind(s.Kind))}
		}
		out = append(out, sec)
	}
	return out
}

func (p Pen) quietLine(v alert.Interval) string {
	if v.Zero() {
		return p.u("quiet_none")
	}
	return p.u("quiet_is", "interval", v.String(), "zone", p.Shop.Zone.String())
}

// Subscribed answers the wish to receive digests: made are new, had was so
// before. Both name one place.
func (p Pen) Subscribed(made, had []audience.Subscription) chat.Message {
	var lines []chat.Rich
	text := p.u("already", "kinds", p.kinds(had))
	if len(made) > 0 {
		key := "made_me"
		if made[0].Place.Channel != "" {
			key = "made_here"
		}
		text = p.u(key, "kinds", p.kinds(made), "lang", langName(made[0].Lang))
		for _, s := range made {
			lines = append(lines, chat.Rich{{Text: p.kind(s.Kind), Bold: true}, {Text: p.t("colon") + p.u("about_"+string(s.Kind))}})
		}
		if len(had) > 0 {
			lines = append(lines, line(p.u("already", "kinds", p.kinds(had))))
		}
		if made[0].Place.Channel != "" {
			lines = append(lines, line(p.u("invite")))
		}
	}
	s := chat.Section{Body: append([]chat.Rich{line(text)}, lines...), Buttons: []chat.Button{p.run("button_digest", "digest"), p.runAs(p.u("list"), "subscriptions")}}
	return chat.Message{Text: headline(text), Sections: []chat.Section{s}}
}

// runAs is a button that asks a question, with a label of another area.
func (p Pen) runAs(label, question string) chat.Button {
	return chat.Button{Label: label, Alt: label, Verb: VerbRun, Value: question}
}

// ChannelSubscribed tells a channel who has it receive digests from now on.
func (p Pen) ChannelSubscribed(made []audience.Subscription, by string) chat.Message {
	text := p.u("channel_gets", "kinds", p.kinds(made))
	return chat.Message{Text: headline(text), Sections: []chat.Section{{
		Body:    []chat.Rich{{{Text: text + " · " + p.u("by") + " "}, {Mention: &chat.Mention{User: by}}}},
		Buttons: []chat.Button{p.runAs(p.u("list"), "subscriptions")},
	}}}
}

// Unsubscribed answers the wish not to receive digests any more.
func (p Pen) Unsubscribed(gone []audience.Subscription, byConfiguration bool) chat.Message {
	text := p.u("ended_none")
	switch {
	case len(gone) > 0:
		text = p.u("ended", "kinds", p.kinds(gone))
	case byConfiguration:
		text = p.u("ended_configuration")
	}
	s := chat.Section{Body: []chat.Rich{line(text)}, Buttons: []chat.Button{p.runAs(p.u("list"), "subscriptions")}}
	if len(gone) > 0 {
		s.Buttons = append(s.Buttons, p.runAs(p.u("undo"), againQuestion(gone)))
	}
	return chat.Message{Text: headline(text), Sections: []chat.Section{s}}
}

// againQuestion is the question that makes subscriptions again.
func againQuestion(gone []audience.Subscription) string {
	words := []string{"subscribe"}
	for _, s := range gone {
		words = append(words, string(s.Kind))
	}
	if gone[0].Place.Channel != "" {
		words = append(words, PlaceHere)
	}
	return strings.Join(append(words, "lang="+gone[0].Lang), " ")
}

// SubscribeForm asks which digests, for whom and in which language. channel
// says that the asker may decide for the channel as well.
func (p Pen) SubscribeForm(channel bool) chat.Form {
	var kinds []chat.Option
	for _, k := range audience.Kinds() {
		kinds = append(kinds, chat.Option{Label: p.kind(k) + p.t("colon") + p.u("about_"+string(k)), Value: string(k)})
	}
	places := []chat.Option{{Label: p.u("place_me"), Value: PlaceMe}}
	if channel {
		places = append(places, chat.Option{Label: p.u("place_here"), Value: PlaceHere})
	}
	return chat.Form{
		Verb: VerbSubscribeForm, Value: "new", Title: p.u("form_title"), Send: p.u("form_send"), Intro: []chat.Rich{line(p.shop())},
		Inputs: []chat.Input{
			{Name: FieldKinds, Kind: chat.InputChoices, Label: p.u("field_kinds"), Options: kinds, Initial: string(audience.Morning)},
			{Name: FieldPlace, Kind: chat.InputChoice, Label: p.u("field_place"), Options: places, Initial: PlaceMe},
			{Name: FieldLang, Kind: chat.InputChoice, Label: p.u("field_lang"), Options: languages(), Initial: p.L.Tag()},
		},
	}
}

func languages() []chat.Option {
	var out []chat.Option
	for _, tag := range []string{"zh-CN", "en"} {
		out = append(out, chat.Option{Label: langName(tag), Value: tag})
	}
	return out
}

// QuietForm asks when a person's digests are to wait.
func (p Pen) QuietForm() chat.Form {
	var days []chat.Option
	for _, d := range []string{"daily", "workdays", "restdays", "weekends", DaysOff} {
		days = append(days, chat.Option{Label: p.u("days_" + d), Value: d})
	}
	return chat.Form{
		Verb: VerbQuietForm, Value: "new", Title: p.u("quiet_title"), Send: p.u("quiet_send"), Intro: []chat.Rich{line(p.u("quiet_intro"))},
		Inputs: []chat.Input{
			{Name: FieldQuietDays, Kind: chat.InputChoice, Label: p.u("field_days"), Options: days, Initial: "daily"},
			{Name: FieldFrom, Kind: chat.InputTime, Label: p.u("field_from", "zone", p.Shop.Zone.String()), Initial: "22:00"},
			{Name: FieldTo, Kind: chat.InputTime, Label: p.u("field_to"), Initial: "08:00"},
		},
	}
}

// LanguageChosen confirms a choice of language; empty follows the chat client.
func (p Pen) LanguageChosen(lang string) chat.Message {
	if lang == "" {
		return p.Said(p.u("lang_auto_chosen"))
	}
	return p.Said(p.u("lang_chosen", "lang", langName(lang)))
}

// QuietChosen confirms quiet hours.
func (p Pen) QuietChosen(v alert.Interval) chat.Message { return p.Said(p.quietLine(v)) }

// SubscriptionValue names a subscription in the value of a button.
func SubscriptionValue(s audience.Subscription) string {
	if s.Place.Channel != "" {
		return "channel:" + s.Place.Channel + ":" + string(s.Kind)
	}
	return "person:" + s.Place.User + ":" + string(s.Kind)
}

// ParseSubscription reads what SubscriptionValue wrote; ok is false for
// anything else.
func ParseSubscription(value string) (s audience.Subscription, ok bool) {
	parts := strings.Split(value, ":")
	if len(parts) != 3 || parts[1] == "" || !slices.Contains(audience.Kinds(), audience.Kind(parts[2])) {
		return s, false
	}
	s.Kind = audience.Kind(parts[2])
	switch parts[0] {
	case "channel":
		s.Place.Channel = parts[1]
	case "person":
		s.Place.User = parts[1]
	default:
		return s, false
	}
	return s, true
}
