package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Complaints answers "what do buyers complain about".
func (p Pen) Complaints(r report.Complaints, question string) chat.Message {
	total := p.n("complaints_total", int(r.Total))
	usual := ""
	if r.UsualKnown {
		usual = p.t("usual", "n", decimal(r.Usual))
	}
	span := p.moment(r.Window.Start) + " – " + p.moment(r.Window.End)
	body := []chat.Rich{
		{{Text: total, Bold: true}, {Text: usual}},
		line(p.t("complaints_split", "bad", p.L.Count(r.Bad), "neutral", p.L.Count(r.Neutral), "refunds", p.L.Count(r.Refunds),
			"reviews", p.L.Count(r.Reviews))),
	}
	if len(r.Causes) > 0 {
		body = append(body, line(p.t("by_cause")+p.t("colon")+p.causes(r)))
	}
	sections := []chat.Section{{Heading: p.t("complaints_title") + " · " + span, Body: body}}
	if len(r.Items) > 0 {
		sections = append(sections, chat.Section{Table: p.complaintTable(r)})
	}
	if c := p.causeChart(r, span); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, p.counterfeit(r)...)
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_complaints_week", "complaints 7d"), p.share(question)},
		Note:    p.note(r.Data, p.t("complaints_basis")),
	})
	return chat.Message{Text: headline(p.shop(), p.t("complaints_title")+p.t("colon"), total+usual), Sections: sections}
}

func (p Pen) causes(r report.Complaints) string {
	var parts []string
	for _, c := range r.Causes {
		parts = append(parts, p.cause(c.Cause)+" "+p.L.Count(c.Count))
	}
	return p.L.Join(parts)
}

func (p Pen) cause(code string) string { return p.t("cause_" + code) }

func (p Pen) complaintTable(r report.Complaints) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")}, {Title: p.t("count"), Right: true}, {Title: p.t("usual_head"), Right: true}, {Title: p.t("main_cause")}, {Title: p.t("quote")},
	}, More: r.More}
	for _, it := range r.Items {
		cause, quote := p.L.Missing(), p.L.Missing()
		if len(it.Causes) > 0 {
			cause = p.cause(it.Causes[0].Cause) + " " + p.L.Count(it.Causes[0].Count)
		}
		if len(it.Quotes) > 0 {
			quote = clamp(it.Quotes[0].Text, lineTitle)
		}
		name := clamp(it.Title, cellTitle)
		if it.Spike {
			name = "⚠ " + name
		}
		t.Rows = append(t.Rows, []string{name, p.L.Count(it.Count), decimal(it.Usual), cause, quote})
	}
	return t
}

// counterfeit lists every claim that goods are not genuine: each one counts.
func (p Pen) counterfeit(r report.Complaints) []chat.Section {
	if len(r.Counterfeit) == 0 {
		return nil
	}
	const shown = 5
	lines := []chat.Rich{bold(p.n("counterfeit", len(r.Counterfeit)))}
	for _, q := range r.Counterfeit[:min(shown, len(r.Counterfeit))] {
		lines = append(lines, chat.Rich{{Text: clamp(q.Title, cellTitle) + p.t("colon")}, {Text: clamp(q.Text, 80), Italic: true}})
	}
	return []chat.Section{{Body: lines}}
}
