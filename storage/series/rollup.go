package series

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
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
	err := d.each(from, to, Price, func(c Column, x *span) { out.add(c, 0, x.v, x.null) })
	return out, err
}

// each visits the columns first.. of the series from..to, which lie inside one
// chunk, slot by slot in order.
func (d *dayReader) each(from, to int, first Column, visit func(Column, *span)) error {
	for _, p := range d.periods {
		v, err := d.s.view(d.tx, clockLayout, d.shop.ID, p)
		if err != nil {
			return err
		}
		v.codec = d.codec
		for c := first; c < Width; c++ {
			if err := v.each(int(c), from, to, d.chosen[p], func(x *span) { visit(c, x) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// each visits some versions of a column of the series from..to in order.
func (v *view) each(col, from, to int, some []chosen, visit func(*span)) error {
	b, err := v.bases(col, from, to)
	if err != nil {
		return err
	}
	for _, at := range some {
		x, err := v.value(b, at.i, at.k)
		if err != nil {
			return err
		}
		visit(x)
	}
	return nil
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
