package storage

import (
	"errors"
	"time"
)

// seenSweep is how many expired keys a call of Seen clears away, so that the
// set stays small without a job of its own.
const seenSweep = 32

// Seen notes keys until now+ttl and reports whether one of them was noted
// before and has not expired. It writes, so it belongs in Update.
func (tx *Tx) Seen(keys []string, now time.Time, ttl time.Duration) (bool, error) {
	if err := tx.sweepSeen(now, seenSweep); err != nil {
		return false, err
	}
	seen := false
	for _, k := range keys {
		if k == "" {
			return false, errors.New("empty key in the seen set")
		}
		var until int64
		found, err := tx.getJSON(spaceSeen, keyText(nil, k), &until)
		if err != nil {
			return false, err
		}
		if found && until > nanos(now) {
			seen = true
		}
		if found {
			if err := tx.remove(spaceSeenEnd, seenEnd(until, k)); err != nil {
				return false, err
			}
		}
		until = max(until, nanos(now.Add(ttl)))
		if err := tx.putJSON(spaceSeen, keyText(nil, k), until); err != nil {
			return false, err
		}
		if err := tx.put(spaceSeenEnd, seenEnd(until, k), nil); err != nil {
			return false, err
		}
	}
	return seen, nil
}

func seenEnd(until int64, key string) []byte { return append(keyInt(nil, until), key...) }

// sweepSeen removes up to n keys that expired before now.
func (tx *Tx) sweepSeen(now time.Time, n int) error {
	var ends [][]byte
	err := tx.scan(spaceSeenEnd, Range{To: keyTime(nil, now)}, func(key, _ []byte) (bool, error) {
		ends = append(ends, append([]byte(nil), key...))
		return len(ends) < n, nil
	})
	if err != nil {
		return err
	}
	for _, end := range ends {
		if err := tx.remove(spaceSeen, keyText(nil, string(end[8:]))); err != nil {
			return err
		}
		if err := tx.remove(spaceSeenEnd, end); err != nil {
			return err
		}
	}
	return nil
}
