package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// causeChart draws how many complaints name each cause, beside how many usually
// do; nil with fewer than two causes.
func (p Pen) causeChart(r report.Complaints, span string) *chat.Chart {
	if len(r.Causes) < 2 {
		return nil
	}
	now := chat.Series{Name: p.ch("now"), Role: chat.Current}
	usual := chat.Series{Name: p.ch("usual"), Role: chat.Previous}
	c := &chat.Chart{
		Kind: chat.BarChart, Title: p.ch("causes", "shop", p.shop()), Subtitle: span + p.leftOut(len(r.Causes), min(len(r.Causes), barsShown)), KPI: p.n("complaints_total", int(r.Total)),
		Footer: p.footer(r.Data), NoData: p.t("no_data"),
	}
	if r.UsualKnown {
		c.Change = p.ch("usual_n", "n", decimal(r.Usual))
	}
	var said []string
	for _, x := range r.Causes[:min(len(r.Causes), barsShown)] {
		label := p.L.Count(x.Count)
		if r.UsualKnown {
			usual.Values = append(usual.Values, x.Usual)
			label += p.t("in_brackets", "text", p.ch("usual_n", "n", decimal(x.Usual)))
		}
		c.Positions = append(c.Positions, p.cause(x.Cause))
		now.Values, now.Labels = append(now.Values, float64(x.Count)), append(now.Labels, label)
		said = append(said, p.cause(x.Cause)+" "+label)
	}
	c.Series = []chat.Series{now}
	if r.UsualKnown {
		c.Series = append(c.Series, usual)
	}
	c.Alt = clamp(c.Title+p.t("comma")+c.Subtitle+p.t("colon")+c.KPI+p.t("sentence_gap")+strings.Join(said, p.t("comma")), maxAlt)
	return c
}
