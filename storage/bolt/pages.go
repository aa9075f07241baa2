package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"sync"
)

// bbolt trusts its pages. On a damaged one it crashes, follows a circle for ever,
// looks for a key in the wrong place and does not find it, or, when it frees a
// page whose header claims billions of overflow pages, notes each of them. A page
// that the disk wrote to the wrong place gives whole but outdated values. So the
// tree is looked at before bbolt opens it: every page once, its header, its table
// of entries and its keys, but not the values, which carry checksums of their own.

const (
	flagBranch   = 1
	flagLeaf     = 2
	flagFreelist = 16
	flagBucket   = 1 // of an entry
	entrySize    = 16
	// maxFaults is how many findings are listed.
	maxFaults = 50
	// readers look at pages at the same time, which hides the latency of a disk.
	readers = 16
)

// pageRef is a page to look at. Its keys lie in from <= key < to, nil for no
// bound.
type pageRef struct {
	id       uint64
	from, to []byte
}

// seenPage is what was found on a page.
type seenPage struct {
	pages    uint64 // how many it spans; 0 when its header is broken
	children []pageRef
	fault    string
	err      error
}

// walk visits the pages that can be reached from the root.
type walk struct {
	f        io.ReaderAt
	meta     boltMeta
	used     []uint64 // a bit per page: in use or free
	free     int
	findings []string
}

// walkPages looks at the whole tree and the list of free pages. The error is
// that of reading or of stop, which is asked now and then.
func walkPages(stop func() error, f io.ReaderAt, m boltMeta) (*walk, error) {
	w := newWalk(f, m)
	if err := w.freelist(); err != nil {
		return nil, err
	}
	for level := []pageRef{{id: m.Root}}; len(level) > 0; {
		if err := stop(); err != nil {
			return nil, err
		}
		found := w.look(level)
		var next []pageRef
		for i, p := range found {
			switch {
			case p.err != nil:
				return nil, p.err
			case p.pages > 0 && !w.claim(level[i].id, p.pages):
				w.find("page %d: used twice", level[i].id)
				continue // its children have been or will be seen by the other way
			case p.fault != "":
				w.find("page %d: %s", level[i].id, p.fault)
			}
			next = append(next, p.children...)
		}
		level = next
	}
	return w, nil
}

func newWalk(f io.ReaderAt, m boltMeta) *walk {
	w := &walk{f: f, meta: m, used: make([]uint64, m.HighWater/64+1)}
	w.claim(0, 2) // the two descriptions
	return w
}

// look reads the pages of a level, several at a time.
func (w *walk) look(level []pageRef) []seenPage {
	found := make([]seenPage, len(level))
	each := (len(level) + readers - 1) / readers
	var all sync.WaitGroup
	for from := 0; from < len(level); from += each {
		all.Go(func() {
			r := pageReader{f: w.f, meta: w.meta, first: make([]byte, w.meta.PageSize)}
			for i := from; i < min(from+each, len(level)); i++ {
				found[i] = r.read(level[i])
			}
		})
	}
	all.Wait()
	return found
}

func (w *walk) find(format string, args ...any) {
	if len(w.findings) < maxFaults {
		w.findings = append(w.findings, fmt.Sprintf(format, args...))
	}
}

// claim marks n pages as used and reports false, marking none, when one is
// already or lies outside the file.
func (w *walk) claim(id, n uint64) bool {
	if id >= w.meta.HighWater || n > w.meta.HighWater-id {
		return false
	}
	for i := id; i < id+n; i++ {
		if w.used[i/64]&(1<<(i%64)) != 0 {
			return false
		}
	}
	for i := id; i < id+n; i++ {
		w.used[i/64] |= 1 << (i % 64)
	}
	return true
}

// lost is how many pages are neither in use nor free.
func (w *walk) lost() int {
	n := int(w.meta.HighWater)
	for _, b := range w.used {
		n -= bits.OnesCount64(b)
	}
	return n
}

// freelist reads the list of free pages.
func (w *walk) freelist() error {
	r := pageReader{f: w.f, meta: w.meta, first: make([]byte, w.meta.PageSize)}
	id := w.meta.Freelist
	h, fault, err := r.header(id, flagFreelist)
	if err != nil || fault != "" {
		if fault != "" {
			w.find("page %d: %s", id, fault)
		}
		return err
	}
	body := make([]byte, r.size)
	if _, err := w.f.ReadAt(body, int64(id)*int64(w.meta.PageSize)); err != nil {
		return err
	}
	n, ids := uint64(h.count), body[pageHeader:]
	if h.count == 0xffff { // the count did not fit the header
		n, ids = binary.LittleEndian.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) || !w.claim(id, h.pages) {
		w.find("page %d: the list of free pages is broken", id)
		return nil
	}
	for i := range n {
		if free := binary.LittleEndian.Uint64(ids[8*i:]); !w.claim(free, 1) {
			w.find("page %d: free and in use, or outside the file", free)
		}
	}
	w.free = int(n)
	return nil
}

// pageReader reads one page after the other.
type pageReader struct {
	f     io.ReaderAt
	meta  boltMeta
	first []byte // the first of a page's pages
	base  int64  // where it begins in the file
	size  int64  // of the page with what it overflows into
}

type pageHead struct {
	flags uint16
	count int
	pages uint64
}

