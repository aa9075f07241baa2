package bench

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// kernelStore is a store of n series with some slots in it.
func kernelStore(b *testing.B, n, slots int, fold bool) *run {
	b.Helper()
	r := &run{o: Options{SKUs: n, Seed: 1, Hot: 1, Step: time.Hour, Days: max(1, (slots+23)/24)}, dir: b.TempDir(), shop: benchShop(), next: begin, log: slog.New(slog.DiscardHandler)}
	if err := r.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := r.close(); err != nil {
			b.Error(err)
		}
	})
	r.data, r.hour = benchdata.New(benchdata.Options{SKUs: n, Seed: 1}), benchdata.NewHour(n)
	wr := r.writer()
	if err := wr.register(b.Context(), n); err != nil {
		b.Fatal(err)
	}
	for range slots {
		r.data.Next(r.hour)
		if _, err := wr.put(b.Context(), columnsOf(r.hour)); err != nil {
			b.Fatal(err)
		}
	}
	r.next = wr.next
	for more := fold; more; {
		var err error
		if more, err = r.panels.Compact(b.Context(), r.shop, wr.next.AddDate(0, 0, 9)); err != nil {
			b.Fatal(err)
		}
	}
	return r
}

// perRow reports the time of a row, and the CPU time, which a busy machine
// changes less.
func perRow(b *testing.B, n int, cpu time.Duration) {
	b.Helper()
	rows := float64(b.N) * float64(n)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/rows, "ns/row")
	b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/rows, "cpu-ns/row")
}

func BenchmarkTopN1M(b *testing.B) {
	const n = 1_000_000
	data, hour := benchdata.New(benchdata.Options{SKUs: n, Seed: 1}), benchdata.NewHour(n)
	for range 12 {
		data.Next(hour)
	}
	c := columnsOf(hour)
	b.ResetTimer()
	for b.Loop() {
		if best := topStock(c); len(best) != 50 {
			b.Fatal(len(best))
		}
	}
}

// BenchmarkCommitSnapshot100k stores a slot of 100,000 series, durably.
func BenchmarkCommitSnapshot100k(b *testing.B) {
	const n = 100_000
	r := kernelStore(b, n, 2, false)
	wr := r.writer()
	ready := r.prepare(4)
	i, cpu := 0, cpuTime()
	for b.Loop() {
		if _, err := wr.put(b.Context(), ready[i%len(ready)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	perRow(b, n, cpu)
}

// BenchmarkEncodeSnapshot makes a slot of one block of 8,192 series and takes
// it back, so that the disk is not waited for.
func BenchmarkEncodeSnapshot(b *testing.B) {
	const n = 8192
	r := kernelStore(b, n, 2, false)
	ready := r.prepare(4)
	back := errors.New("taken back")
	i, cpu := 0, cpuTime()
	for b.Loop() {
		err := r.db.Update(b.Context(), func(tx *storage.Tx) error {
			frame := series.Frame{Revision: tx.Revision() + 1, Slot: r.next, Step: time.Hour, State: market.Complete, Columns: ready[i%len(ready)]}
			return errors.Join(r.panels.Put(tx, r.shop, frame), back)
		})
		if !errors.Is(err, back) {
			b.Fatal(err)
		}
		i++
	}
	perRow(b, n, cpu)
}

// BenchmarkDecodeSnapshot reads all columns of a slot of 8,192 series.
func BenchmarkDecodeSnapshot(b *testing.B) {
	const n = 8192
	r := kernelStore(b, n, 30, false)
	cpu := cpuTime()
	for b.Loop() {
		err := r.db.View(b.Context(), func(tx *storage.Tx) error {
			_, _, err := r.panels.Read(tx, r.shop.ID, r.next.Add(-time.Hour), 0)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, n, cpu)
}

// BenchmarkSeriesWeek reads a week of one series that has been folded.
func BenchmarkSeriesWeek(b *testing.B) {
	r := kernelStore(b, 8192, 7*24, true)
	id := uint32(0)
	for b.Loop() {
		if _, err := r.readLine(b.Context(), id%8192, 7, nil); err != nil {
			b.Fatal(err)
		}
		id += 257
	}
}

// BenchmarkDigest100k sums three days by category and channel.
func BenchmarkDigest100k(b *testing.B) {
	r := kernelStore(b, 100_000, 5*24, true)
	for b.Loop() {
		if _, err := r.oneDigest(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommitSmall commits one small record, durably.
func BenchmarkCommitSmall(b *testing.B) {
	_, db, panels, err := openStore(b.Context(), filepath.Join(b.TempDir(), "small.db"), bolt.Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	defer panels.Close()
	for b.Loop() {
		err := db.Update(b.Context(), func(tx *storage.Tx) error { return tx.PutCursor("bench", []byte("1")) })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommands are those of W6, on a store whose last two days are not
// folded yet.
func BenchmarkCommands(b *testing.B) {
	r := kernelStore(b, 262144, 9*24+20, false)
	for more := true; more; {
		var err error
		if more, err = r.panels.Compact(b.Context(), r.shop, r.next); err != nil {
			b.Fatal(err)
		}
	}
	for i := range commandMix {
		c := &commandMix[i]
		b.Run(c.name, func(b *testing.B) {
			pick, cpu := uint64(0), cpuTime()
			for b.Loop() {
				if err := r.command(b.Context(), c, pick); err != nil {
					b.Fatal(err)
				}
				pick += 257
			}
			b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}

// BenchmarkFirstQuestion asks each command of W6 as the first of its kind after a
// slot: what others have computed before it is of no use any more.
func BenchmarkFirstQuestion(b *testing.B) {
	const days = 9
	r := kernelStore(b, 262144, days*24+2, false)
	fold := func() {
		for more := true; more; {
			var err error
			if more, err = r.panels.Compact(b.Context(), r.shop, r.next); err != nil {
				b.Fatal(err)
			}
		}
	}
	fold()
	ready := r.prepare(6)
	for i := range commandMix {
		c := &commandMix[i]
		b.Run(c.name, func(b *testing.B) {
			if err := r.command(b.Context(), c, 0); err != nil {
				b.Fatal(err)
			}
			wr := r.writer()
			cpu, worst, n := time.Duration(0), time.Duration(0), 0
			for b.Loop() {
				b.StopTimer()
				if _, err := wr.put(b.Context(), ready[n%len(ready)]); err != nil {
					b.Fatal(err)
				}
				r.next = wr.next
				fold()
				before := cpuTime()
				b.StartTimer()
				if err := r.command(b.Context(), c, 0); err != nil {
					b.Fatal(err)
				}
				took := cpuTime() - before
				cpu, worst = cpu+took, max(worst, took)
				n++
			}
			b.ReportMetric(float64(worst.Nanoseconds())/1e6, "worst-cpu-ms")
			b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}

// BenchmarkListing100k reads a listing of 100,000 items from a server in the same
// process as the product does, page after page.
func BenchmarkListing100k(b *testing.B) {
	const n = 100_000
	pages, err := newPageServer(1, n)
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(pages)
	defer srv.Close()
	r := &run{o: Options{Seed: 1}, shop: benchShop()}
	cpu := cpuTime()
	for b.Loop() {
		if err := r.scanListing(b.Context(), srv.URL, "no", 1, n); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, n, cpu)
}
