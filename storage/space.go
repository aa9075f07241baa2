package storage

// Space is one space of the store inside a transaction, for packages that lay
// out their own values (storage/series). Values are sealed as all others are:
// what comes back is what was put under that key, or ErrDamaged.
type Space struct {
	tx   *Tx
	name string
}

// Space opens a space by its full name, which must not be one of those listed
// in doc.go. It exists as soon as something is put into it.
func (tx *Tx) Space(name string) Space { return Space{tx: tx, name: name} }

// Get returns the payload of a key, nil when there is none. It is valid until
// the transaction ends and must not be changed.
func (s Space) Get(key []byte) ([]byte, error) { return s.tx.get(s.name, key) }

// Put sets the payload of a key. payload may be used again once Put has returned.
func (s Space) Put(key, payload []byte) error { return s.tx.put(s.name, key, payload) }

// Delete removes a key; one that is not there is fine.
func (s Space) Delete(key []byte) error { return s.tx.remove(s.name, key) }

// Scan visits the keys of r in order until visit returns false or an error.
func (s Space) Scan(r Range, visit func(key, payload []byte) (bool, error)) error {
	return s.tx.scan(s.name, r, visit)
}

// Drop removes the space with all it holds, at a cost that does not depend on
// its bytes.
func (s Space) Drop() error {
	if s.tx.w == nil {
		return ErrReadOnly
	}
	return s.tx.w.Drop(s.name)
}

// Damaged is ErrDamaged with the place, for a payload that does not decode.
func (s Space) Damaged(key []byte, what string) error { return damaged(s.name, key, what) }

// Spaces lists the names that start with prefix, in order.
func (tx *Tx) Spaces(prefix string) ([]string, error) { return tx.r.Spaces(prefix) }

// OnCommit runs swap after the transaction has become durable, before Update
// returns. It is not run when the transaction fails. swap must not fail; it is
// for memory that mirrors the store.
func (tx *Tx) OnCommit(swap func()) { tx.committed = append(tx.committed, swap) }

// Writable reports whether the transaction is an Update.
func (tx *Tx) Writable() bool { return tx.w != nil }
