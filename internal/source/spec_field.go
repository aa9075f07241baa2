package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"shopwatch/internal/market"
)

// mapping turns records into rows of a table.
type mapping struct {
	table   *market.Table
	records *records // nil for drivers that have rows of their own
	where   *expr    // nil takes every record
	fields  []field
	share   bool // the order's payment is shared out over its lines
	shape   rowShape
	// moments are the formats of times and dates that name none, zone their
	// zone; workbooks also hold times as numbers.
	moments  []string
	zone     *time.Location
	currency string // of money that names none
	workbook bool
	// occurrence counting needs these header names; empty without one.
	occurrence []string
}

// rowShape says what a record is made of.
type rowShape uint8

const (
	ofJSON    rowShape = iota // fields are picked with jq
	ofColumns                 // the fields of a line, by the names in the header
	ofNamed                   // a JSON object with one key a column: both
)

// field is one column, or one of the amounts that allocation works with.
type field struct {
	name       string
	place      ast.Node
	target     int // column index, or one of the negative targets
	from       expr
	fixed      *cell  // const:
	bound      string // window: start or end of the stretch that was asked for
	conv       converter
	required   bool
	occurrence bool
}

// Targets that are no columns: the order's payment and the line's weight in it.
const (
	toOrderPaid  = -1
	toLineWeight = -2
)

// readMapping reads records, where and fields.
func readMapping(o *object, s *Spec, t *market.Table) *mapping {
	m := &mapping{table: t, zone: o.zone(), currency: o.str("currency", "")}
	switch s.Driver {
	case "file":
		m.shape, m.workbook = ofColumns, workbookSource(o)
	case "sql":
		m.shape, m.moments, m.zone = ofNamed, sqlMoments, cmp.Or(windowZone(o), m.zone)
		if o.has("records") {
			m.records = readRecords(o)
		}
	default:
		m.records = readRecords(o)
	}
	if o.has("where") {
		e := o.r.compile(o.get("where"), o.at("where"), o.str("where", ""))
		m.where = &e
	}
	fields := o.object("fields")
	if fields == nil {
		return m
	}
	names := targetNames(t)
	for _, name := range fields.order {
		target := t.Col(name)
		switch {
		case target >= 0:
		case name == "order_paid" && slices.Contains(names, name):
			target, m.share = toOrderPaid, true
		case name == "line_weight" && slices.Contains(names, name):
			target = toLineWeight
		default:
			fields.get(name)
			fields.fail(name, fmt.Sprintf("%s has no column %q", t.Name, name), didYouMean(name, names))
			continue
		}
		fo := fields.object(name)
		if fo == nil {
			continue
		}
		m.fields = append(m.fields, readField(fo, m, target, name))
	}
	m.checkFields(fields)
	return m
}

func targetNames(t *market.Table) []string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	if t == market.OrderLines {
		names = append(names, "order_paid", "line_weight")
	}
	return names
}

// checkFields looks at the fields together: every column that a row cannot be
// without, and the parts of an allocation.
func (m *mapping) checkFields(o *object) {
	have := func(name string) bool {
		return slices.ContainsFunc(m.fields, func(f field) bool { return f.name == name }) || o.vals[name] != nil
	}
	for _, c := range m.table.Columns {
		if c.Required && !have(c.Name) {
			o.r.fail(o.node, o.path, fmt.Sprintf("column %q of %s is missing, and no row is complete without it", c.Name, m.table.Name),
				"map it, or give it a fixed value with const")
		}
	}
	if m.share && have("paid") {
		o.fail("order_paid", "paid and order_paid are both mapped", "give the line's own payment, or the order's payment with line_weight")
	}
	if have("line_weight") && !m.share {
		o.fail("line_weight", "line_weight shares out order_paid, which is not mapped", "map order_paid, or leave line_weight out")
	}
}

// readField reads where a value comes from and how it is converted.
func readField(o *object, m *mapping, target int, name string) field {
	f := field{name: name, place: o.node, target: target}
	kind := market.Money
	var col market.Column
	if target >= 0 {
		col = m.table.Columns[target]
		kind, f.required = col.Kind, col.Required || slices.Contains(m.table.Key, name)
	}
	f.conv = readConverter(o, m, kind, col.Enum)
	ways := 0
	if o.has("jq") {
		ways++
		f.from = o.r.compile(o.get("jq"), o.at("jq"), o.str("jq", ""))
	}
	if o.has("col") {
		ways++
		f.from = m.column(o, o.str("col", ""))
	}
	if o.has("const") {
		ways++
		f.fixed = f.conv.fixed(o)
	}
	if o.has("window") {
		ways++
		f.bound = o.oneOf("window", "", "start", "end")
		if m.shape == ofColumns {
			o.fail("window", "a file is not asked for a stretch of time", "map a column")
		}
		if kind != market.Date && kind != market.Time {
			o.fail("window", "the bound of a window is a time", "use it for a column of dates or times")
		}
	}
	if ways != 1 {
		o.r.fail(o.node, o.path, fmt.Sprintf("%d of jq, col, const and window are given", ways), "give exactly one")
	}
	if names := o.strings("occurrence"); names != nil {
		f.occurrence = true
		switch {
		case m.shape != ofColumns:
			o.fail("occurrence", "only rows of a file have a lasting order to be numbered in", "")
		case kind != market.Text:
			o.fail("occurrence", "a number of occurrence makes a text", "")
		case m.occurrence != nil && !slices.Equal(m.occurrence, names):
			o.fail("occurrence", "two fields number their rows by different columns", "use the same columns")
		}
		m.occurrence = names
	}
	o.close()
	return f
}

