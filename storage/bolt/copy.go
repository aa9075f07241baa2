package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"shopwatch/storage"
)

// Verify opens a file to be looked at and reads everything in it. It lists what
// is wrong, in words for an operator; nothing in the file is changed.
func Verify(ctx context.Context, path string) (findings []string, err error) {
	db, err := view(ctx, path)
	if broken, ok := errors.AsType[*PagesError](err); ok {
		return broken.Findings, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Check(ctx)
}

// Figures counts what the file at path holds, which must not be in use.
func Figures(ctx context.Context, path string) (s storage.Stats, err error) {
	db, err := view(ctx, path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Stats(ctx)
}

func view(ctx context.Context, path string) (*storage.DB, error) {
	e, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return storage.Open(ctx, storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler), ReadOnly: true})
}

// sound is Verify with what was found as an error.
func sound(ctx context.Context, path string) error {
	findings, err := Verify(ctx, path)
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("%w: %s: %s", storage.ErrDamaged, path, findings[0])
	}
	return err
}

// WriteCopy makes the file at path from what write writes: beside it, on the
// disk for good, verified, and only then under its name, so that a file of that
// name is always a whole one. An existing file is replaced, and what a process
// that died has left of an earlier try is removed.
func WriteCopy(ctx context.Context, path string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := swept(path + ".tmp*"); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp*")
	if err != nil {
		return explain(path, err)
	}
	defer func() {
		if err != nil {
			err = explain(path, errors.Join(err, removed(f.Name())))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := sound(ctx, f.Name()); err != nil {
		return fmt.Errorf("the copy is not sound: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// swept removes what matches a pattern: unfinished copies of processes that died.
func swept(pattern string) error {
	left, err := filepath.Glob(pattern)
	for _, path := range left {
		err = errors.Join(err, removed(path))
	}
	return err
}

// removed removes a file; one that is not there is fine.
func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		err = nil // some file systems cannot
	}
	return errors.Join(err, d.Close())
}

// Vault is a folder with copies of a store, named by the time they were made.
type Vault struct {
	Dir  string
	Keep int // how many stay; 0 keeps all
}

const (
	copyPrefix = "shopwatch-"
	copySuffix = ".db"
	copyTime   = "20060102T150405Z"
)

// Copy is one of a vault.
type Copy struct {
	Path  string
	Made  time.Time
	Bytes int64
}

// Save makes a copy of a store while it is used, and removes the oldest ones
// beyond Keep and what interrupted copies have left behind.
func (v Vault) Save(ctx context.Context, db *storage.DB, now time.Time) (Copy, error) {
	c := Copy{Path: filepath.Join(v.Dir, copyPrefix+now.UTC().Format(copyTime)+copySuffix), Made: now.UTC().Truncate(time.Second)}
	// Two copies into one vault at the same time are not made: the job and the verb
	// go through the process that has the store.
	if err := swept(filepath.Join(v.Dir, copyPrefix+"*"+copySuffix+".tmp*")); err != nil {
		return c, fmt.Errorf("back up to %s: %w", v.Dir, err)
	}
	if err := WriteCopy(ctx, c.Path, func(w io.Writer) error { return db.Backup(ctx, w) }); err != nil {
		return c, fmt.Errorf("back up to %s: %w", c.Path, err)
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return c, err
	}
	c.Bytes = info.Size()
	return c, v.prune()
}

func (v Vault) prune() error {
	all, err := v.List()
	if err != nil || v.Keep <= 0 {
		return err
	}
	for _, c := range all[min(v.Keep, len(all)):] {
		err = errors.Join(err, removed(c.Path))
	}
	return err
}

// List returns the copies, newest first. A folder that is not there has none.
func (v Vault) List() ([]Copy, error) {
	entries, err := os.ReadDir(v.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Copy
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), copyPrefix)
		stamp, found := strings.CutSuffix(stamp, copySuffix)
		made, err := time.Parse(copyTime, stamp)
		if !ok || !found || err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		all = append(all, Copy{Path: filepath.Join(v.Dir, e.Name()), Made: made, Bytes: info.Size()})
	}
	slices.SortFunc(all, func(a, b Copy) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// Restore puts a copy in the place of the store at path, which must not be in
// use. The copy is verified first; the old file, if there is one, is kept beside
// it under the name that is returned.
func Restore(ctx context.Context, from, path string, now time.Time) (old string, err error) {
	free, err := hold(path, Options{})
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", path, err)
	}
	defer free()
	if err := sound(ctx, from); err != nil {
		return "", fmt.Errorf("restore %s: nothing was changed: %w", path, err)
	}
	source, err := os.Open(from)
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", path, err)
	}
	defer source.Close()
	next := path + ".restored"
	err = WriteCopy(ctx, next, func(w io.Writer) error { _, err := io.Copy(w, source); return err })
	if err != nil {
		return "", fmt.Errorf("restore %s: nothing was changed: %w", path, err)
	}
	if old, err = setAside(path, "replaced", now); err != nil {
		return "", fmt.Errorf("restore %s: %w", path, errors.Join(err, removed(next)))
	}
	return old, errors.Join(os.Rename(next, path), syncDir(filepath.Dir(path)))
}

// setAside links the file at path to another name, which is returned; "" when
// there is no file. The file itself stays until it is replaced.
func setAside(path, why string, now time.Time) (string, error) {
	old := path + "." + why + "-" + now.UTC().Format(copyTime)
	switch err := os.Link(path, old); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err == nil:
		return old, nil
	}
	return old, os.Rename(path, old) // a file system without links
}

