package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Conflicts answers which items cost differently on two of our channels, and
// who must move.
func (p Pen) Conflicts(r report.Conflicts, question string) chat.Message {
	title := p.w("conflicts_title")
	counts := p.L.N("why.conflicts_counts", r.Present, "ahead", p.L.Count(int64(r.Ahead)), "compared", p.L.Count(int64(r.Compared)))
	s := chat.Section{Heading: title + " · " + p.moment(r.At), Body: []chat.Rich{line(counts)}}
	if len(r.Items) == 0 {
		s.Body = append(s.Body, line(p.w("conflicts_none")))
	} else {
		s.Table = p.conflictTable(r)
	}
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: []chat.Section{s, {
		Buttons: []chat.Button{p.runWhy("conflicts_floor", "floor"), p.runWhy("conflicts_prices", "price"), p.share(question)},
		Note:    p.note(r.Data, p.w("conflicts_basis")),
	}}}
}

func (p Pen) runWhy(label, question string) chat.Button {
	return chat.Button{Label: p.w(label), Alt: p.w(label), Verb: VerbRun, Value: question}
}

func (p Pen) conflictTable(r report.Conflicts) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")}, {Title: p.w("conflicts_channels")}, {Title: p.w("conflicts_gap"), Right: true}, {Title: p.w("conflicts_movers")}, {Title: p.w("conflicts_when")},
	}, More: r.More}
	for _, it := range r.Items {
		var prices, movers []string
		for _, x := range it.Prices {
			prices = append(prices, p.channel(x.Channel)+" "+p.exact(x.Landed))
		}
		for _, m := range it.Movers {
			movers = append(movers, p.w("conflicts_move", "channel", p.channel(m.Channel), "to", p.exact(m.To)))
		}
		when := p.w("conflicts_now")
		if it.Ahead {
			when = p.w("conflicts_from", "time", p.moment(it.From))
		}
		if !it.Until.IsZero() {
			when += " " + p.t("until", "time", p.moment(it.Until))
		}
		t.Rows = append(t.Rows, []string{clamp(it.Title, cellTitle), strings.Join(prices, " · "), p.exact(it.Gap), p.L.Join(movers), when})
	}
	return t
}
