package report

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
)

// DigestQuery asks for the report of one business day, usually yesterday.
type DigestQuery struct {
	Day   market.Day
	Now   time.Time
	Top   int // actions to list; 0 means 3
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
	// Alerts, when set, are shown instead of those in the store: an old digest
	// is computed again with the alerts of its time.
	Alerts *DigestAlerts
}

// Digest is the report of one business day.
type Digest struct {
	Shop market.ShopID `json:"shop"`
	Day  market.Day    `json:"day"`
	Now  time.Time     `json:"now"`
	// Complete: every needed feed that has ever delivered reaches the day's
	// end. A job may hold the digest while it is false.
	Complete bool     `json:"complete"`
	Data     Coverage `json:"data"` // Gaps names what is missing

	// GMV is split by unit and compared with the same weekday; in a campaign
	// also with the same day of its last edition.
	GMV GMV `json:"gmv"`
	// Change is GMV against the same weekday; Why accounts for it: the parts
	// sum to Change exactly, and what is not named is the last of them. Both
	// are empty when the comparison is not known, Why also without units.
	Change   market.Fen `json:"change"`
	Why      []WhyPart  `json:"why,omitempty"`
	Channels []Part     `json:"channels,omitempty"`

	Actions []alert.Alert `json:"actions,omitempty"` // firing first, then by severity and money at risk
	More    int           `json:"more,omitempty"`    // open alerts beyond Actions
	Acked   []alert.Alert `json:"acked,omitempty"`   // acknowledged during Day, with what became of them
	// AckedDone counts those of Acked that are resolved or withdrawn.
	AckedDone int `json:"acked_done,omitempty"`
	// Overnight holds what opened or ended between the end of Day and Now and
	// is not in Actions.
	Overnight []alert.Alert `json:"overnight,omitempty"`
}

// DigestAlerts is what a digest says of alerts.
type DigestAlerts struct {
	Actions   []alert.Alert `json:"actions,omitempty"`
	More      int           `json:"more,omitempty"`
	Acked     []alert.Alert `json:"acked,omitempty"`
	AckedDone int           `json:"acked_done,omitempty"`
	Overnight []alert.Alert `json:"overnight,omitempty"`
}

// Alerts is what d says of alerts.
func (d Digest) Alerts() DigestAlerts {
	return DigestAlerts{Actions: d.Actions, More: d.More, Acked: d.Acked, AckedDone: d.AckedDone, Overnight: d.Overnight}
}

// WhyPart accounts for a share of the change of GMV.
type WhyPart struct {
	Unit   market.Unit `json:"unit,omitempty"`
	Name   market.Name `json:"name"`
	Change market.Fen  `json:"change"`
	Other  bool        `json:"other,omitempty"` // everything not named
	// OutOfStock is how many of the unit's selling items ran out that day, and
	// Lost what they would have sold; both 0 when none or not known.
	OutOfStock int        `json:"out_of_stock,omitempty"`
	Lost       market.Fen `json:"lost,omitempty"`
	// Items are the titles of the items that moved the unit most, at most 2.
	Items []ItemChange `json:"items,omitempty"`
}

// ItemChange is how much one item moved.
type ItemChange struct {
	SKU    market.SKU `json:"sku"`
	Title  string     `json:"title"`
	Change market.Fen `json:"change"`
}
