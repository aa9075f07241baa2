package card

import (
	"math"
	"strconv"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// VerbTakePrice keeps the decision for a price that was shown.
const VerbTakePrice = "price_take"

func (p Pen) sg(key string, args ...any) string { return p.L.T("suggest."+key, args...) }

// Suggestions answers "which price": all options of one item, or the best option
// of several. decide adds the buttons that keep a decision.
func (p Pen) Suggestions(s report.Suggestions, question string, one, decide bool) chat.Message {
	title := p.sg("title")
	switch {
	case one && len(s.Items) > 0:
		return p.suggestOne(s, s.Items[0], question, decide)
	case len(s.Items) == 0:
		return p.nothing(title, p.sg("none", "n", p.L.Count(int64(s.Looked))), s.Data)
	}
	counts := p.L.N("suggest.counts", len(s.Items)+s.More, "looked", p.L.Count(int64(s.Looked)))
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.sg("price"), Right: true},
		{Title: p.sg("suggested"), Right: true},
		{Title: p.sg("why")},
		{Title: p.sg("units"), Right: true},
		{Title: p.sg("gain"), Right: true},
	}, More: s.More}
	var buttons []chat.Button
	for _, it := range s.Items {
		b, hold := it.Best(), it.Options[0]
		gain := b.GMV - hold.GMV
		if b.ProfitKnown {
			gain = b.Profit - hold.Profit
		}
		t.Rows = append(t.Rows, []string{
			clamp(it.Title, cellTitle), p.exact(it.Price), p.exact(b.Price), p.optionName(b), pieces(hold.Units) + " → " + pieces(b.Units), p.signed(gain),
		})
		if len(buttons) < 2 {
			buttons = append(buttons, chat.Button{Label: clamp(p.sg("look", "title", clamp(it.Title, 20)), 75), Verb: VerbRun, Value: "suggest sku=" + string(it.SKU)})
		}
	}
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: []chat.Section{
		{Heading: title + " · " + p.moment(s.At), Body: []chat.Rich{line(counts)}},
		{Table: t},
		{Buttons: append(buttons, p.share(question)), Note: p.note(s.Data, p.sg("basis"), p.sg("never"))},
	}}
}

func pieces(units float64) string {
	if units >= 10 {
		return strconv.FormatInt(int64(math.Round(units)), 10)
	}
	return decimal(math.Round(units*10) / 10)
}

func (p Pen) optionName(o pricing.Option) string {
	name := p.sg("option_" + o.ID)
	if o.Bound {
		name += " " + p.sg("bound")
	}
	return name
}

func (p Pen) suggestOne(s report.Suggestions, it report.Suggestion, question string, decide bool) chat.Message {
	best := it.Best()
	title := p.sg("title") + " · " + clamp(it.Title, lineTitle)
	head := p.sg("head_hold", "price", p.exact(it.Price))
	if best.ID != pricing.Hold {
		head = p.sg("head", "price", p.exact(it.Price), "to", p.exact(best.Price), "why", p.optionName(best))
	}
	body := []chat.Rich{bold(head), line(p.suggestFacts(it)), line(p.elasticity(it))}
	end := chat.Section{Note: p.note(s.Data, p.sg("basis"), p.sg("never"))}
	if decide {
		for _, o := range it.Options {
			if o.ID != pricing.Hold && len(end.Buttons) < 2 {
				b := chat.Button{Label: p.sg("take", "price", p.exact(o.Price)), Verb: VerbTakePrice, Value: o.ID + " " + strconv.FormatInt(int64(o.Price), 10) + " " + string(it.SKU)}
				if o.Best {
					b.Style = chat.Primary
				}
				end.Buttons = append(end.Buttons, b)
			}
		}
	}
	end.Buttons = append(end.Buttons, p.share(question))
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), head), Sections: []chat.Section{
		{Heading: title + " · " + p.channel(it.Channel), Body: body}, {Table: p.optionTable(it)}, end,
	}}
}

