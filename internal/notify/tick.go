package notify

import (
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/storage"
)

// Tick does what time alone brings about: snoozes and acknowledgements that
// run out, escalations, groups whose wait is over, the end of quiet hours and
// of silences. next is when there is something to do again; the zero time when
// nothing waits for time.
func (n *Notifier) Tick(tx *storage.Tx, now time.Time) (next time.Time, err error) {
	open, err := tx.OpenAlerts(n.Shop.ID)
	if err != nil {
		return next, err
	}
	var list []alert.Transition
	for _, a := range open {
		ladder, err := n.ladder(tx, &a, now)
		if err != nil {
			return next, err
		}
		for {
			t, changed := alert.Due(n.Policy, a, ladder, now)
			if !changed {
				break
			}
			list, a = append(list, t), t.Alert
		}
		next = sooner(next, alert.NextDue(n.Policy, a, ladder))
	}
	later, err := n.Apply(tx, list, "", now)
	if err != nil {
		return next, err
	}
	ends, err := n.notices(tx, now)
	return sooner(sooner(next, later), ends), err
}

// Due reports whether a Tick at now would change anything, without changing
// it, and else when one will.
func (n *Notifier) Due(tx *storage.Tx, now time.Time) (due bool, next time.Time, err error) {
	open, err := tx.OpenAlerts(n.Shop.ID)
	if err != nil {
		return false, next, err
	}
	for _, a := range open {
		ladder, err := n.ladder(tx, &a, now)
		if err != nil {
			return false, next, err
		}
		next = sooner(next, alert.NextDue(n.Policy, a, ladder))
	}
	d, keep, err := n.dispatch(tx, now)
	if err != nil {
		return false, next, err
	}
	if len(d.Flush()) > 0 || len(d.Changed()) > 0 {
		return true, next, *keep
	}
	next = sooner(next, d.Next())
	silences, err := tx.Silences(n.Shop.ID)
	for _, s := range silences {
		if !s.Noticed {
			next = sooner(next, s.NoticeAt())
		}
	}
	return !next.IsZero() && !next.After(now), next, err
}

// ladder is the escalation of an alert: none while people were not told of it,
// as in quiet hours, or while it is silenced.
func (n *Notifier) ladder(tx *storage.Tx, a *alert.Alert, now time.Time) ([]alert.Rung, error) {
	labels := a.Labels()
	ladder := n.Root.LadderOf(labels)
	if len(ladder) == 0 || a.State != alert.Firing {
		return nil, nil
	}
	silences, err := tx.Silences(n.Shop.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range silences {
		if s.Mutes(n.Shop, labels, now) {
			return nil, nil
		}
	}
	for _, id := range a.Groups {
		g, ok, err := tx.Group(id)
		if err != nil || ok && g.Told() {
			return ladder, err
		}
	}
	return nil, nil
}

// notices announces silences that end soon where they were made.
func (n *Notifier) notices(tx *storage.Tx, now time.Time) (next time.Time, err error) {
	silences, err := tx.Silences(n.Shop.ID)
	if err != nil {
		return next, err
	}
	for _, s := range silences {
		if s.Noticed {
			continue
		}
		if at := s.NoticeAt(); at.After(now) {
			next = sooner(next, at)
			continue
		}
		s.Noticed = true
		if err := tx.PutSilence(s); err != nil {
			return next, err
		}
		if s.Channel == "" || s.EndedBy != "" {
			continue
		}
		pen := card.New(i18n.For(s.Lang), n.Shop)
		if _, err := tx.Enqueue(routeOf(alert.Contact{Channel: s.Channel}).Root("silence/"+s.ID+"/end", pen.SilenceEnds(s, now), now)); err != nil {
			return next, err
		}
		if err := tx.Audit(access.Entry{At: now, Actor: bot, Act: "silence.notice", Subject: s.ID, Channel: s.Channel}); err != nil {
			return next, err
		}
	}
	return next, nil
}

// sooner is the earlier of two moments, of which the zero time is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