// hold takes the lock of the store at path, if there is a file, and returns what
// gives it up.
func hold(path string, o Options) (free func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, bare(err)
	}
	if err := lock(f, o); err != nil {
		return nil, errors.Join(explain(path, err), f.Close())
	}
	return func() { unlock(f); f.Close() }, nil
}

// Compact writes the store at path, which must not be in use, anew without the
// space that is free in it, verifies the new file and puts it in the place of the
// old one. It returns the sizes.
func Compact(ctx context.Context, path string) (before, after int64, err error) {
	free, err := hold(path, Options{ReadOnly: true}) // who uses the store holds it alone
	if err != nil {
		return 0, 0, fmt.Errorf("compact %s: %w", path, err)
	}
	defer free()
	if err := sound(ctx, path); err != nil {
		return 0, 0, fmt.Errorf("compact %s: nothing was changed: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, fmt.Errorf("compact: %w", err)
	}
	err = WriteCopy(ctx, path, func(w io.Writer) error { return compactInto(ctx, path, w) })
	if err != nil {
		return 0, 0, fmt.Errorf("compact %s: nothing was changed: %w", path, err)
	}
	packed, err := os.Stat(path)
	if err != nil {
		return 0, 0, fmt.Errorf("compact: %w", err)
	}
	return info.Size(), packed.Size(), nil
}

// compactStep bounds a transaction of a compaction, in bytes.
const compactStep = 16 << 20

// compactInto writes what is in use of the file at path.
func compactInto(ctx context.Context, path string, w io.Writer) (err error) {
	tmp := path + ".compact"
	if err := removed(tmp); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removed(tmp)) }()
	defer catch(&err)
	defer faults()()
	src, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, NoStatistics: true, Timeout: time.Second})
	if err != nil {
		return err
	}
	dst, err := bbolt.Open(tmp, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoStatistics: true, Timeout: time.Second})
	if err != nil {
		return errors.Join(err, src.Close())
	}
	dst.NoSync = true // the file that stays is synced as a whole
	err = bbolt.Compact(dst, src, compactStep)
	if err == nil {
		err = dst.View(func(t *bbolt.Tx) error {
			_, err := t.WriteTo(&cancellable{ctx: ctx.Err, w: w})
			return err
		})
	}
	return errors.Join(err, dst.Close(), src.Close())
}
