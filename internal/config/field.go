package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is one key as its struct tags declare it.
type field struct {
	reflect.StructField
	name     string
	index    []int
	required bool
	id       bool
	cron     bool
	one      []string
	min, max float64 // NaN-free: bounded says whether they apply
	bounded  bool
}

// fieldsOf are the keys of a struct type, inlined ones among them, in order.
func fieldsOf(t reflect.Type) []field {
	var list []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if option == "inline" {
			for _, f := range fieldsOf(sf.Type) {
				f.index = append([]int{i}, f.index...)
				list = append(list, f)
			}
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		f := field{StructField: sf, name: name, index: []int{i}}
		f.readRule(sf.Tag.Get("rule"))
		list = append(list, f)
	}
	return list
}

func (f *field) readRule(tag string) {
	for part := range strings.SplitSeq(tag, ";") {
		word, value, _ := strings.Cut(part, "=")
		number, _ := strconv.ParseFloat(value, 64)
		switch word {
		case "required":
			f.required = true
		case "id":
			f.id = true
		case "cron":
			f.cron = true
		case "one":
			f.one = strings.Split(value, "|")
		case "min":
			f.min, f.bounded = number, true
		case "max":
			f.max, f.bounded = number, true
		}
	}
}

// section tells whether t is written as a mapping of keys.
func section(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !slices.Contains(scalars(), t) && t != reflect.TypeFor[Section]()
}

// scalars are the struct types that are written as one text.
func scalars() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[Zone](), reflect.TypeFor[Date]()}
}

// eachField calls visit for every key below a struct type, outer ones first.
// The keys of a type that holds itself are visited once.
func eachField(t reflect.Type, visit func(field)) {
	for _, f := range fieldsOf(t) {
		visit(f)
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if section(inner) && inner != t {
			eachField(inner, visit)
		}
	}
}

// fillDefaults gives the keys of a struct their defaults. Lists stay empty.
func fillDefaults(v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		at := v.FieldByIndex(f.index)
		if text, ok := f.Tag.Lookup("default"); ok {
			value, bad := readText(f.Type, text)
			if bad == nil {
				at.Set(value)
			}
			continue
		}
		if section(f.Type) {
			fillDefaults(at)
		}
	}
}

// Default is the configuration of an empty file: every default, no shop and no
// chat. It does not pass Load by itself.
func Default() Config {
	var c Config
	fillDefaults(reflect.ValueOf(&c).Elem())
	c.Slack.Mode = "" // no slack section
	return c
}
