package storage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"shopwatch/internal/market"
)

// Facts whose time is over are dropped by the business day: first the oldest,
// never one that live evidence reads. What was dropped is remembered for each
// column that can be asked by, so that a question about that time is refused
// with ErrForgotten: facts that are no longer known are not zero.

// lateness bounds how long after its business day a column of a dropped row is
// taken seriously: a row with a date far in the future must not make all that
// lies before it forgotten.
const lateness = 120

// forgotten is up to which value each column of a table may have been dropped,
// by the column's number.
type forgotten map[string]int64

func (tx *Tx) forgotten(shop market.ShopID, table string) (forgotten, error) {
	f := forgotten{}
	_, err := tx.getJSON(spaceForgotten, tableKey(shop, table), &f)
	return f, err
}

// remembers refuses a question about values of a column from lo on, in the
// column's unit, when rows with such values have been dropped.
func (tx *Tx) remembers(shop market.ShopID, s *schema, column int, lo int64) error {
	f, err := tx.forgotten(shop, s.table.Name)
	if err != nil {
		return err
	}
	if last, dropped := f[strconv.Itoa(int(s.ids[column]))]; dropped && lo <= last {
		return fmt.Errorf("%s of %s: %w", s.table.Name, shop, ErrForgotten)
	}
	return nil
}

// Forget drops the facts of a shop's table whose business day is over before a
// time, the oldest day first, one day a transaction so that others get their
// turn. Facts that live evidence reads stay, and so does the picture that stood
// at that time. It returns how many days went. A zero time drops nothing.
func (db *DB) Forget(ctx context.Context, shop *market.Shop, t *market.Table, before time.Time) (int, error) {
	for n := 0; ; n++ {
		more := false
		err := db.Update(ctx, func(tx *Tx) error {
			s, err := tx.schema(t)
			if err != nil || before.IsZero() {
				return err
			}
			keep := before
			pins, err := tx.Pins(shop.ID)
			if err != nil {
				return err
			}
			if !pins.Since.IsZero() && pins.Since.Before(keep) {
				keep = pins.Since
			}
			if t.Shape == market.State {
				more, err = tx.forgetPictures(shop, s, keep)
			} else {
				more, err = tx.forgetEvents(shop, s, keep)
			}
			return err
		})
		if err != nil {
			return n, fmt.Errorf("forget %s of %s: %w", t.Name, shop.ID, err)
		}
		if !more {
			return n, nil
		}
	}
}

// forgetEvents drops the oldest day of events if it is over before keep and
// none of its rows reaches that far.
func (tx *Tx) forgetEvents(shop *market.Shop, s *schema, keep time.Time) (bool, error) {
	dirs, err := tx.directories(shop.ID, s.table.Name)
	if err != nil || len(dirs) == 0 || shop.Start(dirs[0].day+1).After(keep) {
		return false, err
	}
	d := dirs[0]
	f, err := tx.forgotten(shop.ID, s.table.Name)
	if err != nil {
		return false, err
	}
	for _, z := range d.zones {
		last, end := z.max, time.UnixMilli(z.max)
		if s.dates(z.id) {
			last = min(last, int64(d.day)+lateness)
			end = shop.Start(market.Day(last) + 1)
		} else if bound := shop.Start(d.day + lateness).UnixMilli(); last > bound {
			last, end = bound, time.UnixMilli(bound)
		}
		if !end.Before(keep) {
			return false, nil
		}
		id := strconv.Itoa(int(z.id))
		if old, ok := f[id]; !ok || old < last {
			f[id] = last
		}
	}
	if err := tx.w.Drop(periodSpace("event", shop.ID, s.table.Name, d.day)); err != nil {
		return false, err
	}
	if err := tx.remove(spacePartition, directoryKey(shop.ID, s.table.Name, d.day)); err != nil {
		return false, err
	}
	if err := tx.removeDay(timelineKey(timelineEvents, shop.ID, s.table.Name), d.day); err != nil {
		return false, err
	}
	return true, tx.putJSON(spaceForgotten, tableKey(shop.ID, s.table.Name), f)
}

// picturesGone is the entry of forgotten for the instants of pictures, in
// nanoseconds.
const picturesGone = "picture"

// forgetPictures drops the oldest day of pictures if a later one holds the
// picture that stood at keep.
func (tx *Tx) forgetPictures(shop *market.Shop, s *schema, keep time.Time) (bool, error) {
	timeline := timelineKey(timelinePictures, shop.ID, s.table.Name)
	stood, found, err := tx.latest(timeline, nanos(keep), 0)
	if err != nil || !found {
		return false, err
	}
	days, err := tx.days(timeline)
	if err != nil || len(days) == 0 {
		return false, err
	}
	all, err := tx.moments(timeline, days[0])
	if err != nil {
		return false, err
	}
	if len(all) == 0 || all[0].day >= stood.day {
		return false, nil
	}
	gone := all[0].day
	last, err := tx.dropMoments(timeline, days, gone)
	if err != nil {
		return false, err
	}
	if err := tx.w.Drop(periodSpace("picture", shop.ID, s.table.Name, gone)); err != nil {
		return false, err
	}
	if err := tx.remove(spacePictureTip, directoryKey(shop.ID, s.table.Name, gone)); err != nil {
		return false, err
	}
	f, err := tx.forgotten(shop.ID, s.table.Name)
	if err != nil {
		return false, err
	}
	f[picturesGone] = last
	return true, tx.putJSON(spaceForgotten, tableKey(shop.ID, s.table.Name), f)
}

// dropMoments takes the entries of a business day off a timeline and returns
// the instant of the last of them. A business day touches up to three UTC days.
func (tx *Tx) dropMoments(timeline []byte, days []market.Day, gone market.Day) (last int64, err error) {
	for _, day := range days[:min(3, len(days))] {
		all, err := tx.moments(timeline, day)
		if err != nil {
			return 0, err
		}
		left := slices.DeleteFunc(slices.Clone(all), func(m moment) bool { return m.day == gone })
		if len(left) == len(all) {
			continue
		}
		for _, m := range all {
			if m.day == gone {
				last = max(last, m.at)
			}
		}
		if err := tx.putMoments(timeline, day, left); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// picturesForgotten says why there is no picture at an instant: ErrForgotten
// when there was one.
func (tx *Tx) picturesForgotten(shop market.ShopID, s *schema, at time.Time) error {
	f, err := tx.forgotten(shop, s.table.Name)
	if err != nil {
		return err
	}
	if last, dropped := f[picturesGone]; dropped && last >= 0 {
		return fmt.Errorf("%s of %s at %s: %w", s.table.Name, shop, at.Format(time.DateOnly), ErrForgotten)
	}
	return nil
}
