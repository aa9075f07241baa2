package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Price answers "how do our prices stand against rivals".
func (p Pen) Price(r report.Price, question string) chat.Message {
	counts := p.t("price_counts", "matched", p.L.Count(int64(r.Matched)), "above", p.L.Count(int64(r.Above)),
		"moved", p.L.Count(int64(r.Moved24h)))
	if r.Matched == 0 {
		return p.nothing(p.t("price_title"), p.t("price_none"), r.Data)
	}
	sections := []chat.Section{{Heading: p.t("price_title") + " · " + p.moment(r.At), Body: []chat.Rich{line(counts)}}}
	if len(r.Items) == 1 {
		sections = append(sections, p.priceOne(r.Items[0])...)
		if c := p.priceChart(r.Items[0], r.Trail, p.footer(r.Data)); c != nil {
			sections = append(sections, chat.Section{Chart: c})
		}
	} else if len(r.Items) > 1 {
		sections = append(sections, chat.Section{Table: p.priceTable(r)})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_moves", "price moves"), p.run("button_stock", "stock"), p.share(question)},
		Note:    p.note(r.Data, p.t("price_basis")),
	})
	return chat.Message{Text: headline(p.shop(), p.t("price_title")+p.t("colon"), counts), Sections: sections}
}

func (p Pen) priceTable(r report.Price) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("own_price"), Right: true},
		{Title: p.t("rival")},
		{Title: p.t("rival_price"), Right: true},
		{Title: p.t("advantage"), Right: true},
		{Title: p.t("moved"), Right: true},
	}, More: r.More}
	for _, it := range r.Items {
		own := p.L.Missing()
		if it.LandedKnown {
			own = p.exact(it.Landed)
		}
		row := []string{clamp(it.Title, cellTitle), own, p.L.Missing(), p.L.Missing(), p.L.Missing(), p.L.Missing()}
		if len(it.Rivals) > 0 {
			cheapest := it.Rivals[0]
			row[2], row[3] = clamp(cheapest.Rival, cellTitle), p.exact(cheapest.Landed)
			row[4] = p.advantage(cheapest)
			row[5] = p.moved(cheapest)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// advantage is how far we are below the rival; a rival that is cheaper is said
// in words, as a sign alone is easily read the wrong way round.
func (p Pen) advantage(r report.RivalPrice) string {
	switch {
	case !r.GapKnown:
		return p.L.Missing()
	case r.Gap > 0:
		return p.t("rival_cheaper", "share", p.L.Percent(-r.Advantage))
	}
	return p.L.Percent(r.Advantage)
}

func (p Pen) moved(r report.RivalPrice) string {
	m := r.Move24h
	if m == nil {
		m = r.Move7d
	}
	if m == nil {
		return p.L.Missing()
	}
	s := p.L.Change(int64(r.Landed), int64(m.Before))
	if m.Drip {
		s += " " + p.t("drip")
	}
	return s
}

// priceOne shows one item in full: every channel of ours, every rival.
func (p Pen) priceOne(it report.PriceItem) []chat.Section {
	own := &chat.Table{Columns: []chat.Column{{Title: p.t("channel")}, {Title: p.t("own_price"), Right: true}, {Title: p.t("gift")}, {Title: p.t("until_head")}}}
	for _, o := range it.Own {
		price := p.exact(o.Landed)
		if !o.Listed {
			price = p.t("not_listed")
		}
		end := p.L.Missing()
		if !o.PromoEnd.IsZero() {
			end = p.moment(o.PromoEnd)
		}
		own.Rows = append(own.Rows, []string{p.channel(o.Channel), price, clamp(o.Gift, cellTitle), end})
	}
	var rivals []chat.Rich
	for _, r := range it.Rivals {
		s := p.t("rival_line", "rival", r.Rival, "price", p.exact(r.Landed), "advantage", p.advantage(r), "moved", p.moved(r))
		if !r.PromoEnd.IsZero() {
			s += " " + p.t("until", "time", p.moment(r.PromoEnd))
		}
		rivals = append(rivals, line(s))
	}
	facts := []chat.Field{{Label: p.t("sold_7d"), Value: line(p.L.Count(it.Units7d))}, {Label: p.t("gmv_7d"), Value: line(p.short(it.GMV7d))}}
	if it.FloorKnown {
		facts = append(facts, chat.Field{Label: p.t("floor"), Value: line(p.exact(it.Floor))})
	}
	return []chat.Section{
		{Body: []chat.Rich{bold(clamp(it.Title, 80)), line(string(it.SKU))}, Fields: facts, Table: own},
		{Body: rivals},
	}
}
