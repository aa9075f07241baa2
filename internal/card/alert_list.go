package card

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
)

// Alerts lists what is open.
func (p Pen) Alerts(list []alert.Alert, pending int, now time.Time, question string) chat.Message {
	if len(list) == 0 {
		text := p.t("alerts_none", "pending", p.L.Count(int64(pending)))
		return chat.Message{Text: headline(p.shop(), text), Sections: []chat.Section{
			{Heading: p.t("alerts_title"), Body: []chat.Rich{line(text)}, Buttons: []chat.Button{p.run("button_status", "status"), p.run("button_digest", "digest")}},
		}}
	}
	title := p.n("alerts_open", len(list))
	sections := []chat.Section{{Heading: title}}
	const shown = 10
	for _, a := range list[:min(shown, len(list))] {
		s := chat.Section{Body: []chat.Rich{
			bold(p.severity(a.Latest.Severity) + " " + p.RuleName(a.Rule) + " · " + p.subject(a.Latest.Subject)),
			line(p.gist(a.Latest)), p.standing(a, now),
		}}
		if a.State == alert.Firing {
			s.Accessory = &chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID}
		} else {
			s.Accessory = &chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: a.ID}
		}
		sections = append(sections, s)
	}
	if more := len(list) - shown; more > 0 {
		sections = append(sections, chat.Section{Body: []chat.Rich{line(p.n("more", more))}})
	}
	sections = append(sections, chat.Section{Buttons: []chat.Button{p.share(question)}})
	return chat.Message{Text: headline(p.shop(), title), Sections: sections}
}

// AlertDetails shows every number behind an alert.
func (p Pen) AlertDetails(a alert.Alert, now time.Time) chat.Message {
	f := a.Latest
	lines := append([]chat.Rich{bold(p.RuleName(a.Rule) + " · " + p.subject(f.Subject))}, p.evidence(f)...)
	lines = append(lines, p.proof(f)...)
	lines = append(lines,
		line(p.t("worst", "money", p.short(a.Worst))),
		line(p.t("episode", "n", p.L.Count(int64(a.Episode)), "since", p.moment(a.Since), "seen", p.moment(a.SeenAt))),
		p.standing(a, now))
	lines = append(lines, p.noteLine(a)...)
	s := chat.Section{Body: lines, Accessory: p.moreMenu(a.ID, []alert.Alert{a}), Buttons: p.questions(a)}
	if a.State == alert.Firing {
		s.Buttons = append(s.Buttons, chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID, Style: chat.Primary})
	}
	s.Note = []chat.Rich{line(p.t("alert_id", "id", a.ID) + " · " + a.Labels().String())}
	return chat.Message{Text: headline(p.t("details_of"), p.subject(f.Subject), p.gist(f)), Sections: []chat.Section{s}}
}

// questions are what one would ask next about an alert.
func (p Pen) questions(a alert.Alert) []chat.Button {
	f := a.Latest
	switch {
	case f.Stock != nil:
		return []chat.Button{p.run("button_stock", "stock sku="+string(f.Subject.SKU))}
	case f.Price != nil:
		return []chat.Button{p.run("button_price", "price sku="+string(f.Subject.SKU))}
	case f.Complaints != nil:
		return []chat.Button{p.run("button_complaints", "complaints sku="+string(f.Subject.SKU))}
	case f.GMV != nil && f.Subject.Unit != "":
		return []chat.Button{p.run("button_gmv", "gmv today unit="+string(f.Subject.Unit)+" by hour")}
	case f.GMV != nil:
		return []chat.Button{p.run("button_gmv", "gmv today by hour")}
	}
	return p.readingQuestions(f)
}
