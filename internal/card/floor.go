package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Floor answers which of our prices are under their floor or their cost.
func (p Pen) Floor(r report.Floor, question string) chat.Message {
	title := p.f("title_floor")
	counts := p.f("floor_counts", "under", p.L.Count(int64(r.Under)), "losing", p.L.Count(int64(r.Losing)), "listed", p.L.Count(int64(r.Listed)))
	s := chat.Section{Heading: title + " · " + p.moment(r.At), Body: []chat.Rich{line(counts)}}
	if r.Unknown > 0 {
		s.Body = append(s.Body, line(p.L.N("figures.floor_unknown", r.Unknown)))
	}
	sections := []chat.Section{s}
	if len(r.Items) > 0 {
		sections = append(sections, chat.Section{Table: p.floorTable(r)})
	} else {
		sections[0].Body = append(sections[0].Body, line(p.f("floor_fine")))
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{{Label: p.f("next_prices"), Verb: VerbRun, Value: "price"}, {Label: p.f("next_channels"), Verb: VerbRun, Value: "channels"}, p.share(question)},
		Note:    p.note(r.Data, p.f("floor_basis")),
	})
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: sections}
}

func (p Pen) floorTable(r report.Floor) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("channel")},
		{Title: p.f("landed"), Right: true},
		{Title: p.t("floor"), Right: true},
		{Title: p.f("under"), Right: true},
		{Title: p.f("margin"), Right: true},
		{Title: p.t("until_head")},
		{Title: p.f("given"), Right: true},
	}, More: r.More}
	for _, it := range r.Items {
		until := p.L.Missing()
		if !it.PromoEnd.IsZero() {
			until = p.moment(it.PromoEnd)
		}
		under, given := p.L.Missing(), p.L.Missing()
		if it.Floor >= 0 {
			under, given = p.exact(it.Under), p.exact(it.Given)
		}
		t.Rows = append(t.Rows, []string{
			clamp(it.Title, cellTitle), p.channel(it.Channel), p.exact(it.Landed), p.ifKnown(it.Floor), under,
			p.percent(it.Margin), until, given,
		})
	}
	return t
}

// ifKnown writes an amount that is negative when it is not known.
func (p Pen) ifKnown(f market.Fen) string {
	if f < 0 {
		return p.L.Missing()
	}
	return p.exact(f)
}
