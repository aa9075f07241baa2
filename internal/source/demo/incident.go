package demo

import (
	"encoding/json"
	"fmt"
	"io"
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
	// analysis; empty when none of the four is about it.
	Rule string `json:"rule"`
	// Quiet marks a trap: nothing may be raised because of it.
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

// Incidents returns what was planned, by start. The caller owns the slice.
func (m *Mall) Incidents() []Incident {
	return append([]Incident(nil), m.plan.incidents...)
}

// WriteTruth writes the labelled incidents as one JSON object: seed, start
// (Options.Start), and incidents as in Incident, by start.
func (m *Mall) WriteTruth(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Seed      uint64     `json:"seed"`
		Start     time.Time  `json:"start"`
		Incidents []Incident `json:"incidents"`
	}{m.opt.Seed, m.opt.Start.In(zone), m.plan.incidents})
	if err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}
