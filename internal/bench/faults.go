package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// faults is W8: a process that writes is killed again and again, files are
// damaged, and the disk fills up.
func (b *run) faults(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W8", Name: "faults"}
	if err := b.kills(ctx, &w); err != nil {
		return w, err
	}
	if err := b.flips(ctx, &w); err != nil {
		return w, err
	}
	return w, b.full(ctx, &w)
}

// faultSeries is how many series the stores of W8 have.
const faultSeries = 10_000

// faultStore is a store whose slots are those of the generator, so that whoever
// opens it can tell what each must hold.
type faultStore struct {
	db     *storage.DB
	panels *series.Store
	engine *bolt.Engine
	wr     *writer
	data   *benchdata.Shop
	hour   *benchdata.Hour
	made   int // hours the generator has made
}

func openFaults(ctx context.Context, path string, o bolt.Options) (*faultStore, error) {
	engine, db, panels, err := openStore(ctx, path, o, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	f := &faultStore{
		db: db, panels: panels, engine: engine,
		wr:   &writer{db: db, panels: panels, shop: benchShop(), step: time.Hour, next: begin},
		data: benchdata.New(benchdata.Options{SKUs: faultSeries, Seed: 9}), hour: benchdata.NewHour(faultSeries),
	}
	if p := panels.Panel(f.wr.shop.ID); p == nil || p.Len() < faultSeries {
		if err := f.wr.register(ctx, faultSeries); err != nil {
			return nil, errors.Join(err, f.close())
		}
	} else if c, slot := p.Now(); c != nil {
		f.wr.next = slot.Start.Add(time.Hour)
	}
	return f, nil
}

func (f *faultStore) close() error {
	f.panels.Close()
	return f.db.Close()
}

// stored is how many slots have been written.
func (f *faultStore) stored() int { return int(f.wr.next.Sub(begin) / time.Hour) }

// columns makes the columns of slot n; slots must be asked for in order.
func (f *faultStore) columns(n int) *series.Columns {
	for ; f.made <= n; f.made++ {
		f.data.Next(f.hour)
	}
	return columnsOf(f.hour)
}

// childWrite writes slots for ever and says the number of each that is durable.
func childWrite(ctx context.Context, path string, out io.Writer) error {
	f, err := openFaults(ctx, path, bolt.Options{})
	if err != nil {
		return err
	}
	for {
		n := f.stored()
		if _, err := f.wr.put(ctx, f.columns(n)); err != nil {
			return err
		}
		fmt.Fprintln(out, n)
		for more := true; more; {
			if more, err = f.panels.Compact(ctx, f.wr.shop, f.wr.next); err != nil {
				return err
			}
		}
	}
}

// killsOfFile is how often a writer of one file is killed: with about a month in it.
// Both sides make its data anew each time, from the first slot on.
const killsOfFile = 40

// kills starts a writer, kills it at a random moment and looks at what is there.
func (b *run) kills(ctx context.Context, w *Workload) error {
	r := rand.New(rand.NewPCG(9, 9))
	total, lost, wrong := b.o.pick(40, 8), 0, 0
	if b.o.Full {
		total = 200
	}
	var reopen []time.Duration
	for i := range total {
		path := filepath.Join(b.dir, fmt.Sprintf("kill-%d.db", i/killsOfFile))
		acked, err := b.killOne(ctx, path, time.Duration(r.IntN(400))*time.Millisecond)
		if err != nil {
			return err
		}
		began := time.Now()
		f, err := openFaults(ctx, path, bolt.Options{})
		if err != nil {
			return fmt.Errorf("open after a kill: %w", err)
		}
		reopen = append(reopen, time.Since(began))
		if f.stored() <= acked {
			lost++
		}
		bad, err := f.verify(ctx)
		wrong += bad
		if err = errors.Join(err, f.close()); err != nil {
			return err
		}
	}
	w.add("kill -9", float64(total), "")
	w.add("slots lost that had been confirmed", float64(lost), "")
	w.add("faults found after a kill", float64(wrong), "")
	w.spread("reopen after a kill", reopen)
	return nil
}

// killOne runs a writer for a while after its first slot and kills it. It
// returns the last slot that was confirmed.
func (b *run) killOne(ctx context.Context, path string, after time.Duration) (acked int, err error) {
	c, err := b.child(ctx, "write", path)
	if err != nil {
		return 0, err
	}
	said := make(chan int)
	go func() {
		defer close(said)
		for {
			text, err := c.line()
			if err != nil {
				return // it was killed
			}
			if n, err := strconv.Atoi(text); err == nil {
				said <- n
			}
		}
	}()
	acked, ok := <-said // a slow start is no test
	if !ok {
		return 0, errors.New("the writer ended before its first slot")
	}
	kill := time.After(after)
	for {
		select {
		case n, ok := <-said:
			if !ok {
				return acked, fmt.Errorf("the writer ended by itself after slot %d", acked)
			}
			acked = n
		case <-kill:
			if err := c.kill(); err != nil {
				return acked, err
			}
			for n := range said { // said before it died
				acked = n
			}
			c.stop()
			return acked, nil
		}
	}
}

// verify compares the last two slots, and one of the first day, with the
// generator, and checks the structure of the file. It counts what is wrong.
func (f *faultStore) verify(ctx context.Context) (wrong int, err error) {
	health, err := f.engine.Health(ctx, true)
	if err != nil {
		return 0, err
	}
	wrong = len(health.Findings)
	n := f.stored()
	for _, slot := range slices.Compact([]int{0, max(0, n-2), max(0, n-1)}) {
		c := f.columns(slot)
		err := f.db.View(ctx, func(tx *storage.Tx) error {
			got, _, err := f.panels.Read(tx, f.wr.shop.ID, begin.Add(time.Duration(slot)*time.Hour), 0)
			if err == nil && !same(got, c) {
				wrong++
			}
			return err
		})
		if err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// same reports whether two columns hold the same.
func same(a, b *series.Columns) bool {
	for col := range series.Column(series.Width) {
		for i := range uint32(b.Len()) {
			x, okX := a.Value(col, i)
			y, okY := b.Value(col, i)
			if x != y || okX != okY {
				return false
			}
		}
	}
	return true
}

// childRead reads everything of a store that may be damaged and says "right",
// "refused" or "wrong".
func childRead(ctx context.Context, path string, out io.Writer) error {
	f, err := openFaults(ctx, path, bolt.Options{})
	if err != nil {
		fmt.Fprintln(out, "refused")
		return nil //nolint:nilerr // a refusal is an answer
	}
	verdict := "right"
	for slot := range f.stored() {
		want := f.columns(slot)
		err := f.db.View(ctx, func(tx *storage.Tx) error {
			got, _, err := f.panels.Read(tx, f.wr.shop.ID, begin.Add(time.Duration(slot)*time.Hour), 0)
			if err == nil && !same(got, want) {
				verdict = "wrong"
			}
			return err
		})
		if err != nil && verdict != "wrong" {
			verdict = "refused"
		}
	}
	fmt.Fprintln(out, verdict)
	return nil
}

// flips damages copies of a store, one byte or a few at a time, and has another
// process read them: whatever it says must be right, or refused.
func (b *run) flips(ctx context.Context, w *Workload) error {
	path := filepath.Join(b.dir, "flip.db")
	f, err := openFaults(ctx, path, bolt.Options{})
	if err != nil {
		return err
	}
	for n := range 60 { // two days and a half: slots, a day, a rollup
		if _, err = f.wr.put(ctx, f.columns(n)); err != nil {
			return errors.Join(err, f.close())
		}
	}
	for more := true; more && err == nil; {
		more, err = f.panels.Compact(ctx, f.wr.shop, f.wr.next)
	}
	if err = errors.Join(err, f.close()); err != nil {
		return err
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(10, 10))
	counts := map[string]int{}
	total := b.o.pick(100, 10)
	for range total {
		verdict, err := b.flipOne(ctx, whole, r)
		if err != nil {
			return err
		}
		counts[verdict]++
	}
	w.add("damaged files", float64(total), "")
	w.add("of these read right", float64(counts["right"]), "")
	w.add("of these refused", float64(counts["refused"]), "")
	w.add("wrong answers", float64(counts["wrong"]), "")
	w.add("crashes", float64(counts["crashed"]), "")
	return nil
}

func (b *run) flipOne(ctx context.Context, whole []byte, r *rand.Rand) (string, error) {
	damaged := append([]byte(nil), whole...)
	for range 1 + r.IntN(4) {
		damaged[r.IntN(len(damaged))] ^= byte(1 << r.IntN(8))
	}
	path := filepath.Join(b.dir, "flipped.db")
	defer os.Remove(path)
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		return "", err
	}
	c, err := b.child(ctx, "read", path)
	if err != nil {
		return "", err
	}
	defer c.stop()
	verdict, err := c.line()
	if err != nil {
		return "crashed", nil // it has said nothing before it ended
	}
	return verdict, nil
}

// full writes until a bounded file is full and reads what had been confirmed.
func (b *run) full(ctx context.Context, w *Workload) error {
	path := filepath.Join(b.dir, "full.db")
	f, err := openFaults(ctx, path, bolt.Options{MaxSize: 12 << 20})
	if err != nil {
		return err
	}
	for err == nil {
		_, err = f.wr.put(ctx, f.columns(f.stored()))
	}
	refused := errors.Is(err, storage.ErrFull)
	if !refused {
		return errors.Join(err, f.close())
	}
	if err := f.close(); err != nil {
		return err
	}
	if f, err = openFaults(ctx, path, bolt.Options{}); err != nil {
		return fmt.Errorf("open a full store with more room: %w", err)
	}
	wrong, err := f.verify(ctx)
	w.add("slots before the disk was full", float64(f.stored()), "")
	w.add("faults found after the disk was full", float64(wrong), "")
	return errors.Join(err, f.close())
}
