package alert

import (
	"time"

	"shopwatch/internal/analysis"
)

// Policy is how patient the state machine is.
type Policy struct {
	// For is how long a problem must stand before people are told, by rule.
	// A rule that is not listed tells at first sight.
	For map[analysis.Rule]time.Duration
	// KeepFiring is how long a problem must be gone before it counts as over,
	// by rule. A rule that is not listed ends at once.
	KeepFiring map[analysis.Rule]time.Duration
	// UpdateEvery is the least time between two updates of one alert. Opening,
	// escalation and end do not wait for it.
	UpdateEvery time.Duration
	// Worse is the growth of money at risk that is worth an update: 0.25.
	Worse float64
	// MaxOpen is how many alerts of one rule may open in one step; the worst go
	// first, the rest wait. 0 means no limit.
	MaxOpen int
}

// DefaultPolicy tells of stock-outs and price cuts at first sight, as their data
// has passed the gate; a drop of GMV must be seen for ten minutes. Restocked
// items and prices that are back end at once or soon, as they are plain facts.
func DefaultPolicy() Policy {
	return Policy{
		For: map[analysis.Rule]time.Duration{
			analysis.RuleGMVDrop: 10 * time.Minute,
		},
		KeepFiring: map[analysis.Rule]time.Duration{
			analysis.RuleGMVDrop:        30 * time.Minute,
			analysis.RuleRivalMove:      20 * time.Minute,
			analysis.RuleComplaintSpike: 2 * time.Hour,
		},
		UpdateEvery: time.Hour,
		Worse:       0.25,
		MaxOpen:     5,
	}
}

// Ack records that user looks after the problem. It changes a firing alert
// only: a second press, or one that comes after the end, changes nothing.
func Ack(a Alert, user string, now time.Time) (Alert, bool) {
	if a.State != Firing {
		return a, false
	}
	a.State, a.AckedAt, a.AckedBy = Acknowledged, now, user
	return a, true
}
