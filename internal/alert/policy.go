package alert

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Policy is how patient the state machine is.
type Policy struct {
	// For is how long a problem must stand before people are told, by rule.
	// A rule that is not listed tells at first sight.
	For map[analysis.Rule]time.Duration
	// KeepFiring is how long a problem must be gone before it counts as over,
	// by rule. A rule that is not listed ends at once.
	KeepFiring map[analysis.Rule]time.Duration
	// Floor is what a finding needs to count, by rule; analysis has its own
	// limits below it. A rule that is not listed takes every finding.
	Floor map[analysis.Rule]Floor
	// Stay is the share of Floor at which an open alert still counts as there
	// (hysteresis): 0.7. 0 means 1.
	Stay float64
	// UpdateEvery is the least time between two updates of one alert. Opening,
	// a higher severity and the end do not wait for it.
	UpdateEvery time.Duration
	// Worse is the growth of money at risk that is worth an update: 0.25.
	Worse float64

	// AckFor is how long an acknowledgement lasts, by severity; a severity that
	// is not listed keeps it for good. RemindBefore is when the owner is
	// reminded that it runs out.
	AckFor       map[analysis.Severity]time.Duration
	RemindBefore time.Duration
	// Reopen is how soon after its end a problem that comes back is the same
	// episode rather than a new one.
	Reopen time.Duration
	// Flap is how much coming and going is too much.
	Flap Flap
	// Quiet is how long a verdict keeps a problem from opening again.
	Quiet map[Verdict]time.Duration
}

// Floor is the least that a finding must weigh.
type Floor struct {
	Money  market.Fen // at risk
	Volume int64      // see Volume
}

// Flap mutes an alert with Turns openings and ends within Within until it has
// been gone, or there, for Calm. Turns 0 never mutes.
type Flap struct {
	Turns        int
	Within, Calm time.Duration
}

// DefaultPolicy tells of stock-outs and price cuts at first sight, as their data
// has passed the gate; a drop of GMV must be seen for ten minutes. Restocked
// items and prices that are back end at once or soon, as they are plain facts.
func DefaultPolicy() Policy {
	return Policy{
		For: map[analysis.Rule]time.Duration{
			analysis.RuleGMVDrop: 10 * time.Minute,
			analysis.RuleNoData:  30 * time.Minute,
		},
		KeepFiring: map[analysis.Rule]time.Duration{
			analysis.RuleGMVDrop:        30 * time.Minute,
			analysis.RuleRivalMove:      20 * time.Minute,
			analysis.RuleComplaintSpike: 2 * time.Hour,
			analysis.RuleNoData:         10 * time.Minute,
			analysis.RulePriceConflict:  30 * time.Minute,
			analysis.RuleTargetPace:     24 * time.Hour,
		},
		Stay:        0.7,
		UpdateEvery: time.Hour,
		Worse:       0.25,
		AckFor: map[analysis.Severity]time.Duration{
			analysis.Critical: 4 * time.Hour,
			analysis.Warning:  24 * time.Hour,
		},
		RemindBefore: 30 * time.Minute,
		Reopen:       2 * time.Hour,
		Flap:         Flap{Turns: 3, Within: time.Hour, Calm: 2 * time.Hour},
		Quiet: map[Verdict]time.Duration{
			FalseAlarm: 24 * time.Hour,
			Expected:   24 * time.Hour,
			NewNormal:  14 * 24 * time.Hour,
		},
	}
}

// Volume is how much business stands behind a finding: complaints of a spike,
// our units of a week for a price move, units of a week for a stock-out, what
// stands behind the ratio of a declared rule. known
// is false for a rule that has none.
func Volume(f analysis.Finding) (n int64, known bool) {
	switch {
	case f.Complaints != nil:
		return f.Complaints.Count, true
	case f.Price != nil:
		return f.Price.Sold7d, true
	case f.Stock != nil:
		return int64(f.Stock.PerDay*7 + 0.5), true
	case f.Reading != nil && f.Reading.Volume > 0:
		return int64(f.Reading.Volume), true
	}
	return 0, false
}

// weighs reports whether f counts: above the floor to begin, above a share of
// it to stay.
func (p Policy) weighs(f analysis.Finding, open bool) bool {
	floor, ok := p.Floor[f.Rule]
	if !ok {
		return true
	}
	share := 1.0
	if open && p.Stay > 0 {
		share = p.Stay
	}
	if float64(f.AtRisk) < float64(floor.Money)*share {
		return false
	}
	n, known := Volume(f)
	return !known || float64(n) >= float64(floor.Volume)*share
}

// keepFiring is how long a must be gone to be over.
func (p Policy) keepFiring(a *Alert) time.Duration {
	if a.Flapping {
		return max(p.Flap.Calm, p.KeepFiring[a.Rule])
	}
	return p.KeepFiring[a.Rule]
}

// turn notes an opening or an end, and reports whether a now flaps.
func (p Policy) turn(a *Alert, now time.Time) bool {
	var kept []time.Time
	for _, t := range a.Turns {
		if now.Sub(t) < p.Flap.Within {
			kept = append(kept, t)
		}
	}
	a.Turns = append(kept, now)
	return p.Flap.Turns > 0 && len(a.Turns) >= p.Flap.Turns
}
