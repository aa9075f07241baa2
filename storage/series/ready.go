package series

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// ready is the stored form of a frame, made before the transaction that puts it.
type ready struct {
	cols *Columns
	// What it was made against; when anything of it has changed since, Put makes
	// the blocks anew.
	index, slot, level int
	changes, gen       uint64
	blocks             [][]byte // by chunk
	// next is the running day with the frame, as was is without it; nil when it
	// is of no use.
	was, next *totals
}

// Prepare makes what Put would otherwise make inside its transaction, beside
// readers and the writer, and keeps it in the frame: with it the transaction of a
// large slot takes little longer than writing its bytes, and a correction no
// longer than a new slot. It is never needed, and Put takes it only when the
// history is still the one it was made against. The columns must not be changed
// any more.
func (s *Store) Prepare(ctx context.Context, shop *market.Shop, f *Frame) error {
	s.mu.Lock()
	st := s.panels[shop.ID]
	s.mu.Unlock()
	if st == nil {
		return nil // the first of a panel
	}
	err := checkColumns(f)
	if err == nil && f.Step != 0 && int64(f.Step) != st.record.Step {
		err = fmt.Errorf("%w: %v, want %v", ErrStep, f.Step, time.Duration(st.record.Step))
	}
	if err != nil {
		return fmt.Errorf("prepare series of %s at %s: %w", shop.ID, f.Slot.UTC().Format(time.RFC3339), err)
	}
	err = s.db.View(ctx, func(tx *storage.Tx) (err error) {
		f.ready, err = s.prepareFrame(tx, shop, st, f)
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare series of %s at %s: %w", shop.ID, f.Slot.UTC().Format(time.RFC3339), err)
	}
	return nil
}

func (s *Store) prepareFrame(tx *storage.Tx, shop *market.Shop, st *state, f *Frame) (*ready, error) {
	step := time.Duration(st.record.Step)
	r := &ready{cols: f.Columns}
	r.index, r.slot = place(f.Slot, step)
	p, err := loadPeriod(tx, clockLayout, shop.ID, r.index)
	if err != nil {
		return nil, err
	}
	r.level, r.changes, r.gen = p.level, p.changes, p.gen
	f.Columns.null[staleColumn] = f.Stale
	w := &writer{
		s: s, tx: tx, l: clockLayout, shop: shop.ID, p: p, enc: newEncoder(clockLayout, s.codec),
		chain: func() (*table, error) { return s.chainOf(tx, shop.ID, st, p) },
	}
	i, found := p.find(r.slot)
	if w.based(r.slot, found) {
		r.blocks, err = w.baseBlocks(&f.Columns.table)
	} else {
		if !found {
			p.insert(i, slotEntry{slot: r.slot})
		}
		r.blocks, err = w.lateBlocks(i, max(f.Columns.n, p.slots[i].baseRows), &f.Columns.table)
	}
	if err != nil {
		return nil, err
	}
	r.was, r.next = s.ahead(shop, Slot{Start: startOf(r.index, r.slot, step)}, f.Columns)
	return r, nil
}

// fits reports whether the blocks are what would be made now.
func (r *ready) fits(p *period, slot int, f *Frame) bool {
	return r != nil && r.cols == f.Columns && r.index == p.index && r.slot == slot &&
		r.level == p.level && r.changes == p.changes && r.gen == p.gen
}
