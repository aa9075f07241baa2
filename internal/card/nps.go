package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func (p Pen) rated(key string, args ...any) string { return p.L.T("nps."+key, args...) }

// NPS answers "how content are buyers": the score, its trend, who and what takes
// from it.
func (p Pen) NPS(n report.NPS, question string) chat.Message {
	title := p.rated("title") + " · " + p.shop() + " · " + p.days(n.From, n.To)
	if n.All() == 0 {
		return p.nothing(title, p.rated("none"), n.Data)
	}
	head := p.L.N("nps.head", int(n.All()), "score", p.score(n.Score))
	body := []chat.Rich{
		{{Text: p.rated("score") + " "}, {Text: p.score(n.Score), Bold: true}, {Text: "  " + p.scoreChange(n)}},
		line(p.L.N("nps.split", int(n.All()), "good", p.L.Percent(n.Satisfied.V), "bad", p.L.Percent(float64(n.Bad)/float64(n.All())), "margin", decimal(n.Margin))),
		line(p.rated("weeks") + p.t("colon") + p.scoreWeeks(n.Weeks)),
	}
	if len(n.Causes) > 0 {
		body = append(body, line(p.rated("causes")+p.t("colon")+p.detractorCauses(n.Causes)))
	}
	sections := []chat.Section{{Heading: title, Body: body}}
	if len(n.Parts) > 0 {
		sections = append(sections, chat.Section{Table: p.ratedTable(n)})
	}
	days := p.period(n.From, n.To, metric.Filter{})
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{{Label: p.rated("by_item"), Verb: VerbRun, Value: "nps " + days + " by item"}, {Label: p.rated("complaints"), Verb: VerbRun, Value: "complaints " + days}, p.share(question)},
		Note:    p.note(n.Data, p.rated("basis")),
	})
	return chat.Message{Text: headline(p.shop(), p.days(n.From, n.To), head+p.t("comma")+p.scoreChange(n)), Sections: sections}
}

func (p Pen) score(v report.Value) string {
	if !v.Known {
		return p.L.Missing()
	}
	return strings.Replace(decimal(v.V), "-", "−", 1)
}

// scoreChange is the change to the days before, and whether chance explains it.
func (p Pen) scoreChange(n report.NPS) string {
	if !n.Before.Score.Known {
		return p.rated("no_before")
	}
	d := math.Round(10*(n.Score.V-n.Before.Score.V)) / 10
	key := "better"
	switch {
	case math.Abs(d) <= math.Hypot(n.Margin, n.Before.Margin):
		key = "same"
	case d < 0:
		key = "worse"
	}
	sign := "+"
	if d < 0 {
		sign = "−"
	}
	return p.rated(key, "points", sign+decimal(math.Abs(d)))
}

func (p Pen) scoreWeeks(weeks []report.RatedWeek) string {
	parts := make([]string, 0, len(weeks))
	for _, w := range weeks {
		parts = append(parts, monthDay(w.From)+" "+p.score(w.Score))
	}
	return strings.Join(parts, " · ")
}

func (p Pen) detractorCauses(causes []report.CauseLine) string {
	const shown = 5
	var parts []string
	for _, c := range causes[:min(shown, len(causes))] {
		parts = append(parts, p.rated("cause", "cause", p.t("cause_"+c.Cause), "n", p.L.Count(c.Count), "before", p.L.Count(int64(c.Usual))))
	}
	return strings.Join(parts, p.t("comma"))
}

func (p Pen) ratedTable(n report.NPS) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("by_" + string(n.By))},
		{Title: p.rated("score"), Right: true},
		{Title: p.rated("margin"), Right: true},
		{Title: p.rated("good"), Right: true},
		{Title: p.rated("bad"), Right: true},
		{Title: p.rated("ratings"), Right: true},
	}, More: n.More}
	for _, x := range n.Parts {
		name := x.Name.In(p.L.Tag())
		switch {
		case x.Key == "":
			name = p.t("unknown_member")
		case name == "":
			name = x.Key
		}
		t.Rows = append(t.Rows, []string{
			clamp(name, cellTitle), p.score(x.Score), "±" + decimal(x.Margin), p.L.Percent(x.Satisfied.V),
			p.L.Percent(float64(x.Bad) / float64(max(1, x.All()))), p.L.Count(x.All()),
		})
	}
	return t
}
