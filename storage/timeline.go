package storage

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// A timeline lists what happened when: pulls by PulledAt, pictures by their
// instant. There is a record per UTC day and one that lists the days, so that
// an entry that got lost is noticed instead of making an older one look newest.
const (
	timelinePulls    = "pull"
	timelinePictures = "picture"
	timelineEvents   = "event" // only the list of business days that are filed
)

// moment is an entry of a timeline.
type moment struct {
	at  int64 // nanoseconds
	rev market.Revision
	day market.Day // business day of a picture
}

const timelineVersion = 1

func timelineKey(kind string, shop market.ShopID, table string) []byte {
	return keyText(keyText(keyText(nil, kind), string(shop)), table)
}

// utcDay is the day that a timeline files an instant under.
func utcDay(nanos int64) market.Day {
	const day = int64(24 * time.Hour)
	d := nanos / day
	if nanos%day < 0 {
		d--
	}
	return market.Day(d)
}

// days lists the days for which a timeline, the directory of events or a dated
// list (list.go) has entries, in order.
func (tx *Tx) days(key []byte) ([]market.Day, error) {
	b, err := tx.get(spaceDays, key)
	if err != nil || b == nil {
		return nil, err
	}
	r := column.Reader{B: b}
	if r.Byte() != timelineVersion {
		return nil, damaged(spaceDays, key, column.ErrCorrupt.Error())
	}
	ints := make([]int64, r.Count(1<<20))
	column.ReadInts(&r, ints)
	if r.Bad || len(r.B) > 0 {
		return nil, damaged(spaceDays, key, column.ErrCorrupt.Error())
	}
	days := make([]market.Day, len(ints))
	for i, d := range ints {
		days[i] = market.Day(d)
	}
	return days, nil
}

func (tx *Tx) addDay(key []byte, day market.Day) error {
	days, err := tx.days(key)
	if err != nil {
		return err
	}
	i, found := slices.BinarySearch(days, day)
	if found {
		return nil
	}
	return tx.putDays(key, slices.Insert(days, i, day))
}

func (tx *Tx) removeDay(key []byte, day market.Day) error {
	days, err := tx.days(key)
	if err != nil {
		return err
	}
	i, found := slices.BinarySearch(days, day)
	if !found {
		return nil
	}
	return tx.putDays(key, slices.Delete(days, i, i+1))
}

func (tx *Tx) putDays(key []byte, days []market.Day) error {
	ints := make([]int64, len(days))
	for i, d := range days {
		ints[i] = int64(d)
	}
	out := binary.AppendUvarint([]byte{timelineVersion}, uint64(len(days)))
	return tx.put(spaceDays, key, column.AppendInts(out, ints))
}

// moments returns the entries of a listed day, by instant, then revision.
func (tx *Tx) moments(timeline []byte, day market.Day) ([]moment, error) {
	key := keyInt(slices.Clone(timeline), int64(day))
	b, err := tx.get(spaceTimeline, key)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, damaged(spaceTimeline, key, "day is missing")
	}
	all, err := parseMoments(b)
	if err != nil {
		return nil, damaged(spaceTimeline, key, err.Error())
	}
	return all, nil
}

func parseMoments(b []byte) ([]moment, error) {
	r := column.Reader{B: b}
	if r.Byte() != timelineVersion {
		return nil, column.ErrCorrupt
	}
	n := r.Count(1 << 20)
	at, rev, day := make([]int64, n), make([]int64, n), make([]int64, n)
	column.ReadInts(&r, at)
	column.ReadInts(&r, rev)
	column.ReadInts(&r, day)
	if r.Bad || len(r.B) > 0 {
		return nil, column.ErrCorrupt
	}
	all := make([]moment, n)
	for i := range all {
		all[i] = moment{at: at[i], rev: market.Revision(rev[i]), day: market.Day(day[i])}
	}
	return all, nil
}

func momentsBytes(all []moment) []byte {
	at, rev, day := make([]int64, len(all)), make([]int64, len(all)), make([]int64, len(all))
	for i, m := range all {
		at[i], rev[i], day[i] = m.at, int64(m.rev), int64(m.day)
	}
	out := binary.AppendUvarint([]byte{timelineVersion}, uint64(len(all)))
	return column.AppendInts(column.AppendInts(column.AppendInts(out, at), rev), day)
}

func (tx *Tx) addMoment(timeline []byte, m moment) error {
	day := utcDay(m.at)
	days, err := tx.days(timeline)
	if err != nil {
		return err
	}
	var all []moment
	if _, found := slices.BinarySearch(days, day); found {
		if all, err = tx.moments(timeline, day); err != nil {
			return err
		}
	} else if err := tx.addDay(timeline, day); err != nil {
		return err
	}
	i, _ := slices.BinarySearchFunc(all, m, func(a, b moment) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rev, b.rev))
	})
	all = slices.Insert(all, i, m)
	return tx.put(spaceTimeline, keyInt(slices.Clone(timeline), int64(day)), momentsBytes(all))
}

// between returns the entries with from <= at < to, in order.
func (tx *Tx) between(timeline []byte, from, to int64) ([]moment, error) {
	days, err := tx.days(timeline)
	if err != nil {
		return nil, err
	}
	var out []moment
	for _, day := range days {
		if day < utcDay(from) || day > utcDay(to) {
			continue
		}
		all, err := tx.moments(timeline, day)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			if m.at >= from && m.at < to {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// latest returns the entry with the greatest instant up to at, and of several
// the one with the greatest revision, among revisions up to asOf (0: all).
func (tx *Tx) latest(timeline []byte, at int64, asOf market.Revision) (moment, bool, error) {
	days, err := tx.days(timeline)
	if err != nil {
		return moment{}, false, err
	}
	for _, day := range slices.Backward(days) {
		if day > utcDay(at) {
			continue
		}
		all, err := tx.moments(timeline, day)
		if err != nil {
			return moment{}, false, err
		}
		for _, m := range slices.Backward(all) {
			if m.at <= at && (asOf == 0 || m.rev <= asOf) {
				return m, true, nil
			}
		}
	}
	return moment{}, false, nil
}
