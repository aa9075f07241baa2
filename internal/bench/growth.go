package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// growth is G11: what a row costs in a small and in a large catalogue, and
// whether a file with a fixed retention stops growing.
func (b *run) growth(ctx context.Context) (Workload, error) {
	w := Workload{ID: "G11", Name: "growth"}
	large := 2 * b.o.SKUs
	if b.o.Quick || b.o.Full {
		large = 4 * b.o.SKUs
	}
	small := max(500, large/40)
	few, err := b.costOf(ctx, small)
	if err != nil {
		return w, err
	}
	many, err := b.costOf(ctx, large)
	if err != nil {
		return w, err
	}
	w.add(fmt.Sprintf("CPU a row at %d series", small), few, "ns")
	w.add(fmt.Sprintf("CPU a row at %d series", large), many, "ns")
	w.add("CPU a row, large to small", many/few, "x")
	return w, b.retention(ctx, &w)
}

// costOf is the CPU of a row in ns: the median over some slots of a new store.
func (b *run) costOf(ctx context.Context, n int) (float64, error) {
	path := filepath.Join(b.dir, "cost.db")
	defer os.Remove(path)
	_, db, panels, err := openStore(ctx, path, bolt.Options{}, b.log)
	if err != nil {
		return 0, err
	}
	wr := &writer{db: db, panels: panels, shop: b.shop, step: time.Hour, next: begin}
	var times []time.Duration
	err = wr.register(ctx, n)
	data, hour := benchdata.New(benchdata.Options{SKUs: n, Seed: b.o.Seed, Hot: b.o.Hot}), benchdata.NewHour(n)
	for slot := 0; slot < 6 && err == nil; slot++ {
		data.Next(hour)
		c := columnsOf(hour)
		cpu := cpuTime()
		_, err = wr.put(ctx, c)
		if slot > 0 { // the first is whole, the others are differences
			times = append(times, cpuTime()-cpu)
		}
	}
	panels.Close()
	return quantile(times, 0.5) * 1e6 / float64(n), errors.Join(err, db.Close())
}

// Days and cubes are dropped by the month and slots by the week, so the file is
// compared at the same date of two months, both long after the first drop.
const (
	settled = 70 // 9 August
	later   = 101
)

// retention keeps a week and compares the file a month apart.
func (b *run) retention(ctx context.Context, w *Workload) error {
	n, keep := b.o.pick(20_000, 2_000), 7
	path := filepath.Join(b.dir, "keep.db")
	defer os.Remove(path)
	engine, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	db, err := openDB(ctx, engine, b.log)
	if err != nil {
		return err
	}
	age := time.Duration(keep) * 24 * time.Hour
	panels, err := series.Open(ctx, db, series.Options{Ages: series.Ages{Slots: age, Days: age, Cubes: age}})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	wr := &writer{db: db, panels: panels, shop: b.shop, step: time.Hour, next: begin}
	data, hour := benchdata.New(benchdata.Options{SKUs: n, Seed: b.o.Seed, Hot: b.o.Hot}), benchdata.NewHour(n)
	err = wr.register(ctx, n)
	var after [2]int64
	for day := 1; day <= later && err == nil; day++ {
		err = keepDay(ctx, wr, data, hour)
		switch day {
		case settled:
			after[0] = fileSize(path)
		case later:
			after[1] = fileSize(path)
		}
	}
	panels.Close()
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	w.add("file after 70 days, a week kept", float64(after[0])/1e6, "MB")
	w.add("file after 101 days", float64(after[1])/1e6, "MB")
	w.add("file growth with fixed retention", 100*float64(after[1]-after[0])/float64(after[0]), "%")
	return nil
}

// keepDay writes a day, folds and forgets.
func keepDay(ctx context.Context, wr *writer, data *benchdata.Shop, hour *benchdata.Hour) error {
	for range 24 {
		data.Next(hour)
		if _, err := wr.put(ctx, columnsOf(hour)); err != nil {
			return err
		}
	}
	for more := true; more; {
		var err error
		if more, err = wr.panels.Compact(ctx, wr.shop, wr.next); err != nil {
			return err
		}
	}
	_, err := wr.panels.Prune(ctx, wr.shop, wr.next)
	return err
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
