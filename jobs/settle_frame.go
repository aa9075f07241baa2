package jobs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// layout gives series their ids, and pictures their rows once for all the hours
// that they stand for.
type layout struct {
	tx     *storage.Tx
	shop   market.ShopID
	asOf   market.Revision
	ids    map[seriesKey]uint32
	n      int // series of the shop
	said   map[market.Revision]gauges
	placed map[market.Revision][]reading
}

// reading is a gauge of a series.
type reading struct {
	id uint32
	v  int64
}

// gauges is what one of an hour's pictures says.
func (l *layout) gauges(h *hourFacts, n int) (gauges, error) {
	rev := h.pictures[n]
	if g, ok := l.said[rev]; ok || rev == 0 {
		return g, nil
	}
	t := pictureTables()[n]
	_, rows, _, err := l.tx.State(l.shop, t, h.lastInstant(), l.asOf)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", t.Name, err)
	}
	l.said[rev] = []func(*market.Batch) gauges{stockOf, pricesOf, rivalsOf}[n](rows)
	return l.said[rev], nil
}

// series lists the series that some hours know, in order. Rival offers alone
// make none.
func (l *layout) series(hours []*hourFacts) ([]seriesKey, error) {
	named := map[seriesKey]bool{}
	last := [3]market.Revision{}
	for _, h := range hours {
		for k := range h.flows {
			named[k.seriesKey] = true
		}
		if h.pictures == last {
			continue // as the hour before
		}
		last = h.pictures
		for n := range 2 {
			g, err := l.gauges(h, n)
			if err != nil {
				return nil, err
			}
			for k := range g {
				named[k] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(named), func(a, b seriesKey) int {
		return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.channel, b.channel))
	}), nil
}

// readings lays one of an hour's pictures out by id.
func (l *layout) readings(h *hourFacts, n int) ([]reading, error) {
	if out, ok := l.placed[h.pictures[n]]; ok || h.pictures[n] == 0 {
		return out, nil
	}
	said, err := l.gauges(h, n)
	if err != nil {
		return nil, err
	}
	var out []reading
	for k, id := range l.ids {
		if n == 2 {
			k = seriesKey{sku: k.sku}
		}
		if v, known := said[k]; known {
			out = append(out, reading{id, v})
		}
	}
	l.placed[h.pictures[n]] = out
	return out, nil
}

// state is Complete when the orders reach the hour's end.
func (h *hourFacts) state() market.Condition {
	if h.at.Before(h.start.Add(time.Hour)) {
		return market.Partial
	}
	return market.Complete
}

// frame lays an hour out by id.
func (l *layout) frame(h *hourFacts) (series.Frame, error) {
	f := series.Frame{Revision: l.asOf, Slot: h.start, Step: time.Hour, At: h.at, State: h.state(), Columns: series.NewColumns(l.n)}
	for c := series.Units; c < series.Width; c++ {
		if h.known[c] {
			f.Columns.SetKnown(c)
		}
	}
	for _, k := range h.sortedFlows() {
		v := h.flows[k]
		id := l.ids[k.seriesKey]
		old, _ := f.Columns.Value(k.column, id)
		if !f.Columns.Set(k.column, id, old+v) {
			f.Columns.Forget(k.column, id)
		}
		if k.region != "" {
			f.Regions = append(f.Regions, series.RegionFlow{Series: id, Region: market.Region(k.region), Column: k.column, Value: v})
		}
	}
	for n, c := range []series.Column{series.Stock, series.Price, series.RivalPrice} {
		all, err := l.readings(h, n)
		if err != nil {
			return f, err
		}
		for _, x := range all {
			if f.Columns.Set(c, x.id, x.v) && h.carried[n] {
				f.Stale.Set(int(x.id))
			}
		}
	}
	return f, nil
}

func (h *hourFacts) sortedFlows() []flowKey {
	return slices.SortedFunc(maps.Keys(h.flows), func(a, b flowKey) int {
		return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.channel, b.channel), cmp.Compare(a.region, b.region), cmp.Compare(a.column, b.column))
	})
}

// catalogueAt is the catalogue by SKU.
func catalogueAt(tx *storage.Tx, shop market.ShopID, now time.Time) (map[market.SKU]series.Series, error) {
	_, b, found, err := tx.State(shop, market.Items, now, 0)
	if err != nil || !found {
		return map[market.SKU]series.Series{}, err
	}
	out := make(map[market.SKU]series.Series, b.Len())
	sku, title, unit, category, brand := b.Column("sku"), b.Column("title"), b.Column("unit"), b.Column("category"), b.Column("brand")
	for i := range b.Len() {
		out[market.SKU(sku.Text(i))] = series.Series{
			Unit: market.Unit(unit.Text(i)), Category: market.Category(category.Text(i)), Brand: brand.Text(i), Title: title.Text(i),
		}
	}
	return out, nil
}
