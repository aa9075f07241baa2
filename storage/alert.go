package storage

import (
	"fmt"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
)

// PutAlert stores an episode under its ID, replacing what was there.
func (tx *Tx) PutAlert(a alert.Alert) error {
	if a.ID == "" || a.Fingerprint == "" {
		return fmt.Errorf("alert %q: id and fingerprint are required", a.ID)
	}
	old, found, err := tx.Alert(a.ID)
	if err != nil {
		return err
	}
	if found {
		if err := tx.listDated(spaceAlertSince, string(old.Shop), nanos(old.Since), []byte(old.ID), nil, -1); err != nil {
			return err
		}
		if err := tx.list(spaceAlertOpen, keyText(nil, string(old.Shop)), alertKey(&old), nil, -1); err != nil {
			return err
		}
	}
	if err := tx.putJSON(spaceAlert, []byte(a.ID), a); err != nil {
		return fmt.Errorf("alert %s: %w", a.ID, err)
	}
	if err := tx.listDated(spaceAlertSince, string(a.Shop), nanos(a.Since), []byte(a.ID), nil, 1); err != nil {
		return err
	}
	if a.State.Open() || a.State == alert.Pending {
		if err := tx.list(spaceAlertOpen, keyText(nil, string(a.Shop)), alertKey(&a), nil, 1); err != nil {
			return err
		}
	}
	return tx.putEpisode(&a)
}

// alertKey orders alerts of a shop by Since.
func alertKey(a *alert.Alert) []byte {
	return append(keyTime(keyText(nil, string(a.Shop)), a.Since), a.ID...)
}

// putEpisode keeps the pointer from a fingerprint to its last episode.
func (tx *Tx) putEpisode(a *alert.Alert) error {
	last, found, err := tx.LastEpisode(a.Fingerprint)
	if err != nil || found && last.Episode > a.Episode {
		return err
	}
	return tx.put(spaceAlertLast, keyText(nil, a.Fingerprint), []byte(a.ID))
}

// Alert returns the episode of that ID.
func (tx *Tx) Alert(id string) (a alert.Alert, found bool, err error) {
	if id == "" {
		return a, false, nil
	}
	found, err = tx.getJSON(spaceAlert, []byte(id), &a)
	return a, found, err
}

// OpenAlerts returns the pending and the open alerts of a shop, oldest first.
func (tx *Tx) OpenAlerts(shop market.ShopID) ([]alert.Alert, error) {
	prefix := keyText(nil, string(shop))
	var all []alert.Alert
	err := tx.scanList(spaceAlertOpen, prefix, func(key, _ []byte) error {
		a, err := tx.listed(spaceAlertOpen, key, key[min(len(prefix)+8, len(key)):])
		all = append(all, a)
		return err
	})
	return all, err
}

// Alerts returns the alerts of a shop in any state whose Since lies in w,
// oldest first.
func (tx *Tx) Alerts(shop market.ShopID, w market.Window) ([]alert.Alert, error) {
	var all []alert.Alert
	err := tx.scanDated(spaceAlertSince, string(shop), w, func(key, id, _ []byte) error {
		a, err := tx.listed(spaceAlertSince, key, id)
		all = append(all, a)
		return err
	})
	return all, err
}

// listed loads the alert that a key of an index names.
func (tx *Tx) listed(index string, key, id []byte) (alert.Alert, error) {
	a, found, err := tx.Alert(string(id))
	if err == nil && !found {
		err = damaged(index, key, "alert is missing")
	}
	return a, err
}

// LastEpisode returns the episode with the highest number of a fingerprint.
func (tx *Tx) LastEpisode(fingerprint string) (alert.Alert, bool, error) {
	id, err := tx.get(spaceAlertLast, keyText(nil, fingerprint))
	if err != nil || id == nil {
		return alert.Alert{}, false, err
	}
	a, found, err := tx.Alert(string(id))
	if err == nil && !found {
		err = damaged(spaceAlertLast, []byte(fingerprint), "alert is missing")
	}
	return a, found, err
}
