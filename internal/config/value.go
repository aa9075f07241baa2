package config

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// scalar reads a single value. What YAML would quietly turn into something
// else (0123, yes, 1.5 for a whole number) is a problem.
func (d *decoder) scalar(n ast.Node, key string, f *field, v reflect.Value) {
	p := start(n)
	if s, ok := n.(*ast.StringNode); ok && strings.Contains(strings.TrimSpace(s.Token.Origin), "\n") {
		p = d.keyAt[key] // the parser places a text of several lines at its end
	}
	text, isText, ok := written(n)
	switch {
	case refusedNode(n):
		return
	case !ok:
		d.report(p, key, bad("want_text", "example", f.example()))
		return
	case isText:
		if fault := lintText(n); fault != nil {
			d.report(p, key, fault)
			return
		}
	case v.Kind() == reflect.String && v.Type() != reflect.TypeFor[Amount]():
		// A number or a switch where text is wanted: 0123 would lose its zero.
		d.report(p, key, bare(n, text))
		return
	case v.Type() == reflect.TypeFor[Amount]() && !plainNumber(text):
		d.report(p, key, bad("quote_number", "got", maskText(text)))
		return
	}
	final := text
	d.raw[key] = text
	if isText && !numeric(v.Kind(), v.Type()) {
		expanded, fault := expand(text, d.env, v.Type() == reflect.TypeFor[Secret]())
		if fault != nil {
			fault.args["name"] = cmpOr(fault.args["name"], suggestedName(key))
			d.report(p, key, fault)
			return
		}
		final = expanded
	}
	d.assign(p, key, f, v, [2]string{text, final})
}

// assign reads the final text of a value and checks its limits. Problems quote
// the text as written, never as expanded.
func (d *decoder) assign(p place, key string, f *field, v reflect.Value, text [2]string) {
	value, fault := readText(v.Type(), text[1])
	if fault == nil {
		fault = f.limits(value)
	}
	if fault == nil {
		v.Set(value)
		return
	}
	if _, ok := fault.args["got"]; !ok || text[0] != text[1] {
		fault.args["got"] = quote(text[0])
	}
	if !openKeys()[leaf(key)] {
		fault.args["got"] = stars
	}
	if _, ok := fault.args["example"]; !ok {
		fault.args["example"] = f.example()
	}
	d.report(p, key, fault)
}

// numeric tells whether a value must be written as a bare number, so that
// variables do not apply.
func numeric(k reflect.Kind, t reflect.Type) bool {
	return k == reflect.Bool || k == reflect.Float64 || k == reflect.Int && t.PkgPath() == ""
}

// written returns a scalar as it stands in the file and whether it is text.
func written(n ast.Node) (text string, isText, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true, true
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n"), true, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), false, true
	}
	return "", false, false
}

func bare(n ast.Node, text string) *fault {
	if n.Type() == ast.BoolType {
		return bad("quote_word", "got", text)
	}
	return bad("quote_number", "got", maskText(text))
}

// plainNumber tells a decimal number from octal, hex and exponents.
func plainNumber(text string) bool {
	digits := strings.TrimLeft(text, "+-")
	return strings.Trim(digits, "0123456789.") == "" && (!strings.HasPrefix(digits, "0") || len(digits) == 1 || digits[1] == '.')
}

// plain tells whether a text stands without quotes.
func plain(n *ast.StringNode) bool { return n.Token.Type == token.StringType }

// lintText finds characters that an input method or a word processor put into
// a text without quotes.
func lintText(n ast.Node) *fault {
	s, ok := n.(*ast.StringNode)
	if !ok || !plain(s) {
		return nil
	}
	switch {
	case strings.ContainsAny(s.Value[:min(3, len(s.Value))], "“”‘’"):
		return bad("curly_quotes")
	case strings.Contains(s.Token.Origin, "\n") && strings.Contains(s.Value, " - "):
		return bad("joined_item")
	case strings.HasSuffix(n.GetPath(), "]") && strings.Contains(s.Value, "，"):
		return bad("wide_comma")
	}
	return nil
}

// quote shows a value in a message, masked and on one line.
func quote(text string) string {
	text = strings.Map(printable, maskText(text))
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	if text == "" || strings.ContainsAny(text, " #:") {
		return `"` + text + `"`
	}
	return text
}

// quoted shows a node's value, or an ellipsis when it is not a single one.
func (d *decoder) quoted(n ast.Node) string {
	if text, _, ok := written(n); ok {
		return quote(text)
	}
	return "..."
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// example is a correct value of a key for remedies.
func (f *field) example() string {
	if text, ok := f.Tag.Lookup("default"); ok {
		if f.cron {
			return `"` + text + `"`
		}
		return text
	}
	t := f.Type
	if t.Kind() == reflect.Slice && section(t.Elem()) {
		return "..."
	}
	switch {
	case len(f.one) > 0:
		return f.one[0]
	case f.name == "channel":
		return `"#ops"`
	case f.name == "listen":
		return "127.0.0.1:8789"
	case t == reflect.TypeFor[Secret]():
		return "${" + suggestedName("slack."+f.name) + "}"
	case t == reflect.TypeFor[Date]():
		return "2026-11-11"
	case t == reflect.TypeFor[Amount]():
		return "5000000"
	case f.bounded:
		return "1"
	}
	return "tmall_flagship"
}

// suggestedName turns slack.bot_token into SLACK_BOT_TOKEN.
func suggestedName(key string) string {
	name := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '.' {
			return '_'
		}
		return r
	}, key))
	if !strings.HasPrefix(name, "SLACK_") {
		name = "SHOPWATCH_" + name
	}
	return name
}
