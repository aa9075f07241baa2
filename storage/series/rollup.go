package series

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

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
	all, err := s.ReadDays(tx, shop, day, day, asOf, cols...)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("day %s of %s: %w", day, shop.ID, ErrNoSlot)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// ReadDays is ReadDay for the days from..to, oldest first; those of which nothing
// is kept are left out. It costs less than reading them one by one, since each
// is stored by what it differs from the one before. Columns may be shared with
// others who ask, and must not be changed.
func (s *Store) ReadDays(tx *storage.Tx, shop *market.Shop, from, to market.Day, asOf market.Revision, cols ...DayColumn) ([]*Daily, error) {
	f := s.finder(tx, shop, asOf)
	var all []*Daily
	for day := from; day <= to; day++ {
		ref, err := f.find(day)
		if err != nil {
			return nil, fmt.Errorf("day %s of %s: %w", day, shop.ID, err)
		}
		if ref != nil {
			all = append(all, ref.daily(s))
		}
	}
	err := f.eachMonth(func(p *period, refs []*dayRef) error { return s.readMonth(tx, shop, p, refs, dayNumbers(cols)) })
	for _, ref := range f.found {
		if err == nil && ref.p == nil {
			ref.into.Days, err = ref.slots.all()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("days %s to %s of %s: %w", from, to, shop.ID, err)
	}
	return all, nil
}

func dayNumbers(cols []DayColumn) []int {
	var numbers []int
	for _, c := range cols {
		numbers = append(numbers, int(c))
	}
	if len(cols) == 0 {
		for c := range DayWidth {
			numbers = append(numbers, c)
		}
	}
	return numbers
}

// daily is a day that was found; its columns are not read yet.
func (r *dayRef) daily(s *Store) *Daily {
	r.into = &Daily{Day: r.day}
	if r.p == nil {
		r.into.Revision, r.into.At, r.into.State = r.slots.rev, r.slots.slots[len(r.slots.slots)-1].At, r.slots.state(s, r.day)
		return r.into
	}
	v := r.version()
	r.into.Revision, r.into.At, r.into.State = v.rev, v.complete(), v.state
	r.into.Days = &Days{*tableOf(dayLayout, v.rows, nil)}
	return r.into
}

// readMonth gives days of one month their columns.
func (s *Store) readMonth(tx *storage.Tx, shop *market.Shop, p *period, refs []*dayRef, cols []int) error {
	for _, col := range cols {
		all, err := s.columnsOf(tx, shop, p, refs, col)
		if err != nil {
			return err
		}
		for i, t := range all {
			into := refs[i].into
			into.small[col], into.wide[col], into.null[col] = t.small[col], t.wide[col], t.null[col]
		}
	}
	return nil
}

// columnsOf is a column of some days of one month: as it is kept decoded, or else
// from the store.
func (s *Store) columnsOf(tx *storage.Tx, shop *market.Shop, p *period, refs []*dayRef, col int) ([]*table, error) {
	var name strings.Builder
	fmt.Fprintf(&name, "series/%s/days/%d", shopName(shop.ID), col)
	for _, r := range refs {
		r.name(&name)
	}
	kept, err := tx.Decoded(name.String(), func() (any, int64, error) { return s.readColumn(tx, shop, p, refs, col) })
	if err != nil {
		return nil, err
	}
	return kept.([]*table), nil
}

// name tells what is said of a day. A rollup is made anew because its slots have
// changed; slots are told by the newest of them in periods as they stand.
func (r *dayRef) name(b *strings.Builder) {
	if r.p != nil {
		fmt.Fprintf(b, " %d:%d.%d", r.day, r.version().rev, r.changes)
		return
	}
	fmt.Fprintf(b, " %d", r.day)
	for _, p := range r.slots.periods {
		fmt.Fprintf(b, ":%d.%d", p.index, p.changes)
	}
	fmt.Fprintf(b, ".%d", r.slots.rev)
}

// readColumn reads a column of some days of one month, chunk by chunk, and how
// many bytes it takes.
func (s *Store) readColumn(tx *storage.Tx, shop *market.Shop, p *period, refs []*dayRef, col int) (all []*table, bytes int64, err error) {
	v, err := s.view(tx, dayLayout, shop.ID, p)
	if err != nil {
		return nil, 0, err
	}
	rows := 0
	some := make([]chosen, len(refs))
	for i, r := range refs {
		all = append(all, tableOf(dayLayout, r.version().rows, []int{col}))
		rows = max(rows, all[i].n)
		bytes += int64(4*len(all[i].small[col]) + 8*len(all[i].wide[col]) + all[i].n/8)
		some[i] = r.chosen
	}
	for from := 0; from < rows; from += chunk {
		i, fits := 0, true
		err := v.each(col, from, min(from+chunk, rows), some, func(x *span) {
			fits = all[i].fill(x, col, from) && fits
			i++
		})
		if err == nil && !fits {
			err = fmt.Errorf("%w: a value of %s does not fit its column", storage.ErrDamaged, dayLayout.periodName(p.index))
		}
		if err != nil {
			return nil, 0, err
		}
		v.forget()
	}
	return all, bytes, nil
}

// fill stores values into rows from.., as many as there are, and says whether
// they fitted.
func (t *table) fill(x *span, col, from int) bool {
	n := min(max(t.n-from, 0), len(x.v))
	if n == 0 {
		return true
	}
	t.storeNull(slice(x.null, 0, n), col, from)
	return t.store(x.v[:n], col, from)
}
