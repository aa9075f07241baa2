package storage

import (
	"encoding/json"
	"errors"
	"fmt"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
)

// PutGroup stores the group of a root message under its ID. inView keeps it
// among Groups.
func (tx *Tx) PutGroup(g alert.Group, inView bool) error {
	if g.ID == "" || g.Key == "" {
		return fmt.Errorf("alert group %q: id and key are required", g.ID)
	}
	if err := tx.putJSON(spaceGroup, []byte(g.ID), g); err != nil {
		return fmt.Errorf("alert group %s: %w", g.ID, err)
	}
	by := -1
	if inView {
		by = 1
	}
	if err := tx.list(spaceGroupOpen, keyText(nil, string(g.Shop)), groupKey(&g), nil, by); err != nil {
		return err
	}
	last, found, err := tx.LastGroup(g.Key)
	if err != nil || g.Merged || found && last.Episode > g.Episode {
		return err
	}
	return tx.put(spaceGroupLast, keyText(nil, g.Key), []byte(g.ID))
}

// groupKey orders the groups of a shop by Created.
func groupKey(g *alert.Group) []byte {
	return append(keyTime(keyText(nil, string(g.Shop)), g.Created), g.ID...)
}

// Group returns the group of that ID.
func (tx *Tx) Group(id string) (g alert.Group, found bool, err error) {
	if id == "" {
		return g, false, nil
	}
	found, err = tx.getJSON(spaceGroup, []byte(id), &g)
	return g, found, err
}

// Groups returns the groups of a shop that were stored as in view, oldest first.
func (tx *Tx) Groups(shop market.ShopID) ([]alert.Group, error) {
	prefix := keyText(nil, string(shop))
	var all []alert.Group
	err := tx.scanList(spaceGroupOpen, prefix, func(key, _ []byte) error {
		g, found, err := tx.Group(string(key[min(len(prefix)+8, len(key)):]))
		if err == nil && !found {
			err = damaged(spaceGroupOpen, key, "alert group is missing")
		}
		all = append(all, g)
		return err
	})
	return all, err
}

// LastGroup returns the group with the highest episode of a key. Groups that
// were merged into others do not count.
func (tx *Tx) LastGroup(key string) (alert.Group, bool, error) {
	id, err := tx.get(spaceGroupLast, keyText(nil, key))
	if err != nil || id == nil {
		return alert.Group{}, false, err
	}
	g, found, err := tx.Group(string(id))
	if err == nil && !found {
		err = damaged(spaceGroupLast, []byte(key), "alert group is missing")
	}
	return g, found, err
}

// PutSilence stores a silence under its shop and ID.
func (tx *Tx) PutSilence(s alert.Silence) error {
	if s.ID == "" {
		return errors.New("silence without an id")
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("silence %s: %w", s.ID, err)
	}
	shop := keyText(nil, string(s.Shop))
	return tx.list(spaceSilence, shop, append(keyText(nil, string(s.Shop)), s.ID...), raw, 1)
}

// Silences returns the silences of a shop, ended ones included, by ID. IDs
// begin with the time at which a silence was made.
func (tx *Tx) Silences(shop market.ShopID) ([]alert.Silence, error) {
	var all []alert.Silence
	err := tx.scanList(spaceSilence, keyText(nil, string(shop)), func(key, raw []byte) error {
		var s alert.Silence
		if err := decodeJSON(spaceSilence, key, raw, &s); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	return all, err
}
