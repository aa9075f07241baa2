package series

import (
	"encoding/binary"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Cubes stand in one space a month: hourly ones under slot and revision, daily
// ones under business day and revision.
func cubeSpace(shop market.ShopID, kind string, day market.Day) string {
	index, _ := monthPlace(day)
	return "series/" + shopName(shop) + "/cube-" + kind + "/" + dayLayout.periodName(index)
}

func hourCubeKey(start time.Time, rev market.Revision) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(start.Unix()))
	return binary.BigEndian.AppendUint64(key, uint64(rev))
}

func dayCubeKey(day market.Day, rev market.Revision) []byte {
	return binary.BigEndian.AppendUint64(number(nil, int(day)), uint64(rev))
}

func slotDay(start time.Time) market.Day { return market.Day(floorDiv(int(start.Unix()), 86400)) }

func (s *Store) putCube(tx *storage.Tx, shop *market.Shop, st *state, f *Frame) error {
	cells := cubeOf(st.panel, shop, f)
	space := tx.Space(cubeSpace(shop.ID, "hour", slotDay(f.Slot)))
	return space.Put(hourCubeKey(f.Slot, f.Revision), encodeCells(s.codec, cells))
}

// SlotCube returns the cells of a slot as Slots has listed it.
func (s *Store) SlotCube(tx *storage.Tx, shop market.ShopID, slot Slot) ([]Cell, error) {
	space := tx.Space(cubeSpace(shop, "hour", slotDay(slot.Start)))
	key := hourCubeKey(slot.Start, slot.Revision)
	payload, err := space.Get(key)
	if err != nil || payload == nil {
		return nil, err
	}
	cells, err := decodeCells(s.codec, payload)
	if err != nil {
		return nil, space.Damaged(key, err.Error())
	}
	return cells, nil
}

// Cube sums the cells of the slots of a window as of a revision, and lists the
// slots that went in. A whole business day of which a daily cube is up to date
// comes from that; one whose slots are no longer kept has only that.
func (s *Store) Cube(tx *storage.Tx, shop *market.Shop, w market.Window, asOf market.Revision) ([]Cell, []Slot, error) {
	if w.Empty() {
		return nil, nil, nil
	}
	slots, err := s.Slots(tx, shop.ID, w, asOf)
	if err != nil {
		return nil, nil, err
	}
	var all []Cell
	i := 0
	for day := shop.Day(w.Start); day <= shop.Day(w.End.Add(-1)); day++ {
		end := i
		for end < len(slots) && shop.Day(slots[end].Start) == day {
			end++
		}
		cells, err := s.cubeOfDay(tx, shop, day, w, slots[i:end], asOf)
		if err != nil {
			return nil, nil, fmt.Errorf("cube of %s on %s: %w", shop.ID, day, err)
		}
		all, i = append(all, cells...), end
	}
	return sumCells(all), slots, nil
}

// cubeOfDay sums the cells of slots of one business day.
func (s *Store) cubeOfDay(tx *storage.Tx, shop *market.Shop, day market.Day, w market.Window, slots []Slot, asOf market.Revision) ([]Cell, error) {
	whole := shop.Window(day, day)
	if !w.Start.After(whole.Start) && !w.End.Before(whole.End) {
		cells, found, err := s.dayCube(tx, shop.ID, day, slots, asOf)
		if found || err != nil {
			return cells, err
		}
	}
	var all []Cell
	for _, slot := range slots {
		cells, err := s.SlotCube(tx, shop.ID, slot)
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

// dayCube reads the daily cube that was made of exactly these slots, or, when
// none are kept any more, the newest as of the revision.
func (s *Store) dayCube(tx *storage.Tx, shop market.ShopID, day market.Day, slots []Slot, asOf market.Revision) ([]Cell, bool, error) {
	space := tx.Space(cubeSpace(shop, "day", day))
	from, to := number(nil, int(day)), number(nil, int(day)+1)
	if asOf != 0 {
		to = dayCubeKey(day, asOf+1)
	}
	if len(slots) > 0 {
		waits, err := dirty(tx, shop, day)
		if waits || err != nil {
			return nil, false, err
		}
		rev := newestOf(slots)
		from, to = dayCubeKey(day, rev), dayCubeKey(day, rev+1)
	}
	var cells []Cell
	found := false
	err := space.Scan(storage.Range{From: from, To: to, Reverse: true}, func(key, payload []byte) (bool, error) {
		var err error
		if cells, err = decodeCells(s.codec, payload); err != nil {
			return false, space.Damaged(key, err.Error())
		}
		found = true
		return false, nil
	})
	return cells, found, err
}

func newestOf(slots []Slot) market.Revision {
	newest := market.Revision(0)
	for _, slot := range slots {
		newest = max(newest, slot.Revision)
	}
	return newest
}
