package source

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxYAML bounds a configuration file; one with hundreds of sources has 200 KB.
const maxYAML = 1 << 20

// reader walks a YAML tree and gathers every problem instead of stopping at the
// first. All values keep their place in the file.
type reader struct {
	file     string
	env      func(string) (string, bool)
	problems Problems
	anchors  map[string]ast.Node
	// expanded are the values that came from the environment.
	expanded []string
}

// parse returns the root mapping, or nil after noting why there is none.
func (r *reader) parse(text []byte) *object {
	if len(text) > maxYAML {
		r.problems = append(r.problems, Problem{File: r.file, Cause: fmt.Sprintf("the file has %d bytes, more than %d", len(text), maxYAML)})
		return nil
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		p := Problem{File: r.file, Cause: "not YAML"}
		// The library's own text quotes neighbouring lines, secrets included.
		if syntax, ok := errors.AsType[yaml.Error](err); ok {
			p.Cause = "not YAML: " + syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Col = t.Position.Line, t.Position.Column
			}
		}
		r.problems = append(r.problems, p)
		return nil
	}
	r.anchors = map[string]ast.Node{}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(anchors(r.anchors), doc.Body)
			return r.object(doc.Body, "")
		}
	}
	return nil
}

// fail notes a problem at n.
func (r *reader) fail(n ast.Node, path, cause, remedy string) {
	p := Problem{File: r.file, Path: path, Cause: cause, Remedy: remedy}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // a mapping without braces begins at its first key
	}
	if n != nil {
		if t := n.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Col = t.Position.Line, t.Position.Column
		}
	}
	r.problems = append(r.problems, p)
}

// anchors gathers the named nodes of a document.
type anchors map[string]ast.Node

// Visit implements ast.Visitor.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if v, ok := n.(*ast.AnchorNode); ok {
		a[v.Name.GetToken().Value] = v.Value
	}
	return a
}

// plain takes anchors, aliases and tags off a node.
func (r *reader) plain(n ast.Node) ast.Node {
	for range 8 { // an alias of an alias of an alias
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.GetToken().Value]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return nil
}

// object is a YAML mapping that is being read; close reports the keys that
// nobody asked for.
type object struct {
	r     *reader
	node  ast.Node
	path  string
	order []string
	vals  map[string]ast.Node
	keys  map[string]ast.Node
	known []string
}

func (r *reader) object(n ast.Node, path string) *object {
	o := &object{r: r, node: n, path: path, vals: map[string]ast.Node{}, keys: map[string]ast.Node{}}
	if !o.take(n, 0) {
		r.fail(n, path, "must be a mapping of keys to values", "")
		return nil
	}
	return o
}

// take adds the pairs of n; merged keys (<<) do not replace written ones.
func (o *object) take(n ast.Node, depth int) bool {
	m, ok := o.r.plain(n).(*ast.MappingNode)
	if !ok || depth > 4 {
		return false
	}
	var merges []ast.Node
	for _, v := range m.Values {
		if v.Key.IsMergeKey() {
			merges = append(merges, v.Value)
			continue
		}
		k := strings.Trim(v.Key.GetToken().Value, `"'`)
		if _, twice := o.vals[k]; twice {
			continue
		}
		o.order = append(o.order, k)
		o.vals[k], o.keys[k] = v.Value, v.Key
	}
	for _, n := range merges {
		if !o.take(n, depth+1) {
			o.r.fail(n, o.path, "<< must name a mapping", "")
		}
	}
	return true
}

// get returns the value of key, or nil when it is absent.
func (o *object) get(key string) ast.Node {
	first := !slices.Contains(o.known, key)
	if first {
		o.known = append(o.known, key)
	}
	n, ok := o.vals[key]
	if !ok {
		return nil
	}
	out := o.r.plain(n)
	if out == nil && first {
		o.fail(key, "the alias names nothing", "put &name before the value that is meant")
	}
	return out
}

// has reports whether key is written.
func (o *object) has(key string) bool { return o.get(key) != nil }

// at is the path of key.
func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// fail notes a problem at the value of key, or at the object without one.
func (o *object) fail(key, cause, remedy string) {
	n := o.node
	if k, ok := o.keys[key]; ok {
		n = k
	}
	path := o.path
	if key != "" {
		path = o.at(key)
	}
	o.r.fail(n, path, cause, remedy)
}

// close reports keys that no one asked for.
func (o *object) close() {
	for _, k := range o.order {
		if !slices.Contains(o.known, k) {
			o.r.fail(o.keys[k], o.at(k), fmt.Sprintf("unknown key %q", k), didYouMean(k, o.known))
		}
	}
}

