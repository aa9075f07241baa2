package market

import (
	"slices"
	"time"
)

// Calendar tells working days from days off and names campaigns. The zero
// Calendar has weekends off and no campaigns.
type Calendar struct {
	Holidays  []Day      // days off that fall on working days (or weekends)
	Makeup    []Day      // 调休: weekend days that are worked
	Campaigns []Campaign // in no particular order
}

// Campaign is a promotion with its phases.
type Campaign struct {
	ID     string
	Name   Name
	Peak   Day // D0, the day that comparisons count from
	Phases []Phase
}

// Phase is a stretch of a campaign: warmup, deposit, final_payment, live, returns.
type Phase struct {
	ID       string
	From, To Day     // both included
	Uplift   float64 // expected factor on an ordinary day's sales; 0 means 1
}

// Workday reports whether people work on d.
func (c Calendar) Workday(d Day) bool {
	if slices.Contains(c.Makeup, d) {
		return true
	}
	if slices.Contains(c.Holidays, d) {
		return false
	}
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// On returns the campaign and phase that hold d, and false when d is ordinary.
func (c Calendar) On(d Day) (Campaign, Phase, bool) {
	for _, camp := range c.Campaigns {
		for _, p := range camp.Phases {
			if d >= p.From && d <= p.To {
				return camp, p, true
			}
		}
	}
	return Campaign{}, Phase{}, false
}

// Factor is what the calendar expects of d, as a factor on an ordinary day's
// sales; 1 when it says nothing.
func (c Calendar) Factor(d Day) float64 {
	if _, p, ok := c.On(d); ok && p.Uplift > 0 {
		return p.Uplift
	}
	return 1
}

// Target is an amount of paid GMV to reach in [From, To] in three tiers, for
// the whole shop or for one Unit.
type Target struct {
	Unit                    Unit
	From, To                Day
	Base, Sprint, Challenge Fen
}

// TargetOn returns the target that covers exactly the days from..to of unit
// (empty for the whole shop), and false when there is none. A day inside a
// longer target has no target of its own unless one is set for it.
func (s *Shop) TargetOn(unit Unit, from, to Day) (Target, bool) {
	for _, t := range s.Targets {
		if t.Unit == unit && t.From == from && t.To == to {
			return t, true
		}
	}
	return Target{}, false
}
