package export

import (
	"reflect"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Sheet is a table with typed cells.
type Sheet struct {
	Name    string
	Columns []Column
	// Rows have a cell for each column: nil (not known), string, bool, int64,
	// float64, market.Fen, market.Day or time.Time.
	Rows [][]any
}

// Column heads a column.
type Column struct {
	Name string // as in the JSON of the report
	Kind Kind
}

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
)

// Sheets makes a sheet of every list of structs in a report, named as its JSON
// field, with a column for each field that holds a single value; structs inside
// are taken apart. A report without such a list has none.
func Sheets(data any) []Sheet {
	if f, ok := data.(report.Figures); ok {
		return figures(f)
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
		s := Sheet{Name: jsonName(f), Columns: columns(list.Type().Elem(), "")}
		for n := range list.Len() {
			s.Rows = append(s.Rows, cells(list.Index(n), nil))
		}
		if len(s.Columns) > 0 && len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out
}

var (
	fen  = reflect.TypeFor[market.Fen]()
	day  = reflect.TypeFor[market.Day]()
	when = reflect.TypeFor[time.Time]()
	name = reflect.TypeFor[market.Name]()
)

// single is the kind of a type that fills one cell, "" for others.
func single(t reflect.Type) Kind {
	switch t {
	case fen:
		return Money
	case day:
		return Date
	case when:
		return Moment
	case name:
		return Text
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

func columns(t reflect.Type, prefix string) []Column {
	var out []Column
	for f := range t.Fields() {
		switch k := single(f.Type); {
		case !f.IsExported():
		case k != "":
			out = append(out, Column{Name: prefix + jsonName(f), Kind: k})
		case f.Type.Kind() == reflect.Struct && f.Type.NumField() > 0:
			out = append(out, columns(f.Type, prefix+jsonName(f)+".")...)
		}
	}
	return out
}

// cells appends the values of a struct in the order of columns.
func cells(v reflect.Value, out []any) []any {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch k := single(f.Type); {
		case !f.IsExported():
		case k != "":
			out = append(out, cell(v.Field(i), k))
		case f.Type.Kind() == reflect.Struct && f.Type.NumField() > 0:
			out = cells(v.Field(i), out)
		}
	}
	return out
}

func cell(v reflect.Value, k Kind) any {
	switch x := v.Interface().(type) {
	case market.Fen, bool:
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
		return strings.TrimSpace(x.In("zh"))
	}
	switch {
	case k == Text:
		return v.String()
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