// header reads the first page and what it says of itself.
func (r *pageReader) header(id uint64, kinds uint16) (h pageHead, fault string, err error) {
	if id < 2 || id >= r.meta.HighWater {
		return h, "outside the file", nil
	}
	r.base = int64(id) * int64(r.meta.PageSize)
	if _, err := r.f.ReadAt(r.first, r.base); err != nil {
		return h, "", err
	}
	le := binary.LittleEndian
	h = pageHead{flags: le.Uint16(r.first[8:]), count: int(le.Uint16(r.first[10:])), pages: uint64(le.Uint32(r.first[12:])) + 1}
	if le.Uint64(r.first) != id || h.flags&kinds == 0 || h.flags&(h.flags-1) != 0 || h.pages > r.meta.HighWater-id {
		return h, "its header is broken", nil
	}
	r.size = int64(h.pages) * int64(r.meta.PageSize)
	return h, "", nil
}

// bytes returns n bytes at an offset of the page; nil when it does not reach so
// far.
func (r *pageReader) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at+n > r.size {
		return nil, nil
	}
	if at+n <= int64(len(r.first)) {
		return r.first[at : at+n : at+n], nil
	}
	b := make([]byte, n)
	_, err := r.f.ReadAt(b, r.base+at)
	return b, err
}

func (r *pageReader) read(ref pageRef) (p seenPage) {
	h, fault, err := r.header(ref.id, flagBranch|flagLeaf)
	if err != nil || fault != "" {
		return seenPage{fault: fault, err: err}
	}
	p.pages = h.pages
	if h.flags == flagBranch {
		r.branch(&p, h, ref)
	} else {
		r.leaf(&p, h, ref)
	}
	if p.fault != "" {
		p.children = nil
	}
	return p
}

// entry returns the table entry number i and where its data begins: an offset
// of the page.
func (r *pageReader) entry(i int) (e []byte, at int64, err error) {
	at = pageHeader + entrySize*int64(i)
	e, err = r.bytes(at, entrySize)
	return e, at, err
}

// key checks a key against the one before it and the bounds of the page.
func (r *pageReader) key(p *seenPage, ref pageRef, i int, at, size int64, last []byte) []byte {
	k, err := r.bytes(at, size)
	switch {
	case err != nil:
		p.err = err
	case k == nil || size == 0 && i > 0 || i > 0 && bytes.Compare(k, last) <= 0,
		ref.from != nil && bytes.Compare(k, ref.from) < 0, ref.to != nil && bytes.Compare(k, ref.to) >= 0:
		p.fault = fmt.Sprintf("key %d is broken or out of order", i)
	default:
		return bytes.Clone(k)
	}
	return nil
}

func (r *pageReader) branch(p *seenPage, h pageHead, ref pageRef) {
	le := binary.LittleEndian
	if h.count == 0 {
		p.fault = "a branch without entries"
	}
	var last []byte
	for i := 0; i < h.count && p.fault == "" && p.err == nil; i++ {
		e, at, err := r.entry(i)
		if e == nil || err != nil {
			p.fault, p.err = "cut short", err
			return
		}
		from := ref
		if i == 0 {
			from.from = nil // the first key of a branch stands for everything before it, too
		}
		if last = r.key(p, from, i, at+int64(le.Uint32(e)), int64(le.Uint32(e[4:])), last); p.fault != "" || p.err != nil {
			return
		}
		child := pageRef{id: le.Uint64(e[8:]), from: last, to: ref.to}
		if i == 0 {
			child.from = ref.from
		}
		if n := len(p.children); n > 0 {
			p.children[n-1].to = last
		}
		p.children = append(p.children, child)
	}
}

func (r *pageReader) leaf(p *seenPage, h pageHead, ref pageRef) {
	le := binary.LittleEndian
	var last []byte
	for i := 0; i < h.count && p.fault == "" && p.err == nil; i++ {
		e, at, err := r.entry(i)
		if e == nil || err != nil {
			p.fault, p.err = "cut short", err
			return
		}
		flags, pos, ksize, vsize := le.Uint32(e), int64(le.Uint32(e[4:])), int64(le.Uint32(e[8:])), int64(le.Uint32(e[12:]))
		if flags > flagBucket || at+pos+ksize+vsize > r.size {
			p.fault = fmt.Sprintf("entry %d is broken", i)
			return
		}
		if last = r.key(p, ref, i, at+pos, ksize, last); p.fault == "" && p.err == nil && flags == flagBucket {
			r.bucket(p, string(last), at+pos+ksize, vsize)
		}
	}
}

// bucket looks at a bucket's value: the page of its root, or, when that is 0, a
// leaf inside the value.
func (r *pageReader) bucket(p *seenPage, name string, at, size int64) {
	const head = 16
	value, err := r.bytes(at, size)
	if err != nil {
		p.err = err
		return
	}
	if len(value) < head {
		p.fault = fmt.Sprintf("bucket %q is broken", name)
		return
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		p.children = append(p.children, pageRef{id: root})
		return
	}
	if !soundInline(value[head:]) {
		p.fault = fmt.Sprintf("bucket %q is broken", name)
	}
}

// soundInline checks a leaf that is kept inside a bucket's value.
func soundInline(page []byte) bool {
	le := binary.LittleEndian
	if len(page) < pageHeader || le.Uint16(page[8:]) != flagLeaf {
		return false
	}
	var last []byte
	for i := range int(le.Uint16(page[10:])) {
		at := pageHeader + entrySize*i
		if at+entrySize > len(page) {
			return false
		}
		e := page[at:]
		from := int64(at) + int64(le.Uint32(e[4:]))
		key := from + int64(le.Uint32(e[8:]))
		if le.Uint32(e) != 0 || key+int64(le.Uint32(e[12:])) > int64(len(page)) {
			return false
		}
		k := page[from:key]
		if i > 0 && bytes.Compare(k, last) <= 0 {
			return false
		}
		last = k
	}
	return true
}
