package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// goodFile is a small store as bytes.
func goodFile(t *testing.T) []byte {
	t.Helper()
	e := openEngine(t, filepath.Join(t.TempDir(), "good.db"))
	err := e.Update(t.Context(), func(w storage.Writer) error {
		for i := range 2000 {
			if err := w.Put("s", fmt.Appendf(nil, "key %d", i), []byte("value")); err != nil {
				return err
			}
		}
		return nil
	})
	var out bytes.Buffer
	if err := errors.Join(err, e.Backup(t.Context(), &out), e.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestOpenRefuses says why, where and what to do for whatever is not a store.
func TestOpenRefuses(t *testing.T) {
	good := goodFile(t)
	for _, c := range []struct {
		name    string
		make    func(t *testing.T, path string)
		want    error
		message string
	}{
		{"empty file", func(t *testing.T, path string) { writeFile(t, path, nil) }, storage.ErrDamaged, "restore"},
		{"text", func(t *testing.T, path string) { writeFile(t, path, []byte("shop: mall\n")) }, storage.ErrNotStore, "something else"},
		{"zeros", func(t *testing.T, path string) { writeFile(t, path, make([]byte, 64<<10)) }, storage.ErrNotStore, "something else"},
		{"cut short", func(t *testing.T, path string) { writeFile(t, path, good[:len(good)/2]) }, storage.ErrDamaged, "cut short"},
		{"cut in the first page", func(t *testing.T, path string) { writeFile(t, path, good[:100]) }, storage.ErrDamaged, "cut short"},
		{"first pages broken", func(t *testing.T, path string) {
			b := bytes.Clone(good)
			b[40] ^= 1
			b[4096+40] ^= 1
			writeFile(t, path, b)
		}, storage.ErrDamaged, "restore"},
		{"free list broken", func(t *testing.T, path string) {
			b := bytes.Clone(good)
			for i := 2; i < len(b)/4096; i++ {
				if b[i*4096+8] == 16 { // the flag of a free list
					clear(b[i*4096:][:16])
				}
			}
			writeFile(t, path, b)
		}, storage.ErrDamaged, "restore"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, storage.ErrNotStore, "folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shop.db")
			c.make(t, path)
			e, err := bolt.Open(path, bolt.Options{})
			if err == nil {
				t.Fatal(errors.Join(errors.New("it was opened"), e.Close()))
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestOpenWithoutFolder(t *testing.T) {
	_, err := bolt.Open(filepath.Join(t.TempDir(), "nope", "shop.db"), bolt.Options{})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "nope") {
		t.Errorf("error = %v", err)
	}
}

func TestOpenWithoutRight(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("the superuser may open everything")
	}
	path := filepath.Join(t.TempDir(), "shop.db")
	writeFile(t, path, goodFile(t))
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("error = %v", err)
	}
}

// TestFileMode: nobody else may read the store.
func TestFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	e := openEngine(t, path)
	for _, name := range []string{path, path + ".owner"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("files left: %q", left)
	}
}

// TestMaxSize: a store at its bound refuses to grow and goes on working.
func TestMaxSize(t *testing.T) {
	e, err := bolt.Open(filepath.Join(t.TempDir(), "shop.db"), bolt.Options{MaxSize: 24 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	put := func(i int) error {
		return e.Update(t.Context(), func(w storage.Writer) error {
			return w.Put("s", fmt.Appendf(nil, "%04d", i), make([]byte, 1<<20))
		})
	}
	stored := 0
	for err = put(stored); err == nil && stored < 100; err = put(stored) {
		stored++
	}
	if !errors.Is(err, storage.ErrFull) || stored < 5 {
		t.Fatalf("after %d MiB: %v", stored, err)
	}
	if err := e.Update(t.Context(), func(w storage.Writer) error { return w.Drop("s") }); err != nil {
		t.Fatalf("making room: %v", err)
	}
	if err := put(0); err != nil {
		t.Errorf("after making room: %v", err)
	}
	if h, err := e.Health(t.Context(), true); err != nil || len(h.Findings) > 0 || h.Bytes > 24<<20 || h.Free == 0 {
		t.Errorf("health = %+v, %v", h, err)
	}
}

// TestOpenFinds structural damage that reads might not meet.
func TestOpenFinds(t *testing.T) {
	good := goodFile(t)
	path := filepath.Join(t.TempDir(), "shop.db")
	found := 0
	for page := 2; page < len(good)/4096; page++ {
		b := bytes.Clone(good)
		b[page*4096] ^= 1 // the page's own number
		writeFile(t, path, b)
		e, err := bolt.Open(path, bolt.Options{})
		if errors.Is(err, storage.ErrDamaged) {
			found++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if pages := len(good)/4096 - 2; found < pages*8/10 { // the others are free
		t.Errorf("%d of %d damaged pages were found", found, pages)
	}
}
