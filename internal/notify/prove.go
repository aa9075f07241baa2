package notify

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Unproved are the groups in view, opened at or after since, whose root message
// has no proof in its thread yet. Folded groups have the list of all in theirs.
func (n *Notifier) Unproved(tx *storage.Tx, since time.Time) ([]alert.Group, error) {
	groups, err := tx.Groups(n.Shop.ID)
	if err != nil {
		return nil, err
	}
	var out []alert.Group
	for i := range groups {
		g := &groups[i]
		if g.Folded && len(g.Members) > 1 {
			continue
		}
		root, ok, err := tx.Entry(EntryKey(g))
		if err != nil {
			return nil, err
		}
		if !ok || root.Created.Before(since) || root.State == outbox.Dead {
			continue
		}
		_, done, err := tx.Entry(proofKey(g))
		if err != nil {
			return nil, err
		}
		if !done {
			out = append(out, *g)
		}
	}
	return out, nil
}

// Proved puts the proof of a group into its thread, once.
func (n *Notifier) Proved(tx *storage.Tx, g *alert.Group, m chat.Message, now time.Time) error {
	e := routeOf(g.Place).Under(g.RootKey(), 0, m, now)
	e.Key = proofKey(g)
	_, err := tx.Enqueue(e)
	return err
}

func proofKey(g *alert.Group) string { return EntryKey(g) + "/proof" }
