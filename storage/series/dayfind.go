package series

import (
	"encoding/json"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// dayRef is where a business day can be read from: a version in its month, or,
// when p is nil, its slots.
type dayRef struct {
	day   market.Day
	p     *period
	slots *dayReader
	into  *Daily
	// changes is how often the slots of the day have changed, as far as they are
	// kept.
	changes []uint64
	chosen
}

func (r *dayRef) version() *version { return &r.p.slots[r.i].versions[r.k] }

// dayFinder finds business days as of a revision.
type dayFinder struct {
	s      *Store
	tx     *storage.Tx
	shop   *market.Shop
	asOf   market.Revision
	months map[int]*period
	found  []*dayRef
}

func (s *Store) finder(tx *storage.Tx, shop *market.Shop, asOf market.Revision) *dayFinder {
	return &dayFinder{s: s, tx: tx, shop: shop, asOf: asOf, months: map[int]*period{}}
}

// find says where a day is read from: the stored rollup if it says what the slots
// would, or the slots are gone. nil says that nothing is kept of it.
func (f *dayFinder) find(day market.Day) (*dayRef, error) {
	ref, err := f.rolledUp(day)
	if err == nil && ref == nil {
		ref = &dayRef{day: day}
		ref.slots, err = f.s.day(f.tx, f.shop, day, f.asOf, f.s.codec)
		if err == nil && len(ref.slots.slots) == 0 {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	if ref.p == nil || ref.k >= 0 {
		f.found = append(f.found, ref)
		return ref, nil
	}
	return nil, nil // as of that revision there was no such day
}

// rolledUp finds the version of a day in its month; nil when it must be summed up.
func (f *dayFinder) rolledUp(day market.Day) (*dayRef, error) {
	index, slot := monthPlace(day)
	p := f.months[index]
	if p == nil {
		var err error
		if p, err = loadPeriod(f.tx, dayLayout, f.shop.ID, index); err != nil {
			return nil, err
		}
		f.months[index] = p
	}
	i, found := p.find(slot)
	if !found {
		return nil, nil
	}
	exact, err := f.s.rollupExact(f.tx, f.shop, day, &p.slots[i], f.asOf)
	if err != nil || !exact {
		return nil, err
	}
	k, err := p.slots[i].pick(f.asOf)
	if err != nil {
		return nil, err
	}
	ref := &dayRef{day: day, p: p, chosen: chosen{i, k}}
	ref.changes, err = f.s.changes(f.tx, f.shop, day)
	return ref, err
}

// changes is how often the slots of the UTC days that a business day lies in have
// changed; those of days that are forgotten do not any more.
func (s *Store) changes(tx *storage.Tx, shop *market.Shop, day market.Day) ([]uint64, error) {
	w := shop.Window(day, day)
	from, _ := place(w.Start, DefaultStep)
	to, _ := place(w.End.Add(-1), DefaultStep)
	all, err := loadPeriods(tx, clockLayout, shop.ID, from, to)
	var out []uint64
	for _, p := range all {
		out = append(out, uint64(p.index), p.changes)
	}
	return out, err
}

// eachMonth visits the days that were found in months, month by month.
func (f *dayFinder) eachMonth(visit func(p *period, refs []*dayRef) error) error {
	for rest := f.found; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].p == rest[0].p {
			n++
		}
		if rest[0].p != nil {
			if err := visit(rest[0].p, rest[:n]); err != nil {
				return err
			}
		}
		rest = rest[n:]
	}
	return nil
}

// rollupExact: without slots the rollup is all there is. Otherwise it must be
// up to date, and the revision no older than what it was made of.
func (s *Store) rollupExact(tx *storage.Tx, shop *market.Shop, day market.Day, e *slotEntry, asOf market.Revision) (bool, error) {
	kept, err := s.slotsKept(tx, shop, day)
	if err != nil {
		return false, err
	}
	if !kept {
		return true, nil
	}
	waits, err := dirty(tx, shop.ID, day)
	return !waits && (asOf == 0 || asOf >= e.versions[len(e.versions)-1].rev), err
}

// slotsKept reports whether the slots of a business day are all still there.
func (s *Store) slotsKept(tx *storage.Tx, shop *market.Shop, day market.Day) (bool, error) {
	b, err := tx.Space(spacePanel).Get([]byte(shop.ID))
	if err != nil || b == nil {
		return false, err
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return false, tx.Space(spacePanel).Damaged([]byte(shop.ID), err.Error())
	}
	return shop.Start(day).Unix() >= r.Kept, nil
}