// need notes the keys that are absent.
func (o *object) need(keys ...string) {
	for _, k := range keys {
		if !o.has(k) {
			o.r.fail(o.node, o.path, fmt.Sprintf("key %q is missing", k), "")
		}
	}
}

func (o *object) object(key string) *object {
	if n := o.get(key); n != nil {
		return o.r.object(n, o.at(key))
	}
	return nil
}

// list returns the items of a sequence; a single value is a list of one.
func (o *object) list(key string) []ast.Node {
	n := o.get(key)
	if s, ok := n.(*ast.SequenceNode); ok {
		return s.Values
	}
	if n == nil {
		return nil
	}
	return []ast.Node{n}
}

var (
	reference = regexp.MustCompile(`\$\{([^}]*)\}`)
	variable  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// str reads a scalar as text with ${NAME} replaced; def when it is absent.
// Numbers and booleans give the text as written.
func (o *object) str(key, def string) string {
	n := o.get(key)
	if n == nil {
		return def
	}
	s, _ := o.r.scalar(n, o.at(key))
	return s
}

// scalar returns the text of n and whether a ${NAME} was in it.
func (r *reader) scalar(n ast.Node, path string) (string, bool) {
	switch v := r.plain(n).(type) {
	case *ast.StringNode:
		return r.expand(v, path, v.Value)
	case *ast.LiteralNode:
		return r.expand(v, path, v.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value, false
	}
	r.fail(n, path, "must be a single value", "")
	return "", false
}

func (r *reader) expand(n ast.Node, path, s string) (string, bool) {
	if !strings.Contains(s, "${") {
		return s, false
	}
	return reference.ReplaceAllStringFunc(s, func(m string) string {
		name := m[2 : len(m)-1]
		if !variable.MatchString(name) {
			r.fail(n, path, "${...} holds something that is not the name of a variable", "write ${NAME}")
			return ""
		}
		if r.env == nil {
			return m
		}
		v, ok := r.env(name)
		if !ok {
			r.fail(n, path, fmt.Sprintf("environment variable %s is not set", name), "export it, or put it into the secret file")
		}
		r.expanded = append(r.expanded, v)
		return v
	}), true
}

// strings reads a list of texts, or one text.
func (o *object) strings(key string) []string {
	var out []string
	for i, n := range o.list(key) {
		s, _ := o.r.scalar(n, fmt.Sprintf("%s[%d]", o.at(key), i))
		out = append(out, s)
	}
	return out
}

func (o *object) oneOf(key, def string, list ...string) string {
	s := o.str(key, def)
	if s != def && !slices.Contains(list, s) {
		o.fail(key, fmt.Sprintf("%q is not known here", s), didYouMean(s, list))
	}
	return s
}

func (o *object) int(key string, def, low, high int) int {
	if !o.has(key) {
		return def
	}
	n, err := strconv.Atoi(o.str(key, ""))
	if err != nil || n < low || n > high {
		o.fail(key, fmt.Sprintf("must be a whole number from %d to %d", low, high), "")
		return def
	}
	return n
}

func (o *object) flag(key string) bool {
	n := o.get(key)
	if n == nil {
		return false
	}
	b, ok := n.(*ast.BoolNode)
	if !ok {
		o.fail(key, "must be true or false", "")
		return false
	}
	return b.Value
}

// span reads a duration: "90s", "30m", "1h30m", "1d", "2w".
func (o *object) span(key string, def time.Duration) time.Duration {
	if !o.has(key) {
		return def
	}
	d, err := parseSpan(o.str(key, ""))
	if err != nil {
		o.fail(key, err.Error(), `write it like "90s", "30m", "1d"`)
		return def
	}
	return d
}

var spanPart = regexp.MustCompile(`^([0-9]{1,6})(ms|s|m|h|d|w)`)

var spanUnit = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

func parseSpan(s string) (time.Duration, error) {
	var total time.Duration
	rest := strings.TrimSpace(s)
	for rest != "" {
		m := spanPart.FindStringSubmatch(rest)
		if m == nil {
			return 0, fmt.Errorf("%q is not a duration", s)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration", s)
		}
		total += time.Duration(n) * spanUnit[m[2]]
		rest = rest[len(m[0]):]
	}
	if total <= 0 || total > 10*366*24*time.Hour {
		return 0, fmt.Errorf("%q is not a duration between 1ms and 10 years", s)
	}
	return total, nil
}

// zone reads tz, the name of a time zone.
func (o *object) zone() *time.Location {
	name := o.str("tz", "")
	if name == "" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		o.fail("tz", fmt.Sprintf("%q is not a time zone", name), "write it like Asia/Shanghai")
		return nil
	}
	return z
}
