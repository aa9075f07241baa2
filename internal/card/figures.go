package card

import (
	"math"
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Sheet says how figures are laid out: which stand in the table and what can be
// asked next. The title is the text figures.title_<Name>.
type Sheet struct {
	Name    string
	Columns []string // metrics of the table; the first leads
	// Funnel are counts that the picture shows in this order, each a part of the
	// one before; nil shows the parts of the first metric.
	Funnel []string
	Next   []Step
}

// Step is a question that follows from an answer. Question "%s" stands for the
// days and filters of the answer.
type Step struct {
	Label    string // message key
	Question string
}

func (p Pen) f(key string, args ...any) string { return p.L.T("figures."+key, args...) }

// Figures answers with metrics of some days: in total, set against earlier days,
// and split by one dimension.
func (p Pen) Figures(sheet Sheet, r report.Figures, question string) chat.Message {
	title := p.f("title_" + sheet.Name)
	span := p.days(r.From, r.To)
	if r.Part {
		span += " " + p.t("until", "time", p.moment(r.Covered.End))
	}
	lead, value := p.total(r, 0)
	change, base := p.figureChange(r, 0), ""
	if r.Base != nil {
		base = p.comparison(*r.Base)
	}
	scope := strings.TrimSpace(p.shop() + " " + p.scope(r.Filter))
	first := chat.Rich{{Text: lead + " "}, {Text: value, Bold: true}}
	if change != "" {
		first = append(first, chat.Span{Text: "  " + change + " " + base})
	}
	sections := []chat.Section{{Heading: title + " · " + scope + " · " + span, Body: []chat.Rich{first}, Fields: p.figureFields(r)}}
	if t := p.figureTable(sheet, r); t != nil {
		sections = append(sections, chat.Section{Table: t})
	} else if r.By != metric.None {
		sections[0].Body = append(sections[0].Body, line(p.f("no_members", "by", p.dimension(r.By))))
	}
	c := p.figureChart(title, span, r)
	if len(sheet.Funnel) > 0 {
		c = p.funnelChart(sheet, title, span, r)
	}
	if c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{Buttons: p.figureNext(sheet, r, question), Note: p.note(r.Data, p.figureNote(r))})
	return chat.Message{
		Text:     headline(p.shop(), title, span+p.t("colon")+lead, value, change, base),
		Sections: sections,
	}
}

// total is the name of a metric and its total.
func (p Pen) total(r report.Figures, i int) (name, value string) {
	m, _ := metric.Find(r.Metrics[i])
	return m.Name.In(p.L.Tag()), p.measure(m, r.Total[i])
}

// measure writes a value of a metric in its unit; money short.
func (p Pen) measure(m metric.Metric, v report.Value) string {
	if !v.Known {
		return p.L.Missing()
	}
	switch m.Unit {
	case metric.Money:
		if m.Adds == metric.ByRatio {
			return p.exact(market.Fen(math.Round(v.V)))
		}
		return p.short(market.Fen(math.Round(v.V)))
	case metric.Ratio:
		return p.L.Percent(v.V)
	case metric.Times:
		return p.f("times", "n", twoDecimals(v.V))
	case metric.Span:
		return p.length(time.Duration(math.Round(v.V)) * time.Millisecond)
	case metric.Days:
		return p.t("days", "n", decimal(v.V))
	}
	return p.L.Count(int64(math.Round(v.V)))
}

// length keeps the seconds of short times, which Duration cuts.
func (p Pen) length(d time.Duration) string {
	if d < time.Minute || d >= time.Hour {
		return p.L.Duration(d)
	}
	return p.f("length", "m", p.L.Count(int64(d/time.Minute)), "s", p.L.Count(int64(d%time.Minute/time.Second)))
}

func twoDecimals(v float64) string {
	if math.Abs(v) >= 100 {
		return decimal(math.Round(v))
	}
	return strings.TrimSuffix(strings.TrimRight(formatFloat(v, 2), "0"), ".")
}

// figureChange is the change of a total against the base, with a word on whether
// that is welcome where up is not plainly good.
func (p Pen) figureChange(r report.Figures, i int) string {
	if r.Base == nil {
		return ""
	}
	m, _ := metric.Find(r.Metrics[i])
	return p.changeOf(m, r.Total[i], r.Before[i])
}

func (p Pen) changeOf(m metric.Metric, now, before report.Value) string {
	if !now.Known || !before.Known {
		return ""
	}
	s := p.L.Change(scaled(now.V), scaled(before.V))
	if m.Unit == metric.Ratio {
		s = p.L.Points(now.V - before.V)
	}
	if m.Better != metric.Down || now.V == before.V || s == p.L.Missing() {
		return s
	}
	if now.V < before.V {
		return s + " " + p.f("better")
	}
	return s + " " + p.f("worse")
}

// scaled makes whole numbers of figures that may be small fractions.
func scaled(v float64) int64 { return int64(math.Round(v * 1000)) }

// figureFields are the metrics after the first, each with its change.
func (p Pen) figureFields(r report.Figures) []chat.Field {
	var out []chat.Field
	for i := 1; i < len(r.Metrics); i++ {
		name, value := p.total(r, i)
		if c := p.figureChange(r, i); c != "" {
			value += "  " + c
		}
		out = append(out, chat.Field{Label: name, Value: line(value)})
	}
	return out
}

