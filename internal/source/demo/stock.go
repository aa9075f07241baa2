package demo

import (
	"math"
	"slices"
)

// slotOf is where a rank's stock on a channel is kept.
func slotOf(rank int32, ch int) int32 { return rank*channelCount + int32(ch) }

// restock opens the day: what is due today and stocktakes are lined up, and
// suppliers are asked for what runs low.
func (g *dayGen) restock() {
	b := g.m.book
	if g.day == 0 {
		g.m.stockUp()
	}
	for rank := range int32(len(g.m.cat.sellers)) {
		for ch := range channelCount {
			if g.m.cat.seller(rank).chans&(1<<ch) != 0 {
				g.reorder(rank, ch)
			}
		}
	}
	g.book.open = slices.Clone(b.stock)
	g.book.inbound = slices.Clone(b.inbound)
	for _, a := range b.due[g.day] {
		g.moves.push(a)
	}
	b.due[g.day] = nil
}

// target is the stock position to hold from a day on: demand until the goods
// ordered a day later are in, and a reserve.
func (m *Mall) target(rank int32, ch, day int) (reorder, upTo float64) {
	s := m.cat.seller(rank)
	daily := m.rate(rank, ch)
	lead := int(s.lead)
	protect := daily * m.pace.demandBetween(int(s.unit), day, day+lead+2)
	reserve := 3.2*math.Sqrt(protect*1.5) + 1.5*daily + 2
	if rank >= 8*topN { // nobody plans the tail with care
		reserve = .9*math.Sqrt(protect) + .5
	}
	reorder = protect + reserve
	cycle := max(7, min(30, int(3/max(daily, .05))))
	return reorder, reorder + daily*m.pace.demandBetween(int(s.unit), day+lead+2, day+lead+2+cycle)
}

// stockUp fills the shelves at the beginning of history, each at a different
// point of its cycle.
func (m *Mall) stockUp() {
	for rank := range int32(len(m.cat.sellers)) {
		for ch := range channelCount {
			if m.cat.seller(rank).chans&(1<<ch) == 0 {
				continue
			}
			r := stream(m.opt.Seed, streamStock, uint64(rank), uint64(ch))
			low, high := m.target(rank, ch, 0)
			stock := low + (high-low)*r.float()
			if rank >= 2*topN && r.chance(.06) {
				stock *= 8 // somebody bought too much: a slow mover
			}
			m.book.stock[slotOf(rank, ch)] = int32(math.Ceil(stock))
		}
	}
}

func (g *dayGen) reorder(rank int32, ch int) {
	b, slot := g.m.book, slotOf(rank, ch)
	low, high := g.m.target(rank, ch, g.day)
	have := float64(b.stock[slot] + b.inbound[slot])
	if have >= low {
		return
	}
	s := g.m.cat.seller(rank)
	qty, lead := int32(math.Ceil(high-have)), int(s.lead)
	if pack := int32(s.pack); g.m.rate(rank, ch) > 1 {
		qty = (qty + pack - 1) / pack * pack
	}
	arrives := qty
	for _, f := range g.m.plan.supply[rank] {
		if due := g.day + int(s.lead); due < f.from || due >= f.to {
			continue
		}
		if f.none {
			return
		}
		lead += f.late
		if f.part > 0 {
			arrives = int32(float64(qty) * f.part)
		}
	}
	if due := g.day + lead; due < len(b.due) {
		r := stream(g.m.opt.Seed, streamStock, uint64(slot), uint64(g.day)+1<<32)
		at := clock(due, 9, 0) + second(r.intn(6*3600))
		b.due[due] = append(b.due[due], move{at: at, slot: slot, qty: arrives, short: qty - arrives, arrival: true})
		b.inbound[slot] += qty
	}
}

// settle applies everything that happens to stock up to an instant, besides
// orders.
func (g *dayGen) settle(now second) {
	b := g.m.book
	for {
		next := never
		if len(g.moves) > 0 {
			next = g.moves[0].at
		}
		back := never
		if len(b.returns) > 0 {
			back = b.returns[0].at
		}
		take := g.stocktake(min(next, back, now+1))
		switch {
		case take:
		case back <= next && back <= now:
			g.takeBack(b.returns.pop())
		case next <= now:
			g.apply(g.moves.pop())
		default:
			return
		}
	}
}

// takeBack puts a cancelled order's goods on the shelf, unless they are set
// aside there.
func (g *dayGen) takeBack(m move) {
	g.apply(m)
	if _, held := markedAt(g.m.plan.held, m.slot/channelCount, m.at); held {
		m.qty = -m.qty
		g.apply(m)
	}
}

func (g *dayGen) apply(m move) {
	b := g.m.book
	b.stock[m.slot] += m.qty
	if m.arrival {
		b.inbound[m.slot] -= m.qty + m.short
	}
	g.book.moves = append(g.book.moves, m)
}

// stocktake does a stocktake that is due before an instant, and reports false
// when none is.
func (g *dayGen) stocktake(before second) bool {
	for i := range g.takes {
		f := g.takes[i]
		if f.at >= before {
			continue
		}
		g.takes = slices.Delete(g.takes, i, i+1)
		for ch := range channelCount {
			if g.m.cat.seller(f.rank).chans&(1<<ch) == 0 || !any1(f.channel, ch) {
				continue
			}
			slot := slotOf(f.rank, ch)
			qty := int32(math.Ceil(f.setDays * g.m.rate(f.rank, ch)))
			if !f.add {
				qty -= g.m.book.stock[slot]
			}
			if qty != 0 {
				g.apply(move{at: f.at, slot: slot, qty: qty})
			}
		}
		return true
	}
	return false
}
