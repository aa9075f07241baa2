package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"shopwatch/storage"
)

// Options of the engine; the zero value has sensible defaults.
type Options struct {
	// InitialMmapSize is how much address space is mapped at once, in bytes.
	// A file that outgrows it makes the writer wait for every reader, and new
	// readers for the writer. 0 means 64 GiB (virtual, costs nothing) where
	// addresses have 64 bits, and what bbolt does by itself elsewhere.
	InitialMmapSize int
	// MaxSize bounds the file in bytes; beyond it writes fail with
	// storage.ErrFull. 0 means no bound.
	MaxSize int
	// Timeout is how long to wait for another process; 0 means 2 s.
	Timeout time.Duration
	// ReadOnly opens a file to be looked at: it must exist, several processes may
	// have it open so, and Update fails.
	ReadOnly bool
}

// growBy is by how much a file of a size grows at a time: a quarter, so that
// small shops have small files and large ones are not extended at every commit.
func growBy(size, limit int64) int {
	const least, most = 1 << 20, 64 << 20
	by := min(max(size/4, least), most)
	if limit > 0 {
		by = min(by, limit/4) // bbolt may grow by it beyond what it has checked
	}
	return int(by)
}

// Engine is a storage.Engine over one bbolt file.
type Engine struct {
	db   *bbolt.DB
	file *os.File // bbolt's own, which holds the lock
	path string
	// limit is Options.MaxSize.
	limit int64
	// readOnly engines leave no note of who has the file.
	readOnly bool
	// broken is set when a write met damage in a way after which bbolt's own
	// locks cannot be relied upon: from then on everything is refused.
	broken atomic.Bool
}

// Open opens or creates the file at path, with mode 0600. The error is
// storage.ErrLocked (naming the holder), ErrDamaged, ErrNotStore, or what the
// file system says; it names the path and a remedy.
func Open(path string, o Options) (*Engine, error) {
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.InitialMmapSize == 0 && bits.UintSize == 64 && runtime.GOOS != "windows" {
		o.InitialMmapSize = 64 << 30
	}
	if err := inspect(path, o); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	db, file, err := open(path, o)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, explain(path, err))
	}
	if err := samePlace(file, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), db.Close())
	}
	e := &Engine{db: db, file: file, path: path, limit: int64(o.MaxSize), readOnly: o.ReadOnly}
	if o.ReadOnly {
		return e, nil
	}
	if err := writeOwner(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), db.Close())
	}
	return e, nil
}

// open runs bbolt's Open and survives what damage does to it. The file is
// opened here so that its lock is released when bbolt panics half-way.
func open(path string, o Options) (db *bbolt.DB, file *os.File, err error) {
	defer func() {
		if err != nil && file != nil {
			unlock(file)
			file.Close() // bbolt may have closed it already
		}
	}()
	defer catch(&err)
	defer faults()()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: o.InitialMmapSize,
		MaxSize:         o.MaxSize,
		Timeout:         o.Timeout,
		ReadOnly:        o.ReadOnly,
		PreLoadFreelist: true,
		NoStatistics:    true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			file = f
			return f, err
		},
	})
	return db, file, err
}

// samePlace notices that the file was replaced, by a restore or a compaction,
// while its lock was waited for.
func samePlace(f *os.File, path string) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(path)
	if err != nil {
		return bare(err)
	}
	if !os.SameFile(mine, now) {
		return fmt.Errorf("%w: it has just been replaced; start again", storage.ErrLocked)
	}
	return nil
}

// explain turns an error of bbolt or the system into one of the store.
func explain(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrDatabaseReadOnly):
		return storage.ErrReadOnly
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w by %s; stop that one first", storage.ErrLocked, owner(path))
	case errors.Is(err, berrors.ErrMaxSizeReached), saysFull(err):
		return fmt.Errorf("%w: %s: %w", storage.ErrFull, path, err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w; %s", storage.ErrDamaged, err, remedy)
	case errors.Is(err, storage.ErrDamaged):
		return fmt.Errorf("%w (%s); %s", err, path, remedy)
	case errors.Is(err, storage.ErrNotStore), errors.Is(err, storage.ErrNewerSchema):
		return fmt.Errorf("%w (%s)", err, path)
	}
	return err
}

