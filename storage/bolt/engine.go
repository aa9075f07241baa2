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
}

// growBy is by how much the file grows at a time.
const growBy = 8 << 20

// Engine is a storage.Engine over one bbolt file.
type Engine struct {
	db   *bbolt.DB
	file *os.File // bbolt's own, which holds the lock
	path string
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
	if err := inspect(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	db, file, err := open(path, o)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, explain(path, err))
	}
	db.AllocSize = growBy
	e := &Engine{db: db, file: file, path: path}
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
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: o.InitialMmapSize,
		MaxSize:         o.MaxSize,
		Timeout:         o.Timeout,
		NoStatistics:    true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			file = f
			return f, err
		},
	})
	return db, file, err
}

// explain turns an error of bbolt or the system into one of the store.
func explain(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w by %s; stop that one first", storage.ErrLocked, owner(path))
	case errors.Is(err, berrors.ErrMaxSizeReached), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %s: %w", storage.ErrFull, path, err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w; %s", storage.ErrDamaged, err, remedy)
	case errors.Is(err, storage.ErrDamaged):
		return fmt.Errorf("%w (%s); %s", err, path, remedy)
	}
	return err
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
	defer removeOwner(e.path)
	if e.broken.Load() {
		unlock(e.file)
		return e.file.Close()
	}
	defer catch(&err)
	return e.db.Close()
}
