package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// lines is W3: windows of single series, from a file that is not in memory and
// then again from one that is.
func (b *run) lines(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W3", Name: "one series"}
	if err := b.close(); err != nil {
		return w, err
	}
	forget(b.path)
	began := time.Now()
	if err := b.open(ctx); err != nil {
		return w, err
	}
	w.add("restart to ready, cold", time.Since(began).Seconds(), "s")
	r := rand.New(rand.NewPCG(5, 5))
	ids := make([]uint32, b.o.pick(300, 100))
	for i := range ids {
		ids[i] = uint32(r.IntN(b.o.SKUs))
	}
	for _, days := range []int{7, 28, 84} {
		if days > b.o.Days {
			continue
		}
		for _, cols := range [][]series.Column{{series.GMV}, {series.Price, series.Stock, series.Units, series.GMV}, nil} {
			n := len(cols)
			if n == 0 {
				n = series.Width
			}
			name := fmt.Sprintf("%d days x %d columns", days, n)
			forget(b.path)
			cold, err := b.readLines(ctx, ids, days, cols)
			if err != nil {
				return w, err
			}
			warm, err := b.readLines(ctx, ids, days, cols)
			if err != nil {
				return w, err
			}
			w.spread(name+" cold", cold)
			w.spread(name+" warm", warm)
		}
	}
	return w, nil
}

func (b *run) readLines(ctx context.Context, ids []uint32, days int, cols []series.Column) ([]time.Duration, error) {
	times := make([]time.Duration, 0, len(ids))
	for _, id := range ids {
		took, err := b.readLine(ctx, id, days, cols)
		if err != nil {
			return nil, err
		}
		times = append(times, took)
	}
	return times, nil
}

// readLine reads the last days of one series.
func (b *run) readLine(ctx context.Context, id uint32, days int, cols []series.Column) (time.Duration, error) {
	began := time.Now()
	end := b.next
	err := b.db.View(ctx, func(tx *storage.Tx) error {
		l, err := b.panels.Line(tx, b.shop.ID, id, market.Window{Start: end.AddDate(0, 0, -days), End: end}, 0, cols...)
		if err == nil && len(l.Slots) == 0 {
			err = fmt.Errorf("series %d has no slots in the last %d days", id, days)
		}
		return err
	})
	return time.Since(began), err
}

// catalogue is W4: questions to the whole catalogue as it stands.
func (b *run) catalogue(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W4", Name: "whole catalogue"}
	p := b.panels.Panel(b.shop.ID)
	now, slot := p.Now()
	before, _ := p.Before()
	var top, detect, disk []time.Duration
	for range 51 {
		began := time.Now()
		best := topStock(now)
		top = append(top, time.Since(began))
		b.sink += uint64(len(best))

		began = time.Now()
		m := analysis.CatalogueMoves(analysis.DefaultCatalogueRule(), shelf(now), shelf(before))
		detect = append(detect, time.Since(began))
		b.sink += uint64(len(m.StockOuts))
	}
	for range 11 {
		began := time.Now()
		err := b.db.View(ctx, func(tx *storage.Tx) error {
			c, _, err := b.panels.Read(tx, b.shop.ID, slot.Start, 0, series.Price, series.Stock, series.GMV)
			if err == nil {
				b.sink += uint64(len(topStock(c)))
			}
			return err
		})
		if err != nil {
			return w, err
		}
		disk = append(disk, time.Since(began))
	}
	w.spread("filter and top 50, memory", top)
	w.spread("changes between two pulls, memory", detect)
	w.spread("filter and top 50, disk", disk)
	w.add("changes, memory bandwidth", float64(6*4*b.o.SKUs)/1e6/(quantile(detect, 0.5)/1e3), "MB/s")
	return w, nil
}

func shelf(c *series.Columns) analysis.Shelf {
	return analysis.Shelf{
		Price: c.Int32s(series.Price), Rival: c.Int32s(series.RivalPrice), Stock: c.Int32s(series.Stock),
		NoPrice: *c.Null(series.Price), NoRival: *c.Null(series.RivalPrice), NoStock: *c.Null(series.Stock),
	}
}

// topStock are the 50 series with the most GMV among those with fewer than 5
// pieces at less than 300 yuan.
func topStock(c *series.Columns) []uint32 {
	const n = 50
	price, stock, gmv := c.Int32s(series.Price), c.Int32s(series.Stock), c.Int64s()
	noPrice, noStock, noGMV := *c.Null(series.Price), *c.Null(series.Stock), *c.Null(series.GMV)
	best := make([]uint32, 0, n+1)
	least := int64(-1)
	for i := range price {
		if stock[i] >= 5 || price[i] >= 30000 || gmv[i] <= least {
			continue
		}
		if noPrice.Get(i) || noStock.Get(i) || noGMV.Get(i) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, gmv[i], func(id uint32, v int64) int {
			if gmv[id] >= v {
				return -1
			}
			return 1
		})
		best = slices.Insert(best, at, uint32(i))
		if len(best) > n {
			best = best[:n]
			least = gmv[best[n-1]]
		}
	}
	return best
}
