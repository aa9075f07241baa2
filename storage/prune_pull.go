package storage

import (
	"errors"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Manifests go when their time is over, with their refusals and their digest,
// and so do the past standings of feeds. What stays is what somebody may still
// ask for: how each feed stands now and as of every revision that live evidence
// names, and the manifests of pictures.

// prunePulls removes past standings and manifests of pulls before a time, at
// most about pruneStep.
func (tx *Tx) prunePulls(before time.Time) (int, error) {
	kept := map[market.Revision]bool{}
	n, err := tx.pruneStandings(before, kept)
	if err != nil || n >= pruneStep {
		return n, err
	}
	if err := tx.keepPictures(kept); err != nil {
		return n, err
	}
	err = tx.eachTimeline(timelinePulls, func(shop market.ShopID, table string) error {
		gone, err := tx.prunePullsOf(timelineKey(timelinePulls, shop, table), nanos(before), pruneStep-n, kept)
		n += gone
		return err
	})
	return n, err
}

// keepPictures notes the manifests that pictures need.
func (tx *Tx) keepPictures(kept map[market.Revision]bool) error {
	return tx.eachTimeline(timelinePictures, func(shop market.ShopID, table string) error {
		timeline := timelineKey(timelinePictures, shop, table)
		days, err := tx.days(timeline)
		for _, day := range days {
			all, failed := tx.moments(timeline, day)
			for _, m := range all {
				kept[m.rev] = true
			}
			err = errors.Join(err, failed)
		}
		return err
	})
}

// pruneStandings removes standings of feeds after pulls before a time, and notes
// the manifests that those which stay need.
func (tx *Tx) pruneStandings(before time.Time, kept map[market.Revision]bool) (int, error) {
	var feeds [][]byte
	err := tx.scan(spaceFeed, Range{}, func(key, _ []byte) (bool, error) {
		feeds = append(feeds, slices.Clone(key))
		return true, nil
	})
	n := 0
	for _, feed := range feeds {
		if err != nil {
			break
		}
		var gone int
		gone, err = tx.pruneFeed(feed, before, kept)
		n += gone
	}
	return n, err
}

// pruneFeed drops the oldest standings of a feed. One may go when its pull is
// old enough and the next one already stood at the first revision that evidence
// looks back to; the one that is then the first remembers that others were there.
func (tx *Tx) pruneFeed(feed []byte, before time.Time, kept map[market.Revision]bool) (int, error) {
	shop, _, _ := cutText(feed)
	pins, err := tx.Pins(market.ShopID(shop))
	if err != nil {
		return 0, err
	}
	var all []storedFeed
	err = tx.scanPrefix(spaceFeedPast, feed, func(key, payload []byte) (bool, error) {
		var f storedFeed
		err := decodeJSON(spaceFeedPast, key, payload, &f)
		all = append(all, f)
		return true, err
	})
	gone := 0
	for err == nil && gone+1 < len(all) && gone < pruneStep {
		next := all[gone+1].At
		if len(pins.Revisions) > 0 && next > pins.Revisions[0] {
			break
		}
		s, found, failed := tx.snapshot(all[gone].At)
		if failed != nil || found && !s.PulledAt.Before(before) {
			err = failed
			break
		}
		err = tx.remove(spaceFeedPast, keyUint(slices.Clone(feed), uint64(all[gone].At)))
		gone++
	}
	for i := gone; i < len(all); i++ {
		kept[all[i].At], kept[all[i].Last], kept[all[i].Complete] = true, true, true
	}
	if err != nil || gone == 0 {
		return gone, err
	}
	first := all[gone]
	first.Cut = true
	return gone, tx.putJSON(spaceFeedPast, keyUint(slices.Clone(feed), uint64(first.At)), first)
}

// prunePullsOf removes at most limit manifests of a timeline.
func (tx *Tx) prunePullsOf(timeline []byte, before int64, limit int, kept map[market.Revision]bool) (int, error) {
	days, err := tx.days(timeline)
	n := 0
	for _, day := range days {
		if err != nil || day > utcDay(before) || n >= limit {
			break
		}
		var all []moment
		if all, err = tx.moments(timeline, day); err != nil {
			break
		}
		left := slices.DeleteFunc(slices.Clone(all), func(m moment) bool {
			if m.at >= before || kept[m.rev] || n >= limit || err != nil {
				return false
			}
			n++
			err = tx.removeManifest(m.rev)
			return true
		})
		if len(left) < len(all) {
			err = errors.Join(err, tx.putMoments(timeline, day, left))
		}
	}
	return n, err
}

// putMoments writes a day of a timeline anew, or takes it off when nothing is left.
func (tx *Tx) putMoments(timeline []byte, day market.Day, left []moment) error {
	key := keyInt(slices.Clone(timeline), int64(day))
	if len(left) > 0 {
		return tx.put(spaceTimeline, key, momentsBytes(left))
	}
	return errors.Join(tx.remove(spaceTimeline, key), tx.removeDay(timeline, day))
}

func (tx *Tx) removeManifest(rev market.Revision) error {
	s, found, err := tx.snapshot(rev)
	if err != nil || !found {
		return errors.Join(err, missingManifest(rev))
	}
	if s.Manifest.Digest != "" {
		var of market.Revision
		if _, err := tx.getJSON(spaceSnapshotDigest, digestKey(&s), &of); err != nil {
			return err
		}
		if of == rev {
			err = tx.remove(spaceSnapshotDigest, digestKey(&s))
		}
	}
	return errors.Join(err, tx.remove(spaceReject, keyUint(nil, uint64(rev))), tx.remove(spaceSnapshot, keyUint(nil, uint64(rev))))
}
