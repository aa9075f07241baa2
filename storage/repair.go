package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// hole is what a repair has dropped of a business day of events: between which
// bounds each instant or date column of the day lies. Questions that touch it
// are refused: of those rows nothing is known.
type hole struct {
	Day   market.Day        `json:"day"`
	Rows  int               `json:"rows"`
	Zones map[uint8][]int64 `json:"zones"` // least and greatest value by the column's number
}

// whole refuses values of a column in lo..hi of which a repair has dropped some.
func (tx *Tx) whole(shop market.ShopID, s *schema, column int, lo, hi int64) error {
	var holes []hole
	if _, err := tx.getJSON(spaceHole, tableKey(shop, s.table.Name), &holes); err != nil {
		return err
	}
	for _, h := range holes {
		if z := h.Zones[s.ids[column]]; len(z) == 2 && z[0] <= hi && z[1] >= lo {
			return fmt.Errorf("%w: %d rows of %s of %s, day %s, were lost and dropped by a repair", ErrDamaged, h.Rows, s.table.Name, shop, h.Day)
		}
	}
	return nil
}

// Repair drops blocks of facts that cannot be read, so that collecting goes on
// beside them, and says what it dropped, in words for an operator. It never
// guesses: questions about a day of events that has lost rows stay refused, and
// of pictures the one before is the newest. Records of other kinds are left as
// they are; Check lists what remains.
func (db *DB) Repair(ctx context.Context) (dropped []string, err error) {
	err = db.Update(ctx, func(tx *Tx) error {
		for _, step := range []func(*Tx) ([]string, error){(*Tx).repairEvents, (*Tx).repairPictures, (*Tx).repairHeld} {
			list, err := step(tx)
			if err != nil {
				return err
			}
			dropped = append(dropped, list...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("repair store: %w", err)
	}
	db.cache.reset()
	return dropped, nil
}

// eachTimeline calls visit for the days of a kind of every shop's tables.
func (tx *Tx) eachTimeline(kind string, visit func(shop market.ShopID, table string) error) error {
	var keys [][]byte
	err := tx.scanPrefix(spaceDays, keyText(nil, kind), func(key, _ []byte) (bool, error) {
		keys = append(keys, slices.Clone(key))
		return true, nil
	})
	for _, key := range keys {
		if err != nil {
			return err
		}
		_, rest, _ := cutText(key)
		shop, rest, _ := cutText(rest)
		table, _, _ := cutText(rest)
		err = visit(market.ShopID(shop), table)
	}
	return err
}

func (tx *Tx) repairEvents() (dropped []string, err error) {
	err = tx.eachTimeline(timelineEvents, func(shop market.ShopID, table string) error {
		dirs, err := tx.directories(shop, table)
		if err != nil {
			return err
		}
		for _, d := range dirs {
			lost, err := tx.dropBlocks(shop, table, d)
			if err != nil {
				return err
			}
			dropped = append(dropped, lost...)
		}
		return nil
	})
	return dropped, err
}

// dropBlocks takes the unreadable blocks out of a day.
func (tx *Tx) dropBlocks(shop market.ShopID, table string, d *directory) (dropped []string, err error) {
	space := periodSpace("event", shop, table, d.day)
	h := hole{Day: d.day, Zones: map[uint8][]int64{}}
	var kept []blockInfo
	for _, info := range d.blocks {
		key := keyUint(nil, info.number)
		if why := tx.readable(space, key, info.rows); why != nil {
			h.Rows += info.rows
			dropped = append(dropped, fmt.Sprintf("%s block %d, %d rows: %v", space, info.number, info.rows, why))
			if err := tx.remove(space, key); err != nil {
				return nil, err
			}
			continue
		}
		kept = append(kept, info)
	}
	if len(dropped) == 0 {
		return nil, nil
	}
	for _, z := range d.zones {
		h.Zones[z.id] = []int64{z.min, z.max}
	}
	var holes []hole
	key := tableKey(shop, table)
	if _, err := tx.getJSON(spaceHole, key, &holes); err != nil {
		return nil, err
	}
	d.blocks = kept
	return dropped, errors.Join(tx.putJSON(spaceHole, key, append(holes, h)), tx.putDirectory(shop, table, d, false))
}

// readable says why a block of events cannot be read; nil when it can.
func (tx *Tx) readable(space string, key []byte, rows int) error {
	payload, err := tx.get(space, key)
	switch {
	case err != nil:
		return err
	case payload == nil:
		return damaged(space, key, "block is missing")
	}
	if err := tx.checkBlock(space, key, payload); err != nil {
		return err
	}
	b, err := tx.readBlock(space, key)
	if err == nil && b.Rows != rows {
		err = damaged(space, key, "block has the wrong number of rows")
	}
	return err
}

// repairPictures drops pictures that cannot be read, with those that are stored
// as a change of them, and makes the next one of such a day a whole one.
func (tx *Tx) repairPictures() (dropped []string, err error) {
	err = tx.eachTimeline(timelinePictures, func(shop market.ShopID, table string) error {
		s := tx.db.schemas[table]
		if s == nil {
			return nil // a table that this program lacks is only kept
		}
		timeline := timelineKey(timelinePictures, shop, table)
		days, err := tx.days(timeline)
		if err != nil {
			return err
		}
		for _, day := range days {
			lost, err := tx.dropPictures(shop, s, timeline, day)
			if err != nil {
				return err
			}
			dropped = append(dropped, lost...)
		}
		return nil
	})
	return dropped, err
}

func (tx *Tx) dropPictures(shop market.ShopID, s *schema, timeline []byte, day market.Day) (dropped []string, err error) {
	all, err := tx.moments(timeline, day)
	if err != nil {
		return nil, err
	}
	var kept []moment
	for _, m := range all {
		_, why := tx.pictureRows(s, shop, m.day, m.rev)
		if why == nil {
			kept = append(kept, m)
			continue
		}
		dropped = append(dropped, fmt.Sprintf("picture of %s of %s at %s, revision %d: %v", s.table.Name, shop, instant(m.at).Format("2006-01-02T15:04:05Z"), m.rev, why))
		if err := tx.removePrefix(periodSpace("picture", shop, s.table.Name, m.day), keyUint(nil, uint64(m.rev))); err != nil {
			return nil, err
		}
		if err := tx.remove(spacePictureTip, directoryKey(shop, s.table.Name, m.day)); err != nil {
			return nil, err
		}
	}
	key := keyInt(slices.Clone(timeline), int64(day))
	switch {
	case len(dropped) == 0:
		return nil, nil
	case len(kept) == 0:
		return dropped, errors.Join(tx.remove(spaceTimeline, key), tx.removeDay(timeline, day))
	}
	return dropped, tx.put(spaceTimeline, key, momentsBytes(kept))
}

// removePrefix removes all keys that start with prefix, whatever their values.
func (tx *Tx) removePrefix(space string, prefix []byte) error {
	var keys [][]byte
	err := tx.r.Scan(space, Range{From: prefix, To: after(prefix)}, func(key, _ []byte) (bool, error) {
		keys = append(keys, slices.Clone(key))
		return true, nil
	})
	for _, key := range keys {
		err = errors.Join(err, tx.remove(space, key))
	}
	return err
}

// repairHeld drops unreadable blocks of pulls that were kept aside.
func (tx *Tx) repairHeld() (dropped []string, err error) {
	spaces, err := tx.r.Spaces("held/")
	for _, space := range spaces {
		if err != nil {
			return nil, err
		}
		var bad [][]byte
		err = tx.r.Scan(space, Range{}, func(key, value []byte) (bool, error) {
			payload, why := unseal(space, key, value)
			if why == nil {
				why = tx.checkBlock(space, key, payload)
			}
			if why != nil {
				bad = append(bad, slices.Clone(key))
				dropped = append(dropped, strings.TrimPrefix(why.Error(), ErrDamaged.Error()+": "))
			}
			return true, nil
		})
		for _, key := range bad {
			err = errors.Join(err, tx.remove(space, key))
		}
	}
	return dropped, err
}
