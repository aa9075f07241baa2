package card

import (
	"fmt"
	"math"
	"strconv"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// gmvChart draws cumulative GMV of the period against its comparisons and the
// tiers of the target, or its hours where they are known day by day; nil when
// there is no curve of at least two points.
func (p Pen) gmvChart(g report.GMV, change, base string) *chat.Chart {
	if len(g.Hours) > 0 {
		return p.hoursChart(g)
	}
	if len(g.Curves) == 0 || g.Curves[0].Steps < 2 || len(g.Curves[0].Values) == 0 {
		return nil
	}
	own := g.Curves[0]
	c := &chat.Chart{
		Kind: chat.LineChart, Title: p.t("chart_title", "shop", p.shop()), Subtitle: p.span(g),
		KPI: p.short(g.Sums.Paid), Tone: tone(g), Axis: p.axis(g),
		Positions: p.positions(own), TickEvery: tickEvery(own), NoData: p.t("no_data"),
		Footer: p.footer(g.Data),
	}
	if change != "" {
		c.Change = change + " " + base
	}
	roles := []chat.SeriesRole{chat.Current, chat.Previous, chat.Older}
	for i, curve := range g.Curves[:min(len(g.Curves), len(roles))] {
		c.Series = append(c.Series, chat.Series{Name: p.curveName(g, curve), Role: roles[i], Values: points(curve)})
	}
	c.Targets = p.marks(g)
	c.Alt = p.t("chart_alt", "title", c.Title, "span", c.Subtitle, "kpi", c.KPI, "change", c.Change)
	if g.Target != nil {
		c.Alt += p.t("sentence_gap") + p.t("target") + " " + p.tiers(*g.Target)
	}
	return c
}

func (p Pen) curveName(g report.GMV, c report.Curve) string {
	if c.Kind == "" && g.From == g.To {
		return p.day(g.From)
	}
	if c.Kind == "" {
		return p.t("this_period")
	}
	if c.Step == metric.ByDay {
		return monthDay(c.From) + "–" + monthDay(c.From+market.Day(c.Steps-1))
	}
	return p.day(c.From)
}

// marks are the tiers that fit on the chart: a tier several times above
// everything drawn would press the curves flat.
func (p Pen) marks(g report.GMV) []chat.Mark {
	if g.Target == nil {
		return nil
	}
	var top market.Fen
	for _, c := range g.Curves {
		for _, v := range c.Values {
			top = max(top, v)
		}
	}
	var out []chat.Mark
	for _, tier := range g.Target.Tiers {
		if tier.Amount > 2*top {
			continue
		}
		out = append(out, chat.Mark{
			Name: p.t("tier_"+tier.ID) + " " + p.short(tier.Amount), Role: chat.MarkRole(tier.ID), Value: float64(tier.Amount),
		})
	}
	return out
}

// axis scales minor units to what people say: 万 or K, M.
func (p Pen) axis(g report.GMV) chat.Axis {
	var top market.Fen
	for _, c := range g.Curves {
		for _, v := range c.Values {
			top = max(top, v)
		}
	}
	return p.axisTo(top)
}

// axisTo is the axis of amounts up to top.
func (p Pen) axisTo(top market.Fen) chat.Axis {
	minor := math.Pow10(p.Shop.Currency.Exponent())
	for _, step := range p.scale() {
		if float64(top) >= 2*step.size*minor {
			return chat.Axis{Divisor: step.size * minor, Suffix: step.suffix}
		}
	}
	return chat.Axis{Divisor: minor}
}

type scaleStep struct {
	size   float64
	suffix string
}

func (p Pen) scale() []scaleStep {
	if p.L.Tag() == "zh-CN" {
		return []scaleStep{{1e8, "亿"}, {1e4, "万"}}
	}
	return []scaleStep{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}
}

// positions labels the steps of a curve. Hours have one more than there are
// steps: a cumulative curve begins with nothing at 0h and ends at 24h.
func (p Pen) positions(c report.Curve) []string {
	if c.Step == metric.ByHour {
		out := make([]string, c.Steps+1)
		for i := range out {
			out[i] = p.t("hour", "hour", strconv.Itoa(i))
		}
		return out
	}
	out := make([]string, c.Steps)
	for i := range out {
		out[i] = monthDay(c.From + market.Day(i))
	}
	return out
}

// monthDay is a day as a chart labels it: 11/22.
func monthDay(d market.Day) string {
	_, m, day := d.Date()
	return fmt.Sprintf("%d/%d", m, day)
}

func tickEvery(c report.Curve) int {
	if c.Step == metric.ByHour {
		return 6
	}
	return max(1, c.Steps/6)
}

func points(c report.Curve) chat.Values {
	var out chat.Values
	if c.Step == metric.ByHour {
		out = append(out, 0)
	}
	for _, v := range c.Values {
		out = append(out, float64(v))
	}
	return out
}

func tone(g report.GMV) chat.Tone {
	for _, c := range g.Comparisons {
		if !c.Known || c.Sums.Paid == g.Sums.Paid {
			continue
		}
		if g.Sums.Paid > c.Sums.Paid {
			return chat.Good
		}
		return chat.Bad
	}
	return chat.Neutral
}

func (p Pen) footer(c report.Coverage) string {
	if c.AsOf.IsZero() {
		return p.t("no_data_yet")
	}
	s := p.t("as_of", "time", p.moment(c.AsOf))
	if c.Complete {
		s += " · " + p.t("complete")
	}
	return s
}
