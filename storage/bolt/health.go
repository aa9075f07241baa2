package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	h := storage.Health{Bytes: info.Size(), Limit: e.limit, Disk: diskFree(filepath.Dir(e.path))}
	err = e.pinned(ctx, f, func(m boltMeta) error {
		if !deep {
			w := newWalk(f, m)
			err := w.freelist()
			h.Free, h.Findings = int64(w.free)*int64(m.PageSize), w.findings
			return err
		}
		w, err := walkPages(ctx.Err, f, m)
		if err != nil {
			return err
		}
		h.Free = int64(w.free) * int64(m.PageSize)
		h.Findings = w.findings
		if lost := w.lost(); len(h.Findings) == 0 && lost > 0 {
			h.Findings = append(h.Findings, fmt.Sprintf("%d pages are neither in use nor free", lost))
		}
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
