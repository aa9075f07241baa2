package storage

import (
	"encoding/json"
	"errors"
	"fmt"
)

// PutSetting keeps v under key; a nil v removes it.
func (tx *Tx) PutSetting(key string, v []byte) error {
	if key == "" {
		return errors.New("setting without a key")
	}
	if v == nil {
		return tx.remove(spaceSetting, keyText(nil, key))
	}
	return tx.put(spaceSetting, keyText(nil, key), v)
}

// Setting returns a copy of what PutSetting kept under key.
func (tx *Tx) Setting(key string) ([]byte, bool, error) {
	v, err := tx.get(spaceSetting, keyText(nil, key))
	if err != nil || v == nil {
		return nil, false, err
	}
	return append([]byte{}, v...), true, nil
}

// PutCursor keeps where a source goes on reading; v must be JSON.
func (tx *Tx) PutCursor(source string, v json.RawMessage) error {
	if !json.Valid(v) {
		return fmt.Errorf("cursor of %s: not JSON", source)
	}
	return tx.put(spaceCursor, keyText(nil, source), v)
}

// Cursor returns where a source goes on reading.
func (tx *Tx) Cursor(source string) (json.RawMessage, bool, error) {
	v, err := tx.get(spaceCursor, keyText(nil, source))
	if err != nil || v == nil {
		return nil, false, err
	}
	return append(json.RawMessage{}, v...), true, nil
}
