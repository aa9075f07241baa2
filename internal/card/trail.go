package card

import (
	"math"
	"slices"
	"strconv"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// AlertProof is what stands in the thread of an alert from its beginning: the
// numbers that it was raised by, and the picture of how it came to that. t is
// nil where there is no picture.
func (p Pen) AlertProof(a alert.Alert, t *report.Trail) chat.Message {
	f := a.First
	lines := append([]chat.Rich{bold(p.tr("title"))}, p.proof(f)...)
	lines = append(lines, p.rawNumbers(f)...)
	s := chat.Section{Body: lines}
	if t != nil {
		s.Chart = p.trailChart(f, *t)
	}
	out := chat.Message{Text: headline(p.tr("title")+p.t("colon"), p.gist(f)), Sections: []chat.Section{s}}
	if next := p.questions(a); len(next) > 0 {
		out.Sections = append(out.Sections, chat.Section{Buttons: next})
	}
	return out
}

// tr is a text of the area "trail".
func (p Pen) tr(key string, args ...any) string { return p.L.T("trail."+key, args...) }

// rawNumbers are the exact figures of the rule's own comparison.
func (p Pen) rawNumbers(f analysis.Finding) []chat.Rich {
	switch {
	case f.GMV != nil:
		key := "trail.gmv"
		if f.GMV.Paced != nil {
			key = "pace.numbers"
		}
		return []chat.Rich{line(p.L.T(key, "from", p.clock(f.GMV.Window.Start), "to", p.clock(f.GMV.Window.End),
			"actual", p.exact(f.GMV.Actual), "expected", p.exact(f.GMV.Expected)))}
	case f.Price != nil:
		return []chat.Rich{line(p.tr("price", "before", p.exact(f.Price.Before), "now", p.exact(f.Price.Now), "own", p.exact(f.Price.Own)))}
	case f.Stock != nil:
		return []chat.Rich{line(p.tr("stock", "available", p.L.Count(f.Stock.Available), "inbound", p.L.Count(f.Stock.Inbound), "lost", p.exact(f.Stock.LostPerDay)))}
	case f.Complaints != nil:
		return []chat.Rich{line(p.tr("complaints", "n", p.L.Count(f.Complaints.Count), "usual", decimal(f.Complaints.Expected)))}
	case f.Rule == analysis.RuleCounterfeit && f.Reading != nil:
		var claims []chat.Rich
		for _, q := range f.Reading.Quotes {
			claims = append(claims, chat.Rich{{Text: p.t("quoted", "text", clamp(q, 200)), Italic: true}})
		}
		return claims
	}
	return nil
}

// trailChart draws a trail; nil when nothing of it is known.
func (p Pen) trailChart(f analysis.Finding, t report.Trail) *chat.Chart {
	last := lastKnown(t.Value)
	if last < 0 {
		return nil
	}
	c := &chat.Chart{
		Kind: chat.LineChart, Title: p.tr("chart_"+string(t.Rule)) + " · " + p.subject(f.Subject), Subtitle: p.trailSpan(t),
		NoData: p.t("no_data"), Footer: p.tr("footer_" + string(t.Rule)), Tone: chat.Bad,
		Series: []chat.Series{{Name: p.tr("value_" + string(t.Rule)), Role: chat.Current, Values: t.Value}},
	}
	for _, at := range t.At {
		c.Positions = append(c.Positions, p.trailStep(t.Step, at))
	}
	if t.Step == metric.ByHour {
		c.TickEvery = 6
	}
	if f.GMV != nil && f.GMV.Paced != nil {
		c.Footer = p.L.T("pace.footer")
	}
	if len(t.Usual) > 0 {
		c.Series = append(c.Series, chat.Series{Name: p.tr("usual"), Role: chat.Previous, Values: t.Usual})
	}
	if len(t.Low) > 0 {
		c.Band = &chat.Band{Low: t.Low, High: t.High}
	}
	if len(t.Other) > 0 && lastKnown(t.Other) >= 0 {
		c.Series = append(c.Series, chat.Series{Name: p.tr("other_" + string(t.Rule)), Role: chat.Previous, Values: t.Other})
	}
	if t.Rule == analysis.RuleGMVDrop || t.Rule == analysis.RuleRivalMove {
		c.Axis = p.axisTo(market.Fen(largest(t.Value, t.High, t.Other)))
	}
	c.KPI = p.trailValue(t.Rule, t.Value[last])
	c.Change = p.tr("change_"+string(t.Rule), "usual", p.trailUsual(f, t, last))
	c.Alt = p.t("chart_alt", "title", c.Title, "span", c.Subtitle, "kpi", c.KPI, "change", c.Change)
	return c
}

// trailValue writes a value of a trail in its unit.
func (p Pen) trailValue(r analysis.Rule, v float64) string {
	switch r {
	case analysis.RuleGMVDrop:
		return p.short(market.Fen(math.Round(v)))
	case analysis.RuleRivalMove:
		return p.exact(market.Fen(math.Round(v)))
	}
	return p.L.Count(int64(math.Round(v)))
}

// trailUsual is what the last value is set against.
func (p Pen) trailUsual(f analysis.Finding, t report.Trail, last int) string {
	switch {
	case f.Stock != nil:
		return decimal(f.Stock.PerDay)
	case f.Price != nil:
		if len(t.Other) > last && !math.IsNaN(t.Other[last]) {
			return p.trailValue(t.Rule, t.Other[last])
		}
		return p.exact(f.Price.Now)
	case f.Complaints != nil:
		return decimal(f.Complaints.Expected)
	case len(t.Usual) > last:
		return p.trailValue(t.Rule, t.Usual[last])
	}
	return p.L.Missing()
}

// trailSpan names the days of a trail, and its band.
func (p Pen) trailSpan(t report.Trail) string {
	span := p.days(p.Shop.Day(t.At[0]), p.Shop.Day(t.At[len(t.At)-1]))
	if len(t.Low) > 0 {
		span += p.t("comma") + p.tr("band")
	}
	return span
}

func (p Pen) trailStep(step metric.Dim, at time.Time) string {
	if step == metric.ByHour {
		return p.t("hour", "hour", strconv.Itoa(p.Shop.Local(at).Hour()))
	}
	return monthDay(p.Shop.Day(at))
}

// lastKnown is the position of the last known value, -1 without any.
func lastKnown(v []float64) int {
	for i, x := range slices.Backward(v) {
		if !math.IsNaN(x) {
			return i
		}
	}
	return -1
}

// largest is the largest known value of several lists, 0 without any.
func largest(lists ...[]float64) (top float64) {
	for _, list := range lists {
		for _, v := range list {
			if v > top { // false for NaN
				top = v
			}
		}
	}
	return top
}
