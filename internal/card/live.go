package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func (p Pen) onAir(key string, args ...any) string { return p.L.T("live."+key, args...) }

// Live answers "what do livestreams bring", by session.
func (p Pen) Live(v report.Live, question string) chat.Message {
	title := p.onAir("title") + " · " + p.shop() + " · " + p.days(v.From, v.To)
	counts := p.L.N("live.sessions", len(v.Sessions)+v.More)
	total := p.onAir("total", "money", p.short(v.Paid), "share", p.liveShare(v), "visitors", p.L.Count(v.Visitors))
	body := []chat.Rich{{{Text: counts, Bold: true}, {Text: p.t("comma") + total}}}
	if len(v.Sessions) > 0 {
		body = append(body, line(p.onAir("per_session", "money", p.short(v.PerSession))))
	} else {
		body = append(body, line(p.onAir("none")))
	}
	if v.Estimated > 0 {
		body = append(body, line(p.onAir("estimated", "money", p.short(v.Estimated))))
	}
	sections := []chat.Section{{Heading: title, Body: body}}
	if len(v.Sessions) > 0 {
		sections = append(sections, chat.Section{Table: p.liveTable(v)})
	}
	days := p.period(v.From, min(v.To, p.Shop.Day(v.Data.AsOf)), metric.Filter{})
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{{Label: p.onAir("traffic"), Verb: VerbRun, Value: "traffic " + days}, {Label: p.onAir("gmv"), Verb: VerbRun, Value: "gmv " + days}, p.share(question)},
		Note:    p.note(v.Data, p.onAir("basis")),
	})
	return chat.Message{Text: headline(p.shop(), p.days(v.From, v.To), counts+p.t("comma")+total), Sections: sections}
}

func (p Pen) liveShare(v report.Live) string {
	share, ok := market.Ratio(v.Paid, v.All)
	if !ok {
		return p.L.Missing()
	}
	return p.L.Percent(share)
}

func (p Pen) liveTable(v report.Live) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.onAir("when")},
		{Title: p.t("by_unit")},
		{Title: p.t("channel")},
		{Title: p.t("gmv_paid"), Right: true},
		{Title: p.onAir("buyers"), Right: true},
		{Title: p.onAir("visitors"), Right: true},
		{Title: p.onAir("lift"), Right: true},
		{Title: p.onAir("goods")},
	}, More: v.More}
	for _, s := range v.Sessions {
		when := p.moment(s.Start) + "–" + p.clock(s.End)
		if s.Open {
			when = p.moment(s.Start) + " " + p.onAir("open")
		}
		lift, goods := p.L.Missing(), p.L.Missing()
		if s.Lift.Known {
			lift = "×" + decimal(s.Lift.V)
		}
		if len(s.Top) > 0 {
			var names []string
			for _, g := range s.Top {
				names = append(names, clamp(g.Title, cellTitle/2))
			}
			goods = strings.Join(names, p.t("comma"))
		}
		t.Rows = append(t.Rows, []string{
			when, p.unit(s.Unit), p.channel(s.Channel), p.short(s.Paid), p.L.Count(s.Buyers), p.L.Count(s.Visitors), lift, goods,
		})
	}
	return t
}
