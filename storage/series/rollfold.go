package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// rollup is the fold of the slots of a business day into its row of a month.
type rollup struct {
	d    *dayReader
	day  market.Day
	p    *period // the month
	slot int
	at   int // position of the day's entry, or where it will stand
	// has: the month knows the day already; base: this will be its base.
	has, base bool
}

func (s *Store) rollupWork(tx *storage.Tx, shop *market.Shop, day market.Day) (*foldWork, error) {
	d, err := s.day(tx, shop, day, 0, s.upkeep)
	if err != nil {
		return nil, err
	}
	r := &rollup{d: d, day: day}
	var index int
	index, r.slot = monthPlace(day)
	if r.p, err = loadPeriod(tx, dayLayout, shop.ID, index); err != nil {
		return nil, err
	}
	r.at, r.has = r.p.find(r.slot)
	r.base = !r.has && r.p.level == 0 && (&writer{p: r.p}).lastBase() < r.slot
	w := &foldWork{stamps: []uint64{r.p.changes, uint64(len(d.slots))}, encode: r.encode, finish: r.finish}
	for _, p := range d.periods {
		w.stamps = append(w.stamps, uint64(p.index), p.changes)
	}
	kept, err := s.slotsKept(tx, shop, day)
	if err != nil {
		return nil, err
	}
	if !kept { // what is left of the day says nothing about the whole of it
		d.slots, d.rows = nil, 0
	}
	if len(d.slots) > 0 {
		w.steps = (r.rows() + chunk - 1) / chunk
	}
	return w, nil
}

func (r *rollup) rows() int {
	if r.has {
		return max(r.d.rows, r.p.slots[r.at].baseRows)
	}
	return r.d.rows
}

// encode sums one chunk.
func (r *rollup) encode(c int) ([]entry, error) {
	from := c * chunk
	n := min(chunk, r.rows()-from)
	days := newDays(0)
	if have := min(chunk, r.d.rows-from); have > 0 {
		var err error
		if days, err = r.d.chunk(from, from+have); err != nil {
			return nil, err
		}
	}
	shop, s := r.d.shop.ID, r.d.s
	enc := newEncoder(dayLayout, s.upkeep)
	v, err := s.view(r.d.tx, dayLayout, shop, r.p)
	if err != nil {
		return nil, err
	}
	v.codec = s.upkeep
	if !r.base {
		b, err := enc.late(part{t: &days.table, n: n}, func(col int) (*span, error) {
			if !r.has {
				all := newSpan(n)
				all.unknown()
				return &all, nil
			}
			return v.base(col, from, n, r.at)
		})
		space := dayLayout.lateSpace(shop, r.p.index, r.p.gen)
		return []entry{{space, lateKey(r.slot, r.d.rev, c), b}}, err
	}
	before, err := r.before(v, from, n)
	if err != nil {
		return nil, err
	}
	carry(dayLayout, &days.table, before)
	b := enc.slot(part{t: &days.table, n: n}, before)
	return []entry{{dayLayout.levelSpace(shop, 0, r.p.index), slotChunkKey(r.slot, c), b}}, nil
}

// before is the gauges of the same series on the last day that stands in the
// level; nil on the first of a month.
func (r *rollup) before(v *view, from, n int) (*table, error) {
	last := -1
	for i := range r.p.slots {
		if r.p.slots[i].base {
			last = i
		}
	}
	if last < 0 {
		return nil, nil
	}
	t := newTable(dayLayout, n)
	for col, spec := range dayLayout.specs {
		if !spec.gauge {
			continue
		}
		x, err := v.base(col, from, n, last)
		if err != nil {
			return nil, err
		}
		t.store(x.v, col, 0)
	}
	return t, nil
}

// finish adds the version to the month, stores the day's cube and takes the day
// off the list of those that wait.
func (r *rollup) finish() error {
	tx, shop, s := r.d.tx, r.d.shop, r.d.s
	if len(r.d.slots) > 0 {
		rows := r.rows()
		ver := version{rev: r.d.rev, base: r.base, rows: rows, at: r.d.slots[len(r.d.slots)-1].At.UnixMilli(), state: r.d.state(s, r.day)}
		if !r.has {
			e := slotEntry{slot: r.slot}
			if r.base {
				e.base, e.baseRows = true, rows
			}
			r.p.insert(r.at, e)
		}
		r.p.slots[r.at].put(ver)
		r.p.changes++
		if err := savePeriod(tx, dayLayout, shop.ID, r.p); err != nil {
			return err
		}
		if err := r.cube(); err != nil {
			return err
		}
		s.rolledUp(tx, shop.ID, r.day)
	}
	return tx.Space(spaceDirty).Delete(dirtyKey(shop.ID, r.day))
}

func (r *rollup) cube() error {
	var all []Cell
	for _, slot := range r.d.slots {
		cells, err := r.d.s.SlotCube(r.d.tx, r.d.shop.ID, slot)
		if err != nil {
			return err
		}
		all = append(all, cells...)
	}
	space := r.d.tx.Space(cubeSpace(r.d.shop.ID, "day", r.day))
	return space.Put(dayCubeKey(r.day, r.d.rev), encodeCells(r.d.s.upkeep, sumCells(all)))
}
