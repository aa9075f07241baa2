package series

import (
	"context"
	"fmt"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// running is the business day of the newest slot, summed up as slots come. It is
// locked for writing while somebody sums it up for the first time, so that the
// others wait instead of doing the same.
type running struct {
	mu     sync.RWMutex
	day    market.Day
	totals *Days
	slots  []Slot
	failed bool // it is of no use to others
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
		if n := len(r.slots); n > 0 && !slot.Start.After(r.slots[n-1].Start) {
			return // whoever summed it up has seen the commit already
		}
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

// Running is the business day of the newest slot so far. It is locked against
// the next commit and must be released soon.
type Running struct {
	Day market.Day
	*Days
	Slots []Slot
	lock  *sync.RWMutex
}

// Release ends the use of what Today has returned.
func (r *Running) Release() { r.lock.RUnlock() }

// Today returns the business day of the newest committed slot, from memory; nil
// when the shop has no slot. The first to ask sums it up.
func (s *Store) Today(tx *storage.Tx, shop *market.Shop) (*Running, error) {
	p := s.Panel(shop.ID)
	if p == nil || p.now == nil {
		return nil, nil
	}
	for {
		r, first := s.running(shop.ID)
		if first {
			if err := s.sumToday(tx, shop, r); err != nil {
				return nil, fmt.Errorf("today of %s: %w", shop.ID, err)
			}
		}
		r.mu.RLock()
		if first || !r.failed {
			return &Running{Day: r.day, Days: r.totals, Slots: r.slots, lock: &r.mu}, nil
		}
		r.mu.RUnlock()
	}
}

// Warm makes ready what the first question about today would have to wait for.
func (s *Store) Warm(ctx context.Context, shop *market.Shop) error {
	return s.db.View(ctx, func(tx *storage.Tx) error {
		r, err := s.Today(tx, shop)
		if r != nil {
			r.Release()
		}
		return err
	})
}

// running finds the running day of a shop, or makes it, locked, to be summed up.
func (s *Store) running(shop market.ShopID) (r *running, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r = s.days[shop]; r == nil {
		r, first = &running{}, true
		r.mu.Lock()
		s.days[shop] = r
	}
	return r, first
}

// sumToday reads the slots of the newest day into r and unlocks it. What tx does
// not see any more is only good for whoever asked with it.
func (s *Store) sumToday(tx *storage.Tx, shop *market.Shop, r *running) error {
	r.failed = true
	defer func() {
		if r.failed {
			s.mu.Lock()
			if s.days[shop.ID] == r {
				delete(s.days, shop.ID)
			}
			s.mu.Unlock()
		}
		r.mu.Unlock()
	}()
	newest := s.Panel(shop.ID).slot.Start // a later commit finds r and waits for it
	r.day = shop.Day(newest)
	d, err := s.day(tx, shop, r.day, 0, s.codec)
	if err != nil {
		return err
	}
	r.slots = d.slots
	if r.totals, err = d.all(); err != nil {
		return err
	}
	r.failed = len(r.slots) == 0 || r.slots[len(r.slots)-1].Start.Before(newest)
	return nil
}
