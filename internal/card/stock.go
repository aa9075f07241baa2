package card

import (
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Stock answers "what is out of stock or soon will be".
func (p Pen) Stock(r report.Stock, question string) chat.Message {
	if r.Listed == 0 {
		return p.nothing(p.t("stock_title"), p.t("stock_none"), r.Data)
	}
	counts := p.stockCounts(r)
	sections := []chat.Section{{Heading: p.t("stock_title") + " · " + p.moment(r.At), Body: []chat.Rich{line(counts)}}}
	if r.LostPerDay > 0 {
		sections[0].Body = append(sections[0].Body, line(p.t("stock_lost", "money", p.short(r.LostPerDay))))
	}
	if r.Loss.Money > 0 {
		sections[0].Body = append(sections[0].Body, line(p.missed("total", r.Loss)))
	}
	switch {
	case len(r.Items) > 0:
		sections = append(sections, chat.Section{Table: p.stockTable(r)})
		if c := p.coverChart(r); c != nil {
			sections = append(sections, chat.Section{Chart: c})
		}
	default:
		sections[0].Body = append(sections[0].Body, line(p.t("stock_fine")))
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_out", "stock out"), p.run("button_low", "stock low"), p.share(question)},
		Note:    p.note(r.Data, p.t("stock_basis"), p.missed("basis", r.Loss)),
	})
	return chat.Message{Text: headline(p.shop(), p.t("stock_title")+p.t("colon"), counts), Sections: sections}
}

// stockCounts says how many lines are out or low, and what low means when the
// question says so.
func (p Pen) stockCounts(r report.Stock) string {
	args := []any{"out", p.L.Count(int64(r.Out)), "low", p.L.Count(int64(r.Low)), "listed", p.L.Count(int64(r.Listed))}
	if r.Within > 0 {
		return p.L.T("sentence.stock_within", append(args, "n", decimal(r.Within))...)
	}
	return p.t("stock_counts", args...)
}

func (p Pen) stockTable(r report.Stock) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("channel")},
		{Title: p.t("available"), Right: true},
		{Title: p.t("per_day"), Right: true},
		{Title: p.t("cover"), Right: true},
		{Title: p.t("inbound"), Right: true},
		{Title: p.missed("head", r.Loss), Right: true},
	}, More: r.More}
	for _, it := range r.Items {
		t.Rows = append(t.Rows, []string{
			clamp(it.Title, cellTitle), p.channel(it.Channel), p.L.Count(it.Available), decimal(it.PerDay),
			p.cover(it), p.inbound(it), p.loss(it.Loss),
		})
	}
	return t
}

func (p Pen) cover(it report.StockItem) string {
	switch {
	case it.Out && !it.OutAt.IsZero():
		return p.t("out_since", "time", p.moment(it.OutAt))
	case it.Out:
		return p.t("out")
	case !it.CoverKnown:
		return p.L.Missing()
	}
	return p.t("days", "n", decimal(it.Cover))
}

// inbound is what is on its way and about when it should be there.
func (p Pen) inbound(it report.StockItem) string {
	if it.ComesBy.IsZero() {
		return p.L.Count(it.Inbound)
	}
	return p.L.Count(it.Inbound) + " · " + monthDay(p.Shop.Day(it.ComesBy))
}

// loss is what is expected to be missed, with its range.
func (p Pen) loss(l analysis.Loss) string {
	if l.High <= 0 {
		return p.L.Missing()
	}
	return p.missed("cell", l)
}

// missed is a sentence about what is expected to be missed.
func (p Pen) missed(key string, l analysis.Loss) string {
	return p.L.T("loss."+key, "money", p.short(l.Money), "low", p.short(l.Low), "high", p.short(l.High), "days", decimal(l.Days))
}
