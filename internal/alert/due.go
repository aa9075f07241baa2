package alert

import "time"

// Contact is somebody or some place to tell: a person, a group of persons, or
// a channel. One member is set.
type Contact struct {
	Channel string `json:"channel,omitempty"`
	User    string `json:"user,omitempty"`
	Group   string `json:"group,omitempty"`
}

// Zero reports whether the contact names nobody.
func (c Contact) Zero() bool { return c == Contact{} }

// String is the contact as a configuration writes it.
func (c Contact) String() string {
	switch {
	case c.Channel != "":
		return "#" + c.Channel
	case c.Group != "":
		return "@group:" + c.Group
	}
	return "@" + c.User
}

// Rung is one step of an escalation: who is told when an alert has had no owner
// for After since the rung before (the first: since it fired).
type Rung struct {
	After time.Duration `json:"after"`
	To    Contact       `json:"to"`
}

// Due does what time alone brings about at now: the end of a snooze, the
// reminder and the end of an acknowledgement, the next rung of an escalation.
// changed is false when nothing is due. Call it until then: several things may
// be due at once.
func Due(p Policy, a Alert, ladder []Rung, now time.Time) (t Transition, changed bool) {
	at, kind := next(p, &a, ladder)
	if at.IsZero() || at.After(now) {
		return Transition{}, false
	}
	t = Transition{Kind: kind, Was: a.State}
	switch kind {
	case Woke:
		a.fire(now)
	case Reminded:
		a.RemindedAt = now
	case Lapsed:
		a.Lapses++
		a.fire(now)
	case Escalated:
		t.Contact = ladder[a.Level].To
		a.Level++
		a.LevelAt = now
	}
	t.Alert = a
	return t, true
}

// NextDue is when Due has something to do; the zero time when never.
func NextDue(p Policy, a Alert, ladder []Rung) time.Time {
	at, _ := next(p, &a, ladder)
	return at
}

// next is the first thing that time brings about for a.
func next(p Policy, a *Alert, ladder []Rung) (time.Time, Kind) {
	switch a.State {
	case Snoozed:
		return a.SnoozedUntil, Woke
	case Acknowledged, Assigned:
		if a.AckUntil.IsZero() {
			return time.Time{}, Quiet
		}
		remind := a.AckUntil.Add(-p.RemindBefore)
		if p.RemindBefore > 0 && a.RemindedAt.IsZero() {
			return remind, Reminded
		}
		return a.AckUntil, Lapsed
	case Firing:
		if a.Level < len(ladder) && !a.Flapping {
			return later(a.FiredAt, a.LevelAt).Add(ladder[a.Level].After), Escalated
		}
	case Pending, Resolved, Withdrawn:
	}
	return time.Time{}, Quiet
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
