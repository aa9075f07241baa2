package storage

import (
	"fmt"

	"shopwatch/internal/chat"
	"shopwatch/internal/outbox"
)

// Enqueue puts a message into the outbox and gives it the next Seq. It reports
// false when the key exists already, with one exception: an Update that is
// still queued takes over the message of a later edit (Rev not smaller) and
// keeps its place, which counts as true.
func (tx *Tx) Enqueue(e outbox.Entry) (bool, error) {
	if e.Key == "" {
		return false, fmt.Errorf("outbox entry without a key")
	}
	old, found, err := tx.Entry(e.Key)
	if err != nil {
		return false, err
	}
	if found {
		if old.Act != chat.Update || e.Act != chat.Update || old.State != outbox.Queued || e.Rev < old.Rev {
			return false, nil
		}
		old.Message, old.Rev, old.RootKey, old.Target = e.Message, e.Rev, e.RootKey, e.Target
		return true, tx.putEntry(&old, &old)
	}
	if e.Seq, err = tx.number("outbox"); err != nil {
		return false, err
	}
	if e.State == "" {
		e.State = outbox.Queued
	}
	return true, tx.putEntry(nil, &e)
}

// PutEntry replaces an entry that Enqueue has stored; its Seq stays. An entry
// that does not exist is ErrUnknown.
func (tx *Tx) PutEntry(e outbox.Entry) error {
	old, found, err := tx.Entry(e.Key)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("outbox entry %s: %w", e.Key, ErrUnknown)
	}
	e.Seq = old.Seq
	return tx.putEntry(&old, &e)
}

func (tx *Tx) putEntry(old, e *outbox.Entry) error {
	if old != nil {
		if err := tx.list(entryIndex(old), nil, keyUint(nil, old.Seq), nil, -1); err != nil {
			return err
		}
	}
	if err := tx.putJSON(spaceOutbox, keyText(nil, e.Key), e); err != nil {
		return fmt.Errorf("outbox entry %s: %w", e.Key, err)
	}
	return tx.list(entryIndex(e), nil, keyUint(nil, e.Seq), []byte(e.Key), 1)
}

// entryIndex is the list that an entry is on.
func entryIndex(e *outbox.Entry) string {
	switch {
	case e.State == outbox.Dead:
		return spaceOutboxDead
	case e.State.Done():
		return spaceOutboxSent
	}
	return spaceOutboxOpen
}

// Entry returns the outbox entry of a key.
func (tx *Tx) Entry(key string) (e outbox.Entry, found bool, err error) {
	found, err = tx.getJSON(spaceOutbox, keyText(nil, key), &e)
	return e, found, err
}

// Undone returns the entries about which something remains to be done, by Seq.
func (tx *Tx) Undone() ([]outbox.Entry, error) { return tx.entries(spaceOutboxOpen) }

// DeadEntries returns the entries that were given up, by Seq.
func (tx *Tx) DeadEntries() ([]outbox.Entry, error) { return tx.entries(spaceOutboxDead) }

func (tx *Tx) entries(index string) ([]outbox.Entry, error) {
	var all []outbox.Entry
	err := tx.scanList(index, nil, func(seq, key []byte) error {
		e, found, err := tx.Entry(string(key))
		if err == nil && !found {
			err = damaged(index, seq, "entry is missing")
		}
		all = append(all, e)
		return err
	})
	return all, err
}
