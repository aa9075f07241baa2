package card

import (
	"strings"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Price answers "how do our prices stand against rivals".
func (p Pen) Price(r report.Price, question string) chat.Message {
	counts := p.t("price_counts", "matched", p.L.Count(int64(r.Matched)), "above", p.L.Count(int64(r.Above)),
		"moved", p.L.Count(int64(r.Moved24h)))
	if r.Matched == 0 && len(r.Items) == 0 {
		return p.nothing(p.t("price_title"), p.t("price_none"), r.Data)
	}
	sections := []chat.Section{{Heading: p.t("price_title") + " · " + p.moment(r.At), Body: append([]chat.Rich{line(counts)}, p.core(r.Core)...)}}
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
		Note:    p.note(r.Data, p.pr("basis")),
	})
	return chat.Message{Text: headline(p.shop(), p.t("price_title")+p.t("colon"), counts), Sections: sections}
}

func (p Pen) pr(key string, args ...any) string { return p.L.T("price."+key, args...) }

// core is on how many of the best sellers the price advantage holds, and how much of
// their sales that is.
func (p Pen) core(c *report.CoreAdvantage) []chat.Rich {
	if c == nil {
		return nil
	}
	share := func(part market.Fen) string {
		if v, ok := market.Ratio(part, c.GMV); ok {
			return p.L.Percent(v)
		}
		return p.L.Missing()
	}
	return []chat.Rich{line(p.pr(
		"core", "items", p.L.Count(int64(c.Items)), "cheapest", p.L.Count(int64(c.Cheapest)), "cheapest_share", share(c.CheapestGMV),
		"least", p.L.Percent(c.Least), "kept", p.L.Count(int64(c.Kept)), "kept_share", share(c.KeptGMV),
	))}
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
	own := &chat.Table{Columns: []chat.Column{
		{Title: p.t("channel")}, {Title: p.t("own_price"), Right: true}, {Title: p.pr("made_of")}, {Title: p.t("gift")}, {Title: p.t("until_head")},
	}}
	for _, o := range it.Own {
		price, made := p.exact(o.Landed), p.madeOf(o.Parts)
		if !o.Listed {
			price, made = p.t("not_listed"), p.L.Missing()
		}
		end := p.L.Missing()
		if !o.PromoEnd.IsZero() {
			end = p.moment(o.PromoEnd)
		}
		own.Rows = append(own.Rows, []string{p.channel(o.Channel), price, made, clamp(o.Gift, cellTitle), end})
	}
	facts := []chat.Field{{Label: p.t("sold_7d"), Value: line(p.L.Count(it.Units7d))}, {Label: p.t("gmv_7d"), Value: line(p.short(it.GMV7d))}}
	if it.FloorKnown {
		facts = append(facts, chat.Field{Label: p.t("floor"), Value: line(p.exact(it.Floor))})
	}
	if it.UnitPrice > 0 {
		facts = append(facts, chat.Field{Label: p.t("own_price"), Value: line(p.per(it.UnitPrice, it.UnitOf))})
	}
	out := []chat.Section{{Body: []chat.Rich{bold(clamp(it.Title, 80)), line(string(it.SKU))}, Fields: facts, Table: own}}
	var rivals chat.Section
	for _, r := range it.Rivals {
		rivals.Body = append(rivals.Body, p.rivalLine(r))
	}
	if len(it.Rivals) == 0 {
		rivals.Body = append(rivals.Body, line(p.pr("only_unsure")))
	}
	if len(it.Unsure) > 0 {
		rivals.Body = append(rivals.Body, bold(p.pr("unsure")))
	}
	for _, r := range it.Unsure[:min(explained, len(it.Unsure))] {
		rivals.Body = append(rivals.Body, p.unsureLine(r))
	}
	return append(out, rivals)
}

// madeOf is the sum behind a landed price: (deal ¥269 − coupon ¥30), 3 for 2.
func (p Pen) madeOf(x pricing.Parts) string {
	if x.Kind == "" {
		return p.L.Missing()
	}
	s := p.pr("kind_"+x.Kind) + " " + p.exact(x.Base)
	if x.Coupon > 0 {
		s += p.pr("coupon", "coupon", p.exact(x.Coupon))
	}
	if x.Got > 0 {
		s = p.pr("bundle", "got", p.L.Count(int64(x.Got)), "paid", p.L.Count(int64(x.Paid))) + s
	}
	return s
}

func (p Pen) per(price market.Fen, unit string) string {
	return p.pr("per", "price", p.exact(price), "unit", unit)
}

// rivalLine is a rival's offer with all that its price is made of and how sure it is.
func (p Pen) rivalLine(r report.RivalPrice) chat.Rich {
	parts := []string{
		p.madeOf(r.Parts), p.pr("match", "share", p.L.Percent(float64(r.Match)/10000)), p.t("advantage") + " " + p.advantage(r), p.t("moved") + " " + p.moved(r),
	}
	if r.UnitPrice > 0 {
		parts = append(parts, p.per(r.UnitPrice, r.UnitOf))
	}
	if r.Gift != "" {
		parts = append(parts, p.pr("gift", "gift", p.gift(r.Gift)))
	}
	if !r.PromoEnd.IsZero() {
		parts = append(parts, p.t("until", "time", p.moment(r.PromoEnd)))
	}
	if !r.InStock {
		parts = append(parts, p.pr("no_stock"))
	}
	return chat.Rich{{Text: r.Rival + " "}, {Text: p.exact(r.Landed), Bold: true}, {Text: " · " + strings.Join(parts, " · ")}}
}

// gift is the words of a gift with what they say that it is worth.
func (p Pen) gift(words string) string {
	if v, ok := pricing.GiftWorth(words); ok {
		return p.pr("gift_worth", "gift", clamp(words, lineTitle), "worth", p.exact(v))
	}
	return clamp(words, lineTitle)
}

// unsureLine is an offer that does not count, and why.
func (p Pen) unsureLine(r report.RivalPrice) chat.Rich {
	why := p.pr("too_unsure")
	if r.OtherSize {
		why = p.pr("other_size")
	}
	parts := []string{r.Rival + " " + p.exact(r.Landed), clamp(r.Title, lineTitle), why, p.pr("match", "share", p.L.Percent(float64(r.Match)/10000))}
	if r.UnitPrice > 0 {
		parts = append(parts, p.per(r.UnitPrice, r.UnitOf))
	}
	return line(strings.Join(parts, " · "))
}
