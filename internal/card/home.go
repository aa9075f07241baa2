package card

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Home is what a person's page of the bot shows.
type Home struct {
	Now time.Time
	// Notice is what the person has just done, or empty.
	Notice string
	GMV    *report.GMV // of today so far; nil without data
	Gaps   []report.FeedGap
	Open   []alert.Alert // the most money at risk first
	Mine   []alert.Alert // that the person has, or has put off
	Muted  []alert.Silence
	// Effects say what each of Muted mutes, by id.
	Effects map[string]alert.Preview
	Subscribed
}

// How much of each part a page shows.
const (
	homeAlerts   = 5
	homeSilences = 3
	homeGaps     = 4
)

// h is a text of the area "home", hN one that counts.
func (p Pen) h(key string, args ...any) string { return p.L.T("home."+key, args...) }

func (p Pen) hN(key string, n int, args ...any) string { return p.L.N("home."+key, n, args...) }

// HomePage is a person's page: the shop now, what is open, what is theirs, and
// what they receive. Its parts always stand in the same order.
func (p Pen) HomePage(h Home) chat.Message {
	var out []chat.Section
	for _, part := range [][]chat.Section{p.homeNow(h), p.homeOpen(h), p.homeMine(h)} {
		part[len(part)-1].Divider = true
		out = append(out, part...)
	}
	out = append(out, p.homeSettings(h)...)
	return chat.Message{Text: headline(p.shop(), p.homeState(h)), Sections: out}
}

// homeState is the page in one line.
func (p Pen) homeState(h Home) string {
	if len(h.Open) == 0 {
		return p.h("none_open")
	}
	return p.hN("open", len(h.Open), "money", p.short(risk(h.Open)))
}

func risk(list []alert.Alert) (sum market.Fen) {
	for _, a := range list {
		sum += a.Latest.AtRisk
	}
	return sum
}

func (p Pen) homeNow(h Home) []chat.Section {
	s := chat.Section{Heading: p.shop() + " · " + p.moment(h.Now)}
	if h.Notice != "" {
		s.Body = append(s.Body, bold(h.Notice))
	}
	if h.GMV == nil {
		s.Body = append(s.Body, line(p.t("empty", "shop", p.shop())), line(p.t("empty_next")))
	} else {
		change, base := p.against(*h.GMV)
		s.Body = append(s.Body, p.gmvLines(*h.GMV, change, base)...)
		first := p.note(h.GMV.Data)[0]
		s.Note = append(s.Note, first)
	}
	for _, g := range h.Gaps[:min(homeGaps, len(h.Gaps))] {
		s.Note = append(s.Note, line(p.Gap(g)))
	}
	if len(h.Gaps) == 0 && h.GMV != nil {
		s.Note = append(s.Note, line(p.h("all_fresh")))
	}
	s.Buttons = []chat.Button{
		p.run("button_gmv", "gmv today by hour"), p.run("button_stock", "stock"), p.run("button_digest", "digest"),
		p.run("button_status", "status"), p.run("button_help", "help"),
	}
	return []chat.Section{s}
}

func (p Pen) homeOpen(h Home) []chat.Section {
	head := chat.Section{Heading: p.h("open_title")}
	if len(h.Open) == 0 {
		head.Body = []chat.Rich{line(p.h("none_open")), line(p.h("none_open_next"))}
		return []chat.Section{head}
	}
	head.Body = []chat.Rich{bold(p.homeState(h))}
	out := append([]chat.Section{head}, p.homeRows(h.Open, h.Now)...)
	if more := len(h.Open) - homeAlerts; more > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more", more))}, Accessory: new(p.run("button_alerts", "alerts"))})
	}
	return out
}

func (p Pen) homeMine(h Home) []chat.Section {
	head := chat.Section{Heading: p.h("mine_title")}
	if len(h.Mine)+len(h.Muted) == 0 {
		head.Body = []chat.Rich{line(p.h("none_mine"))}
	}
	out := append([]chat.Section{head}, p.homeRows(h.Mine, h.Now)...)
	if more := len(h.Mine) - homeAlerts; more > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more", more))}})
	}
	for _, s := range h.Muted[:min(homeSilences, len(h.Muted))] {
		out = append(out, chat.Section{
			Body:      append([]chat.Rich{bold(p.a("silences_title"))}, p.silenceLines(s, h.Effects[s.ID], h.Now)...),
			Accessory: &chat.Button{Label: p.a("unsilence"), Verb: VerbUnsilence, Value: s.ID},
		})
	}
	if more := len(h.Muted) - homeSilences; more > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more", more))}, Accessory: new(p.runAs(p.a("silences_title"), "silences"))})
	}
	return out
}

// homeRows are alerts with the act that fits each: to take what nobody has, to
// look at the rest.
func (p Pen) homeRows(list []alert.Alert, now time.Time) []chat.Section {
	var out []chat.Section
	for _, a := range list[:min(homeAlerts, len(list))] {
		facts := p.gist(a.Latest)
		if a.Latest.AtRisk > 0 {
			facts += " · " + p.t("at_risk", "money", p.short(a.Latest.AtRisk))
		}
		s := chat.Section{
			Body: []chat.Rich{
				bold(p.severity(a.Latest.Severity) + " " + p.RuleName(a.Rule) + " · " + p.subject(a.Latest.Subject)),
				line(facts), p.standing(a, now),
			},
			Accessory: &chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: a.ID},
		}
		if a.State == alert.Firing {
			s.Accessory = &chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID, Style: chat.Primary}
		}
		out = append(out, s)
	}
	return out
}

func (p Pen) homeSettings(h Home) []chat.Section {
	head := chat.Section{Heading: p.u("mine")}
	if len(h.Subscribed.Mine) == 0 {
		head.Body = []chat.Rich{line(p.u("mine_none"))}
	}
	out := append([]chat.Section{head}, p.subscriptionRows(h.Subscribed.Mine, true)...)
	menu := chat.Button{Label: p.h("language", "lang", p.spoken(h)), Verb: VerbLanguage, Alt: p.h("language", "lang", p.spoken(h)), Options: languages()}
	menu.Options = append(menu.Options, chat.Option{Label: p.h("lang_auto"), Value: LangAuto})
	return append(out, chat.Section{
		Buttons: []chat.Button{
			{Label: p.u("add"), Verb: VerbSubscribe, Value: "form", Style: chat.Primary}, {Label: p.u("quiet_button"), Verb: VerbQuiet, Value: "form"}, menu,
		},
		Note: []chat.Rich{line(p.quietLine(h.Person.Quiet)), line(p.h("words"))},
	})
}

// spoken is the language that a person has chosen, in its own words.
func (p Pen) spoken(h Home) string {
	if h.Person.Lang == "" {
		return p.h("lang_auto")
	}
	return langName(h.Person.Lang)
}
