package report

import (
	"fmt"
	"time"

	"shopwatch/internal/market"
)

// sampleHours are the local hours at which pictures of the last days are looked
// at: evenly over the hours in which people buy.
var sampleHours = [...]int{9, 13, 17, 21}

// sampleAge is how old a picture may be to stand for a moment.
const sampleAge = 24 * time.Hour

// sample is a value of one row of a picture; set is false where it was unknown.
type sample[T any] struct {
	v   T
	set bool
}

// sampler keeps values of pictures of the past, by row number and instant.
type sampler[T any] struct {
	ids map[string]int32
	at  map[int64]look[T]
	// newest has the row numbers of the picture that was asked for last.
	newest struct {
		rev market.Revision
		ids []int32
	}
}

// look is what the picture of a revision showed, by row number.
type look[T any] struct {
	rev  market.Revision
	rows []sample[T]
}

// id returns the number of a row.
func (s *sampler[T]) id(key string) int32 {
	n, ok := s.ids[key]
	if !ok {
		n = int32(len(s.ids))
		s.ids[key] = n
	}
	return n
}

// rows returns the row numbers of the picture of a revision, which has n rows with
// these keys; nobody may change them.
func (s *sampler[T]) rows(rev market.Revision, n int, key func(i int) string) []int32 {
	if s.newest.rev != rev || len(s.newest.ids) != n {
		ids := make([]int32, n)
		for i := range ids {
			ids[i] = s.id(key(i))
		}
		s.newest.rev, s.newest.ids = rev, ids
	}
	return s.newest.ids
}

// noons are one instant of each day from..to, at the first hour of the afternoon,
// when an item that sells out is still seen with what it had.
func (l *loader) noons(from, to market.Day) []time.Time {
	out := make([]time.Time, 0, max(0, int(to-from)+1))
	for d := from; d <= to; d++ {
		y, m, day := d.Date()
		out = append(out, time.Date(y, m, day, 13, 0, 0, 0, l.shop.Zone))
	}
	return out
}

// creepWeeks is how far back a price is looked at week by week.
const creepWeeks = 9

// weeks are instants a week apart before the seven days up to now, oldest first, at
// one hour of the day, so that all looks of a day share them.
func (l *loader) weeks(now time.Time) []time.Time {
	y, m, d := l.shop.Local(now).Date()
	out := make([]time.Time, 0, creepWeeks)
	for k := creepWeeks; k > 0; k-- {
		out = append(out, time.Date(y, m, d-7*k-1, sampleHours[1], 0, 0, 0, l.shop.Zone))
	}
	return out
}

// moments are the sampled instants of the seven days before now, oldest first.
func (l *loader) moments(now time.Time) []time.Time {
	var out []time.Time
	y, m, d := l.shop.Local(now).Date()
	for day := d - 7; day <= d; day++ {
		for _, h := range sampleHours {
			t := time.Date(y, m, day, h, 0, 0, 0, l.shop.Zone)
			if t.Before(now) && now.Sub(t) <= week {
				out = append(out, t)
			}
		}
	}
	return out
}

// history reads one value per row of the pictures of a table at each moment;
// read reports the rows of a picture. Moments without a picture are left out.
func history[T any](l *loader, s *sampler[T], t *market.Table, moments []time.Time, read func(*market.Batch, func(key string, v T))) (times []time.Time, values [][]sample[T], err error) {
	l.cache.mu.Lock()
	defer l.cache.mu.Unlock()
	keep := map[int64]look[T]{}
	for _, at := range moments {
		rev, taken, found, err := l.tx.Standing(l.shop.ID, t, at, l.asOf)
		if err != nil {
			return nil, nil, fmt.Errorf("load %s of %s: %w", t.Name, at.Format(time.RFC3339), err)
		}
		if !found || at.Sub(taken) > sampleAge {
			continue
		}
		seen, ok := s.at[at.Unix()]
		if !ok || seen.rev != rev {
			seen.rev = rev
			if seen.rows, err = sampled(l, s, t, at, read); err != nil {
				return nil, nil, err
			}
		}
		keep[at.Unix()] = seen
		times, values = append(times, at), append(values, seen.rows)
	}
	s.at = keep
	return times, values, nil
}

// sampled reads one picture.
func sampled[T any](l *loader, s *sampler[T], t *market.Table, at time.Time, read func(*market.Batch, func(key string, v T))) ([]sample[T], error) {
	_, rows, _, err := l.tx.State(l.shop.ID, t, at, l.asOf)
	if err != nil {
		return nil, fmt.Errorf("load %s of %s: %w", t.Name, at.Format(time.RFC3339), err)
	}
	out := make([]sample[T], 0, rows.Len())
	read(rows, func(key string, v T) {
		id := int(s.id(key))
		for len(out) <= id {
			out = append(out, sample[T]{})
		}
		out[id] = sample[T]{v, true}
	})
	return out, nil
}
