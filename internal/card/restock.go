package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

func (p Pen) order(key string, args ...any) string { return p.L.T("restock."+key, args...) }

// explained is how many lines are explained in words.
const explained = 3

// Restock answers "what must be ordered now". question is what the person asked.
func (p Pen) Restock(r report.Restock, question string) chat.Message {
	title := p.order("title")
	if r.Selling == 0 {
		return p.nothing(title, p.order("none"), r.Data)
	}
	counts := p.order("counts", "due", p.L.Count(int64(r.Due)), "selling", p.L.Count(int64(r.Selling)))
	first := chat.Section{Heading: title + " · " + p.shop() + " · " + p.moment(r.At), Body: []chat.Rich{line(counts)}}
	if r.Cost > 0 {
		key := "cost"
		if r.CostPart {
			key = "cost_part"
		}
		first.Body = append(first.Body, line(p.order(key, "money", p.short(r.Cost))))
	}
	if r.AtRisk.Money > 0 {
		first.Body = append(first.Body, line(p.missed("at_risk_total", r.AtRisk)))
	}
	if r.Short > 0 {
		first.Body = append(first.Body, line(p.L.N("restock.short", r.Short)))
	}
	if r.Due == 0 && len(r.Items) == 0 {
		first.Body = append(first.Body, line(p.order("fine")))
	}
	sections := []chat.Section{first}
	if s := p.restockWhy(r); len(s.Body) > 0 {
		sections = append(sections, s)
	}
	if len(r.Items) > 0 {
		sections = append(sections, chat.Section{Table: p.restockTable(r)})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_stock", "stock"), p.run("button_low", "stock low"), p.share(question)},
		Note: p.note(r.Data, p.order("basis", "service", p.L.Percent(r.Service), "review", p.L.Count(int64(r.Review))),
			p.assumed(r)),
	})
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: sections}
}

// restockWhy says of the most urgent lines what to order and how that adds up.
func (p Pen) restockWhy(r report.Restock) chat.Section {
	var s chat.Section
	for _, it := range r.Items[:min(explained, len(r.Items))] {
		name := clamp(it.Title, lineTitle)
		if it.Channel != "" {
			name += " · " + p.channel(it.Channel)
		}
		if it.TooFew {
			s.Body = append(s.Body, line(p.order("too_few", "item", name)))
			continue
		}
		s.Body = append(s.Body, bold(p.whatToDo(name, it)), line(p.adding(r, it)))
		if it.Quantity > 0 && it.AtRisk.Money > 0 {
			s.Body = append(s.Body, line(p.missed("wait", it.AtRisk)))
		}
		if len(it.Regions) > 0 {
			s.Body = append(s.Body, line(p.order("regions", "parts", p.regionParts(it.Regions))))
		}
	}
	return s
}

// regionParts tells where an order should go, largest part first; regions that
// would receive nothing are left out.
func (p Pen) regionParts(parts []report.RegionPart) string {
	var out []string
	for _, x := range parts {
		if x.Quantity > 0 {
			out = append(out, p.region(x.Region)+" "+p.L.Count(x.Quantity))
		}
	}
	return strings.Join(out, p.t("comma"))
}

func (p Pen) whatToDo(name string, it report.RestockItem) string {
	if it.Quantity == 0 {
		return p.order("enough", "item", name, "by", p.by(it))
	}
	return p.order("order", "item", name, "n", p.L.Count(it.Quantity), "by", p.by(it))
}

// adding is the sum behind a quantity: (6.5 d lead + 7 d review) x 12.3 a day =
// 166, campaign 30, safety 41, against available and inbound.
func (p Pen) adding(r report.Restock, it report.RestockItem) string {
	campaign := ""
	if it.Why.CampaignDays > 0 {
		campaign = p.order("campaign", "n", p.whole(it.Why.Campaign), "days", p.L.Count(int64(it.Why.CampaignDays)))
	}
	lead := decimal(it.LeadDays)
	if it.LeadAssumed {
		lead += "*"
	}
	text := p.order(
		"sum", "lead", lead, "review", p.L.Count(int64(r.Review)), "pace", decimal(it.PerDay), "plain", p.whole(it.Why.Plain),
		"campaign", campaign, "safety", p.whole(it.Why.Safety), "level", p.L.Count(it.UpTo),
		"available", p.L.Count(it.Available), "inbound", p.L.Count(it.Inbound),
	)
	if it.MOQ > 1 || it.Pack > 1 {
		text += p.order("rounded", "moq", p.L.Count(max(1, it.MOQ)), "pack", p.L.Count(max(1, it.Pack)))
	}
	return text
}

func (p Pen) whole(v float64) string { return p.L.Count(int64(math.Round(v))) }

// by is the last day to order.
func (p Pen) by(it report.RestockItem) string {
	if it.By == 0 {
		return p.L.Missing()
	}
	return p.day(it.By)
}

func (p Pen) restockTable(r report.Restock) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("channel")},
		{Title: p.order("quantity"), Right: true},
		{Title: p.order("by"), Right: true},
		{Title: p.t("available"), Right: true},
		{Title: p.t("inbound"), Right: true},
		{Title: p.t("per_day"), Right: true},
		{Title: p.order("runs_out"), Right: true},
		{Title: p.missed("at_risk", r.AtRisk), Right: true},
	}, More: r.More}
	for _, it := range r.Items {
		row := []string{clamp(it.Title, cellTitle), p.channel(it.Channel)}
		if it.TooFew {
			row = append(row, p.L.Missing(), p.L.Missing(), p.L.Count(it.Available), p.L.Count(it.Inbound), p.L.Missing(), p.L.Missing(), p.L.Missing())
		} else {
			row = append(row, p.L.Count(it.Quantity), p.by(it), p.L.Count(it.Available), p.L.Count(it.Inbound), decimal(it.PerDay), p.runsOut(it), p.atRisk(it))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// runsOut is from when on it may be out, and when it probably is.
func (p Pen) runsOut(it report.RestockItem) string {
	switch {
	case it.Available <= 0:
		return p.t("out")
	case it.EarlyOut == 0 && it.OutBy == 0:
		return p.order("later")
	case it.OutBy == 0:
		return p.order("from", "day", monthDay(it.EarlyOut))
	case it.EarlyOut == it.OutBy:
		return monthDay(it.OutBy)
	}
	return monthDay(it.EarlyOut) + " – " + monthDay(it.OutBy)
}

// atRisk is what is missed without an order; nothing is said of what has no price.
func (p Pen) atRisk(it report.RestockItem) string {
	if !it.AtRiskKnown {
		return p.L.Missing()
	}
	return p.short(it.AtRisk.Money)
}

// assumed says which lead times are not from the catalogue.
func (p Pen) assumed(r report.Restock) string {
	for _, it := range r.Items {
		if it.LeadAssumed && !it.TooFew {
			return p.order("assumed", "days", decimal(it.LeadDays))
		}
	}
	return ""
}
