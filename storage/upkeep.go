package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Backup writes a copy of the store as it is at one moment, while work goes on.
// The copy is a store of its own.
func (db *DB) Backup(ctx context.Context, w io.Writer) error {
	if err := db.engine.Backup(ctx, w); err != nil {
		return fmt.Errorf("back up store: %w", err)
	}
	return nil
}

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
		more, err := tx.checkDays(maxFindings - len(found))
		found = append(found, more...)
		return err
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
	for id := range b.index {
		if _, _, err := b.raw(uint8(id)); err != nil {
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
			if err := tx.checkTimeline(key); err != nil {
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

// checkTimeline looks whether every listed day is there, and the manifest of
// every entry.
func (tx *Tx) checkTimeline(timeline []byte) error {
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
		var b *block
		if b, err = tx.readBlock(space, keyUint(nil, info.number)); err == nil && b.rows != info.rows {
			err = fmt.Errorf("%w: %s: block %d has %d rows, %d are listed", ErrDamaged, space, info.number, b.rows, info.rows)
		}
	}
	return err
}

// Stats are figures about what the store holds.
type Stats struct {
	Bytes    int64 // of the database on disk
	Free     int64 // of these, not used
	Revision market.Revision
	Tables   []TableStats
}

// TableStats are the figures of one table of one shop.
type TableStats struct {
	Shop   market.ShopID
	Table  string
	Days   int   // business days with rows or pictures
	Rows   int   // row versions of events; 0 for State tables
	Blocks int   // values that hold rows
	Bytes  int64 // of these
}

// Stats counts what the store holds. It reads every stored block's place but
// not its content.
func (db *DB) Stats(ctx context.Context) (Stats, error) {
	h, err := db.engine.Health(ctx, false)
	if err != nil {
		return Stats{}, fmt.Errorf("store figures: %w", err)
	}
	out := Stats{Bytes: h.Bytes, Free: h.Free}
	err = db.View(ctx, func(tx *Tx) error {
		out.Revision = tx.Revision()
		return tx.scan(spaceFeed, Range{}, func(key, _ []byte) (bool, error) {
			shop, rest, _ := cutText(key)
			table, _, _ := cutText(rest)
			if n := len(out.Tables); n > 0 && out.Tables[n-1].Shop == market.ShopID(shop) && out.Tables[n-1].Table == table {
				return true, nil // another source of the same table
			}
			t, err := tx.tableStats(market.ShopID(shop), table)
			out.Tables = append(out.Tables, t)
			return true, err
		})
	})
	return out, err
}

func (tx *Tx) tableStats(shop market.ShopID, table string) (TableStats, error) {
	t := TableStats{Shop: shop, Table: table}
	dirs, err := tx.directories(shop, table)
	if err != nil {
		return t, err
	}
	for _, d := range dirs {
		t.Rows += d.rows()
	}
	for _, kind := range []string{"event", "picture"} {
		first := periodSpace(kind, shop, table, 0)
		spaces, err := tx.r.Spaces(first[:len(first)-len("1970-01-01")])
		if err != nil {
			return t, err
		}
		t.Days += len(spaces)
		for _, space := range spaces {
			err := tx.r.Scan(space, Range{}, func(_, value []byte) (bool, error) {
				t.Blocks++
				t.Bytes += int64(len(value))
				return true, nil
			})
			if err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// Horizon says what Prune removes: records of each class that ended before the
// given time. A zero time keeps the class whole.
type Horizon struct {
	Seen time.Time // keys of the seen set that expired
	Runs time.Time // runs by due time, except the last of each job
	Sent time.Time // outbox entries that were sent, by creation; never dead ones
}

// pruneStep bounds a transaction of Prune, so that others get their turn.
const pruneStep = 500

// Prune removes what has passed its horizon and returns how many records.
func (db *DB) Prune(ctx context.Context, h Horizon) (int, error) {
	total := 0
	for _, step := range []struct {
		before time.Time
		run    func(tx *Tx, before time.Time) (int, error)
	}{{h.Seen, (*Tx).pruneSeen}, {h.Runs, (*Tx).pruneRuns}, {h.Sent, (*Tx).pruneSent}} {
		for more := !step.before.IsZero(); more; {
			n := 0
			err := db.Update(ctx, func(tx *Tx) (err error) {
				n, err = step.run(tx, step.before)
				return err
			})
			if err != nil {
				return total, fmt.Errorf("prune: %w", err)
			}
			total += n
			more = n >= pruneStep
		}
	}
	return total, nil
}

func (tx *Tx) pruneSeen(before time.Time) (int, error) {
	n := 0
	err := tx.scan(spaceSeenEnd, Range{To: keyTime(nil, before)}, func(_, _ []byte) (bool, error) {
		n++
		return n < pruneStep, nil
	})
	if err != nil {
		return 0, err
	}
	return n, tx.sweepSeen(before, pruneStep)
}

func (tx *Tx) pruneRuns(before time.Time) (int, error) {
	var old [][]byte
	var last []byte // the run before the one visited
	err := tx.scan(spaceRun, Range{}, func(key, _ []byte) (bool, error) {
		job, rest, ok := cutText(key)
		if !ok || len(rest) != 16 {
			return false, damaged(spaceRun, key, "key does not parse")
		}
		// A run goes when it is old and another run of the job follows it.
		if prefix := keyText(nil, job); last != nil && bytes.HasPrefix(last, prefix) && bytes.Compare(last, keyTime(prefix, before)) < 0 {
			old = append(old, last)
		}
		last = bytes.Clone(key)
		return len(old) < pruneStep, nil
	})
	if err != nil {
		return 0, err
	}
	for _, key := range old {
		if err := tx.list(spaceRun, key[:len(key)-16], key, nil, -1); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

func (tx *Tx) pruneSent(before time.Time) (int, error) {
	type place struct{ seq, key []byte }
	var old []place
	err := tx.scan(spaceOutboxSent, Range{}, func(seq, key []byte) (bool, error) {
		e, found, err := tx.Entry(string(key))
		if err != nil {
			return false, err
		}
		if !found {
			return false, damaged(spaceOutboxSent, seq, "entry is missing")
		}
		if e.Created.Before(before) {
			old = append(old, place{bytes.Clone(seq), keyText(nil, e.Key)})
		}
		// Seq grows with Created, so what follows is younger still.
		return len(old) < pruneStep && e.Created.Before(before), nil
	})
	if err != nil {
		return 0, err
	}
	for _, p := range old {
		if err := tx.remove(spaceOutbox, p.key); err != nil {
			return 0, err
		}
		if err := tx.list(spaceOutboxSent, nil, p.seq, nil, -1); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}
