package card

import (
	"slices"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// funnelChart shows how many went how far, each step with its part of the one
// before, beside the stretch that r is set against. nil when two steps are not
// known.
func (p Pen) funnelChart(sheet Sheet, title, span string, r report.Figures) *chat.Chart {
	now := chat.Series{Name: p.ch("now"), Role: chat.Current}
	before := chat.Series{Role: chat.Previous}
	c := &chat.Chart{
		Kind: chat.BarChart, Title: title + " · " + p.shop(), Subtitle: p.ch("funnel", "span", span), Footer: p.footer(r.Data), NoData: p.t("no_data"),
	}
	var said []string
	var last report.Value
	for _, key := range sheet.Funnel {
		m, i := found(r, key)
		if i < 0 || !r.Total[i].Known {
			continue
		}
		label := p.measure(m, r.Total[i])
		if last.Known && last.V > 0 {
			label += p.t("in_brackets", "text", p.L.Percent(r.Total[i].V/last.V))
		}
		last = r.Total[i]
		name := m.Name.In(p.L.Tag())
		c.Positions = append(c.Positions, name)
		now.Values, now.Labels = append(now.Values, last.V), append(now.Labels, strings.TrimSpace(label))
		if r.Base != nil {
			before.Values = append(before.Values, drawn(r.Before[i:i+1])...)
		}
		said = append(said, name+" "+label)
	}
	if len(c.Positions) < 2 {
		return nil
	}
	c.Series = []chat.Series{now}
	if r.Base != nil {
		before.Name = p.days(r.Base.From, r.Base.To)
		c.Series = append(c.Series, before)
	}
	lead, value := p.total(r, 0)
	c.KPI, c.Change = value, strings.TrimSpace(lead+"  "+p.figureChange(r, 0))
	c.Alt = clamp(c.Title+p.t("comma")+c.Subtitle+p.t("colon")+strings.Join(said, p.t("comma"))+p.t("sentence_gap")+c.Change+" "+value, maxAlt)
	return c
}

// found is a metric of r and its place, -1 when r does not hold it.
func found(r report.Figures, key string) (metric.Metric, int) {
	m, _ := metric.Find(key)
	return m, slices.Index(r.Metrics, key)
}
