package app

import (
	"fmt"
	"slices"
	"strconv"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// searches lets a word of a category have been searched for and clicked so often
// on each of some days, which the feed of search words brings with its next pull.
func (w *world) searches(category string, counts, daysAgo []string) error {
	shop, now := w.demo.shop.Shop, w.demo.Clock.Now()
	b := market.NewBatch(market.SearchDays, len(daysAgo))
	for _, ago := range daysAgo {
		var n [3]int64
		for k, text := range append(slices.Clone(counts), ago) {
			var err error
			if n[k], err = strconv.ParseInt(text, 10, 64); err != nil {
				return err
			}
		}
		i := b.Append()
		b.SetText(i, market.SearchDays.MustCol("word"), "都在搜的"+category)
		b.SetText(i, market.SearchDays.MustCol("category"), category)
		b.SetInt(i, market.SearchDays.MustCol("searches"), n[0])
		b.SetInt(i, market.SearchDays.MustCol("visitors"), n[1])
		b.SetInt(i, market.SearchDays.MustCol("day"), int64(shop.Day(now))-n[2])
	}
	return w.demo.db.Update(w.ctx, func(tx *storage.Tx) error {
		feeds, err := tx.Feeds(shop.ID)
		i := slices.IndexFunc(feeds, func(f storage.Feed) bool { return f.Table == market.SearchDays.Name })
		if err != nil || i < 0 {
			return fmt.Errorf("feed of search words %d: %w", i, err)
		}
		s := feeds[i].Complete
		s.PulledAt, s.Manifest = now, market.Manifest{Rows: b.Len()}
		_, err = tx.PutPull(shop, market.Pull{Snapshot: s, Rows: b})
		return err
	})
}
