package storage

import (
	"bytes"
	"context"
	"fmt"
	"io"
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
	// Audit is for lines of the trail, Evidence for evidence by its moment.
	Audit, Evidence time.Time
}

// pruneStep bounds a transaction of Prune, so that others get their turn.
const pruneStep = 500

// Prune removes what has passed its horizon and returns how many records.
func (db *DB) Prune(ctx context.Context, h Horizon) (int, error) {
	total := 0
	for _, step := range []struct {
		before time.Time
		run    func(tx *Tx, before time.Time) (int, error)
	}{{h.Seen, (*Tx).pruneSeen}, {h.Runs, (*Tx).pruneRuns}, {h.Sent, (*Tx).pruneSent}, {h.Audit, (*Tx).pruneAudit}, {h.Evidence, (*Tx).pruneEvidence}} {
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

// pruneAudit removes lines of the trail before a time, at most pruneStep.
func (tx *Tx) pruneAudit(before time.Time) (int, error) {
	type place struct {
		at   int64
		rest []byte
	}
	var old []place
	w := always
	w.End = before
	err := tx.scanDated(spaceAudit, "", w, func(key, rest, _ []byte) error {
		if len(old) < pruneStep {
			at, _, _ := cutUint(key[len(key)-len(rest)-8:])
			old = append(old, place{int64(at ^ 1<<63), bytes.Clone(rest)})
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, p := range old {
		if err := tx.listDated(spaceAudit, "", p.at, p.rest, nil, -1); err != nil {
			return 0, err
		}
	}
	return len(old), nil
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
