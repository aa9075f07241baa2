package config

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const (
	maxFile  = 1 << 20
	maxDepth = 200
)

var (
	wideKey   = regexp.MustCompile(`^([ \t]*(?:- +)*[\pL\pN_.-]+[ \x{3000}]*)：`)
	tabIndent = regexp.MustCompile(`^ *\t[ \t]*[^\s#]`)
)

// unfit reports what makes a file not worth parsing.
func (d *decoder) unfit(raw []byte) bool {
	for i, line := range d.lines {
		depth := strings.Count(line, "- ") + strings.Count(line, "? ")
		switch {
		case !utf8.ValidString(line):
			valid := strings.ToValidUTF8(line, "\uFFFD")
			col := len([]rune(valid[:strings.Index(valid, "\uFFFD")])) + 1
			d.lines[i] = valid
			d.report(place{i + 1, col}, "", bad("not_utf8"))
			return true
		case strings.Count(line, "{")+strings.Count(line, "[") > maxDepth, depth > maxDepth:
			d.report(place{i + 1, 1}, "", bad("too_deep"))
			return true
		}
	}
	if open, line := deepest(d.lines); open > maxDepth {
		d.report(place{line, 1}, "", bad("too_deep"))
		return true
	}
	return len(raw) == 0
}

// deepest is the largest number of brackets open at the end of a line, quotes
// not considered, and that line from 1.
func deepest(lines []string) (depth, line int) {
	open := 0
	for i, text := range lines {
		open += strings.Count(text, "{") + strings.Count(text, "[") - strings.Count(text, "}") - strings.Count(text, "]")
		open = max(open, 0)
		if open > depth {
			depth, line = open, i+1
		}
	}
	return depth, line
}

// parse returns the tree of the file, or reports why there is none.
func (d *decoder) parse(raw []byte) ast.Node {
	file, err := parser.ParseBytes(raw, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.unparsable(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentType:
		case body == nil:
			body = doc.Body
		default:
			p := start(doc.Body)
			if doc.Start != nil {
				p = at(doc.Start)
			}
			d.report(p, "", bad("second_document"))
		}
	}
	if body == nil {
		d.report(place{1, 1}, "", bad("empty_file"))
		return nil
	}
	ast.Walk(refuser{d}, body)
	return body
}

// unparsable reports the parser's complaint together with what an input method
// or an editor may have done to the lines, which is usually the reason.
func (d *decoder) unparsable(err error) {
	found := map[int]bool{}
	for i, line := range d.lines {
		p := place{i + 1, 1}
		if fault, wide := wideColon(d.lines, p); fault != nil {
			found[i+1] = true
			d.report(wide, "", fault)
		}
		if tabIndent.MatchString(line) {
			found[i+1] = true
			d.report(place{i + 1, strings.IndexByte(line, '\t') + 1}, "", bad("tab"))
		}
	}
	var syntax *yaml.SyntaxError
	p, code := place{1, 1}, Code("syntax")
	if errors.As(err, &syntax) && syntax.Token != nil {
		p, code = at(syntax.Token), complaint(syntax.Message)
	}
	p.line = min(max(1, p.line), len(d.lines))
	for near := range found {
		// The parser may notice a bad line only on the next one.
		if near == p.line || near == p.line-1 {
			return
		}
	}
	if wide, ok := wideSpace(d.lines, p); ok && code == "syntax" {
		code, p = "wide_space", wide
	}
	d.report(p, "", bad(code))
}

// complaint maps the parser's words to a code of ours.
func complaint(message string) Code {
	for part, code := range map[string]Code{
		"end character of":     "unclosed_quote",
		"',' or ']' must":      "unclosed_bracket",
		"',' or '}' must":      "unclosed_bracket",
		"end token":            "unclosed_bracket",
		"reserved character":   "reserved",
		"found character '\t'": "tab",
	} {
		if strings.Contains(message, part) {
			return code
		}
	}
	return "syntax"
}

// wideColon finds a full-width colon after the key of the line of p.
func wideColon(lines []string, p place) (*fault, place) {
	if p.line < 1 || p.line > len(lines) {
		return nil, p
	}
	line := lines[p.line-1]
	m := wideKey.FindStringSubmatch(line)
	if m == nil {
		return nil, p
	}
	key := strings.TrimRight(m[1], " 　")
	name := strings.TrimSpace(key)
	return bad("wide_colon", "line", maskText(name)+": ..."), place{p.line, len([]rune(m[1])) + 1}
}

// wideSpace finds a full-width space on the line of p.
func wideSpace(lines []string, p place) (place, bool) {
	if p.line < 1 || p.line > len(lines) {
		return p, false
	}
	before, _, found := strings.Cut(lines[p.line-1], "　")
	return place{p.line, len([]rune(before)) + 1}, found
}

// refuser reports anchors, aliases, tags and merge keys wherever they stand.
type refuser struct{ d *decoder }

// Visit is called for every node.
func (r refuser) Visit(n ast.Node) ast.Visitor {
	codes := map[ast.NodeType]Code{
		ast.AnchorType: "anchor", ast.AliasType: "alias", ast.TagType: "tag",
		ast.MergeKeyType: "merge", ast.MappingKeyType: "complex_key",
	}
	if code, ok := codes[n.Type()]; ok {
		r.d.report(at(n.GetToken()), "", bad(code))
		return nil
	}
	return r
}

// refusedNode tells whether the refuser has spoken of n already.
func refusedNode(n ast.Node) bool {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType, ast.MappingKeyType:
		return true
	}
	return false
}
