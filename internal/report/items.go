package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Item is an entry of the catalogue.
type Item struct {
	SKU      market.SKU      `json:"sku"`
	Item     string          `json:"item,omitempty"` // the marketplace's item id
	Title    string          `json:"title"`
	Unit     market.Unit     `json:"unit,omitempty"`
	Category market.Category `json:"category,omitempty"`
}

// latest is an instant after every picture.
var latest = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// ItemQuery asks for items by what people call them.
type ItemQuery struct {
	Text string
	AsOf market.Revision // 0 is the newest
	Max  int             // items to return
}

// FindItems looks text up in the catalogue, and what that does not name in orders
// and in the panel: an exact SKU or item id alone, else titles that contain it,
// whatever the case, by 7-day paid GMV. An empty text finds none; panels may be nil.
func FindItems(ctx context.Context, db *storage.DB, panels *series.Store, shop *market.Shop, q ItemQuery) (found []Item, err error) {
	text := strings.ToLower(strings.TrimSpace(q.Text))
	if text == "" || q.Max <= 0 {
		return nil, nil
	}
	err = db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, q.AsOf, latest, nil)
		if err != nil {
			return err
		}
		exact := false
		if found, exact = matchItems(l.items, text); len(found) == 0 {
			found, exact, err = l.matchSold(text)
		}
		if err == nil && len(found) == 0 {
			found, err = l.matchPanel(panels, text)
		}
		if err != nil || exact || len(found) < 2 {
			return err
		}
		return l.byGMV(found)
	})
	if err != nil {
		return nil, fmt.Errorf("items of %s: %w", shop.ID, err)
	}
	return found[:min(q.Max, len(found))], nil
}

// Categories lists the categories of the catalogue by name.
func Categories(ctx context.Context, db *storage.DB, shop *market.Shop, asOf market.Revision) (all []market.Category, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, asOf, latest, nil)
		if err != nil {
			return err
		}
		seen := map[market.Category]bool{"": true}
		for _, it := range l.items.Items() {
			if !seen[it.Category] {
				seen[it.Category] = true
				all = append(all, it.Category)
			}
		}
		slices.Sort(all)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("categories of %s: %w", shop.ID, err)
	}
	return all, nil
}

func matchItems(items *metric.Catalogue, text string) (found []Item, exact bool) {
	for _, it := range items.Items() {
		x := Item{SKU: it.SKU, Item: it.ID, Title: it.Title, Unit: it.Unit, Category: it.Category}
		is := x.is(text)
		switch {
		case is && !exact:
			found, exact = []Item{x}, true
		case is || !exact && strings.Contains(strings.ToLower(it.Title), text):
			found = append(found, x)
		}
	}
	slices.SortFunc(found, func(a, b Item) int { return cmp.Compare(a.SKU, b.SKU) })
	return found, exact
}

// byGMV puts what sold most in the last seven days first.
func (l *loader) byGMV(found []Item) error {
	all, err := l.feeds([]string{market.OrderLines.Name}, latest, nil)
	if err != nil {
		return err
	}
	s, err := l.salesWeek(all, latest)
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b Item) int {
		return cmp.Compare(s.bySKU[string(b.SKU)].paid, s.bySKU[string(a.SKU)].paid)
	})
	return nil
}
