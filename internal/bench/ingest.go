package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// writer puts slot after slot into a store.
type writer struct {
	db     *storage.DB
	panels *series.Store
	shop   *market.Shop
	step   time.Duration
	next   time.Time
}

// put stores one slot as the collecting job does.
func (w *writer) put(ctx context.Context, c *series.Columns) (took taken, err error) {
	began := time.Now()
	end := w.next.Add(w.step)
	frame := series.Frame{Slot: w.next, Step: w.step, State: market.Complete, Columns: c}
	if err := w.panels.Prepare(ctx, w.shop, &frame); err != nil {
		return took, err
	}
	took.prepared = time.Since(began)
	var ready time.Time
	err = w.db.Update(ctx, func(tx *storage.Tx) error {
		rev, err := tx.PutManifest(w.shop, market.Snapshot{
			Source: "bench", Table: "panel", Shop: w.shop.ID, PulledAt: end, State: market.Complete,
			Window: market.Window{Start: w.next, End: end}, Watermark: end,
		}, nil)
		if err != nil {
			return err
		}
		frame.Revision = rev
		err = w.panels.Put(tx, w.shop, frame)
		ready = time.Now()
		return err
	})
	w.next = w.next.Add(w.step)
	took.whole, took.commit = time.Since(began), time.Since(ready)
	took.transaction = took.whole - took.prepared
	return took, err
}

// taken is how long a slot took: all of it, what was done before the transaction,
// the transaction, for which every other writer waits, and of it the commit.
type taken struct{ whole, prepared, transaction, commit time.Duration }

// register names the series of a new panel, some at a time.
func (w *writer) register(ctx context.Context, n int) error {
	const some = 100_000
	return w.db.Update(ctx, func(tx *storage.Tx) error {
		if err := w.panels.Begin(tx, w.shop, w.step); err != nil {
			return err
		}
		for from := 0; from < n; from += some {
			if _, err := w.panels.Register(tx, w.shop, items(w.shop, from, min(some, n-from))); err != nil {
				return err
			}
		}
		return nil
	})
}

// columnsOf copies an hour into columns.
func columnsOf(h *benchdata.Hour) *series.Columns {
	c := series.NewColumns(h.Len())
	copy(c.Int32s(series.Price), h.Price)
	copy(c.Int32s(series.RivalPrice), h.Rival)
	copy(c.Int32s(series.Stock), h.Stock)
	copy(c.Int32s(series.Units), h.Units)
	copy(c.Int32s(series.Orders), h.Orders)
	copy(c.Int64s(), h.GMV)
	copy(c.Int32s(series.Visits), h.Visits)
	copy(c.Int32s(series.Carts), h.Carts)
	copy(c.Int32s(series.Complaints), h.Complaints)
	copy(c.Int32s(series.Refunds), h.Refunds)
	for col := range series.Column(series.Width) {
		clear(*c.Null(col)) // everything is known
	}
	return c
}

// ingest is W1 and W2: slot after slot of the whole catalogue, and after each
// day what there is to fold.
func (b *run) ingest(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W1", Name: "ingest and compaction"}
	if err := b.open(ctx); err != nil {
		return w, err
	}
	b.data = benchdata.New(benchdata.Options{SKUs: b.o.SKUs, Seed: b.o.Seed, Hot: b.o.Hot, PerHour: int(time.Hour / b.o.Step)})
	b.hour = benchdata.NewHour(b.o.SKUs)
	wr := b.writer()
	if err := wr.register(ctx, b.o.SKUs); err != nil {
		return w, err
	}
	var in ingested
	disk := written()
	for day := range b.o.Days {
		b.o.Progress(fmt.Sprintf("W1 day %d of %d", day+1, b.o.Days))
		if err := b.day(ctx, wr, &in); err != nil {
			return w, err
		}
	}
	b.next = wr.next
	in.disk = written() - disk
	in.report(&w, b.o)
	b.reference(&w, in.payload)
	return w, b.sizes(ctx, &w, in.disk)
}

