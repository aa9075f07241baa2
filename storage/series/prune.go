package series

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// trimStep is how many keys one trimming transaction deletes, about.
const trimStep = 64

// planTrim finds a period with versions that nothing points at any more.
func (s *Store) planTrim(tx *storage.Tx, shop market.ShopID) (*step, error) {
	var pins []market.Revision
	asked := false
	for _, l := range []*layout{clockLayout, dayLayout} {
		periods, err := loadPeriods(tx, l, shop, -1<<31, 1<<31-2)
		if err != nil {
			return nil, err
		}
		for _, p := range periods {
			for i := range p.slots {
				if len(p.slots[i].versions) < 2 {
					continue
				}
				if !asked {
					if pins, err = s.pins(tx, shop); err != nil {
						return nil, err
					}
					asked = true
				}
				e := p.slots[i]
				if len(e.trim(pins)) > 0 {
					return &step{trim: p, l: l}, nil
				}
			}
		}
	}
	return nil, nil
}

// pins are the revisions that evidence names, in ascending order.
func (s *Store) pins(tx *storage.Tx, shop market.ShopID) ([]market.Revision, error) {
	p, err := s.needs(tx, shop)
	return p.Revisions, err
}

func (s *Store) needs(tx *storage.Tx, shop market.ShopID) (storage.Pins, error) {
	if s.o.Pins == nil {
		return storage.Pins{}, nil
	}
	return s.o.Pins(tx, shop)
}

// trim drops what nothing points at from a period, a bounded part at a time.
func (s *Store) trim(tx *storage.Tx, l *layout, shop market.ShopID, index int) error {
	p, err := loadPeriod(tx, l, shop, index)
	if err != nil {
		return err
	}
	pins, err := s.pins(tx, shop)
	if err != nil {
		return err
	}
	deleted := 0
	for i := range p.slots {
		if deleted >= trimStep {
			break
		}
		for _, v := range p.slots[i].trim(pins) {
			n, err := s.deleteVersion(tx, l, shop, p, i, v)
			if err != nil {
				return err
			}
			deleted += n
		}
	}
	p.changes++
	return savePeriod(tx, l, shop, p)
}

func (s *Store) deleteVersion(tx *storage.Tx, l *layout, shop market.ShopID, p *period, i int, v version) (int, error) {
	n := 1
	slot := p.slots[i].slot
	if !v.base {
		space := tx.Space(l.lateSpace(shop, p.index, p.gen))
		for c := 0; c*chunk < v.rows; c++ {
			if err := space.Delete(lateKey(slot, v.rev, c)); err != nil {
				return 0, err
			}
			n++
		}
	}
	if l == dayLayout {
		day := monthDay(p.index, slot)
		return n, tx.Space(cubeSpace(shop, "day", day)).Delete(dayCubeKey(day, v.rev))
	}
	step, _ := s.stepOf(tx, shop)
	start := startOf(p.index, slot, step)
	return n, tx.Space(cubeSpace(shop, "hour", slotDay(start))).Delete(hourCubeKey(start, v.rev))
}

// Prune drops whole periods that are older than Options.Ages and returns how
// many. Slots that live evidence reads stay as long as the evidence; days and
// cubes, which are kept far longer, do not wait for it. One transaction drops at
// most a week of slots.
func (s *Store) Prune(ctx context.Context, shop *market.Shop, now time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *storage.Tx) (err error) {
			for _, part := range []func(*storage.Tx, *market.Shop, time.Time) (int, error){s.pruneSlots, s.pruneDays, s.pruneCubes} {
				if n, err = part(tx, shop, now); n > 0 || err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("prune series of %s: %w", shop.ID, err)
		}
		if total += n; n == 0 {
			return total, nil
		}
	}
}

// pruneSlots drops the oldest week that has passed its age.
func (s *Store) pruneSlots(tx *storage.Tx, shop *market.Shop, now time.Time) (int, error) {
	week := clockLayout.levels[2]
	before := now.Add(-s.o.Ages.Slots)
	pins, err := s.needs(tx, shop.ID)
	if err != nil {
		return 0, err
	}
	if !pins.Hours.IsZero() && pins.Hours.Before(before) {
		before = pins.Hours
	}
	cut, _ := place(before, time.Hour)
	limit := week.first(week.group(cut)) // the week that holds the cut stays
	periods, err := loadPeriods(tx, clockLayout, shop.ID, -1<<31, limit-1)
	if err != nil || len(periods) == 0 {
		return 0, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	st, err := s.begin(tx, shop, 0)
	if err != nil {
		return 0, err
	}
	g := week.group(periods[0].index)
	st.record.Kept = startOf(week.first(g+1), 0, 0).Unix()
	n := 0
	for _, p := range periods {
		if week.group(p.index) != g {
			break
		}
		n++
		if err := dropPeriod(tx, clockLayout, shop.ID, p); err != nil {
			return n, err
		}
	}
	return n, saveRecord(tx, shop.ID, st.record)
}

func dropPeriod(tx *storage.Tx, l *layout, shop market.ShopID, p *period) error {
	lev := l.levels[p.level]
	for _, space := range []string{l.levelSpace(shop, p.level, lev.group(p.index)), l.lateSpace(shop, p.index, p.gen)} {
		if err := tx.Space(space).Drop(); err != nil {
			return err
		}
	}
	return tx.Space(spacePeriod).Delete(l.periodKey(shop, p.index))
}

// pruneDays drops the oldest month of rollups that has passed its age.
func (s *Store) pruneDays(tx *storage.Tx, shop *market.Shop, now time.Time) (int, error) {
	cut, _ := monthPlace(shop.Day(now.Add(-s.o.Ages.Days)))
	periods, err := loadPeriods(tx, dayLayout, shop.ID, -1<<31, cut-1)
	if err != nil || len(periods) == 0 {
		return 0, err
	}
	return 1, dropPeriod(tx, dayLayout, shop.ID, periods[0])
}

// pruneCubes drops the months of cubes that have passed their age.
func (s *Store) pruneCubes(tx *storage.Tx, shop *market.Shop, now time.Time) (int, error) {
	cut, _ := monthPlace(shop.Day(now.Add(-s.o.Ages.Cubes)))
	n := 0
	for _, kind := range []string{"hour", "day"} {
		prefix := "series/" + shopName(shop.ID) + "/cube-" + kind + "/"
		names, err := tx.Spaces(prefix)
		if err != nil {
			return n, err
		}
		for _, name := range names {
			// Names of months compare as the months do.
			if strings.TrimPrefix(name, prefix) >= dayLayout.periodName(cut) {
				continue
			}
			if err := tx.Space(name).Drop(); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
