package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"shopwatch/storage"
)

// Run checks an engine against its contract. open returns a new, empty engine
// each time and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) storage.Engine) {
	t.Helper()
	t.Run("get put delete", func(t *testing.T) { testRecords(t, open(t)) })
	t.Run("ranges", func(t *testing.T) { testRanges(t, open(t)) })
	t.Run("keys of all kinds", func(t *testing.T) { testKeys(t, open(t)) })
	t.Run("own writes", func(t *testing.T) { testOwnWrites(t, open(t)) })
	t.Run("failed drop leaves everything", func(t *testing.T) { testDropUndone(t, open(t)) })
	t.Run("failed view", func(t *testing.T) { testViewFails(t, open(t)) })
	t.Run("writers take turns", func(t *testing.T) { testWriters(t, open(t)) })
	t.Run("periods come and go", func(t *testing.T) { testPeriods(t, open(t)) })
	t.Run("closed", func(t *testing.T) { testClosed(t, open(t)) })
	t.Run("spaces", func(t *testing.T) { testSpaces(t, open(t)) })
	t.Run("failed update leaves nothing", func(t *testing.T) { testRollback(t, open(t)) })
	t.Run("panic leaves nothing", func(t *testing.T) { testPanic(t, open(t)) })
	t.Run("view sees one state", func(t *testing.T) { testIsolation(t, open(t)) })
	t.Run("ended context", func(t *testing.T) { testContext(t, open(t)) })
	t.Run("large values", func(t *testing.T) { testLarge(t, open(t)) })
	t.Run("readers beside a writer", func(t *testing.T) { testConcurrent(t, open(t)) })
	t.Run("backup and health", func(t *testing.T) { testBackup(t, open(t)) })
	t.Run("agrees with a sorted map", func(t *testing.T) { testModel(t, open(t)) })
}

