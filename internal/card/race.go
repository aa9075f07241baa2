package card

import (
	"cmp"
	"slices"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Race ranks units (or members of another dimension) by what they reached of
// their targets, else by paid GMV, and shows how places changed.
func (p Pen) Race(g report.GMV, question string) chat.Message {
	title := p.t("race_title")
	change, base := p.against(g)
	if len(g.Parts) == 0 {
		return p.nothing(title, p.f("race_none"), g.Data)
	}
	g.Parts = slices.Clone(g.Parts)
	slices.SortStableFunc(g.Parts, func(a, b report.Part) int { return cmp.Compare(a.Rank, b.Rank) })
	first := g.Parts[0]
	leader := p.f("race_leader", "name", p.partName(g, first), "money", p.short(first.Sums.Paid), "share", p.L.Percent(first.Share))
	if first.Target != nil {
		leader = p.f("race_leader_target", "name", p.partName(g, first), "money", p.short(first.Sums.Paid), "share", p.L.Attained(first.Target.Tiers[0].Share))
	}
	sections := []chat.Section{
		{Heading: title + " · " + strings.TrimSpace(p.shop()+" "+p.scope(g.Filter)) + " · " + p.span(g), Body: append([]chat.Rich{line(leader)}, p.gmvLines(g, change, base)...)},
		{Table: p.race(g)},
	}
	if c := p.raceChart(title, g); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_by_channel", "channels "+p.period(g.From, min(g.To, p.Shop.Day(g.Covered.End)), g.Filter)), p.run("button_gmv", "gmv "+p.again(g)), p.share(question)},
		Note:    p.note(g.Data, p.f("race_basis"), p.baseNote(g)),
	})
	return chat.Message{Text: headline(p.shop(), title, p.span(g)+p.t("colon")+leader), Sections: sections}
}

// raceChart draws what each unit reached of its base target, else its GMV.
func (p Pen) raceChart(title string, g report.GMV) *chat.Chart {
	c := &chat.Chart{
		Kind: chat.BarChart, Title: title, Subtitle: p.shop() + " · " + p.span(g), Footer: p.footer(g.Data), NoData: p.t("no_data"),
	}
	targets := true
	for _, part := range g.Parts {
		targets = targets && (part.Target != nil || part.Key == "")
	}
	s := chat.Series{Name: p.t("gmv_paid"), Role: chat.Current}
	var said []string
	for _, part := range g.Parts {
		if len(c.Positions) == barsShown || targets && part.Target == nil {
			continue
		}
		label := p.short(part.Sums.Paid)
		v := float64(part.Sums.Paid)
		if targets {
			v = part.Target.Tiers[0].Share * 100
			label = p.L.Attained(part.Target.Tiers[0].Share)
		}
		name := p.partName(g, part)
		c.Positions = append(c.Positions, name)
		s.Values = append(s.Values, v)
		s.Labels = append(s.Labels, label)
		said = append(said, name+" "+label)
	}
	if len(c.Positions) < 2 {
		return nil
	}
	c.Subtitle += p.leftOut(len(g.Parts)+g.RestCount, len(c.Positions))
	if targets {
		c.Axis = chat.Axis{Suffix: "%"}
		c.Targets = []chat.Mark{{Name: p.t("tier_base"), Role: chat.Base, Value: 100}}
	}
	c.Series = []chat.Series{s}
	c.Alt = clamp(c.Title+" "+c.Subtitle+p.t("colon")+strings.Join(said, p.t("comma")), maxAlt)
	return c
}
