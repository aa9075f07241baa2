package market

import "slices"

// Target is an amount of paid GMV to reach in [From, To] in three tiers, for
// the whole shop, for one Unit, or for one Category (of a unit, if both are set).
type Target struct {
	Unit                    Unit
	Category                Category `json:",omitempty"`
	From, To                Day
	Base, Sprint, Challenge Fen
	// Days are planned weights of single days; a day that is not named weighs
	// what the calendar and the usual weekdays make of it.
	Days []DayWeight `json:",omitempty"`
	// Hours are planned weights of the hours of a day from its beginning on, 24
	// of them; none means the usual ones.
	Hours []float64 `json:",omitempty"`
}

// DayWeight is what a day weighs in a plan, an ordinary one 1.
type DayWeight struct {
	Day    Day
	Weight float64
}

// Scope is whose target it is: everything but the amounts and the curve.
type Scope struct {
	Unit     Unit
	Category Category
	From, To Day
}

// Scope returns whose target t is.
func (t Target) Scope() Scope { return Scope{t.Unit, t.Category, t.From, t.To} }

// Curve is how a target spreads over its days: one weight per day from From to
// To, planned ones as they are and the others as usual says.
func (t Target) Curve(usual func(Day) float64) []float64 {
	out := make([]float64, 0, int(t.To-t.From)+1)
	for d := t.From; d <= t.To; d++ {
		w := usual(d)
		if i := slices.IndexFunc(t.Days, func(x DayWeight) bool { return x.Day == d }); i >= 0 {
			w = t.Days[i].Weight
		}
		out = append(out, w)
	}
	return out
}

// HourShare is the part of a day that is planned for its first hours, and false
// when the target leaves that to the usual.
func (t Target) HourShare(hours float64) (float64, bool) {
	const day = 24
	all, done := 0.0, 0.0
	for h, w := range t.Hours {
		all += w
		done += w * min(1, max(0, hours-float64(h)))
	}
	if len(t.Hours) != day || all <= 0 {
		return 0, false
	}
	return done / all, true
}

// TargetOf returns the target of exactly this scope, and false when there is
// none. A day inside a longer target has no target of its own unless one is set
// for it.
func (s *Shop) TargetOf(scope Scope) (Target, bool) {
	i := slices.IndexFunc(s.Targets, func(t Target) bool { return t.Scope() == scope })
	if i < 0 {
		return Target{}, false
	}
	return s.Targets[i], true
}

// TargetOn is TargetOf for the days from..to of a unit (empty for the whole
// shop).
func (s *Shop) TargetOn(unit Unit, from, to Day) (Target, bool) {
	return s.TargetOf(Scope{Unit: unit, From: from, To: to})
}
