package storage

import (
	"encoding/json"

	"shopwatch/internal/access"
	"shopwatch/internal/market"
)

// storedAudit is one line of the trail.
type storedAudit struct {
	At      int64  `json:"at"`
	Actor   string `json:"actor"`
	Act     string `json:"act"`
	Subject string `json:"subject,omitempty"`
	Channel string `json:"channel,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

// Audit adds a line to the trail. Lines are never changed or replaced.
func (tx *Tx) Audit(e access.Entry) error {
	n, err := tx.number("audit")
	if err != nil {
		return err
	}
	line, err := json.Marshal(storedAudit{
		At: nanos(e.At), Actor: e.Actor, Act: e.Act, Subject: e.Subject, Channel: e.Channel, Detail: e.Detail,
	})
	if err != nil {
		return err
	}
	return tx.listDated(spaceAudit, "", nanos(e.At), keyUint(nil, n), line, 1)
}

// AuditTrail returns the lines of w, oldest first; lines of one instant in the
// order in which they were written. Times are in UTC.
func (tx *Tx) AuditTrail(w market.Window) ([]access.Entry, error) {
	var trail []access.Entry
	err := tx.scanDated(spaceAudit, "", w, func(key, _, payload []byte) error {
		var s storedAudit
		if err := decodeJSON(spaceAudit, key, payload, &s); err != nil {
			return err
		}
		trail = append(trail, access.Entry{
			At: instant(s.At), Actor: s.Actor, Act: s.Act, Subject: s.Subject, Channel: s.Channel, Detail: s.Detail,
		})
		return nil
	})
	return trail, err
}
