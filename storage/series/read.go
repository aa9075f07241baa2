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
	t, err := s.readSlot(slotRef{tx, clockLayout, shop, p, i, k}, columnNumbers(cols))
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

// slotRef names a version of a slot inside a transaction.
type slotRef struct {
	tx   *storage.Tx
	l    *layout
	shop market.ShopID
	p    *period
	i, k int
}

// readSlot reads columns (nil: all) of a version of a slot.
func (s *Store) readSlot(ref slotRef, cols []int) (*table, error) {
	l, p, i, k := ref.l, ref.p, ref.i, ref.k
	v, err := s.view(ref.tx, l, ref.shop, p)
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
		first := true
		err := visitSlots(p, w, asOf, step, func(p *period, i, k int, slot Slot) {
			if first {
				tx.ReadsHours(slot.Start)
				first = false
			}
			visit(p, i, k, slot)
		})
		if err != nil {
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

// Value is one value of a line, and false when it is not known or its column
// was not asked for.
func (l *Line) Value(c Column, i int) (int64, bool) {
	if l.Values[c] == nil || l.Null[c].Get(i) {
		return 0, false
	}
	return l.Values[c][i], true
}

// Line reads the named columns (none named: all) of one series over a window.
func (s *Store) Line(tx *storage.Tx, shop market.ShopID, id uint32, w market.Window, asOf market.Revision, cols ...Column) (*Line, error) {
	all, err := s.Lines(tx, shop, []uint32{id}, w, asOf, cols...)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Lines is Line for several series, in their order. Series whose ids lie close
// together, as those of an item's channels do, cost little more than one.
func (s *Store) Lines(tx *storage.Tx, shop market.ShopID, ids []uint32, w market.Window, asOf market.Revision, cols ...Column) ([]*Line, error) {
	if len(cols) == 0 {
		for c := range Column(Width) {
			cols = append(cols, c)
		}
	}
	l := lines{s: s, tx: tx, shop: shop, cols: cols, chosen: map[*period][]chosen{}, scratch: &scratch{}, out: make([]*Line, len(ids))}
	err := s.eachSlot(tx, shop, w, asOf, func(p *period, i, k int, slot Slot) {
		if len(l.chosen[p]) == 0 {
			l.periods = append(l.periods, p)
		}
		l.chosen[p] = append(l.chosen[p], chosen{i, k})
		l.slots = append(l.slots, slot)
	})
	for i := range ids {
		l.out[i] = &Line{Slots: l.slots}
		for _, c := range cols {
			l.out[i].Values[c] = make([]int64, 0, len(l.slots))
		}
	}
	for _, near := range neighbours(ids) {
		if err == nil {
			err = l.read(ids, near)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("series %d of %s: %w", ids, shop, err)
	}
	return l.out, nil
}

// neighbours gathers the positions of ids that share the smallest of blocks.
func neighbours(ids []uint32) [][]int {
	block := uint32(clockLayout.levels[len(clockLayout.levels)-1].rows)
	var all [][]int
	at := map[uint32]int{}
	for i, id := range ids {
		n, found := at[id/block]
		if !found {
			n = len(all)
			at[id/block], all = n, append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return all
}

// lines reads series, the periods that share blocks together.
type lines struct {
	s       *Store
	tx      *storage.Tx
	shop    market.ShopID
	cols    []Column
	slots   []Slot
	periods []*period
	chosen  map[*period][]chosen
	scratch *scratch
	out     []*Line
}

// read reads the series at some positions of ids.
func (l *lines) read(ids []uint32, near []int) error {
	r := lineReader{lines: l, from: int(ids[near[0]])}
	for _, i := range near {
		r.from, r.to = min(r.from, int(ids[i])), max(r.to, int(ids[i])+1)
	}
	for _, i := range near {
		r.rows, r.into = append(r.rows, int(ids[i])-r.from), append(r.into, l.out[i])
	}
	for rest := l.periods; len(rest) > 0; {
		n, err := r.next(rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// lineReader reads series of the stretch from..to.
type lineReader struct {
	*lines
	from, to int
	rows     []int // in the stretch
	into     []*Line
	done     int // slots
}

// next reads the first of some periods, and those that share its blocks, and
// says how many these were.
func (r *lineReader) next(periods []*period) (int, error) {
	v, err := r.s.view(r.tx, clockLayout, r.shop, periods[0])
	if err != nil {
		return 0, err
	}
	v.scratch = r.scratch
	lev, end := clockLayout.levels[v.p.level], 1
	for end < len(periods) && lev.merges > 1 && periods[end].level == v.p.level &&
		lev.group(periods[end].index) == lev.group(v.p.index) {
		end++
	}
	base := r.done
	for _, c := range r.cols {
		r.done = base
		for _, p := range periods[:end] {
			v.turn(p)
			if err := r.period(v, c); err != nil {
				return 0, err
			}
		}
	}
	return end, nil
}

// period appends one column of one period.
func (r *lineReader) period(v *view, c Column) error {
	b, err := v.bases(int(c), r.from, r.to)
	if err != nil {
		return err
	}
	for _, a := range r.chosen[v.p] {
		x, err := v.value(b, a.i, a.k)
		if err != nil {
			return err
		}
		for i, row := range r.rows {
			r.into[i].add(c, r.done, x, row)
		}
		r.done++
	}
	return nil
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
