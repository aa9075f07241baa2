package storagetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"shopwatch/storage"
)

// RunCopies checks that a copy made while work goes on is one state of the store
// and opens as a store of its own. reopen opens a copy and closes it when the
// test ends.
func RunCopies(t *testing.T, open func(t *testing.T) storage.Engine, reopen func(t *testing.T, copied []byte) storage.Engine) {
	t.Helper()
	t.Run("a copy is one state", func(t *testing.T) { testCopies(t, open(t), reopen) })
	t.Run("a copy that is given up", func(t *testing.T) { testCopyCancelled(t, open(t)) })
}

func testKeys(t *testing.T, e storage.Engine) {
	odd := [][]byte{{0}, {0, 0}, {0, 1}, []byte("a"), []byte("a\x00"), []byte("a\x00b"), {0x7f}, {0x80}, {0xff}, {0xff, 0}, {0xff, 0xff}, bytes.Repeat([]byte{0xff}, storage.MaxKey)}
	update(t, e, func(w storage.Writer) error {
		for i := range odd {
			k := odd[(i*7)%len(odd)]
			if err := w.Put("s", k, append([]byte("value of "), k...)); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(odd, bytes.Compare)
	var want []string
	for _, k := range odd {
		want = append(want, string(k))
	}
	view(t, e, func(r storage.Reader) error {
		if got := keys(t, r, "s", storage.Range{}); !slices.Equal(got, want) {
			t.Errorf("keys = %q", got)
		}
		for i := range odd {
			if got := keys(t, r, "s", storage.Range{From: odd[i], To: odd[len(odd)-1]}); !slices.Equal(got, want[i:len(want)-1]) {
				t.Errorf("from %q: %q", odd[i], got)
			}
			if got := keys(t, r, "s", storage.Range{To: odd[i], Reverse: true}); len(got) != i {
				t.Errorf("reverse to %q: %q", odd[i], got)
			}
		}
		return nil
	})
	err := e.Update(t.Context(), func(w storage.Writer) error { return w.Put("s", nil, []byte("v")) })
	if err == nil {
		t.Error("an empty key was taken")
	}
}

// testOwnWrites: inside an update, ranges see what was put, changed and deleted.
func testOwnWrites(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a", "c", "e")
	update(t, e, func(w storage.Writer) error {
		err := errors.Join(w.Put("s", []byte("b"), []byte("value of b")), w.Delete("s", []byte("c")), w.Put("s", []byte("f"), []byte("value of f")))
		if got := keys(t, w, "s", storage.Range{}); !slices.Equal(got, []string{"a", "b", "e", "f"}) {
			t.Errorf("own writes: %q", got)
		}
		if got := keys(t, w, "s", storage.Range{From: []byte("b"), Reverse: true}); !slices.Equal(got, []string{"f", "e", "b"}) {
			t.Errorf("own writes in reverse: %q", got)
		}
		return err
	})
}

// testDropUndone: a failed update undoes the drop of a space, too.
func testDropUndone(t *testing.T, e storage.Engine) {
	put(t, e, "event/x/1", "a", "b")
	err := e.Update(t.Context(), func(w storage.Writer) error {
		return errors.Join(w.Drop("event/x/1"), w.Put("event/x/1", []byte("c"), []byte("value of c")), io.ErrUnexpectedEOF)
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("update = %v", err)
	}
	view(t, e, func(r storage.Reader) error {
		if got := keys(t, r, "event/x/1", storage.Range{}); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("after the failed drop: %q", got)
		}
		return nil
	})
}

// testViewFails: errors and panics of a view come out and leave nothing behind.
func testViewFails(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a")
	if err := e.View(t.Context(), func(storage.Reader) error { return io.ErrUnexpectedEOF }); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("view = %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("panic of fn came out as %v", p)
			}
		}()
		_ = e.View(t.Context(), func(storage.Reader) error { panic("boom") })
	}()
	put(t, e, "s", "b")
}

// testWriters lets several writers count: updates take turns, none is lost.
func testWriters(t *testing.T, e storage.Engine) {
	const writers, each = 4, 25
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				err := e.Update(context.WithoutCancel(t.Context()), func(w storage.Writer) error {
					v, err := w.Get("s", []byte("n"))
					if err != nil {
						return err
					}
					n := uint64(0)
					if v != nil {
						n = binary.BigEndian.Uint64(v)
					}
					return w.Put("s", []byte("n"), binary.BigEndian.AppendUint64(nil, n+1))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	view(t, e, func(r storage.Reader) error {
		v, err := r.Get("s", []byte("n"))
		if err != nil || len(v) != 8 || binary.BigEndian.Uint64(v) != writers*each {
			t.Errorf("counted %x, %v, want %d", v, err, writers*each)
		}
		return nil
	})
}

// testPeriods fills and drops period after period, as retention does: what is
// dropped is gone, and its space is used again.
func testPeriods(t *testing.T, e storage.Engine) {
	var most int64
	for day := range 30 {
		update(t, e, func(w storage.Writer) error {
			for part := range 20 {
				if err := w.Put(fmt.Sprintf("event/x/%02d", day), fmt.Appendf(nil, "%04d", part), make([]byte, 20_000)); err != nil {
					return err
				}
			}
			if day >= 5 {
				return w.Drop(fmt.Sprintf("event/x/%02d", day-5))
			}
			return nil
		})
		h, err := e.Health(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if day == 14 {
			most = h.Bytes
		}
		if day > 14 && h.Bytes > most+most/2 {
			t.Fatalf("%d bytes after %d periods, %d after 15, though only 5 are kept", h.Bytes, day+1, most)
		}
	}
	view(t, e, func(r storage.Reader) error {
		got, err := r.Spaces("event/x/")
		if err != nil || !slices.Equal(got, []string{"event/x/25", "event/x/26", "event/x/27", "event/x/28", "event/x/29"}) {
			t.Errorf("spaces left: %q, %v", got, err)
		}
		return nil
	})
}

// testClosed: after Close everything is refused, not answered from nothing.
func testClosed(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a")
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"view":   e.View(t.Context(), func(storage.Reader) error { return nil }),
		"update": e.Update(t.Context(), func(storage.Writer) error { return nil }),
		"backup": e.Backup(t.Context(), io.Discard),
	} {
		if err == nil {
			t.Errorf("%s works after Close", name)
		}
	}
}

// testCopies copies while a writer changes two keys together.
func testCopies(t *testing.T, e storage.Engine, reopen func(t *testing.T, copied []byte) storage.Engine) {
	set := func(i int) error {
		return e.Update(context.WithoutCancel(t.Context()), func(w storage.Writer) error {
			v := fmt.Appendf(nil, "%d", i)
			return errors.Join(w.Put("left", []byte("k"), v), w.Put("right", []byte("k"), v), w.Put("event/x/1", fmt.Appendf(nil, "%05d", i), make([]byte, 5000)))
		})
	}
	if err := set(0); err != nil {
		t.Fatal(err)
	}
	stop, began := make(chan struct{}), make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for n := 1; ; n++ {
			if err := set(n); err != nil {
				t.Error(err)
			}
			if n == 1 {
				close(began)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	<-began
	var copies []bytes.Buffer
	for range 5 {
		var b bytes.Buffer
		if err := e.Backup(t.Context(), &b); err != nil {
			t.Error(err)
		}
		copies = append(copies, b)
	}
	close(stop)
	writer.Wait()
	for i := range copies {
		c := reopen(t, copies[i].Bytes())
		view(t, c, func(r storage.Reader) error {
			a, err1 := r.Get("left", []byte("k"))
			b, err2 := r.Get("right", []byte("k"))
			n := 0
			err3 := r.Scan("event/x/1", storage.Range{}, func(_, _ []byte) (bool, error) { n++; return true, nil })
			if a == nil || !bytes.Equal(a, b) || string(a) != fmt.Sprint(n-1) {
				t.Errorf("copy %d holds %q, %q and %d periods", i, a, b, n)
			}
			return errors.Join(err1, err2, err3)
		})
		update(t, c, func(w storage.Writer) error { return w.Put("s", []byte("own"), []byte("life")) })
	}
}

func testCopyCancelled(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Backup(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("backup = %v", err)
	}
	put(t, e, "s", "b")
}
