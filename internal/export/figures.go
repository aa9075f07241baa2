package export

import (
	"math"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// figures makes a column of each metric, the values before beside it.
func figures(f report.Figures) []Sheet {
	s := Sheet{Name: "figures", Columns: []Column{{"key", Text}, {"name", Text}}}
	var units []metric.Metric
	for _, key := range f.Metrics {
		m, _ := metric.Find(key)
		units = append(units, m)
		s.Columns = append(s.Columns, Column{key, kindOf(m)})
		if f.Base != nil {
			s.Columns = append(s.Columns, Column{key + "_before", kindOf(m)})
		}
	}
	row := func(key, name string, now, before []report.Value) {
		cells := []any{key, name}
		for i, m := range units {
			cells = append(cells, known(m, now, i))
			if f.Base != nil {
				cells = append(cells, known(m, before, i))
			}
		}
		s.Rows = append(s.Rows, cells)
	}
	for _, r := range f.Rows {
		row(r.Key, r.Name.In("zh"), r.Values, r.Before)
	}
	row("total", "", f.Total, f.Before)
	return []Sheet{s}
}

func kindOf(m metric.Metric) Kind {
	switch m.Unit {
	case metric.Money:
		return Money
	case metric.Ratio:
		return Share
	}
	return Number
}

// known is a figure as a cell; nil when it is not known.
func known(m metric.Metric, all []report.Value, i int) any {
	if i >= len(all) || !all[i].Known {
		return nil
	}
	v := all[i].V
	switch m.Unit {
	case metric.Money:
		return market.Fen(math.Round(v))
	case metric.Count:
		return int64(math.Round(v))
	}
	return v
}

// Definitions explains every metric that the columns of sheets are named after.
func Definitions(sheets []Sheet) Sheet {
	out := Sheet{Name: "definitions", Columns: []Column{{"metric", Text}, {"zh", Text}, {"en", Text}, {"unit", Text}, {"formula_zh", Text}, {"formula_en", Text}}}
	for _, m := range metric.All {
		if named(sheets, m.Key) {
			out.Rows = append(out.Rows, []any{m.Key, m.Name.Zh, m.Name.En, string(m.Unit), m.Formula.Zh, m.Formula.En})
		}
	}
	return out
}

func named(sheets []Sheet, key string) bool {
	for _, s := range sheets {
		for _, c := range s.Columns {
			if c.Name == key {
				return true
			}
		}
	}
	return false
}
