package source

import (
	"context"
	"fmt"
	"strings"

	"shopwatch/internal/market"
)

// Parents tells the different values that a column of another source's rows has
// now, sorted, without what is not known.
type Parents func(ctx context.Context, source, column string) ([]string, error)

// fanOut asks once for each batch of values that another source brought.
type fanOut struct {
	source, column string
	param, join    string
	batch          int
}

func readFanOut(o *object) *fanOut {
	e := o.object("foreach")
	if e == nil {
		return nil
	}
	e.need("source", "field", "param")
	f := &fanOut{
		source: e.str("source", ""), column: e.str("field", ""), param: e.str("param", ""),
		join: e.str("join", ","), batch: e.int("batch", 1, 1, 1000),
	}
	e.close()
	return f
}

// checkFanOut compares a fan-out with the source that it asks after.
func (r *reader) checkFanOut(s *Spec, all []Spec, declared map[string]bool) {
	if s.http == nil || s.http.each == nil {
		return
	}
	e := s.http.each
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
	var out []string
	for len(values) > 0 {
		n := min(e.batch, len(values))
		out = append(out, strings.Join(values[:n], e.join))
		values = values[n:]
	}
	return out, nil
}

// each reads a slice for every batch.
func (p *pull) each(ctx context.Context, batches []string, w market.Window) error {
	for _, b := range batches {
		p.extra = nil
		if e := p.spec.http.each; e != nil {
			p.extra = []param{{name: e.param, text: b}}
		}
		if err := p.slice(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
