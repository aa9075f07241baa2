package source

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// preset is a built-in declaration and the document it stands in, which has the
// anchors that it refers to.
type preset struct{ node, doc ast.Node }

// Presets are the names of the built-in declarations, such as "taobao.orders",
// in order.
func Presets() []string {
	var names []string
	files, _ := fs.Glob(presetFiles, "presets/*.yaml") // the pattern is good
	for _, name := range files {
		for key := range presetsOf(name) {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(name, "presets/"), "yaml")+key)
		}
	}
	slices.Sort(names)
	return names
}

// findPreset looks a name up in the file of its marketplace.
func findPreset(name string) (preset, bool) {
	market, key, _ := strings.Cut(name, ".")
	p, ok := presetsOf("presets/" + market + ".yaml")[key]
	return p, ok
}

// presetsOf reads one file of built-in declarations: one key for each. There
// are none in a file that does not exist.
func presetsOf(file string) map[string]preset {
	out := map[string]preset{}
	text, err := presetFiles.ReadFile(file)
	if err != nil {
		return out
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil || len(tree.Docs) == 0 {
		return out // a test reads them all
	}
	if m, ok := tree.Docs[0].Body.(*ast.MappingNode); ok {
		for _, v := range m.Values {
			out[v.Key.GetToken().Value] = preset{v.Value, m}
		}
	}
	return out
}

// blended are the keys whose mappings are put together from the preset's and the
// file's; any other value of the file replaces the preset's whole.
var blended = []string{"auth", "request", "form", "json", "query", "headers", "window", "page", "size", "foreach", "file", "fields"}

// underlay puts a preset under what the file says.
func (o *object) underlay(name string) {
	if name == "" {
		return
	}
	p, ok := findPreset(name)
	if !ok {
		o.fail("preset", "no preset is called \""+name+"\"", didYouMean(name, Presets()))
		return
	}
	ast.Walk(anchors(o.r.anchors), p.doc)
	under := o.r.object(p.node, o.path)
	if under == nil {
		return
	}
	for _, key := range under.order {
		mine, written := o.vals[key]
		switch {
		case !written:
			o.order = append(o.order, key)
			o.vals[key], o.keys[key] = under.vals[key], under.keys[key]
		case slices.Contains(blended, key):
			o.vals[key] = o.r.blend(mine, under.vals[key])
		}
	}
}

// blend is the mapping of both, where what is in top counts.
func (r *reader) blend(top, under ast.Node) ast.Node {
	a, ok1 := r.plain(top).(*ast.MappingNode)
	b, ok2 := r.plain(under).(*ast.MappingNode)
	if !ok1 || !ok2 {
		return top
	}
	out := *a
	out.Values = slices.Clone(a.Values)
	at := map[string]int{}
	for i, v := range out.Values {
		at[strings.Trim(v.Key.GetToken().Value, `"'`)] = i
	}
	for _, v := range b.Values {
		key := strings.Trim(v.Key.GetToken().Value, `"'`)
		i, twice := at[key]
		if !twice {
			out.Values = append(out.Values, v)
			continue
		}
		if slices.Contains(blended, key) {
			both := *out.Values[i]
			both.Value = r.blend(both.Value, v.Value)
			out.Values[i] = &both
		}
	}
	return &out
}
