package export

import (
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// figures makes a column of each metric, the values before beside it.
func figures(f report.Figures) []Sheet {
	out := measured("figures", f.Metrics, f.Base != nil)
	for _, r := range f.Rows {
		out.add(r.Key, r.Name, r.Values, r.Before)
	}
	out.add(totalKey, market.Name{}, f.Total, f.Before)
	out.More = f.More
	return []Sheet{out.Sheet}
}

// gmv makes a column of each metric that is known of the whole, of its parts and
// of the first comparison.
func gmv(g report.GMV) []Sheet {
	var keys []string
	for _, m := range metric.All {
		if _, ok := m.Of(g.Sums); ok {
			keys = append(keys, m.Key)
		}
	}
	base := len(g.Comparisons) > 0 && g.Comparisons[0].Known
	out := measured("gmv", keys, base)
	row := func(key string, name market.Name, now metric.Sums, before ...metric.Sums) {
		var was []report.Value
		if base && len(before) > 0 {
			was = out.of(before[0])
		}
		out.add(key, name, out.of(now), was)
	}
	for _, p := range g.Parts {
		row(p.Key, p.Name, p.Sums, p.Before...)
	}
	if g.Rest != nil {
		row(restKey, market.Name{}, g.Rest.Sums, g.Rest.Before...)
	}
	if base {
		row(totalKey, market.Name{}, g.Sums, g.Comparisons[0].Sums)
	} else {
		row(totalKey, market.Name{}, g.Sums)
	}
	return []Sheet{out.Sheet}
}

// Keys of rows that are no member of a dimension.
const (
	totalKey = "total"
	restKey  = "rest"
)

// sheetOfMetrics has a row for each member and a column for each metric.
type sheetOfMetrics struct {
	Sheet
	metrics []metric.Metric
	base    bool
}

func measured(name string, keys []string, base bool) sheetOfMetrics {
	s := sheetOfMetrics{Sheet: Sheet{Name: name, Columns: []Column{{Name: "key", Kind: Text}, {Name: "name", Kind: Text}}}, base: base}
	for _, key := range keys {
		m, _ := metric.Find(key)
		s.metrics = append(s.metrics, m)
		s.Columns = append(s.Columns, Column{Name: key, Kind: kindOf(m), Metric: key})
		if base {
			s.Columns = append(s.Columns, Column{Name: key + "_before", Kind: kindOf(m), Metric: key, Before: true})
		}
	}
	return s
}

func (s *sheetOfMetrics) of(sums metric.Sums) []report.Value {
	out := make([]report.Value, len(s.metrics))
	for i, m := range s.metrics {
		out[i].V, out[i].Known = m.Of(sums)
	}
	return out
}

func (s *sheetOfMetrics) add(key string, name market.Name, now, before []report.Value) {
	cells := []any{key, name}
	for i, m := range s.metrics {
		cells = append(cells, known(m, now, i))
		if s.base {
			cells = append(cells, known(m, before, i))
		}
	}
	s.Rows = append(s.Rows, cells)
}

func kindOf(m metric.Metric) Kind {
	switch m.Unit {
	case metric.Money:
		return Money
	case metric.Ratio:
		return Share
	case metric.Span:
		return Span
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
	case metric.Span:
		return time.Duration(math.Round(v)) * time.Millisecond
	}
	return v
}

func definitionColumns() []Column {
	var out []Column
	for _, name := range []string{"metric", "zh", "en", "counted_in", "formula_zh", "formula_en"} {
		out = append(out, Column{Name: name, Kind: Text})
	}
	return out
}

// Definitions explains every metric that the columns of sheets are named after.
func Definitions(sheets []Sheet) Sheet {
	return dictionary(slices.DeleteFunc(slices.Clone(metric.All), func(m metric.Metric) bool { return !named(sheets, m.Key) }))
}

// dictionary is what metrics mean, one a row.
func dictionary(list []metric.Metric) Sheet {
	out := Sheet{Name: "definitions", Columns: definitionColumns()}
	for _, m := range list {
		out.Rows = append(out.Rows, []any{m.Key, m.Name.Zh, m.Name.En, string(m.Unit), m.Formula.Zh, m.Formula.En})
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
