package bolt_test

import (
	"path/filepath"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/storagetest"
)

func TestEngine(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Engine {
		e := openEngine(t, filepath.Join(t.TempDir(), "shop.db"))
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		return e
	})
}

func openEngine(t *testing.T, path string) *bolt.Engine {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
