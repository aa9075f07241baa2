package series

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// totals are the flows of every series over slots of one business day. They are
// a picture: once others can see them they are not changed.
type totals struct {
	day     market.Day
	slots   []Slot // that went in, oldest first
	picture uint64 // no other has it
	*Days          // only the flows
}

// running is what is in memory of a shop's days: the business day of the newest
// slot, the same as it was before that slot, for questions that have begun
// before it came, and the day before, until it is rolled up.
type running struct {
	today, before, yesterday *totals
	// summing is held by whoever sums up today, so that the others wait instead
	// of doing the same.
	summing sync.Mutex
}

// newFlows are days without readings of gauges.
func newFlows(n int) *Days {
	var cols []int
	for c := DayUnits; c < DayWidth; c++ {
		cols = append(cols, int(c))
	}
	d := &Days{*tableOf(dayLayout, n, cols)}
	for _, c := range cols {
		d.null[c] = column.AllNull(n)
	}
	return d
}

// with is the day and one slot more.
func (t *totals) with(slot Slot, cols *Columns) *totals {
	next := &totals{day: t.day, slots: append(slices.Clip(t.slots), slot), Days: newFlows(max(t.n, cols.n))}
	for c := DayUnits; c < DayWidth; c++ {
		copy(next.small[c], t.small[c])
		copy(next.wide[c], t.wide[c])
		last := len(t.null[c]) - 1
		if last < 0 {
			continue
		}
		copy(next.null[c], t.null[c])
		if t.n&63 != 0 && next.n > t.n { // the rows that are new in the old ones' last word
			next.null[c][last] |= column.AllNull(min(next.n, (last+1)*64) - last*64)[0] &^ (1<<(t.n&63) - 1)
		}
	}
	next.take(cols)
	return next
}

// take adds the flows of a slot.
func (t *totals) take(cols *Columns) {
	v := make([]int64, chunk)
	for at := 0; at < cols.n; at += chunk {
		n := min(chunk, cols.n-at)
		for c := Units; c < Width; c++ {
			cols.load(v[:n], int(c), at)
			t.add(c, at, v[:n], cols.nulls(int(c), at, n, false))
		}
	}
}

// of reports whether t was made of exactly these slots.
func (t *totals) of(day market.Day, slots []Slot) bool {
	return t != nil && t.day == day && slices.EqualFunc(t.slots, slots, sameVersion)
}

func sameVersion(a, b Slot) bool { return a.Start.Equal(b.Start) && a.Revision == b.Revision }

// older reports whether t lacks something of these slots, and has nothing that
// they lack.
func (t *totals) older(day market.Day, slots []Slot) bool {
	switch {
	case t == nil || t.day < day:
		return true
	case t.day > day || len(t.slots) > len(slots):
		return false
	}
	for i, slot := range t.slots {
		if !slot.Start.Equal(slots[i].Start) || slot.Revision > slots[i].Revision {
			return false
		}
	}
	return !t.of(day, slots)
}

// accumulate adds the slot of a frame to its day when the transaction commits.
func (s *Store) accumulate(tx *storage.Tx, shop *market.Shop, slot Slot, f *Frame) {
	cols, made := f.Columns, f.ready
	tx.OnCommit(func() {
		r := s.running(shop.ID)
		var was, next *totals
		if made != nil && made.next != nil && s.runs(r, made.was) {
			was, next = made.was, made.next
			next.slots[len(next.slots)-1] = slot // which did not have its revision yet
		} else {
			was, next = s.ahead(shop, slot, cols)
		}
		if next == nil {
			return // nobody has asked yet, or whoever summed it up has seen the commit already
		}
		next.picture = s.pictures.Add(1)
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.today != was {
			return
		}
		if r.before = was; next.day != was.day {
			r.before, r.yesterday = nil, was
		}
		r.today = next
	})
}

