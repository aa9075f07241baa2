package series

import (
	"context"
	"fmt"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// running is the business day of the newest slot, summed up as slots come.
type running struct {
	mu     sync.RWMutex
	day    market.Day
	totals *Days
	slots  []Slot
}

// accumulate adds a slot to its day when the transaction commits.
func (s *Store) accumulate(tx *storage.Tx, shop *market.Shop, slot Slot, cols *Columns) {
	tx.OnCommit(func() {
		s.mu.Lock()
		r := s.days[shop.ID]
		s.mu.Unlock()
		if r == nil {
			return // nobody has asked yet
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if day := shop.Day(slot.Start); day != r.day {
			r.day, r.totals, r.slots = day, newDays(cols.n), nil
		}
		r.totals.grow(cols.n)
		r.slots = append(r.slots, slot)
		v := make([]int64, chunk)
		for at := 0; at < cols.n; at += chunk {
			n := min(chunk, cols.n-at)
			for c := range Column(Width) {
				cols.load(v[:n], int(c), at)
				r.totals.add(c, at, v[:n], cols.nulls(int(c), at, n, false))
			}
		}
	})
}

// restart forgets the running day, since one of its slots may have been restated.
func (s *Store) restart(tx *storage.Tx, shop market.ShopID) {
	tx.OnCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.days, shop)
	})
}

// Today shows fn the business day of the newest slot so far, with its slots;
// they must not be kept. fn is not called when the shop has no slot.
func (s *Store) Today(ctx context.Context, shop *market.Shop, fn func(day market.Day, totals *Days, slots []Slot)) error {
	s.mu.Lock()
	r := s.days[shop.ID]
	s.mu.Unlock()
	if r == nil {
		var err error
		if r, err = s.sumToday(ctx, shop); err != nil || r == nil {
			return err
		}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	fn(r.day, r.totals, r.slots)
	return nil
}

// sumToday reads the slots of the newest day. What it has made is kept unless a
// commit has come between.
func (s *Store) sumToday(ctx context.Context, shop *market.Shop) (*running, error) {
	p := s.Panel(shop.ID)
	if p == nil || p.now == nil {
		return nil, nil
	}
	r := &running{day: shop.Day(p.slot.Start)}
	err := s.db.View(ctx, func(tx *storage.Tx) error {
		d, err := s.day(tx, shop, r.day, 0, s.codec)
		if err == nil {
			r.slots = d.slots
			r.totals, err = d.all()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("today of %s: %w", shop.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.panels[shop.ID]; st != nil && st.panel == p {
		s.days[shop.ID] = r
	}
	return r, nil
}