// column is the expression of a named column.
func (m *mapping) column(o *object, name string) expr {
	switch {
	case m.shape == ofColumns:
		return column(name)
	case m.shape == ofNamed && m.records == nil:
		return expr{alts: []path{{keys: []string{name}}}}
	}
	o.fail("col", "JSON records have no columns", "write jq: .name")
	return expr{}
}

// Types of fields and the column kinds they fill.
var fieldTypes = []struct {
	name  string
	kinds []market.Kind
}{
	{"money", []market.Kind{market.Money}},
	{"int", []market.Kind{market.Int}},
	{"time", []market.Kind{market.Time}},
	{"date", []market.Kind{market.Date}},
	{"bool", []market.Kind{market.Bool}},
	{"id", []market.Kind{market.Text}},
	{"text", []market.Kind{market.Text}},
	{"enum", []market.Kind{market.Text, market.Bool, market.Int}},
}

// readConverter reads type and its options; kind is what the column holds.
func readConverter(o *object, m *mapping, kind market.Kind, enum []string) converter {
	c := converter{kind: kind, list: enum}
	var fit []string
	for _, t := range fieldTypes {
		if slices.Contains(t.kinds, kind) {
			fit = append(fit, t.name)
		}
	}
	def := fit[0]
	if enum != nil {
		def = "enum"
	}
	c.typ = o.oneOf("type", def, fit...)
	switch c.typ {
	case "money":
		readMoney(o, m, &c)
	case "int":
		c.zhUnits = o.flag("zh_units")
	case "time", "date":
		readMoment(o, m, &c)
	case "id":
		c.whole = o.flag("whole")
	case "enum", "bool":
		readEnum(o, &c)
	}
	if c.typ == "money" || c.typ == "int" {
		c.negate = o.flag("negate")
	}
	return c
}

func readMoney(o *object, m *mapping, c *converter) {
	c.currency = market.Currency(o.str("currency", m.currency))
	if len(c.currency) != 3 || strings.ToUpper(string(c.currency)) != string(c.currency) {
		o.fail("currency", "money needs the three letters of its currency", "write currency: CNY")
	}
	switch unit := o.oneOf("unit", "", "major", "minor"); unit {
	case "major":
		c.exponent = c.currency.Exponent()
	case "":
		o.fail("unit", "money needs a unit: the number alone does not say yuan or fen", "write unit: major for 12.50 yuan, unit: minor for 1250 fen")
	}
	c.round = o.oneOf("round", "", "half_even") != ""
	if t := o.object("times"); t != nil {
		var e expr
		switch {
		case t.has("col") && !t.has("jq"):
			e = m.column(t, t.str("col", ""))
		case t.has("jq") && !t.has("col"):
			e = o.r.compile(t.get("jq"), t.at("jq"), t.str("jq", ""))
		default:
			o.fail("times", "give the factor with one of col and jq", "")
		}
		c.times = &e
		t.close()
	}
}

// unixFormats are formats that are not layouts.
var unixFormats = map[string]time.Duration{"unix": time.Second, "unix_ms": time.Millisecond}

func readMoment(o *object, m *mapping, c *converter) {
	c.formats = append(o.strings("format"), o.strings("formats")...)
	c.excel = o.flag("excel") || m.workbook
	zone := cmp.Or(o.zone(), m.zone)
	if len(c.formats) == 0 && m.moments != nil {
		c.formats, c.zone = m.moments, cmp.Or(zone, time.UTC)
		return
	}
	for i, f := range c.formats {
		if f == "rfc3339" {
			c.formats[i] = time.RFC3339
			continue
		}
		if _, ok := unixFormats[f]; ok {
			continue
		}
		if !slices.ContainsFunc([]string{"2006", "06"}, func(y string) bool { return strings.Contains(f, y) }) {
			o.fail("format", fmt.Sprintf("%q is not a layout with a year", f), `write the moment 2006-01-02 15:04:05 the way the source does, or unix, unix_ms, rfc3339`)
		}
	}
	if len(c.formats) == 0 && !c.excel && !o.has("window") {
		o.fail("format", c.typ+" needs a format", `write format: "2006-01-02 15:04:05", or unix, unix_ms, rfc3339`)
	}
	c.zone = zone
	needs := c.excel || slices.ContainsFunc(c.formats, func(f string) bool {
		_, epoch := unixFormats[f]
		return !epoch && !strings.Contains(f, "Z07") && !strings.Contains(f, "-07")
	})
	if zone == nil && c.typ == "time" && needs && !o.has("tz") {
		o.fail("tz", "this format has no zone of its own", "write tz: Asia/Shanghai")
	}
	if c.zone == nil {
		c.zone = time.UTC
	}
}

func readEnum(o *object, c *converter) {
	if m := o.object("map"); m != nil {
		c.words = map[string]string{}
		for _, k := range m.order {
			c.words[k] = m.str(k, "")
			c.checkWord(m, k, c.words[k])
		}
	}
	if e := o.str("else", "error"); e != "error" {
		c.other, c.hasOther = e, true
		c.checkWord(o, "else", e)
	}
}

// checkWord notes a target of an enum that the column does not know.
func (c *converter) checkWord(o *object, key, word string) {
	if c.list != nil && !slices.Contains(c.list, word) {
		o.fail(key, fmt.Sprintf("%q is not a value of this column", word), didYouMean(word, c.list))
	} else if _, err := c.word(word); err != nil {
		o.fail(key, err.Error(), "")
	}
}
