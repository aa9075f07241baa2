package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// digestColumns are the daily sums and readings that a morning digest shows.
var digestColumns = dayColumns(
	[]series.Column{series.Units, series.Orders, series.GMV, series.Visits, series.Carts, series.Refunds},
	[]series.Column{series.Price, series.Stock},
)

func dayColumns(sums, closes []series.Column) []series.DayColumn {
	var out []series.DayColumn
	for _, c := range sums {
		if d, ok := series.SumOf(c); ok {
			out = append(out, d)
		}
	}
	for _, c := range closes {
		if d, ok := series.CloseOf(c); ok {
			out = append(out, d)
		}
	}
	return out
}

// digest is W5: three days of daily rollups over the whole catalogue, by
// category and channel, with three lists of the 50 best, written as a message.
func (b *run) digest(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W5", Name: "morning digest"}
	if err := b.close(); err != nil {
		return w, err
	}
	forget(b.path)
	if err := b.open(ctx); err != nil {
		return w, err
	}
	cold, err := b.oneDigest(ctx)
	if err != nil {
		return w, err
	}
	var warm []time.Duration
	for range b.o.pick(7, 5) {
		took, err := b.oneDigest(ctx)
		if err != nil {
			return w, err
		}
		warm = append(warm, took)
	}
	w.add("cold", float64(cold)/float64(time.Millisecond), "ms")
	w.spread("warm", warm)
	return w, nil
}

// totals are the sums of a group in one day, by place in digestColumns.
type totals [8]int64

func (b *run) oneDigest(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	p := b.panels.Panel(b.shop.ID)
	last := b.shop.Day(b.next.Add(-1)) - 2 // what has been rolled up for certain
	var days [3]map[series.Group]*totals
	var best [3][]uint32
	err := b.db.View(ctx, func(tx *storage.Tx) error {
		all, err := b.panels.ReadDays(tx, b.shop, last-2, last, tx.Revision(), digestColumns...)
		if err != nil {
			return err
		}
		if len(all) != len(days) {
			return fmt.Errorf("%d days of %d are there", len(all), len(days))
		}
		slices.Reverse(all)
		for i, d := range all {
			days[i] = sumGroups(p, d.Days)
		}
		best = bestOf(all[0].Days)
		return nil
	})
	if err != nil {
		return 0, err
	}
	raw, err := json.Marshal(message(p, days, best))
	if err != nil {
		return 0, err
	}
	b.sink += uint64(len(raw))
	return time.Since(began), nil
}

// sumGroups adds up the flows of a day by category and channel.
func sumGroups(p *series.Panel, d *series.Days) map[series.Group]*totals {
	groups, of := p.Groups()
	sums := make([]totals, len(groups))
	for k, col := range digestColumns {
		null := d.Null(col)
		if wide := d.Int64s(); col == series.DayGMV {
			addTo(sums, k, of, wide, null)
		} else {
			addTo(sums, k, of, d.Int32s(col), null)
		}
	}
	out := map[series.Group]*totals{}
	for i, g := range groups {
		out[g] = &sums[i]
	}
	return out
}

// addTo adds a column to the sums of its groups.
func addTo[V int32 | int64](sums []totals, k int, of []uint32, v []V, null market.Bits) {
	if len(null) == 0 {
		for i, x := range v {
			sums[of[i]][k] += int64(x)
		}
		return
	}
	for i, x := range v {
		if x != 0 && !null.Get(i) {
			sums[of[i]][k] += int64(x)
		}
	}
}

// bestOf lists the 50 best by units, GMV and visits.
func bestOf(d *series.Days) (out [3][]uint32) {
	out[0] = bestBy(d.Int32s(series.DayUnits), d.Null(series.DayUnits))
	out[1] = bestBy(d.Int64s(), d.Null(series.DayGMV))
	out[2] = bestBy(d.Int32s(series.DayVisits), d.Null(series.DayVisits))
	return out
}

func bestBy[V int32 | int64](v []V, null market.Bits) []uint32 {
	least := V(0)
	best := make([]uint32, 0, 101)
	value := func(i uint32) V { return v[i] }
	for i, x := range v {
		if x <= least || null.Get(i) {
			continue
		}
		if best = append(best, uint32(i)); len(best) == cap(best) {
			best = cutTo50(best, value)
			least = value(best[49])
		}
	}
	return cutTo50(best, value)
}

func cutTo50[V int32 | int64](best []uint32, value func(uint32) V) []uint32 {
	slices.SortFunc(best, func(a, b uint32) int { return cmp.Or(cmp.Compare(value(b), value(a)), cmp.Compare(a, b)) })
	return best[:min(50, len(best))]
}

// message writes the digest as the product's messages are made.
func message(p *series.Panel, days [3]map[series.Group]*totals, best [3][]uint32) chat.Message {
	groups := make([]series.Group, 0, len(days[0]))
	for g := range days[0] {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b series.Group) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Channel, b.Channel))
	})
	m := chat.Message{Text: "digest"}
	for _, g := range groups {
		s := chat.Section{Heading: string(g.Category) + " " + string(g.Channel)}
		for _, day := range days {
			if t := day[g]; t != nil {
				s.Body = append(s.Body, chat.Rich{{Text: strconv.FormatInt(t[2], 10) + " / " + strconv.FormatInt(t[0], 10)}})
			}
		}
		m.Sections = append(m.Sections, s)
	}
	for _, list := range best {
		var s chat.Section
		for _, id := range list {
			s.Body = append(s.Body, chat.Rich{{Text: string(p.SKU(id))}})
		}
		m.Sections = append(m.Sections, s)
	}
	return m
}
