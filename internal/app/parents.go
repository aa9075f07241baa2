package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// parentDays is how far back the rows of events are looked at for a fan-out.
const parentDays = 35

// parentRows looks values up for sources that fan out over the rows of others.
type parentRows struct {
	db    func() *storage.DB // nil until the store is open
	specs []source.Spec
	shop  *market.Shop
	now   func() time.Time
}

// values implements source.Parents.
func (p *parentRows) values(ctx context.Context, id, column string) ([]string, error) {
	at := slices.IndexFunc(p.specs, func(s source.Spec) bool { return s.ID == id })
	if at < 0 || p.db() == nil {
		return nil, errors.New("not known here")
	}
	t, seen := p.specs[at].Table(), map[string]bool{}
	note := func(b *market.Batch) {
		v := b.Column(column)
		for i := range b.Len() {
			if v.Known(i) {
				seen[v.Text(i)] = true
			}
		}
	}
	err := p.db().View(ctx, func(tx *storage.Tx) error {
		if t.Shape == market.State {
			_, rows, found, err := tx.State(p.shop.ID, t, p.now(), 0)
			if err == nil && found {
				note(rows)
			}
			return err
		}
		w := market.Window{Start: p.now().AddDate(0, 0, -parentDays), End: p.now()}
		all, err := tx.Events(storage.EventQuery{Shop: p.shop, Table: t, Window: w, Columns: []string{column}})
		for _, b := range all {
			note(b)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up %s of %s: %w", column, id, err)
	}
	return slices.Sorted(maps.Keys(seen)), nil
}
