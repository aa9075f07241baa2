package alert

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Kind says what happened to an alert.
type Kind string

// Kinds of transition that a look at the shop brings about. Quiet is stored and
// not spoken of; all others are said.
const (
	Opened    Kind = "opened"
	Reopened  Kind = "reopened"  // it came back soon after its end
	Unsteady  Kind = "flapping"  // it comes and goes; that is no longer told
	Raised    Kind = "raised"    // the severity is higher than ever said of it
	Updated   Kind = "updated"   // materially worse
	Ended     Kind = "resolved"  // gone, or ended by hand
	Retracted Kind = "withdrawn" // it was never real: the data was restated
	Quiet     Kind = "quiet"
)

// Transition is an alert as it now stands and what happened to it. Every
// transition is to be stored.
type Transition struct {
	Alert Alert `json:"alert"`
	Kind  Kind  `json:"kind"`
	// By did it, "" for the bot itself. Contact was told by an escalation.
	By      string  `json:"by,omitempty"`
	Contact Contact `json:"contact,omitzero"`
	// Was is the state before.
	Was State `json:"was,omitempty"`
}

// Pass is one look at a shop.
type Pass struct {
	Shop     market.ShopID
	Now      time.Time
	Open     []Alert // all alerts of the shop that are pending or open
	Findings []analysis.Finding
	// Muted rules neither open nor end anything in this pass; the value says why.
	Muted map[analysis.Rule]string
	// Restated holds fingerprints of open alerts that restated data no longer
	// supports at the moment they were raised.
	Restated map[string]bool
	// Last finds the newest episode of a fingerprint, for numbering; nil when
	// there is no history.
	Last func(fingerprint string) (Alert, bool)
}

// Step moves every alert of a shop on by one look at it. The transitions come
// with the worst openings first, then what was open already in the order of
// Pass.Open.
func Step(p Policy, in Pass) []Transition {
	s := stepper{policy: p, in: in, seen: map[string]analysis.Finding{}}
	for _, f := range in.Findings {
		fp := Fingerprint(in.Shop, f.Rule, f.Subject)
		if old, ok := s.seen[fp]; !ok || compare(f, old) < 0 {
			s.seen[fp] = f
		}
	}
	var known []Transition
	for _, a := range in.Open {
		f, found := s.seen[a.Fingerprint]
		found = found && p.weighs(f, true)
		delete(s.seen, a.Fingerprint)
		if _, muted := in.Muted[a.Rule]; muted {
			continue
		}
		for _, t := range s.move(a, f, found) {
			t.Was = a.State
			known = append(known, t)
		}
	}
	s.begin()
	return slices.Concat(s.open(), s.green, known)
}

type stepper struct {
	policy Policy
	in     Pass
	seen   map[string]analysis.Finding // by fingerprint, what no open alert has taken
	ripe   []Alert                     // may open now
	green  []Transition                // pending a while longer, or kept quiet
}

// move advances an alert that was open before. A pending alert that has become
// ripe is set aside and answers nothing.
func (s *stepper) move(a Alert, f analysis.Finding, found bool) []Transition {
	switch {
	case found && a.State == Pending:
		s.pend(a, f)
		return nil
	case found:
		return []Transition{s.still(a, f)}
	case s.in.Restated[a.Fingerprint]:
		return []Transition{s.end(a, Withdrawn, Retracted)}
	case a.State == Pending:
		return []Transition{s.end(a, Resolved, Quiet)}
	}
	if a.ClearAt.IsZero() {
		a.ClearAt = s.in.Now
	}
	if s.in.Now.Sub(a.ClearAt) >= s.policy.keepFiring(&a) {
		return []Transition{s.end(a, Resolved, Ended)}
	}
	return []Transition{{Alert: a, Kind: Quiet}}
}

// pend notes that a pending problem is still there.
func (s *stepper) pend(a Alert, f analysis.Finding) {
	a = see(a, f, s.in.Now)
	since := a.Since
	if a.returning() {
		since = a.SaidAt // when it came back
	}
	if s.in.Now.Sub(since) >= s.policy.For[a.Rule] {
		s.ripe = append(s.ripe, a)
	} else {
		s.green = append(s.green, Transition{Alert: a, Kind: Quiet, Was: a.State})
	}
}

// still notes that a problem people know of is still there, and decides whether
// it has changed enough to be spoken of. A higher severity ends a snooze.
func (s *stepper) still(a Alert, f analysis.Finding) Transition {
	gone := a.ClearAt
	a = see(a, f, s.in.Now)
	if a.Flapping && gone.IsZero() && s.in.Now.Sub(a.lastTurn()) >= s.policy.Flap.Calm {
		a.Flapping, a.Turns = false, nil // it has stood long enough to be trusted
	}
	if a.Flapping && !gone.IsZero() {
		a.Turns = append(a.Turns[:0:0], s.in.Now)
	}
	switch {
	case f.Severity.Rank() < a.Said.Severity.Rank():
		if a.State == Snoozed {
			a.State, a.SnoozedUntil = Firing, time.Time{}
		}
		return say(a, Raised, s.in.Now)
	case a.State == Snoozed || a.Flapping:
	case s.worse(a, f) && s.in.Now.Sub(a.SaidAt) >= s.policy.UpdateEvery:
		return say(a, Updated, s.in.Now)
	}
	return Transition{Alert: a, Kind: Quiet}
}

