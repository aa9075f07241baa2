package storage

import (
	"fmt"
	"slices"

	"shopwatch/internal/market"
)

// storedFeed is how a feed stood after one of its pulls. The record of now is
// kept under the feed, that of each pull under feed and revision, so that the
// standing as of any revision can be told.
type storedFeed struct {
	Last     market.Revision `json:"last"`
	Complete market.Revision `json:"complete,omitempty"`
	At       market.Revision `json:"at"`             // the pull that this is the standing after
	Prev     market.Revision `json:"prev,omitempty"` // the feed's pull before At, 0 for the first
	// Cut says that the standing after Prev was dropped when its time was over.
	Cut bool `json:"cut,omitempty"`
}

func feedKey(shop market.ShopID, table, source string) []byte {
	return keyText(tableKey(shop, table), source)
}

func (tx *Tx) putFeed(s *market.Snapshot) error {
	key := feedKey(s.Shop, s.Table, s.Source)
	var f storedFeed
	if _, err := tx.getJSON(spaceFeed, key, &f); err != nil {
		return err
	}
	f, err := tx.standing(f, s)
	if err != nil {
		return err
	}
	if err := tx.putJSON(spaceFeedPast, keyUint(key, uint64(f.At)), f); err != nil {
		return err
	}
	return tx.putJSON(spaceFeed, key, f)
}

// standing is how a feed stands after a pull.
func (tx *Tx) standing(f storedFeed, s *market.Snapshot) (storedFeed, error) {
	last, _, err := tx.snapshot(f.Last)
	if err != nil {
		return f, err
	}
	if !s.PulledAt.Before(last.PulledAt) {
		f.Last = s.Revision
	}
	if s.State == market.Complete {
		best, _, err := tx.snapshot(f.Complete)
		if err != nil {
			return f, err
		}
		if f.Complete == 0 || reach(s, &best) >= 0 {
			f.Complete = s.Revision
		}
	}
	f.Prev, f.At, f.Cut = f.At, s.Revision, false
	return f, nil
}

// FeedsAsOf returns how the sources of a shop stood at a revision (0: now),
// ordered by table, then source. Sources that had not been read by then are
// left out.
func (tx *Tx) FeedsAsOf(shop market.ShopID, asOf market.Revision) ([]Feed, error) {
	var all []Feed
	prefix := keyText(nil, string(shop))
	err := tx.scanPrefix(spaceFeed, prefix, func(key, payload []byte) (bool, error) {
		var s storedFeed
		if err := decodeJSON(spaceFeed, key, payload, &s); err != nil {
			return false, err
		}
		if asOf != 0 && s.At > asOf {
			then, found, err := tx.feedThen(key, asOf)
			if err != nil || !found {
				return true, err
			}
			s = then
		}
		f, err := tx.feed(s)
		all = append(all, f)
		return true, err
	})
	return all, err
}

// feedThen is the standing of a feed at a revision before its last pull. The
// pull after names the one before, so a record that got lost is noticed.
func (tx *Tx) feedThen(feed []byte, asOf market.Revision) (then storedFeed, found bool, err error) {
	var next storedFeed
	border := keyUint(slices.Clip(feed), uint64(asOf)+1)
	one := func(r Range, into *storedFeed) error {
		return tx.scan(spaceFeedPast, r, func(key, payload []byte) (bool, error) {
			return false, decodeJSON(spaceFeedPast, key, payload, into)
		})
	}
	if err := one(Range{From: border, To: after(feed)}, &next); err != nil {
		return then, false, err
	}
	if err := one(Range{From: feed, To: border, Reverse: true}, &then); err != nil {
		return then, false, err
	}
	if next.Cut && then.At == 0 {
		return then, false, fmt.Errorf("feeds as of revision %d: %w", asOf, ErrForgotten)
	}
	if next.At == 0 || next.Prev != then.At {
		return then, false, damaged(spaceFeedPast, border, fmt.Sprintf("the standing before revision %d is missing", next.At))
	}
	return then, then.At != 0, nil
}

// feed completes a standing with its manifests.
func (tx *Tx) feed(s storedFeed) (Feed, error) {
	last, found, err := tx.snapshot(s.Last)
	if err == nil && !found {
		err = missingManifest(s.Last)
	}
	if err != nil {
		return Feed{}, err
	}
	complete, found, err := tx.snapshot(s.Complete)
	if err == nil && !found && s.Complete != 0 {
		err = missingManifest(s.Complete)
	}
	return Feed{Source: last.Source, Table: last.Table, Last: last, Complete: complete}, err
}

// checkFeeds follows every feed from its first pull to the last.
func (tx *Tx) checkFeeds() error {
	return tx.scan(spaceFeed, Range{}, func(key, payload []byte) (bool, error) {
		var now, last storedFeed
		if err := decodeJSON(spaceFeed, key, payload, &now); err != nil {
			return false, err
		}
		err := tx.scanPrefix(spaceFeedPast, key, func(at, payload []byte) (bool, error) {
			before := last.At
			last = storedFeed{}
			if err := decodeJSON(spaceFeedPast, at, payload, &last); err != nil {
				return false, err
			}
			if last.Cut && before == 0 {
				last.Cut = false
				return true, nil
			}
			if last.Prev != before {
				return false, damaged(spaceFeedPast, at, fmt.Sprintf("follows revision %d, which is missing", last.Prev))
			}
			return true, nil
		})
		if err == nil && last != now {
			err = damaged(spaceFeed, key, "its history does not lead to it")
		}
		if err == nil {
			_, err = tx.feed(now)
		}
		return true, err
	})
}
