package storage

import (
	"context"
	"io"
)

// Engine keeps ordered keys with opaque values, grouped in spaces. It is all
// that the store asks of a database, so that bbolt and PostgreSQL can both serve.
//
// A space is an ordered map of byte keys to byte values; it exists as soon as
// something is put into it. Keys compare as unsigned bytes, are never empty and
// are at most MaxKey bytes long. A space whose name contains a slash belongs to
// a period: it is written almost always in ascending key order and is dropped
// as a whole, so an engine may pack it tightly.
//
// As a PostgreSQL table: (space text, key bytea, value bytea, primary key
// (space, key)), partitioned or not; View is a repeatable-read transaction and
// Update a serializable one that holds the writer's lease.
type Engine interface {
	// View runs fn over one consistent state. Views run beside each other and
	// beside an Update, which they do not see.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn as the only writer and commits durably when it returns
	// nil; on an error or a panic of fn nothing has happened.
	Update(ctx context.Context, fn func(Writer) error) error
	// Backup writes a consistent copy that can be opened as a store of its own,
	// while readers and writers go on.
	Backup(ctx context.Context, w io.Writer) error
	// Health reports size and, when deep, every structural fault it can find
	// by reading everything.
	Health(ctx context.Context, deep bool) (Health, error)
	// Close waits for running transactions and releases the database.
	Close() error
}

// MaxKey is the longest key in bytes.
const MaxKey = 4096

// Reader reads inside a transaction. Keys and values that it hands out are
// valid until the transaction ends and must not be changed.
type Reader interface {
	// Get returns the value of key, or nil when there is none. An empty value
	// is never nil.
	Get(space string, key []byte) ([]byte, error)
	// Scan calls visit for the entries of r in order until visit returns false
	// or an error, which Scan returns. The space must not change meanwhile.
	Scan(space string, r Range, visit func(key, value []byte) (bool, error)) error
	// Spaces returns the names that start with prefix, in order.
	Spaces(prefix string) ([]string, error)
}

// Writer reads and writes inside the one write transaction. Slices passed to
// it must stay unchanged until the transaction ends.
type Writer interface {
	Reader
	// Put sets the value of key.
	Put(space string, key, value []byte) error
	// Delete removes key; a key that is not there is fine.
	Delete(space string, key []byte) error
	// Drop removes a space with all its keys, at a cost that does not depend
	// on their bytes; a space that is not there is fine.
	Drop(space string) error
}

// Range is the keys From <= key < To. A nil From starts at the first key, a
// nil To ends after the last. Reverse visits from the greatest key down.
type Range struct {
	From, To []byte
	Reverse  bool
}

// Health is what an engine says about its database.
type Health struct {
	Bytes    int64    // on disk
	Free     int64    // of these, not used and reusable
	Limit    int64    // the most it may have on disk; 0 for no limit
	Disk     int64    // free on the disk it lies on; -1 when that cannot be told
	Findings []string // structural faults, in words for an operator
}
