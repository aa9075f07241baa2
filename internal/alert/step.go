package alert

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Kind says what happened to an alert in a Step.
type Kind string

// Kinds of transition. Quiet is stored and not spoken of; all others are said.
const (
	Opened    Kind = "opened"
	Escalated Kind = "escalated" // the severity is higher than ever said of it
	Updated   Kind = "updated"   // materially worse
	Ended     Kind = "resolved"
	Retracted Kind = "withdrawn" // it was never real: the data was restated
	Quiet     Kind = "quiet"
)

// Transition is an alert as it now stands and what happened to it. Every
// transition is to be stored.
type Transition struct {
	Alert Alert `json:"alert"`
	Kind  Kind  `json:"kind"`
}

// Pass is one look at a shop.
type Pass struct {
	Shop     market.ShopID
	Now      time.Time
	Open     []Alert // all pending, firing and acknowledged alerts of the shop
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

// Outcome is what a Step decided.
type Outcome struct {
	// Transitions come with the worst openings first, then what was open
	// already in the order of Pass.Open.
	Transitions []Transition
	// Waiting is how many problems were ripe to open and wait because of
	// Policy.MaxOpen, by rule.
	Waiting map[analysis.Rule]int
}

// Step moves every alert of a shop on by one look at it.
func Step(p Policy, in Pass) Outcome {
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
		delete(s.seen, a.Fingerprint)
		if _, muted := in.Muted[a.Rule]; muted {
			continue
		}
		known = append(known, s.move(a, f, found)...)
	}
	s.begin()
	opened, waiting := s.open()
	return Outcome{Transitions: append(opened, known...), Waiting: waiting}
}

type stepper struct {
	policy Policy
	in     Pass
	seen   map[string]analysis.Finding // by fingerprint, what no open alert has taken
	ripe   []Alert                     // may open now
	green  []Transition                // pending a while longer
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
	if s.in.Now.Sub(a.ClearAt) >= s.policy.KeepFiring[a.Rule] {
		return []Transition{s.end(a, Resolved, Ended)}
	}
	return []Transition{{a, Quiet}}
}

// pend notes that a pending problem is still there.
func (s *stepper) pend(a Alert, f analysis.Finding) {
	a = see(a, f, s.in.Now)
	if s.in.Now.Sub(a.Since) >= s.policy.For[a.Rule] {
		s.ripe = append(s.ripe, a)
	} else {
		s.green = append(s.green, Transition{a, Quiet})
	}
}

// still notes that a problem people know of is still there, and decides whether
// it has changed enough to be spoken of.
func (s *stepper) still(a Alert, f analysis.Finding) Transition {
	a = see(a, f, s.in.Now)
	switch {
	case f.Severity.Rank() < a.Said.Severity.Rank():
		return say(a, Escalated, s.in.Now)
	case s.worse(a, f) && s.in.Now.Sub(a.SaidAt) >= s.policy.UpdateEvery:
		return say(a, Updated, s.in.Now)
	}
	return Transition{a, Quiet}
}

// worse reports whether f has grown by the policy's share over what was said.
func (s *stepper) worse(a Alert, f analysis.Finding) bool {
	return f.AtRisk > a.Said.AtRisk && float64(f.AtRisk) >= float64(a.Said.AtRisk)*(1+s.policy.Worse)
}

// begin makes pending alerts of problems seen for the first time.
func (s *stepper) begin() {
	for _, fp := range sortedKeys(s.seen) {
		f := s.seen[fp]
		if _, muted := s.in.Muted[f.Rule]; muted {
			continue
		}
		episode := 1
		if s.in.Last != nil {
			if last, ok := s.in.Last(fp); ok && last.FiredAt.IsZero() {
				episode = last.Episode // nobody heard of it: it is not told as a second one
			} else if ok {
				episode = last.Episode + 1
			}
		}
		s.pend(Alert{
			ID: ID(fp, episode), Fingerprint: fp, Episode: episode, Shop: s.in.Shop, Rule: f.Rule,
			State: Pending, Since: s.in.Now, First: f,
		}, f)
	}
}

// open lets the worst ripe problems of each rule open and keeps the rest pending.
func (s *stepper) open() ([]Transition, map[analysis.Rule]int) {
	slices.SortStableFunc(s.ripe, func(a, b Alert) int {
		return cmp.Or(compare(a.Latest, b.Latest), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	var out []Transition
	opened, waiting := map[analysis.Rule]int{}, map[analysis.Rule]int{}
	for _, a := range s.ripe {
		if s.policy.MaxOpen > 0 && opened[a.Rule] == s.policy.MaxOpen {
			waiting[a.Rule]++
			s.green = append(s.green, Transition{a, Quiet})
			continue
		}
		opened[a.Rule]++
		a.State, a.FiredAt = Firing, s.in.Now
		a.Said, a.SaidAt = a.Latest, s.in.Now
		out = append(out, Transition{a, Opened})
	}
	return append(out, s.green...), waiting
}

// end closes an alert; one that people never heard of ends quietly.
func (s *stepper) end(a Alert, state State, kind Kind) Transition {
	if a.State == Pending {
		kind = Quiet
	} else {
		a.Posts++
	}
	a.State, a.ResolvedAt = state, s.in.Now
	return Transition{a, kind}
}

func see(a Alert, f analysis.Finding, now time.Time) Alert {
	a.SeenAt, a.ClearAt, a.Latest = now, time.Time{}, f
	a.Worst = max(a.Worst, f.AtRisk)
	return a
}

func say(a Alert, kind Kind, now time.Time) Transition {
	a.Said, a.SaidAt = a.Latest, now
	a.Posts++
	return Transition{a, kind}
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
