package market

import "time"

// Revision numbers what the store has accepted, from 1 upwards without end; a
// later pull has a larger revision. 0 stands for "the newest there is".
type Revision uint64

// Condition is how far a pull can be trusted.
type Condition string

// Conditions of a snapshot.
const (
	Complete Condition = "complete"
	Partial  Condition = "partial" // rows or pages are missing
	Suspect  Condition = "suspect" // whole, but waiting for a second pull to agree
	Failed   Condition = "failed"  // nothing usable; it has a manifest and no rows
)

// Snapshot is one pull: immutable once stored. Events carry a Window, State an
// instant (Window.End).
type Snapshot struct {
	Revision Revision  `json:"revision"`
	Source   string    `json:"source"`
	Table    string    `json:"table"`
	Shop     ShopID    `json:"shop"`
	Window   Window    `json:"window"`
	PulledAt time.Time `json:"pulled_at"`
	// Watermark: every fact up to here is in the store. The zero time when the
	// pull proves nothing.
	Watermark time.Time `json:"watermark,omitzero"`
	State     Condition `json:"state"`
	Manifest  Manifest  `json:"manifest"`
}

// Manifest is what a pull found, so that its completeness can be judged later.
type Manifest struct {
	Rows       int      `json:"rows"`
	Keys       int      `json:"keys,omitempty"` // distinct natural keys
	Pages      int      `json:"pages,omitempty"`
	PagesWant  int      `json:"pages_want,omitempty"`
	Total      *int     `json:"total,omitempty"` // as the upstream counted, if it did
	Rejected   int      `json:"rejected,omitempty"`
	Skipped    int      `json:"skipped,omitempty"`   // records that the mapping leaves out on purpose
	Unmatched  int      `json:"unmatched,omitempty"` // rows whose SKU is not in the catalogue; 0 also without a catalogue
	Reasons    []string `json:"reasons,omitempty"`   // why it is not complete
	SchemaHash string   `json:"schema_hash,omitempty"`
	Digest     string   `json:"digest,omitempty"` // of the rows, to recognise the same file twice
}

// Pull is a snapshot with its rows and what was refused, as a source hands it over.
type Pull struct {
	Snapshot Snapshot
	Rows     *Batch // nil when Failed
	Rejects  []Reject
}

// Reject is a row that was not taken, with the place and the reason.
type Reject struct {
	Place  string `json:"place"` // "2011-10-05.csv:17", "page 3 row 12"
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	Sample string `json:"sample,omitempty"` // the row, cut to 200 characters
}
