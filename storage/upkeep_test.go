package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// TestBackup: a copy made while a writer is at work opens and answers.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db := openStoreAt(t, filepath.Join(dir, "shop.db"))
	fillAll(t, db)
	want := answers(t, db)
	stop := make(chan struct{})
	var writer sync.WaitGroup
	var copied bytes.Buffer
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			err := db.Update(context.WithoutCancel(t.Context()), func(tx *storage.Tx) error {
				return tx.PutSetting(fmt.Sprint("busy", i), make([]byte, 10000))
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	err := db.Backup(t.Context(), &copied)
	close(stop)
	writer.Wait()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "copy.db")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	restored := openStoreAt(t, path)
	if found, err := restored.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check of the copy: %q, %v", found, err)
	}
	if got := answers(t, restored); !slices.Equal(got, want) {
		t.Error("the copy answers differently")
	}
}

// TestCheckFinds a changed byte in a block and says where.
func TestCheckFinds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	fillOrders(t, db, 1, 500)
	closeStore(t, db)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A zstd frame begins with this number; break one behind it.
	at := bytes.LastIndex(file, []byte{0x28, 0xb5, 0x2f, 0xfd})
	if at < 0 {
		t.Fatal("no compressed column in the file")
	}
	file[at+20] ^= 1
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db = openStoreAt(t, path)
	found, err := db.Check(t.Context())
	if err != nil || len(found) == 0 || !strings.Contains(found[0], "event/mall%2F1/order_line/2026-03-01") {
		t.Errorf("check: %q, %v", found, err)
	}
}