func (b *run) writer() *writer {
	return &writer{db: b.db, panels: b.panels, shop: b.shop, step: b.o.Step, next: b.next}
}

// ingested is what ingest measures.
type ingested struct {
	rows              int
	wall, cpu         time.Duration
	whole, commit     []time.Duration
	transaction       []time.Duration
	folded            time.Duration // CPU of compaction
	steps             []time.Duration
	peak, first, last int64 // anonymous memory: most, after day 2, at the end
	disk, payload     int64
	days              int
}

// day puts the slots of one day and folds what has settled.
func (b *run) day(ctx context.Context, wr *writer, in *ingested) error {
	slots := int(24 * time.Hour / b.o.Step)
	for range slots {
		b.data.Next(b.hour)
		c := columnsOf(b.hour)
		stop := watchMemory(ctx)
		cpu := cpuTime()
		disk := written()
		took, err := wr.put(ctx, c)
		in.peak = max(in.peak, stop())
		if err != nil {
			return err
		}
		in.cpu += cpuTime() - cpu
		in.payload += written() - disk
		in.wall += took.whole
		in.whole, in.transaction, in.commit = append(in.whole, took.whole), append(in.transaction, took.transaction), append(in.commit, took.commit)
		in.rows += b.o.SKUs
	}
	stop := watchMemory(ctx)
	cpu := cpuTime()
	for more := true; more; {
		began := time.Now()
		var err error
		if more, err = b.panels.Compact(ctx, b.shop, wr.next); err != nil {
			return err
		}
		in.steps = append(in.steps, time.Since(began))
	}
	in.folded += cpuTime() - cpu
	in.peak = max(in.peak, stop())
	in.days++
	runtime.GC()
	in.last = anonymous()
	if in.days == 2 {
		in.first = in.last
	}
	return nil
}

func (in *ingested) report(w *Workload, o Options) {
	rows := float64(in.rows)
	w.add("rows", rows, "")
	w.add("rows a second", rows/in.wall.Seconds()/1e6, "M/s")
	w.add("CPU a row", float64(in.cpu.Nanoseconds())/rows, "ns")
	w.add("rows a second of one core", rows/in.cpu.Seconds()/1e6, "M/s")
	w.spread("slot", in.whole)
	w.spread("transaction of a slot", in.transaction)
	w.add("transaction of a slot max", quantile(in.transaction, 1), "ms")
	w.spread("commit", in.commit)
	w.add("commit max", quantile(in.commit, 1), "ms")
	w.add("written a slot", float64(in.payload)/float64(len(in.whole))/1e6, "MB")
	w.add("compaction CPU a row", float64(in.folded.Nanoseconds())/rows, "ns")
	w.spread("compaction step", in.steps)
	w.add("compaction step max", quantile(in.steps, 1), "ms")
	w.add("memory peak", float64(in.peak)/1e6, "MB")
	w.add("memory a row", float64(in.peak-ownMemory(o))/float64(o.SKUs), "B")
	if in.first > 0 {
		w.add("memory growth from day 2", 100*float64(in.last-in.first)/float64(in.first), "%")
	}
}

// ownMemory is what the generator holds, which is no part of the product.
func ownMemory(o Options) int64 { return int64(o.SKUs) * (25 + 44) }

