package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"shopwatch/storage"
)

// smallFile is a sound file with a tree of several levels, values that overflow
// and a list of free pages.
func smallFile(tb testing.TB) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "s.db")
	e, err := Open(path, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	for round := range 3 {
		err = errors.Join(err, e.Update(tb.Context(), func(w storage.Writer) error {
			for i := range 400 {
				k := []byte{byte(i >> 8), byte(i), byte(i * 7)}
				if err := w.Put("many", k, make([]byte, 60+round)); err != nil {
					return err
				}
			}
			return errors.Join(w.Put("event/x/1", []byte{byte(round)}, make([]byte, 9000)), w.Put("few", []byte("k"), []byte("v")))
		}))
	}
	var out bytes.Buffer
	if err := errors.Join(err, e.Backup(tb.Context(), &out), e.Close()); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func look(b []byte) error { return inspectPages(bytes.NewReader(b), int64(len(b))) }

// FuzzPages changes a file at two places. Looking at it never panics and ends
// soon; what it lets through, bbolt can read whole without a panic.
func FuzzPages(f *testing.F) {
	good := smallFile(f)
	if err := look(good); err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(8192), byte(1), uint32(8200), byte(2))
	f.Add(uint32(4096+16+40), byte(255), uint32(0), byte(0))
	f.Add(uint32(3*4096+12), byte(255), uint32(3*4096+13), byte(255)) // the overflow count of a page
	f.Add(uint32(2*4096+16), byte(0), uint32(2*4096+24), byte(2))
	f.Fuzz(func(t *testing.T, at1 uint32, v1 byte, at2 uint32, v2 byte) {
		b := bytes.Clone(good)
		b[int(at1)%len(b)], b[int(at2)%len(b)] = v1, v2
		if err := look(b); err != nil {
			if !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrNotStore) {
				t.Fatal(err)
			}
			return
		}
		path := filepath.Join(t.TempDir(), "s.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := Open(path, Options{})
		if err != nil {
			t.Fatalf("the pages are sound, but: %v", err)
		}
		err = e.Update(t.Context(), func(w storage.Writer) error {
			spaces, err := w.Spaces("")
			for _, s := range spaces {
				err = errors.Join(err, w.Scan(s, storage.Range{}, func(_, _ []byte) (bool, error) { return true, nil }))
			}
			return errors.Join(err, w.Put("many", []byte("new"), []byte("v")), w.Drop("event/x/1"))
		})
		if err := errors.Join(err, e.Close()); err != nil {
			t.Fatalf("the pages are sound, but: %v", err)
		}
	})
}
