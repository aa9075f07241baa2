package app

import (
	"fmt"
	"slices"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// mend sends the newest picture of the rivals' prices again, in which the cuts
// that open alerts are about never happened.
func (w *world) mend() error {
	shop, now := w.demo.shop.Shop, w.demo.Clock.Now()
	return w.demo.db.Update(w.ctx, func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(shop.ID)
		if err != nil {
			return err
		}
		before := map[string]market.Fen{}
		for _, a := range open {
			if a.Rule == analysis.RuleRivalMove {
				before[string(a.First.Subject.SKU)+"|"+a.First.Subject.Rival] = a.First.Price.Before
			}
		}
		snap, rows, found, err := tx.State(shop.ID, market.RivalOffers, now, 0)
		if err != nil || !found || len(before) == 0 {
			return fmt.Errorf("mend: %d cuts, a picture: %v: %w", len(before), found, err)
		}
		again := market.NewBatch(market.RivalOffers, rows.Len())
		for i := range rows.Len() {
			again.AppendRow(rows, i)
			if fen, ok := before[rows.Column("sku").Text(i)+"|"+rows.Column("rival").Text(i)]; ok {
				again.SetInt(i, market.RivalOffers.MustCol("deal"), int64(fen))
				again.SetInt(i, market.RivalOffers.MustCol("coupon"), 0)
			}
		}
		feeds, err := tx.Feeds(shop.ID)
		i := slices.IndexFunc(feeds, func(f storage.Feed) bool { return f.Table == market.RivalOffers.Name })
		if err != nil || i < 0 {
			return fmt.Errorf("feed of offers %d: %w", i, err)
		}
		s := feeds[i].Complete
		s.Window, s.PulledAt, s.Manifest = snap.Window, now, market.Manifest{Rows: again.Len()}
		_, err = tx.PutPull(shop, market.Pull{Snapshot: s, Rows: again})
		return err
	})
}
