package report

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Reach is up to when each fact table of a shop is known, as of a revision (0:
// the newest). A table of which nothing complete has ever come in is left out.
func Reach(ctx context.Context, db *storage.DB, shop *market.Shop, asOf market.Revision) (reach map[string]time.Time, err error) {
	reach = map[string]time.Time{}
	err = db.View(ctx, func(tx *storage.Tx) error {
		if asOf >= tx.Revision() {
			asOf = 0
		}
		feeds, err := feedsAsOf(tx, shop, asOf, nil, time.Time{}, nil)
		for _, f := range feeds {
			if m := known(feeds, f.Table); !m.IsZero() {
				reach[f.Table] = m
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("feeds of %s: %w", shop.ID, err)
	}
	return reach, nil
}
