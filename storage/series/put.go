package series

import (
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Put stores a frame. It becomes visible, and the panel's columns are swapped,
// when the transaction commits. A frame of a slot behind the newest, or of one
// that is there, is a correction: of the versions of a slot the one with the
// largest revision wins.
func (s *Store) Put(tx *storage.Tx, shop *market.Shop, f Frame) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	st, err := s.begin(tx, shop, f.Step)
	if err == nil {
		err = s.put(tx, shop, st, &f)
	}
	if err != nil {
		return fmt.Errorf("store series of %s at %s: %w", shop.ID, f.Slot.UTC().Format(time.RFC3339), err)
	}
	return nil
}

func (s *Store) put(tx *storage.Tx, shop *market.Shop, st *state, f *Frame) error {
	if err := checkFrame(st, f); err != nil {
		return err
	}
	step := time.Duration(st.record.Step)
	index, slot := place(f.Slot, step)
	f.Slot = startOf(index, slot, step)
	if f.At.IsZero() {
		f.At = f.Slot.Add(step)
	}
	p, err := loadPeriod(tx, clockLayout, shop.ID, index)
	if err != nil {
		return err
	}
	f.Columns.null[staleColumn] = f.Stale
	w := &writer{
		s: s, tx: tx, l: clockLayout, shop: shop.ID, p: p, enc: s.encoder(clockLayout),
		chain: func() (*table, error) { return s.chainOf(tx, shop.ID, st, p) },
	}
	v := version{rev: f.Revision, rows: f.Columns.n, at: f.At.UnixMilli(), state: f.State}
	if f.ready.fits(p, slot, f) {
		w.ready = f.ready.blocks
	}
	based, err := w.put(slot, v, &f.Columns.table)
	if err != nil {
		return err
	}
	if err := s.putCube(tx, shop, st, f); err != nil {
		return err
	}
	if err := markDirty(tx, shop, f.Slot, f.Revision); err != nil {
		return err
	}
	if based {
		st.chain, st.chainIndex, st.chainSlot = &f.Columns.table, index, slot
	}
	i, _ := p.find(slot)
	s.advance(tx, shop, st, f, p.slots[i].versions[len(p.slots[i].versions)-1].rev == f.Revision)
	return nil
}

func checkFrame(st *state, f *Frame) error {
	if err := checkColumns(f); err != nil {
		return err
	}
	switch {
	case f.Revision == 0:
		return errors.New("a frame needs the revision that brings it")
	case f.Columns.n > st.record.Series:
		return fmt.Errorf("%d rows, but only %d series are registered", f.Columns.n, st.record.Series)
	case f.Slot.IsZero():
		return errors.New("a frame needs its slot")
	case f.Slot.Unix() < st.record.Kept:
		return ErrPast
	case len(f.Stale) > (f.Columns.n+63)/64:
		return errors.New("more stale marks than rows")
	}
	if f.State == "" {
		f.State = market.Complete
	}
	return nil
}

func checkColumns(f *Frame) error {
	if f.Columns == nil {
		return errors.New("a frame needs columns")
	}
	for c := range Column(Width) {
		if !f.Columns.Has(c) || len(f.Columns.null[c]) > (f.Columns.n+63)/64 {
			return fmt.Errorf("column %v is not of %d rows", c, f.Columns.n)
		}
	}
	return nil
}

// advance makes a frame the newest or the one before in the draft's panel, when
// that is what it is.
func (s *Store) advance(tx *storage.Tx, shop *market.Shop, st *state, f *Frame, wins bool) {
	p := *st.panel
	p.picture = s.pictures.Add(1)
	is := Slot{Start: f.Slot, Revision: f.Revision, At: f.At.UTC().Truncate(time.Millisecond), State: f.State, Rows: f.Columns.n}
	switch {
	case p.now == nil || f.Slot.After(p.slot.Start):
		p.before, p.slotBefore = p.now, p.slot
		p.now, p.slot = f.Columns, is
		s.accumulate(tx, shop, is, f)
	case !wins:
	case f.Slot.Equal(p.slot.Start):
		p.now, p.slot = f.Columns, is
		s.restart(tx, shop, is)
	case p.before == nil || f.Slot.After(p.slotBefore.Start) || f.Slot.Equal(p.slotBefore.Start):
		p.before, p.slotBefore = f.Columns, is
		s.restart(tx, shop, is)
	default:
		s.restart(tx, shop, is)
	}
	st.panel = &p
}

// chainOf is the base before the next one of a period: nil for the first.
func (s *Store) chainOf(tx *storage.Tx, shop market.ShopID, st *state, p *period) (*table, error) {
	last := -1
	for i := range p.slots {
		if p.slots[i].base {
			last = i
		}
	}
	if last < 0 {
		return nil, nil
	}
	if st.chain != nil && st.chainIndex == p.index && st.chainSlot == p.slots[last].slot {
		return st.chain, nil
	}
	return s.readBase(tx, clockLayout, shop, p, last)
}

