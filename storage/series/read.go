package series

import (
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Read returns the named columns (none named: all) of a slot as of a revision;
// asOf 0 is the newest. The error is ErrNoSlot when nothing is stored, and
// ErrFolded when compaction has dropped that version.
func (s *Store) Read(tx *storage.Tx, shop market.ShopID, slot time.Time, asOf market.Revision, cols ...Column) (*Columns, Slot, error) {
	fail := func(err error) (*Columns, Slot, error) {
		return nil, Slot{}, fmt.Errorf("read series of %s at %s: %w", shop, slot.UTC().Format(time.RFC3339), err)
	}
	step, ok := s.stepOf(tx, shop)
	if !ok {
		return fail(ErrNoSlot)
	}
	index, n := place(slot, step)
	p, err := loadPeriod(tx, clockLayout, shop, index)
	if err != nil {
		return fail(err)
	}
	i, found := p.find(n)
	if !found {
		return fail(ErrNoSlot)
	}
	k, err := p.slots[i].pick(asOf)
	switch {
	case err != nil:
		return fail(err)
	case k < 0:
		return fail(ErrNoSlot)
	}
	t, err := s.readSlot(tx, clockLayout, shop, p, i, k, columnNumbers(cols))
	if err != nil {
		return fail(err)
	}
	return &Columns{*t}, slotOf(p, i, k, step), nil
}

func columnNumbers(cols []Column) []int {
	if len(cols) == 0 {
		return nil
	}
	all := make([]int, len(cols))
	for i, c := range cols {
		all[i] = int(c)
	}
	return all
}

// stepOf is the clock step of a shop, as the transaction sees it.
func (s *Store) stepOf(tx *storage.Tx, shop market.ShopID) (time.Duration, bool) {
	if tx.Writable() {
		s.writing.Lock()
		defer s.writing.Unlock()
		if s.tx == tx && s.drafts[shop] != nil {
			return time.Duration(s.drafts[shop].record.Step), true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.panels[shop]; st != nil {
		return time.Duration(st.record.Step), true
	}
	return 0, false
}

func slotOf(p *period, i, k int, step time.Duration) Slot {
	e := &p.slots[i]
	v := &e.versions[k]
	return Slot{Start: startOf(p.index, e.slot, step), Revision: v.rev, At: v.complete(), State: v.state, Rows: v.rows}
}

// readSlot reads columns (nil: all) of a version of a slot.
func (s *Store) readSlot(tx *storage.Tx, l *layout, shop market.ShopID, p *period, i, k int, cols []int) (*table, error) {
	v, err := s.view(tx, l, shop, p)
	if err != nil {
		return nil, err
	}
	if cols == nil {
		for c := range l.specs {
			cols = append(cols, c)
		}
	}
	t := tableOf(l, p.slots[i].versions[k].rows, cols)
	for from := 0; from < t.n; from += chunk {
		to := min(from+chunk, t.n)
		for _, col := range cols {
			b, err := v.bases(col, from, to)
			if err != nil {
				return nil, err
			}
			x, err := v.value(b, i, k)
			if err != nil {
				return nil, err
			}
			if !l.specs[col].flag && !t.store(x.v, col, from) {
				return nil, fmt.Errorf("%w: a value of %s does not fit its column", storage.ErrDamaged, l.periodName(p.index))
			}
			t.storeNull(x.null, col, from)
		}
		v.forget()
	}
	return t, nil
}

// Slots lists what is stored in a window as of a revision, oldest first.
func (s *Store) Slots(tx *storage.Tx, shop market.ShopID, w market.Window, asOf market.Revision) ([]Slot, error) {
	var all []Slot
	err := s.eachSlot(tx, shop, w, asOf, func(p *period, i, k int, slot Slot) { all = append(all, slot) })
	if err != nil {
		return nil, fmt.Errorf("slots of %s: %w", shop, err)
	}
	return all, nil
}

// eachSlot visits the versions that hold as of a revision.
func (s *Store) eachSlot(tx *storage.Tx, shop market.ShopID, w market.Window, asOf market.Revision, visit func(p *period, i, k int, slot Slot)) error {
	step, ok := s.stepOf(tx, shop)
	if !ok || w.Empty() {
		return nil
	}
	from, _ := place(w.Start, step)
	to, _ := place(w.End.Add(-1), step)
	periods, err := loadPeriods(tx, clockLayout, shop, from, to)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if err := visitSlots(p, w, asOf, step, visit); err != nil {
			return err
		}
	}
	return nil
}

func visitSlots(p *period, w market.Window, asOf market.Revision, step time.Duration, visit func(p *period, i, k int, slot Slot)) error {
	for i := range p.slots {
		if !w.Contains(startOf(p.index, p.slots[i].slot, step)) {
			continue
		}
		k, err := p.slots[i].pick(asOf)
		if err != nil {
			return err
		}
		if k >= 0 {
			visit(p, i, k, slotOf(p, i, k, step))
		}
	}
	return nil
}

// Line is a window of one series. Values[c][i] and Null[c] belong to Slots[i];
// a slot that was never stored is not in Slots.
type Line struct {
	Slots  []Slot
	Values [Width][]int64 // nil for columns that were not asked for
	Null   [Width]market.Bits
}

// Line reads the named columns (none named: all) of one series over a window.
func (s *Store) Line(tx *storage.Tx, shop market.ShopID, id uint32, w market.Window, asOf market.Revision, cols ...Column) (*Line, error) {
	line := &Line{}
	if len(cols) == 0 {
		for c := range Column(Width) {
			cols = append(cols, c)
		}
	}
	type at struct{ i, k int }
	var periods []*period
	chosen := map[*period][]at{}
	err := s.eachSlot(tx, shop, w, asOf, func(p *period, i, k int, slot Slot) {
		if len(chosen[p]) == 0 {
			periods = append(periods, p)
		}
		chosen[p] = append(chosen[p], at{i, k})
		line.Slots = append(line.Slots, slot)
	})
	if err != nil {
		return nil, fmt.Errorf("series %d of %s: %w", id, shop, err)
	}
	for _, c := range cols {
		line.Values[c] = make([]int64, 0, len(line.Slots))
	}
	from := int(id) &^ 63
	var v *view
	for start := 0; start < len(periods); {
		if v, err = s.view(tx, clockLayout, shop, periods[start]); err != nil {
			return nil, err
		}
		end := start + 1
		for lev := clockLayout.levels[v.p.level]; end < len(periods) && lev.merges > 1 && periods[end].level == v.p.level &&
			lev.group(periods[end].index) == lev.group(v.p.index); end++ {
		}
		base := len(line.Values[cols[0]])
		for _, c := range cols {
			n := base
			for _, p := range periods[start:end] {
				v.turn(p)
				b, err := v.bases(int(c), from, from+64)
				if err != nil {
					return nil, err
				}
				for _, a := range chosen[p] {
					x, err := v.value(b, a.i, a.k)
					if err != nil {
						return nil, err
					}
					line.add(c, n, x, int(id)-from)
					n++
				}
			}
		}
		start = end
	}
	return line, nil
}

// add appends the value of one slot.
func (l *Line) add(c Column, n int, x *span, row int) {
	if x.null.Get(row) {
		l.Null[c].Set(n)
		l.Values[c] = append(l.Values[c], 0)
		return
	}
	l.Values[c] = append(l.Values[c], x.v[row])
}