// reference writes the bytes of a slot as plain appends with a sync: what the
// disk alone would take.
func (b *run) reference(w *Workload, payload int64) {
	size := payload / int64(max(1, b.o.Days*int(24*time.Hour/b.o.Step)))
	if size <= 0 {
		return
	}
	f, err := os.CreateTemp(b.dir, "append")
	if err != nil {
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := noise(int(size))
	var times []time.Duration
	for range 11 {
		began := time.Now()
		if _, err := f.Write(block); err != nil {
			return
		}
		if err := f.Sync(); err != nil {
			return
		}
		times = append(times, time.Since(began))
	}
	plain := quantile(times, 0.5)
	w.add("plain append of a slot's bytes p50", plain, "ms")
	if commit := quantileOf(w, "commit p50"); plain > 0 {
		w.add("commit to plain append", commit/plain, "x")
	}
}

func quantileOf(w *Workload, name string) float64 {
	for _, f := range w.Figures {
		if f.Name == name {
			return f.Value
		}
	}
	return math.NaN()
}

// tiers are the levels of the panel's spaces by a part of their name.
var tiers = []struct{ name, part string }{
	{"slots", "/slot/"}, {"days", "/day/"}, {"weeks", "/week/"}, {"rollups", "/rollup/"}, {"months", "/month/"}, {"cubes", "cube"},
}

// sizes measures what is stored, by level, per sample.
func (b *run) sizes(ctx context.Context, w *Workload, disk int64) error {
	bytes, held := map[string]int64{}, map[string]int{}
	err := b.db.View(ctx, func(tx *storage.Tx) error {
		spaces, err := tx.Spaces("series")
		if err != nil {
			return err
		}
		for _, name := range spaces {
			tier := "other"
			for _, t := range tiers {
				if strings.Contains(name, t.part) {
					tier = t.name
				}
			}
			held[tier]++
			err := tx.Space(name).Scan(storage.Range{}, func(key, payload []byte) (bool, error) {
				bytes[tier] += int64(len(key) + len(payload))
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	health, err := b.engine.Health(ctx, false)
	if err != nil {
		return err
	}
	slots := float64(24 * time.Hour / b.o.Step)
	perDay := float64(b.o.SKUs) * slots * series.Width
	days := map[string]float64{"slots": 1, "days": 1, "weeks": 7}
	for _, t := range tiers {
		if held[t.name] == 0 {
			continue
		}
		w.add(t.name+" stored", float64(bytes[t.name])/1e6, "MB")
		if n := days[t.name]; n > 0 {
			w.add(t.name+" bytes a sample", float64(bytes[t.name])/(perDay*n*float64(held[t.name])), "B")
		} else {
			w.add(t.name+" bytes a row and day", float64(bytes[t.name])/float64(b.o.SKUs)/float64(b.o.Days), "B")
		}
	}
	w.add("file", float64(health.Bytes)/1e6, "MB")
	w.add("file in use", float64(health.Bytes-health.Free)/1e6, "MB")
	w.add("file bytes a sample, everything", float64(health.Bytes-health.Free)/(perDay*float64(b.o.Days)), "B")
	w.add("entropy bytes a sample", entropy(b.o), "B")
	if disk > 0 {
		w.add("written to file size", float64(disk)/float64(health.Bytes), "x")
	}
	return nil
}

// entropy is the order-0 entropy of the values in bytes per sample: readings as
// differences to the hour before, the others as they are. Nothing that codes
// value by value stores less.
func entropy(o Options) float64 {
	n := min(o.SKUs, 100_000)
	s := benchdata.New(benchdata.Options{SKUs: n, Seed: o.Seed, Hot: o.Hot, PerHour: int(time.Hour / o.Step)})
	cur, prev := benchdata.NewHour(n), benchdata.NewHour(n)
	s.Next(prev)
	var counts [series.Width]map[int64]int
	for c := range counts {
		counts[c] = map[int64]int{}
	}
	slots := int(24 * time.Hour / o.Step)
	for range slots {
		s.Next(cur)
		for i := range n {
			a, b := prev.Row(i), cur.Row(i)
			for c, v := range b {
				if series.Column(c).Gauge() {
					v -= a[c]
				}
				counts[c][v]++
			}
		}
		cur, prev = prev, cur
	}
	bits, total := 0.0, float64(n*slots)
	for _, m := range counts {
		for _, k := range m {
			bits += float64(k) * math.Log2(total/float64(k))
		}
	}
	return bits / 8 / total / series.Width
}
