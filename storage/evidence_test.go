package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

func someEvidence(n int) storage.Evidence {
	return storage.Evidence{
		Kind: "answer", Shop: testShop().ID, Verb: "gmv", Args: fmt.Sprint("top ", n), Now: noon.Add(time.Duration(n) * time.Hour),
		AsOf: market.Revision(1 + n/2), Since: testShop().Start(day0 + market.Day(n)), Settings: storage.Blob([]byte("settings")), Report: "r",
		Texts: map[string]storage.Text{"en": {Sum: "t"}},
	}
}

func putEvidence(t *testing.T, db *storage.DB, e storage.Evidence, inputs []byte) string {
	t.Helper()
	e.Inputs = storage.Blob(inputs)
	update(t, db, func(tx *storage.Tx) (err error) {
		if e.ID, err = tx.EvidenceID(e); err != nil {
			return err
		}
		return tx.PutEvidence(e, []byte("settings"), inputs)
	})
	return e.ID
}

// TestEvidence keeps, finds and forgets evidence, and what several records
// share goes with the last of them.
func TestEvidence(t *testing.T) {
	db := openStore(t)
	var ids []string
	for n := range 10 {
		ids = append(ids, putEvidence(t, db, someEvidence(n), fmt.Appendf(nil, "inputs %d", n%2)))
		if again := putEvidence(t, db, someEvidence(n), fmt.Appendf(nil, "inputs %d", n%2)); again != ids[n] {
			t.Errorf("the same evidence has the ids %s and %s", ids[n], again)
		}
	}
	view(t, db, func(tx *storage.Tx) error {
		e, settings, inputs, found, err := tx.Evidence(ids[3])
		if err != nil || !found || string(settings) != "settings" || string(inputs) != "inputs 1" || e.Args != "top 3" || !e.Now.Equal(noon.Add(3*time.Hour)) {
			t.Errorf("evidence = %+v, %q, %q, %v, %v", e, settings, inputs, found, err)
		}
		if _, _, _, found, err := tx.Evidence("nope"); found || err != nil {
			t.Errorf("evidence that is not there: %v, %v", found, err)
		}
		p, err := tx.Pins(testShop().ID)
		if err != nil || !slices.Equal(p.Revisions, []market.Revision{1, 2, 3, 4, 5}) || !p.Since.Equal(testShop().Start(day0)) {
			t.Errorf("pins = %v, %v", p, err)
		}
		return nil
	})
	n, err := db.Prune(t.Context(), storage.Horizon{Evidence: noon.Add(9 * time.Hour)})
	if err != nil || n != 9 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	view(t, db, func(tx *storage.Tx) error {
		p, err := tx.Pins(testShop().ID)
		if err != nil || !slices.Equal(p.Revisions, []market.Revision{5}) || !p.Since.Equal(testShop().Start(day0+9)) {
			t.Errorf("pins after pruning = %v, %v", p, err)
		}
		if n := storage.CountKeys(tx, "evidence_blob"); n != 2 {
			t.Errorf("%d blobs are left, want settings and one input", n)
		}
		return nil
	})
	if _, err := db.Prune(t.Context(), storage.Horizon{Evidence: noon.Add(10 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	view(t, db, func(tx *storage.Tx) error {
		for _, space := range []string{"evidence", "evidence_at", "evidence_blob", "evidence_users"} {
			if n := storage.CountKeys(tx, space); n != 0 {
				t.Errorf("%s has %d keys left", space, n)
			}
		}
		return nil
	})
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}

// TestForget drops days whose time is over, never one that evidence reads, and
// refuses later questions about them.
func TestForget(t *testing.T) {
	db, shop := openStore(t), testShop()
	fillOrders(t, db, 12, 40)
	for d := range 12 {
		b := market.NewBatch(market.Inventory, 1)
		b.SetText(b.Append(), 0, "SKU-1")
		putPull(t, db, stockPull(shop.Start(day0+market.Day(d)).Add(9*time.Hour), "stock", b))
	}
	e := someEvidence(4)
	e.Since = shop.Start(day0 + 4).Add(9 * time.Hour)
	putEvidence(t, db, e, nil)
	forget := func(day market.Day) (events, pictures int) {
		t.Helper()
		events, err1 := db.Forget(t.Context(), shop, market.OrderLines, shop.Start(day))
		pictures, err2 := db.Forget(t.Context(), shop, market.Inventory, shop.Start(day))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		return events, pictures
	}
	if n, m := forget(day0 + 9); n != 0 || m != 4 {
		t.Errorf("beside evidence %d days of events and %d of pictures went, want 0 (later steps of orders reach into it) and 4", n, m)
	}
	whole := eventsFrom(t, db, day0)
	if _, err := db.Prune(t.Context(), storage.Horizon{Evidence: noon.AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	if n, m := forget(day0 + 9); n < 2 || n > 8 || m != 4 {
		t.Errorf("then %d days of events and %d of pictures went", n, m)
	}
	if n, m := forget(day0 + 9); n+m != 0 {
		t.Errorf("a second time %d and %d went", n, m)
	}
	view(t, db, func(tx *storage.Tx) error {
		_, err := tx.Events(storage.EventQuery{Shop: shop, Table: market.OrderLines, Window: shop.Window(day0, day0+11)})
		if !errors.Is(err, storage.ErrForgotten) {
			t.Errorf("events of a dropped day: %v", err)
		}
		got, err := allEventsOf(tx, shop.Window(day0+9, day0+11))
		if want := linesFrom(whole, shop.Start(day0+9).UnixMilli()); err != nil || !slices.Equal(linesFrom(got, shop.Start(day0+9).UnixMilli()), want) {
			t.Errorf("of what is kept, %d lines are left of %d, %v", len(got), len(want), err)
		}
		if _, _, found, err := tx.State(shop.ID, market.Inventory, shop.Start(day0+2), 0); found || !errors.Is(err, storage.ErrForgotten) {
			t.Errorf("picture of a dropped day: %v, %v", found, err)
		}
		snap, _, found, err := tx.State(shop.ID, market.Inventory, shop.Start(day0+9), 0)
		if !found || err != nil || !snap.Window.End.Equal(shop.Start(day0+8).Add(9*time.Hour)) {
			t.Errorf("the picture that stood then: %v, %v, %v", snap.Window.End, found, err)
		}
		return nil
	})
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}

func eventsFrom(t *testing.T, db *storage.DB, day market.Day) (lines []string) {
	t.Helper()
	view(t, db, func(tx *storage.Tx) (err error) {
		lines, err = allEventsOf(tx, testShop().Window(day, day+30))
		return err
	})
	return lines
}

func allEventsOf(tx *storage.Tx, w market.Window) ([]string, error) {
	got, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Window: w})
	return batchesText(got), err
}

// linesFrom are the lines of orders placed at or after a moment.
func linesFrom(lines []string, placed int64) (out []string) {
	for _, l := range lines {
		var at int64
		_, rest, _ := strings.Cut(l, "placed_at=")
		if _, err := fmt.Sscanf(rest, "%d", &at); err == nil && at >= placed {
			out = append(out, l)
		}
	}
	return out
}
