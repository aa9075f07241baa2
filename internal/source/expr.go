package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/itchyny/gojq"
)

// prelude comes before every program. rows reads a list however it is wrapped:
// bare, inside an object under any name, or absent; nz drops empty text.
const prelude = `def rows: if type == "array" then .[] elif type == "object" then (to_entries[] | .value | arrays | .[]) else empty end;
def nz: select(. != null and . != "");
`

// jqTime bounds one page's programs; a program that loops must not hold a job.
const jqTime = 5 * time.Second

// program is compiled jq.
type program struct {
	src  string
	code *gojq.Code
	tree *gojq.Query
}

// expr takes one value out of a record: a column of a file, a plain path, a
// chain of paths, or any jq program.
type expr struct {
	col  string // header name; "" for jq
	at   int    // index of col, once the header is known
	alts []path // the fast form; nil when only jq will do
	prog *program
}

// path is .a.b.c; nz says that empty text counts as nothing.
type path struct {
	keys []string
	nz   bool
}

// String writes where the value is taken from, as the declaration does.
func (e *expr) String() string {
	switch {
	case e.col != "":
		return "column " + e.col
	case e.prog != nil:
		return e.prog.src
	}
	var alts []string
	for _, p := range e.alts {
		text := "." + strings.Join(p.keys, ".")
		if p.nz {
			text = "(" + text + " | nz)"
		}
		alts = append(alts, text)
	}
	return strings.Join(alts, " // ")
}

// from is where the mapping takes a column from; empty when it takes it from
// nowhere in the record.
func (m *mapping) from(column string) string {
	for i := range m.fields {
		if f := &m.fields[i]; f.name == column && f.fixed == nil && f.bound == "" {
			return f.from.String()
		}
	}
	return ""
}

func column(name string) expr { return expr{col: name, at: -1} }

// program compiles jq, noting what is wrong with it.
func (r *reader) program(n ast.Node, where, src string) *program {
	tree, err := gojq.Parse(src)
	if err != nil {
		remedy := ""
		if parse := (*gojq.ParseError)(nil); errors.As(err, &parse) {
			remedy = fmt.Sprintf("the mistake ends at character %d of the program", parse.Offset)
		}
		r.fail(n, where, "not jq: "+err.Error(), remedy)
		return nil
	}
	whole, err := gojq.Parse(prelude + src)
	if err != nil {
		r.fail(n, where, "not jq: "+err.Error(), "")
		return nil
	}
	code, err := gojq.Compile(whole)
	if err != nil {
		r.fail(n, where, "not jq: "+err.Error(), "")
		return nil
	}
	return &program{src: src, code: code, tree: tree}
}

// compile makes the expr of a jq program.
func (r *reader) compile(n ast.Node, where, src string) expr {
	p := r.program(n, where, src)
	if p == nil {
		return expr{}
	}
	return expr{prog: p, alts: alternatives(p.tree)}
}

// alternatives returns the paths of .a.b // (.c | nz) // .d, and nil when q has
// any other form.
func alternatives(q *gojq.Query) []path {
	if len(q.FuncDefs) > 0 || q.Meta != nil || len(q.Imports) > 0 {
		return nil
	}
	if q.Term == nil && q.Op == gojq.OpAlt {
		left, right := alternatives(q.Left), alternatives(q.Right)
		if left == nil || right == nil {
			return nil
		}
		return append(left, right...)
	}
	if p, ok := plainPath(q); ok {
		return []path{p}
	}
	t := q.Term
	if t == nil || t.Type != gojq.TermTypeQuery || len(t.SuffixList) > 0 {
		return nil
	}
	in := t.Query
	if in.Term != nil || in.Op != gojq.OpPipe || len(in.Patterns) > 0 || len(in.FuncDefs) > 0 || in.Right.String() != "nz" {
		return nil
	}
	p, ok := plainPath(in.Left)
	if !ok {
		return nil
	}
	p.nz = true
	return []path{p}
}

// plainPath reads .a.b.
func plainPath(q *gojq.Query) (path, bool) {
	t := q.Term
	if t == nil || len(q.FuncDefs) > 0 {
		return path{}, false
	}
	p := path{keys: []string{}}
	switch {
	case t.Type == gojq.TermTypeIdentity:
	case t.Type == gojq.TermTypeIndex && t.Index.Name != "":
		p.keys = append(p.keys, t.Index.Name)
	default:
		return path{}, false
	}
	for _, s := range t.SuffixList {
		if s.Index == nil || s.Index.Name == "" || s.Iter || s.Optional {
			return path{}, false
		}
		p.keys = append(p.keys, s.Index.Name)
	}
	return p, true
}

// walk follows keys from v as jq does: null has every key, with null in it.
func walk(v any, keys []string) (any, error) {
	for _, k := range keys {
		switch m := v.(type) {
		case nil:
			return nil, nil
		case map[string]any:
			v = m[k]
		default:
			return nil, fmt.Errorf("expected an object with %q", k)
		}
	}
	return v, nil
}

