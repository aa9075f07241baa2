package series_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// hours makes frames with the skew of a shop: of all items in an hour 39 % are
// visited, 13 % put into a cart and 5 % sold, and few prices change.
func hours(n, count int) []*series.Columns {
	r := rand.New(rand.NewPCG(1, 1))
	out := make([]*series.Columns, count)
	for h := range out {
		cols := series.NewColumns(n)
		for c := range series.Column(series.Width) {
			cols.SetKnown(c)
		}
		for i := range uint32(n) {
			for c, share := range map[series.Column]float64{series.Price: .004, series.RivalPrice: .009, series.Stock: .075} {
				if h > 0 && r.Float64() > share {
					old, _ := out[h-1].Value(c, i)
					cols.Set(c, i, old)
				} else {
					cols.Set(c, i, int64(r.ExpFloat64()*5000))
				}
			}
			for c, share := range map[series.Column]float64{series.Visits: .39, series.Carts: .13, series.Units: .05} {
				if r.Float64() < share {
					cols.Set(c, i, 1+int64(r.ExpFloat64()*2))
				}
			}
			units, _ := cols.Value(series.Units, i)
			price, _ := cols.Value(series.Price, i)
			cols.Set(series.Orders, i, units)
			cols.Set(series.GMV, i, units*price)
		}
		out[h] = cols
	}
	return out
}

const benchSeries = 8 * 8192

var benchStart = time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC)

// filled is a store with some hours.
func filled(b *testing.B, frames []*series.Columns, count int) *world {
	b.Helper()
	w := onDisk(b, series.Options{Settle: time.Minute})
	w.register(benchSeries)
	for h := range count {
		putHour(w, frames, h)
	}
	return w
}

func putHour(w *world, frames []*series.Columns, h int) {
	w.update(func(tx *storage.Tx) error {
		return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(h + 1), Slot: benchStart.Add(time.Duration(h) * time.Hour), Columns: frames[h%len(frames)]})
	})
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

// BenchmarkPut is from columns to durable.
func BenchmarkPut(b *testing.B) {
	frames := hours(benchSeries, 8)
	w := filled(b, frames, 1)
	h := 1
	for b.Loop() {
		putHour(w, frames, h)
		h++
	}
	perRow(b, benchSeries)
}

// BenchmarkCompactDay folds the slots of a day, with its rollup.
func BenchmarkCompactDay(b *testing.B) {
	frames := hours(benchSeries, 8)
	for b.Loop() {
		b.StopTimer()
		w := filled(b, frames, 24)
		b.StartTimer()
		w.compact(benchStart.AddDate(0, 0, 1).Add(time.Hour))
	}
	perRow(b, benchSeries*24)
}

// BenchmarkReopen is the way from a closed store to a panel in memory.
func BenchmarkReopen(b *testing.B) {
	w := filled(b, hours(benchSeries, 8), 20)
	for b.Loop() {
		w.reopen()
	}
	perRow(b, benchSeries)
}

// BenchmarkTop ranks the newest slot by a filter and a column.
func BenchmarkTop(b *testing.B) {
	w := filled(b, hours(benchSeries, 2), 2)
	p := w.s.Panel(w.shop.ID)
	now, _ := p.Now()
	for b.Loop() {
		p.Top(50, series.Filter{Unit: "wear"}, func(from int, v []int64) market.Bits { return now.Part(series.GMV, from, v) })
	}
	perRow(b, benchSeries)
}

// BenchmarkLine reads one series over two weeks, one of them folded as such.
func BenchmarkLine(b *testing.B) {
	w := filled(b, hours(benchSeries, 4), 14*24)
	w.compact(benchStart.AddDate(0, 0, 9))
	window := market.Window{Start: benchStart, End: benchStart.AddDate(0, 0, 14)}
	for _, cols := range [][]series.Column{{series.Units}, {series.Price, series.Stock, series.Units, series.GMV}, nil} {
		b.Run(fmt.Sprint(len(cols), "columns"), func(b *testing.B) {
			id := uint32(0)
			for b.Loop() {
				id = (id + 7919) % benchSeries
				w.view(func(tx *storage.Tx) error {
					_, err := w.s.Line(tx, w.shop.ID, id, window, 0, cols...)
					return err
				})
			}
		})
	}
}
