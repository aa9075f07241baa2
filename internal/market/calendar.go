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

// Phase is a stretch of a campaign: one of PhaseIDs.
type Phase struct {
	ID       string
	From, To Day     // both included
	Uplift   float64 // expected factor on an ordinary day's sales; 0 means 1
	// Units are those that take part; none means all.
	Units []Unit `json:",omitempty"`
}

// Phases of a campaign.
const (
	PhaseWarmup       = "warmup"
	PhaseDeposit      = "deposit"
	PhaseFinalPayment = "final_payment" // what is paid was ordered days before, most of it at midnight
	PhaseLive         = "live"
	PhaseReturns      = "returns"
)

// PhaseIDs are the phases of a campaign in their usual order.
var PhaseIDs = []string{PhaseWarmup, PhaseDeposit, PhaseFinalPayment, PhaseLive, PhaseReturns}

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
// sales of a unit, or of the shop when unit is empty; 1 when it says nothing. A
// phase in which only some units take part lifts those alone.
func (c Calendar) Factor(unit Unit, d Day) float64 {
	_, p, ok := c.On(d)
	if !ok || p.Uplift <= 0 || len(p.Units) > 0 && !slices.Contains(p.Units, unit) {
		return 1
	}
	return p.Uplift
}
