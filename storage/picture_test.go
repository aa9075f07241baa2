package storage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

type oraclePicture struct {
	rev  market.Revision
	at   time.Time
	rows []string
}

// pictureAt is the oracle of State.
func pictureAt(all []oraclePicture, at time.Time, asOf market.Revision) (best oraclePicture, found bool) {
	for _, p := range all {
		if p.at.After(at) || asOf > 0 && p.rev > asOf {
			continue
		}
		if !found || p.at.After(best.at) || p.at.Equal(best.at) && p.rev > best.rev {
			best, found = p, true
		}
	}
	return best, found
}

// drawStock changes a shelf a little, as life does: levels, missing values,
// items that come and go, now and then a shelf cleared; keys may repeat.
func drawStock(t *rapid.T, shelf map[string]int64) *market.Batch {
	if rapid.IntRange(0, 15).Draw(t, "clear") == 0 {
		clear(shelf)
	}
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		k := fmt.Sprintf("SKU-%02d", rapid.IntRange(0, 30).Draw(t, "sku"))
		if rapid.IntRange(0, 4).Draw(t, "gone") == 0 {
			delete(shelf, k)
		} else {
			shelf[k] = rapid.Int64Range(-1, 5).Draw(t, "level")
		}
	}
	b := market.NewBatch(market.Inventory, len(shelf))
	add := func(k string, level int64) {
		i := b.Append()
		b.SetText(i, 0, k)
		b.SetText(i, 1, "tmall")
		if level >= 0 {
			b.SetInt(i, 3, level)
			b.SetInt(i, 7, level&1)
		}
	}
	for k := range 31 {
		if level, ok := shelf[fmt.Sprintf("SKU-%02d", k)]; ok {
			if level == 3 {
				add(fmt.Sprintf("SKU-%02d", k), 99) // replaced by the row that follows
			}
			add(fmt.Sprintf("SKU-%02d", k), level)
		}
	}
	return b
}

// shelfText is what a picture of b must read as: the last row of each key.
func shelfText(b *market.Batch) []string {
	last := map[string]int{}
	for i := range b.Len() {
		last[b.Column("sku").Texts[i]] = i
	}
	out := market.NewBatch(b.Table, 0)
	for i := range b.Len() {
		if last[b.Column("sku").Texts[i]] == i {
			out.AppendRow(b, i)
		}
	}
	return rowsText(out)
}

// TestStateChain stores pictures in and out of order, in transactions that may
// fail, and compares every picture, now and as of revisions, from memory and
// decoded, with the oracle.
func TestStateChain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		db := openStore(t)
		var all []oraclePicture
		shelf := map[string]int64{}
		start := testShop().Start(day0).Add(20 * time.Hour)
		at := start
		for range rapid.IntRange(1, 4).Draw(rt, "transactions") {
			fail := rapid.IntRange(0, 4).Draw(rt, "fail") == 0
			accepted := all
			err := db.Update(t.Context(), func(tx *storage.Tx) error {
				for range rapid.IntRange(1, 20).Draw(rt, "pictures") {
					at = at.Add(time.Duration(rapid.IntRange(-20, 60).Draw(rt, "minutes")) * time.Minute)
					p := stockPull(at, "stock", drawStock(rt, shelf))
					if rapid.IntRange(0, 5).Draw(rt, "partial") == 0 {
						p.Snapshot.State = market.Partial
					}
					rev, err := tx.PutPull(testShop(), p)
					if err != nil {
						return err
					}
					if p.Snapshot.State == market.Complete {
						accepted = append(accepted, oraclePicture{rev, at, shelfText(p.Rows)})
					}
				}
				if fail {
					return errUndo
				}
				return compareStates(rt, tx, accepted, start) // reads its own writes
			})
			switch {
			case fail:
			case err != nil:
				rt.Fatal(err)
			default:
				all = accepted
			}
		}
		for range 2 {
			view(t, db, func(tx *storage.Tx) error { return compareStates(rt, tx, all, start) })
			storage.ForgetRows(db)
		}
		if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
			rt.Fatalf("check: %q, %v", found, err)
		}
	})
}

