package storage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
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

// Size is how large the database is, in bytes.
type Size struct {
	Bytes int64 // on disk
	Free  int64 // of these, not used and reusable
	Limit int64 // it may not grow beyond; 0 for none
	Disk  int64 // free on the disk it lies on; -1 when that cannot be told
}

// Room is how much more the database can take: what it has free, and what it may
// grow by. It is false when nothing bounds it that is known of.
func (z Size) Room() (int64, bool) {
	grow, bounded := z.Disk, z.Disk >= 0
	if left := max(0, z.Limit-z.Bytes); z.Limit > 0 && (!bounded || left < grow) {
		grow, bounded = left, true
	}
	return z.Free + grow, bounded
}

// Size tells how large the database is. It is cheap.
func (db *DB) Size(ctx context.Context) (Size, error) {
	h, err := db.engine.Health(ctx, false)
	if err != nil {
		return Size{}, fmt.Errorf("store size: %w", err)
	}
	return Size{Bytes: h.Bytes, Free: h.Free, Limit: h.Limit, Disk: h.Disk}, nil
}

// SizeAdvice is what an operator should think about.
type SizeAdvice string

// Advice about size.
const (
	SizeFine    SizeAdvice = ""
	SizeCompact SizeAdvice = "compact" // more than a quarter is free: compact while the bot is stopped
	SizeLarge   SizeAdvice = "large"   // keep less, or give it more room
)

// compactFrom is the size below which free space is not worth a word.
const compactFrom = 64 << 20

// Advice judges a size; more than warn bytes in use are large, 0 for no bound.
// So is a database that has used nine tenths of its limit.
func (z Size) Advice(warn int64) SizeAdvice {
	used := z.Bytes - z.Free
	switch {
	case warn > 0 && used > warn, z.Limit > 0 && used > z.Limit/10*9:
		return SizeLarge
	case z.Bytes > compactFrom && z.Free > z.Bytes/4:
		return SizeCompact
	}
	return SizeFine
}

// Probe reports whether n bytes can be written: it writes them and takes them
// away again. Without room it gives ErrFull.
func (db *DB) Probe(ctx context.Context, n int) error {
	const space = "probe/room"
	err := db.Update(ctx, func(tx *Tx) error { return tx.put(space, []byte("n"), make([]byte, n)) })
	if err != nil {
		return fmt.Errorf("write %d bytes: %w", n, err)
	}
	return db.Update(ctx, func(tx *Tx) error { return tx.w.Drop(space) })
}

// Stats are figures about what the store holds.
type Stats struct {
	Bytes    int64           `json:"bytes"` // of the database on disk
	Free     int64           `json:"free"`  // of these, not used
	Layout   int             `json:"layout"`
	Revision market.Revision `json:"revision"`
	Tables   []TableStats    `json:"tables"` // by shop, table, level
	Spaces   []SpaceStats    `json:"spaces"` // of other records, by name
}

// TableStats are the figures of one level of a table of a shop.
type TableStats struct {
	Shop   market.ShopID `json:"shop"`
	Table  string        `json:"table"`
	Level  string        `json:"level"`  // event, picture, held
	Days   int           `json:"days"`   // business days
	Rows   int           `json:"rows"`   // row versions of events; 0 for others
	Blocks int           `json:"blocks"` // values that hold rows
	Bytes  int64         `json:"bytes"`  // of these
}

// SpaceStats are the figures of the records of one kind.
type SpaceStats struct {
	Space string `json:"space"`
	Keys  int    `json:"keys"`
	Bytes int64  `json:"bytes"` // of keys and values
}

// levels are the spaces of facts, in the order of Stats.
var levels = []string{"event", "picture", "held"}

