package series_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"shopwatch/storage"
)

// memory is an engine without a disk, for tests that make thousands of
// transactions. It shows what an engine promises and no more.
type memory struct {
	spaces map[string]map[string][]byte
	fail   bool // the next commit
}

func (m *memory) View(_ context.Context, fn func(storage.Reader) error) error {
	return fn(&memoryTx{spaces: m.spaces})
}

var errCommit = errors.New("commit failed")

func (m *memory) Update(_ context.Context, fn func(storage.Writer) error) error {
	tx := &memoryTx{spaces: maps.Clone(m.spaces), own: map[string]bool{}}
	if tx.spaces == nil {
		tx.spaces = map[string]map[string][]byte{}
	}
	if err := fn(tx); err != nil {
		return err
	}
	if m.fail {
		m.fail = false
		return errCommit
	}
	m.spaces = tx.spaces
	return nil
}

func (m *memory) Backup(context.Context, io.Writer) error { return errors.ErrUnsupported }

func (m *memory) Health(context.Context, bool) (storage.Health, error) {
	return storage.Health{Disk: -1}, nil
}

func (m *memory) Close() error { return nil }

type memoryTx struct {
	spaces map[string]map[string][]byte
	own    map[string]bool // copied by this transaction
}

func (t *memoryTx) Get(space string, key []byte) ([]byte, error) {
	return t.spaces[space][string(key)], nil
}

func (t *memoryTx) Scan(space string, r storage.Range, visit func(key, value []byte) (bool, error)) error {
	keys := slices.Sorted(maps.Keys(t.spaces[space]))
	if r.Reverse {
		slices.Reverse(keys)
	}
	for _, k := range keys {
		if r.From != nil && k < string(r.From) || r.To != nil && k >= string(r.To) {
			continue
		}
		if more, err := visit([]byte(k), t.spaces[space][k]); err != nil || !more {
			return err
		}
	}
	return nil
}

func (t *memoryTx) Spaces(prefix string) ([]string, error) {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(t.spaces)) {
		if strings.HasPrefix(name, prefix) {
			all = append(all, name)
		}
	}
	return all, nil
}

func (t *memoryTx) writable(space string) map[string][]byte {
	if !t.own[space] {
		t.spaces[space] = maps.Clone(t.spaces[space])
		t.own[space] = true
	}
	if t.spaces[space] == nil {
		t.spaces[space] = map[string][]byte{}
	}
	return t.spaces[space]
}

func (t *memoryTx) Put(space string, key, value []byte) error {
	t.writable(space)[string(key)] = slices.Clone(value)
	return nil
}

func (t *memoryTx) Delete(space string, key []byte) error {
	delete(t.writable(space), string(key))
	return nil
}

func (t *memoryTx) Drop(space string) error {
	delete(t.spaces, space)
	delete(t.own, space)
	return nil
}