func TestPrune(t *testing.T) {
	db := openStore(t)
	update(t, db, func(tx *storage.Tx) error {
		for i := range 1200 {
			at := noon.Add(time.Duration(i) * time.Minute)
			e := outbox.Entry{Key: fmt.Sprint("k", i), Act: chat.Post, Created: at, State: outbox.Sent}
			if i%3 == 0 {
				e.State = outbox.Dead
			}
			_, err := tx.Enqueue(e)
			_, err2 := tx.Seen([]string{fmt.Sprint("s", i)}, noon, time.Duration(i)*time.Minute)
			err = errors.Join(err, err2, tx.PutRun(storage.Run{Job: fmt.Sprint("job", i%2), Due: at, Outcome: "ok"}),
				tx.PutRun(storage.Run{Job: "rare", Due: noon.Add(-24 * time.Hour), Outcome: "ok"}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if n, err := db.Prune(t.Context(), storage.Horizon{}); n != 0 || err != nil {
		t.Errorf("without a horizon %d records went, %v", n, err)
	}
	cut := noon.Add(1000 * time.Minute)
	n, err := db.Prune(t.Context(), storage.Horizon{Seen: cut, Runs: cut, Sent: cut})
	// 1,000 runs, two thirds of 1,000 messages (the rest are dead), 1,000 keys.
	if want := 1000 + 666 + 1000; err != nil || n != want {
		t.Errorf("%d records went, %v; want %d", n, err, want)
	}
	view(t, db, func(tx *storage.Tx) error {
		dead, err1 := tx.DeadEntries()
		runs, err2 := tx.Runs("job0", 1000)
		_, rare, err3 := tx.LastRun("rare")
		_, old, err4 := tx.Entry("k1")
		_, young, err5 := tx.Entry("k1001")
		if len(dead) != 400 || len(runs) != 100 || !rare || old || !young {
			t.Errorf("left: %d dead, %d runs, rare %v, old %v, young %v", len(dead), len(runs), rare, old, young)
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}

// TestColumnsCome opens a store whose table has got, lost and moved columns.
func TestColumnsCome(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	table := func(columns ...market.Column) *market.Table {
		columns = append(columns, market.Column{Name: "id", Kind: market.Text}, market.Column{Name: "day", Kind: market.Date})
		return &market.Table{Name: "t", Shape: market.Events, Key: []string{"id"}, Day: "day", Columns: columns}
	}
	open := func(t *testing.T, table *market.Table) (*storage.DB, error) {
		e, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler), Tables: []*market.Table{table}})
	}
	put := func(db *storage.DB, table *market.Table, from int, values map[string]int64) {
		for k := range 9 { // a pull each, so that the second half makes them fold
			b := market.NewBatch(table, 1)
			i := b.Append()
			b.SetText(i, table.MustCol("id"), fmt.Sprint(from+k))
			b.SetInt(i, table.MustCol("day"), int64(day0))
			for name, v := range values {
				b.SetInt(i, table.MustCol(name), v)
			}
			putPull(t, db, market.Pull{Snapshot: market.Snapshot{Source: "s", Table: "t", State: market.Complete}, Rows: b})
		}
	}
	read := func(db *storage.DB, table *market.Table) []string {
		var got []*market.Batch
		view(t, db, func(tx *storage.Tx) (err error) {
			got, err = tx.Events(storage.EventQuery{Shop: testShop(), Table: table, Window: testShop().Window(day0, day0)})
			return err
		})
		return batchesText(got)
	}
	count := func(name string) market.Column { return market.Column{Name: name, Kind: market.Int} }

	first := table(count("a"), count("b"))
	db, err := open(t, first)
	if err != nil {
		t.Fatal(err)
	}
	put(db, first, 0, map[string]int64{"a": 1, "b": 2})
	closeStore(t, db)

	second := table(count("c"), count("b")) // a is gone, c is new and first
	if db, err = open(t, second); err != nil {
		t.Fatal(err)
	}
	put(db, second, 9, map[string]int64{"c": 3, "b": 4})
	got := read(db, second)
	if len(got) != 18 || got[0] != `b=2 id="0" day=20513 ` || !slices.Contains(got, `c=3 b=4 id="9" day=20513 `) {
		t.Errorf("rows with the second table: %q", got)
	}
	closeStore(t, db)

	third := table(count("b"), count("a")) // a is back, with its old values
	if db, err = open(t, third); err != nil {
		t.Fatal(err)
	}
	if got := read(db, third); got[0] != `b=2 a=1 id="0" day=20513 ` {
		t.Errorf("rows with the third table: %q", got[0])
	}
	closeStore(t, db)

	if _, err := open(t, table(market.Column{Name: "a", Kind: market.Text})); err == nil || !strings.Contains(err.Error(), "column a") {
		t.Errorf("a column of another kind: %v", err)
	}
}

// TestReadersBesideWriter reads events and pictures while they are written:
// every view must see whole transactions.
func TestReadersBesideWriter(t *testing.T) {
	db := openStore(t)
	ctx := context.WithoutCancel(t.Context())
	write := func(n int) error {
		return db.Update(ctx, func(tx *storage.Tx) error {
			_, err1 := tx.PutPull(testShop(), crashOrders(n))
			_, err2 := tx.PutPull(testShop(), crashStock(n))
			return errors.Join(err1, err2)
		})
	}
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := db.View(ctx, seesWhole); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 2; n <= 60; n++ {
		if err := write(n); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
}

// seesWhole compares orders and stock with the number of transactions.
func seesWhole(tx *storage.Tx) error {
	n := int(tx.Revision() / 2)
	got, err := tx.Events(storage.EventQuery{
		Shop: testShop(), Table: market.OrderLines, Window: testShop().Window(day0, day0+30), Columns: []string{"modified", "qty"},
	})
	if err != nil {
		return err
	}
	rows, newest := 0, int64(0)
	for _, b := range got {
		rows += b.Len()
		newest = max(newest, slices.Max(b.Column("modified").Ints))
	}
	snap, stock, found, err := tx.State(testShop().ID, market.Inventory, testShop().Start(day0+30), 0)
	switch {
	case err != nil:
		return err
	case rows != 5*n+5 || newest != int64(n):
		return fmt.Errorf("%d orders, newest %d, after %d transactions", rows, newest, n)
	case !found || snap.Revision != tx.Revision() || stock.Column("available").Ints[1] != int64(n):
		return fmt.Errorf("stock of revision %d after %d transactions", snap.Revision, n)
	}
	return nil
}

// TestCacheBound keeps answers right when memory for hardly anything is given.
func TestCacheBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler), CacheBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, db)
	fillOrders(t, db, 4, 200)
	rng, level := rand.New(rand.NewPCG(1, 1)), make([]int64, 50)
	for i := range 5 {
		putPull(t, db, stockPull(testShop().Start(day0).Add(time.Duration(i)*time.Hour), "stock", stockRows(rng, 50, level)))
	}
	var first []string
	for range 3 {
		view(t, db, func(tx *storage.Tx) error {
			got, err := allEvents(tx, market.OrderLines, 0)
			if first == nil {
				first = got
			}
			if diff := cmp.Diff(first, got); diff != "" || len(got) != 800 {
				t.Errorf("%d rows\n%s", len(got), diff)
			}
			_, err2 := stateText(tx, 2*time.Hour)
			return errors.Join(err, err2)
		})
	}
	if kept := storage.CachedBytes(db); kept > 150_000 {
		t.Errorf("%d bytes are kept", kept)
	}
}
