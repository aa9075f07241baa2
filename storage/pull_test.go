package storage_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// TestPutPullRefuses what cannot be filed, and leaves no trace of it.
func TestPutPullRefuses(t *testing.T) {
	good := func() market.Pull {
		p := orderPull(0, nil)
		b := market.NewBatch(market.OrderLines, 1)
		i := b.Append()
		b.SetText(i, 0, "o")
		b.SetText(i, 1, "1")
		b.SetInt(i, b.Table.MustCol("placed_at"), testShop().Start(day0).UnixMilli())
		p.Rows = b
		return p
	}
	for name, change := range map[string]func(p *market.Pull, shop *market.Shop){
		"unknown table":      func(p *market.Pull, _ *market.Shop) { p.Snapshot.Table = "nope" },
		"rows of another":    func(p *market.Pull, _ *market.Shop) { p.Snapshot.Table = "refund" },
		"another shop":       func(p *market.Pull, _ *market.Shop) { p.Snapshot.Shop = "other" },
		"unknown condition":  func(p *market.Pull, _ *market.Shop) { p.Snapshot.State = "fine" },
		"shop without zone":  func(_ *market.Pull, shop *market.Shop) { shop.Zone = nil },
		"no day to file":     func(p *market.Pull, _ *market.Shop) { p.Rows.Append() },
		"text without bound": func(p *market.Pull, _ *market.Shop) { p.Rows.SetText(0, 8, string(make([]byte, 2<<20))) },
	} {
		t.Run(name, func(t *testing.T) {
			db, p, shop := openStore(t), good(), testShop()
			change(&p, shop)
			err := db.Update(t.Context(), func(tx *storage.Tx) error {
				_, err := tx.PutPull(shop, p)
				return err
			})
			if err == nil {
				t.Fatal("it was stored")
			}
			view(t, db, func(tx *storage.Tx) error {
				if tx.Revision() != 0 {
					t.Errorf("revision is %d", tx.Revision())
				}
				return nil
			})
			if rev := putPull(t, db, good()); rev != 1 {
				t.Errorf("the next pull is revision %d", rev)
			}
		})
	}
	db := openStore(t)
	view(t, db, func(tx *storage.Tx) error {
		if _, err := tx.PutPull(testShop(), good()); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("in a view: %v", err)
		}
		return nil
	})
}

// TestSamePull: a file that was imported is recognised, unless it now proves more.
func TestSamePull(t *testing.T) {
	db := openStore(t)
	p := orderPull(testShop().Start(day0).UnixMilli(), nil)
	p.Snapshot.Manifest.Digest = "abc"
	p.Snapshot.State = market.Partial
	first := putPull(t, db, p)
	try := func(p market.Pull) (market.Revision, error) {
		var rev market.Revision
		err := db.Update(t.Context(), func(tx *storage.Tx) (err error) {
			rev, err = tx.PutPull(testShop(), p)
			return err
		})
		return rev, err
	}
	_, err := try(p)
	var same *storage.SamePullError
	if !errors.Is(err, storage.ErrSamePull) || !errors.As(err, &same) || same.Revision != first {
		t.Fatalf("the same pull again: %v", err)
	}
	p.Snapshot.State = market.Complete
	if rev, err := try(p); err != nil || rev != first+1 {
		t.Errorf("now complete: revision %d, %v", rev, err)
	}
	p.Snapshot.PulledAt = p.Snapshot.PulledAt.Add(time.Hour)
	if _, err := try(p); !errors.Is(err, storage.ErrSamePull) {
		t.Errorf("pulled again later: %v", err)
	}
	later := p
	later.Snapshot.Watermark = p.Snapshot.Watermark.Add(time.Minute)
	if rev, err := try(later); err != nil || rev != first+2 {
		t.Errorf("further watermark: revision %d, %v", rev, err)
	}
	p.Snapshot.Source = "other"
	if rev, err := try(p); err != nil || rev != first+3 {
		t.Errorf("another source: revision %d, %v", rev, err)
	}
	// The transaction goes on after a pull that is there already.
	update(t, db, func(tx *storage.Tx) error {
		if _, err := tx.PutPull(testShop(), p); !errors.Is(err, storage.ErrSamePull) {
			t.Errorf("error = %v", err)
		}
		return tx.PutSetting("after", []byte("x"))
	})
}

