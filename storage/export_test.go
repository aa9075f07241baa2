package storage

import (
	"bytes"
	"errors"
)

// SchemaVersion is the layout that this program writes.
const SchemaVersion = schemaVersion

// ForgetRows empties the memory of decoded rows, as after a restart.
func ForgetRows(db *DB) {
	db.cache.reset()
	db.mu.Lock()
	defer db.mu.Unlock()
	clear(db.current)
}

// CountKeys counts the keys of a space.
func CountKeys(tx *Tx, space string) int {
	n := 0
	_ = tx.r.Scan(space, Range{}, func(_, _ []byte) (bool, error) { n++; return true, nil })
	return n
}

// PutSchemaVersion pretends that another version wrote the store.
func PutSchemaVersion(tx *Tx, v int) error { return tx.putJSON(spaceMeta, []byte("schema"), v) }

// CachedBytes is the estimate of the memory that decoded rows take.
func CachedBytes(db *DB) int64 {
	db.cache.mu.Lock()
	defer db.cache.mu.Unlock()
	return db.cache.used
}

// Lose removes the last key of the first space that starts with prefix, as a
// disk might, and says which space that was.
func Lose(tx *Tx, prefix string) (string, error) {
	spaces, err := tx.r.Spaces(prefix)
	if err != nil || len(spaces) == 0 {
		return "", errors.Join(err, ErrUnknown)
	}
	var last []byte
	err = tx.r.Scan(spaces[0], Range{Reverse: true}, func(key, _ []byte) (bool, error) {
		last = bytes.Clone(key)
		return false, nil
	})
	return spaces[0], errors.Join(err, tx.w.Delete(spaces[0], last))
}

// Spoil flips a bit in the value of the last key of a space, behind the seal's back.
func Spoil(tx *Tx, space string) error {
	return tx.r.Scan(space, Range{Reverse: true}, func(key, value []byte) (bool, error) {
		b := bytes.Clone(value)
		b[len(b)/2] ^= 4
		return false, tx.w.Put(space, bytes.Clone(key), b)
	})
}

// Always is a window that holds every instant.
var Always = always
