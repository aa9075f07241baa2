package bolt

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"shopwatch/storage"
)

// holder is what the file beside the store says about who has it open.
type holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

func ownerPath(path string) string { return path + ".owner" }

func writeOwner(path string) error {
	// Arguments may hold secrets or data; the program and its verb are enough
	// to find it.
	command := filepath.Base(os.Args[0])
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		command += " " + os.Args[1]
	}
	b, err := json.Marshal(holder{PID: os.Getpid(), Command: command, Since: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	return os.WriteFile(ownerPath(path), append(b, '\n'), 0o600)
}

func removeOwner(path string) { _ = os.Remove(ownerPath(path)) }

// owner says in words who has the store open, as far as is known.
func owner(path string) string {
	var h holder
	b, err := os.ReadFile(ownerPath(path))
	if err != nil || json.Unmarshal(b, &h) != nil || h.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d (%s, since %s)", h.PID, h.Command, h.Since.Format(time.RFC3339))
}

// inspect looks at the file before bbolt does, for what bbolt would answer
// with a riddle or a crash. A file that does not exist yet is fine.
func inspect(path string, o Options) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.ReadOnly:
		return bare(err)
	case errors.Is(err, fs.ErrNotExist):
		dir := filepath.Dir(path)
		if d, err := os.Stat(dir); err != nil || !d.IsDir() {
			return fmt.Errorf("%s is not a folder; create it first: %w", dir, fs.ErrNotExist)
		}
		return create(path)
	case err != nil:
		return bare(err)
	case info.IsDir():
		return fmt.Errorf("%w: it is a folder; give the path of a file", storage.ErrNotStore)
	case info.Size() == 0:
		return fmt.Errorf("%w: the file is empty; restore the newest backup (shopwatch db restore), or remove the file to begin anew", storage.ErrDamaged)
	}
	flag := os.O_RDWR
	if o.ReadOnly {
		flag = os.O_RDONLY
	}
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return fmt.Errorf("%w; the store must be readable and writable for its user", bare(err))
	}
	defer f.Close()
	// Pages are only looked at while nobody writes them. bbolt takes the lock
	// itself a moment later.
	if err := lock(f, o); err != nil {
		return explain(path, err)
	}
	defer unlock(f)
	return inspectPages(f, info.Size())
}

// lock waits for the lock on a file, alone or, to look at it, beside others.
func lock(f *os.File, o Options) error {
	for end := time.Now().Add(o.Timeout); ; time.Sleep(lockRetry) {
		ok, err := tryLock(f, !o.ReadOnly)
		switch {
		case err != nil:
			return err
		case ok:
			return nil
		case time.Now().After(end):
			return berrors.ErrTimeout
		}
	}
}

// lockRetry is how often a lock that another process holds is tried again.
const lockRetry = 20 * time.Millisecond

// create makes a new file whole or not at all: a process that dies half-way
// leaves no empty file that would look like a damaged store.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*")
	if err != nil {
		return bare(err)
	}
	tmp := f.Name()
	defer os.Remove(tmp)
	f.Close()
	db, err := bbolt.Open(tmp, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return bare(err)
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Link(tmp, path); err == nil || errors.Is(err, fs.ErrExist) {
		return nil // another process may have been first
	}
	return bare(os.Rename(tmp, path)) // a file system without links
}

// bare leaves the path out of an error, where the caller names it already.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// boltMeta is the part of bbolt's two first pages that is looked at here.
type boltMeta struct {
	PageSize  uint32
	Root      uint64
	Freelist  uint64
	HighWater uint64 // pages in use are below this one
	TxID      uint64
}

const (
	boltMagic  = 0xED0CDAED
	pageHeader = 16
	metaSize   = 64
)

// readMeta reads the description at offset off; known says that it is one of
// bbolt's, ok that it is whole.
func readMeta(f io.ReaderAt, off int64) (m boltMeta, known, ok bool) {
	b := make([]byte, pageHeader+metaSize)
	if _, err := f.ReadAt(b, off); err != nil {
		return m, false, false
	}
	b = b[pageHeader:]
	le := binary.LittleEndian
	m = boltMeta{
		PageSize: le.Uint32(b[8:]), Root: le.Uint64(b[16:]), Freelist: le.Uint64(b[32:]),
		HighWater: le.Uint64(b[40:]), TxID: le.Uint64(b[48:]),
	}
	h := fnv.New64a()
	h.Write(b[:56])
	return m, le.Uint32(b) == boltMagic, h.Sum64() == le.Uint64(b[56:])
}

// inspectPages refuses what is no bbolt file, one that ends before its last page
// in use, and one whose tree of pages is not sound.
func inspectPages(f io.ReaderAt, size int64) error {
	m, found, known := newestMeta(f)
	switch {
	case !known:
		return fmt.Errorf("%w: the file is something else", storage.ErrNotStore)
	case !found:
		return fmt.Errorf("%w: both of its first pages are broken; %s", storage.ErrDamaged, remedy)
	case m.PageSize == 0 || int64(m.HighWater) < 0 || m.HighWater > uint64(size)/uint64(m.PageSize):
		return fmt.Errorf("%w: the file is cut short; %s", storage.ErrDamaged, remedy)
	}
	// Opening cannot be cancelled: it takes a second a gigabyte at most.
	w, err := walkPages(func() error { return nil }, f, m)
	if err != nil {
		return err
	}
	if len(w.findings) > 0 {
		return &PagesError{Findings: w.findings}
	}
	return nil
}

// PagesError says what is wrong with the pages of a file. It is an ErrDamaged.
type PagesError struct{ Findings []string }

func (e *PagesError) Error() string {
	more := ""
	if n := len(e.Findings) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%v: %s%s; %s", storage.ErrDamaged, e.Findings[0], more, remedy)
}

// Is makes errors.Is(err, storage.ErrDamaged) hold.
func (e *PagesError) Is(target error) bool { return target == storage.ErrDamaged }

// newestMeta returns the valid description with the highest transaction.
func newestMeta(f io.ReaderAt) (m boltMeta, found, known bool) {
	offsets := []int64{0}
	for size := int64(1024); size <= 64<<10; size *= 2 {
		offsets = append(offsets, size) // where the second page may begin
	}
	for _, off := range offsets {
		n, k, ok := readMeta(f, off)
		known = known || k
		if k && ok && (off == 0 || off == int64(n.PageSize)) && (!found || n.TxID > m.TxID) {
			m, found = n, true
		}
	}
	return m, found, known
}
