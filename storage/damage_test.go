package storage_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// fillAll puts something of everything into a store.
func fillAll(t *testing.T, db *storage.DB) {
	t.Helper()
	fillOrders(t, db, 2, 60)
	rng := rand.New(rand.NewPCG(3, 3))
	level := make([]int64, 120)
	for i := range level {
		level[i] = rng.Int64N(50)
	}
	for i := range 30 {
		at := testShop().Start(day0).Add(time.Duration(i) * time.Hour)
		putPull(t, db, stockPull(at, "stock", stockRows(rng, len(level), level)))
	}
	update(t, db, func(tx *storage.Tx) error {
		for i := range 40 {
			at := noon.Add(time.Duration(i) * time.Minute)
			a := alert.Alert{ID: fmt.Sprint("a", i), Fingerprint: fmt.Sprint("f", i), Shop: testShop().ID, State: alert.Firing, Since: at}
			_, err := tx.Enqueue(outbox.Entry{Key: a.RootKey(), Act: chat.Post, Message: chat.Message{Text: strings.Repeat("hello ", i)}})
			err = errors.Join(err, tx.PutAlert(a), tx.Audit(access.Entry{At: at, Actor: "U1", Act: "alert.ack", Subject: a.ID}),
				tx.PutRun(storage.Run{Job: "collect", Due: at, Started: at, Outcome: "ok"}), tx.PutSetting(a.ID, []byte("value")))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// questions are the reads whose answers must be right or refused.
var questions = []struct {
	name string
	ask  func(tx *storage.Tx) (any, error)
}{
	{"events", func(tx *storage.Tx) (any, error) { return allEvents(tx, market.OrderLines, 0) }},
	{"events of old", func(tx *storage.Tx) (any, error) { return allEvents(tx, market.OrderLines, 100) }},
	{"events paid on a day", func(tx *storage.Tx) (any, error) {
		got, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Column: "paid_at", Window: testShop().Window(day0+1, day0+1)})
		return batchesText(got), err
	}},
	{"state now", func(tx *storage.Tx) (any, error) { return stateText(tx, 29*time.Hour) }},
	{"state then", func(tx *storage.Tx) (any, error) { return stateText(tx, 20*time.Hour) }},
	{"pictures", func(tx *storage.Tx) (any, error) {
		var out [][]string
		for p, err := range tx.States(testShop().ID, market.Inventory, testShop().Window(day0, day0+5), 0) {
			if err != nil {
				return nil, err
			}
			out = append(out, rowsText(p.Rows))
		}
		return out, nil
	}},
	{"feeds then", func(tx *storage.Tx) (any, error) { return tx.FeedsAsOf(testShop().ID, 287) }},
	{"feeds", func(tx *storage.Tx) (any, error) { return tx.Feeds(testShop().ID) }},
	{"snapshots", func(tx *storage.Tx) (any, error) {
		return tx.Snapshots(testShop().ID, "order_line", testShop().Window(day0, day0+5))
	}},
	{"alerts", func(tx *storage.Tx) (any, error) { return tx.OpenAlerts(testShop().ID) }},
	{"alerts since", func(tx *storage.Tx) (any, error) {
		return tx.Alerts(testShop().ID, market.Window{Start: noon, End: noon.Add(24 * time.Hour)})
	}},
	{"dead", func(tx *storage.Tx) (any, error) {
		got, err := tx.DeadEntries()
		return append(got, outbox.Entry{}), err
	}},
	{"undone", func(tx *storage.Tx) (any, error) { return tx.Undone() }},
	{"trail", func(tx *storage.Tx) (any, error) {
		return tx.AuditTrail(market.Window{Start: noon, End: noon.Add(24 * time.Hour)})
	}},
	{"runs", func(tx *storage.Tx) (any, error) { return tx.Runs("collect", 100) }},
}

func stateText(tx *storage.Tx, after time.Duration) ([]string, error) {
	_, rows, _, err := tx.State(testShop().ID, market.Inventory, testShop().Start(day0).Add(after), 0)
	return rowsOf(rows), err
}

// answers asks everything; an answer is text, or "refused" for ErrDamaged.
func answers(t *testing.T, db *storage.DB) []string {
	var out []string
	for _, q := range questions {
		var got any
		err := db.View(t.Context(), func(tx *storage.Tx) (err error) {
			got, err = q.ask(tx)
			return err
		})
		switch {
		case errors.Is(err, storage.ErrDamaged):
			out = append(out, "refused")
		case err != nil:
			t.Errorf("%s: an error that is not typed: %v", q.name, err)
			out = append(out, "refused")
		default:
			out = append(out, fmt.Sprint(got))
		}
	}
	return out
}

// TestDamage damages copies of a store in ways that disks do: no read may panic
// or answer wrongly, and nothing may hang.
func TestDamage(t *testing.T) {
	mutations := 50
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		mutations = 1000
	}
	dir := t.TempDir()
	db := openStoreAt(t, filepath.Join(dir, "good.db"))
	fillAll(t, db)
	var good bytes.Buffer
	if err := db.Backup(t.Context(), &good); err != nil {
		t.Fatal(err)
	}
	want := answers(t, db)
	if slices.Contains(want, "refused") || slices.Contains(want, "[]") {
		t.Fatal("the undamaged store does not answer")
	}
	refusedOpen, refusedRead, unharmed := 0, 0, 0
	for n := range mutations {
		rng := rand.New(rand.NewPCG(uint64(n), 9))
		path := filepath.Join(dir, "damaged.db")
		if err := os.WriteFile(path, damage(rng, good.Bytes()), 0o600); err != nil {
			t.Fatal(err)
		}
		bad, err := openPath(t, path)
		if err != nil {
			refusedOpen++
			if !strings.Contains(err.Error(), path) {
				t.Errorf("mutation %d: the error does not name the file: %v", n, err)
			}
			if !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrNotStore) && !errors.Is(err, storage.ErrNewerSchema) {
				t.Errorf("mutation %d: open: an error that is not typed: %v", n, err)
			}
			continue
		}
		got := answers(t, bad)
		refused := false
		for i, q := range questions {
			refused = refused || got[i] == "refused"
			if got[i] != "refused" && got[i] != want[i] {
				t.Errorf("mutation %d: %s: a wrong answer", n, q.name)
			}
		}
		found, err := bad.Check(t.Context())
		if err == nil && len(found) == 0 && refused {
			for i, q := range questions {
				if got[i] == "refused" {
					t.Errorf("mutation %d: %s is refused but the check is clean", n, q.name)
				}
			}
		}
		if refused {
			refusedRead++
		} else {
			unharmed++
		}
		err = bad.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting("a7", []byte("x")) })
		if err != nil && !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("mutation %d: write: %v", n, err)
		}
		_ = bad.Close() // may say that it is damaged, must come back
	}
	t.Logf("%d mutations of %d bytes: %d refused at open, %d refused reads, %d left answers unharmed", mutations, good.Len(), refusedOpen, refusedRead, unharmed)
	if few := mutations / 20; refusedOpen < few || refusedRead < few || unharmed < few {
		t.Error("the mutations do not cover open, reads and unused pages alike")
	}
}

