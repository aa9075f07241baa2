package storage_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// childStore makes the test binary work on the store at this path until it is
// killed; childWork says at what, "write" unless it is set.
const (
	childStore = "STORAGE_TEST_CHILD"
	childWork  = "STORAGE_TEST_WORK"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childStore); path != "" {
		work := works[os.Getenv(childWork)]
		if work == nil {
			work = writeForever
		}
		err := work(path, os.Stdout)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// written is what the child says after a commit.
type written struct {
	Orders, Stock market.Revision
	N             int
}

// writeForever stores numbered pulls, alerts and messages, and reports each
// transaction after it has been committed.
func writeForever(path string, out io.Writer) error {
	ctx := context.Background()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	db, err := storage.Open(ctx, storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	for {
		w, err := storeNext(ctx, db)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(w); err != nil {
			return err
		}
	}
}

// storeNext stores the pulls, the alert and the message of the next number.
func storeNext(ctx context.Context, db *storage.DB) (w written, err error) {
	err = db.Update(ctx, func(tx *storage.Tx) error {
		w.N = int(tx.Revision()/2) + 1
		var err1, err2 error
		w.Orders, err1 = tx.PutPull(testShop(), crashOrders(w.N))
		w.Stock, err2 = tx.PutPull(testShop(), crashStock(w.N))
		id := fmt.Sprint("a", w.N)
		_, err3 := tx.Enqueue(outbox.Entry{Key: "alert/" + id, Act: chat.Post})
		return errors.Join(err1, err2, err3, tx.PutAlert(alert.Alert{ID: id, Fingerprint: id, Shop: testShop().ID, State: alert.Firing}))
	})
	return w, err
}

// crashOrders is the n-th pull of orders: ten lines of which half are new
// versions of lines of the pull before.
func crashOrders(n int) market.Pull {
	p := orderPull(testShop().Start(day0).UnixMilli()+int64(n)*step, nil)
	p.Rows = market.NewBatch(market.OrderLines, 10)
	for k := range 10 {
		i := p.Rows.Append()
		p.Rows.SetText(i, 0, fmt.Sprint("order", n*5+k))
		p.Rows.SetText(i, 1, "1")
		p.Rows.SetInt(i, 2, int64(n))
		p.Rows.SetInt(i, p.Rows.Table.MustCol("placed_at"), testShop().Start(day0+market.Day((n*5+k)/500)).UnixMilli())
	}
	return p
}

func crashStock(n int) market.Pull {
	b := market.NewBatch(market.Inventory, 300)
	for k := range 300 {
		i := b.Append()
		b.SetText(i, 0, fmt.Sprint("SKU-", k))
		b.SetText(i, 1, "tmall")
		b.SetInt(i, 3, int64(n*(k%7)))
	}
	return stockPull(testShop().Start(day0).Add(time.Duration(n)*time.Minute), "stock", b)
}

// TestKill kills a writing process again and again: whatever it had reported is
// there and whole, and what it had not is there as a whole or not at all.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	acked, rng := 0, rand.New(rand.NewPCG(1, 1))
	cycles := 30
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		cycles = 200
	}
	for cycle := range cycles {
		w := runAndKill(t, path, time.Duration(rng.IntN(60*1000))*time.Microsecond)
		if w.N <= acked {
			t.Fatalf("cycle %d: transaction %d came after %d", cycle, w.N, acked)
		}
		acked = max(acked, w.N)
		if cycle%5 == 4 {
			verifyCrashed(t, path, acked)
		}
	}
	if acked < cycles {
		t.Errorf("only %d transactions were written", acked)
	}
	t.Logf("%d kills, %d transactions", cycles, acked)
}

// runAndKill starts the child and kills it some time after its first report.
func runAndKill(t *testing.T, path string, after time.Duration) (last written) {
	t.Helper()
	return killWork(t, path, "", after)
}

func killWork(t *testing.T, path, work string, after time.Duration) (last written) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childStore+"="+path, childWork+"="+work)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var kill *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if kill == nil {
			kill = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			defer kill.Stop()
		}
		if json.Unmarshal(lines.Bytes(), &last) != nil {
			break // the last line may be cut by the kill
		}
	}
	if err := cmd.Wait(); stderr.Len() > 0 {
		t.Fatalf("child: %v: %s", err, stderr.String())
	}
	return last
}

func verifyCrashed(t *testing.T, path string, acked int) {
	t.Helper()
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, db)
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Fatalf("check: %q, %v", found, err)
	}
	view(t, db, func(tx *storage.Tx) error {
		n := int(tx.Revision() / 2)
		if n < acked || tx.Revision()%2 != 0 {
			t.Errorf("revision %d, but transaction %d was reported", tx.Revision(), acked)
		}
		got, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Window: testShop().Window(day0, day0+900)})
		rows := 0
		for _, b := range got {
			rows += b.Len()
		}
		if err != nil || rows != 5*n+5 {
			t.Errorf("%d orders after %d pulls, %v", rows, n, err)
		}
		_, stock, found, err := tx.State(testShop().ID, market.Inventory, testShop().Start(day0+900), 0)
		if !found || err != nil || stock.Column("available").Ints[6] != int64(6*n) {
			t.Errorf("stock: %v, %v", found, err)
		}
		open, err1 := tx.OpenAlerts(testShop().ID)
		undone, err2 := tx.Undone()
		if len(open) != n || len(undone) != n {
			t.Errorf("%d alerts and %d messages, want %d", len(open), len(undone), n)
		}
		return errors.Join(err1, err2)
	})
}

// TestLocked: a second process is told who has the store.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childStore+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("child wrote nothing")
	}
	_, err = bolt.Open(path, bolt.Options{Timeout: 100 * time.Millisecond})
	if !errors.Is(err, storage.ErrLocked) {
		t.Fatalf("open = %v", err)
	}
	for _, want := range []string{path, fmt.Sprint("process ", cmd.Process.Pid), filepath.Base(exe)} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("message %q does not name %s", err, want)
		}
	}
	if !lines.Scan() {
		t.Error("the holder was disturbed")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	// The note that the dead holder left behind does not stand in the way.
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path + ".owner"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the note of the holder is left: %v", err)
	}
}
