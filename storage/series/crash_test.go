package series_test

import (
	"bufio"
	"context"
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

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// childStore makes the test binary write to the store at this path until it is killed.
const childStore = "SERIES_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childStore); path != "" {
		fmt.Fprintln(os.Stderr, writeForever(path, os.Stdout))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const crashSeries = 300

var crashStart = time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC)

func crashSlot(n int) time.Time { return crashStart.Add(time.Duration(n) * time.Hour) }

// crashUnits is what slot n says of a series; every seventh transaction corrects
// the slot five before it.
func crashUnits(n, id, last int) int64 {
	v := int64((n*31 + id*7) % 13)
	if by := n + 5; by%7 == 0 && by <= last {
		v += 1000
	}
	return v
}

func crashFrame(n, last int) *series.Columns {
	cols := series.NewColumns(crashSeries)
	for id := range crashSeries {
		cols.Set(series.Units, uint32(id), crashUnits(n, id, last))
		if (n+id)%9 != 0 {
			cols.Set(series.Stock, uint32(id), int64(n+id))
		}
	}
	return cols
}

func openPanels(ctx context.Context, path string) (*storage.DB, *series.Store, error) {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, nil, err
	}
	db, err := storage.Open(ctx, storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, err
	}
	s, err := series.Open(ctx, db, series.Options{Settle: time.Minute})
	return db, s, err
}

// writeForever puts an hour, and a correction now and then, in one transaction,
// reports it, and folds a few steps.
func writeForever(path string, out io.Writer) error {
	ctx := context.Background()
	db, s, err := openPanels(ctx, path)
	if err != nil {
		return err
	}
	shop := testShop()
	n := 0
	if p := s.Panel(shop.ID); p != nil {
		_, slot := p.Now()
		n = int(slot.Start.Sub(crashStart)/time.Hour) + 1
	}
	for ; ; n++ {
		err := db.Update(ctx, func(tx *storage.Tx) error {
			if n == 0 {
				all := make([]series.Series, crashSeries)
				for i := range all {
					all[i] = made(i)
				}
				if _, err := s.Register(tx, shop, all); err != nil {
					return err
				}
			}
			rev := market.Revision(2*n + 1)
			err := s.Put(tx, shop, series.Frame{Revision: rev, Slot: crashSlot(n), Columns: crashFrame(n, n)})
			if n%7 == 0 && n >= 5 {
				err = errors.Join(err, s.Put(tx, shop, series.Frame{Revision: rev + 1, Slot: crashSlot(n - 5), Columns: crashFrame(n-5, n)}))
			}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(out, n)
		for range 3 {
			if _, err := s.Compact(ctx, shop, crashSlot(n)); err != nil {
				return err
			}
		}
	}
}

// TestKill kills a process that puts and folds, again and again: every slot that
// it had reported is there and whole, whatever level it had reached.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	cycles := 12
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		cycles = 200
	}
	rng := rand.New(rand.NewPCG(9, 9))
	acked := -1
	for cycle := range cycles {
		n := killedAfter(t, path, time.Duration(rng.IntN(80_000))*time.Microsecond)
		if n <= acked {
			t.Fatalf("cycle %d: slot %d came after %d", cycle, n, acked)
		}
		acked = n
		if cycle%4 == 3 || cycle == cycles-1 {
			verifyKilled(t, path, acked)
		}
	}
	t.Logf("%d kills, %d slots", cycles, acked+1)
}

// killedAfter starts the child, kills it some time after its first report, and
// returns the last slot that it had reported.
func killedAfter(t *testing.T, path string, after time.Duration) (last int) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childStore+"="+path)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	last = -1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if last < 0 {
			kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			defer kill.Stop()
		}
		if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
			break // cut short by the kill
		}
	}
	_ = cmd.Wait()
	if last < 0 {
		t.Fatalf("the child said nothing: %s", stderr.String())
	}
	return last
}

func verifyKilled(t *testing.T, path string, acked int) {
	t.Helper()
	db, s, err := openPanels(t.Context(), path)
	must(t, err)
	defer func() { s.Close(); must(t, db.Close()) }()
	shop := testShop()
	_, newest := s.Panel(shop.ID).Now()
	last := int(newest.Start.Sub(crashStart) / time.Hour)
	if last < acked {
		t.Fatalf("slot %d was reported, %d is the last", acked, last)
	}
	must(t, db.View(t.Context(), func(tx *storage.Tx) error {
		for n := range last + 1 {
			got, _, err := s.Read(tx, shop.ID, crashSlot(n), 0)
			if err != nil {
				return err
			}
			want := crashFrame(n, last)
			for id := range uint32(crashSeries) {
				for _, c := range []series.Column{series.Units, series.Stock, series.Visits} {
					v, known := got.Value(c, id)
					if x, is := want.Value(c, id); known != is || known && v != x {
						t.Fatalf("slot %d of %d: %v of %d is %d (%v), want %d (%v)", n, last, c, id, v, known, x, is)
					}
				}
			}
		}
		return nil
	}))
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Fatalf("check: %v %v", found, err)
	}
}
