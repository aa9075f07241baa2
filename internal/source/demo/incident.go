package demo

import (
	"time"

	"shopwatch/internal/market"
)

// Incident is something that happens in the shop, with what a watcher should
// make of it.
type Incident struct {
	// ID is unique; Kind is shared by incidents of one nature.
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Start and End bound the time in which the cause is at work.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Rule is the alert rule that ought to notice, by the names of package
	// analysis; empty when none is about it.
	Rule string `json:"rule"`
	// Also are further rules that may tell of it and need not: a price that is a
	// hundredth is under its floor, and another channel asks more.
	Also []string `json:"also,omitempty"`
	// Quiet marks a trap: nothing may be raised because of it but by Also.
	Quiet bool `json:"quiet"`
	// Fixed marks what every demo shows in its first 48 hours.
	Fixed   bool    `json:"fixed,omitempty"`
	Subject Subject `json:"subject"`
	// Notice is what the shop should see, in words.
	Notice market.Name `json:"notice"`
}

// Subject is what an incident is about; members that do not apply are empty.
type Subject struct {
	Unit    string `json:"unit,omitempty"`
	SKU     string `json:"sku,omitempty"`
	Title   string `json:"title,omitempty"`
	Channel string `json:"channel,omitempty"`
	Region  string `json:"region,omitempty"`
	Rival   string `json:"rival,omitempty"`  // as facts name it
	Source  string `json:"source,omitempty"` // id of a source of Specs
	Cause   string `json:"cause,omitempty"`  // of complaints, e.g. PACK
	Word    string `json:"word,omitempty"`   // searched for
}

// Incidents returns what was planned, by start; Truth has what happens besides.
// The caller owns the slice.
func (m *Mall) Incidents() []Incident {
	return append([]Incident(nil), m.plan.incidents...)
}
