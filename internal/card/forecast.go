package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func (p Pen) ahead(key string, args ...any) string { return p.L.T("forecast."+key, args...) }

// Forecast answers "where will sales end". question is what the person asked.
func (p Pen) Forecast(f report.Forecast, question string) chat.Message {
	scope := p.scope(f.Filter)
	title := strings.TrimSpace(p.ahead("title") + " · " + p.shop() + " " + scope)
	if f.TooFew {
		why := p.ahead("too_few", "n", p.L.Count(int64(f.Known)))
		m := p.nothing(title, why, f.Data)
		m.Sections[0].Body = append(m.Sections[0].Body, line(p.ahead("too_few_next")))
		return m
	}
	sections := []chat.Section{{Heading: title, Body: p.forecastLines(f)}}
	if t := p.forecastTable(f); t != nil {
		sections = append(sections, chat.Section{Table: t})
	}
	if c := p.forecastChart(f, title); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{
		Buttons: p.forecastNext(f, question), Note: p.note(f.Data, p.ahead("basis", "n", p.L.Count(int64(f.Known)))),
	})
	return chat.Message{Text: headline(p.shop(), scope, p.forecastHead(f)), Sections: sections}
}

// forecastHead is the one figure asked for: the month, or the days ahead.
func (p Pen) forecastHead(f report.Forecast) string {
	if m := f.Month; m != nil && f.To == m.To {
		return p.ahead("head_month", "mean", p.short(m.Mean), "range", p.between(m.Range))
	}
	return p.ahead("head_days", "days", p.days(f.From, f.To), "mean", p.short(f.Sum.Mean), "range", p.between(f.Sum))
}

// between writes the ends of a range.
func (p Pen) between(r report.Range) string { return p.short(r.Low) + " – " + p.short(r.High) }

func (p Pen) forecastLines(f report.Forecast) []chat.Rich {
	var out []chat.Rich
	if m := f.Month; m != nil {
		out = append(out, chat.Rich{
			{Text: p.ahead("month") + " "},
			{Text: p.short(m.Mean), Bold: true},
			{Text: "  " + p.ahead("month_rest", "range", p.between(m.Range), "paid", p.short(m.Paid))},
		})
		out = append(out, p.chances("month_target", m.Tiers)...)
	} else {
		out = append(out, line(p.ahead("month_unknown")))
	}
	if f.Month == nil || f.To != f.Month.To {
		out = append(out, line(p.ahead("days_sum", "days", p.days(f.From, f.To), "mean", p.short(f.Sum.Mean), "range", p.between(f.Sum))))
	}
	if d := f.Today; d != nil {
		out = append(out, line(p.ahead(
			"today", "mean", p.short(d.Mean), "range", p.between(d.Range), "paid", p.short(d.Paid), "time", p.clock(d.At),
			"usual", p.L.Change(int64(math.Round(1000*d.Usual)), 1000),
		)))
		out = append(out, p.chances("today_target", d.Tiers)...)
	}
	return append(out, p.campaignDays(f)...)
}

// chances tells how likely each tier is, and what the first one that is open
// needs a day.
func (p Pen) chances(key string, tiers []report.Chance) []chat.Rich {
	var parts []string
	need := ""
	for _, t := range tiers {
		name := p.t("tier_" + t.ID)
		if t.Reached {
			parts = append(parts, name+"✓")
			continue
		}
		parts = append(parts, name+" "+p.likely(t.Chance))
		if need == "" && t.Daily > 0 {
			need = p.ahead("need", "tier", name, "money", p.short(t.Daily))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	text := p.ahead(key, "tiers", strings.Join(parts, " · "), "need", need)
	return []chat.Rich{line(strings.TrimSpace(strings.ReplaceAll(text, " （", "（")))}
}

// likely writes a chance in whole percent that never claims certainty.
func (p Pen) likely(c float64) string {
	n := int64(math.Round(100 * c))
	switch {
	case n <= 1:
		return "≤1%"
	case n >= 99:
		return "≥99%"
	}
	return p.L.Count(n) + "%"
}

// campaignDays tells the campaign days ahead, one line a run of days of a phase.
func (p Pen) campaignDays(f report.Forecast) []chat.Rich {
	var out []chat.Rich
	for i := 0; i < len(f.Days); {
		d := f.Days[i]
		end := i + 1
		for end < len(f.Days) && d.Campaign != nil && f.Days[end].Campaign != nil &&
			f.Days[end].Campaign.ID == d.Campaign.ID && f.Days[end].Campaign.Phase == d.Campaign.Phase {
			end++
		}
		if d.Campaign != nil && d.Uplift > 0 && len(out) < 4 {
			out = append(out, line(p.ahead(
				"campaign", "name", d.Campaign.Name.In(p.L.Tag()), "phase", p.t("phase_"+d.Campaign.Phase),
				"days", p.days(d.Day, f.Days[end-1].Day), "times", decimal(d.Uplift), "events", p.L.N("forecast.events", d.Events),
			)))
		}
		i = end
	}
	return out
}

// shownDays is how many days a table lists.
const shownDays = 14

func (p Pen) forecastTable(f report.Forecast) *chat.Table {
	if f.By != metric.None {
		return p.forecastParts(f)
	}
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_day")},
		{Title: p.ahead("expected"), Right: true},
		{Title: p.ahead("low"), Right: true},
		{Title: p.ahead("high"), Right: true},
		{Title: p.ahead("note")},
	}, More: max(0, len(f.Days)-shownDays)}
	for _, d := range f.Days[:min(shownDays, len(f.Days))] {
		note := ""
		if d.Campaign != nil {
			note = d.Campaign.Name.In(p.L.Tag()) + " " + p.t("phase_"+d.Campaign.Phase)
		}
		t.Rows = append(t.Rows, []string{p.day(d.Day), p.short(d.Mean), p.short(d.Low), p.short(d.High), clamp(note, cellTitle)})
	}
	return t
}