func TestFeedsAndSnapshots(t *testing.T) {
	db, shop := openStore(t), testShop()
	at := testShop().Start(day0)
	put := func(source string, minute int, state market.Condition, backfill time.Duration) market.Revision {
		p := orderPull(at.Add(time.Duration(minute)*time.Minute-backfill).UnixMilli(), nil)
		p.Snapshot.Source, p.Snapshot.State = source, state
		p.Snapshot.PulledAt = at.Add(time.Duration(minute) * time.Minute)
		if state != market.Complete {
			p.Snapshot.Manifest.Reasons = []string{"page 3 is missing"}
			p.Snapshot.Watermark = time.Time{}
		}
		p.Rejects = []market.Reject{{Place: "row 1", Reason: "no price"}}
		return putPull(t, db, p)
	}
	put("b", 0, market.Complete, 0)
	done := put("b", 10, market.Complete, 0)
	failed := put("b", 20, market.Failed, 0)
	old := put("b", 30, market.Complete, 48*time.Hour) // fills in an old day
	never := put("a", 5, market.Partial, 0)
	view(t, db, func(tx *storage.Tx) error {
		feeds, err := tx.Feeds(shop.ID)
		if err != nil || len(feeds) != 2 {
			t.Fatalf("%+v, %v", feeds, err)
		}
		a, b := feeds[0], feeds[1]
		if a.Source != "a" || a.Last.Revision != never || a.Complete.Revision != 0 {
			t.Errorf("feed that was never complete: %+v", a)
		}
		if b.Source != "b" || b.Last.Revision != old || b.Complete.Revision != done {
			t.Errorf("feed: last %d, complete %d; want %d, %d", b.Last.Revision, b.Complete.Revision, old, done)
		}
		if got := storage.Complete(feeds, "order_line"); !got.IsZero() {
			t.Errorf("complete up to %v although one source never was", got)
		}
		if got := storage.Complete(feeds[1:], "order_line"); !got.Equal(b.Complete.Watermark) {
			t.Errorf("complete up to %v", got)
		}
		snaps, err := tx.Snapshots(shop.ID, "order_line", market.Window{Start: at.Add(5 * time.Minute), End: at.Add(30 * time.Minute)})
		var got []market.Revision
		for _, s := range snaps {
			got = append(got, s.Revision)
		}
		if want := []market.Revision{never, done, failed}; !slices.Equal(got, want) {
			t.Errorf("snapshots %v, want %v", got, want)
		}
		if s := snaps[2]; s.State != market.Failed || s.Manifest.Reasons[0] != "page 3 is missing" || !s.Watermark.IsZero() {
			t.Errorf("manifest came back as %+v", s)
		}
		rejects, err2 := tx.Rejects(failed)
		if len(rejects) != 1 || rejects[0].Place != "row 1" {
			t.Errorf("rejects = %+v", rejects)
		}
		return errors.Join(err, err2)
	})
}

// TestHeld: rows of a suspect pull are kept aside and do not count.
func TestHeld(t *testing.T) {
	db := openStore(t)
	w := newOrderWorld(2)
	w.place(day0, 20)
	var lines []*orderLine
	for _, at := range slices.Sorted(maps.Keys(w.due)) {
		lines = append(lines, w.due[at]...)
	}
	p := orderPull(0, lines)
	p.Snapshot.State = market.Suspect
	rev := putPull(t, db, p)
	view(t, db, func(tx *storage.Tx) error {
		if got, err := allEvents(tx, market.OrderLines, 0); err != nil || len(got) > 0 {
			t.Errorf("%d rows count, %v", len(got), err)
		}
		held, err := tx.Held(testShop().ID, market.OrderLines, rev)
		if diff := cmp.Diff(rowsText(p.Rows), rowsText(held)); diff != "" {
			t.Errorf("held rows (-want +got):\n%s", diff)
		}
		if none, err := tx.Held(testShop().ID, market.OrderLines, rev+1); err != nil || none.Len() != 0 {
			t.Errorf("held of another revision: %d rows, %v", none.Len(), err)
		}
		return err
	})
}

// TestManifestWhole fills every field of a snapshot, also ones that are yet to
// be invented, and wants them all back.
func TestManifestWhole(t *testing.T) {
	db, total := openStore(t), 7
	p := orderPull(testShop().Start(day0).UnixMilli(), nil)
	m := reflect.ValueOf(&p.Snapshot.Manifest).Elem()
	for i := range m.NumField() {
		switch f := m.Field(i); f.Interface().(type) {
		case int:
			f.SetInt(int64(100 + i))
		case string:
			f.SetString(fmt.Sprint("text ", i))
		case []string:
			f.Set(reflect.ValueOf([]string{"one", "two"}))
		case *int:
			f.Set(reflect.ValueOf(&total))
		default:
			t.Fatalf("field %s is of a kind that this test does not fill", m.Type().Field(i).Name)
		}
	}
	want := p.Snapshot
	want.Revision, want.Shop = putPull(t, db, p), testShop().ID
	view(t, db, func(tx *storage.Tx) error {
		got, err := tx.Snapshots(want.Shop, want.Table, testShop().Window(day0, day0))
		if diff := cmp.Diff([]market.Snapshot{want}, got); diff != "" {
			t.Errorf("snapshot (-want +got):\n%s", diff)
		}
		return err
	})
}
