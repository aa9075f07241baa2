package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// merge is a fold of periods from one level to the next.
type merge struct {
	s       *Store
	tx      *storage.Tx
	l       *layout
	shop    market.ShopID
	to      int
	periods []*period
	rows    int
	lates   []lateChunk
}

// lateChunk is a chunk of a version that stays readable beside the newest: its
// differences must be taken anew, to the newest.
type lateChunk struct {
	p       *period
	i, k, c int
}

func (m *merge) work(group int) (*foldWork, error) {
	lev := m.l.levels[m.to]
	first := lev.first(group)
	all, err := loadPeriods(m.tx, m.l, m.shop, first, first+lev.merges-1)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.level != m.to-1 { // done already, or a day has come that must be folded first
			return &foldWork{finish: func() error { return nil }}, nil
		}
	}
	m.periods = all
	w := &foldWork{stamps: []uint64{uint64(len(all))}, encode: m.encode, finish: m.finish}
	for _, p := range all {
		w.stamps = append(w.stamps, uint64(p.index), p.changes)
		for i := range p.slots {
			m.rows = max(m.rows, p.slots[i].newest().rows)
		}
	}
	for _, p := range all {
		for i := range p.slots {
			m.listLates(p, i)
		}
	}
	w.steps = m.spans() + len(m.lates)
	return w, nil
}

func (e *slotEntry) newest() *version { return &e.versions[len(e.versions)-1] }

// span is how many series are folded in one step.
func (m *merge) span() int { return m.l.levels[m.to-1].rows }

func (m *merge) spans() int { return (m.rows + m.span() - 1) / m.span() }

func (m *merge) listLates(p *period, i int) {
	e := &p.slots[i]
	for k := range len(e.versions) - 1 {
		rows := max(e.versions[k].rows, e.newest().rows)
		for c := 0; c*chunk < rows; c++ {
			m.lates = append(m.lates, lateChunk{p, i, k, c})
		}
	}
}

func (m *merge) encode(step int) ([]entry, error) {
	if step < m.spans() {
		return m.blocks(step * m.span())
	}
	return m.late(m.lates[step-m.spans()])
}

// view of a period for the fold, with a codec that the writer does not wait for.
func (m *merge) view(p *period) (*view, error) {
	v, err := m.s.view(m.tx, m.l, m.shop, p)
	if err == nil {
		v.codec = m.s.upkeep
	}
	return v, err
}

// blocks makes the blocks of the next level that hold the series from.. of one
// span.
func (m *merge) blocks(from int) ([]entry, error) {
	lev := m.l.levels[m.to]
	to := min(from+m.span(), m.rows)
	blocks := make([]mergedBlock, 0, m.span()/lev.rows)
	for at := from; at < to; at += lev.rows {
		rows := min(lev.rows, to-at)
		blocks = append(blocks, mergedBlock{w: column.NewWriter(m.s.upkeep, byte(m.to)|related, rows), at: at - from, rows: rows})
	}
	views := make([]*view, len(m.periods))
	for i, p := range m.periods {
		var err error
		if views[i], err = m.view(p); err != nil {
			return nil, err
		}
	}
	enc := newEncoder(m.l, m.s.upkeep)
	var slots []span
	for _, col := range m.l.order {
		var err error
		if slots, err = m.column(slots[:0], views, col, from, to); err != nil {
			return nil, err
		}
		for i := range blocks {
			enc.merged(&blocks[i], col, slots)
		}
	}
	space := m.l.levelSpace(m.shop, m.to, lev.group(m.periods[0].index))
	out := make([]entry, len(blocks))
	for i := range blocks {
		out[i] = entry{space, blockKey(from/lev.rows + i), blocks[i].w.Bytes()}
	}
	return out, nil
}

// column reads the newest of every slot, into the memory of slots.
func (m *merge) column(slots []span, views []*view, col, from, to int) ([]span, error) {
	for _, v := range views {
		b, err := v.bases(col, from, to)
		if err != nil {
			return nil, err
		}
		for i := range v.p.slots {
			x, err := v.value(b, i, len(v.p.slots[i].versions)-1)
			if err != nil {
				return nil, err
			}
			n := len(slots)
			if n < cap(slots) {
				slots = slots[:n+1]
			} else {
				slots = append(slots, span{})
			}
			slots[n].v = append(slots[n].v[:0], x.v...)
			slots[n].null = append(slots[n].null[:0], x.null...)
		}
	}
	return slots, nil
}

// late takes the differences of an older version anew, to what will be the base.
func (m *merge) late(a lateChunk) ([]entry, error) {
	e := &a.p.slots[a.i]
	rows := max(e.versions[a.k].rows, e.newest().rows)
	from := a.c * chunk
	to := min(from+chunk, rows)
	v, err := m.view(a.p)
	if err != nil {
		return nil, err
	}
	read := func(col, k int) (*span, error) {
		b, err := v.bases(col, from, to)
		if err != nil {
			return nil, err
		}
		return v.value(b, a.i, k)
	}
	t := newTable(m.l, to-from)
	for col, spec := range m.l.specs {
		x, err := read(col, a.k)
		if err != nil {
			return nil, err
		}
		if !spec.flag {
			t.store(x.v, col, 0)
		}
		t.storeNull(x.null, col, 0)
	}
	newest := len(e.versions) - 1
	b, err := newEncoder(m.l, m.s.upkeep).late(part{t: t, n: to - from}, func(col int) (*span, error) { return read(col, newest) })
	if err != nil {
		return nil, err
	}
	space := m.l.lateSpace(m.shop, a.p.index, a.p.gen+1)
	return []entry{{space, lateKey(e.slot, e.versions[a.k].rev, a.c), b}}, nil
}

// finish lets the periods be read from the new level and drops the old one.
func (m *merge) finish() error {
	for _, p := range m.periods {
		old := m.l.levels[m.to-1]
		for _, space := range []string{m.l.levelSpace(m.shop, m.to-1, old.group(p.index)), m.l.lateSpace(m.shop, p.index, p.gen)} {
			if err := m.tx.Space(space).Drop(); err != nil {
				return err
			}
		}
		p.level, p.gen = m.to, p.gen+1
		p.changes++
		for i := range p.slots {
			e := &p.slots[i]
			e.base, e.baseRows = true, e.newest().rows
			for k := range e.versions {
				e.versions[k].base = false
				e.versions[k].rows = max(e.versions[k].rows, e.baseRows)
			}
			e.newest().base = true
		}
		if err := savePeriod(m.tx, m.l, m.shop, p); err != nil {
			return err
		}
	}
	return nil
}
