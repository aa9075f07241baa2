package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// stockSource is a source of ever new pictures of stock.
type stockSource struct{ pulls int }

func (*stockSource) ID() string           { return "stock" }
func (*stockSource) Table() *market.Table { return market.Inventory }

func (s *stockSource) Pull(_ context.Context, r source.Request) (market.Pull, error) {
	s.pulls++
	b := market.NewBatch(market.Inventory, 20000)
	for k := range 20000 {
		i := b.Append()
		b.SetText(i, 0, fmt.Sprintf("SKU-%d-%x", s.pulls, k*2654435761))
	}
	return market.Pull{Rows: b, Snapshot: market.Snapshot{
		Source: "stock", Table: "inventory", State: market.Complete, PulledAt: r.Now, Watermark: r.Now,
		Window: market.Window{End: r.Now}, Manifest: market.Manifest{Rows: b.Len()},
	}}, nil
}

// TestCollectPauses: without room nothing is asked of the source any more, what
// is there is still read, and with room it goes on by itself.
func TestCollectPauses(t *testing.T) {
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{MaxSize: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ballast := func(v []byte) error {
		return db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting("ballast", v) })
	}
	if err := ballast(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	src, shop := &stockSource{}, &market.Shop{ID: "mall", Zone: time.UTC}
	c := &Collector{DB: db, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	f := Feed{Source: src, Shop: shop}
	for err = nil; err == nil && src.pulls < 100; now = now.Add(time.Hour) {
		err = c.Collect(t.Context(), f)
	}
	if !errors.Is(err, ErrPaused) || !errors.Is(err, storage.ErrFull) || !c.Paused() || src.pulls < 2 {
		t.Fatalf("after %d pulls: %v", src.pulls, err)
	}
	asked := src.pulls
	for range 3 {
		if err := c.Collect(t.Context(), f); !errors.Is(err, ErrPaused) {
			t.Fatalf("while it is full: %v", err)
		}
	}
	if src.pulls != asked {
		t.Errorf("the source was asked %d times more", src.pulls-asked)
	}
	err = db.View(t.Context(), func(tx *storage.Tx) error {
		_, rows, found, err := tx.State("mall", market.Inventory, now, 0)
		if rev := int(tx.Revision()); !found || rows.Len() != 20000 || rev != asked && rev != asked-1 {
			t.Errorf("read %v at revision %d of %d pulls", found, tx.Revision(), asked)
		}
		return err
	})
	if err := errors.Join(err, ballast(nil)); err != nil {
		t.Fatal(err)
	}
	if err := c.Collect(t.Context(), f); err != nil || c.Paused() {
		t.Errorf("with room again: %v, paused %v", err, c.Paused())
	}
}

// TestReserve: what is left for alerts and messages depends on what bounds the store.
func TestReserve(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		size storage.Size
		want bool
	}{
		"nothing is known":        {storage.Size{Bytes: 100 * mib, Disk: -1}, false},
		"a large disk":            {storage.Size{Bytes: 100 * mib, Disk: 1000 * mib}, false},
		"a full disk":             {storage.Size{Bytes: 100 * mib, Disk: 3 * mib}, true},
		"free pages inside":       {storage.Size{Bytes: 100 * mib, Free: 20 * mib, Disk: 0}, false},
		"a limit that is reached": {storage.Size{Bytes: 100 * mib, Limit: 110 * mib, Disk: 1000 * mib}, true},
		"a small limit":           {storage.Size{Bytes: 6 * mib, Limit: 8 * mib, Disk: -1}, false},
		"a small limit, reached":  {storage.Size{Bytes: 7*mib + 1, Limit: 8 * mib, Disk: -1}, true},
	} {
		if got := short(c.size); got != c.want {
			t.Errorf("%s: short = %v", name, got)
		}
	}
}

// TestBackupJob says where the copy is, or why there is none.
func TestBackupJob(t *testing.T) {
	r := newRig(t, "30 8 * * *", time.Hour)
	v := bolt.Vault{Dir: filepath.Join(t.TempDir(), "backup"), Keep: 2}
	save := func(ctx context.Context, now time.Time) (string, int64, error) {
		c, err := v.Save(ctx, r.DB, now)
		return c.Path, c.Bytes, err
	}
	j := Backup(save, r.Jobs[0].Schedule, r.Now, r.Logger)
	for range 3 {
		r.now = r.now.Add(24 * time.Hour)
		if err := j.Run(t.Context(), r.now); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := v.List(); err != nil || len(all) != 2 || !all[0].Made.Equal(r.now) {
		t.Errorf("copies %v, %v", all, err)
	}
	full := errors.New("disk full")
	failing := Backup(func(context.Context, time.Time) (string, int64, error) { return "", 0, full }, r.Jobs[0].Schedule, r.Now, r.Logger)
	if err := failing.Run(t.Context(), r.now); !errors.Is(err, full) {
		t.Errorf("error = %v", err)
	}
}
