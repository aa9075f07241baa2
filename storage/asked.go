package storage

import "time"

// Asked is what a person asked or did, taken in and not answered yet. It holds
// no way to answer on the platform's own terms, which would be a secret; who
// finds it after a restart writes to the person.
type Asked struct {
	Key     string    `json:"-"` // one of the keys in the seen set
	At      time.Time `json:"at"`
	User    string    `json:"user"`
	Channel string    `json:"channel,omitempty"`
	Thread  string    `json:"thread,omitempty"`
	Lang    string    `json:"lang,omitempty"`
	Command string    `json:"command,omitempty"` // slash command, with the slash
	Text    string    `json:"text,omitempty"`    // what followed it
	Act     bool      `json:"act,omitempty"`     // a button or a form was used instead
}

// PutAsked keeps a until RemoveAsked is given its key.
func (tx *Tx) PutAsked(a Asked) error { return tx.putJSON(spaceAsked, keyText(nil, a.Key), a) }

// RemoveAsked forgets what was asked under key; what is not there is no error.
func (tx *Tx) RemoveAsked(key string) error { return tx.remove(spaceAsked, keyText(nil, key)) }

// AllAsked returns what was taken in and not answered, by key.
func (tx *Tx) AllAsked() ([]Asked, error) {
	var all []Asked
	err := tx.scan(spaceAsked, Range{}, func(key, raw []byte) (bool, error) {
		var a Asked
		if err := decodeJSON(spaceAsked, key, raw, &a); err != nil {
			return false, err
		}
		name, _, ok := cutText(key)
		if !ok {
			return false, damaged(spaceAsked, key, "is not the key of a question")
		}
		a.Key = name
		all = append(all, a)
		return true, nil
	})
	return all, err
}