func (p Pen) figureTable(sheet Sheet, r report.Figures) *chat.Table {
	if len(r.Rows) == 0 {
		return nil
	}
	at, shares := p.figureColumns(sheet, r)
	t := &chat.Table{Columns: []chat.Column{{Title: p.dimension(r.By)}}, More: r.More}
	for n, i := range at {
		m, _ := metric.Find(r.Metrics[i])
		t.Columns = append(t.Columns, chat.Column{Title: m.Name.In(p.L.Tag()), Right: true})
		if n == 0 && shares {
			t.Columns = append(t.Columns, chat.Column{Title: p.t("share"), Right: true})
		}
		if n == 0 && r.Base != nil {
			t.Columns = append(t.Columns, chat.Column{Title: p.t("change"), Right: true})
		}
	}
	for _, row := range r.Rows {
		t.Rows = append(t.Rows, p.figureRow(r, row, at, shares))
	}
	return t
}

// figureColumns are the indices of the metrics that the table shows: those of
// the sheet that at least one row knows. shares says whether parts of the first
// add up to its total.
func (p Pen) figureColumns(sheet Sheet, r report.Figures) (at []int, shares bool) {
	for i, key := range r.Metrics {
		for _, c := range sheet.Columns {
			if c == key && (i == 0 || anyKnown(r.Rows, i)) {
				at = append(at, i)
			}
		}
	}
	for _, row := range r.Rows {
		shares = shares || row.Share.Known
	}
	return at, shares
}

func anyKnown(rows []report.FigureRow, i int) bool {
	for _, r := range rows {
		if r.Values[i].Known {
			return true
		}
	}
	return false
}

func (p Pen) figureRow(r report.Figures, row report.FigureRow, at []int, shares bool) []string {
	cells := []string{p.member(r.By, row.Key, row.Name)}
	for n, i := range at {
		m, _ := metric.Find(r.Metrics[i])
		cells = append(cells, p.measure(m, row.Values[i]))
		if n == 0 && shares {
			cells = append(cells, p.measure(metric.Metric{Unit: metric.Ratio}, row.Share))
		}
		if n == 0 && r.Base != nil {
			change := ""
			if len(row.Before) > 0 {
				change = p.changeOf(m, row.Values[i], row.Before[i])
			} else if row.Values[i].Known && row.Values[i].V > 0 {
				change = p.L.Change(1, 0) // nothing before
			}
			if change == "" {
				change = p.L.Missing()
			}
			cells = append(cells, change)
		}
	}
	return cells
}

// dimension heads the column of members.
func (p Pen) dimension(by metric.Dim) string {
	switch by {
	case metric.ByEntry, metric.ByReason, metric.ByTier, metric.ByPlan, metric.ByWord:
		return p.f("by_" + string(by))
	}
	return p.t("by_" + string(by))
}

// named are members that have a name in every language; others are data.
var named = map[metric.Dim]map[string]bool{
	metric.ByEntry: {"search": true, "recommend": true, "ads": true, "live": true},
	metric.ByTier:  {"none": true, "silver": true, "gold": true, "platinum": true, "vip": true},
}

// member is what a member of a dimension is called.
func (p Pen) member(by metric.Dim, key string, name market.Name) string {
	switch {
	case key == "":
		return p.t("unknown_member")
	case named[by][key]:
		return p.f(string(by) + "_" + key)
	case by == metric.ByHour:
		return p.t("hour", "hour", key)
	case by == metric.ByDay:
		if d, err := market.ParseDay(key); err == nil {
			return p.day(d)
		}
	}
	if n := name.In(p.L.Tag()); n != "" {
		return clamp(n, cellTitle)
	}
	return clamp(key, cellTitle)
}

// barsShown is how many rows a chart of bars takes before its names get small.
const barsShown = 10

// leftOut says how many of n rows a chart of bars that shows so many leaves out
// for want of room, empty when it does not.
func (p Pen) leftOut(n, shown int) string {
	if n <= shown || shown < barsShown {
		return ""
	}
	return p.t("comma") + p.L.N("chart.more", n-shown)
}

// figureChart draws the first metric as bars; nil when there is less than two
// rows to compare.
func (p Pen) figureChart(title, span string, r report.Figures) *chat.Chart {
	m, _ := metric.Find(r.Metrics[0])
	c := &chat.Chart{
		Kind: chat.BarChart, Title: title, Subtitle: m.Name.In(p.L.Tag()) + " · " + p.shop() + " · " + span,
		Footer: p.footer(r.Data), NoData: p.t("no_data"),
	}
	s := chat.Series{Name: m.Name.In(p.L.Tag()), Role: chat.Current}
	var said []string
	for _, row := range r.Rows {
		if v := row.Values[0]; v.Known && len(c.Positions) < barsShown {
			name := p.member(r.By, row.Key, row.Name)
			c.Positions = append(c.Positions, name)
			s.Values = append(s.Values, v.V)
			s.Labels = append(s.Labels, p.measure(m, v))
			said = append(said, name+" "+p.measure(m, v))
		}
	}
	if len(c.Positions) < 2 {
		return nil
	}
	c.Subtitle += p.leftOut(len(r.Rows)+r.More, len(c.Positions))
	c.Series = []chat.Series{s}
	c.Alt = clamp(title+" "+span+p.t("colon")+strings.Join(said, p.t("comma")), maxAlt)
	return c
}

func (p Pen) figureNext(sheet Sheet, r report.Figures, question string) []chat.Button {
	again := p.period(r.From, r.To, r.Filter)
	var out []chat.Button
	for _, s := range sheet.Next {
		out = append(out, chat.Button{
			Label: p.f(s.Label), Verb: VerbRun, Value: strings.TrimSpace(strings.ReplaceAll(s.Question, "%s", again)), Alt: p.f(s.Label),
		})
	}
	return append(out, p.share(question))
}

// figureNote says how the first metric is computed and what it could not be set
// against.
func (p Pen) figureNote(r report.Figures) string {
	m, _ := metric.Find(r.Metrics[0])
	return m.Name.In(p.L.Tag()) + p.t("colon") + m.Formula.In(p.L.Tag())
}
