package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync"

	"shopwatch/internal/market"
)

// schemaVersion is the layout that this program writes (doc.go). Older ones are
// brought up to it by Open (migrate.go).
const schemaVersion = 3

// defaultCache bounds the memory of decoded rows.
const defaultCache = 192 << 20

// Options of a store.
type Options struct {
	Engine Engine       // required
	Logger *slog.Logger // required; the store logs what it repairs or skips, nothing else
	// Tables are the fact tables it keeps; nil means market.Tables.
	Tables []*market.Table
	// CacheBytes bounds the memory kept for decoded rows; 0 means 192 MiB.
	CacheBytes int64
	// BeforeMigration is called before a store of an older layout is changed; it
	// must keep what backup writes. Without it such a store is refused.
	BeforeMigration func(ctx context.Context, layout int, backup func(io.Writer) error) error
	// ReadOnly looks at a store as it is: nothing is created or migrated, and
	// Update fails.
	ReadOnly bool
}

// DB is the store. It is safe for use by many goroutines; there is one writer
// at a time.
type DB struct {
	engine  Engine
	log     *slog.Logger
	schemas map[string]*schema
	codec   *codec
	cache   *cache
	layout  int // that the store has; schemaVersion unless it is only looked at

	// writing is held until memory has followed a commit, so that the next
	// writer does not begin from what the last one has just replaced.
	writing sync.Mutex

	mu      sync.Mutex
	current map[cacheKey]currentRows // by shop and table
}

// Open prepares the store that lives in an engine, creating it when the engine
// is empty. A store of a newer layout is refused with ErrNewerSchema and left
// untouched. The engine belongs to the DB from then on, also when Open fails.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Engine == nil || o.Logger == nil {
		return nil, errors.New("open store: engine and logger are required")
	}
	if o.Tables == nil {
		o.Tables = market.Tables
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCache
	}
	db := &DB{engine: o.Engine, log: o.Logger, cache: newCache(o.CacheBytes), current: map[cacheKey]currentRows{}}
	err := db.prepare(ctx, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), o.Engine.Close())
	}
	return db, nil
}

func (db *DB) prepare(ctx context.Context, o Options) (err error) {
	if db.codec, err = newCodec(); err != nil {
		return err
	}
	if err := db.View(ctx, func(tx *Tx) error { db.layout, err = tx.readLayout(); return err }); err != nil {
		return err
	}
	fresh := db.layout == 0
	if fresh && o.ReadOnly {
		return fmt.Errorf("%w: it is empty", ErrNotStore)
	}
	if !fresh && db.layout < schemaVersion && !o.ReadOnly {
		if err := db.migrate(ctx, o.BeforeMigration); err != nil {
			return err
		}
	}
	stale := fresh
	if !fresh {
		err = db.View(ctx, func(tx *Tx) error {
			db.schemas, stale, err = tx.loadSchemas(o.Tables)
			return err
		})
	}
	if err != nil || !stale || o.ReadOnly {
		return err
	}
	return db.Update(ctx, func(tx *Tx) error {
		if fresh {
			db.layout = schemaVersion
			if err := tx.putJSON(spaceMeta, []byte("schema"), schemaVersion); err != nil {
				return err
			}
		}
		db.schemas, _, err = tx.loadSchemas(o.Tables)
		if err != nil {
			return err
		}
		return tx.saveSchemas(db.schemas)
	})
}

// Layout is the number of the store's layout: an older one only in a store that
// was opened to be looked at.
func (db *DB) Layout() int { return db.layout }

// Close releases the engine. Transactions that still run are waited for.
func (db *DB) Close() error {
	db.codec.Close()
	return db.engine.Close()
}

// View runs fn over one consistent state of the store. Nothing that fn gets
// from tx may be changed; batches and records stay valid after fn has returned.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.engine.View(ctx, func(r Reader) error {
		tx := &Tx{db: db, r: r, since: math.MaxInt64, hours: math.MaxInt64}
		if err := tx.begin(); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Update runs fn as one transaction: all that it writes becomes durable when
