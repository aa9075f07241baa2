package storage_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// smallDisk is a file system of a few megabytes.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("shopwatch-test", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestDiskFull fills a real disk: writes are refused with ErrFull and leave
// nothing behind, reads go on, and with room again the same store takes writes.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "6m")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "shop.db")
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			closeStore(t, db)
		}
	}()
	put := func(i int) error {
		return db.Update(t.Context(), func(tx *storage.Tx) error {
			return errors.Join(tx.PutSetting(fmt.Sprint("left ", i), []byte(strings.Repeat("x", 300_000))), tx.PutSetting(fmt.Sprint("right ", i), []byte("y")))
		})
	}
	// A write that failed may have made the disk give pages that the next one can
	// use, so it is full when several in a row have failed.
	stored, refused := 0, 0
	for refused < 5 && stored < 100 {
		switch err := put(stored); {
		case err == nil:
			stored, refused = stored+1, 0
		case !errors.Is(err, storage.ErrFull) || !strings.Contains(err.Error(), path):
			t.Fatalf("after %d writes: %v", stored, err)
		default:
			refused++
		}
	}
	if stored == 0 || refused < 5 {
		t.Fatalf("%d writes, %d refused", stored, refused)
	}
	if err := db.Probe(t.Context(), 1<<20); !errors.Is(err, storage.ErrFull) {
		t.Errorf("probe = %v", err)
	}
	v := bolt.Vault{Dir: filepath.Join(dir, "backup")}
	if _, err := v.Save(t.Context(), db, time.Now()); err == nil {
		t.Error("a copy was made on a full disk")
	}
	if left, _ := filepath.Glob(v.Dir + "/*"); len(left) != 0 {
		t.Errorf("an unfinished copy is left: %q", left)
	}
	wantBoth := func(n int) {
		view(t, db, func(tx *storage.Tx) error {
			for i := range n + 1 {
				_, left, err1 := tx.Setting(fmt.Sprint("left ", i))
				_, right, err2 := tx.Setting(fmt.Sprint("right ", i))
				if left != right || left != (i < n) || err1 != nil || err2 != nil {
					t.Errorf("write %d of %d: %v and %v, %v, %v", i, n, left, right, err1, err2)
				}
			}
			return nil
		})
	}
	wantBoth(stored)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Probe(t.Context(), 1<<20), put(stored)); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	wantBoth(stored + 1)
	closeStore(t, db)
	closed = true
	if found, err := bolt.Verify(t.Context(), path); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}
