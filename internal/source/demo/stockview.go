package demo

import "sync"

// shelf is stock as it stands at one moment, by slot.
type shelf struct {
	at                           second
	available, reserved, inbound []int32
}

// memo keeps the last answers that are costly to work out. What it holds is
// read-only.
type memo struct {
	mu      sync.Mutex
	shelf   *shelf
	traffic map[int][]trafficRow
	sold    *soldHours

	changesKey changesKey
	changes    []ref
}

// shelfAt works out stock at a moment: what was there in the morning, less
// orders, plus arrivals and cancelled orders since.
func (m *Mall) shelfAt(at second) *shelf {
	m.ensure(at.day())
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	if s := m.memo.shelf; s != nil && s.at == at {
		return s
	}
	d := &m.book.days[at.day()]
	s := &shelf{at: at, available: append([]int32(nil), d.open...), inbound: append([]int32(nil), d.inbound...), reserved: make([]int32, len(d.open))}
	for _, mv := range d.moves {
		if mv.at > at {
			continue
		}
		s.available[mv.slot] += mv.qty
		if mv.arrival {
			s.inbound[mv.slot] -= mv.qty + mv.short
		}
	}
	for i := range d.orders {
		o := &d.orders[i]
		if o.created > at {
			break
		}
		for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
			s.available[slotOf(l.rank, int(o.channel))] -= l.qty
		}
	}
	for day := max(at.day()-45, 0); day <= at.day(); day++ {
		s.reserve(&m.book.days[day])
	}
	m.memo.shelf = s
	return s
}

// reserve counts goods that were ordered on a day and have not left yet.
func (s *shelf) reserve(d *dayBook) {
	for i := range d.orders {
		o := &d.orders[i]
		if o.created > s.at || o.shipped <= s.at || o.ended <= s.at {
			continue
		}
		for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
			s.reserved[slotOf(l.rank, int(o.channel))] += l.qty
		}
	}
}

// stockRow is the state of one SKU on one channel.
type stockRow struct {
	available, reserved, inbound int32
	listed                       bool
}

// stockOf reads a shelf; SKUs without simulated sales have stock that stands
// still.
func (m *Mall) stockOf(s *shelf, index int32, ch int) stockRow {
	k := &m.cat.skus[index]
	row := stockRow{listed: k.chans&(1<<ch) != 0}
	if int(k.rank) >= len(m.cat.sellers) {
		r := stream(m.opt.Seed, streamStock, uint64(index), uint64(ch)+1<<40)
		row.available = int32(1 + r.intn(80))
		return row
	}
	slot := slotOf(k.rank, ch)
	row.available, row.reserved, row.inbound = s.available[slot], s.reserved[slot], s.inbound[slot]
	if _, off := markedAt(m.plan.delisted, k.rank, s.at); off {
		row.available, row.listed = 0, false
	}
	return row
}