// Stats counts what the store holds. It visits every value but decodes none.
func (db *DB) Stats(ctx context.Context) (Stats, error) {
	h, err := db.engine.Health(ctx, false)
	if err != nil {
		return Stats{}, fmt.Errorf("store figures: %w", err)
	}
	out := Stats{Bytes: h.Bytes, Free: h.Free, Layout: db.layout}
	err = db.View(ctx, func(tx *Tx) error {
		out.Revision = tx.Revision()
		last := ""
		err := tx.scan(spaceFeed, Range{}, func(key, _ []byte) (bool, error) {
			shop, rest, _ := cutText(key)
			table, _, _ := cutText(rest)
			if at := shop + "\x00" + table; at != last {
				last = at
				found, err := tx.tableStats(market.ShopID(shop), table)
				out.Tables = append(out.Tables, found...)
				return true, err
			}
			return true, nil // another source of the same table
		})
		if err != nil {
			return err
		}
		out.Spaces, err = tx.spaceStats()
		return err
	})
	return out, err
}

func (tx *Tx) tableStats(shop market.ShopID, table string) (all []TableStats, err error) {
	for _, level := range levels {
		t := TableStats{Shop: shop, Table: table, Level: level}
		prefix := heldSpace(shop, table)
		if level != "held" {
			first := periodSpace(level, shop, table, 0)
			prefix = first[:len(first)-len("1970-01-01")]
		}
		spaces, err := tx.r.Spaces(prefix)
		if err != nil {
			return nil, err
		}
		for _, space := range spaces {
			if level == "held" && space != prefix {
				continue // of a table with a longer name
			}
			s, err := tx.countSpace(space)
			if err != nil {
				return nil, err
			}
			t.Days, t.Blocks, t.Bytes = t.Days+1, t.Blocks+s.Keys, t.Bytes+s.Bytes
		}
		if level == "event" {
			dirs, err := tx.directories(shop, table)
			if err != nil {
				return nil, err
			}
			for _, d := range dirs {
				t.Rows += d.rows()
			}
		}
		if t.Blocks > 0 {
			all = append(all, t)
		}
	}
	return all, nil
}

// spaceStats counts the spaces that hold records, those of periods together
// under the first part of their names.
func (tx *Tx) spaceStats() (all []SpaceStats, err error) {
	spaces, err := tx.r.Spaces("")
	for _, space := range spaces {
		if err != nil {
			return nil, err
		}
		kind, _, period := strings.Cut(space, "/")
		if period && slices.Contains(levels, kind) {
			continue
		}
		var s SpaceStats
		s, err = tx.countSpace(space)
		if s.Space = kind; len(all) > 0 && all[len(all)-1].Space == kind {
			all[len(all)-1].Keys += s.Keys
			all[len(all)-1].Bytes += s.Bytes
			continue
		}
		all = append(all, s)
	}
	return all, err
}

func (tx *Tx) countSpace(space string) (SpaceStats, error) {
	s := SpaceStats{Space: space}
	err := tx.r.Scan(space, Range{}, func(key, value []byte) (bool, error) {
		s.Keys++
		s.Bytes += int64(len(key) + len(value))
		return true, nil
	})
	return s, err
}

// Horizon says what Prune removes: records of each class that ended before the
// given time. A zero time keeps the class whole.
type Horizon struct {
	Seen time.Time // keys of the seen set that expired
	Runs time.Time // runs by due time, except the last of each job
	Sent time.Time // outbox entries that were sent, by creation; never dead ones
	// Audit is for lines of the trail, Evidence for evidence by its moment.
	Audit, Evidence time.Time
	Pulls           time.Time // manifests by PulledAt, except those that something stands on
}

// pruneStep bounds a transaction of Prune, so that others get their turn.
const pruneStep = 500

// Prune removes what has passed its horizon and returns how many records.
func (db *DB) Prune(ctx context.Context, h Horizon) (int, error) {
	total := 0
	for _, step := range []struct {
		before time.Time
		run    func(tx *Tx, before time.Time) (int, error)
	}{{h.Seen, (*Tx).pruneSeen}, {h.Runs, (*Tx).pruneRuns}, {h.Sent, (*Tx).pruneSent}, {h.Audit, (*Tx).pruneAudit}, {h.Evidence, (*Tx).pruneEvidence}, {h.Pulls, (*Tx).prunePulls}} {
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
