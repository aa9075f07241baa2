package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// note is the small print under every answer: data time, what is missing, and
// whatever else the answer has to say about its base.
func (p Pen) note(c report.Coverage, more ...string) []chat.Rich {
	first := p.t("no_data_yet")
	if !c.AsOf.IsZero() {
		first = p.t("as_of", "time", p.moment(c.AsOf))
	}
	if c.Complete {
		first += " · " + p.t("complete")
	}
	lines := []chat.Rich{line(first)}
	for _, s := range more {
		if s != "" {
			lines = append(lines, line(s))
		}
	}
	for _, g := range c.Gaps {
		lines = append(lines, line(p.Gap(g)))
	}
	return lines
}

// Gap says what is missing, since when and why.
func (p Pen) Gap(g report.FeedGap) string {
	feed := p.table(g.Table)
	switch g.Reason {
	case report.GapNever:
		return p.t("gap_never", "feed", feed)
	case report.GapLate:
		return p.t("gap_late", "feed", feed, "time", p.moment(g.Watermark), "age", p.L.Duration(g.Age))
	case report.GapPartial, report.GapSuspect:
		return p.t("gap_partial", "feed", feed)
	}
	return p.t("gap_failed", "feed", feed)
}

func (p Pen) table(name string) string { return p.t("table_" + name) }

// TableName names a fact table, or a column of one as in order_line.shipped_at,
// for people who also read the configuration.
func (p Pen) TableName(table string) string {
	name, _, _ := strings.Cut(table, ".")
	return p.t("table_named", "name", p.table(name), "table", table)
}

// Empty is the answer when the store holds nothing that could answer.
func (p Pen) Empty() chat.Message {
	text := p.t("empty", "shop", p.shop())
	return chat.Message{Text: text, Sections: []chat.Section{
		{Body: []chat.Rich{bold(text), line(p.t("empty_next"))}},
		{Buttons: []chat.Button{p.run("button_status", "status"), p.run("button_help", "help")}},
	}}
}

// run is a button that asks question.
func (p Pen) run(label, question string) chat.Button {
	return chat.Button{Label: p.t(label), Verb: VerbRun, Value: question, Alt: p.t(label)}
}

// Verbs of buttons. The value of VerbRun and VerbShare is a question as a person
// would type it; that of the others is the id of an alert or of a group.
const (
	VerbRun     = "run"
	VerbShare   = "share"
	VerbAck     = "ack"
	VerbDetails = "details"
)

// share offers to publish the answer of question.
func (p Pen) share(question string) chat.Button {
	return chat.Button{Label: p.t("button_share"), Verb: VerbShare, Value: question}
}

// nothing is an answer without rows: what would stand here, and the data time.
func (p Pen) nothing(title, why string, c report.Coverage) chat.Message {
	return chat.Message{Text: headline(p.shop(), strings.Replace(title, " · "+p.shop(), "", 1)+p.t("colon"), why), Sections: []chat.Section{
		{Heading: title, Body: []chat.Rich{line(why)}, Buttons: []chat.Button{p.run("button_status", "status")}, Note: p.note(c)},
	}}
}
