package report

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Status is how the bot and its data are.
type Status struct {
	Shop     market.ShopID   `json:"shop"`
	Now      time.Time       `json:"now"`
	Revision market.Revision `json:"revision"`
	Feeds    []FeedStatus    `json:"feeds"` // by table, source
	// Healthy: no feed is late, partial, failed or suspect, nothing in the
	// outbox is dead.
	Healthy bool          `json:"healthy"`
	Alerts  []StateCount  `json:"alerts"` // pending, firing, acknowledged
	Outbox  OutboxStatus  `json:"outbox"`
	Store   StoreStatus   `json:"store,omitzero"`
	Runs    []storage.Run `json:"runs,omitempty"` // the last of each job asked for
}

// FeedStatus is how one feed is.
type FeedStatus struct {
	Source    string           `json:"source"`
	Table     string           `json:"table"`
	State     market.Condition `json:"state"`               // of the newest pull
	PulledAt  time.Time        `json:"pulled_at"`           // of the newest pull
	Complete  time.Time        `json:"complete,omitzero"`   // pull time of the newest complete one
	Watermark time.Time        `json:"watermark,omitzero"`  // complete up to here
	Age       time.Duration    `json:"age,omitempty"`       // Now - Watermark; 0 when never
	Rows      int              `json:"rows"`                // of the newest complete pull
	Rejected  int              `json:"rejected,omitempty"`  // rows of the newest pull that were refused
	Unmatched int              `json:"unmatched,omitempty"` // rows of the newest pull whose SKU the catalogue lacks
	Refused   []market.Reject  `json:"refused,omitempty"`   // some of both
	Late      bool             `json:"late"`
	Gap       *FeedGap         `json:"gap,omitempty"` // nil when all is well
}

// StoreStatus is how the store stands.
type StoreStatus struct {
	Bytes int64 `json:"bytes"` // on disk
	Free  int64 `json:"free"`  // of these, not used
	// Advice is "compact", "large", or "" when all is well.
	Advice storage.SizeAdvice `json:"advice,omitempty"`
	// Paused: nothing is collected until there is room again.
	Paused bool `json:"paused,omitempty"`
}

// StateCount is how many alerts stand in a state.
type StateCount struct {
	State alert.State `json:"state"`
	Count int         `json:"count"`
}

// OutboxStatus is what waits to be sent.
type OutboxStatus struct {
	Waiting int       `json:"waiting"` // queued, inflight or in doubt
	Doubt   int       `json:"doubt,omitempty"`
	Dead    int       `json:"dead"`
	Oldest  time.Time `json:"oldest,omitzero"` // creation of the oldest that waits
}
