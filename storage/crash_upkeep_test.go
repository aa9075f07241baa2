package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// works is what a child process does to a store until it is killed. Each says
// something on out before it begins.
var works = map[string]func(path string, out io.Writer) error{
	"migrate": migrateOnce, "backup": backupForever, "compact": compactForever, "forget": forgetForever,
}

// migrateOnce brings an old store up to date and then waits to be killed.
func migrateOnce(path string, out io.Writer) error {
	db, err := openWith(context.Background(), path, storage.Options{BeforeMigration: func(ctx context.Context, layout int, backup func(io.Writer) error) error {
		return errors.Join(json.NewEncoder(out).Encode(written{}), bolt.WriteCopy(ctx, fmt.Sprint(path, ".layout-", layout), backup))
	}})
	if err != nil {
		return err
	}
	<-time.After(time.Minute)
	return errors.Join(errors.New("nobody killed it"), db.Close())
}

// backupForever copies a store again and again while it is written to.
func backupForever(path string, out io.Writer) error {
	ctx := context.Background()
	db, err := openWith(ctx, path, storage.Options{})
	if err != nil {
		return err
	}
	v, n := bolt.Vault{Dir: path + ".copies", Keep: 3}, 0
	for {
		if err := json.NewEncoder(out).Encode(written{N: n}); err != nil {
			return err
		}
		n++
		err := db.Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting("copies", fmt.Append(nil, n)) })
		if err == nil {
			_, err = v.Save(ctx, db, time.Now())
		}
		if err != nil {
			return err
		}
	}
}

func compactForever(path string, out io.Writer) error {
	for {
		if err := json.NewEncoder(out).Encode(written{}); err != nil {
			return err
		}
		if _, _, err := bolt.Compact(context.Background(), path); err != nil {
			return err
		}
	}
}

// forgetForever keeps more and more and drops the oldest day of it.
func forgetForever(path string, out io.Writer) error {
	ctx := context.Background()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	db, err := storage.Open(ctx, storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	for {
		if err := json.NewEncoder(out).Encode(written{}); err != nil {
			return err
		}
		err := db.Update(ctx, func(tx *storage.Tx) error {
			n := int(tx.Revision()/2) + 1
			_, err1 := tx.PutPull(testShop(), crashOrders(n*200))
			_, err2 := tx.PutPull(testShop(), crashStock(n*1440))
			return errors.Join(err1, err2)
		})
		for _, t := range []*market.Table{market.OrderLines, market.Inventory} {
			if err == nil {
				_, err = db.Forget(ctx, testShop(), t, testShop().Start(day0+900))
			}
		}
		if err != nil {
			return err
		}
	}
}

// kills is how often a kind of work is killed.
func kills() int {
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		return 200
	}
	return 8
}

// migrationTime is how long a migration with its copy takes here and now.
func migrationTime(t *testing.T) time.Duration {
	t.Helper()
	path, _ := oldStore(t, 1)
	var began time.Time
	db, err := openWith(t.Context(), path, storage.Options{BeforeMigration: func(ctx context.Context, _ int, backup func(io.Writer) error) error {
		began = time.Now()
		return bolt.WriteCopy(ctx, path+".copy", backup)
	}})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	closeStore(t, db)
	return took
}

// TestKillMigration kills a migration at any moment: the file has the old layout
// or the new one, and in the end answers like a store that was never killed.
func TestKillMigration(t *testing.T) {
	fresh := openStore(t)
	fillAll(t, fresh)
	want := answers(t, fresh)
	rng, layouts, span := rand.New(rand.NewPCG(4, 4)), map[int]int{}, migrationTime(t)
	for n := range kills() {
		path, _ := oldStore(t, 1)
		killWork(t, path, "migrate", time.Duration(rng.Int64N(int64(2*span))))
		old, err := openWith(t.Context(), path, storage.Options{ReadOnly: true})
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		layouts[old.Layout()]++
		closeStore(t, old)
		db, err := openWith(t.Context(), path, storage.Options{BeforeMigration: copyInto(io.Discard)})
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		if got := answers(t, db); !slices.Equal(got, want) {
			t.Errorf("kill %d: the answers have changed", n)
		}
		closeStore(t, db)
	}
	t.Logf("layouts after the kills: %v", layouts)
}

// TestKillUpkeep kills copying, compacting and forgetting: the store is whole
// each time, holds what it held, and every finished copy is sound.
func TestKillUpkeep(t *testing.T) {
	for _, work := range []string{"backup", "compact", "forget"} {
		t.Run(work, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shop.db")
			runAndKill(t, path, 200*time.Millisecond)
			rng := rand.New(rand.NewPCG(5, 5))
			before := crashed(t, path)
			for n := range kills() {
				killWork(t, path, work, time.Duration(rng.IntN(80))*time.Millisecond)
				if after := crashed(t, path); work != "forget" && after != before {
					t.Fatalf("kill %d: the store holds %s, it held %s", n, after, before)
				}
			}
			all, err := bolt.Vault{Dir: path + ".copies"}.List()
			for _, c := range all {
				if found, err := bolt.Verify(t.Context(), c.Path); err != nil || len(found) > 0 {
					t.Errorf("copy %s: %q, %v", c.Path, found, err)
				}
				if got := crashed(t, c.Path); got != before {
					t.Errorf("copy %s holds %s", c.Path, got)
				}
			}
			if err != nil || work == "backup" && len(all) == 0 {
				t.Errorf("%d copies, %v", len(all), err)
			}
		})
	}
}

// crashed opens and checks a store and sums up what it holds.
func crashed(t *testing.T, path string) (sum string) {
	t.Helper()
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, db)
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Fatalf("check: %q, %v", found, err)
	}
	view(t, db, func(tx *storage.Tx) error {
		open, err1 := tx.OpenAlerts(testShop().ID)
		undone, err2 := tx.Undone()
		feeds, err3 := tx.Feeds(testShop().ID)
		sum = fmt.Sprint(tx.Revision(), len(open), len(undone), len(feeds))
		return errors.Join(err1, err2, err3)
	})
	return sum
}
