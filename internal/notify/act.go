package notify

import (
	"errors"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/storage"
)

// Members are the alerts that an id stands for: those of a group that people
// know of, or the one alert. found is false when there is neither.
func Members(tx *storage.Tx, id string) (list []alert.Alert, found bool, err error) {
	g, found, err := tx.Group(id)
	if err != nil {
		return nil, false, err
	}
	if !found {
		a, ok, err := tx.Alert(id)
		return []alert.Alert{a}, ok, err
	}
	for _, m := range g.Members {
		a, ok, err := tx.Alert(m.ID)
		if err != nil {
			return nil, true, err
		}
		if ok && m.Shown {
			list = append(list, a)
		}
	}
	return list, true, nil
}

// Act lets a person act on everything that an id stands for. What is already so,
// over or taken is left as it is; the error says why when that holds for all of
// it (alert.ErrSame, ErrOver, ErrTaken, ErrPast; storage.ErrUnknown when there
// is nothing of that id) and the audit shows the refusal. list are the alerts
// as they stand afterwards.
func (n *Notifier) Act(tx *storage.Tx, id string, act alert.Act, channel string) (list []alert.Alert, err error) {
	members, found, err := Members(tx, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, storage.ErrUnknown
	}
	var done []alert.Transition
	var refusal error
	for _, a := range members {
		t, err := alert.Do(n.Policy, a, act)
		if err != nil {
			refusal = worse(refusal, err)
			list = append(list, a)
			continue
		}
		done, list = append(done, t), append(list, t.Alert)
	}
	if len(done) == 0 {
		if refusal == nil {
			refusal = alert.ErrOver
		}
		return list, errors.Join(refusal, n.refused(tx, id, act, channel, refusal))
	}
	_, err = n.Apply(tx, done, channel, act.At)
	return list, err
}

// worse keeps the refusal that tells most: what is past over what is taken over
// what is so over what is over.
func worse(a, b error) error {
	for _, e := range []error{alert.ErrPast, alert.ErrTaken, alert.ErrSame, alert.ErrOver} {
		if errors.Is(a, e) || errors.Is(b, e) {
			return e
		}
	}
	return b
}

func (n *Notifier) refused(tx *storage.Tx, id string, act alert.Act, channel string, why error) error {
	return Refused(tx, access.Entry{At: act.At, Actor: act.By, Act: string(act.Kind), Subject: id, Channel: channel, Detail: why.Error()})
}

// Refused notes in the audit that somebody tried what could not be done.
func Refused(tx *storage.Tx, e access.Entry) error {
	e.Act = "refused." + e.Act
	return tx.Audit(e)
}

// EntryKey is the outbox key of a group's root message.
func EntryKey(g *alert.Group) string { return routeOf(g.Place).Key(g.RootKey()) }
