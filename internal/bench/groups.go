package bench

import (
	"context"
	"errors"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// cubes answers what the categories sold in a week, as a digest by category
// does.
func (b *run) cubes(ctx context.Context) error {
	end := b.next.Truncate(24 * 60 * 60 * 1e9)
	return b.db.View(ctx, func(tx *storage.Tx) error {
		cells, slots, err := b.panels.Cube(tx, b.shop, market.Window{Start: end.AddDate(0, 0, -7), End: end}, 0)
		if err == nil && len(slots) == 0 {
			err = errors.New("no slots in the last week")
		}
		if err != nil {
			return err
		}
		sums := map[market.Category]int64{}
		for i := range cells {
			if v, ok := cells[i].Sum(series.GMV); ok {
				sums[cells[i].Category] += v
			}
		}
		if len(sums) != categories {
			return errors.New("a category is missing")
		}
		return nil
	})
}
