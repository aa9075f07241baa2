package series

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// A fold makes the next level of something out of what is there: the blocks of
// a day, a week or a month, or the rollup of a business day. It goes in steps.
// Each step reads and encodes inside a View, so that neither readers nor the
// writer wait, and then puts at most a few blocks in an Update of its own.
// Nothing of it is visible until the last step changes the period's record, in
// the same transaction that drops what the fold replaces. When a correction
// arrives meanwhile the fold begins again.
type fold struct {
	Kind   string   `json:"kind"`
	Level  int      `json:"level,omitempty"` // to which level
	Target int      `json:"target"`          // merged period, or business day
	Next   int      `json:"next"`            // step
	Stamps []uint64 `json:"stamps"`          // period.changes of what it reads
}

const (
	foldClock  = "clock"  // slots to days, days to weeks
	foldMonth  = "month"  // rollups to months
	foldRollup = "rollup" // slots of a business day to its rollup
)

// Compact does one bounded step of folding what has settled by now, and
// reports whether there is more to do. Commands and collections run between
// steps. Only one goroutine may compact a shop.
func (s *Store) Compact(ctx context.Context, shop *market.Shop, now time.Time) (more bool, err error) {
	if s.Panel(shop.ID) == nil {
		return false, nil
	}
	if s.Panel(shop.ID).Len() <= chunk {
		more, err = s.compactSmall(ctx, shop, now)
		if err != nil {
			return false, fmt.Errorf("compact series of %s: %w", shop.ID, err)
		}
		return more, nil
	}
	var st *step
	err = s.db.View(ctx, func(tx *storage.Tx) error {
		st, err = s.prepare(tx, shop, now)
		return err
	})
	if err == nil && st != nil {
		err = s.db.Update(ctx, func(tx *storage.Tx) error { return s.apply(tx, shop, st) })
	}
	if err != nil {
		return false, fmt.Errorf("compact series of %s: %w", shop.ID, err)
	}
	return st != nil, nil
}

// smallSteps is how many steps of a small shop share a transaction.
const smallSteps = 8

