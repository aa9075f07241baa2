package card

import (
	"strconv"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Noise is what each rule told of and what people made of it, and what could be
// changed.
func (p Pen) Noise(n report.Noise) chat.Message {
	title := p.r("noise_title") + " · " + p.day(p.Shop.Day(n.From)) + " – " + p.day(p.Shop.Day(n.To))
	if len(n.Rules) == 0 {
		text := p.r("noise_none")
		return chat.Message{Text: headline(p.shop(), text), Sections: []chat.Section{{Heading: title, Body: []chat.Rich{line(text)}}}}
	}
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.r("rule")},
		{Title: p.r("fired"), Right: true},
		{Title: p.r("acted"), Right: true},
		{Title: p.r("false"), Right: true},
		{Title: p.r("expected"), Right: true},
		{Title: p.r("ack"), Right: true},
		{Title: p.r("muted_hours"), Right: true},
	}}
	fired, acted := 0, 0
	for _, r := range n.Rules {
		fired, acted = fired+r.Fired, acted+r.Acted
		ack := p.L.Missing()
		if r.AckKnown {
			ack = p.L.Duration(r.Ack)
		}
		t.Rows = append(t.Rows, []string{
			p.RuleName(r.Rule), p.L.Count(int64(r.Fired)), p.L.Count(int64(r.Acted)), p.part(r.False, r.Fired), p.part(r.Expected, r.Fired), ack, decimal(r.MutedHours),
		})
	}
	lead := p.L.N("rule.noise_lead", fired, "acted", p.L.Count(int64(acted)))
	sections := []chat.Section{{Heading: title, Body: []chat.Rich{bold(lead)}}, {Table: t}}
	for _, x := range n.Proposals {
		sections = append(sections, chat.Section{Body: []chat.Rich{
			bold(p.r("propose", "rule", p.RuleName(x.Rule))),
			{{Text: "- " + x.Key + ": " + strconv.FormatFloat(x.From, 'g', 4, 64), Code: true}},
			{{Text: "+ " + x.Key + ": " + strconv.FormatFloat(x.To, 'g', 4, 64), Code: true}},
			line(p.r("propose_test", "fired", p.L.Count(int64(x.Fired)), "left", p.L.Count(int64(x.Left)), "useless", p.L.Count(int64(x.Useless)), "acted", p.L.Count(int64(x.Acted)))),
		}})
	}
	note := line(p.r("noise_how"))
	if len(n.Proposals) > 0 {
		note = line(p.r("propose_how"))
	}
	sections = append(sections, chat.Section{Note: []chat.Rich{note}})
	return chat.Message{Text: headline(p.shop(), p.r("noise_title")+p.t("colon"), lead), Sections: sections}
}

// part is a count and its share.
func (p Pen) part(n, of int) string {
	if n == 0 || of == 0 {
		return p.L.Count(int64(n))
	}
	return p.L.Count(int64(n)) + " (" + p.L.Percent(float64(n)/float64(of)) + ")"
}
