package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func (p Pen) w(key string, args ...any) string { return p.L.T("why."+key, args...) }

// Why answers "what accounts for the change": the exact ledger, what stands
// out, and whether the change is worth a word at all. It never says that
// something caused anything.
func (p Pen) Why(r report.Why, question string) chat.Message {
	title := p.w("title")
	days := p.days(r.From, r.To)
	if r.Part {
		days += " " + p.t("until", "time", p.clock(r.Covered.End))
	}
	if !r.Base.Known {
		return p.nothing(title+" · "+days, p.t("no_base", "base", p.comparison(r.Base)), r.Data)
	}
	base := p.comparison(r.Base)
	gist := p.w("gist", "now", p.short(r.Now), "before", p.short(r.Before), "change", p.signed(r.Change), "share", p.L.Change(int64(r.Now), int64(r.Before)), "base", base)
	sections := []chat.Section{
		{Heading: title + " · " + strings.TrimSpace(p.shop()+" "+p.scope(r.Filter)) + " · " + days, Body: append([]chat.Rich{bold(gist)}, p.usual(r)...)},
		{Body: p.ledgerWords(r), Table: p.ledger(r)},
	}
	if body := p.standOut(r); len(body) > 0 {
		sections = append(sections, chat.Section{Body: body})
	}
	sections = append(sections, chat.Section{Buttons: p.whyNext(r, question), Note: p.note(r.Data, p.w("basis"), p.w("not_cause"))})
	return chat.Message{Text: headline(p.shop(), p.scope(r.Filter), days, title+p.t("colon"), gist), Sections: sections}
}

func (p Pen) ledgerWords(r report.Why) []chat.Rich {
	out := []chat.Rich{line(p.w("ledger"))}
	if r.Net != nil {
		out = append(out, line(p.w("ledger_net")))
	}
	return out
}

// usual says whether the change is within what happens anyhow.
func (p Pen) usual(r report.Why) []chat.Rich {
	switch {
	case r.Change == 0:
		return []chat.Rich{line(p.w("no_change"))}
	case r.Usual != nil && r.Noise:
		return []chat.Rich{line(p.w("noise", "lower", p.short(r.Usual.Lower), "upper", p.short(r.Usual.Upper)))}
	case r.Usual != nil:
		return []chat.Rich{line(p.w("beyond", "lower", p.short(r.Usual.Lower), "upper", p.short(r.Usual.Upper)))}
	case r.Noise:
		return []chat.Rich{line(p.w("noise_cells"))}
	}
	return nil
}

// ledger is one table with both accounts of the same change, and what refunds leave
// of it; each ends with its sum.
func (p Pen) ledger(r report.Why) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.w("factor")}, {Title: p.w("before"), Right: true}, {Title: p.w("now"), Right: true}, {Title: p.w("accounts_for"), Right: true}, {Title: p.w("of_change"), Right: true},
	}}
	row := func(name, before, now string, amount market.Fen) {
		share := p.L.Missing()
		if s, ok := market.Ratio(amount, r.Change); ok {
			share = p.L.Percent(s)
		}
		t.Rows = append(t.Rows, []string{name, before, now, p.signedExact(amount), share})
	}
	none := p.L.Missing()
	if f := r.Funnel; f != nil {
		row(p.w("visitors"), p.L.Count(f.VisitorsBefore), p.L.Count(f.Visitors), f.ByVisitors)
		row(p.w("conversion"), p.L.Percent(f.ConversionBefore), p.L.Percent(f.Conversion), f.ByConversion)
		row(p.w("per_buyer"), p.exact(f.PerBuyerBefore), p.exact(f.PerBuyer), f.ByPerBuyer)
		if f.Other != 0 {
			row(p.w("untracked"), none, none, f.Other)
		}
		row(p.w("sum"), p.exact(r.Before), p.exact(r.Now), r.Change)
	}
	for _, x := range []struct {
		key    string
		amount market.Fen
		always bool
	}{
		{"price", r.Mix.Price, true},
		{"volume", r.Mix.Volume, true},
		{"mix", r.Mix.Mix, true},
		{"new", r.Mix.New, false},
		{"gone", r.Mix.Gone, false},
		{"returns", r.Mix.Other, false},
	} {
		if x.always || x.amount != 0 {
			row(p.w(x.key), none, none, x.amount)
		}
	}
	row(p.w("sum"), p.exact(r.Before), p.exact(r.Now), r.Change)
	if n := r.Net; n != nil {
		net := func(name, before, now string, amount market.Fen) {
			share := p.L.Missing()
			if s, ok := market.Ratio(amount, n.Change); ok {
				share = p.L.Percent(s)
			}
			t.Rows = append(t.Rows, []string{name, before, now, p.signedExact(amount), share})
		}
		net(p.w("net_paid"), p.exact(r.Before), p.exact(r.Now), n.Paid)
		net(p.w("net_by_sales"), none, none, n.BySales)
		net(p.w("net_by_rate"), p.rate(n.RefundsBefore, r.Before), p.rate(n.Refunds, r.Now), n.ByRate)
		net(p.w("net_sum"), p.exact(n.NetBefore), p.exact(n.Net), n.Change)
	}
	return t
}