// compactSmall folds a shop of one chunk, whose steps take less time than a
// commit.
func (s *Store) compactSmall(ctx context.Context, shop *market.Shop, now time.Time) (more bool, err error) {
	err = s.db.Update(ctx, func(tx *storage.Tx) error {
		for range smallSteps {
			st, err := s.prepare(tx, shop, now)
			if more = st != nil; !more || err != nil {
				return err
			}
			if err := s.apply(tx, shop, st); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// step is what one transaction of a fold will write.
type step struct {
	f    fold
	puts []entry
	last bool
	trim *period // instead of all else
	l    *layout // of trim
}

type entry struct {
	space        string
	key, payload []byte
}

// prepare finds the fold under way, or the next, and encodes its next step.
// nil says that nothing is left to do.
func (s *Store) prepare(tx *storage.Tx, shop *market.Shop, now time.Time) (*step, error) {
	f, err := s.underWay(tx, shop.ID)
	if err == nil && f == nil {
		var trim *step
		if trim, err = s.planTrim(tx, shop.ID); trim != nil {
			return trim, err
		}
		if err == nil {
			f, err = s.plan(tx, shop, now)
		}
	}
	if f == nil || err != nil {
		return nil, err
	}
	w, err := s.foldWork(tx, shop, f)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(f.Stamps, w.stamps) {
		f.Next, f.Stamps = 0, w.stamps // new, or something came between
	}
	st := &step{f: *f, last: f.Next+1 >= w.steps}
	if f.Next < w.steps {
		st.puts, err = w.encode(f.Next)
	}
	return st, err
}

// underWay is the fold that has begun; nil when there is none.
func (s *Store) underWay(tx *storage.Tx, shop market.ShopID) (*fold, error) {
	space := tx.Space(spaceFold)
	b, err := space.Get([]byte(shop))
	if err != nil || b == nil {
		return nil, err
	}
	f := &fold{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, space.Damaged([]byte(shop), err.Error())
	}
	return f, nil
}

// foldWork is the work of a fold as one transaction sees it.
type foldWork struct {
	stamps []uint64
	steps  int
	encode func(step int) ([]entry, error)
	finish func() error // in an Update
}

func (s *Store) foldWork(tx *storage.Tx, shop *market.Shop, f *fold) (*foldWork, error) {
	if f.Kind == foldRollup {
		return s.rollupWork(tx, shop, market.Day(f.Target))
	}
	m := &merge{s: s, tx: tx, l: clockLayout, shop: shop.ID, to: f.Level}
	if f.Kind == foldMonth {
		m.l = dayLayout
	}
	return m.work(f.Target)
}

// apply writes a step, if nothing has changed since it was prepared.
func (s *Store) apply(tx *storage.Tx, shop *market.Shop, st *step) error {
	if st.trim != nil {
		return s.trim(tx, st.l, shop.ID, st.trim.index)
	}
	w, err := s.foldWork(tx, shop, &st.f)
	if err != nil {
		return err
	}
	if !slices.Equal(w.stamps, st.f.Stamps) {
		return nil // prepare will begin again
	}
	for _, e := range st.puts {
		if err := tx.Space(e.space).Put(e.key, e.payload); err != nil {
			return err
		}
	}
	if !st.last {
		st.f.Next++
		return putFold(tx, shop.ID, st.f)
	}
	if err := w.finish(); err != nil {
		return err
	}
	return tx.Space(spaceFold).Delete([]byte(shop.ID))
}

func putFold(tx *storage.Tx, shop market.ShopID, f fold) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return tx.Space(spaceFold).Put([]byte(shop), b)
}

// plan finds what has settled by now, oldest first: rollups of business days
// that have ended, then days, weeks and months.
func (s *Store) plan(tx *storage.Tx, shop *market.Shop, now time.Time) (*fold, error) {
	prefix := shopKey(shop.ID)
	waiting := map[int]bool{} // months with a day that waits
	var f *fold
	r := storage.Range{From: number(slices.Clone(prefix), -1<<31), To: number(slices.Clone(prefix), 1<<31-1)}
	err := tx.Space(spaceDirty).Scan(r, func(key, _ []byte) (bool, error) {
		day := market.Day(cutNumber(key))
		month, _ := monthPlace(day)
		waiting[month] = true
		if !shop.Start(day + 1).After(now) {
			f = &fold{Kind: foldRollup, Target: int(day)}
		}
		return f == nil, nil
	})
	if f != nil || err != nil {
		return f, err
	}
	settled := now.Add(-s.o.Settle)
	if f, err = s.planClock(tx, shop.ID, settled); f != nil || err != nil {
		return f, err
	}
	months, err := loadPeriods(tx, dayLayout, shop.ID, -1<<31, 1<<31-2)
	for _, p := range months {
		if p.level == 0 && !waiting[p.index] && !shop.Start(monthDay(p.index+1, 0)).After(settled) {
			return &fold{Kind: foldMonth, Level: 1, Target: p.index}, nil
		}
	}
	return nil, err
}

func (s *Store) planClock(tx *storage.Tx, shop market.ShopID, settled time.Time) (*fold, error) {
	periods, err := loadPeriods(tx, clockLayout, shop, -1<<31, 1<<31-2)
	if err != nil {
		return nil, err
	}
	ended := func(index int) bool { return !startOf(index, 0, 0).After(settled) }
	week := clockLayout.levels[2]
	open := map[int]bool{} // weeks with a day that is not folded
	for _, p := range periods {
		if p.level > 0 {
			continue
		}
		if ended(p.index + 1) {
			return &fold{Kind: foldClock, Level: 1, Target: p.index}, nil
		}
		open[week.group(p.index)] = true
	}
	for _, p := range periods {
		g := week.group(p.index)
		if p.level == 1 && !open[g] && ended(week.first(g+1)) {
			return &fold{Kind: foldClock, Level: 2, Target: g}, nil
		}
	}
	return nil, nil
}
