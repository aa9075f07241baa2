package storage_test

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

const (
	pageSize   = 4096
	sectorSize = 512
)

// disk is what a file held before and after a commit. A commit writes pages that
// nothing stands on, syncs, writes the page that names the new state, and syncs
// (bbolt, tx.go); so a cut leaves some of the first kind, or all of them and a
// part of the second.
type disk struct{ before, after []byte }

// heads is where the two pages lie that name a state.
const heads = 2 * pageSize

// torn is the disk after a cut while pages were written: any of their sectors.
func (d disk) torn(rng *rand.Rand) []byte {
	img := bytes.Clone(d.before)
	if rng.IntN(2) == 0 && len(d.after) > len(img) { // the file had grown already
		img = append(img, make([]byte, len(d.after)-len(img))...)
	}
	share := []float64{0, 0.1, 0.5, 0.9, 1}[rng.IntN(5)]
	for at := heads; at < len(img) && at < len(d.after); at += sectorSize {
		if rng.Float64() < share {
			copy(img[at:at+sectorSize], d.after[at:at+sectorSize])
		}
	}
	return img
}

// tornHead is the disk after a cut while the naming page was written: its first
// n bytes.
func (d disk) tornHead(n int) []byte {
	img := bytes.Clone(d.after)
	copy(img[:heads], d.before[:heads])
	for at := 0; at < heads; at += pageSize {
		if !bytes.Equal(d.before[at:at+pageSize], d.after[at:at+pageSize]) {
			copy(img[at:at+n], d.after[at:at+n])
		}
	}
	return img
}

// lying is a disk that said it had synced and had not: the new state is named,
// and some of its pages are not there.
func (d disk) lying(rng *rand.Rand) []byte {
	img := bytes.Clone(d.after)
	for at := heads; at < len(img); at += pageSize {
		if at+pageSize <= len(d.before) && rng.IntN(2) == 0 {
			copy(img[at:at+pageSize], d.before[at:at+pageSize])
		}
	}
	return img
}

// TestPowerCut: whatever a cut leaves of a commit on an honest disk, the store
// opens, is whole, and holds the state before the commit or after it. On a disk
// that lies the test sees the damage, so it would see it elsewhere.
func TestPowerCut(t *testing.T) {
	images := 200
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		images = 2000
	}
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "shop.db"), filepath.Join(dir, "cut.db")
	db := openStoreAt(t, path)
	rng := rand.New(rand.NewPCG(3, 3))
	read := func() []byte {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	commit := func() {
		t.Helper()
		if _, err := storeNext(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		commit()
	}
	noticed, lies := 0, 0
	for n, made := 5, 0; made < images; n++ {
		d := disk{before: read()}
		commit()
		d.after = read()
		for range 10 {
			write(t, copied, d.torn(rng))
			verifyCrashed(t, copied, n)
		}
		for _, length := range []int{0, 1 + rng.IntN(79), 80, sectorSize, pageSize} {
			write(t, copied, d.tornHead(length))
			verifyCrashed(t, copied, n)
		}
		made += 15
		write(t, copied, d.lying(rng))
		lies++
		if damaged(t, copied) {
			noticed++
		}
		if t.Failed() {
			t.Fatalf("after %d images", made)
		}
	}
	if noticed == 0 {
		t.Errorf("of %d disks that lied none was noticed: the test sees nothing", lies)
	}
	t.Logf("%d images opened whole; of %d disks that lied %d were noticed", images, lies, noticed)
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damaged reports whether a store does not open, or has findings.
func damaged(t *testing.T, path string) bool {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return true
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return true
	}
	found, err := db.Check(t.Context())
	return db.Close() != nil || err != nil || len(found) > 0
}
