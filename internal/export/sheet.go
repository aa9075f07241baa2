package export

import (
	"cmp"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Sheet is a table with typed cells.
type Sheet struct {
	Name    string
	Columns []Column
	// Rows have a cell for each column: nil (not known), string, bool, int64,
	// float64, market.Fen, market.Name, market.Day, time.Time or
	// time.Duration.
	Rows [][]any
	// More is how many rows the report has left out.
	More int
}

// Column heads a column.
type Column struct {
	Name string // as in the JSON of the report
	Kind Kind
	// Title heads the column for people; empty takes Name.
	Title string
	// Metric is the key of the metric whose values stand here, Before says that
	// they are those of the comparison; empty for other columns.
	Metric string
	Before bool
}

func (c Column) head() string { return cmp.Or(c.Title, c.Name) }

// Kind is what the cells of a column hold, when they hold anything.
type Kind string

// Kinds of columns.
const (
	Text   Kind = "text"
	Number Kind = "number"
	Money  Kind = "money" // whole currency units with decimals
	Share  Kind = "share" // 1 is 100 %
	Date   Kind = "date"
	Moment Kind = "moment" // in the shop's time zone
	Flag   Kind = "flag"
	Span   Kind = "span" // of time, in hours and minutes
)

// Sheets makes a sheet of every list of structs in a report, named as its JSON
// field, with a column for each field that holds a single value; structs inside
// are taken apart. A report without such a list, or with empty ones only, has
// none. A list inside the rows is a sheet of its own, whose rows begin with what
// names the row they belong to.
//
// What a row's own JSON calls null is not known and has no cell; a flag that
// only says so (cover_known beside cover) has no column. A field tagged
// cell:"money", cell:"share" or cell:"number" is of that kind.
func Sheets(data any) []Sheet {
	switch r := data.(type) {
	case report.Figures:
		return figures(r)
	case report.GMV:
		return gmv(r)
	case report.Digest:
		return gmv(r.GMV)
	case report.PlannedDays:
		return calendar(r)
	case []metric.Metric:
		return []Sheet{dictionary(r)}
	}
	v := reflect.Indirect(reflect.ValueOf(data))
	if v.Kind() != reflect.Struct {
		return nil
	}
	var out []Sheet
	for i := range v.NumField() {
		f := v.Type().Field(i)
		list := v.Field(i)
		if !f.IsExported() || list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Struct || single(list.Type().Elem()) != "" {
			continue
		}
		fields := leaves(list.Type().Elem(), nil, nil)
		if len(fields) == 0 || list.Len() == 0 {
			continue
		}
		out = append(append(out, sheet(jsonName(f), fields, list)), within(jsonName(f), fields, list)...)
	}
	if more := v.FieldByName("More"); len(out) > 0 && more.IsValid() && more.CanInt() {
		out[0].More = int(more.Int())
	}
	return amounts(data, out)
}

// amounts makes money of the figures of reports about the panel, which hold
// amounts and pieces in the same field.
func amounts(data any, sheets []Sheet) []Sheet {
	switch r := data.(type) {
	case report.Top:
		if r.Metric == "gmv" || r.Metric == "price" {
			sheets = asMoney(sheets, func([]any) bool { return true }, "value")
		}
	case report.Movers:
		sheets = asMoney(sheets, func(row []any) bool {
			kind, _ := row[0].(string)
			return report.MoverKind(kind) == report.MovedPrice || report.MoverKind(kind) == report.RivalBelow
		}, "before", "now")
	}
	return sheets
}

// asMoney makes amounts of the whole numbers in the named columns of those rows
// of the first sheet that are about money.
func asMoney(sheets []Sheet, about func(row []any) bool, names ...string) []Sheet {
	for _, s := range sheets[:min(1, len(sheets))] {
		for i, c := range s.Columns {
			if !slices.Contains(names, c.Name) {
				continue
			}
			for _, row := range s.Rows {
				if n, ok := row[i].(int64); ok && about(row) {
					row[i] = market.Fen(n)
				}
			}
		}
	}
	return sheets
}

func sheet(name string, fields []leaf, list reflect.Value) Sheet {
	s := Sheet{Name: name, Columns: columns(fields)}
	for n := range list.Len() {
		s.Rows = append(s.Rows, cells(fields, list.Index(n)))
	}
	return s
}

func columns(fields []leaf) []Column {
	out := make([]Column, len(fields))
	for i, f := range fields {
		out[i] = Column{Name: strings.Join(f.path, "."), Kind: f.kind}
	}
	return out
}

func cells(fields []leaf, row reflect.Value) []any {
	out, unknown := make([]any, len(fields)), nulls(row)
	for i, f := range fields {
		if !unknown(f) {
			out[i] = cell(row.FieldByIndex(f.index), f.kind)
		}
	}
	return out
}

// naming are the columns that say which row of a list is meant.
var naming = []string{"sku", "title", "channel", "key", "name", "day", "rule"}

// within are the lists inside the rows of a list that has the given fields.
func within(name string, fields []leaf, list reflect.Value) []Sheet {
	var out []Sheet
	for f := range list.Type().Elem().Fields() {
		if !f.IsExported() || f.Tag.Get("json") == "-" || f.Type.Kind() != reflect.Slice || f.Type.Elem().Kind() != reflect.Struct || single(f.Type.Elem()) != "" {
			continue
		}
		own := leaves(f.Type.Elem(), nil, nil)
		outer := slices.DeleteFunc(slices.Clone(fields), func(l leaf) bool {
			return len(l.path) > 1 || !slices.Contains(naming, l.path[0]) || slices.ContainsFunc(own, func(o leaf) bool { return o.path[0] == l.path[0] })
		})
		s := Sheet{Name: name + " " + jsonName(f), Columns: append(columns(outer), columns(own)...)}
		for n := range list.Len() {
			row := list.Index(n)
			for rows, i := row.FieldByIndex(f.Index), 0; i < rows.Len(); i++ {
				s.Rows = append(s.Rows, append(cells(outer, row), cells(own, rows.Index(i))...))
			}
		}
		if len(own) > 0 && len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// nulls tells which fields the JSON of a row calls null.
// An amount that is left out of it is not known either.
func nulls(row reflect.Value) func(leaf) bool {
	b, err := json.Marshal(row.Interface())
	var all map[string]any
	if err != nil || json.Unmarshal(b, &all) != nil {
		return func(leaf) bool { return false }
	}
	return func(f leaf) bool {
		var v any = all
		for _, name := range f.path {
			in, ok := v.(map[string]any)
			if !ok {
				return false
			}
			if v, ok = in[name]; !ok {
				return f.kind == Money
			}
		}
		return v == nil
	}
}

// leaf is a field of a row that fills one cell.
type leaf struct {
	path  []string // names in JSON, from the row inwards
	index []int
	kind  Kind
}

// leaves lists the fields of t in order, those of structs inside included.
func leaves(t reflect.Type, path []string, index []int) []leaf {
	var out []leaf
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(slices.Clone(index), i)
		if !f.IsExported() || f.Tag.Get("json") == "-" || tellsKnown(t, f) {
			continue
		}
		under := append(slices.Clone(path), jsonName(f))
		kind := single(f.Type)
		switch tag := Kind(f.Tag.Get("cell")); {
		case kind != "" && tag != "":
			out = append(out, leaf{under, at, tag})
		case kind != "":
			out = append(out, leaf{under, at, kind})
		case f.Type.Kind() == reflect.Struct && f.Anonymous:
			out = append(out, leaves(f.Type, path, at)...)
		case f.Type.Kind() == reflect.Struct:
			out = append(out, leaves(f.Type, under, at)...)
		}
	}
	return out
}

// tellsKnown reports whether f says no more than that another field is known.
func tellsKnown(t reflect.Type, f reflect.StructField) bool {
	of, cut := strings.CutSuffix(f.Name, "Known")
	if !cut || of == "" || f.Type.Kind() != reflect.Bool {
		return false
	}
	_, ok := t.FieldByName(of)
	return ok
}

var (
	fen   = reflect.TypeFor[market.Fen]()
	day   = reflect.TypeFor[market.Day]()
	when  = reflect.TypeFor[time.Time]()
	name  = reflect.TypeFor[market.Name]()
	value = reflect.TypeFor[report.Value]()
	span  = reflect.TypeFor[time.Duration]()
)

// single is the kind of a type that fills one cell, "" for others. Behind a
// pointer it may be absent.
func single(t reflect.Type) Kind {
	if t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Struct {
		t = t.Elem()
	}
	switch t {
	case fen:
		return Money
	case day:
		return Date
	case when:
		return Moment
	case name:
		return Text
	case value:
		return Share
	case span:
		return Span
	}
	switch t.Kind() {
	case reflect.String:
		return Text
	case reflect.Bool:
		return Flag
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint64, reflect.Float64:
		return Number
	}
	return ""
}

// cell is a value as Sheet.Rows holds it; nil when it is not known.
func cell(v reflect.Value, k Kind) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case market.Fen, bool, time.Duration:
		return x
	case market.Day:
		if x == 0 {
			return nil
		}
		return x
	case time.Time:
		if x.IsZero() {
			return nil
		}
		return x
	case market.Name:
		return x
	case report.Value:
		if !x.Known {
			return nil
		}
		if k == Money {
			return market.Fen(math.Round(x.V))
		}
		return x.V
	}
	switch {
	case k == Text:
		return v.String()
	case v.CanInt() && k == Money:
		return market.Fen(v.Int())
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint()) //nolint:gosec // counts and revisions
	}
	return v.Float()
}

func jsonName(f reflect.StructField) string {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if tag != "" && tag != "-" {
		return tag
	}
	return strings.ToLower(f.Name)
}
