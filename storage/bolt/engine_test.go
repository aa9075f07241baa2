package bolt_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/storagetest"
)

func TestEngine(t *testing.T) {
	storagetest.Run(t, newEngine)
	storagetest.RunCopies(t, newEngine, func(t *testing.T, copied []byte) storage.Engine {
		path := filepath.Join(t.TempDir(), "copy.db")
		writeFile(t, path, copied)
		return closing(t, openEngine(t, path))
	})
}

// TestContract runs the suite over another engine, so that it tests the contract
// and not bbolt.
func TestContract(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Engine { return storagetest.NewMemory() })
	storagetest.RunCopies(t, func(*testing.T) storage.Engine { return storagetest.NewMemory() }, func(t *testing.T, copied []byte) storage.Engine {
		m, err := storagetest.OpenMemory(bytes.NewReader(copied))
		if err != nil {
			t.Fatal(err)
		}
		return m
	})
}

func newEngine(t *testing.T) storage.Engine {
	return closing(t, openEngine(t, filepath.Join(t.TempDir(), "shop.db")))
}

func closing(t *testing.T, e *bolt.Engine) *bolt.Engine {
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func openEngine(t *testing.T, path string) *bolt.Engine {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
