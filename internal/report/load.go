package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// Columns that sums need, so that the store decodes no others.
var (
	paidColumns    = []string{"status", "sku", "channel", "region", "buyer", "qty", "amount", "paid", "placed_at"}
	placedColumns  = []string{"status", "sku", "channel", "region", "buyer", "qty", "amount", "paid", "paid_at"}
	refundColumns  = []string{"sku", "channel", "region", "amount", "status", "reason", "created"}
	trafficColumns = []string{"visitors", "views", "cart_users", "order_users", "pay_users", "dwell_ms"}
)

// paidNeeds are the columns behind the paid side of order lines.
func paidNeeds(k metric.Known) []string {
	out := slices.Clone(paidColumns)
	if k.Loyalty {
		out = append(out, "member")
	}
	if k.Service {
		out = append(out, "shipped_at")
	}
	return out
}

// loader reads the facts of one answer inside one transaction.
type loader struct {
	tx    *storage.Tx
	shop  *market.Shop
	asOf  market.Revision // 0 when the newest is asked for, by number or not
	items *metric.Catalogue
	// itemsRev is the revision of the picture of items, 0 without one.
	itemsRev market.Revision
	sold     map[market.SKU]string // titles by orders, of a shop without a catalogue
	cache    *shopCache
	// lexicon reads what buyers write; nil is the built-in one.
	lexicon *voice.Lexicon
}

func newLoader(tx *storage.Tx, shop *market.Shop, asOf market.Revision, now time.Time, c *Cache) (*loader, error) {
	switch newest := tx.Revision(); {
	case asOf > newest:
		return nil, fmt.Errorf("revision %d is not stored, the newest is %d", asOf, newest)
	case asOf == newest:
		asOf = 0
	case asOf != 0:
		c = nil // what is kept is of the newest
	}
	l := &loader{tx: tx, shop: shop, asOf: asOf, cache: c.of(shop.ID)}
	snap, rows, _, err := tx.State(shop.ID, market.Items, now, asOf)
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	l.items, l.itemsRev = l.cache.catalogue(snap.Revision, rows), snap.Revision
	return l, nil
}

// asked is when a question is asked, what it may know, and what may be kept of
// the answer.
type asked struct {
	asOf  market.Revision // 0 is the newest
	now   time.Time
	cache *Cache // nil keeps nothing
}

// answer reads one answer inside one transaction. An error says what of which shop
// could not be told.
func answer[A any](ctx context.Context, db *storage.DB, shop *market.Shop, a asked, what string, read func(*loader) (A, error)) (A, error) {
	var out A
	err := db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, a.asOf, a.now, a.cache)
		if err != nil {
			return err
		}
		out, err = read(l)
		return told(err)
	})
	if err != nil {
		var none A
		return none, fmt.Errorf("%s of %s: %w", what, shop.ID, err)
	}
	return out, nil
}

// revision is the one that is looked at.
func (l *loader) revision() market.Revision {
	if l.asOf != 0 {
		return l.asOf
	}
	return l.tx.Revision()
}

// based completes a coverage with what was read, at the end of the reading.
func (l *loader) based(c *Coverage) { c.Since, c.Catalogue = l.tx.Reads(), l.itemsRev }

// told makes ErrNoData of facts that were dropped when their time was over.
func told(err error) error {
	if errors.Is(err, storage.ErrForgotten) {
		return fmt.Errorf("%w: %w", ErrNoData, err)
	}
	return err
}

// catalogue keeps the last catalogue, which rarely changes.
func (c *shopCache) catalogue(rev market.Revision, rows *market.Batch) *metric.Catalogue {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items == nil || c.itemsRev != rev {
		c.items, c.itemsRev = metric.NewCatalogue(rows), rev
	}
	return c.items
}

func (l *loader) events(t *market.Table, column string, w market.Window, columns []string) ([]*market.Batch, error) {
	b, err := l.tx.Events(storage.EventQuery{Shop: l.shop, Table: t, Column: column, Window: w, AsOf: l.asOf, Columns: columns})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", t.Name, err)
	}
	return b, nil
}

// hasOrdersBefore reports whether history holds orders in the week before t: a
// stretch without any orders is then a quiet one and not an unknown one.
func (l *loader) hasOrdersBefore(t time.Time) (bool, error) {
	b, err := l.events(market.OrderLines, "placed_at", market.Window{Start: t.AddDate(0, 0, -7), End: t}, []string{})
	if errors.Is(err, storage.ErrForgotten) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, rows := range b {
		v := rows.Column("placed_at")
		for i := range rows.Len() {
			if v.Ints[i] < t.UnixMilli() {
				return true, nil
			}
		}
	}
	return false, nil
}
