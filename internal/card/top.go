package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Top answers "which items lead".
func (p Pen) Top(t report.Top, question string) chat.Message {
	title := p.series("top_title", "metric", p.series("top_"+t.Metric))
	span := p.days(t.From, t.To)
	if len(t.Items) == 0 {
		return p.nothing(title+" · "+span, p.series("top_none"), t.Data)
	}
	table := p.topTable(t)
	first := t.Items[0]
	lead := p.series("top_lead", "title", clamp(first.Title, lineTitle), "value", p.figure(t.Metric, &first.Value))
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), lead), Sections: []chat.Section{
		{Heading: title + " · " + span, Body: []chat.Rich{line(lead)}},
		{Table: table},
		{
			Buttons: []chat.Button{p.ask("button_sku", "sku "+string(first.SKU)), p.ask("button_by_category", "top by category"), p.share(question)},
			Note:    p.note(t.Data, p.topBasis(t)),
		},
	}}
}

func (p Pen) topBasis(t report.Top) string {
	if t.FromOrders {
		return p.series("top_from_orders", "hours", p.L.Count(int64(t.Hours)))
	}
	return p.series("top_basis", "hours", p.L.Count(int64(t.Hours)))
}

// topTable puts the metric of the ranking first and the usual ones behind it.
func (p Pen) topTable(t report.Top) *chat.Table {
	metrics := []string{t.Metric}
	for _, m := range []string{"gmv", "units", "price", "stock"} {
		if m != t.Metric {
			metrics = append(metrics, m)
		}
	}
	table := &chat.Table{More: t.More, Columns: []chat.Column{{Title: p.t("item")}, {Title: p.t("channel")}}}
	for _, m := range metrics {
		table.Columns = append(table.Columns, chat.Column{Title: p.series("top_" + m), Right: true})
	}
	for _, it := range t.Items {
		row := []string{clamp(it.Title, cellTitle), p.channel(it.Channel)}
		known := map[string]*int64{"gmv": it.GMV, "units": it.Units, "price": it.Price, "stock": it.Stock}
		known[t.Metric] = &it.Value
		for _, m := range metrics {
			row = append(row, p.figure(m, known[m]))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// series is a text about items, ask a button of theirs. The question may hold
// outside text.
func (p Pen) series(key string, args ...any) string { return p.L.T("series."+key, args...) }

func (p Pen) ask(key, question string) chat.Button {
	label := p.series(key)
	return chat.Button{Label: label, Verb: VerbRun, Value: clamp(question, 200), Alt: label}
}

// figure writes a value of a metric of the panel; nil is not known.
func (p Pen) figure(metric string, v *int64) string {
	switch {
	case v == nil:
		return p.L.Missing()
	case metric == "gmv":
		return p.short(fen(*v))
	case metric == "price" || metric == "rival_price":
		return p.exact(fen(*v))
	}
	return p.L.Count(*v)
}

// Movers answers "what has changed since the reading before".
func (p Pen) Movers(m report.Movers, question string) chat.Message {
	title := p.series("movers_title")
	span := p.moment(m.Before) + " → " + p.moment(m.Now)
	if len(m.Items) == 0 {
		return p.nothing(title+" · "+span, p.series("movers_none"), m.Data)
	}
	table := &chat.Table{More: m.More, Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("channel")},
		{Title: p.series("movers_what")},
		{Title: p.series("movers_before"), Right: true},
		{Title: p.series("movers_now"), Right: true},
	}}
	for _, it := range m.Items {
		unit := "stock"
		if it.Kind == report.MovedPrice || it.Kind == report.RivalBelow {
			unit = "price"
		}
		table.Rows = append(table.Rows, []string{
			clamp(it.Title, cellTitle), p.channel(it.Channel), p.series("moved_" + string(it.Kind)), p.figure(unit, &it.Before), p.figure(unit, &it.Now),
		})
	}
	said := p.L.N("series.movers_count", len(m.Items)+m.More)
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), said), Sections: []chat.Section{
		{Heading: title + " · " + span, Body: []chat.Rich{line(said)}},
		{Table: table},
		{Buttons: []chat.Button{p.ask("button_top", "top"), p.share(question)}, Note: p.note(m.Data)},
	}}
}

// Groups answers "how do units, channels, categories or bands compare".
func (p Pen) Groups(g report.Groups, question string) chat.Message {
	title := p.series("groups_title", "by", p.t("by_"+string(g.By)))
	table := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_" + string(g.By))},
		{Title: p.series("top_gmv"), Right: true},
		{Title: p.series("top_units"), Right: true},
		{Title: p.series("top_refunds"), Right: true},
		{Title: p.series("top_complaints"), Right: true},
	}}
	for _, part := range g.Parts {
		table.Rows = append(table.Rows, []string{
			clamp(p.memberOf(g.By, part.Key), cellTitle), p.figure("gmv", part.GMV), p.figure("units", part.Units),
			p.figure("refunds", part.Refunds), p.figure("complaints", part.Complaints),
		})
	}
	total := p.series("groups_total", "gmv", p.figure("gmv", g.Total.GMV), "units", p.figure("units", g.Total.Units))
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), total), Sections: []chat.Section{
		{Heading: title + " · " + p.days(g.From, g.To), Body: []chat.Rich{line(total)}},
		{Table: table},
		{Buttons: []chat.Button{p.ask("button_top", "top"), p.share(question)}, Note: p.note(g.Data, p.series("groups_basis"))},
	}}
}

// memberOf names a member of a dimension of the panel.
func (p Pen) memberOf(by metric.Dim, key string) string {
	switch by {
	case metric.ByUnit:
		return p.label(p.Shop.Units, key)
	case metric.ByChannel:
		return p.label(p.Shop.Channels, key)
	case metric.ByRegion:
		return p.label(p.Shop.Regions, key)
	case metric.ByBand:
		for _, b := range p.Shop.Bands {
			if b.ID == key {
				return b.Name.In(p.L.Tag())
			}
		}
	}
	if key == "" {
		return p.t("unknown_member")
	}
	return key
}
