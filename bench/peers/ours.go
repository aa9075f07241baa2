package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/benchdata"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// ours is the product's store: the panel over bbolt.
type ours struct {
	db     *storage.DB
	panels *series.Store
	shop   *market.Shop
}

// begin is a Monday: a week that is loaded becomes a week block.
var begin = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func at(hour int) time.Time { return begin.Add(time.Duration(hour) * time.Hour) }

// openOurs also names the series, as the others make their tables: those are given
// numbers and keep no names.
func openOurs(ctx context.Context, dir string, opt options) (peer, string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, "", err
	}
	engine, err := bolt.Open(filepath.Join(dir, "ours.db"), bolt.Options{})
	if err != nil {
		return nil, "", err
	}
	db, err := storage.Open(ctx, storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, "", err
	}
	panels, err := series.Open(ctx, db, series.Options{})
	if err != nil {
		return nil, "", errors.Join(err, db.Close())
	}
	label := func(id string) market.Label { return market.Label{ID: id, Name: market.Name{Zh: id, En: id}} }
	o := &ours{db, panels, &market.Shop{
		ID: "peers", Name: market.Name{Zh: "peers", En: "peers"}, Currency: "CNY", Zone: time.UTC, Channels: []market.Label{label("a"), label("b"), label("c")},
	}}
	if err := db.Update(ctx, func(tx *storage.Tx) error { return o.register(tx, opt.skus) }); err != nil {
		return nil, "", errors.Join(err, o.close())
	}
	return o, "", nil
}

func (o *ours) register(tx *storage.Tx, n int) error {
	if err := o.panels.Begin(tx, o.shop, time.Hour); err != nil {
		return err
	}
	all := make([]series.Series, n)
	for i := range all {
		all[i] = series.Series{
			SKU: market.SKU(fmt.Sprintf("SK%08d", i/3)), Channel: market.Channel(o.shop.Channels[i%3].ID),
			Category: market.Category(fmt.Sprintf("cat%02d", categoryOf(i))),
		}
	}
	_, err := o.panels.Register(tx, o.shop, all)
	return err
}

func (o *ours) load(ctx context.Context, hour int, h *benchdata.Hour) error {
	c := series.NewColumns(h.Len())
	for _, in := range []struct {
		col series.Column
		v   []int32
	}{
		{series.Price, h.Price},
		{series.RivalPrice, h.Rival},
		{series.Stock, h.Stock},
		{series.Units, h.Units},
		{series.Orders, h.Orders},
		{series.Visits, h.Visits},
		{series.Carts, h.Carts},
		{series.Complaints, h.Complaints},
		{series.Refunds, h.Refunds},
	} {
		copy(c.Int32s(in.col), in.v)
	}
	copy(c.Int64s(), h.GMV)
	for col := range series.Column(series.Width) {
		clear(*c.Null(col))
	}
	return o.db.Update(ctx, func(tx *storage.Tx) error {
		rev, err := tx.PutManifest(o.shop, market.Snapshot{
			Source: "peers", Table: "panel", Shop: o.shop.ID, PulledAt: at(hour + 1), State: market.Complete, Window: market.Window{Start: at(hour), End: at(hour + 1)},
		}, nil)
		if err != nil {
			return err
		}
		return o.panels.Put(tx, o.shop, series.Frame{Revision: rev, Slot: at(hour), Step: time.Hour, State: market.Complete, Columns: c})
	})
}

// settle folds as the product does: two days later a day is in day blocks, and
// after its end a whole week in week blocks.
func (o *ours) settle(ctx context.Context, hours int) error {
	now := at(hours).AddDate(0, 0, 2)
	for more := true; more; {
		var err error
		if more, err = o.panels.Compact(ctx, o.shop, now); err != nil {
			return err
		}
	}
	return nil
}

// bytes are those of the hours. Rollups and cubes are answers kept beforehand,
// which the peers do not have, and the dictionary of names is what they would
// need as well, since they are given numbers: none of these is counted.
func (o *ours) bytes(ctx context.Context) (n int64, err error) {
	err = o.db.View(ctx, func(tx *storage.Tx) error {
		spaces, err := tx.Spaces("series")
		if err != nil {
			return err
		}
		for _, name := range spaces {
			if strings.Contains(name, "/rollup/") || strings.Contains(name, "/month/") || strings.Contains(name, "cube") || name == "series_names" {
				continue
			}
			err := tx.Space(name).Scan(storage.Range{}, func(key, payload []byte) (bool, error) {
				n += int64(len(key) + len(payload) + perValue)
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// perValue is what the store and bbolt add to a value: length, checksum, and
// the element of a page.
const perValue = 32

func (o *ours) top(context.Context, int) ([]int64, error) {
	c, _ := o.panels.Panel(o.shop.ID).Now()
	return topOf(c), nil
}

func topOf(c *series.Columns) []int64 {
	price, stock, gmv := c.Int32s(series.Price), c.Int32s(series.Stock), c.Int64s()
	var best []int64
	for i := range price {
		if stock[i] >= 5 || price[i] >= 30000 || len(best) == 50 && gmv[i] <= gmv[best[49]] {
			continue
		}
		k := len(best)
		for k > 0 && gmv[best[k-1]] < gmv[i] {
			k--
		}
		if len(best) < 50 {
			best = append(best, 0)
		}
		copy(best[k+1:], best[k:])
		best[k] = int64(i)
	}
	return best
}

func (o *ours) changes(context.Context, int) ([4]int64, error) {
	p := o.panels.Panel(o.shop.ID)
	now, _ := p.Now()
	before, _ := p.Before()
	rule := analysis.DefaultCatalogueRule()
	m := analysis.CatalogueMoves(rule, shelf(now), shelf(before))
	return [4]int64{int64(len(m.Prices)), int64(len(m.StockOuts)), int64(len(m.Restocks)), int64(len(m.Undercuts))}, nil
}

func shelf(c *series.Columns) analysis.Shelf {
	return analysis.Shelf{
		Price: c.Int32s(series.Price), Rival: c.Int32s(series.RivalPrice), Stock: c.Int32s(series.Stock),
		NoPrice: *c.Null(series.Price), NoRival: *c.Null(series.RivalPrice), NoStock: *c.Null(series.Stock),
	}
}

func (o *ours) digest(ctx context.Context, hours int) ([]int64, error) {
	out := make([]int64, 40)
	err := o.db.View(ctx, func(tx *storage.Tx) error {
		cells, _, err := o.panels.Cube(tx, o.shop, market.Window{Start: begin, End: at(hours)}, 0)
		if err != nil {
			return err
		}
		for i := range cells {
			var cat int
			if _, err := fmt.Sscanf(string(cells[i].Category), "cat%d", &cat); err != nil {
				return err
			}
			v, _ := cells[i].Sum(series.GMV)
			out[cat] += v
		}
		return nil
	})
	return out, err
}

func (o *ours) line(ctx context.Context, id, hours int) (out []int64, err error) {
	err = o.db.View(ctx, func(tx *storage.Tx) error {
		l, err := o.panels.Line(tx, o.shop.ID, uint32(id), market.Window{Start: begin, End: at(hours)}, 0, series.GMV)
		if err == nil {
			out = l.Values[series.GMV]
		}
		return err
	})
	return out, err
}

func (o *ours) close() error {
	o.panels.Close()
	return o.db.Close()
}
