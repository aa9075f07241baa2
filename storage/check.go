package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"shopwatch/internal/market"
)

// maxFindings is how many findings Check lists before it stops.
const maxFindings = 100

// Check reads everything and lists what is wrong, in words for an operator. An
// empty list means that every value is as it was written and decodes. The error
// is for a check that could not be done.
func (db *DB) Check(ctx context.Context) ([]string, error) {
	h, err := db.engine.Health(ctx, true)
	if err != nil {
		return nil, fmt.Errorf("check store: %w", err)
	}
	found := h.Findings
	err = db.View(ctx, func(tx *Tx) error {
		spaces, err := tx.r.Spaces("")
		if err != nil {
			return err
		}
		for _, space := range spaces {
			if err := ctx.Err(); err != nil {
				return err
			}
			found = append(found, tx.checkSpace(space, maxFindings-len(found))...)
			if len(found) >= maxFindings {
				return nil
			}
		}
		for _, more := range []func(int) ([]string, error){tx.checkDays, tx.checkLists, tx.checkReferences} {
			list, err := more(maxFindings - len(found))
			found = append(found, list...)
			if err != nil || len(found) >= maxFindings {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ErrDamaged) {
		return append(found, err.Error()), nil
	}
	return found, err
}

// checkSpace reads every value of a space, at most limit findings.
func (tx *Tx) checkSpace(space string, limit int) (found []string) {
	blocks := strings.HasPrefix(space, "event/") || strings.HasPrefix(space, "picture/") || strings.HasPrefix(space, "held/")
	err := tx.r.Scan(space, Range{}, func(key, value []byte) (bool, error) {
		payload, err := unseal(space, key, value)
		if err == nil && blocks {
			err = tx.checkBlock(space, key, payload)
		}
		if err != nil {
			found = append(found, err.Error())
		}
		return len(found) < limit, nil
	})
	if err != nil {
		found = append(found, fmt.Sprintf("%s: %v", space, err))
	}
	return found
}

// checkBlock decodes every column of a block, or the head of a picture.
func (tx *Tx) checkBlock(space string, key, payload []byte) error {
	if strings.HasPrefix(space, "picture/") && len(key) == 16 && bytes.Equal(key[8:], make([]byte, 8)) {
		rev, _, _ := cutUint(key)
		_, err := parseHead(market.Revision(rev), payload)
		return err
	}
	b, err := tx.db.codec.parseBlock(payload)
	if err != nil {
		return damaged(space, key, err.Error())
	}
	for id := range 256 {
		if _, _, err := b.Raw(uint8(id), nil); err != nil {
			return damaged(space, key, err.Error())
		}
	}
	return nil
}

// checkDays compares the directories of days with the blocks that are there.
func (tx *Tx) checkDays(limit int) (found []string, err error) {
	err = tx.scan(spaceDays, Range{}, func(key, _ []byte) (bool, error) {
		kind, rest, _ := cutText(key)
		shop, rest, _ := cutText(rest)
		table, _, ok := cutText(rest)
		if !ok {
			found = append(found, damaged(spaceDays, key, "key does not parse").Error())
			return len(found) < limit, nil
		}
		if kind == timelinePulls || kind == timelinePictures {
			if err := tx.checkTimeline(key, kind, market.ShopID(shop), table); err != nil {
				found = append(found, err.Error())
			}
		}
		if kind != timelineEvents {
			return len(found) < limit, nil
		}
		dirs, err := tx.directories(market.ShopID(shop), table)
		if err != nil {
			found = append(found, err.Error())
		}
		for _, d := range dirs {
			if err := tx.checkDay(market.ShopID(shop), table, d); err != nil {
				found = append(found, err.Error())
			}
		}
		return len(found) < limit, nil
	})
	return found, err
}

// checkTimeline looks whether every listed day is there, and what its entries
// stand for.
func (tx *Tx) checkTimeline(timeline []byte, kind string, shop market.ShopID, table string) error {
	days, err := tx.days(timeline)
	if err != nil {
		return err
	}
	for _, day := range days {
		all, err := tx.moments(timeline, day)
		if err != nil {
			return err
		}
		for _, m := range all {
			if _, found, err := tx.snapshot(m.rev); err != nil || !found {
				return errors.Join(missingManifest(m.rev), err)
			}
			s := tx.db.schemas[table]
			if kind != timelinePictures || s == nil {
				continue // pictures of a table that this program lacks are only read
			}
			if _, err := tx.pictureRows(s, shop, m.day, m.rev); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) checkDay(shop market.ShopID, table string, d *directory) error {
	space := periodSpace("event", shop, table, d.day)
	n := 0
	err := tx.r.Scan(space, Range{}, func(_, _ []byte) (bool, error) { n++; return true, nil })
	if err == nil && n != len(d.blocks) {
		err = fmt.Errorf("%w: %s has %d blocks, %d are listed", ErrDamaged, space, n, len(d.blocks))
	}
	for _, info := range d.blocks {
		if err != nil {
			return err
		}
		var b block
		if b, err = tx.readBlock(space, keyUint(nil, info.number)); err == nil && b.Rows != info.rows {
			err = fmt.Errorf("%w: %s: block %d has %d rows, %d are listed", ErrDamaged, space, info.number, b.Rows, info.rows)
		}
	}
	return err
}

// checkLists counts the keys of every list.
func (tx *Tx) checkLists(limit int) (found []string, err error) {
	head := []byte("count/")
	err = tx.scanPrefix(spaceMeta, head, func(key, _ []byte) (bool, error) {
		space, prefix, _ := bytes.Cut(key[len(head):], []byte("/"))
		if err := tx.scanList(string(space), prefix, func(_, _ []byte) error { return nil }); err != nil {
			found = append(found, err.Error())
		}
		return len(found) < limit, nil
	})
	return found, err
}

// checkReferences looks whether the records that indexes name are there.
func (tx *Tx) checkReferences(limit int) (found []string, err error) {
	try := func(err error) bool {
		if err != nil {
			found = append(found, err.Error())
		}
		return len(found) < limit
	}
	for _, index := range []string{spaceOutboxOpen, spaceOutboxDead, spaceOutboxSent} {
		_, err := tx.entries(index)
		try(err)
	}
	for _, index := range []string{spaceAlertOpen, spaceAlertSince} {
		behind := 8 // the instant
		if index == spaceAlertSince {
			behind = 16 // and the day
		}
		try(tx.scan(index, Range{}, func(key, _ []byte) (bool, error) {
			_, rest, _ := cutText(key)
			_, err := tx.listed(index, key, rest[min(behind, len(rest)):])
			return try(err), nil
		}))
	}
	try(tx.scan(spaceAlertLast, Range{}, func(key, id []byte) (bool, error) {
		_, err := tx.listed(spaceAlertLast, key, id)
		return try(err), nil
	}))
	try(tx.scan(spaceRunLast, Range{}, func(key, _ []byte) (bool, error) {
		job, _, _ := cutText(key)
		_, err := tx.Runs(job, 1)
		return try(err), nil
	}))
	if tx.db.layout > 1 {
		try(tx.checkFeeds())
		try(tx.checkEvidence())
	}
	return found, nil
}
