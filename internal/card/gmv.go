package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// GMV answers "how much do we sell". question is what the person asked, for the
// button that shares the answer.
func (p Pen) GMV(g report.GMV, question string) chat.Message {
	change, base := p.against(g)
	scope := p.scope(g.Filter)
	head := headline(p.shop(), scope, p.span(g), "GMV", p.short(g.Sums.Paid), change, base)
	sections := []chat.Section{{
		Heading: strings.TrimSpace(p.shop()+" "+scope) + " · " + p.span(g),
		Body:    p.gmvLines(g, change, base),
		Fields:  p.gmvFields(g),
	}}
	var table, picture []chat.Section
	if t := p.parts(g); t != nil {
		table = []chat.Section{{Table: t}}
	}
	if c := p.gmvChart(g, change, base); c != nil {
		picture = []chat.Section{{Chart: c}}
	}
	if g.By == metric.ByHour || g.By == metric.ByDay { // a course is seen first, and read behind it
		table, picture = picture, table
	}
	sections = append(append(sections, table...), picture...)
	sections = append(sections, chat.Section{Buttons: p.gmvNext(g, question), Note: p.note(g.Data, p.t("gmv_basis"), p.baseNote(g))})
	return chat.Message{Text: head, Sections: sections}
}

// span names the days, and the time up to which a part day is counted.
func (p Pen) span(g report.GMV) string {
	s := p.days(g.From, g.To)
	if g.Part {
		s += " " + p.t("until", "time", p.clock(g.Covered.End))
	}
	return s
}

// against is the change to the first known comparison, and its name.
func (p Pen) against(g report.GMV) (change, base string) {
	for _, c := range g.Comparisons {
		if c.Known {
			return p.L.Change(int64(g.Sums.Paid), int64(c.Sums.Paid)), p.comparison(c)
		}
	}
	return "", ""
}

func (p Pen) comparison(c report.Comparison) string {
	switch c.Kind {
	case report.SameWeekday:
		return p.t("vs_weekday", "day", p.days(c.From, c.To))
	case report.LastYear:
		return p.t("vs_year", "day", p.days(c.From, c.To))
	case report.CampaignDay:
		name := ""
		if c.Campaign != nil {
			name = c.Campaign.Name.In(p.L.Tag())
		}
		return p.t("vs_campaign", "campaign", name, "day", p.days(c.From, c.To))
	}
	return p.t("vs_previous", "day", p.days(c.From, c.To))
}

func (p Pen) scope(f metric.Filter) string {
	var parts []string
	if f.Unit != "" {
		parts = append(parts, p.unit(f.Unit))
	}
	if f.Channel != "" {
		parts = append(parts, p.channel(f.Channel))
	}
	for _, b := range p.Shop.Bands {
		if b.ID == f.Band {
			parts = append(parts, b.Name.In(p.L.Tag()))
		}
	}
	if f.Region != "" {
		parts = append(parts, p.region(f.Region))
	}
	if f.Category != "" {
		parts = append(parts, clamp(string(f.Category), lineTitle))
	}
	if f.SKU != "" {
		parts = append(parts, string(f.SKU))
	}
	return strings.Join(parts, " ")
}

func (p Pen) gmvLines(g report.GMV, change, base string) []chat.Rich {
	total := chat.Rich{{Text: p.t("gmv_paid") + " "}, {Text: p.short(g.Sums.Paid), Bold: true}}
	if change != "" {
		total = append(total, chat.Span{Text: "  " + change + " " + base})
	}
	lines := []chat.Rich{total}
	for _, c := range g.Comparisons {
		if name := p.comparison(c); c.Known && name != base {
			lines = append(lines, line(p.L.Change(int64(g.Sums.Paid), int64(c.Sums.Paid))+" "+name))
		}
	}
	if g.Target != nil {
		lines = append(lines, line(p.t("target")+" "+p.tiers(*g.Target)))
	}
	if g.Campaign != nil {
		lines = append(lines, line(p.campaign(*g.Campaign)))
	}
	return lines
}

// tiers shows each step of a target as reached or by what it is missed:
// 基础✓ 冲刺✓ 挑战 差 71.6万（89.7%）.
func (p Pen) tiers(t report.TargetPace) string {
	var parts []string
	for _, tier := range t.Tiers {
		name := p.t("tier_" + tier.ID)
		if tier.Reached {
			parts = append(parts, name+"✓")
			continue
		}
		parts = append(parts, p.t("tier_short", "tier", name, "gap", p.short(tier.Gap), "share", p.L.Attained(tier.Share)))
		break // the ones above are further away still
	}
	return strings.Join(parts, " ")
}

func (p Pen) campaign(c report.CampaignNote) string {
	return p.t("campaign", "name", c.Name.In(p.L.Tag()), "phase", p.t("phase_"+c.Phase), "offset", offset(c.Offset))
}

