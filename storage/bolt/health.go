package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"shopwatch/storage"
)

// Health implements storage.Engine. The deep look reads the pages of the file
// itself, not through bbolt, which may crash or loop on a damaged file.
func (e *Engine) Health(ctx context.Context, deep bool) (storage.Health, error) {
	if err := e.ready(ctx); err != nil {
		return storage.Health{}, err
	}
	f, err := os.Open(e.path)
	if err != nil {
		return storage.Health{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return storage.Health{}, err
	}
	h := storage.Health{Bytes: info.Size()}
	err = e.pinned(ctx, f, func(m boltMeta) error {
		w := walk{ctx: ctx.Err, f: f, meta: m, seen: map[uint64]bool{0: true, 1: true}}
		free, err := w.freelist()
		if err != nil {
			return err
		}
		h.Free = int64(free) * int64(m.PageSize)
		if deep {
			if err := w.bucket(m.Root, 0); err != nil {
				return err
			}
			w.count()
		}
		h.Findings = w.findings
		return nil
	})
	return h, err
}

// pinned calls fn with the description of a state that cannot be overwritten
// while fn runs, because a read transaction stands on it.
func (e *Engine) pinned(ctx context.Context, f *os.File, fn func(boltMeta) error) error {
	for {
		done := false
		err := e.View(ctx, func(r storage.Reader) error {
			t, ok := r.(*tx)
			if !ok {
				return errors.New("foreign transaction")
			}
			for _, off := range []int64{0, int64(os.Getpagesize())} {
				m, known, ok := readMeta(f, off)
				if known && ok && m.TxID == uint64(t.tx.ID()) {
					done = true
					return fn(m)
				}
			}
			return nil // a commit came between; look again
		})
		if done || err != nil {
			return err
		}
	}
}

const (
	flagBranch   = 1
	flagLeaf     = 2
	flagFreelist = 16
	flagBucket   = 1
	// maxFaults is how many findings are listed.
	maxFaults = 50
	// maxNesting bounds tree depth; a sound tree of this many levels would
	// hold more pages than there are.
	maxNesting = 64
)

// walk visits the pages that can be reached from the root.
type walk struct {
	ctx      func() error
	f        io.ReaderAt
	meta     boltMeta
	seen     map[uint64]bool // in use or free
	findings []string
}

func (w *walk) find(format string, args ...any) {
	if len(w.findings) < maxFaults {
		w.findings = append(w.findings, fmt.Sprintf(format, args...))
	}
}

type boltPage struct {
	id    uint64
	flags uint16
	count int
	body  []byte // behind the header, with overflow pages
}

// page reads a page once; nil means that it is broken and has been noted.
func (w *walk) page(id uint64, flags uint16) (*boltPage, error) {
	if err := w.ctx(); err != nil {
		return nil, err
	}
	if id < 2 || id >= w.meta.HighWater {
		w.find("page %d: outside the file", id)
		return nil, nil
	}
	size := int64(w.meta.PageSize)
	head := make([]byte, pageHeader)
	if _, err := w.f.ReadAt(head, int64(id)*size); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	p := &boltPage{id: le.Uint64(head), flags: le.Uint16(head[8:]), count: int(le.Uint16(head[10:]))}
	overflow := uint64(le.Uint32(head[12:]))
	if p.id != id || p.flags&flags == 0 || p.flags&(p.flags-1) != 0 || overflow >= w.meta.HighWater-id {
		w.find("page %d: its header is broken", id)
		return nil, nil
	}
	for i := id; i <= id+overflow; i++ {
		if w.seen[i] {
			w.find("page %d: used twice", i)
			return nil, nil
		}
		w.seen[i] = true
	}
	p.body = make([]byte, int64(overflow+1)*size-pageHeader)
	_, err := w.f.ReadAt(p.body, int64(id)*size+pageHeader)
	return p, err
}

// freelist reads the list of free pages and returns how many there are.
func (w *walk) freelist() (int, error) {
	p, err := w.page(w.meta.Freelist, flagFreelist)
	if p == nil || err != nil {
		return 0, err
	}
	n, ids := uint64(p.count), p.body
	if n == 0xffff { // the count did not fit the header
		n, ids = binary.LittleEndian.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		w.find("page %d: the list of free pages is broken", p.id)
		return 0, nil
	}
	for i := range n {
		id := binary.LittleEndian.Uint64(ids[8*i:])
		if id < 2 || id >= w.meta.HighWater || w.seen[id] {
			w.find("page %d: free and in use, or outside the file", id)
			continue
		}
		w.seen[id] = true
	}
	return int(n), nil
}

// bucket walks the tree under a page.
func (w *walk) bucket(id uint64, depth int) error {
	p, err := w.page(id, flagBranch|flagLeaf)
	if p == nil || err != nil {
		return err
	}
	if depth > maxNesting {
		w.find("page %d: the tree is too deep", id)
		return nil
	}
	if p.flags == flagBranch {
		return w.branch(p, depth)
	}
	return w.leaf(p, depth)
}

func (w *walk) branch(p *boltPage, depth int) error {
	le := binary.LittleEndian
	var last []byte
	for i := range p.count {
		at := 16 * i
		if at+16 > len(p.body) {
			w.find("page %d: cut short", p.id)
			return nil
		}
		e := p.body[at:]
		key, ok := part(p.body, at, le.Uint32(e), le.Uint32(e[4:]))
		if !ok || i > 0 && bytes.Compare(key, last) <= 0 {
			w.find("page %d: key %d is broken", p.id, i)
			return nil
		}
		last = key
		if err := w.bucket(le.Uint64(e[8:]), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) leaf(p *boltPage, depth int) error {
	le := binary.LittleEndian
	var last []byte
	for i := range p.count {
		at := 16 * i
		if at+16 > len(p.body) {
			w.find("page %d: cut short", p.id)
			return nil
		}
		e := p.body[at:]
		flags, pos, ksize, vsize := le.Uint32(e), le.Uint32(e[4:]), le.Uint32(e[8:]), le.Uint32(e[12:])
		key, ok := part(p.body, at, pos, ksize)
		value, fits := part(p.body, at, pos+ksize, vsize)
		if !ok || !fits || flags > flagBucket || i > 0 && bytes.Compare(key, last) <= 0 {
			w.find("page %d: entry %d is broken", p.id, i)
			return nil
		}
		last = key
		if flags == flagBucket {
			if len(value) < 16 {
				w.find("page %d: bucket %q is broken", p.id, key)
				return nil
			}
			if root := le.Uint64(value); root != 0 { // 0: the bucket is inside this page
				if err := w.bucket(root, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// part cuts size bytes that begin pos bytes after place at.
func part(b []byte, at int, pos, size uint32) ([]byte, bool) {
	from := uint64(at) + uint64(pos)
	if to := from + uint64(size); to <= uint64(len(b)) {
		return b[from:to], true
	}
	return nil, false
}

// count looks for pages that are neither in use nor free.
func (w *walk) count() {
	lost := 0
	for id := uint64(2); id < w.meta.HighWater; id++ {
		if !w.seen[id] {
			lost++
		}
	}
	if lost > 0 {
		w.find("%d pages are neither in use nor free", lost)
	}
}
