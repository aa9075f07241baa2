package card

import (
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
)

// Definition says what one metric means.
func (p Pen) Definition(m metric.Metric) chat.Message {
	name, formula := m.Name.In(p.L.Tag()), m.Formula.In(p.L.Tag())
	var tables []string
	for _, t := range m.Tables {
		tables = append(tables, p.table(t))
	}
	other := m.Name.En
	if p.L.Tag() == "en" {
		other = m.Name.Zh
	}
	return chat.Message{Text: headline(name + p.t("colon") + formula), Sections: []chat.Section{
		{
			Heading: name + " · " + other, Body: []chat.Rich{line(formula)},
			Fields: []chat.Field{
				{Label: p.f("define_key"), Value: chat.Rich{{Text: m.Key, Code: true}}},
				{Label: p.f("define_unit"), Value: line(p.f("unit_" + string(m.Unit)))},
				{Label: p.f("define_better"), Value: line(p.f("better_" + string(m.Better)))},
				{Label: p.f("define_adds"), Value: line(p.f("adds_" + string(m.Adds)))},
				{Label: p.f("define_tables"), Value: line(strings.Join(tables, p.t("comma")))},
				{Label: p.f("define_owner"), Value: line(p.f("owner_" + m.Owner))},
			},
		},
		{Buttons: []chat.Button{{Label: p.f("next_dictionary"), Verb: VerbRun, Value: "define"}}},
	}}
}

// Dictionary lists metrics with their formulas.
func (p Pen) Dictionary(all []metric.Metric, question string) chat.Message {
	title := p.f("title_define")
	t := &chat.Table{Columns: []chat.Column{{Title: p.t("name")}, {Title: p.f("define_key")}, {Title: p.f("define_formula")}}}
	for _, m := range all {
		t.Rows = append(t.Rows, []string{m.Name.In(p.L.Tag()), m.Key, m.Formula.In(p.L.Tag())})
	}
	return chat.Message{Text: headline(title), Sections: []chat.Section{
		{Heading: title, Body: []chat.Rich{line(p.f("define_hint"))}, Table: t},
		{Buttons: []chat.Button{p.share(question)}},
	}}
}
