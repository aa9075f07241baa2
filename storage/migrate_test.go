package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// oldStore unpacks the store of an older layout.
func oldStore(t *testing.T, layout int) (path string, file []byte) {
	t.Helper()
	packed, err := os.ReadFile(fixturePath(layout))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if file, err = z.DecodeAll(packed, nil); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "shop.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, file
}

// openWith opens the store at path with options of its own.
func openWith(ctx context.Context, path string, o storage.Options) (*storage.DB, error) {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	o.Engine, o.Logger = e, slog.New(slog.DiscardHandler)
	return storage.Open(ctx, o)
}

// copyInto keeps the copy that is made before a migration.
func copyInto(w io.Writer) func(context.Context, int, func(io.Writer) error) error {
	return func(_ context.Context, _ int, backup func(io.Writer) error) error { return backup(w) }
}

// TestMigrate brings a store of every past layout up to date: it answers like a
// new one that was given the same facts, and the copy opens as what it was.
func TestMigrate(t *testing.T) {
	fresh := openStore(t)
	fillAll(t, fresh)
	want := answers(t, fresh)
	for layout := 1; layout < storage.SchemaVersion; layout++ {
		path, _ := oldStore(t, layout)
		var kept bytes.Buffer
		db, err := openWith(t.Context(), path, storage.Options{BeforeMigration: copyInto(&kept)})
		if err != nil {
			t.Fatal(err)
		}
		if got := answers(t, db); !slices.Equal(got, want) {
			t.Errorf("layout %d: the answers have changed", layout)
		}
		if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("layout %d: check: %q, %v", layout, found, err)
		}
		closeStore(t, db)
		before := filepath.Join(t.TempDir(), "before.db")
		if err := os.WriteFile(before, kept.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		old, err := openWith(t.Context(), before, storage.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := old.Check(t.Context()); err != nil || len(found) > 0 || old.Layout() != layout {
			t.Errorf("the copy has layout %d; check: %q, %v", old.Layout(), found, err)
		}
		closeStore(t, old)
	}
}

// TestMigrateNeedsACopy: without one, or when it fails, the file stays as it is.
func TestMigrateNeedsACopy(t *testing.T) {
	full := errors.New("disk full")
	for name, before := range map[string]func(context.Context, int, func(io.Writer) error) error{
		"no place for a copy": nil,
		"the copy fails":      func(context.Context, int, func(io.Writer) error) error { return full },
	} {
		t.Run(name, func(t *testing.T) {
			path, file := oldStore(t, 1)
			if _, err := openWith(t.Context(), path, storage.Options{BeforeMigration: before}); err == nil || before != nil && !errors.Is(err, full) {
				t.Fatalf("open = %v", err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(file, after) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

// TestFeedsAsOf: how the feeds stood can be told for every revision.
func TestFeedsAsOf(t *testing.T) {
	db := openStore(t)
	type standing struct {
		rev  market.Revision
		feed []storage.Feed
	}
	var seen []standing
	for i := range 40 {
		p := orderPull(testShop().Start(day0).UnixMilli()+int64(i)*step, nil)
		p.Snapshot.Source = []string{"a", "b"}[i%2]
		if i%5 == 4 {
			p.Snapshot.State = market.Failed
		}
		if i%7 == 6 { // an old stretch read again
			p.Snapshot.Window, p.Snapshot.Watermark = market.Window{}, testShop().Start(day0-3)
		}
		rev := putPull(t, db, p)
		view(t, db, func(tx *storage.Tx) error {
			f, err := tx.Feeds(testShop().ID)
			seen = append(seen, standing{rev, f})
			return err
		})
	}
	view(t, db, func(tx *storage.Tx) error {
		for _, s := range seen {
			f, err := tx.FeedsAsOf(testShop().ID, s.rev)
			if err != nil || !slices.EqualFunc(f, s.feed, func(a, b storage.Feed) bool {
				return a.Source == b.Source && a.Last.Revision == b.Last.Revision && a.Complete.Revision == b.Complete.Revision
			}) {
				t.Errorf("as of revision %d: %v, %v", s.rev, f, err)
			}
		}
		return nil
	})
}
