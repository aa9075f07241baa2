package card

import (
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
)

// newsLines is how many pieces of news of one kind are told one by one.
const newsLines = 5

// AlertNews is what a thread is told about its alerts, a line for each piece of
// news; many of one kind become one line with their number. list holds the
// alerts as they now stand. No news gives an empty Message.
func (p Pen) AlertNews(news []alert.News, list []alert.Alert, now time.Time) chat.Message {
	byID := map[string]alert.Alert{}
	for _, a := range list {
		byID[a.ID] = a
	}
	count := map[string]int{}
	for _, n := range news {
		count[newsClass(n)]++
	}
	told := map[string]bool{}
	var lines []chat.Rich
	for _, n := range news {
		a, ok := byID[n.ID]
		class := newsClass(n)
		switch {
		case !ok || told[class]:
		case count[class] > newsLines:
			told[class] = true
			lines = append(lines, p.newsTogether(n, count[class]))
		default:
			lines = append(lines, p.newsLine(n, a, len(list) > 1, now))
		}
	}
	if len(lines) == 0 {
		return chat.Message{}
	}
	return chat.Message{Text: headline(lines[0].Plain()), Sections: []chat.Section{{Body: lines}}}
}

// newsClass joins news that can be told as one.
func newsClass(n alert.News) string { return string(n.Kind) + " " + n.By + " " + n.Contact.String() }

// newsTogether is one line for much news of one kind.
func (p Pen) newsTogether(n alert.News, count int) chat.Rich {
	l := chat.Rich{{Text: p.aN("many_"+string(n.Kind), count)}}
	if n.By != "" {
		l = chat.Rich{{Text: beforeName(l[0].Text)}, {Mention: &chat.Mention{User: n.By}}}
	}
	return l
}

// beforeName is a text before somebody's name: a full-width colon brings its own space.
func beforeName(text string) string {
	if strings.HasSuffix(text, "：") {
		return text
	}
	return text + " "
}

// newsLine is one piece of news. among says that the thread is about several
// alerts, so that the line must name its own.
func (p Pen) newsLine(n alert.News, a alert.Alert, among bool, now time.Time) chat.Rich {
	var l chat.Rich
	if among {
		l = append(l, chat.Span{Text: p.subject(a.Latest.Subject) + p.t("colon")})
	}
	if n.By != "" {
		l = append(l, p.deed(n, a, now)...)
		if a.Note != "" && (n.Kind == alert.Ended || n.Kind == alert.Judged || n.Kind == alert.Noted) {
			l = append(l, chat.Span{Text: p.t("colon") + clamp(a.Note, maxNote)})
		}
		return l
	}
	if n.Kind == alert.Escalated {
		return append(l, chat.Span{Text: p.a("news_escalated") + " "}, p.contact(n.Contact))
	}
	if (n.Kind == alert.Reminded || n.Kind == alert.Lapsed) && a.Holder() != "" {
		l = append(l, chat.Span{Mention: &chat.Mention{User: a.Holder()}}, chat.Span{Text: " "})
	}
	return append(l, chat.Span{Text: p.event(n, a, now)})
}

// deed is what a person did.
func (p Pen) deed(n alert.News, a alert.Alert, now time.Time) chat.Rich {
	who := chat.Span{Mention: &chat.Mention{User: n.By}}
	switch n.Kind {
	case alert.Taken:
		return chat.Rich{{Text: beforeName(p.t("news_acked"))}, who}
	case alert.Given:
		return chat.Rich{who, {Text: " " + p.a("news_assigned") + " "}, {Mention: &chat.Mention{User: a.Owner}}}
	case alert.Hushed:
		return chat.Rich{who, {Text: " " + p.a("news_snoozed", "time", p.when(a.SnoozedUntil, now))}}
	case alert.Judged:
		return chat.Rich{who, {Text: " " + p.a("news_"+string(a.Verdict), "time", p.when(a.QuietUntil, now))}}
	case alert.Released:
		return chat.Rich{who, {Text: " " + p.a("news_released")}}
	case alert.Noted:
		return chat.Rich{who, {Text: " " + p.a("news_noted")}}
	}
	return chat.Rich{who, {Text: " " + p.a("news_closed", "for", p.L.Duration(a.ResolvedAt.Sub(a.Since)))}}
}

// event is what happened by itself.
func (p Pen) event(n alert.News, a alert.Alert, now time.Time) string {
	gist := p.gist(a.Latest)
	switch n.Kind {
	case alert.Opened:
		return p.a("news_joined", "gist", gist)
	case alert.Reopened:
		return p.a("news_reopened", "gist", gist)
	case alert.Unsteady:
		return p.a("news_flapping")
	case alert.Ended:
		return p.t("news_resolved", "for", p.L.Duration(a.ResolvedAt.Sub(a.Since)), "gist", gist)
	case alert.Retracted:
		return p.t("news_withdrawn")
	case alert.Raised:
		return p.t("news_escalated", "severity", p.severity(a.Latest.Severity), "gist", gist)
	case alert.Woke:
		return p.a("news_woke", "gist", gist)
	case alert.Reminded:
		return p.a("news_reminded", "time", p.when(a.AckUntil, now))
	case alert.Lapsed:
		return p.a("news_lapsed", "gist", gist)
	case alert.Repeated:
		return p.a("news_repeated", "for", p.L.Duration(now.Sub(a.Since)), "gist", gist)
	}
	return p.t("news_update", "gist", gist)
}

// Overnight tells what came and went while quiet hours held everything back.
func (p Pen) Overnight(list []alert.Alert) chat.Message {
	title := p.aN("overnight", len(list))
	lines := []chat.Rich{bold(title)}
	for _, a := range list[:min(shownMembers, len(list))] {
		lines = append(lines, line("· "+p.AlertLine(a)+p.a("in_brackets", "text", p.moment(a.Since)+" – "+p.clock(a.ResolvedAt))))
	}
	if more := len(list) - shownMembers; more > 0 {
		lines = append(lines, line(p.n("more", more)))
	}
	return chat.Message{Text: headline(title), Sections: []chat.Section{{Body: lines}}}
}

// AlertFile is the whole list behind a root that shows only its worst: one row
// an alert, amounts in the shop's currency with exact decimals, times in its
// zone. Cells that a spreadsheet would take for a formula get an apostrophe.
func (p Pen) AlertFile(list []alert.Alert, name string) *chat.File {
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	rows := [][]string{{"alert", "rule", "severity", "state", "unit", "sku", "title", "channel", "rival", "at_risk", "since"}}
	for _, a := range list {
		s := a.Latest.Subject
		rows = append(rows, []string{
			a.ID, string(a.Rule), string(a.Latest.Severity), string(a.State), string(s.Unit), string(s.SKU), s.Title, string(s.Channel), s.Rival,
			strconv.FormatFloat(float64(a.Latest.AtRisk)/100, 'f', 2, 64), p.Shop.Local(a.Since).Format(time.RFC3339),
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = tame(row[i])
		}
		_ = w.Write(row) // a strings.Builder takes everything
	}
	w.Flush()
	return &chat.File{Name: name, Title: p.aN("file_title", len(list)), Content: []byte(b.String())}
}

// tame keeps a cell of outside text from being run as a formula.
func tame(cell string) string {
	cell = clamp(cell, 200)
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// FileNote is the message that carries the file.
func (p Pen) FileNote(f *chat.File) chat.Message {
	return chat.Message{Text: headline(f.Title), Sections: []chat.Section{{Body: []chat.Rich{line(f.Title)}}}, File: f}
}
