package card

import (
	"math"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

func (p Pen) sl(key string, args ...any) string { return p.L.T("slow."+key, args...) }

// soon is in how many days the button sells it all.
const soon = 14

// Slow answers which stock lies too long, and what price would sell it in time.
func (p Pen) Slow(r report.Slow, question string) chat.Message {
	title := p.sl("title")
	if r.Stocked == 0 && len(r.Items) == 0 {
		return p.nothing(title, p.sl("none"), r.Data)
	}
	first, counts := p.slowCounts(r)
	first.Heading = title + " · " + p.moment(r.At)
	sections := []chat.Section{first}
	if len(r.Items) > 0 {
		sections = append(sections, p.slowWords(r), chat.Section{Table: p.slowTable(r)})
	}
	var buttons []chat.Button
	if r.Days > soon {
		buttons = append(buttons, chat.Button{Label: p.sl("button_soon"), Alt: p.sl("button_soon"), Verb: VerbRun, Value: question + " next 14 days"})
	}
	if len(r.Items) > 0 {
		buttons = append(buttons, chat.Button{Label: p.sl("button_price"), Alt: p.sl("button_price"), Verb: VerbRun, Value: "suggest sku=" + string(r.Items[0].SKU)})
	}
	sections = append(sections, chat.Section{
		Buttons: append(buttons, p.share(question)),
		Note:    p.note(r.Data, p.sl("basis", "over", p.L.Count(int64(r.Over))), p.sl("estimate")),
	})
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: sections}
}

// slowCounts is how much of the stock moves, and what the rest ties up.
func (p Pen) slowCounts(r report.Slow) (s chat.Section, counts string) {
	over := p.L.Count(int64(r.Over))
	counts = p.sl("counts", "slow", p.L.Count(int64(r.Slow)), "stocked", p.L.Count(int64(r.Stocked)), "dead", p.L.Count(int64(r.Dead)), "over", over)
	s.Body = []chat.Rich{line(counts)}
	if r.Stocked > 0 {
		s.Body = append(s.Body, line(p.sl("sold", "sold", p.L.Count(int64(r.Sold)), "stocked", p.L.Count(int64(r.Stocked)), "over", over, "share", p.L.Percent(float64(r.Sold)/float64(r.Stocked)))))
	}
	switch {
	case r.Tied > 0 && r.TiedPart:
		s.Body = append(s.Body, line(p.sl("tied_part", "money", p.short(r.Tied))))
	case r.Tied > 0:
		s.Body = append(s.Body, line(p.sl("tied", "money", p.short(r.Tied))))
	}
	if r.New > 0 {
		s.Body = append(s.Body, line(p.L.N("slow.new", r.New)))
	}
	if r.Slow == 0 {
		s.Body = append(s.Body, line(p.sl("fine")))
	}
	return s, counts
}

// slowWords says of the first lines what price sells them.
func (p Pen) slowWords(r report.Slow) chat.Section {
	var s chat.Section
	day := p.day(p.Shop.Day(r.At) + market.Day(r.Days))
	for _, it := range r.Items[:min(explained, len(r.Items))] {
		name := clamp(it.Title, lineTitle)
		if it.Channel != "" {
			name += " · " + p.channel(it.Channel)
		}
		switch c := it.Clear; {
		case c == nil && it.Units == 0 && it.Available > 0:
			s.Body = append(s.Body, line(p.sl("say_no_sales", "item", name, "n", p.L.Count(it.Available), "over", p.L.Count(int64(r.Over)))))
		case c == nil || c.Cut == 0 && c.Bound == "":
		default:
			key := "say_clear"
			if c.Bound != "" {
				key = "say_" + c.Bound
			}
			s.Body = append(s.Body, line(p.sl(
				key, "item", name, "was", p.exact(it.Price), "price", p.exact(c.Price), "change", p.cut(it, *c), "units", pieces(c.Units), "low", pieces(c.Low), "high", pieces(c.High),
				"day", day, "gmv", p.short(c.GMV), "holding", p.short(c.GMVHolding), "left", p.L.Count(c.Left), "left_holding", p.L.Count(c.LeftHolding),
			)))
		}
	}
	return s
}

func (p Pen) cut(it report.SlowItem, c pricing.Clearance) string {
	return p.L.Change(int64(c.Price), int64(it.Price))
}

func (p Pen) slowTable(r report.Slow) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.t("channel")},
		{Title: p.t("available"), Right: true},
		{Title: p.sl("sold_head", "over", p.L.Count(int64(r.Over))), Right: true},
		{Title: p.sl("share"), Right: true},
		{Title: p.sl("turnover"), Right: true},
		{Title: p.sl("usual"), Right: true},
		{Title: p.sl("tied_head"), Right: true},
		{Title: p.sl("price"), Right: true},
		{Title: p.sl("clear", "days", p.L.Count(int64(r.Days)))},
	}, More: r.More}
	for _, it := range r.Items {
		turnover, usual, tied := p.sl("never"), p.L.Missing(), p.L.Missing()
		if it.Turnover.Known {
			turnover = p.whole(it.Turnover.V)
		}
		if it.Usual != nil {
			usual = p.whole(it.Usual.Days) + " " + p.sl("from_"+it.Usual.From)
		}
		if it.Tied.Known {
			tied = p.short(market.Fen(math.Round(it.Tied.V)))
		}
		t.Rows = append(t.Rows, []string{
			clamp(it.Title, cellTitle), p.channel(it.Channel), p.L.Count(it.Available), p.L.Count(it.Units), p.L.Percent(it.SoldShare), turnover, usual, tied,
			p.ifKnown(it.Price), p.clearCell(it),
		})
	}
	return t
}

// clearCell is the price that sells a line in time, and what is left when it cannot go so low.
func (p Pen) clearCell(it report.SlowItem) string {
	c := it.Clear
	switch {
	case it.Units == 0 && it.Available > 0:
		return p.sl("no_sales")
	case c == nil:
		return p.L.Missing()
	case c.Bound != "":
		return p.sl("cell_bound", "price", p.exact(c.Price), "change", p.cut(it, *c), "left", p.L.Count(c.Left))
	case c.Cut == 0:
		return p.sl("in_time")
	}
	return p.sl("cell", "price", p.exact(c.Price), "change", p.cut(it, *c))
}