// ahead is the running day, and what it will be with a new slot; nil when that
// cannot be told.
func (s *Store) ahead(shop *market.Shop, slot Slot, cols *Columns) (was, next *totals) {
	r := s.running(shop.ID)
	s.mu.Lock()
	was = r.today
	s.mu.Unlock()
	if was == nil || !slot.Start.After(was.slots[len(was.slots)-1].Start) {
		return nil, nil
	}
	next = was
	if day := shop.Day(slot.Start); day != was.day {
		next = &totals{day: day, Days: newFlows(0)}
	}
	return was, next.with(slot, cols)
}

// runs reports whether t is the running day.
func (s *Store) runs(r *running, t *totals) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.today == t
}

// restart forgets the sums of a day, one of whose slots has been restated.
func (s *Store) restart(tx *storage.Tx, shop *market.Shop, slot Slot) {
	tx.OnCommit(func() { s.forgetDay(shop.ID, shop.Day(slot.Start)) })
}

// forgetDay gives up the memory of a day's sums.
func (s *Store) forgetDay(shop market.ShopID, day market.Day) {
	r := s.running(shop)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range []**totals{&r.today, &r.before, &r.yesterday} {
		if *t != nil && (*t).day == day {
			*t = nil
		}
	}
}

// rolledUp gives up the memory of the day before, which is read from its rollup
// from now on.
func (s *Store) rolledUp(tx *storage.Tx, shop market.ShopID, day market.Day) {
	tx.OnCommit(func() {
		r := s.running(shop)
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.yesterday != nil && r.yesterday.day == day {
			r.yesterday = nil
		}
	})
}

// running finds what is in memory of a shop's days.
func (s *Store) running(shop market.ShopID) *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.days[shop]
	if r == nil {
		r = &running{}
		s.days[shop] = r
	}
	return r
}

// known finds the sums of exactly these slots in memory; nil when they are not
// there.
func (s *Store) known(r *running, day market.Day, slots []Slot) *totals {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range []*totals{r.today, r.before, r.yesterday} {
		if t.of(day, slots) {
			return t
		}
	}
	return nil
}

// today returns the sums of the day of the newest slot, made of the slots that d
// has chosen, from memory. The first to ask sums them up, and keeps them unless
// they are of the past.
func (s *Store) today(d *dayReader, day market.Day) (*totals, error) {
	r := s.running(d.shop.ID)
	if t := s.known(r, day, d.slots); t != nil {
		return t, nil
	}
	s.mu.Lock()
	ahead := !r.today.older(day, d.slots)
	s.mu.Unlock()
	if ahead {
		return nil, nil
	}
	r.summing.Lock()
	defer r.summing.Unlock()
	if t := s.known(r, day, d.slots); t != nil {
		return t, nil
	}
	sums, err := d.flows()
	if err != nil {
		return nil, err
	}
	t := &totals{day: day, slots: d.slots, picture: s.pictures.Add(1), Days: sums}
	s.mu.Lock()
	defer s.mu.Unlock()
	// A commit that came meanwhile has not been added by accumulate.
	if p := s.panels[d.shop.ID]; p != nil && sameVersion(p.panel.slot, d.slots[len(d.slots)-1]) && r.today.older(day, d.slots) {
		r.today, r.before = t, nil
	}
	return t, nil
}

// flows sums the flows of every series.
func (d *dayReader) flows() (*Days, error) {
	out := newFlows(d.rows)
	for from := 0; from < d.rows; from += chunk {
		to := min(from+chunk, d.rows)
		err := d.each(from, to, Units, func(c Column, x *span) { out.add(c, from, x.v, x.null) })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Warm makes ready what the first question about today would have to wait for.
func (s *Store) Warm(ctx context.Context, shop *market.Shop) error {
	return s.db.View(ctx, func(tx *storage.Tx) error {
		p := s.Panel(shop.ID)
		if p == nil || p.now == nil {
			return nil
		}
		day := shop.Day(p.slot.Start)
		d, err := s.day(tx, shop, day, 0, s.codec)
		if err == nil && len(d.slots) > 0 {
			_, err = s.today(d, day)
		}
		if err != nil {
			return fmt.Errorf("today of %s: %w", shop.ID, err)
		}
		return nil
	})
}
