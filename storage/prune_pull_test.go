package storage_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// TestPrunePulls: manifests whose time is over go, except those that a feed, a
// picture or live evidence stands on; what evidence looks back to is still told,
// what lies before is refused.
func TestPrunePulls(t *testing.T) {
	db := openStore(t)
	rng := rand.New(rand.NewPCG(4, 4))
	level := make([]int64, 5)
	stand := func(tx *storage.Tx, asOf market.Revision) (market.Revision, error) {
		feeds, err := tx.FeedsAsOf(testShop().ID, asOf)
		if err != nil || len(feeds) != 2 {
			return 0, errors.Join(err, errors.New("want two feeds"))
		}
		return feeds[0].Last.Revision, nil
	}
	for n := range 20 {
		at := testShop().Start(day0).Add(time.Duration(n) * 12 * time.Hour)
		orders := orderPull(at.UnixMilli(), nil)
		orders.Snapshot.Manifest.Digest = string(rune('a' + n))
		putPull(t, db, orders)
		putPull(t, db, stockPull(at, "stock", stockRows(rng, len(level), level)))
	}
	putEvidence(t, db, someEvidence(30), nil) // as of revision 16

	var before market.Revision
	view(t, db, func(tx *storage.Tx) (err error) {
		before, err = stand(tx, 16)
		return err
	})
	n, err := db.Prune(t.Context(), storage.Horizon{Pulls: testShop().Start(day0 + 60)})
	if err != nil || n == 0 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	view(t, db, func(tx *storage.Tx) error {
		if now, err := stand(tx, 16); err != nil || now != before {
			t.Errorf("the feed stood at %d, now at %d, %v", before, now, err)
		}
		if _, err := stand(tx, 4); !errors.Is(err, storage.ErrForgotten) {
			t.Errorf("feeds as of what was dropped: %v", err)
		}
		pulls, err := tx.Snapshots(testShop().ID, market.OrderLines.Name, storage.Always)
		if err != nil || len(pulls) != 13 || pulls[0].Revision != 15 {
			t.Errorf("%d manifests of orders are left, the first %+v, %v", len(pulls), pulls[0].Revision, err)
		}
		pictures, err := tx.Snapshots(testShop().ID, market.Inventory.Name, storage.Always)
		if err != nil || len(pictures) != 20 {
			t.Errorf("%d manifests of pictures are left, %v", len(pictures), err)
		}
		return nil
	})
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
	if n, err := db.Prune(t.Context(), storage.Horizon{Pulls: testShop().Start(day0 + 60)}); n != 0 || err != nil {
		t.Errorf("a second time %d went, %v", n, err)
	}
	if _, err := db.Prune(t.Context(), storage.Horizon{Evidence: noon.AddDate(1, 0, 0), Pulls: testShop().Start(day0 + 60)}); err != nil {
		t.Fatal(err)
	}
	view(t, db, func(tx *storage.Tx) error {
		if n := storage.CountKeys(tx, "snapshot_digest"); n != 1 {
			t.Errorf("%d digests are left", n)
		}
		_, err := stand(tx, 0)
		return err
	})
	putPull(t, db, orderPull(testShop().Start(day0+61).UnixMilli(), nil))
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}
