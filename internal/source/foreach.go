package source

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"shopwatch/internal/market"
)

// Parents tells the different values that a column of another source's rows has
// now, sorted, without what is not known.
type Parents func(ctx context.Context, source, column string) ([]string, error)

// fanOut asks once for each batch of values: of a list, or of what another
// source brought.
type fanOut struct {
	values         []string
	source, column string
	param, join    string
	as             string // key under which each record has the value; "" none
	batch          int
}

func readFanOut(o *object) *fanOut {
	e := o.object("foreach")
	if e == nil {
		return nil
	}
	e.need("param")
	f := &fanOut{
		values: e.strings("values"), source: e.str("source", ""), column: e.str("field", ""), param: e.str("param", ""),
		join: e.str("join", ","), as: e.str("as", ""), batch: e.int("batch", 1, 1, 1000),
	}
	switch {
	case f.values != nil && f.source != "":
		e.fail("values", "values and source are both given", "list the values, or name the source that brings them")
	case f.values == nil && (f.source == "" || f.column == ""):
		e.fail("", "it is not said which values to ask for", "name the source: and its field:, or list the values:")
	case f.as != "" && f.batch > 1:
		e.fail("as", "of several values asked for at once it is not known whose record it is", "leave batch out")
	}
	e.close()
	return f
}

// Parent is the id of the source whose rows this one fans out over, "" without.
func (s *Spec) Parent() string {
	if s.http == nil || s.http.each == nil {
		return ""
	}
	return s.http.each.source
}

// checkFanOut compares a fan-out with the source that it asks after.
func (r *reader) checkFanOut(s *Spec, all []Spec, declared map[string]bool) {
	if s.http == nil || s.http.each == nil {
		return
	}
	e := s.http.each
	if e.source == "" {
		return
	}
	at := s.places["foreach"]
	if e.source == s.ID {
		r.fail(at, "sources."+s.ID+".foreach", "a source cannot fan out over itself", "")
		return
	}
	for i := range all {
		if all[i].ID != e.source || all[i].mapping == nil {
			continue
		}
		t := all[i].mapping.table
		if c := t.Col(e.column); c < 0 || t.Columns[c].Kind != market.Text {
			r.fail(at, "sources."+s.ID+".foreach.field", fmt.Sprintf("%s has no column %q of texts", t.Name, e.column), "name the column that holds the ids")
		}
		return
	}
	if declared[e.source] {
		return // its own problems come first
	}
	r.fail(at, "sources."+s.ID+".foreach.source", fmt.Sprintf("no source is called %q", e.source), "name a source of this file")
}

// batches are the values to ask for, joined; one empty batch without foreach.
func (p *pull) batches(ctx context.Context) ([]string, error) {
	e := p.spec.http.each
	if e == nil {
		return []string{""}, nil
	}
	values, err := e.values, error(nil)
	if values == nil {
		values, err = p.lookUp(ctx, e)
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for len(values) > 0 {
		n := min(e.batch, len(values))
		out = append(out, strings.Join(values[:n], e.join))
		values = values[n:]
	}
	return out, nil
}

// lookUp are the values that another source brought.
func (p *pull) lookUp(ctx context.Context, e *fanOut) ([]string, error) {
	if p.parents == nil {
		return nil, &Error{Class: Setup, Message: "there is no store to look up the rows of source " + e.source + " in"}
	}
	values, err := p.parents(ctx, e.source, e.column)
	if err != nil {
		return nil, fmt.Errorf("rows of source %s: %w", e.source, err)
	}
	if len(values) == 0 {
		return nil, &Error{Class: Incomplete, Message: fmt.Sprintf("source %s has brought no %s yet", e.source, e.column)}
	}
	return values, nil
}

// inPath reports whether the value that is being asked for stands in the path.
func (p *pull) inPath(u *url.URL) bool {
	e := p.spec.http.each
	return e != nil && strings.Contains(u.Path, "{"+e.param+"}")
}

// place writes the value that is being asked for into the path, as {param}.
func (p *pull) place(u *url.URL) *url.URL {
	if !p.inPath(u) {
		return u
	}
	before, after, _ := strings.Cut(u.Path, "{"+p.spec.http.each.param+"}")
	out := *u
	out.Path = before + p.parent + after
	out.RawPath = (&url.URL{Path: before}).EscapedPath() + url.PathEscape(p.parent) + (&url.URL{Path: after}).EscapedPath()
	return &out
}

// each reads a slice for every batch.
func (p *pull) each(ctx context.Context, batches []string, w market.Window) error {
	for _, b := range batches {
		p.extra = nil
		if e := p.spec.http.each; e != nil {
			p.extra, p.parent = []param{{name: e.param, text: b}}, b
		}
		p.mapper.bounds = bounds{w, p.req.Shop}
		if err := p.slice(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
