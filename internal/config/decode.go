package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// place is where something stands in the file, from 1, in characters.
type place struct{ line, col int }

// decoder walks the tree of a file beside the Config struct. It goes on after
// a problem, so that one run finds them all.
type decoder struct {
	file     string
	lines    []string
	env      func(string) (string, bool)
	problems Problems
	at       map[string]place  // of values, by key path
	keyAt    map[string]place  // of keys and list dashes, by key path
	raw      map[string]string // values as written, by key path
	root     *Config
}

// maxProblems is how many a run reports: nobody reads more, and a file that is
// not a configuration at all would have one on every line.
const maxProblems = 200

// report notes a problem at p.
func (d *decoder) report(p place, key string, f *fault) {
	if len(d.problems) >= maxProblems {
		return
	}
	problem := Problem{File: d.file, Line: max(1, min(p.line, len(d.lines))), Col: max(1, p.col), Key: maskText(key), Code: f.code, Args: f.args}
	if n := problem.Line - 1; n < len(d.lines) && strings.TrimSpace(d.lines[n]) != "" {
		problem.excerpt, problem.caret = maskLine(d.lines, n, problem.Col-1)
	}
	d.problems = append(d.problems, problem)
}

// reportKey notes a problem with the value of a key, or with its nearest
// ancestor that the file has.
func (d *decoder) reportKey(key string, f *fault) {
	for near := key; ; near = parent(near) {
		if p, ok := d.at[near]; ok {
			d.report(p, key, f)
			return
		}
		if near == "" {
			d.report(place{1, 1}, key, f)
			return
		}
	}
}

// parent of shops[0].units[1].id is shops[0].units[1], then shops[0].units.
func parent(key string) string {
	if at := strings.LastIndexAny(key, ".["); at >= 0 {
		return key[:at]
	}
	return ""
}

func start(n ast.Node) place {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return start(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(n.Key)
	case *ast.LiteralNode:
		return at(n.Start)
	}
	return at(n.GetToken())
}

func at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, t.Position.Column}
}

// pairs are the entries of a mapping, and false when n is none.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// mapping reads n into the struct v. where is the place of the key or dash
// that n belongs to.
func (d *decoder) mapping(n ast.Node, key string, where place, v reflect.Value) {
	entries, ok := pairs(n)
	if !ok {
		d.notMapping(n, key)
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]int{}
	for _, entry := range entries {
		name, p := entry.Key.GetToken().Value, start(entry.Key)
		path := join(key, name)
		if refusedNode(entry.Key) {
			continue
		}
		if line, twice := seen[name]; twice {
			d.report(p, path, bad("duplicate_key", "line", fmt.Sprint(line)))
			continue
		}
		seen[name] = p.line
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			d.unknown(entry, path, fields)
			continue
		}
		d.keyAt[path] = p
		d.value(entry.Value, path, p, &fields[i], v.FieldByIndex(fields[i].index))
	}
	for _, f := range fields {
		if _, ok := seen[f.name]; !ok && f.required {
			d.report(where, key, bad("missing_key", "missing", f.name, "example", f.example()))
		}
	}
}

func (d *decoder) notMapping(n ast.Node, key string) {
	if refusedNode(n) {
		return
	}
	if s, ok := n.(*ast.StringNode); ok {
		if f, p := wideColon(d.lines, start(n)); f != nil {
			d.report(p, key, f)
			return
		}
		if p, ok := wideSpace(d.lines, start(n)); ok && plain(s) {
			d.report(p, key, bad("wide_space"))
			return
		}
	}
	d.report(start(n), key, bad("want_mapping"))
}

func (d *decoder) unknown(entry *ast.MappingValueNode, path string, fields []field) {
	name, p := entry.Key.GetToken().Value, start(entry.Key)
	var known []string
	for _, f := range fields {
		known = append(known, f.name)
	}
	if f, wide := wideColon(d.lines, p); f != nil && strings.Contains(name, "：") {
		d.report(wide, path, f)
	} else if strings.Contains(name, "　") {
		d.report(p, path, bad("wide_space"))
	} else if near, ok := nearest(name, known); ok {
		d.report(p, path, bad("unknown_key_near", "near", near))
	} else {
		d.report(p, path, bad("unknown_key", "known", strings.Join(known, ", ")))
	}
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// value reads n, the value of the key at where, into v.
func (d *decoder) value(n ast.Node, key string, where place, f *field, v reflect.Value) {
	d.at[key] = start(n)
	if n.Type() == ast.NullType {
		d.at[key] = where
		d.null(n, key, where)
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[Section]():
		v.Set(reflect.ValueOf(Section{Line: where.line}))
		if n.Type() != ast.SequenceType && n.Type() != ast.MappingType && !refusedNode(n) {
			d.report(start(n), key, bad("want_mapping"))
		}
	case v.Kind() == reflect.Slice:
		d.list(n, key, f, v)
	case section(v.Type()):
		d.mapping(n, key, where, v)
	default:
		d.scalar(n, key, f, v)
	}
}

// null is "key:" with nothing after it, or with ~ or null.
func (d *decoder) null(n ast.Node, key string, where place) {
	if line := where.line - 1; line < len(d.lines) {
		after := d.lines[line][byteAt(d.lines[line], where.col-1):]
		_, rest, _ := strings.Cut(after, ":")
		if hash := strings.Index(after, "#"); hash >= 0 && strings.HasPrefix(strings.TrimSpace(rest), "#") {
			d.report(place{where.line, where.col + len([]rune(after[:hash]))}, key, bad("commented_value"))
			return
		}
	}
	if n.GetToken().Type != token.ImplicitNullType {
		where = start(n)
	}
	d.report(where, key, bad("no_value"))
}

const maxItems = 1000

func (d *decoder) list(n ast.Node, key string, f *field, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if !refusedNode(n) {
			d.report(start(n), key, bad("want_list", "got", d.quoted(n)))
		}
		return
	}
	if len(seq.Values) > maxItems {
		d.report(start(n), key, bad("too_many_items", "max", fmt.Sprint(maxItems)))
		return
	}
	if len(seq.Values) == 0 && f.required {
		d.report(start(n), key, bad("no_value"))
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, item := range seq.Values {
		path, p := fmt.Sprintf("%s[%d]", key, i), start(item)
		if !seq.IsFlowStyle && i < len(seq.Entries) {
			p = at(seq.Entries[i].Start)
		}
		d.at[path], d.keyAt[path] = start(item), p
		element := v.Index(i)
		switch {
		case item.Type() == ast.NullType:
			d.report(p, path, bad("no_value"))
		case section(element.Type()):
			fillDefaults(element)
			d.mapping(item, path, p, element)
		default:
			d.scalar(item, path, f, element)
		}
	}
}
