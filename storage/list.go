package storage

import (
	"fmt"
	"slices"

	"shopwatch/internal/market"
)

// Lists count their keys, so that one that got lost is noticed. A list is a
// space, or the part of one under a prefix, that is read whole. A dated list
// is cut into lists by UTC day, so that a stretch of it can be read.

func countKey(space string, prefix []byte) []byte {
	return append([]byte("count/"+space+"/"), prefix...)
}

// list adds a key to a list (by 1), replacing its payload if it is there, or
// removes it (by -1).
func (tx *Tx) list(space string, prefix, key, payload []byte, by int) error {
	old, err := tx.get(space, key)
	if err != nil {
		return err
	}
	if (old != nil) != (by > 0) {
		n := 0
		if _, err := tx.getJSON(spaceMeta, countKey(space, prefix), &n); err != nil {
			return err
		}
		if err := tx.putJSON(spaceMeta, countKey(space, prefix), n+by); err != nil {
			return err
		}
	}
	if by < 0 {
		return tx.remove(space, key)
	}
	return tx.put(space, key, payload)
}

// scanList visits a whole list.
func (tx *Tx) scanList(space string, prefix []byte, visit func(key, payload []byte) error) error {
	n := 0
	err := tx.scanPrefix(space, prefix, func(key, payload []byte) (bool, error) {
		n++
		return true, visit(key, payload)
	})
	if err != nil {
		return err
	}
	return tx.checkCount(space, prefix, n)
}

// checkCount compares the keys found in a list with those that were put there.
func (tx *Tx) checkCount(space string, prefix []byte, n int) error {
	want := 0
	_, err := tx.getJSON(spaceMeta, countKey(space, prefix), &want)
	if err == nil && n != want {
		err = damaged(space, prefix, fmt.Sprintf("%d entries, %d were listed", n, want))
	}
	return err
}

// datedKey is the key of a record of a dated list: owner, UTC day, instant and
// whatever tells records of one instant apart. prefix is owner and day.
func datedKey(owner string, at int64, rest []byte) (prefix, key []byte) {
	prefix = keyInt(keyText(nil, owner), int64(utcDay(at)))
	return prefix, append(keyInt(slices.Clone(prefix), at), rest...)
}

// listDated adds a record to a dated list (by 1) or removes it (by -1).
func (tx *Tx) listDated(space, owner string, at int64, rest, payload []byte, by int) error {
	if by > 0 {
		if err := tx.addDay(timelineKey(space, market.ShopID(owner), ""), utcDay(at)); err != nil {
			return err
		}
	}
	prefix, key := datedKey(owner, at, rest)
	return tx.list(space, prefix, key, payload, by)
}

// scanDated visits the records of owner with w.Start <= instant < w.End in
// order; rest is the end of their keys.
func (tx *Tx) scanDated(space, owner string, w market.Window, visit func(key, rest, payload []byte) error) error {
	days, err := tx.days(timelineKey(space, market.ShopID(owner), ""))
	if err != nil {
		return err
	}
	from, to := nanos(w.Start), nanos(w.End)
	for _, day := range days {
		if day < utcDay(from) || day > utcDay(to) {
			continue
		}
		prefix := keyInt(keyText(nil, owner), int64(day))
		err := tx.scanList(space, prefix, func(key, payload []byte) error {
			at, rest, ok := cutUint(key[len(prefix):])
			if !ok {
				return damaged(space, key, "key is too short")
			}
			if n := int64(at ^ 1<<63); n < from || n >= to {
				return nil
			}
			return visit(key, rest, payload)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
