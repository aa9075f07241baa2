package market

import "slices"

// Plan is what people have decided about a shop since its configuration was
// written. The zero Plan changes nothing.
type Plan struct {
	// Targets take the place of those with the same scope, or are added; without
	// a Base the scope has no target.
	Targets []Target `json:"targets,omitempty"`
	// Campaigns take the place of those with the same ID, or are added; without
	// phases there is none of that ID.
	Campaigns []Campaign `json:"campaigns,omitempty"`
	Days      []DayKind  `json:"days,omitempty"` // each day once
}

// DayKind says what a day is, whatever the calendar of the configuration says.
type DayKind struct {
	Day  Day    `json:"day"`
	Kind string `json:"kind"` // HolidayKind, MakeupKind or PlainKind
}

// Kinds of days.
const (
	HolidayKind = "holiday" // nobody works
	MakeupKind  = "makeup"  // a day of the weekend that is worked
	PlainKind   = "plain"   // as its weekday is
)

// Empty reports whether p changes nothing.
func (p Plan) Empty() bool { return len(p.Targets)+len(p.Campaigns)+len(p.Days) == 0 }

// SetTarget returns p with t in it.
func (p Plan) SetTarget(t Target) Plan {
	p.Targets = put(p.Targets, t, func(o Target) bool { return o.Scope() == t.Scope() })
	return p
}

// SetCampaign returns p with c in it.
func (p Plan) SetCampaign(c Campaign) Plan {
	p.Campaigns = put(p.Campaigns, c, func(o Campaign) bool { return o.ID == c.ID })
	return p
}

// SetDay returns p with k in it.
func (p Plan) SetDay(k DayKind) Plan {
	p.Days = put(p.Days, k, func(o DayKind) bool { return o.Day == k.Day })
	return p
}

// put returns list with v in the place of the one that is the same, or at its end.
func put[T any](list []T, v T, same func(T) bool) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

// With returns the shop as p changes it; s itself when p changes nothing.
func (s *Shop) With(p Plan) *Shop {
	if p.Empty() {
		return s
	}
	out := *s
	for _, t := range p.Targets {
		out.Targets = put(out.Targets, t, func(o Target) bool { return o.Scope() == t.Scope() })
	}
	out.Targets = slices.DeleteFunc(slices.Clone(out.Targets), func(t Target) bool { return t.Base <= 0 })
	cal := &out.Calendar
	for _, c := range p.Campaigns {
		cal.Campaigns = put(cal.Campaigns, c, func(o Campaign) bool { return o.ID == c.ID })
	}
	cal.Campaigns = slices.DeleteFunc(slices.Clone(cal.Campaigns), func(c Campaign) bool { return len(c.Phases) == 0 })
	for _, k := range p.Days {
		is := func(d Day) bool { return d == k.Day }
		cal.Holidays = slices.DeleteFunc(slices.Clone(cal.Holidays), is)
		cal.Makeup = slices.DeleteFunc(slices.Clone(cal.Makeup), is)
		switch k.Kind {
		case HolidayKind:
			cal.Holidays = append(cal.Holidays, k.Day)
		case MakeupKind:
			cal.Makeup = append(cal.Makeup, k.Day)
		}
	}
	return &out
}
