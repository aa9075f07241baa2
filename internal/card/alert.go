package card

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
)

// Alert is the root message of an alert as it stands now: what, since when, how
// bad, who has it. It is posted once and edited ever after.
func (p Pen) Alert(a alert.Alert, now time.Time) chat.Message {
	f := a.Latest
	title := p.severity(f.Severity) + " " + p.t("rule_"+string(a.Rule)) + " · " + p.subject(f.Subject)
	lines := []chat.Rich{bold(title)}
	lines = append(lines, p.evidence(f)...)
	if f.AtRisk > 0 && a.State.Open() {
		lines = append(lines, line(p.t("at_risk", "money", p.short(f.AtRisk))))
	}
	lines = append(lines, p.standing(a, now))
	s := chat.Section{Body: lines}
	if b := p.alertButtons(a); len(b) > 0 {
		s.Buttons = b
	}
	s.Note = []chat.Rich{line(p.t("seen", "time", p.moment(a.SeenAt), "since", p.moment(a.Since)))}
	m := chat.Message{Text: headline(p.state(a), p.t("rule_"+string(a.Rule))+p.t("colon"), p.subject(f.Subject), p.gist(f)), Sections: []chat.Section{s}}
	return p.Evidence(m, a.Evidence)
}

// AlertLine is an alert in one line, without its severity.
func (p Pen) AlertLine(a alert.Alert) string {
	return p.t("rule_"+string(a.Rule)) + " · " + p.subject(a.Latest.Subject) + p.t("colon") + p.gist(a.Latest)
}

// severity is a word with a sign beside it; neither colour nor sign stands alone.
func (p Pen) severity(s analysis.Severity) string {
	sign := map[analysis.Severity]string{analysis.Critical: "■", analysis.Warning: "◆", analysis.Info: "●"}[s]
	return sign + " " + p.t("severity_"+string(s))
}

func (p Pen) state(a alert.Alert) string {
	if a.State == alert.Firing {
		return p.severity(a.Latest.Severity)
	}
	return p.t("state_" + string(a.State))
}

// standing is the line that changes most: who has it, or when it ended.
func (p Pen) standing(a alert.Alert, now time.Time) chat.Rich {
	switch a.State {
	case alert.Acknowledged:
		return chat.Rich{
			{Text: p.t("acked_by") + " ", Bold: true},
			{Mention: &chat.Mention{User: a.AckedBy}},
			{Text: " " + p.when(a.AckedAt, now)},
		}
	case alert.Resolved:
		return bold(p.t("resolved_after", "time", p.when(a.ResolvedAt, now), "for", p.L.Duration(a.ResolvedAt.Sub(a.Since))))
	case alert.Withdrawn:
		return bold(p.t("withdrawn", "time", p.when(a.ResolvedAt, now)))
	}
	return line(p.t("nobody_yet"))
}

func (p Pen) alertButtons(a alert.Alert) []chat.Button {
	details := chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: a.ID}
	if a.State == alert.Firing {
		return []chat.Button{{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID, Style: chat.Primary}, details}
	}
	return []chat.Button{details}
}

// subject names what an alert is about.
func (p Pen) subject(s analysis.Subject) string {
	var name string
	switch {
	case s.Title != "":
		name = clamp(s.Title, lineTitle)
	case s.SKU != "":
		name = string(s.SKU)
	case s.Unit != "":
		return p.unit(s.Unit)
	default:
		return p.shop()
	}
	if s.Rival != "" {
		name += " ← " + clamp(s.Rival, cellTitle)
	}
	if s.Channel != "" {
		name += " · " + p.channel(s.Channel)
	}
	return name
}

// AlertAcked is the thread's line about an acknowledgement.
func (p Pen) AlertAcked(a alert.Alert) chat.Message {
	l := chat.Rich{{Text: p.t("news_acked") + " "}, {Mention: &chat.Mention{User: a.AckedBy}}}
	return chat.Message{Text: p.t("news_acked"), Sections: []chat.Section{{Body: []chat.Rich{l}}}}
}

// AlertNews is the thread's line about a change. A quiet change has none, and
// the opening is told by the root message: both give an empty Message.
func (p Pen) AlertNews(a alert.Alert, kind alert.Kind) chat.Message {
	var text string
	switch kind {
	case alert.Ended:
		text = p.t("news_resolved", "for", p.L.Duration(a.ResolvedAt.Sub(a.Since)), "gist", p.gist(a.Latest))
	case alert.Retracted:
		text = p.t("news_withdrawn")
	case alert.Escalated:
		text = p.t("news_escalated", "severity", p.severity(a.Latest.Severity), "gist", p.gist(a.Latest))
	case alert.Updated:
		text = p.t("news_update", "gist", p.gist(a.Latest))
	default:
		return chat.Message{}
	}
	return chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{line(text)}}}}
}

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
			bold(p.severity(a.Latest.Severity) + " " + p.t("rule_"+string(a.Rule)) + " · " + p.subject(a.Latest.Subject)),
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
	lines := append([]chat.Rich{bold(p.t("rule_"+string(a.Rule)) + " · " + p.subject(f.Subject))}, p.evidence(f)...)
	lines = append(lines, p.proof(f)...)
	lines = append(lines,
		line(p.t("worst", "money", p.short(a.Worst))),
		line(p.t("episode", "n", p.L.Count(int64(a.Episode)), "since", p.moment(a.Since), "seen", p.moment(a.SeenAt))),
		p.standing(a, now))
	s := chat.Section{Body: lines}
	switch {
	case f.Stock != nil:
		s.Buttons = append(s.Buttons, p.run("button_stock", "stock sku="+string(f.Subject.SKU)))
	case f.Price != nil:
		s.Buttons = append(s.Buttons, p.run("button_price", "price sku="+string(f.Subject.SKU)))
	case f.Complaints != nil:
		s.Buttons = append(s.Buttons, p.run("button_complaints", "complaints sku="+string(f.Subject.SKU)))
	case f.GMV != nil && f.Subject.Unit != "":
		s.Buttons = append(s.Buttons, p.run("button_gmv", "gmv today unit="+string(f.Subject.Unit)+" by hour"))
	case f.GMV != nil:
		s.Buttons = append(s.Buttons, p.run("button_gmv", "gmv today by hour"))
	}
	if a.State == alert.Firing {
		s.Buttons = append(s.Buttons, chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID, Style: chat.Primary})
	}
	s.Note = []chat.Rich{line(p.t("alert_id", "id", a.ID))}
	return chat.Message{Text: headline(p.t("details_of"), p.subject(f.Subject), p.gist(f)), Sections: []chat.Section{s}}
}