// record is what a row is read from: a JSON value, a child that knows its
// parent under a name, or the fields of a line.
type record struct {
	child  any
	parent any    // nil without one
	name   string // of the parent inside the record: .t
	hidden string // the key of the parent that is not seen through it
	header []string
	line   []string
	object any // the record as jq sees it; made when it is needed
}

// at follows keys from the record without building it.
func (rec *record) at(keys []string) (any, error) {
	if len(keys) == 0 {
		return rec.whole(), nil
	}
	if rec.name == "" || keys[0] != rec.name {
		return walk(rec.child, keys)
	}
	if len(keys) > 1 && keys[1] == rec.hidden {
		return nil, nil
	}
	if len(keys) == 1 {
		return rec.trimmed(), nil
	}
	return walk(rec.parent, keys[1:])
}

// trimmed is the parent without its list of children.
func (rec *record) trimmed() any {
	m, ok := rec.parent.(map[string]any)
	if !ok || rec.hidden == "" {
		return rec.parent
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		if k != rec.hidden {
			out[k] = v
		}
	}
	return out
}

// with is the record with one more key.
func (rec *record) with(key, value string) *record {
	m := map[string]any{}
	if whole, ok := rec.whole().(map[string]any); ok {
		maps.Copy(m, whole)
	}
	m[key] = value
	return &record{child: m}
}

// whole is the record as jq sees it.
func (rec *record) whole() any {
	if rec.object != nil {
		return rec.object
	}
	switch {
	case rec.line != nil:
		m := make(map[string]any, len(rec.line))
		for i, h := range rec.header {
			m[h] = rec.line[i]
		}
		rec.object = m
	case rec.name != "":
		m := map[string]any{}
		if c, ok := rec.child.(map[string]any); ok {
			maps.Copy(m, c)
		}
		m[rec.name] = rec.trimmed()
		rec.object = m
	default:
		rec.object = rec.child
	}
	return rec.object
}

// eval takes the value of e out of rec.
func (e *expr) eval(ctx context.Context, rec *record) (value, error) {
	if e.col != "" {
		return value{isText, rec.line[e.at]}, nil
	}
	if e.alts == nil || rec.line != nil {
		v, err := e.prog.one(ctx, rec.whole())
		if err != nil {
			return value{}, err
		}
		return reduce(v), nil
	}
	v, err := e.fast(rec)
	if err != nil {
		return value{}, err
	}
	return reduce(v), nil
}

// fast follows the alternatives: of all but the last, what is null, false or an
// error gives way to the next.
func (e *expr) fast(rec *record) (any, error) {
	for i := range e.alts {
		p := &e.alts[i]
		v, err := rec.at(p.keys)
		if p.nz && (v == nil || v == "") {
			v = nil
		}
		if i == len(e.alts)-1 {
			return v, err
		}
		if err == nil && v != nil && v != false {
			return v, nil
		}
	}
	return nil, nil
}

// one runs p for the first value it gives; no value counts as null, a second
// one is an error because which is meant is not known.
func (p *program) one(ctx context.Context, in any) (any, error) {
	it := p.code.RunWithContext(ctx, in)
	v, ok := it.Next()
	if !ok {
		return nil, nil
	}
	if err, bad := v.(error); bad {
		return nil, jqError(err)
	}
	if next, more := it.Next(); more {
		if err, bad := next.(error); bad {
			return nil, jqError(err)
		}
		return nil, errors.New("jq gave more than one value")
	}
	return v, nil
}

// all runs p and calls yield for every value until it returns an error.
func (p *program) all(ctx context.Context, in any, yield func(any) error) error {
	it := p.code.RunWithContext(ctx, in)
	for {
		v, ok := it.Next()
		if !ok {
			return nil
		}
		if err, bad := v.(error); bad {
			return jqError(err)
		}
		if err := yield(v); err != nil {
			return err
		}
	}
}

func jqError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("jq ran longer than %s: %w", jqTime, err)
	}
	return fmt.Errorf("jq: %w", err)
}

// truthy reads a program that answers yes or no.
func (e *expr) truthy(ctx context.Context, rec *record) (bool, error) {
	v, err := e.prog.one(ctx, rec.whole())
	if err != nil {
		return false, err
	}
	return v != nil && v != false, nil
}

// reduce makes a value of what jq or the JSON decoder gave.
func reduce(v any) value {
	switch x := v.(type) {
	case nil:
		return value{}
	case string:
		return value{isText, x}
	case json.Number:
		return value{isNumber, string(x)}
	case bool:
		return value{isBool, strconv.FormatBool(x)}
	case int:
		return value{isNumber, strconv.Itoa(x)}
	case *big.Int:
		return value{isNumber, x.String()}
	case float64:
		return value{isFloat, strconv.FormatFloat(x, 'g', -1, 64)}
	}
	return value{form: isCompound}
}