// lastTurn is the last time that a flapping alert came or went.
func (a *Alert) lastTurn() time.Time {
	if len(a.Turns) == 0 {
		return time.Time{}
	}
	return a.Turns[len(a.Turns)-1]
}

// worse reports whether f has grown by the policy's share over what was said.
func (s *stepper) worse(a Alert, f analysis.Finding) bool {
	return f.AtRisk > a.Said.AtRisk && float64(f.AtRisk) >= float64(a.Said.AtRisk)*(1+s.policy.Worse)
}

// begin looks at the problems that no open alert is about.
func (s *stepper) begin() {
	for _, fp := range sortedKeys(s.seen) {
		f := s.seen[fp]
		if _, muted := s.in.Muted[f.Rule]; muted || !s.policy.weighs(f, false) {
			continue
		}
		fresh := Alert{
			ID: ID(fp, 1), Fingerprint: fp, Episode: 1, Shop: s.in.Shop, Rule: f.Rule,
			State: Pending, Since: s.in.Now, First: f,
		}
		var last Alert
		known := false
		if s.in.Last != nil {
			last, known = s.in.Last(fp)
		}
		switch {
		case !known:
			s.pend(fresh, f)
		case last.FiredAt.IsZero(): // nobody heard of it: it is not told as a second one
			fresh.Episode, fresh.ID = last.Episode, last.ID
			s.pend(fresh, f)
		case s.hushed(last, f):
			last.SeenAt = s.in.Now
			s.green = append(s.green, Transition{Alert: last, Kind: Quiet, Was: last.State})
		case last.State == Resolved && s.in.Now.Sub(last.ResolvedAt) <= s.policy.Reopen:
			last.State, last.SaidAt = Pending, s.in.Now
			s.pend(last, f)
		default:
			fresh.Episode, fresh.ID, fresh.Previous = last.Episode+1, ID(fp, last.Episode+1), last.ID
			s.pend(fresh, f)
		}
	}
}

// standing is how long the data may lack a problem that a person has ended
// before it counts as one that has come back.
const standing = time.Hour

// hushed reports whether a person has ended this very problem: it has stood
// ever since, or was judged not to matter for a while. Getting more severe
// breaks the hush.
func (s *stepper) hushed(last Alert, f analysis.Finding) bool {
	if last.EndedBy == "" || f.Severity.Rank() < last.Latest.Severity.Rank() {
		return false
	}
	return s.in.Now.Before(last.QuietUntil) ||
		s.in.Now.Sub(last.SeenAt) <= max(standing, s.policy.KeepFiring[last.Rule])
}

// open lets ripe problems open, the worst first.
func (s *stepper) open() []Transition {
	slices.SortStableFunc(s.ripe, func(a, b Alert) int {
		return cmp.Or(compare(a.Latest, b.Latest), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	var out []Transition
	for _, a := range s.ripe {
		t := Transition{Kind: Opened, Was: Pending}
		if a.returning() {
			t.Kind, t.Was = Reopened, Resolved
			a.Reopened++
			a.Owner, a.AckUntil, a.SnoozedUntil, a.ResolvedAt = "", time.Time{}, time.Time{}, time.Time{}
			a.AckedBy, a.AckedAt, a.EndedBy, a.Verdict = "", time.Time{}, "", ""
			a.Level, a.LevelAt = 0, s.in.Now
		} else {
			a.FiredAt = s.in.Now
		}
		a.State = Firing
		if s.policy.turn(&a, s.in.Now) {
			t.Kind, a.Flapping = Unsteady, true
		}
		a.Said, a.SaidAt = a.Latest, s.in.Now
		t.Alert = a
		out = append(out, t)
	}
	return out
}

// end closes an alert; one that people never heard of ends quietly, and so does
// one that was about to come back.
func (s *stepper) end(a Alert, state State, kind Kind) Transition {
	if a.returning() {
		a.State = Resolved
		return Transition{Alert: a, Kind: Quiet}
	}
	if a.State == Pending {
		kind = Quiet
	} else {
		s.policy.turn(&a, s.in.Now)
	}
	a.State, a.ResolvedAt, a.Flapping = state, s.in.Now, false
	return Transition{Alert: a, Kind: kind}
}

func see(a Alert, f analysis.Finding, now time.Time) Alert {
	a.SeenAt, a.ClearAt, a.Latest = now, time.Time{}, f
	a.Worst = max(a.Worst, f.AtRisk)
	return a
}

func say(a Alert, kind Kind, now time.Time) Transition {
	a.Said, a.SaidAt = a.Latest, now
	return Transition{Alert: a, Kind: kind}
}

// compare orders findings worst first.
func compare(a, b analysis.Finding) int {
	return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(b.AtRisk, a.AtRisk))
}

func sortedKeys(m map[string]analysis.Finding) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
