package series

import (
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
// when the shop has no slot.
func (s *Store) Today(tx *storage.Tx, shop *market.Shop) (*Running, error) {
	s.mu.Lock()
	r := s.days[shop.ID]
	s.mu.Unlock()
	if r == nil {
		var err error
		if r, err = s.sumToday(tx, shop); err != nil || r == nil {
			return nil, err
		}
	}
	r.mu.RLock()
	return &Running{Day: r.day, Days: r.totals, Slots: r.slots, lock: &r.mu}, nil
}

// sumToday reads the slots of the newest day. What it has made is kept unless a
// commit has come between.
func (s *Store) sumToday(tx *storage.Tx, shop *market.Shop) (*running, error) {
	p := s.Panel(shop.ID)
	if p == nil || p.now == nil {
		return nil, nil
	}
	r := &running{day: shop.Day(p.slot.Start)}
	d, err := s.day(tx, shop, r.day, 0, s.codec)
	if err == nil {
		r.slots = d.slots
		r.totals, err = d.all()
	}
	if err != nil {
		return nil, fmt.Errorf("today of %s: %w", shop.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.panels[shop.ID]; st != nil && st.panel == p && len(r.slots) > 0 && r.slots[len(r.slots)-1] == p.slot {
		s.days[shop.ID] = r
	}
	return r, nil
}