// damage returns a changed copy of a file.
func damage(rng *rand.Rand, file []byte) []byte {
	out := bytes.Clone(file)
	pages := len(out) / 4096
	page := func() []byte { i := rng.IntN(pages); return out[i*4096 : (i+1)*4096] }
	switch rng.IntN(7) {
	case 0, 1: // flipped bits
		for range 1 + rng.IntN(8) {
			out[rng.IntN(len(out))] ^= 1 << rng.IntN(8)
		}
	case 2: // in a header of a page
		page()[rng.IntN(48)] ^= 1 << rng.IntN(8)
	case 3: // a sector that was never written
		clear(page()[512*rng.IntN(8):][:512])
	case 4: // a page written to the wrong place
		copy(page(), page())
	case 5: // cut short
		out = out[:rng.IntN(len(out))]
	case 6: // a number in the first pages
		binary.LittleEndian.PutUint16(out[rng.IntN(8192):], uint16(rng.Uint32()))
	}
	return out
}

// TestNewerSchema: a store of a later version is refused and left as it is.
func TestNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *storage.Tx) error { return storage.PutSchemaVersion(tx, 99) })
	closeStore(t, db)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openPath(t, path); !errors.Is(err, storage.ErrNewerSchema) {
		t.Fatalf("open = %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}

// TestLostKey takes single records away: what needed them is refused, never
// answered without them, and the check notices.
func TestLostKey(t *testing.T) {
	var whole bytes.Buffer
	filled := openStore(t)
	fillAll(t, filled)
	if err := filled.Backup(t.Context(), &whole); err != nil {
		t.Fatal(err)
	}
	for prefix, asks := range map[string]string{
		"alert_open": "alerts", "alert_since": "alerts since", "alert": "alerts", "outbox_open": "undone", "outbox": "undone",
		"audit": "trail", "run": "runs", "snapshot": "pictures", "timeline": "snapshots", "partition": "events",
		"feed_past": "feeds then", "event/": "events", "picture/": "pictures",
	} {
		t.Run(prefix, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shop.db")
			if err := os.WriteFile(path, whole.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			db := openStoreAt(t, path)
			update(t, db, func(tx *storage.Tx) error {
				space, err := storage.Lose(tx, prefix)
				if space != prefix && !strings.HasSuffix(prefix, "/") {
					t.Fatalf("lost from %s", space)
				}
				return err
			})
			storage.ForgetRows(db)
			refused := false
			for i, got := range answers(t, db) {
				refused = refused || got == "refused" && questions[i].name == asks
			}
			found, err := db.Check(t.Context())
			if !refused || err != nil || len(found) == 0 {
				t.Errorf("%s refused: %v; check: %q, %v", asks, refused, found, err)
			}
		})
	}
}