// saysFull reports whether the disk or the user's share of it is full. bbolt
// keeps some errors of the system in words only.
func saysFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

const remedy = "keep the file as it is and restore the newest backup (shopwatch db restore)"

// catch turns a panic or a memory fault inside bbolt into ErrDamaged. It must
// be deferred directly.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", storage.ErrDamaged, p)
	}
}

// faults makes memory faults of this goroutine panic; undo by deferring what
// it returns.
func faults() func() {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// fault turns a memory fault in the caller's reading of mapped values into
// ErrDamaged and lets every other panic go on. It must be deferred directly.
func fault(err *error) {
	p := recover()
	if p == nil {
		return
	}
	if f, ok := p.(interface{ Addr() uintptr }); ok {
		*err = fmt.Errorf("%w: memory fault at %#x", storage.ErrDamaged, f.Addr())
		return
	}
	panic(p)
}

// View implements storage.Engine.
func (e *Engine) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := e.ready(ctx); err != nil {
		return err
	}
	defer faults()()
	t, err := e.begin(false)
	if err != nil {
		return explain(e.path, err)
	}
	defer func() { _ = t.rollback() }()
	return explain(e.path, run(func() error { return fn(t) }))
}

// Update implements storage.Engine.
func (e *Engine) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := e.ready(ctx); err != nil {
		return err
	}
	defer faults()()
	t, err := e.begin(true)
	if err != nil {
		return explain(e.path, err)
	}
	done := false
	defer func() {
		if !done && t.rollback() != nil {
			e.broken.Store(true)
		}
	}()
	if err := run(func() error { return fn(t) }); err != nil {
		return explain(e.path, err)
	}
	err = t.commit()
	if done = err == nil; errors.Is(err, storage.ErrDamaged) {
		e.broken.Store(true)
	}
	return explain(e.path, err)
}

func run(fn func() error) (err error) {
	defer fault(&err)
	return fn()
}

func (e *Engine) ready(ctx context.Context) error {
	if e.broken.Load() {
		return fmt.Errorf("%w: %s: stopped after a write met damage; %s", storage.ErrDamaged, e.path, remedy)
	}
	return ctx.Err()
}

func (e *Engine) begin(write bool) (t *tx, err error) {
	defer catch(&err)
	b, err := e.db.Begin(write)
	if err != nil {
		return nil, err
	}
	if write {
		e.db.AllocSize = growBy(b.Size(), e.limit) // only read by the writer, which this is
	}
	return &tx{tx: b, buckets: map[string]*bbolt.Bucket{}}, nil
}

// Backup implements storage.Engine.
func (e *Engine) Backup(ctx context.Context, w io.Writer) error {
	if err := e.ready(ctx); err != nil {
		return err
	}
	defer faults()()
	t, err := e.begin(false)
	if err != nil {
		return explain(e.path, err)
	}
	defer func() { _ = t.rollback() }()
	out := &cancellable{ctx: ctx.Err, w: w}
	if err := t.copyTo(out); out.err == nil {
		return explain(e.path, err)
	}
	return out.err // bbolt wraps it in words only
}

// cancellable is a writer that gives up when its context has ended.
type cancellable struct {
	ctx func() error
	w   io.Writer
	err error // why it gave up, or what w said
}

func (c *cancellable) Write(p []byte) (n int, err error) {
	if err = c.ctx(); err == nil {
		n, err = c.w.Write(p)
	}
	c.err = err
	return n, err
}

// Close implements storage.Engine. After damage that a write met, only the
// lock on the file is given up: waiting for bbolt's own locks could take for ever.
func (e *Engine) Close() (err error) {
	if !e.readOnly {
		defer removeOwner(e.path)
	}
	if e.broken.Load() {
		unlock(e.file)
		return e.file.Close()
	}
	defer catch(&err)
	return e.db.Close()
}
