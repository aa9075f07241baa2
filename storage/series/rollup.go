package series

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// dayReader sums the slots of a business day, chunk by chunk.
type dayReader struct {
	s       *Store
	tx      *storage.Tx
	shop    *market.Shop
	codec   *column.Codec
	periods []*period
	chosen  map[*period][]chosen
	slots   []Slot
	rows    int
	rev     market.Revision // newest of the slots
}

// chosen is a version of the slot at a position of a period.
type chosen struct{ i, k int }

func (s *Store) day(tx *storage.Tx, shop *market.Shop, day market.Day, asOf market.Revision, codec *column.Codec) (*dayReader, error) {
	d := &dayReader{s: s, tx: tx, shop: shop, codec: codec, chosen: map[*period][]chosen{}}
	err := s.eachSlot(tx, shop.ID, shop.Window(day, day), asOf, func(p *period, i, k int, slot Slot) {
		if len(d.chosen[p]) == 0 {
			d.periods = append(d.periods, p)
		}
		d.chosen[p] = append(d.chosen[p], chosen{i, k})
		d.slots = append(d.slots, slot)
		d.rows = max(d.rows, slot.Rows)
		d.rev = max(d.rev, slot.Revision)
	})
	return d, err
}

// chunk sums the series from..to, which lie inside one chunk.
func (d *dayReader) chunk(from, to int) (*Days, error) {
	out := newDays(to - from)
	for _, p := range d.periods {
		v, err := d.s.view(d.tx, clockLayout, d.shop.ID, p)
		if err != nil {
			return nil, err
		}
		v.codec = d.codec
		for c := range Column(Width) {
			b, err := v.bases(int(c), from, to)
			if err != nil {
				return nil, err
			}
			for _, at := range d.chosen[p] {
				x, err := v.value(b, at.i, at.k)
				if err != nil {
					return nil, err
				}
				out.add(c, 0, x.v, x.null)
			}
		}
	}
	return out, nil
}

// all sums every series.
func (d *dayReader) all() (*Days, error) {
	out := newDays(d.rows)
	for from := 0; from < d.rows; from += chunk {
		part, err := d.chunk(from, min(from+chunk, d.rows))
		if err != nil {
			return nil, err
		}
		out.place(part, from)
	}
	return out, nil
}

// place copies the rows of a part to from.., a multiple of 64.
func (d *Days) place(part *Days, from int) {
	for c := range d.null {
		if d.small[c] != nil {
			copy(d.small[c][from:], part.small[c])
		}
		if d.wide[c] != nil {
			copy(d.wide[c][from:], part.wide[c])
		}
		copy(d.null[c][from>>6:], part.null[c])
	}
}

func dirtyKey(shop market.ShopID, day market.Day) []byte { return number(shopKey(shop), int(day)) }

// markDirty notes that a business day waits for its rollup.
func markDirty(tx *storage.Tx, shop *market.Shop, slot time.Time, rev market.Revision) error {
	return tx.Space(spaceDirty).Put(dirtyKey(shop.ID, shop.Day(slot)), binary.BigEndian.AppendUint64(nil, uint64(rev)))
}

// dirty reports whether a business day waits for its rollup.
func dirty(tx *storage.Tx, shop market.ShopID, day market.Day) (bool, error) {
	b, err := tx.Space(spaceDirty).Get(dirtyKey(shop, day))
	return b != nil, err
}

// Daily is a business day of a panel.
type Daily struct {
	Day market.Day
	// Days has only the columns that were asked for.
	*Days
	Revision market.Revision // newest that went in
	At       time.Time       // data is complete up to here
	State    market.Condition
}

// ReadDay returns the named columns (none named: all) of a business day as of a
// revision: from its rollup where that is exact, else summed up from its slots.
// The error is ErrNoSlot when nothing is kept of that day.
func (s *Store) ReadDay(tx *storage.Tx, shop *market.Shop, day market.Day, asOf market.Revision, cols ...DayColumn) (*Daily, error) {
	d, err := s.readRollup(tx, shop, day, asOf, cols)
	if err == nil && d == nil {
		d, err = s.sumDay(tx, shop, day, asOf)
	}
	if err != nil {
		return nil, fmt.Errorf("day %s of %s: %w", day, shop.ID, err)
	}
	return d, nil
}

func (s *Store) sumDay(tx *storage.Tx, shop *market.Shop, day market.Day, asOf market.Revision) (*Daily, error) {
	r, err := s.day(tx, shop, day, asOf, s.codec)
	if err != nil {
		return nil, err
	}
	if len(r.slots) == 0 {
		return nil, ErrNoSlot
	}
	all, err := r.all()
	if err != nil {
		return nil, err
	}
	return &Daily{Day: day, Days: all, Revision: r.rev, At: r.slots[len(r.slots)-1].At, State: r.state(s, day)}, nil
}

// state judges a day by its slots: it is complete when none is missing.
func (d *dayReader) state(s *Store, day market.Day) market.Condition {
	step, _ := s.stepOf(d.tx, d.shop.ID)
	for _, slot := range d.slots {
		if slot.State != market.Complete {
			return market.Partial
		}
	}
	if time.Duration(len(d.slots))*step < d.shop.Window(day, day).Duration().Truncate(step) {
		return market.Partial
	}
	return market.Complete
}

// readRollup returns the stored rollup if it says what the slots would, or the
// slots are gone; else nil.
func (s *Store) readRollup(tx *storage.Tx, shop *market.Shop, day market.Day, asOf market.Revision, cols []DayColumn) (*Daily, error) {
	index, slot := monthPlace(day)
	p, err := loadPeriod(tx, dayLayout, shop.ID, index)
	if err != nil {
		return nil, err
	}
	i, found := p.find(slot)
	if !found {
		return nil, nil
	}
	exact, err := s.rollupExact(tx, shop, day, &p.slots[i], asOf)
	if err != nil || !exact {
		return nil, err
	}
	k, err := p.slots[i].pick(asOf)
	if err != nil || k < 0 {
		return nil, errors.Join(err, ErrNoSlot)
	}
	var numbers []int
	for _, c := range cols {
		numbers = append(numbers, int(c))
	}
	t, err := s.readSlot(slotRef{tx, dayLayout, shop.ID, p, i, k}, numbers)
	if err != nil {
		return nil, err
	}
	v := &p.slots[i].versions[k]
	return &Daily{Day: day, Days: &Days{*t}, Revision: v.rev, At: v.complete(), State: v.state}, nil
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
