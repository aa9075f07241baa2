package storage

import (
	"fmt"

	"shopwatch/internal/market"
)

// PutManifest stores the manifest of a pull whose rows are kept elsewhere (in a
// panel, storage/series) as the next revision, and returns that revision. The
// feed stands as after PutPull; the table need not be one of Options.Tables.
func (tx *Tx) PutManifest(shop *market.Shop, s market.Snapshot, rejects []market.Reject) (market.Revision, error) {
	switch {
	case tx.w == nil:
		return 0, ErrReadOnly
	case shop == nil || shop.ID == "" || s.Table == "" || s.Source == "":
		return 0, fmt.Errorf("store manifest of %q: shop, table and source are required", s.Table)
	case s.Shop != "" && s.Shop != shop.ID:
		return 0, fmt.Errorf("store manifest of %s: it is of shop %q, not %q", s.Table, s.Shop, shop.ID)
	case trust(s.State) == 0 && s.State != market.Failed:
		return 0, fmt.Errorf("store manifest of %s: unknown condition %q", s.Table, s.State)
	}
	s.Shop, s.Revision = shop.ID, tx.newest+1
	if err := tx.putSnapshot(&s); err != nil {
		return 0, err
	}
	if err := tx.putRejects(s.Revision, rejects); err != nil {
		return 0, err
	}
	if err := tx.putFeed(&s); err != nil {
		return 0, err
	}
	tx.newest = s.Revision
	return s.Revision, tx.putJSON(spaceMeta, []byte("revision"), s.Revision)
}
