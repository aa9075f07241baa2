package report

import (
	"time"

	"shopwatch/internal/market"
)

// Freshness is how old the data of a source may be, by source id. A source that
// is not listed is never late.
type Freshness map[string]time.Duration

// GapReason says why a feed cannot be relied on.
type GapReason string

// Reasons for a gap.
const (
	GapNever   GapReason = "never"   // nothing complete has ever arrived
	GapLate    GapReason = "late"    // the newest complete data is older than allowed, or than the window asked for
	GapPartial GapReason = "partial" // the newest pull lacks rows or pages
	GapFailed  GapReason = "failed"  // the newest pull brought nothing
	GapSuspect GapReason = "suspect" // the newest pull waits for a second one to agree
)

// FeedGap is a feed that is missing, late or incomplete.
type FeedGap struct {
	Source    string           `json:"source"`
	Table     string           `json:"table"`
	Reason    GapReason        `json:"reason"`
	State     market.Condition `json:"state,omitempty"`    // of the newest pull
	Watermark time.Time        `json:"watermark,omitzero"` // complete up to here; zero when never
	Age       time.Duration    `json:"age,omitempty"`      // of the watermark, 0 when never
	Details   []string         `json:"details,omitempty"`  // from the pull's manifest
}

// Coverage says how far the facts behind an answer reach.
type Coverage struct {
	// AsOf: everything up to here is in the answer. The zero time when the
	// store holds nothing complete.
	AsOf time.Time `json:"as_of,omitzero"`
	// Complete: every needed feed reaches the end of the window asked for and
	// none is late or partial.
	Complete bool            `json:"complete"`
	Gaps     []FeedGap       `json:"gaps,omitempty"` // by table, source
	Revision market.Revision `json:"revision"`
	// Since is the earliest instant of facts that was read, the zero time when
	// none were; Catalogue is the revision of the picture of items, 0 without.
	Since     time.Time       `json:"-"`
	Hours     time.Time       `json:"-"` // Since of the hours of a panel
	Catalogue market.Revision `json:"-"`
}
