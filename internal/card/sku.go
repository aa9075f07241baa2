package card

import (
	"fmt"
	"math"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

func fen(v int64) market.Fen { return market.Fen(v) }

// SKU tells the story of one item.
func (p Pen) SKU(h report.SKUHistory, question string) chat.Message {
	name := clamp(h.Title, lineTitle)
	sums := p.series("sku_sums", "gmv", p.figure("gmv", h.Total.GMV), "units", p.figure("units", h.Total.Units),
		"orders", p.figure("orders", h.Total.Orders), "refunds", p.figure("refunds", h.Total.Refunds))
	head := chat.Section{Heading: name + " · " + p.days(h.From, h.To), Body: []chat.Rich{
		{{Text: string(h.SKU), Code: true}, {Text: "  " + p.memberNames(h)}},
		line(sums),
	}}
	if h.Total.Out > 0 {
		head.Body = append(head.Body, line(p.L.N("series.sku_out", int(h.Total.Out))))
	}
	sections := []chat.Section{head}
	if c := p.skuChart(h); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{Table: p.skuTable(h)}, chat.Section{
		Buttons: []chat.Button{p.ask("button_sku_price", "price sku="+string(h.SKU)), p.ask("button_sku_stock", "stock sku="+string(h.SKU)), p.share(question)},
		Note:    p.note(h.Data, p.skuBasis(h)),
	})
	return chat.Message{Text: headline(name+p.t("colon"), sums), Sections: sections}
}

func (p Pen) skuBasis(h report.SKUHistory) string {
	if h.FromOrders {
		return p.series("sku_orders", "days", p.L.Count(int64(knownDays(h))))
	}
	return p.series("sku_basis", "days", p.L.Count(int64(knownDays(h))))
}

func (p Pen) memberNames(h report.SKUHistory) string {
	s := p.unit(h.Unit)
	if h.Category != "" {
		s += " · " + clamp(string(h.Category), cellTitle)
	}
	return s
}

func (p Pen) skuTable(h report.SKUHistory) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("channel")},
		{Title: p.series("top_gmv"), Right: true},
		{Title: p.series("top_units"), Right: true},
		{Title: p.series("top_price"), Right: true},
		{Title: p.series("sku_range"), Right: true},
		{Title: p.series("sku_rival"), Right: true},
		{Title: p.series("top_stock"), Right: true},
	}}
	for _, c := range h.Channels {
		span := p.L.Missing()
		if c.PriceMin != nil && c.PriceMax != nil {
			span = p.exact(fen(*c.PriceMin)) + " – " + p.exact(fen(*c.PriceMax))
		}
		t.Rows = append(t.Rows, []string{
			p.channel(c.Channel), p.figure("gmv", c.GMV), p.figure("units", c.Units), p.figure("price", c.Price),
			span, p.figure("price", c.Rival), p.figure("stock", c.Stock),
		})
	}
	return t
}

// skuChart draws paid pieces a day; nil with fewer than two known days.
func (p Pen) skuChart(h report.SKUHistory) *chat.Chart {
	first := 0
	for first < len(h.Days) && h.Days[first].Units == nil {
		first++
	}
	days := h.Days[first:]
	if len(days) < 2 {
		return nil
	}
	values, positions := make(chat.Values, len(days)), make([]string, len(days))
	for i, d := range days {
		values[i] = math.NaN()
		if d.Units != nil {
			values[i] = float64(*d.Units)
		}
		_, m, day := d.Day.Date()
		positions[i] = fmt.Sprintf("%d/%d", m, day)
	}
	last := days[len(days)-1]
	c := &chat.Chart{
		Kind: chat.LineChart, Title: p.series("sku_chart", "title", clamp(h.Title, cellTitle)), Subtitle: p.days(days[0].Day, last.Day),
		KPI: p.figure("units", last.Units), Axis: chat.Axis{}, Positions: positions, TickEvery: max(1, len(days)/6), NoData: p.t("no_data"),
		Footer: p.footer(h.Data), Series: []chat.Series{{Name: p.series("top_units"), Role: chat.Current, Values: values}},
	}
	c.Alt = p.series("sku_chart_alt", "title", clamp(h.Title, lineTitle), "span", c.Subtitle, "units", p.figure("units", h.Total.Units))
	return c
}

// knownDays is how many days of the span have data.
func knownDays(h report.SKUHistory) int {
	n := 0
	for _, d := range h.Days {
		if d.Hours > 0 {
			n++
		}
	}
	return n
}
