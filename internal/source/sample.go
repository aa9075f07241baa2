package source

import (
	"bytes"
	"context"
	"fmt"

	"shopwatch/internal/market"
)

// Sample maps a file that holds what the source would bring, without asking
// anybody: one answer of the API or one delivery, the rows of a query as a JSON
// list of objects, or a file of the drop folder. name stands in the places of
// refused rows. The Pull is as from the source itself, without a watermark.
func (s *Spec) Sample(ctx context.Context, name string, text []byte, r Request) (market.Pull, error) {
	if s.file != nil {
		return newFile(s, Deps{}).PullFile(ctx, name, bytes.NewReader(text), r)
	}
	r.Window = market.Window{Start: r.Now, End: r.Now}
	snap := newSnapshot(s, r)
	if p := s.CheckShop(r.Shop); len(p) > 0 {
		return failed(snap, nil, p[0].Cause), &Error{Source: s.ID, Class: Setup, Message: p[0].String()}
	}
	g := reading{spec: s, hide: newHider(s.secrets), mapper: newMapper(s.mapping), tally: tally{pages: 1, want: 1}}
	g.mapper.bounds = bounds{r.Window, r.Shop}
	doc, err := decodeJSON(string(text))
	if err == nil {
		limited, stop := context.WithTimeout(ctx, jqTime)
		defer stop()
		if s.sql != nil {
			err = s.sampleRows(limited, g.mapper, name, doc)
		} else {
			row := 0
			place := func() string { return fmt.Sprintf("%s row %d", name, row) }
			_, err = s.mapping.records.each(limited, doc, func(rec *record) error {
				row++
				return g.mapper.add(limited, rec, place)
			})
		}
		g.mapper.settle(name)
	}
	if err != nil {
		err = &Error{Class: Incomplete, Message: name + ": " + err.Error(), Err: ctx.Err()}
	}
	return g.finish(snap, snap.Watermark, err)
}

// sampleRows maps rows of a query that are written as a JSON list.
func (s *Spec) sampleRows(ctx context.Context, mp *mapper, name string, doc any) error {
	rows, ok := doc.([]any)
	if !ok {
		return fmt.Errorf("a sample of a query is a JSON list with an object for each row")
	}
	for i, row := range rows {
		place := func() string { return fmt.Sprintf("%s row %d", name, i+1) }
		cells, ok := row.(map[string]any)
		if !ok {
			return fmt.Errorf("row %d is not an object", i+1)
		}
		for _, column := range s.sql.json {
			text, isText := cells[column].(string)
			if !isText {
				continue // written out as JSON already, or absent
			}
			v, err := decodeJSON(text)
			if err != nil {
				return fmt.Errorf("row %d: %s: %w", i+1, column, err)
			}
			cells[column] = v
		}
		if mp.m.records == nil {
			if err := mp.add(ctx, &record{child: cells}, place); err != nil {
				return err
			}
			continue
		}
		if _, err := mp.m.records.each(ctx, cells, func(rec *record) error { return mp.add(ctx, rec, place) }); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}

// Columns are the names of the columns that the mapping fills, in the order of
// the table.
func (s *Spec) Columns() []string {
	var out []string
	for _, c := range s.mapping.table.Columns {
		shared := s.mapping.share && (c.Name == "amount" || c.Name == "paid")
		if s.mapping.has(c.Name) || shared {
			out = append(out, c.Name)
		}
	}
	return out
}

// Currency is the currency of the mapping's money, "" when it has none.
func (s *Spec) Currency() market.Currency {
	for i := range s.mapping.fields {
		if c := s.mapping.fields[i].conv.currency; c != "" {
			return c
		}
	}
	return ""
}
