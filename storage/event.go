package storage

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// EventQuery asks for events.
type EventQuery struct {
	Shop   *market.Shop
	Table  *market.Table
	Column string          // the Time or Date column that is tested; empty means the table's Day column
	Window market.Window   // of that column; an empty one finds nothing
	AsOf   market.Revision // as known at this revision; 0 means now
	// Columns names the columns that are wanted besides the key and Column;
	// the values of all others read as not known. nil wants every column.
	Columns []string
}

// Events returns the rows of the business days in which Column can lie in the
// window, of each key the newest version. Rows outside the window may be among
// them: the caller tests. There is a batch per business day, oldest first; the
// order of rows inside is not specified but the same each time. Batches are
// shared and must not be changed.
func (tx *Tx) Events(q EventQuery) ([]*market.Batch, error) {
	s, err := tx.schema(q.Table)
	if err != nil {
		return nil, err
	}
	if q.Shop == nil || s.table.Shape != market.Events {
		return nil, fmt.Errorf("events of %s: a shop and a table of events are required", q.Table.Name)
	}
	tested, wanted, err := q.columns(s)
	if err != nil || q.Window.Empty() {
		return nil, err
	}
	lo, hi := bounds(q.Shop, s.table.Columns[tested].Kind, q.Window)
	tx.reads(nanos(q.Window.Start))
	if err := tx.remembers(q.Shop.ID, s, tested, lo); err != nil {
		return nil, err
	}
	if err := tx.whole(q.Shop.ID, s, tested, lo, hi); err != nil {
		return nil, err
	}
	dirs, err := tx.directories(q.Shop.ID, s.table.Name)
	if err != nil {
		return nil, err
	}
	var out []*market.Batch
	for _, d := range dirs {
		if !d.overlaps(s.ids[tested], lo, hi) {
			continue
		}
		rows, err := tx.dayRows(q.Shop.ID, s, d, q.AsOf)
		if err != nil {
			return nil, err
		}
		b, err := rows.batch(tx, wanted)
		if err != nil {
			return nil, err
		}
		if b.Len() > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}

// columns resolves the names of a query.
func (q *EventQuery) columns(s *schema) (tested int, wanted []int, err error) {
	name := q.Column
	if name == "" {
		name = s.table.Day
	}
	tested = s.table.Col(name)
	if tested < 0 {
		return 0, nil, fmt.Errorf("events of %s: no column %q", s.table.Name, name)
	}
	if k := s.table.Columns[tested].Kind; k != market.Time && k != market.Date {
		return 0, nil, fmt.Errorf("events of %s: column %s is neither an instant nor a date", s.table.Name, name)
	}
	if q.Columns == nil {
		for i := range s.table.Columns {
			wanted = append(wanted, i)
		}
		return tested, wanted, nil
	}
	wanted = append(slices.Clone(s.key), tested)
	for _, name := range q.Columns {
		i := s.table.Col(name)
		if i < 0 {
			return 0, nil, fmt.Errorf("events of %s: no column %q", s.table.Name, name)
		}
		if !slices.Contains(wanted, i) {
			wanted = append(wanted, i)
		}
	}
	return tested, wanted, nil
}

// bounds are the least and greatest value inside w, both included.
func bounds(shop *market.Shop, k market.Kind, w market.Window) (lo, hi int64) {
	if k == market.Date {
		return int64(shop.Day(w.Start)), int64(shop.Day(w.End.Add(-1)))
	}
	lo, hi = w.Millis()
	return lo, hi
}

// putEvents files the rows of a pull under their business days.
func (tx *Tx) putEvents(shop *market.Shop, s *schema, p *market.Pull) error {
	if p.Rows.Len() == 0 {
		return nil
	}
	if err := checkTexts(p.Rows); err != nil {
		return err
	}
	byDay, err := fileByDay(shop, s, p.Rows, newestRows(s, p.Rows))
	if err != nil {
		return err
	}
	rev := make([]int64, p.Rows.Len())
	for i := range rev {
		rev[i] = int64(p.Snapshot.Revision)
	}
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		d, err := tx.directory(shop.ID, s.table.Name, day)
		if err != nil {
			return err
		}
		first := d.next == 0
		space := periodSpace("event", shop.ID, s.table.Name, day)
		for _, rows := range chunks(p.Rows, byDay[day]) {
			if err := tx.putBlock(space, d, len(rows), tx.db.codec.encodeRows(s, p.Rows, rows, rev)); err != nil {
				return err
			}
		}
		d.newest = p.Snapshot.Revision
		d.widenAll(s, p.Rows, byDay[day])
		if err := tx.fold(space, s, d); err != nil {
			return fmt.Errorf("day %s: %w", day, err)
		}
		if err := tx.putDirectory(shop.ID, s.table.Name, d, first); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) putBlock(space string, d *directory, rows int, payload []byte) error {
	d.blocks = append(d.blocks, blockInfo{number: d.next, rows: rows})
	d.next++
	return tx.put(space, keyUint(nil, d.next-1), payload)
}

func (d *directory) widenAll(s *schema, b *market.Batch, rows []int32) {
	for c, col := range s.table.Columns {
		if col.Kind != market.Time && col.Kind != market.Date {
			continue
		}
		v, lo, hi := b.Col(c), int64(math.MaxInt64), int64(math.MinInt64)
		for _, i := range rows {
			if x, ok := v.Int(int(i)); ok {
				lo, hi = min(lo, x), max(hi, x)
			}
		}
		if lo <= hi {
			d.widen(s.ids[c], lo, hi)
		}
	}
}

// fileByDay groups rows by the business day of the table's Day column.
func fileByDay(shop *market.Shop, s *schema, b *market.Batch, rows []int32) (map[market.Day][]int32, error) {
	v, date := b.Col(s.day), s.table.Columns[s.day].Kind == market.Date
	byDay := map[market.Day][]int32{}
	var day market.Day
	var start, end int64 // of day, in milliseconds
	for _, i := range rows {
		x, ok := v.Int(int(i))
		if !ok {
			return nil, fmt.Errorf("row %d has no %s, so it cannot be filed", i, s.table.Day)
		}
		switch {
		case date:
			day = market.Day(x)
		case x < start || x >= end:
			day = shop.Day(time.UnixMilli(x))
			start, end = shop.Window(day, day).Millis()
		}
		byDay[day] = append(byDay[day], i)
	}
	return byDay, nil
}

// checkTexts refuses texts that no block could hold.
func checkTexts(b *market.Batch) error {
	for c, col := range b.Table.Columns {
		for i, s := range b.Col(c).Texts {
			if len(s) > maxText {
				return fmt.Errorf("row %d: %s has %d bytes, at most %d", i, col.Name, len(s), maxText)
			}
		}
	}
	return nil
}

// hold keeps the rows of a pull that is not to be trusted.
func (tx *Tx) hold(s *schema, p *market.Pull) error {
	if p.Rows.Len() == 0 {
		return nil
	}
	if err := checkTexts(p.Rows); err != nil {
		return err
	}
	all := make([]int32, p.Rows.Len())
	for i := range all {
		all[i] = int32(i)
	}
	space := heldSpace(p.Snapshot.Shop, s.table.Name)
	for part, rows := range chunks(p.Rows, all) {
		key := keyUint(keyUint(nil, uint64(p.Snapshot.Revision)), uint64(part))
		if err := tx.put(space, key, tx.db.codec.encodeRows(s, p.Rows, rows, nil)); err != nil {
			return err
		}
	}
	return nil
}

// Held returns the rows of a pull that were kept aside because it is suspect,
// or a partial picture; an empty batch when there are none.
func (tx *Tx) Held(shop market.ShopID, t *market.Table, rev market.Revision) (*market.Batch, error) {
	s, err := tx.schema(t)
	if err != nil {
		return nil, err
	}
	out := newColumns(s, allColumns(s), 0)
	space := heldSpace(shop, t.Name)
	err = tx.scanPrefix(space, keyUint(nil, uint64(rev)), func(key, payload []byte) (bool, error) {
		b, err := tx.db.codec.parseBlock(payload)
		if err == nil {
			err = out.appendBlock(b, nil)
		}
		if err != nil {
			return false, damaged(space, key, err.Error())
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return market.BatchOf(t, out.rows, out.vectors)
}
