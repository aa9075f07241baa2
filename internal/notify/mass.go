package notify

import (
	"fmt"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/storage"
)

// Mass tells of a mass change that a second pull has confirmed: one root message
// in each place, under which the alerts that follow from it are gathered.
func (n *Notifier) Mass(tx *storage.Tx, m alert.Mass, now time.Time) error {
	d, keep, err := n.dispatch(tx, now)
	if err != nil {
		return err
	}
	d.Mass(m)
	err = tx.Audit(access.Entry{
		At: now, Actor: bot, Act: "source.mass", Subject: m.Source,
		Detail: fmt.Sprintf("%d of %d rows of %s are %s, seen first at %s", m.Count, m.Of, m.Table, m.Into, m.Since.UTC().Format(time.RFC3339)),
	})
	if err != nil {
		return err
	}
	if _, err := n.flush(tx, d, now); err != nil {
		return err
	}
	return *keep
}
