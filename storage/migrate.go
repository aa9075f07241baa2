package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"

	"shopwatch/internal/market"
)

// migrations[n-1] brings a store of layout n to layout n+1. Each is one
// transaction with the new layout number in it, so a process that dies leaves
// either layout whole. They only go forward: the way back is the copy that was
// made before.
var migrations = []func(*Tx) error{
	(*Tx).migrateFeedPast, // 1 to 2
	nothingStored,         // 2 to 3
}

// migrate brings an older store up to date after a copy of it has been made.
func (db *DB) migrate(ctx context.Context, before func(context.Context, int, func(io.Writer) error) error) error {
	if before == nil {
		return fmt.Errorf("its layout is %d, this program writes %d: it is only changed where a copy can be kept first", db.layout, schemaVersion)
	}
	if err := before(ctx, db.layout, func(w io.Writer) error { return db.engine.Backup(ctx, w) }); err != nil {
		return fmt.Errorf("copy before the change from layout %d: %w", db.layout, err)
	}
	for db.layout < schemaVersion {
		from := db.layout
		err := db.Update(ctx, func(tx *Tx) error {
			return errors.Join(migrations[from-1](tx), tx.putJSON(spaceMeta, []byte("schema"), from+1))
		})
		if err != nil {
			return fmt.Errorf("change from layout %d to %d: %w", from, from+1, err)
		}
		db.layout = from + 1
		db.log.LogAttrs(ctx, slog.LevelInfo, "store has a new layout", slog.Int("from", from), slog.Int("to", db.layout))
	}
	return nil
}

// nothingStored: from layout 3 on blocks of merged slots may hold columns as what
// they differ from others (storage/series), which older programs cannot read. What
// is there already stays as it is.
func nothingStored(*Tx) error { return nil }

// migrateFeedPast writes down how every feed stood after each of its pulls,
// which layout 1 forgot. The manifests are all there, so it is what would have
// been written.
func (tx *Tx) migrateFeedPast() error {
	now := map[string]storedFeed{}
	var past []storedFeed
	var keys [][]byte
	err := tx.scan(spaceSnapshot, Range{}, func(key, payload []byte) (bool, error) {
		rev, _, ok := cutUint(key)
		var m storedSnapshot
		if !ok {
			return false, damaged(spaceSnapshot, key, "key does not parse")
		}
		if err := decodeJSON(spaceSnapshot, key, payload, &m); err != nil {
			return false, err
		}
		s := m.snapshot(market.Revision(rev))
		feed := feedKey(s.Shop, s.Table, s.Source)
		f, err := tx.standing(now[string(feed)], &s)
		if err != nil {
			return false, err
		}
		now[string(feed)] = f
		past, keys = append(past, f), append(keys, keyUint(feed, uint64(f.At)))
		return true, nil
	})
	if err != nil {
		return err
	}
	for i, f := range past {
		if err := tx.putJSON(spaceFeedPast, keys[i], f); err != nil {
			return err
		}
	}
	for _, feed := range slices.Sorted(maps.Keys(now)) {
		f := now[feed]
		var old storedFeed
		if found, err := tx.getJSON(spaceFeed, []byte(feed), &old); err != nil || !found {
			return errors.Join(damaged(spaceFeed, []byte(feed), "feed is missing"), err)
		}
		if old.Last != f.Last || old.Complete != f.Complete {
			return damaged(spaceFeed, []byte(feed), "its pulls do not lead to it")
		}
		if err := tx.putJSON(spaceFeed, []byte(feed), f); err != nil {
			return err
		}
	}
	return nil
}