func (p Pen) forecastParts(f report.Forecast) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_" + string(f.By))},
		{Title: p.ahead("so_far"), Right: true},
		{Title: p.ahead("expected"), Right: true},
		{Title: p.ahead("low"), Right: true},
		{Title: p.ahead("high"), Right: true},
		{Title: p.ahead("chance"), Right: true},
	}, More: f.More}
	none := p.L.Missing()
	for _, x := range f.Parts {
		name := x.Name.In(p.L.Tag())
		switch {
		case x.Key == "":
			name = p.t("unknown_member")
		case name == "":
			name = x.Key
		}
		cells := []string{clamp(name, cellTitle), none, none, none, none, none}
		if x.Known {
			if x.Paid > 0 {
				cells[1] = p.short(x.Paid)
			}
			cells[2], cells[3], cells[4] = p.short(x.Mean), p.short(x.Low), p.short(x.High)
		}
		if len(x.Chance) > 0 {
			cells[5] = p.tierChance(x.Chance)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// tierChance is the first tier that is not reached, else the last one.
func (p Pen) tierChance(tiers []report.Chance) string {
	for _, c := range tiers {
		if !c.Reached {
			return p.t("tier_"+c.ID) + " " + p.likely(c.Chance)
		}
	}
	return p.t("tier_"+tiers[len(tiers)-1].ID) + "✓"
}

// forecastChart draws the days behind and ahead with the range.
func (p Pen) forecastChart(f report.Forecast, title string) *chat.Chart {
	if len(f.History) < 2 || len(f.Days) < 2 {
		return nil
	}
	begin, n := len(f.History), len(f.History)+len(f.Days)
	past, mean := unknowns(begin), unknowns(n)
	band := chat.Band{Low: unknowns(n), High: unknowns(n)}
	positions := make([]string, 0, n)
	var top market.Fen
	for i, d := range f.History {
		positions = append(positions, monthDay(d.Day))
		if d.Known {
			past[i], top = float64(d.Paid), max(top, d.Paid)
		}
	}
	// The range opens where what is known ends.
	band.Low[begin-1], band.High[begin-1] = past[begin-1], past[begin-1]
	for i, d := range f.Days {
		at := begin + i
		positions = append(positions, monthDay(d.Day))
		mean[at], band.Low[at], band.High[at] = float64(d.Mean), float64(d.Low), float64(d.High)
		top = max(top, d.High)
	}
	kpi, what := f.Sum, p.days(f.From, f.To)
	if m := f.Month; m != nil && f.To == m.To {
		kpi, what = m.Range, p.ahead("month")
	}
	c := &chat.Chart{
		Kind: chat.LineChart, Title: title, Subtitle: p.ch("forecast_days", "days", p.days(f.From, f.To)), Footer: p.footer(f.Data), Axis: p.axisTo(top),
		KPI: p.short(kpi.Mean), Change: what + " " + p.between(kpi), Positions: positions, TickEvery: 7, NoData: p.t("no_data"), Band: &band,
		Series: []chat.Series{
			{Name: p.ahead("past"), Role: chat.Current, Values: past},
			{Name: p.ahead("expected"), Role: chat.Forecast, Values: mean},
		},
	}
	last := f.Days[len(f.Days)-1]
	c.Alt = title + p.t("colon") + p.forecastHead(f) + p.t("sentence_gap") +
		p.ch("forecast_ends", "first", p.dayRange(f.Days[0]), "last", p.dayRange(last))
	return c
}

// dayRange is a day with what it is expected to bring.
func (p Pen) dayRange(d report.ForecastDay) string {
	return p.day(d.Day) + " " + p.short(d.Mean) + p.t("in_brackets", "text", p.between(d.Range))
}

func unknowns(n int) chat.Values {
	out := make(chat.Values, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

func (p Pen) forecastNext(f report.Forecast, question string) []chat.Button {
	var out []chat.Button
	if len(p.Shop.Units) > 0 && f.By != metric.ByUnit && f.Filter.Unit == "" {
		out = append(out, p.run("button_by_unit", "forecast by unit"))
	}
	if len(p.Shop.Channels) > 0 && f.By != metric.ByChannel && f.Filter.Channel == "" {
		out = append(out, p.run("button_by_channel", "forecast by channel"))
	}
	return append(out, p.share(question))
}
