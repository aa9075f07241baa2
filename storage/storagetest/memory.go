package storagetest

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"shopwatch/storage"
)

// Memory is an engine of plain sorted slices. It keeps nothing beyond the
// process and is here so that the suite and the store's own tests run over two
// engines: what holds for both is the contract and not a habit of bbolt.
type Memory struct {
	write  sync.Mutex
	state  atomic.Pointer[spaces]
	closed atomic.Bool
}

// spaces is one state. A state that readers may hold is never changed.
type spaces map[string][]entry

type entry struct{ Key, Value []byte }

var errClosed = errors.New("engine is closed")

// NewMemory makes an empty engine.
func NewMemory() *Memory {
	m := &Memory{}
	m.state.Store(&spaces{})
	return m
}

// OpenMemory opens what Backup wrote.
func OpenMemory(r io.Reader) (*Memory, error) {
	m, s := NewMemory(), spaces{}
	if err := gob.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("open copy: %w", err)
	}
	m.state.Store(&s)
	return m, nil
}

func (m *Memory) ready(ctx context.Context) error {
	if m.closed.Load() {
		return errClosed
	}
	return ctx.Err()
}

// View implements storage.Engine.
func (m *Memory) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := m.ready(ctx); err != nil {
		return err
	}
	return fn(&memoryTx{state: *m.state.Load()})
}

// Update implements storage.Engine.
func (m *Memory) Update(ctx context.Context, fn func(storage.Writer) error) error {
	m.write.Lock()
	defer m.write.Unlock()
	if err := m.ready(ctx); err != nil {
		return err
	}
	t := &memoryTx{state: maps.Clone(*m.state.Load()), own: map[string]bool{}}
	if err := fn(t); err != nil {
		return err
	}
	m.state.Store(&t.state)
	return nil
}

// Backup implements storage.Engine.
func (m *Memory) Backup(ctx context.Context, w io.Writer) error {
	if err := m.ready(ctx); err != nil {
		return err
	}
	return gob.NewEncoder(w).Encode(*m.state.Load())
}

// Health implements storage.Engine.
func (m *Memory) Health(ctx context.Context, _ bool) (storage.Health, error) {
	h := storage.Health{Bytes: 1, Disk: -1}
	for _, s := range *m.state.Load() {
		for _, e := range s {
			h.Bytes += int64(len(e.Key) + len(e.Value))
		}
	}
	return h, m.ready(ctx)
}

// Close implements storage.Engine.
func (m *Memory) Close() error {
	m.write.Lock()
	defer m.write.Unlock()
	m.closed.Store(true)
	return nil
}

type memoryTx struct {
	state spaces
	own   map[string]bool // spaces that this transaction has copied
}

func find(s []entry, key []byte) (int, bool) {
	return slices.BinarySearchFunc(s, key, func(e entry, k []byte) int { return bytes.Compare(e.Key, k) })
}

// Get implements storage.Reader.
func (t *memoryTx) Get(space string, key []byte) ([]byte, error) {
	if i, ok := find(t.state[space], key); ok {
		return t.state[space][i].Value, nil
	}
	return nil, nil
}

// Scan implements storage.Reader.
func (t *memoryTx) Scan(space string, r storage.Range, visit func(key, value []byte) (bool, error)) error {
	s := t.state[space]
	from, to := 0, len(s)
	if r.From != nil {
		from, _ = find(s, r.From)
	}
	if r.To != nil {
		to, _ = find(s, r.To)
	}
	in := slices.Clone(s[min(from, to):to])
	if r.Reverse {
		slices.Reverse(in)
	}
	for _, e := range in {
		if more, err := visit(e.Key, e.Value); err != nil || !more {
			return err
		}
	}
	return nil
}

// Spaces implements storage.Reader.
func (t *memoryTx) Spaces(prefix string) (names []string, err error) {
	for name := range t.state {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// mine returns a space that may be changed.
func (t *memoryTx) mine(space string) []entry {
	if !t.own[space] {
		t.own[space] = true
		t.state[space] = slices.Clone(t.state[space])
	}
	return t.state[space]
}

// Put implements storage.Writer.
func (t *memoryTx) Put(space string, key, value []byte) error {
	if len(key) == 0 || len(key) > storage.MaxKey {
		return fmt.Errorf("key of %d bytes in %s, at most %d", len(key), space, storage.MaxKey)
	}
	s := t.mine(space)
	e := entry{bytes.Clone(key), append([]byte{}, value...)}
	if i, ok := find(s, key); ok {
		s[i] = e
	} else {
		t.state[space] = slices.Insert(s, i, e)
	}
	return nil
}

// Delete implements storage.Writer.
func (t *memoryTx) Delete(space string, key []byte) error {
	if _, ok := t.state[space]; !ok {
		return nil
	}
	s := t.mine(space)
	if i, ok := find(s, key); ok {
		t.state[space] = slices.Delete(s, i, i+1)
	}
	return nil
}

// Drop implements storage.Writer.
func (t *memoryTx) Drop(space string) error {
	delete(t.state, space)
	t.own[space] = false
	return nil
}