// rate is a part as a share of a whole.
func (p Pen) rate(part, whole market.Fen) string {
	if v, ok := market.Ratio(part, whole); ok {
		return p.L.Percent(v)
	}
	return p.L.Missing()
}

// signedExact is an amount of a ledger, which must be seen to add up.
func (p Pen) signedExact(f market.Fen) string {
	switch {
	case f > 0:
		return "+" + p.exact(f)
	case f < 0:
		return "−" + p.exact(-f)
	}
	return p.exact(f)
}

// standOut names the slices, the items that moved most, and Simpson's case.
func (p Pen) standOut(r report.Why) []chat.Rich {
	var out []chat.Rich
	for _, s := range r.Slices {
		out = append(out, line(p.w("slice", "where", p.where(s.Where), "change", p.signed(s.Change), "share", p.L.Change(int64(s.Now), int64(s.Before)))))
	}
	if len(r.Slices) > 0 && r.Rest != 0 {
		out = append(out, line(p.w("rest", "change", p.signed(r.Rest))))
	}
	if len(r.Slices) == 0 && r.Change != 0 && !r.Noise {
		out = append(out, line(p.w("alike")))
	}
	if r.Funnel != nil && r.Funnel.Reversed {
		out = append(out, line(p.w("reversed")))
	}
	if len(r.Mix.Items) > 0 {
		var items []string
		for _, it := range r.Mix.Items {
			items = append(items, clamp(it.Title, cellTitle)+" "+p.signed(it.Change))
		}
		out = append(out, line(p.w("items")+p.t("colon")+p.L.Join(items)))
	}
	return out
}

func (p Pen) where(members []report.SliceMember) string {
	var parts []string
	for _, m := range members {
		name := m.Name.In(p.L.Tag())
		if m.ID == "" {
			name = p.t("unknown_member")
		}
		parts = append(parts, clamp(name, cellTitle))
	}
	return strings.Join(parts, " × ")
}

// whyNext drills into the first slice, as far as a question can name it, or
// splits the change.
func (p Pen) whyNext(r report.Why, question string) []chat.Button {
	f := r.Filter
	if len(r.Slices) > 0 {
		for _, m := range r.Slices[0].Where {
			switch m.Dim {
			case metric.ByUnit:
				f.Unit = market.Unit(m.ID)
			case metric.ByChannel:
				f.Channel = market.Channel(m.ID)
			case metric.ByBand:
				f.Band = m.ID
			case metric.ByRegion:
				f.Region = market.Region(m.ID)
			}
		}
	}
	var out []chat.Button
	ask := func(label, verb string, f metric.Filter, more string) {
		out = append(out, chat.Button{Label: p.w(label), Alt: p.w(label), Verb: VerbRun, Value: verb + " " + p.period(r.From, r.To, f) + more})
	}
	if f != r.Filter {
		ask("into_slice", "why", f, "")
	} else if r.Filter.Unit == "" && len(p.Shop.Units) > 0 {
		ask("by_unit", "gmv", r.Filter, " by unit")
	}
	ask("by_item", "gmv", f, " by sku")
	for _, q := range whyFactors(r) {
		ask("into_"+q, q, metric.Filter{Unit: f.Unit, Channel: f.Channel}, "")
	}
	return append(out, p.share(question))
}

// whyFactors are the questions behind the largest factor of the funnel, and behind the
// rate of refunds when it accounts for a fifth of the change of net GMV.
func whyFactors(r report.Why) (questions []string) {
	size := func(f market.Fen) market.Fen { return max(f, -f) }
	if f := r.Funnel; f != nil {
		most := max(size(f.ByVisitors), size(f.ByConversion), size(f.ByPerBuyer))
		switch {
		case most == 0:
		case most == size(f.ByVisitors):
			questions = append(questions, "traffic")
		case most == size(f.ByConversion):
			questions = append(questions, "funnel")
		default:
			questions = append(questions, "bands")
		}
	}
	if n := r.Net; n != nil && n.ByRate != 0 && 5*size(n.ByRate) >= size(n.Change) {
		questions = append(questions, "returns")
	}
	return questions
}