// gmvFields are metrics of the dictionary in the order of reading. What traffic
// says is left out where no traffic is known, and so is the share of prime time
// of a day that has not reached it.
func (p Pen) gmvFields(g report.GMV) []chat.Field {
	keys := []string{"gmv_paid", "gmv_placed", "refunds", "gmv_net", "orders", "aov"}
	if g.Sums.Known.Traffic {
		keys = append(keys, "visitors", "conversion")
	}
	if g.Sums.Paid > 0 && !g.Part {
		keys = append(keys, "prime_time_share")
	}
	var out []chat.Field
	for _, key := range keys {
		if m, ok := metric.Find(key); ok {
			out = append(out, chat.Field{Label: m.Name.In(p.L.Tag()), Value: line(p.value(m, g.Sums))})
		}
	}
	return out
}

// value writes a metric of s in its unit, exactly.
func (p Pen) value(m metric.Metric, s metric.Sums) string {
	v, ok := m.Of(s)
	switch {
	case !ok:
		return p.L.Missing()
	case m.Unit == metric.Money:
		return p.exact(market.Fen(math.Round(v)))
	case m.Unit == metric.Ratio:
		return p.L.Percent(v)
	}
	return p.L.Count(int64(math.Round(v)))
}

// parts is the table of a split.
func (p Pen) parts(g report.GMV) *chat.Table {
	if len(g.Parts) == 0 {
		return nil
	}
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_" + string(g.By))},
		{Title: p.t("paid"), Right: true},
		{Title: p.t("share"), Right: true},
		{Title: p.t("change"), Right: true},
		{Title: p.t("placed"), Right: true},
		{Title: p.t("refunded"), Right: true},
		{Title: p.t("net"), Right: true},
	}}
	for _, part := range g.Parts {
		if !idle(part) {
			t.Rows = append(t.Rows, p.partRow(g, part, p.partName(g, part)))
		}
	}
	if g.Rest != nil {
		t.Rows = append(t.Rows, p.partRow(g, *g.Rest, p.n("rest", g.RestCount)))
	}
	return t
}

// idle reports whether a part has nothing to show, now or in the comparison
// that its row is set against.
func idle(part report.Part) bool {
	s := part.Sums
	return s.Placed == 0 && s.Paid == 0 && s.Refunded == 0 && (len(part.Before) == 0 || part.Before[0].Paid == 0)
}

func (p Pen) partName(g report.GMV, part report.Part) string {
	switch {
	case part.Key == "":
		return p.t("unknown_member")
	case g.By == metric.ByHour:
		return p.t("hour", "hour", part.Key)
	case g.By == metric.ByDay:
		if d, err := market.ParseDay(part.Key); err == nil {
			return p.day(d)
		}
	}
	if name := part.Name.In(p.L.Tag()); name != "" {
		return clamp(name, cellTitle)
	}
	return clamp(part.Key, cellTitle)
}

func (p Pen) partRow(g report.GMV, part report.Part, name string) []string {
	change := p.L.Missing()
	for i, c := range g.Comparisons {
		if c.Known && i < len(part.Before) {
			change = p.L.Change(int64(part.Sums.Paid), int64(part.Before[i].Paid))
			break
		}
	}
	refunded, net := p.L.Missing(), p.L.Missing()
	if part.Sums.Known.Refunds {
		refunded, net = p.exact(part.Sums.Refunded), p.exact(part.Sums.Net())
	}
	return []string{
		name, p.exact(part.Sums.Paid), p.L.Percent(part.Share), change,
		p.exact(part.Sums.Placed), refunded, net,
	}
}

// baseNote names the comparisons that could not be made.
func (p Pen) baseNote(g report.GMV) string {
	for _, c := range g.Comparisons {
		if !c.Known && c.Kind != report.CampaignDay { // most days are no campaign's
			return p.t("no_base", "base", p.comparison(c))
		}
	}
	return ""
}

func (p Pen) gmvNext(g report.GMV, question string) []chat.Button {
	var out []chat.Button
	ask := func(label, split string, by metric.Dim) {
		if g.By != by && len(out) < 2 {
			out = append(out, p.run(label, strings.TrimSpace("gmv "+p.again(g)+" by "+split)))
		}
	}
	if len(p.Shop.Units) > 0 && g.Filter.Unit == "" {
		ask("button_by_unit", "unit", metric.ByUnit)
	}
	if len(p.Shop.Channels) > 0 && g.Filter.Channel == "" {
		ask("button_by_channel", "channel", metric.ByChannel)
	}
	ask("button_by_hour", "hour", metric.ByHour)
	return append(out, p.share(question))
}

// again is the period and filter of g as a question would give them.
func (p Pen) again(g report.GMV) string { return p.period(g.From, g.To, g.Filter) }

// quoted is a value that is read as one word.
func quoted(v string) string {
	if strings.ContainsAny(v, " ,、。") {
		return `"` + v + `"`
	}
	return v
}

// period is days and a filter as a question would give them.
func (p Pen) period(from, to market.Day, f metric.Filter) string {
	var s strings.Builder
	s.WriteString(from.String())
	if to != from {
		s.WriteString(".." + to.String())
	}
	for _, kv := range [][2]string{
		{"unit", string(f.Unit)},
		{"channel", string(f.Channel)},
		{"band", f.Band},
		{"region", string(f.Region)},
		{"category", string(f.Category)},
		{"sku", string(f.SKU)},
	} {
		if kv[1] != "" {
			s.WriteString(" " + kv[0] + "=" + quoted(kv[1]))
		}
	}
	return s.String()
}
