package storage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// TestRepair breaks a block of events and a picture: only these are dropped,
// the rest answers as before, and collecting goes on.
func TestRepair(t *testing.T) {
	db, shop := openStore(t), testShop()
	fillAll(t, db)
	if dropped, err := db.Repair(t.Context()); err != nil || len(dropped) != 0 {
		t.Fatalf("a sound store loses %q, %v", dropped, err)
	}
	second := shop.Window(day0+1, day0+1)
	var whole []string
	view(t, db, func(tx *storage.Tx) (err error) { whole, err = allEventsOf(tx, second); return err })
	update(t, db, func(tx *storage.Tx) error {
		return errors.Join(storage.Spoil(tx, "event/mall%2F1/order_line/2026-03-01"), storage.Spoil(tx, "picture/mall%2F1/inventory/2026-03-02"))
	})
	storage.ForgetRows(db)
	late := stockPull(shop.Start(day0+1).Add(9*time.Hour), "stock", market.NewBatch(market.Inventory, 0))
	err := db.Update(t.Context(), func(tx *storage.Tx) error { _, err := tx.PutPull(shop, late); return err })
	if !errors.Is(err, storage.ErrDamaged) {
		t.Fatalf("a picture was stored as a change of one that cannot be read: %v", err)
	}
	dropped, err := db.Repair(t.Context())
	if err != nil || len(dropped) < 2 || !strings.Contains(dropped[0], "block") || !strings.Contains(dropped[len(dropped)-1], "picture") {
		t.Fatalf("dropped %q, %v", dropped, err)
	}
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check after the repair: %q, %v", found, err)
	}
	view(t, db, func(tx *storage.Tx) error {
		if _, err := allEventsOf(tx, shop.Window(day0, day0)); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("the day that lost rows answers: %v", err)
		}
		got, err := allEventsOf(tx, second)
		if err != nil || !slices.Equal(got, whole) {
			t.Errorf("the day after has %d rows, want %d; %v", len(got), len(whole), err)
		}
		snap, _, found, err := tx.State(shop.ID, market.Inventory, shop.Start(day0+2), 0)
		if err != nil || !found || !snap.Window.End.Before(shop.Start(day0+1).Add(9*time.Hour)) {
			t.Errorf("the newest picture is of %v, %v, %v", snap.Window.End, found, err)
		}
		return nil
	})
	putPull(t, db, late)
}