func update(t *testing.T, e storage.Engine, fn func(w storage.Writer) error) {
	t.Helper()
	if err := e.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, e storage.Engine, fn func(r storage.Reader) error) {
	t.Helper()
	if err := e.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

func put(t *testing.T, e storage.Engine, space string, keys ...string) {
	t.Helper()
	update(t, e, func(w storage.Writer) error {
		for _, k := range keys {
			if err := w.Put(space, []byte(k), []byte("value of "+k)); err != nil {
				return err
			}
		}
		return nil
	})
}

func keys(t *testing.T, r storage.Reader, space string, in storage.Range) []string {
	t.Helper()
	var out []string
	err := r.Scan(space, in, func(k, v []byte) (bool, error) {
		if want := "value of " + string(k); string(v) != want {
			t.Errorf("value of %q is %q", k, v)
		}
		out = append(out, string(k))
		return true, nil
	})
	if err != nil {
		t.Errorf("scan %s: %v", space, err)
	}
	return out
}

func testRecords(t *testing.T, e storage.Engine) {
	view(t, e, func(r storage.Reader) error {
		if v, err := r.Get("nowhere", []byte("k")); v != nil || err != nil {
			t.Errorf("get from a space that is not there = %q, %v", v, err)
		}
		return nil
	})
	update(t, e, func(w storage.Writer) error {
		if err := errors.Join(w.Put("a", []byte("k"), []byte("1")), w.Put("a", []byte("k"), []byte("2")), w.Put("a", []byte{0, 0xff}, []byte{})); err != nil {
			return err
		}
		if v, err := w.Get("a", []byte("k")); string(v) != "2" || err != nil {
			t.Errorf("writer reads %q, %v; want its own write", v, err)
		}
		return errors.Join(w.Delete("a", []byte("absent")), w.Delete("nowhere", []byte("k")))
	})
	view(t, e, func(r storage.Reader) error {
		if v, err := r.Get("a", []byte("k")); string(v) != "2" || err != nil {
			t.Errorf("get = %q, %v", v, err)
		}
		if v, err := r.Get("a", []byte{0, 0xff}); v == nil || len(v) != 0 || err != nil {
			t.Errorf("empty value = %v, %v; want it empty, not nil", v, err)
		}
		if v, err := r.Get("b", []byte("k")); v != nil || err != nil {
			t.Errorf("key is found in another space: %q, %v", v, err)
		}
		return nil
	})
	update(t, e, func(w storage.Writer) error { return w.Delete("a", []byte("k")) })
	view(t, e, func(r storage.Reader) error {
		if v, _ := r.Get("a", []byte("k")); v != nil {
			t.Errorf("deleted key reads %q", v)
		}
		return nil
	})
	err := e.Update(t.Context(), func(w storage.Writer) error { return w.Put("a", make([]byte, storage.MaxKey+1), nil) })
	if err == nil {
		t.Error("a key longer than MaxKey was taken")
	}
}

func testRanges(t *testing.T, e storage.Engine) {
	put(t, e, "s", "b", "d", "a", "c", "cc", "e")
	b := func(s string) []byte { return []byte(s) }
	for _, c := range []struct {
		name string
		in   storage.Range
		want []string
	}{
		{"all", storage.Range{}, []string{"a", "b", "c", "cc", "d", "e"}},
		{"from and to", storage.Range{From: b("b"), To: b("d")}, []string{"b", "c", "cc"}},
		{"from between keys", storage.Range{From: b("ca")}, []string{"cc", "d", "e"}},
		{"to between keys", storage.Range{To: b("bb")}, []string{"a", "b"}},
		{"empty", storage.Range{From: b("d"), To: b("d")}, nil},
		{"upside down", storage.Range{From: b("d"), To: b("b")}, nil},
		{"beyond the end", storage.Range{From: b("f")}, nil},
		{"reverse all", storage.Range{Reverse: true}, []string{"e", "d", "cc", "c", "b", "a"}},
		{"reverse from and to", storage.Range{From: b("b"), To: b("d"), Reverse: true}, []string{"cc", "c", "b"}},
		{"reverse to beyond the end", storage.Range{To: b("z"), Reverse: true}, []string{"e", "d", "cc", "c", "b", "a"}},
		{"reverse to before the first", storage.Range{To: b("a"), Reverse: true}, nil},
		{"reverse upside down", storage.Range{From: b("d"), To: b("b"), Reverse: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			view(t, e, func(r storage.Reader) error {
				if got := keys(t, r, "s", c.in); !slices.Equal(got, c.want) {
					t.Errorf("keys = %q, want %q", got, c.want)
				}
				return nil
			})
		})
	}
	view(t, e, func(r storage.Reader) error {
		n, stop := 0, errors.New("stop")
		if err := r.Scan("s", storage.Range{}, func(_, _ []byte) (bool, error) { n++; return n < 2, nil }); err != nil || n != 2 {
			t.Errorf("visit that wants no more: %d calls, %v", n, err)
		}
		if err := r.Scan("s", storage.Range{}, func(_, _ []byte) (bool, error) { return true, stop }); !errors.Is(err, stop) {
			t.Errorf("error of visit: got %v", err)
		}
		return nil
	})
}

func testSpaces(t *testing.T, e storage.Engine) {
	put(t, e, "event/x/2", "k")
	put(t, e, "event/x/1", "k", "l")
	put(t, e, "event/y/1", "k")
	put(t, e, "meta", "k")
	names := func(r storage.Reader, prefix string) []string {
		got, err := r.Spaces(prefix)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	view(t, e, func(r storage.Reader) error {
		if got, want := names(r, "event/x/"), []string{"event/x/1", "event/x/2"}; !slices.Equal(got, want) {
			t.Errorf("spaces = %q, want %q", got, want)
		}
		if got := names(r, ""); len(got) != 4 {
			t.Errorf("all spaces = %q", got)
		}
		return nil
	})
	update(t, e, func(w storage.Writer) error {
		if err := errors.Join(w.Drop("event/x/1"), w.Drop("nowhere")); err != nil {
			return err
		}
		if got := names(w, "event/x/"); !slices.Equal(got, []string{"event/x/2"}) {
			t.Errorf("spaces after drop in the same update = %q", got)
		}
		if v, _ := w.Get("event/x/1", []byte("k")); v != nil {
			t.Error("dropped space still reads")
		}
		return w.Put("event/x/1", []byte("new"), []byte("value of new"))
	})
	view(t, e, func(r storage.Reader) error {
		if got := keys(t, r, "event/x/1", storage.Range{}); !slices.Equal(got, []string{"new"}) {
			t.Errorf("space made anew holds %q", got)
		}
		return nil
	})
}

func testRollback(t *testing.T, e storage.Engine) {
	put(t, e, "s", "old", "kept")
	boom := errors.New("boom")
	err := e.Update(t.Context(), func(w storage.Writer) error {
		return errors.Join(w.Put("s", []byte("new"), []byte("x")), w.Delete("s", []byte("old")), w.Drop("t"), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error = %v, want boom", err)
	}
	view(t, e, func(r storage.Reader) error {
		if got := keys(t, r, "s", storage.Range{}); !slices.Equal(got, []string{"kept", "old"}) {
			t.Errorf("after a failed update: %q", got)
		}
		return nil
	})
}

func testPanic(t *testing.T, e storage.Engine) {
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("panic of fn came out as %v", p)
			}
		}()
		_ = e.Update(t.Context(), func(w storage.Writer) error {
			_ = w.Put("s", []byte("new"), []byte("x"))
			panic("boom")
		})
	}()
	put(t, e, "s", "after") // the writer's place is free again
	view(t, e, func(r storage.Reader) error {
		if got := keys(t, r, "s", storage.Range{}); !slices.Equal(got, []string{"after"}) {
			t.Errorf("after a panic: %q", got)
		}
		return nil
	})
}

func testIsolation(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a")
	view(t, e, func(r storage.Reader) error {
		done := make(chan error)
		go func() {
			done <- e.Update(context.WithoutCancel(t.Context()), func(w storage.Writer) error {
				return w.Put("s", []byte("b"), []byte("value of b"))
			})
		}()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := keys(t, r, "s", storage.Range{}); !slices.Equal(got, []string{"a"}) {
			t.Errorf("a view that began earlier sees %q", got)
		}
		return nil
	})
}

func testContext(t *testing.T, e storage.Engine) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Update(ctx, func(storage.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("update = %v", err)
	}
	if err := e.View(ctx, func(storage.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("view = %v", err)
	}
}

func testLarge(t *testing.T, e storage.Engine) {
	value := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1<<(10+i)) }
	update(t, e, func(w storage.Writer) error {
		for i := range 12 {
			if err := w.Put("event/s/t/2026-01-01", fmt.Appendf(nil, "%02d", i), value(i)); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, e, func(r storage.Reader) error {
		for i := range 12 {
			if v, err := r.Get("event/s/t/2026-01-01", fmt.Appendf(nil, "%02d", i)); err != nil || !bytes.Equal(v, value(i)) {
				t.Errorf("value of %d bytes came back with %d, %v", len(value(i)), len(v), err)
			}
		}
		return nil
	})
}

// testConcurrent lets readers look at pairs that a writer always changes together.
func testConcurrent(t *testing.T, e storage.Engine) {
	put(t, e, "other", "k")
	set := func(i int) error {
		return e.Update(context.WithoutCancel(t.Context()), func(w storage.Writer) error {
			v := fmt.Appendf(nil, "%d", i)
			return errors.Join(w.Put("left", []byte("k"), v), w.Put("right", []byte("k"), v))
		})
	}
	if err := set(0); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := e.View(context.WithoutCancel(t.Context()), func(r storage.Reader) error {
					a, err := r.Get("left", []byte("k"))
					if err != nil {
						return err
					}
					b, err := r.Get("right", []byte("k"))
					if !bytes.Equal(a, b) {
						t.Errorf("one view reads %q and %q", a, b)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 50 {
		if err := set(i); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
}

func testBackup(t *testing.T, e storage.Engine) {
	put(t, e, "s", "a", "b")
	var copied bytes.Buffer
	if err := e.Backup(t.Context(), &copied); err != nil || copied.Len() == 0 {
		t.Errorf("backup of %d bytes: %v", copied.Len(), err)
	}
	full := errors.New("full")
	if err := e.Backup(t.Context(), failing{full}); !errors.Is(err, full) {
		t.Errorf("backup into a failing writer = %v", err)
	}
	put(t, e, "s", "c")
	h, err := e.Health(t.Context(), true)
	if err != nil || len(h.Findings) > 0 || h.Bytes <= 0 {
		t.Errorf("health = %+v, %v", h, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

var _ io.Writer = failing{}

// testModel runs random transactions against the engine and a plain map.
func testModel(t *testing.T, e storage.Engine) {
	spaces := []string{"a", "event/b/1"}
	model := map[string]map[string]string{"a": {}, "event/b/1": {}}
	rapid.Check(t, func(rt *rapid.T) {
		space := rapid.SampledFrom(spaces).Draw(rt, "space")
		fail := rapid.IntRange(0, 4).Draw(rt, "fail") == 0
		next := map[string]string{}
		maps.Copy(next, model[space])
		err := e.Update(t.Context(), func(w storage.Writer) error {
			for range rapid.IntRange(1, 20).Draw(rt, "steps") {
				k := rapid.StringN(1, 3, 8).Draw(rt, "key")
				switch rapid.IntRange(0, 9).Draw(rt, "step") {
				case 0:
					next = map[string]string{}
					if err := w.Drop(space); err != nil {
						return err
					}
				case 1, 2, 3:
					delete(next, k)
					if err := w.Delete(space, []byte(k)); err != nil {
						return err
					}
				default:
					next[k] = "value of " + k
					if err := w.Put(space, []byte(k), []byte(next[k])); err != nil {
						return err
					}
				}
			}
			if fail {
				return io.ErrUnexpectedEOF
			}
			return nil
		})
		if fail != (err != nil) {
			rt.Fatalf("update = %v", err)
		}
		if !fail {
			model[space] = next
		}
		from, to := rapid.StringN(0, 2, 4).Draw(rt, "from"), rapid.StringN(0, 2, 4).Draw(rt, "to")
		in := storage.Range{From: []byte(from), To: []byte(to), Reverse: rapid.Bool().Draw(rt, "reverse")}
		if to == "" {
			in.To = nil
		}
		var want []string
		for k := range model[space] {
			if k >= from && (to == "" || k < to) {
				want = append(want, k)
			}
		}
		slices.Sort(want)
		if in.Reverse {
			slices.Reverse(want)
		}
		view(t, e, func(r storage.Reader) error {
			if got := keys(t, r, space, in); !slices.Equal(got, want) {
				rt.Fatalf("range %v: keys %q, want %q", in, got, want)
			}
			return nil
		})
	})
}
