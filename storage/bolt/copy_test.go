package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

func openDB(t *testing.T, path string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Options{Engine: openEngine(t, path), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func closeDB(t *testing.T, db *storage.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func setting(t *testing.T, db *storage.DB, key, value string) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting(key, []byte(value)) }); err != nil {
		t.Fatal(err)
	}
}

func settingOf(t *testing.T, path, key string) (value string) {
	t.Helper()
	db := openDB(t, path)
	defer closeDB(t, db)
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		v, _, err := tx.Setting(key)
		value = string(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

var firstCopy = time.Date(2026, 11, 22, 3, 40, 0, 0, time.UTC)

// TestVault makes copies while the store is written to; the newest stay, and
// each opens as the store of its moment.
func TestVault(t *testing.T) {
	dir := t.TempDir()
	db := openDB(t, filepath.Join(dir, "shop.db"))
	defer closeDB(t, db)
	v := bolt.Vault{Dir: filepath.Join(dir, "backup"), Keep: 3}
	if err := os.MkdirAll(v.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	unfinished := filepath.Join(v.Dir, "shopwatch-20261121T034000Z.db.tmp123")
	writeFile(t, unfinished, []byte("half"))
	writeFile(t, filepath.Join(v.Dir, "notes.txt"), []byte("mine"))
	for i := range 5 {
		setting(t, db, "n", fmt.Sprint(i))
		c, err := v.Save(t.Context(), db, firstCopy.AddDate(0, 0, i))
		if err != nil || c.Bytes == 0 {
			t.Fatalf("copy %+v: %v", c, err)
		}
	}
	all, err := v.List()
	if err != nil || len(all) != 3 || !all[0].Made.Equal(firstCopy.AddDate(0, 0, 4)) {
		t.Fatalf("copies = %+v, %v", all, err)
	}
	for i, c := range all {
		if got := settingOf(t, c.Path, "n"); got != fmt.Sprint(4-i) {
			t.Errorf("copy %s holds %s", c.Path, got)
		}
	}
	left, err := filepath.Glob(filepath.Join(v.Dir, "*"))
	if err != nil || len(left) != 4 {
		t.Errorf("files left: %q, %v", left, err)
	}
}

// TestCopyFails: a copy that cannot be finished leaves no file behind, neither a
// part nor its name.
func TestCopyFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup", "copy.db")
	full := errors.New("no more")
	for name, write := range map[string]func(io.Writer) error{
		"the disk is full": func(w io.Writer) error { _, _ = w.Write(make([]byte, 5000)); return full },
		"it is not sound":  func(w io.Writer) error { _, err := w.Write(goodFile(t)[:8192]); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := bolt.WriteCopy(t.Context(), path, write); err == nil {
				t.Error("the copy was made")
			}
			if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 0 {
				t.Errorf("files left: %q", left)
			}
		})
	}
}

// TestRestore puts a copy in the place of a store and keeps the old file; a
// running store and a copy that is not sound are refused, and nothing changes.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shop.db")
	db := openDB(t, path)
	setting(t, db, "n", "old")
	v := bolt.Vault{Dir: dir, Keep: 1}
	c, err := v.Save(t.Context(), db, firstCopy)
	if err != nil {
		t.Fatal(err)
	}
	setting(t, db, "n", "new")
	if _, err := bolt.Restore(t.Context(), c.Path, path, firstCopy); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("restore over a running store = %v", err)
	}
	closeDB(t, db)
	broken := filepath.Join(dir, "broken.db")
	b, err := os.ReadFile(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0xff
	writeFile(t, broken, b[:len(b)-4096])
	if _, err := bolt.Restore(t.Context(), broken, path, firstCopy); !errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("restore of a broken copy = %v", err)
	}
	if got := settingOf(t, path, "n"); got != "new" {
		t.Fatalf("after refused restores the store holds %s", got)
	}
	old, err := bolt.Restore(t.Context(), c.Path, path, firstCopy)
	if err != nil {
		t.Fatal(err)
	}
	if now, then := settingOf(t, path, "n"), settingOf(t, old, "n"); now != "old" || then != "new" {
		t.Errorf("after the restore: %s, and %s in the file that was kept", now, then)
	}
}

// TestCompact gives the free space back and keeps everything.
func TestCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db := openDB(t, path)
	for i := range 40 {
		setting(t, db, fmt.Sprint("k", i), strings.Repeat("x", 200_000))
	}
	for i := range 39 {
		if err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting(fmt.Sprint("k", i), nil) }); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := bolt.Compact(t.Context(), path); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("compact a running store = %v", err)
	}
	closeDB(t, db)
	before, after, err := bolt.Compact(t.Context(), path)
	if err != nil || after > before/10 {
		t.Fatalf("%d bytes became %d, %v", before, after, err)
	}
	if got := settingOf(t, path, "k39"); len(got) != 200_000 {
		t.Errorf("%d bytes are left of the one that stayed", len(got))
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("files left: %q", left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := bolt.Compact(ctx, path); err == nil {
		t.Error("a cancelled compaction ended well")
	}
}

// TestReadOnly: looking at a file changes nothing and lets others look, too.
func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	closeDB(t, openDB(t, path))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var open []*bolt.Engine
	for range 2 {
		e, err := bolt.Open(path, bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, e)
		if err := e.Update(t.Context(), func(storage.Writer) error { return nil }); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("update = %v", err)
		}
	}
	if _, err := bolt.Open(path, bolt.Options{Timeout: 50 * time.Millisecond}); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("open to write meanwhile = %v", err)
	}
	for _, e := range open {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed, %v", err)
	}
	if _, err := bolt.Open(filepath.Join(t.TempDir(), "none.db"), bolt.Options{ReadOnly: true}); err == nil {
		t.Error("a file that is not there was opened")
	}
}