func compareStates(rt *rapid.T, tx *storage.Tx, all []oraclePicture, start time.Time) error {
	for range 8 {
		at := start.Add(time.Duration(rapid.IntRange(-60, 40*60).Draw(rt, "at")) * time.Minute)
		asOf := market.Revision(rapid.IntRange(0, int(tx.Revision())).Draw(rt, "asOf"))
		snap, rows, found, err := tx.State(testShop().ID, market.Inventory, at, asOf)
		if err != nil {
			return err
		}
		want, ok := pictureAt(all, at, asOf)
		if found != ok || found && (snap.Revision != want.rev || !snap.Window.End.Equal(want.at)) {
			return fmt.Errorf("at %v as of %d: %v revision %d, want %v revision %d", at, asOf, found, snap.Revision, ok, want.rev)
		}
		if diff := cmp.Diff(want.rows, rowsOf(rows)); diff != "" {
			return fmt.Errorf("revision %d (-want +got):\n%s", snap.Revision, diff)
		}
	}
	return compareAllStates(tx, all, start)
}

func compareAllStates(tx *storage.Tx, all []oraclePicture, start time.Time) error {
	w := market.Window{Start: start.Add(-24 * time.Hour), End: start.Add(10 * 24 * time.Hour)}
	last, n := time.Time{}, 0
	for p, err := range tx.States(testShop().ID, market.Inventory, w, 0) {
		if err != nil {
			return err
		}
		if !p.Snapshot.Window.End.After(last) {
			return fmt.Errorf("picture of %v comes after %v", p.Snapshot.Window.End, last)
		}
		last = p.Snapshot.Window.End
		want, _ := pictureAt(all, last, 0)
		if diff := cmp.Diff(want.rows, rowsOf(p.Rows)); diff != "" || want.rev != p.Snapshot.Revision {
			return fmt.Errorf("revision %d, want %d (-want +got):\n%s", p.Snapshot.Revision, want.rev, diff)
		}
		n++
	}
	instants := map[time.Time]bool{}
	for _, p := range all {
		instants[p.at] = true
	}
	if n != len(instants) {
		return fmt.Errorf("%d pictures, want %d", n, len(instants))
	}
	return nil
}

func rowsOf(b *market.Batch) []string {
	if b == nil {
		return nil
	}
	return rowsText(b)
}

// TestStateLarge takes pictures of more rows than a block holds through change.
func TestStateLarge(t *testing.T) {
	db := openStore(t)
	rows := func(n int, level int64) *market.Batch {
		b := market.NewBatch(market.Inventory, n)
		for k := range n {
			i := b.Append()
			b.SetText(i, 0, fmt.Sprintf("SKU-%06d", k))
			b.SetText(i, 1, "tmall")
			b.SetInt(i, 3, level+int64(k%7))
		}
		return b
	}
	at := testShop().Start(day0)
	for i, n := range []int{20000, 20000, 20100, 19000} {
		at = at.Add(time.Minute)
		b := rows(n, int64(i/2))
		putPull(t, db, stockPull(at, "stock", b))
		storage.ForgetRows(db)
		view(t, db, func(tx *storage.Tx) error {
			_, got, _, err := tx.State(testShop().ID, market.Inventory, at, 0)
			if diff := cmp.Diff(rowsText(b), rowsOf(got)); diff != "" {
				t.Errorf("picture %d differs", i)
			}
			return err
		})
	}
	s, err := db.Stats(t.Context())
	if err != nil || s.Tables[0].Bytes > 150_000 {
		t.Errorf("four pictures take %d bytes, %v", s.Tables[0].Bytes, err)
	}
}

func TestStateOfOthers(t *testing.T) {
	db := openStore(t)
	at := testShop().Start(day0)
	level := make([]int64, 3)
	putPull(t, db, stockPull(at, "stock", stockRows(newOrderWorld(1).rng, 3, level)))
	view(t, db, func(tx *storage.Tx) error {
		for name, ask := range map[string]func() (bool, error){
			"another shop": func() (bool, error) {
				_, _, found, err := tx.State("mall", market.Inventory, at, 0)
				return found, err
			},
			"another table": func() (bool, error) {
				_, _, found, err := tx.State("mall/1", market.OwnPrices, at, 0)
				return found, err
			},
			"before the first": func() (bool, error) {
				_, _, found, err := tx.State("mall/1", market.Inventory, at.Add(-1), 0)
				return found, err
			},
		} {
			if found, err := ask(); found || err != nil {
				t.Errorf("%s: %v, %v", name, found, err)
			}
		}
		if _, _, _, err := tx.State("mall/1", market.OrderLines, at, 0); err == nil {
			t.Error("state of a table of events: no error")
		}
		return nil
	})
}
