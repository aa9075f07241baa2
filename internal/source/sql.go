package source

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// database is a source that runs a query over the PostgreSQL or MySQL wire.
type database struct {
	spec *Spec
	log  *slog.Logger
	hide hider
}

func newSQL(s *Spec, d Deps) *database {
	return &database{spec: s, log: d.Logger, hide: newHider(s.secrets)}
}

func (d *database) ID() string           { return d.spec.ID }
func (d *database) Table() *market.Table { return d.spec.mapping.table }

// session is an open read-only transaction. Every query of a pull sees the
// database as it was when the transaction began.
type session struct {
	// run calls take for each row of a query.
	run   func(ctx context.Context, query string, bounds []any, take func(sqlRow) error) error
	close func()
}

// sqlRow is one row as the server wrote it; a nil value is NULL. It is only
// good until take returns.
type sqlRow struct {
	columns []sqlColumn
	values  [][]byte
}

// sqlColumn is a column of an answer.
type sqlColumn struct {
	name string
	form sqlForm
}

// sqlForm is what the text of a column means.
type sqlForm uint8

const (
	sqlText sqlForm = iota
	sqlNumber
	sqlBool
	sqlJSON
)

// Pull implements Source. It runs the query once for each step of the window,
// all in one read-only transaction.
func (d *database) Pull(ctx context.Context, r Request) (market.Pull, error) {
	snap := newSnapshot(d.spec, r)
	if p := d.spec.CheckShop(r.Shop); len(p) > 0 {
		return failed(snap, nil, p[0].Cause), &Error{Source: d.spec.ID, Class: Setup, Message: p[0].String()}
	}
	stretches, err := cutWindow(d.spec, d.spec.sql.windowed, r.Now, &snap)
	if err != nil {
		return failed(snap, nil, err.Error()), err
	}
	g := reading{spec: d.spec, hide: d.hide, mapper: newMapper(d.spec.mapping)}
	g.tally.want = len(stretches)
	done := snap.Watermark
	s, err := d.open(ctx)
	if err != nil {
		return g.finish(snap, done, stopped(ctx, err))
	}
	defer s.close()
	for i, w := range stretches {
		if err = d.stretch(ctx, s, g.mapper, bounds{w, r.Shop}, i+1); err != nil {
			break
		}
		g.tally.pages++
		done = w.End
	}
	d.log.DebugContext(ctx, "read", slog.String("source", d.spec.ID), slog.Int("queries", g.tally.pages))
	return g.finish(snap, done, stopped(ctx, err))
}

// stopped is err, or why ctx ended.
func stopped(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return &Error{Class: Service, Message: "stopped: " + cause.Error(), Err: cause}
	}
	return err
}

func (d *database) open(ctx context.Context) (*session, error) {
	q := d.spec.sql
	ctx, stop := context.WithTimeout(ctx, q.timeout)
	defer stop()
	switch {
	case q.postgres != nil:
		return openPostgres(ctx, q)
	case q.mysql != nil:
		return openMySQL(ctx, q)
	}
	return nil, &Error{Class: Setup, Message: "the address of the database is not known"}
}

// stretch runs the query for one step of the window.
func (d *database) stretch(ctx context.Context, s *session, mp *mapper, w bounds, n int) error {
	q := d.spec.sql
	ctx, stop := context.WithTimeout(ctx, q.timeout)
	defer stop()
	mp.bounds = w
	row := 0
	place := func() string { return fmt.Sprintf("query %d row %d", n, row) }
	err := s.run(ctx, q.query, q.bounds(w.Start, w.End), func(in sqlRow) error {
		if row++; row > q.maxRows {
			return &Error{Class: Caller, Message: fmt.Sprintf("the query gives more than %d rows; ask for a shorter window.step or raise max_rows", q.maxRows)}
		}
		if row == 1 {
			if err := d.checkColumns(in.columns); err != nil {
				return err
			}
		}
		return d.row(ctx, mp, in, place)
	})
	if err == nil {
		mp.settle(fmt.Sprintf("query %d", n))
	}
	return err
}

// checkColumns compares the columns that the mapping names with the answer's.
func (d *database) checkColumns(have []sqlColumn) error {
	names := make([]string, len(have))
	for i, c := range have {
		names[i] = c.name
	}
	var missing []string
	need := func(e *expr) {
		if d.spec.mapping.records != nil || e == nil || len(e.alts) != 1 || len(e.alts[0].keys) == 0 {
			return
		}
		if want := e.alts[0].keys[0]; !slices.Contains(names, want) {
			missing = append(missing, fmt.Sprintf("column %q is not in the answer", want))
		}
	}
	for i := range d.spec.mapping.fields {
		f := &d.spec.mapping.fields[i]
		if f.fixed == nil && f.bound == "" {
			need(&f.from)
		}
		need(f.conv.times)
	}
	for _, name := range d.spec.sql.json {
		if !slices.Contains(names, name) {
			missing = append(missing, fmt.Sprintf("column %q, said to hold JSON, is not in the answer", name))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &Error{Class: Setup, Message: cut(strings.Join(slices.Compact(missing), "; ")+"; the query gives: "+strings.Join(names, ", "), 600)}
}

// row maps one row, or the records that the records program makes of it.
func (d *database) row(ctx context.Context, mp *mapper, in sqlRow, place func() string) error {
	doc := make(map[string]any, len(in.columns))
	for i, c := range in.columns {
		v, err := d.value(c, in.values[i])
		if err != nil {
			mp.note(market.Reject{Place: place(), Field: c.name, Reason: err.Error(), Sample: cut(string(in.values[i]), sampleLength)}, 1)
			return nil
		}
		doc[c.name] = v
	}
	limited, stop := context.WithTimeout(ctx, jqTime)
	defer stop()
	if mp.m.records == nil {
		return mp.add(limited, &record{child: doc}, place)
	}
	_, err := mp.m.records.each(limited, doc, func(rec *record) error { return mp.add(limited, rec, place) })
	if err != nil && ctx.Err() == nil {
		return &Error{Class: Incomplete, Message: place() + ": " + err.Error()}
	}
	return err
}

// value is the JSON form of a value; numbers keep their digits.
func (d *database) value(c sqlColumn, raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	text := string(raw)
	if c.form == sqlJSON || slices.Contains(d.spec.sql.json, c.name) {
		if text == "" {
			return nil, nil
		}
		return decodeJSON(text)
	}
	switch c.form {
	case sqlNumber:
		if _, err := (&decoder{s: text}).number(); err == nil {
			return json.Number(text), nil
		}
	case sqlBool:
		return text == "t" || text == "true" || text == "1", nil
	}
	return text, nil
}