// Update returns nil, and nothing of it when fn or the commit fails.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	var tx *Tx
	err := db.engine.Update(ctx, func(w Writer) error {
		tx = &Tx{db: db, r: w, w: w, since: math.MaxInt64, hours: math.MaxInt64}
		if err := tx.begin(); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, swap := range tx.committed {
		swap()
	}
	return nil
}

// Tx is one transaction over the store. It must not be used after the function
// that received it has returned, nor by two goroutines at once.
type Tx struct {
	db *DB
	r  Reader
	w  Writer // nil in View

	base      market.Revision // newest revision when the transaction began
	newest    market.Revision
	since     int64                             // earliest instant of facts asked for, in nanoseconds
	hours     int64                             // the same of the hours of a panel
	own       map[market.Revision]*market.Batch // pictures stored by this transaction
	committed []func()                          // memory is swapped only when the commit has succeeded
}

func (tx *Tx) begin() error {
	var rev market.Revision
	if _, err := tx.getJSON(spaceMeta, []byte("revision"), &rev); err != nil {
		return err
	}
	tx.base, tx.newest = rev, rev
	return nil
}

// readLayout returns the layout of the store, 0 for an empty engine, and
// refuses one that this program does not know.
func (tx *Tx) readLayout() (int, error) {
	var version int
	ok, err := tx.getJSON(spaceMeta, []byte("schema"), &version)
	switch {
	case err != nil:
		return 0, err
	case ok && version > schemaVersion:
		return 0, fmt.Errorf("%w: its layout is %d, this program knows up to %d; upgrade the program", ErrNewerSchema, version, schemaVersion)
	case ok && version < 1:
		return 0, damaged(spaceMeta, []byte("schema"), "no layout has that number")
	case ok:
		return version, nil
	}
	spaces, err := tx.r.Spaces("")
	if err != nil {
		return 0, err
	}
	if len(spaces) > 0 {
		return 0, fmt.Errorf("%w: it has data but no layout version", ErrNotStore)
	}
	return 0, nil
}

// get returns the checked payload of a key, or nil when there is none.
func (tx *Tx) get(space string, key []byte) ([]byte, error) {
	v, err := tx.r.Get(space, key)
	if err != nil || v == nil {
		return nil, err
	}
	return unseal(space, key, v)
}

func (tx *Tx) put(space string, key, payload []byte) error {
	if tx.w == nil {
		return ErrReadOnly
	}
	return tx.w.Put(space, key, seal(space, key, payload))
}

func (tx *Tx) remove(space string, key []byte) error {
	if tx.w == nil {
		return ErrReadOnly
	}
	return tx.w.Delete(space, key)
}

// scan visits checked payloads.
func (tx *Tx) scan(space string, r Range, visit func(key, payload []byte) (bool, error)) error {
	return tx.r.Scan(space, r, func(key, value []byte) (bool, error) {
		payload, err := unseal(space, key, value)
		if err != nil {
			return false, err
		}
		return visit(key, payload)
	})
}

// scanPrefix visits the keys that start with prefix, in order.
func (tx *Tx) scanPrefix(space string, prefix []byte, visit func(key, payload []byte) (bool, error)) error {
	return tx.scan(space, Range{From: prefix, To: after(prefix)}, visit)
}

func (tx *Tx) putJSON(space string, key []byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store %s: %w", space, err)
	}
	return tx.put(space, key, b)
}

func (tx *Tx) getJSON(space string, key []byte, v any) (bool, error) {
	b, err := tx.get(space, key)
	if err != nil || b == nil {
		return false, err
	}
	return true, decodeJSON(space, key, b, v)
}

func decodeJSON(space string, key, payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return damaged(space, key, err.Error())
	}
	return nil
}

// number adds one to a counter and returns it, starting with 1.
func (tx *Tx) number(name string) (uint64, error) {
	var n uint64
	key := []byte("number/" + name)
	if _, err := tx.getJSON(spaceMeta, key, &n); err != nil {
		return 0, err
	}
	n++
	return n, tx.putJSON(spaceMeta, key, n)
}

// Decoded returns what is kept in memory under a name, or what decode makes, which
// is kept as long as there is room for its bytes. The name must tell everything
// that the value depends on, revisions among them; nobody may change the value, but
// it may gather more of the same (Grown).
// What a transaction sees that may still fail is decoded for itself alone.
func (tx *Tx) Decoded(name string, decode func() (value any, bytes int64, err error)) (any, error) {
	if tx.Writable() {
		v, _, err := decode()
		return v, err
	}
	return tx.db.cache.load(cacheKey{table: name}, decode)
}

// Grown tells that the value that is kept under a name takes more bytes than
// before: one that guards itself and gathers what is asked of it.
func (tx *Tx) Grown(name string, bytes int64) {
	if !tx.Writable() {
		tx.db.cache.grow(cacheKey{table: name}, bytes)
	}
}
