package alert

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// State is where an alert stands.
type State string

// States, in Alertmanager's words where it has them. A lapsed acknowledgement
// and an escalated alert are firing again; Alert.Lapses and Alert.Level count
// how often.
const (
	Pending      State = "pending"      // seen, not yet for long enough
	Firing       State = "firing"       // people have been told and nobody has taken it
	Acknowledged State = "acknowledged" // Owner looks after it
	Assigned     State = "assigned"     // Owner was asked to look after it
	Snoozed      State = "snoozed"      // nobody wants to hear of it before SnoozedUntil
	Resolved     State = "resolved"
	Withdrawn    State = "withdrawn" // the data that raised it was restated
)

// Open reports whether the problem still stands and people know of it.
func (s State) Open() bool {
	return s == Firing || s == Acknowledged || s == Assigned || s == Snoozed
}

// Over reports whether the episode has ended.
func (s State) Over() bool { return s == Resolved || s == Withdrawn }

// Verdict is what a person says that an alert really was.
type Verdict string

// Verdicts. Each ends the alert and keeps it quiet for a while (Policy.Quiet).
const (
	FalseAlarm Verdict = "false_alarm" // there was no problem
	Expected   Verdict = "expected"    // a known cause: a campaign, a test, a stock-take
	NewNormal  Verdict = "new_normal"  // the level has changed for good
)

// Alert is one episode of one problem. Records written before an episode could
// be assigned or snoozed lack the later members; Holder reads both.
type Alert struct {
	// ID is opaque and short: it travels in buttons.
	ID string `json:"id"`
	// Fingerprint is the same for every episode of the problem.
	Fingerprint string        `json:"fingerprint"`
	Episode     int           `json:"episode"` // from 1
	Shop        market.ShopID `json:"shop"`
	Rule        analysis.Rule `json:"rule"`
	State       State         `json:"state"`
	// Previous is the episode before, when people were told of it.
	Previous string `json:"previous,omitempty"`

	Since      time.Time `json:"since"`             // first seen
	FiredAt    time.Time `json:"fired_at,omitzero"` // people were told
	SeenAt     time.Time `json:"seen_at"`           // last seen
	ClearAt    time.Time `json:"clear_at,omitzero"` // first not seen, while it keeps firing
	AckedAt    time.Time `json:"acked_at,omitzero"`
	AckedBy    string    `json:"acked_by,omitempty"` // chat user id
	ResolvedAt time.Time `json:"resolved_at,omitzero"`

	// Owner has it while it is acknowledged or assigned, until AckUntil (zero:
	// for good). RemindedAt is when the owner was last told that it runs out.
	Owner      string    `json:"owner,omitempty"`
	AckUntil   time.Time `json:"ack_until,omitzero"`
	RemindedAt time.Time `json:"reminded_at,omitzero"`
	Lapses     int       `json:"lapses,omitempty"` // acknowledgements that ran out
	// SnoozedUntil ends a snooze that SnoozedBy began.
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	SnoozedBy    string    `json:"snoozed_by,omitempty"`
	// Level is how many rungs of its escalation were climbed, the last at LevelAt.
	Level   int       `json:"level,omitempty"`
	LevelAt time.Time `json:"level_at,omitzero"`
	// Turns are the latest openings and ends; Flapping says that there were so
	// many that they are no longer told.
	Turns    []time.Time `json:"turns,omitempty"`
	Flapping bool        `json:"flapping,omitempty"`
	Reopened int         `json:"reopened,omitempty"` // times it came back soon after its end

	// EndedBy ended it by hand, perhaps with a Verdict and a Note. QuietUntil
	// keeps the problem from opening again.
	EndedBy    string    `json:"ended_by,omitempty"`
	Verdict    Verdict   `json:"verdict,omitempty"`
	QuietUntil time.Time `json:"quiet_until,omitzero"`
	Note       string    `json:"note,omitempty"` // text of a person
	NoteBy     string    `json:"note_by,omitempty"`

	First  analysis.Finding `json:"first"`
	Latest analysis.Finding `json:"latest"`
	// Worst is the largest money at risk seen so far.
	Worst market.Fen `json:"worst"`
	// Said is the finding that people were last told of, so that an update is
	// only posted when something material has changed.
	Said analysis.Finding `json:"said,omitzero"`
	// SaidAt is when Said was said.
	SaidAt time.Time `json:"said_at,omitzero"`
	// Evidence is the id of what Said was computed from; empty for none.
	Evidence string `json:"evidence,omitempty"`
	// Posts counts the messages of records older than groups, for delivery keys.
	Posts int `json:"posts"`
	// Groups are the ids of the root messages it is told in, one for each place.
	Groups []string `json:"groups,omitempty"`
}

// RootKey is the delivery key of the root message of the group with this id.
// Before there were groups it was the id of the one alert.
func RootKey(id string) string { return "alert/" + id }

// Holder is who looks after the alert, or empty.
func (a *Alert) Holder() string {
	switch {
	case a.State != Acknowledged && a.State != Assigned:
		return ""
	case a.Owner == "":
		return a.AckedBy // a record from before owners
	}
	return a.Owner
}

// returning reports whether a pending alert is one that people know already.
func (a *Alert) returning() bool { return a.State == Pending && !a.FiredAt.IsZero() }