// suggestFacts is what the options rest on; what is not known is said as such.
func (p Pen) suggestFacts(it report.Suggestion) string {
	rival := p.L.Missing()
	if it.RivalPrice >= 0 {
		rival = p.exact(it.RivalPrice) + " " + clamp(it.Rival, cellTitle)
	}
	cover := p.L.Missing()
	if it.PerDay > 0 {
		cover = p.t("days", "n", decimal(math.Round(10*float64(max(0, it.Available))/it.PerDay)/10))
	}
	return p.sg("facts", "rival", rival, "floor", p.ifKnown(it.Floor), "cost", p.ifKnown(it.Cost), "stock", p.L.Count(it.Available), "cover", cover)
}

func (p Pen) elasticity(it report.Suggestion) string {
	e := decimal(math.Round(-10*it.Elasticity) / 10)
	if it.ElasticityDays == 0 {
		return p.sg("elasticity_usual", "e", e)
	}
	return p.sg("elasticity", "e", e, "n", p.L.Count(int64(it.ElasticityDays)))
}

func (p Pen) optionTable(it report.Suggestion) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.sg("option")},
		{Title: p.sg("price"), Right: true},
		{Title: p.t("change"), Right: true},
		{Title: p.sg("units"), Right: true},
		{Title: p.sg("range"), Right: true},
		{Title: p.sg("gmv"), Right: true},
		{Title: p.sg("profit"), Right: true},
		{Title: p.t("cover"), Right: true},
	}}
	for _, o := range it.Options {
		name, profit, change := p.optionName(o), p.L.Missing(), p.L.Missing()
		if o.Best {
			name += " ★ " + p.sg("best")
		}
		if o.ProfitKnown {
			profit = p.short(o.Profit)
		}
		if o.Price != it.Price {
			change = p.L.Change(int64(o.Price), int64(it.Price))
		}
		t.Rows = append(t.Rows, []string{
			name, p.exact(o.Price), change, pieces(o.Units), pieces(o.Low) + "–" + pieces(o.High), p.short(o.GMV), profit,
			p.t("days", "n", decimal(math.Round(o.Cover*10)/10)),
		})
	}
	return t
}

// PriceDecided tells the channel what was decided. The outcome follows in its
// thread.
func (p Pen) PriceDecided(d market.PriceDecision) chat.Message {
	title := p.sg("decided", "n", strconv.FormatUint(d.Number, 10), "title", clamp(d.Title, lineTitle), "was", p.exact(d.Was), "price", p.exact(d.Price))
	return chat.Message{Text: headline(title), Sections: []chat.Section{{
		Body: []chat.Rich{
			bold(title),
			line(p.channel(d.Channel) + " · " + p.sg("option_"+d.Option) + " · " + p.sg("expected", "units", pieces(d.Units), "low", pieces(d.Low), "high", pieces(d.High), "held", pieces(d.Held))),
			{{Text: p.sg("by") + " "}, {Mention: &chat.Mention{User: d.By}}},
		},
		Note: []chat.Rich{line(p.sg("follow"))},
	}}}
}

// PriceOutcome tells in the thread of a decision what came of it.
func (p Pen) PriceOutcome(d market.PriceDecision, o report.Outcome) chat.Message {
	hours := p.L.Count(int64(o.Window.Duration().Hours()))
	days := o.Window.Duration().Hours() / 24
	perDay := float64(o.Now.Units) / days
	key := "as_expected"
	switch {
	case perDay < d.Low:
		key = "less"
	case perDay > d.High:
		key = "more"
	}
	title := p.sg("outcome", "n", strconv.FormatUint(d.Number, 10), "hours", hours, "units", pieces(perDay), "verdict", p.sg(key, "low", pieces(d.Low), "high", pieces(d.High)))
	applied := p.sg("not_applied", "landed", p.ifKnown(o.Landed), "price", p.exact(d.Price))
	if o.Applied {
		applied = p.sg("applied", "price", p.exact(d.Price))
	}
	lines := []chat.Rich{bold(title), line(applied), line(p.sg("against",
		"units", p.L.Count(o.Now.Units), "before", p.L.Count(o.Then.Units), "paid", p.short(o.Now.Paid), "paid_before", p.short(o.Then.Paid)))}
	if o.CostKnown {
		lines = append(lines, line(p.sg("profit_was", "profit", p.short(o.Now.Profit), "before", p.short(o.Then.Profit))))
	}
	return chat.Message{Text: headline(title), Sections: []chat.Section{{Body: lines, Note: []chat.Rich{line(p.sg("outcome_note"))}}}}
}
