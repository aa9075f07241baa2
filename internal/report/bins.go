package report

import (
	"hash/fnv"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// binMs is the grain in which the GMV rule sees paid orders.
const binMs = int64(10 * time.Minute / time.Millisecond)

var binColumns = []string{"status", "sku", "qty", "paid"}

// dayBins is what one stored day of order lines brought, per ten minutes of
// payment and scope. It holds for the vectors it was made from.
type dayBins struct {
	of    identity
	units uint64
	bins  []bin
}

// identity tells whether a batch has the data of another one: the store hands
// out the same vectors as long as the day does not change.
type identity struct {
	paidAt, paid *int64
	sku          *string
	rows         int
}

// bin is ten minutes of one scope; scope 0 is the shop, the others are units.
type bin struct {
	slot   int64
	scope  int32
	orders int32
	paid   market.Fen
}

func identify(b *market.Batch) identity {
	return identity{&b.Column("paid_at").Ints[0], &b.Column("paid").Ints[0], &b.Column("sku").Texts[0], b.Len()}
}

// binned returns the bins of a stored day, from memory when nothing changed.
func (l *loader) binned(b *market.Batch, scopes map[market.Unit]int32, units uint64) []bin {
	day := l.shop.Day(time.UnixMilli(b.Column("placed_at").Ints[0]))
	id := identify(b)
	l.cache.mu.Lock()
	defer l.cache.mu.Unlock()
	if d, ok := l.cache.days[day]; ok && d.of == id && d.units == units {
		return d.bins
	}
	bins := binLines(b, l.items, scopes)
	if l.asOf == 0 {
		l.cache.days[day] = dayBins{of: id, units: units, bins: bins}
	}
	return bins
}

// forget drops days that no window reaches any more.
func (c *shopCache) forget(before market.Day) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for d := range c.days {
		if d < before {
			delete(c.days, d)
		}
	}
}

func binLines(b *market.Batch, items *metric.Catalogue, scopes map[market.Unit]int32) []bin {
	type place struct {
		slot  int64
		scope int32
	}
	type member struct {
		order int32
		scope int32
	}
	index, seen, orders := map[place]int{}, map[member]bool{}, map[string]int32{}
	var out []bin
	add := func(slot int64, scope, order int32, paid int64) {
		p := place{slot, scope}
		i, ok := index[p]
		if !ok {
			i = len(out)
			index[p] = i
			out = append(out, bin{slot: slot, scope: scope})
		}
		out[i].paid += market.Fen(paid)
		if m := (member{order, scope}); !seen[m] {
			seen[m] = true
			out[i].orders++
		}
	}
	at, status, sku := b.Column("paid_at"), b.Column("status"), b.Column("sku")
	order, paid := b.Column("order_id"), b.Column("paid")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || status.Text(i) == market.Placed {
			continue
		}
		n, ok := orders[order.Text(i)]
		if !ok {
			n = int32(len(orders))
			orders[order.Text(i)] = n
		}
		add(ms/binMs, 0, n, paid.Ints[i])
		if scope, ok := scopes[items.Unit(market.SKU(sku.Text(i)))]; ok {
			add(ms/binMs, scope, n, paid.Ints[i])
		}
	}
	return out
}

// unitsHash changes when an item moves to another unit.
func unitsHash(items *metric.Catalogue) uint64 {
	h := fnv.New64a()
	for _, it := range items.Items() {
		h.Write([]byte(it.SKU))
		h.Write([]byte{0})
		h.Write([]byte(it.Unit))
		h.Write([]byte{1})
	}
	return h.Sum64()
}

// paidGrid is paid GMV and orders per ten minutes and scope over some weeks.
type paidGrid struct {
	first  int64 // slot of the first value
	scopes []market.Unit
	paid   [][]market.Fen
	orders [][]int32
}

// series loads the paid orders of w per ten minutes.
func (l *loader) series(w market.Window) (paidGrid, error) {
	start, end := w.Millis()
	s := paidGrid{first: start / binMs, scopes: []market.Unit{""}}
	index := map[market.Unit]int32{}
	for _, u := range l.shop.Units {
		index[market.Unit(u.ID)] = int32(len(s.scopes))
		s.scopes = append(s.scopes, market.Unit(u.ID))
	}
	n := int(end/binMs - s.first)
	for range s.scopes {
		s.paid, s.orders = append(s.paid, make([]market.Fen, n)), append(s.orders, make([]int32, n))
	}
	batches, err := l.events(market.OrderLines, "paid_at", w, append(slices.Clone(binColumns), "placed_at"))
	if err != nil {
		return s, err
	}
	units := unitsHash(l.items)
	for _, b := range batches {
		for _, x := range l.binned(b, index, units) {
			if i := x.slot - s.first; i >= 0 && i < int64(n) {
				s.paid[x.scope][i] += x.paid
				s.orders[x.scope][i] += x.orders
			}
		}
	}
	if l.asOf == 0 {
		l.cache.forget(l.shop.Day(w.Start) - 60)
	}
	return s, nil
}

// sum adds up a scope over a window, of which only whole bins count.
func (s *paidGrid) sum(scope int, w market.Window) (paid market.Fen, orders int64) {
	start, end := w.Millis()
	from, to := max(0, start/binMs-s.first), min(int64(len(s.paid[scope])), end/binMs-s.first)
	for i := from; i < to; i++ {
		paid += s.paid[scope][i]
		orders += int64(s.orders[scope][i])
	}
	return paid, orders
}
