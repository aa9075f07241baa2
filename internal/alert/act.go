package alert

import (
	"errors"
	"time"
)

// ActKind is what a person does to an alert.
type ActKind string

// Acts. Each is idempotent: done twice, the second changes nothing and is
// ErrSame.
const (
	ActAck     ActKind = "ack"     // I look after it
	ActAssign  ActKind = "assign"  // Act.Owner looks after it
	ActSnooze  ActKind = "snooze"  // nothing of it before Act.Until
	ActRelease ActKind = "release" // undoes an acknowledgement, an assignment or a snooze
	ActResolve ActKind = "resolve" // it is over, perhaps with a note
	ActJudge   ActKind = "judge"   // it is over, with a verdict
	ActNote    ActKind = "note"    // keeps a note; changes no state
)

// Kinds of transition that acts and time bring about.
const (
	Taken     Kind = "acknowledged"
	Given     Kind = "assigned"
	Hushed    Kind = "snoozed"
	Released  Kind = "released"
	Judged    Kind = "judged"
	Noted     Kind = "noted"
	Woke      Kind = "woke"      // its snooze is over
	Reminded  Kind = "reminded"  // its acknowledgement is about to run out
	Lapsed    Kind = "lapsed"    // its acknowledgement has run out
	Escalated Kind = "escalated" // nobody took it: the next contact is told
)

// Act is something a person does to an alert at a moment.
type Act struct {
	Kind    ActKind
	By      string // chat user id
	At      time.Time
	Owner   string    // of ActAssign
	Until   time.Time // of ActSnooze
	Verdict Verdict   // of ActJudge
	Note    string    // of ActNote, ActResolve and ActJudge; may be empty
}

// Errors of Do. The alert is as it was.
var (
	ErrOver = errors.New("alert is over")
	// ErrSame: the alert is already as the act would make it.
	ErrSame = errors.New("alert is already so")
	// ErrTaken: somebody else has it, and acknowledging does not take it away.
	ErrTaken = errors.New("alert is taken")
	// ErrPast: a snooze must end in the future, and within MaxSnooze.
	ErrPast = errors.New("time is not in reach")
)

// MaxSnooze bounds a snooze: whoever wants longer wants a silence.
const MaxSnooze = 30 * 24 * time.Hour

// Do lets a person act on an alert. An alert that people do not know of, or
// that has ended, takes notes only.
func Do(p Policy, a Alert, act Act) (Transition, error) {
	t := Transition{Alert: a, Kind: Quiet, By: act.By, Was: a.State}
	if act.Kind == ActNote {
		return note(t, act)
	}
	if !a.State.Open() {
		return t, ErrOver
	}
	var err error
	switch act.Kind {
	case ActAck:
		err = t.take(p, act)
	case ActAssign:
		err = t.give(p, act)
	case ActSnooze:
		err = t.snooze(act)
	case ActRelease:
		err = t.release(act)
	case ActResolve:
		t.finish(act, Ended)
	case ActJudge:
		t.finish(act, Judged)
		t.Alert.Verdict = act.Verdict
		t.Alert.QuietUntil = act.At.Add(p.Quiet[act.Verdict])
	case ActNote:
	}
	if err != nil {
		t.Alert = a
	}
	return t, err
}

func (t *Transition) take(p Policy, act Act) error {
	a := &t.Alert
	switch {
	case a.State == Acknowledged && a.Holder() == act.By && a.RemindedAt.IsZero():
		return ErrSame
	case a.State == Acknowledged && a.Holder() == act.By: // kept for another while
	case a.State == Acknowledged:
		return ErrTaken
	}
	t.Kind, a.State = Taken, Acknowledged
	a.AckedBy, a.AckedAt = act.By, act.At
	t.hold(p, act.By, act.At)
	return nil
}

func (t *Transition) give(p Policy, act Act) error {
	a := &t.Alert
	if a.Holder() == act.Owner {
		return ErrSame
	}
	if act.Owner == act.By {
		return t.takeOver(p, act)
	}
	t.Kind, a.State = Given, Assigned
	t.hold(p, act.Owner, act.At)
	return nil
}

// takeOver is an assignment to oneself, which may take an alert from its owner.
func (t *Transition) takeOver(p Policy, act Act) error {
	a := &t.Alert
	t.Kind, a.State = Taken, Acknowledged
	a.AckedBy, a.AckedAt = act.By, act.At
	t.hold(p, act.By, act.At)
	return nil
}

// hold gives the alert to an owner for as long as the policy says.
func (t *Transition) hold(p Policy, owner string, at time.Time) {
	a := &t.Alert
	a.Owner, a.AckUntil, a.RemindedAt = owner, time.Time{}, time.Time{}
	a.SnoozedUntil, a.SnoozedBy = time.Time{}, ""
	if d := p.AckFor[a.Latest.Severity]; d > 0 {
		a.AckUntil = at.Add(d)
	}
}

func (t *Transition) snooze(act Act) error {
	a := &t.Alert
	switch {
	case !act.Until.After(act.At), act.Until.After(act.At.Add(MaxSnooze)):
		return ErrPast
	case a.State == Snoozed && a.SnoozedUntil.Equal(act.Until):
		return ErrSame
	}
	t.Kind, a.State = Hushed, Snoozed
	a.SnoozedUntil, a.SnoozedBy = act.Until, act.By
	a.Owner, a.AckUntil = "", time.Time{}
	return nil
}

func (t *Transition) release(act Act) error {
	if t.Alert.State == Firing {
		return ErrSame
	}
	t.Kind = Released
	t.Alert.fire(act.At)
	return nil
}

// fire makes the alert nobody's again; its escalation starts over.
func (a *Alert) fire(now time.Time) {
	a.State, a.Owner, a.AckUntil, a.SnoozedUntil, a.SnoozedBy = Firing, "", time.Time{}, time.Time{}, ""
	a.LevelAt = now
}

func (t *Transition) finish(act Act, kind Kind) {
	a := &t.Alert
	t.Kind = kind
	a.State, a.ResolvedAt, a.EndedBy, a.Flapping = Resolved, act.At, act.By, false
	if act.Note != "" {
		a.Note, a.NoteBy = act.Note, act.By
	}
}

func note(t Transition, act Act) (Transition, error) {
	if t.Alert.State == Pending {
		return t, ErrOver
	}
	if t.Alert.Note == act.Note {
		return t, ErrSame
	}
	t.Kind, t.Alert.Note, t.Alert.NoteBy = Noted, act.Note, act.By
	return t, nil
}