// readBase reads the gauges of a base.
func (s *Store) readBase(tx *storage.Tx, l *layout, shop market.ShopID, p *period, i int) (*table, error) {
	v, err := s.view(tx, l, shop, p)
	if err != nil {
		return nil, err
	}
	t := newTable(l, p.slots[i].baseRows)
	for from := 0; from < t.n; from += chunk {
		to := min(from+chunk, t.n)
		for col, spec := range l.specs {
			if !spec.gauge {
				continue
			}
			b, err := v.bases(col, from, to)
			if err != nil {
				return nil, err
			}
			x, err := b.load(i)
			if err != nil {
				return nil, err
			}
			t.store(x.v, col, from)
		}
		v.forget()
	}
	return t, nil
}

// writer puts one slot of one period.
type writer struct {
	s     *Store
	tx    *storage.Tx
	l     *layout
	shop  market.ShopID
	p     *period
	enc   *encoder
	chain func() (*table, error)
	ready [][]byte // blocks by chunk, when they have been made beforehand
}

// based reports whether the first version of a slot becomes its base.
func (w *writer) based(slot int, found bool) bool {
	return !found && w.p.level == 0 && w.lastBase() < slot
}

// put stores a version of a slot, and reports whether it became the base.
func (w *writer) put(slot int, v version, t *table) (based bool, err error) {
	i, found := w.p.find(slot)
	space, key := w.l.levelSpace(w.shop, 0, w.p.index), func(c int) []byte { return slotChunkKey(slot, c) }
	blocks := w.ready
	if based = w.based(slot, found); based {
		if blocks == nil {
			blocks, err = w.baseBlocks(t)
		}
		v.base = true
		w.p.insert(i, slotEntry{slot: slot, base: true, baseRows: t.n, versions: []version{v}})
	} else {
		space, key = w.l.lateSpace(w.shop, w.p.index, w.p.gen), func(c int) []byte { return lateKey(slot, v.rev, c) }
		if !found {
			w.p.insert(i, slotEntry{slot: slot})
		}
		e := &w.p.slots[i]
		v.rows = max(v.rows, e.baseRows)
		if blocks == nil {
			blocks, err = w.lateBlocks(i, v.rows, t)
		}
		e.put(v)
	}
	for c := 0; c < len(blocks) && err == nil; c++ {
		err = w.tx.Space(space).Put(key(c), blocks[c])
	}
	if err != nil {
		return false, err
	}
	w.p.changes++
	return based, savePeriod(w.tx, w.l, w.shop, w.p)
}

func (p *period) insert(i int, e slotEntry) {
	p.slots = append(p.slots, slotEntry{})
	copy(p.slots[i+1:], p.slots[i:])
	p.slots[i] = e
}

func (w *writer) lastBase() int {
	last := -1
	for i := range w.p.slots {
		if w.p.slots[i].base {
			last = w.p.slots[i].slot
		}
	}
	return last
}

// baseBlocks makes the blocks of a base: differences to the base before.
func (w *writer) baseBlocks(t *table) (blocks [][]byte, err error) {
	before, err := w.chain()
	if err != nil {
		return nil, err
	}
	carry(w.l, t, before)
	for at := 0; at < t.n; at += chunk {
		blocks = append(blocks, w.enc.slot(part{t: t, at: at, from: at, n: min(chunk, t.n-at)}, before))
	}
	return blocks, nil
}

// lateBlocks makes the blocks of a version of the slot at position i: differences
// to its base.
func (w *writer) lateBlocks(i, rows int, t *table) (blocks [][]byte, err error) {
	v, err := w.s.view(w.tx, w.l, w.shop, w.p)
	if err != nil {
		return nil, err
	}
	for at := 0; at < rows; at += chunk {
		n := min(chunk, rows-at)
		b, err := w.enc.late(part{t: t, at: at, from: at, n: n}, func(col int) (*span, error) { return v.base(col, at, n, i) })
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
		v.forget()
	}
	return blocks, nil
}

// base reads the base of one slot; without one all is unknown.
func (v *view) base(col, from, n, i int) (*span, error) {
	if !v.p.slots[i].base {
		out := newSpan(n)
		if !v.l.specs[col].flag {
			out.unknown()
		}
		return &out, nil
	}
	b, err := v.bases(col, from, from+n)
	if err != nil {
		return nil, err
	}
	return b.load(i)
}

// carry puts under each null bit what the chain of differences has there: the
// value before for a gauge, 0 for a flow.
func carry(l *layout, t, before *table) {
	for col, spec := range l.specs {
		if spec.flag || !t.null[col].Any() {
			continue
		}
		for i := range t.n {
			if !t.null[col].Get(i) {
				continue
			}
			var x int64
			if spec.gauge && before != nil && i < before.n {
				x = before.value(col, i)
			}
			t.set(col, i, x)
		}
	}
}

func (t *table) value(col, i int) int64 {
	if t.wide[col] != nil {
		return t.wide[col][i]
	}
	return int64(t.small[col][i])
}

func (t *table) set(col, i int, v int64) {
	if t.wide[col] != nil {
		t.wide[col][i] = v
	} else {
		t.small[col][i] = int32(v)
	}
}
