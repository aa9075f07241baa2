package card

import (
	"math"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// ch is a text of the area "chart".
func (p Pen) ch(key string, args ...any) string { return p.L.T("chart."+key, args...) }

// hoursRow is one row of the heat map: a day, or the mean of a weekday.
type hoursRow struct {
	name string
	paid chat.Values
}

// hoursChart shows which hours bring the money, as a heat map: a row a day, of
// more than a week a row a weekday. nil when no hour is known.
func (p Pen) hoursChart(g report.GMV) *chat.Chart {
	rows, scope := p.dayRows(g.Hours), "hours_days"
	if len(g.Hours) > 7 {
		rows, scope = p.weekdayRows(g.Hours), "hours_weekdays"
	}
	c := &chat.Chart{
		Kind: chat.HeatChart, Title: p.ch("hours", "shop", strings.TrimSpace(p.shop()+" "+p.scope(g.Filter))),
		Subtitle: p.ch(scope, "days", p.days(g.From, g.To)), TickEvery: 3, NoData: p.t("no_data"), Footer: p.footer(g.Data),
	}
	top, peak := math.Inf(-1), ""
	var said []string
	for _, r := range rows {
		c.Series = append(c.Series, chat.Series{Name: r.name, Role: chat.Current, Values: r.paid})
		for len(c.Positions) < len(r.paid) {
			c.Positions = append(c.Positions, p.t("hour", "hour", strconv.Itoa(len(c.Positions))))
		}
		at := highest(r.paid)
		if at < 0 {
			said = append(said, r.name+" "+c.NoData)
			continue
		}
		name := r.name + " " + c.Positions[at]
		said = append(said, name+" "+p.short(fenOf(r.paid[at])))
		if r.paid[at] > top {
			top, peak = r.paid[at], name
		}
	}
	if peak == "" {
		return nil
	}
	c.Axis = p.axisTo(fenOf(top))
	c.KPI, c.Change = p.short(fenOf(top)), p.ch("hours_peak", "hour", peak)
	c.Alt = c.Title + p.t("comma") + c.Subtitle + p.t("colon") + c.Change + " " + c.KPI + p.t("sentence_gap") +
		p.ch("hours_each", "rows", strings.Join(said, p.t("comma")))
	return c
}

func fenOf(v float64) market.Fen { return market.Fen(math.Round(v)) }

// highest is the place of the largest known value, the first of equals; -1
// without any.
func highest(v chat.Values) int {
	at := -1
	for i, x := range v {
		if !math.IsNaN(x) && (at < 0 || x > v[at]) {
			at = i
		}
	}
	return at
}

func (p Pen) dayRows(days []report.DayHours) []hoursRow {
	var out []hoursRow
	for _, d := range days {
		out = append(out, hoursRow{name: p.day(d.Day), paid: drawn(d.Paid)})
	}
	return out
}

// drawn are values as a chart takes them: what is not known is NaN.
func drawn(all []report.Value) chat.Values {
	out := unknowns(len(all))
	for i, v := range all {
		if v.Known {
			out[i] = v.V
		}
	}
	return out
}

// weekdayRows averages each hour over the days of a weekday on which it is
// known, Monday first.
func (p Pen) weekdayRows(days []report.DayHours) []hoursRow {
	type sum struct {
		paid float64
		n    int
	}
	sums := map[time.Weekday][]sum{}
	for _, d := range days {
		row := sums[d.Day.Weekday()]
		for len(row) < len(d.Paid) {
			row = append(row, sum{})
		}
		for h, v := range d.Paid {
			if v.Known {
				row[h].paid += v.V
				row[h].n++
			}
		}
		sums[d.Day.Weekday()] = row
	}
	var out []hoursRow
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		row := hoursRow{name: p.weekday(day), paid: unknowns(len(sums[day]))}
		for h, s := range sums[day] {
			if s.n > 0 {
				row.paid[h] = s.paid / float64(s.n)
			}
		}
		out = append(out, row)
	}
	return out
}

func (p Pen) weekday(d time.Weekday) string {
	return p.L.T("date.weekday." + strings.ToLower(d.String()[:3]))
}
