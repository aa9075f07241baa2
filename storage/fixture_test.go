package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"shopwatch/storage"
)

// Every layout that the program ever wrote has a small store in testdata,
// layout-N.db.zst, filled by fillAll. It is written once, by the program of that
// layout, and never again:
//
//	WRITE_FIXTURE=1 go test -run TestWriteFixture ./storage
//
// writes that of the current layout unless it is there.

func fixturePath(version int) string {
	return filepath.Join("testdata", fmt.Sprintf("layout-%d.db.zst", version))
}

func TestWriteFixture(t *testing.T) {
	if os.Getenv("WRITE_FIXTURE") == "" {
		t.Skip("set WRITE_FIXTURE=1 after raising the layout version")
	}
	path := fixturePath(storage.SchemaVersion)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is there already (%v); a fixture is never rewritten", path, err)
	}
	db := openStore(t)
	fillAll(t, db)
	var file bytes.Buffer
	if err := db.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path, z.EncodeAll(file.Bytes(), nil), 0o600), z.Close()); err != nil {
		t.Fatal(err)
	}
}
