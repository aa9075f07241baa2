package storage

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
