package alert

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// State is where an alert stands.
type State string

// States, in Alertmanager's words where it has them.
const (
	Pending      State = "pending" // seen, not yet for long enough
	Firing       State = "firing"  // people have been told
	Acknowledged State = "acknowledged"
	Resolved     State = "resolved"
	Withdrawn    State = "withdrawn" // the data that raised it was restated
)

// Open reports whether the problem still stands and people know of it.
func (s State) Open() bool { return s == Firing || s == Acknowledged }

// Alert is one episode of one problem.
type Alert struct {
	// ID is opaque and short: it travels in buttons.
	ID string `json:"id"`
	// Fingerprint is the same for every episode of the problem.
	Fingerprint string        `json:"fingerprint"`
	Episode     int           `json:"episode"` // from 1
	Shop        market.ShopID `json:"shop"`
	Rule        analysis.Rule `json:"rule"`
	State       State         `json:"state"`

	Since      time.Time `json:"since"`             // first seen
	FiredAt    time.Time `json:"fired_at,omitzero"` // people were told
	SeenAt     time.Time `json:"seen_at"`           // last seen
	ClearAt    time.Time `json:"clear_at,omitzero"` // first not seen, while it keeps firing
	AckedAt    time.Time `json:"acked_at,omitzero"`
	AckedBy    string    `json:"acked_by,omitempty"` // chat user id
	ResolvedAt time.Time `json:"resolved_at,omitzero"`

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
	// Posts counts thread messages, for delivery keys.
	Posts int `json:"posts"`
}

// RootKey is the delivery key of the alert's root message.
func (a *Alert) RootKey() string { return "alert/" + a.ID }
