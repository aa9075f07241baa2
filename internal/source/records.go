package source

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// layout is the part of a records program that needs no jq: a list at a path,
// and perhaps a list inside each of its items. Items are what the upstream
// counts and pages; records are what rows are made of.
type layout struct {
	list   []string
	bare   bool   // .path[] instead of .path | rows
	inner  string // key of the list inside an item; "" when the item is the record
	parent string // name of the item inside its records
	hide   bool   // the item is seen without its inner list
}

var (
	listForm = regexp.MustCompile(`^(\.[A-Za-z_][\w.]*|\.)(\[\]| \| rows)$`)
	treeForm = regexp.MustCompile(`^(\.[A-Za-z_][\w.]*|\.) \| rows \| \. as \$(\w+) \| \.(\w+) \| rows \| \. \+ \{ ?(\w+): (.+?) ?\}$`)
)

// layoutOf recognises the usual forms of a records program, and returns false
// for any other. It looks at the printed form of the parsed program, in which
// spaces are always the same.
func layoutOf(tree *gojq.Query) (layout, bool) {
	text := tree.String()
	if m := listForm.FindStringSubmatch(text); m != nil {
		return layout{list: splitPath(m[1]), bare: m[2] == "[]"}, true
	}
	m := treeForm.FindStringSubmatch(text)
	if m == nil {
		return layout{}, false
	}
	l := layout{list: splitPath(m[1]), inner: m[3], parent: m[4]}
	switch m[5] {
	case "$" + m[2]:
	case fmt.Sprintf("($%s | del(.%s))", m[2], m[3]):
		l.hide = true
	default:
		return layout{}, false
	}
	return l, true
}

func splitPath(s string) []string {
	if s == "." {
		return nil
	}
	return strings.Split(s[1:], ".")
}

// records is a compiled records program.
type records struct {
	prog   *program
	layout layout
	fast   bool
}

// readRecords reads records:, which defaults to the document itself.
func readRecords(o *object) *records {
	src := o.str("records", ".")
	p := o.r.program(o.get("records"), o.at("records"), src)
	if p == nil {
		return nil
	}
	r := &records{prog: p}
	r.layout, r.fast = layoutOf(p.tree)
	return r
}

// each calls take for every record of a document and returns the number of
// items: the parents where records are their children.
func (r *records) each(ctx context.Context, doc any, take func(*record) error) (int, error) {
	if !r.fast {
		n := 0
		err := r.prog.all(ctx, doc, func(v any) error {
			n++
			return take(&record{child: v})
		})
		return n, err
	}
	l := &r.layout
	v, err := walk(doc, l.list)
	if err != nil {
		return 0, err
	}
	items, err := list(v, l.bare)
	if err != nil {
		return 0, err
	}
	for _, item := range items {
		if l.inner == "" {
			if err := take(&record{child: item}); err != nil {
				return 0, err
			}
			continue
		}
		if err := r.children(item, take); err != nil {
			return 0, err
		}
	}
	return len(items), nil
}

// children calls take for the records inside an item.
func (r *records) children(item any, take func(*record) error) error {
	l := &r.layout
	inner, err := walk(item, []string{l.inner})
	if err != nil {
		return err
	}
	under, err := list(inner, false)
	if err != nil {
		return err
	}
	for _, c := range under {
		switch c.(type) {
		case nil, map[string]any:
		default:
			return fmt.Errorf("an item of %s is not an object", l.inner)
		}
		rec := &record{child: c, parent: item, name: l.parent}
		if l.hide {
			rec.hidden = l.inner
		}
		if err := take(rec); err != nil {
			return err
		}
	}
	return nil
}

// list is rows (or, when bare, []) over a decoded value.
func list(v any, bare bool) ([]any, error) {
	switch x := v.(type) {
	case []any:
		return x, nil
	case map[string]any:
		if !bare && len(x) == 1 {
			for _, only := range x {
				a, _ := only.([]any)
				return a, nil
			}
		}
		var out []any
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if bare {
				out = append(out, x[k])
			} else if a, ok := x[k].([]any); ok {
				out = append(out, a...)
			}
		}
		return out, nil
	}
	if bare {
		return nil, fmt.Errorf("a list is expected")
	}
	return nil, nil
}
