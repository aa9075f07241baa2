package card

import (
	"strconv"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Campaign is the board of a campaign: where it stands, what it has brought
// against its last edition, and day by day.
func (p Pen) Campaign(c report.Campaign, question string) chat.Message {
	name := c.Name.In(p.L.Tag())
	today := p.Shop.Day(c.Now)
	state := p.campaignState(c, today)
	body := []chat.Rich{line(state)}
	text := headline(p.shop(), name, state)
	var change, base string
	if c.GMV != nil {
		change, base = p.against(*c.GMV)
		body = append(body, p.gmvLines(*c.GMV, change, base)[:1]...)
		if c.GMV.Target != nil {
			body = append(body, line(p.t("target")+" "+p.tiers(*c.GMV.Target)))
		}
		text = headline(p.shop(), name, state+p.t("comma")+"GMV", p.short(c.GMV.Sums.Paid), change, base)
	} else if c.State != report.CampaignComing {
		body = append(body, line(p.f("campaign_no_data")))
	}
	if c.Following != nil {
		body = append(body, line(p.L.N("figures.campaign_following", int(c.Following.From-today), "phase", p.t("phase_"+c.Following.Phase), "day", p.day(c.Following.From))))
	}
	if c.Next != nil && c.State == report.CampaignOver {
		body = append(body, line(p.L.N("figures.campaign_next", int(c.Next.From-today), "name", c.Next.Campaign.In(p.L.Tag()), "day", p.day(c.Next.From))))
	}
	sections := []chat.Section{{Heading: name + " · " + p.shop() + " · " + p.days(c.From, c.To), Body: body}}
	if len(c.Days) > 0 {
		sections = append(sections, chat.Section{Table: p.campaignTable(c)})
		if chart := p.gmvChart(*c.GMV, change, base); chart != nil {
			sections = append(sections, chat.Section{Chart: chart})
		}
	}
	end := chat.Section{Buttons: []chat.Button{p.share(question)}}
	if c.GMV != nil {
		again := p.period(c.From, min(c.To, today), c.GMV.Filter)
		end.Buttons = []chat.Button{
			{Label: p.f("next_channels"), Verb: VerbRun, Value: "channels " + again}, {Label: p.f("next_hits"), Verb: VerbRun, Value: "hits " + again}, p.share(question),
		}
		end.Note = p.note(c.GMV.Data, p.f("campaign_basis"), p.campaignBase(c))
	}
	return chat.Message{Text: text, Sections: append(sections, end)}
}

// campaignState says in one line where today lies.
func (p Pen) campaignState(c report.Campaign, today market.Day) string {
	switch {
	case c.State == report.CampaignComing:
		return p.L.N("figures.campaign_coming", int(c.From-today), "day", p.day(c.From), "peak", p.day(c.Peak))
	case c.State == report.CampaignOver:
		return p.f("campaign_over", "day", p.day(c.To))
	case c.Phase == nil:
		return p.f("campaign_between", "offset", offset(int(today-c.Peak)))
	}
	return p.f("campaign_on", "phase", p.t("phase_"+c.Phase.Phase), "offset", offset(int(today-c.Peak)))
}

// offset writes days from the peak: D-3, D0, D+1.
func offset(days int) string {
	switch {
	case days > 0:
		return "D+" + strconv.Itoa(days)
	case days < 0:
		return "D" + strconv.Itoa(days)
	}
	return "D0"
}

func (p Pen) campaignBase(c report.Campaign) string {
	if len(c.GMV.Comparisons) > 0 && !c.GMV.Comparisons[0].Known {
		return p.f("campaign_no_base")
	}
	return ""
}

func (p Pen) campaignTable(c report.Campaign) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_day")},
		{Title: p.f("offset")},
		{Title: p.f("phase")},
		{Title: p.t("paid"), Right: true},
		{Title: p.f("last_edition"), Right: true},
		{Title: p.t("change"), Right: true},
	}}
	for _, d := range c.Days {
		day := p.day(d.Day)
		if d.Part {
			day += " " + p.t("until", "time", p.clock(c.GMV.Covered.End))
		}
		phase := p.L.Missing()
		if d.Phase != "" {
			phase = p.t("phase_" + d.Phase)
		}
		before, change := p.L.Missing(), p.L.Missing()
		if d.BeforeKnown {
			before, change = p.short(d.Before), p.L.Change(int64(d.Paid), int64(d.Before))
		}
		t.Rows = append(t.Rows, []string{day, offset(d.Offset), phase, p.short(d.Paid), before, change})
	}
	return t
}
