package report

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
)

// ComplaintsQuery asks what buyers complain about: bad and neutral reviews and
// after-sale refund requests whose reason is a complaint.
type ComplaintsQuery struct {
	Now time.Time
	// From and To are business days, both included. Both zero asks for the 24
	// hours before the data cut.
	From, To market.Day
	Unit     market.Unit
	Category market.Category
	SKU      market.SKU
	Channel  market.Channel
	Cause    string // a cause code, or "" for all
	Top      int    // items to list, 0 lists all
	AsOf     market.Revision
	Fresh    Freshness
	Cache    *Cache // may be nil
	// Lexicon reads what buyers write; nil is the built-in one.
	Lexicon *voice.Lexicon
}

// Complaints is what buyers complain about, against the usual number.
type Complaints struct {
	Shop   market.ShopID `json:"shop"`
	Window market.Window `json:"window"`
	Data   Coverage      `json:"data"`

	Total int64 `json:"total"` // Bad + Neutral + Refunds
	// Usual is the mean number in as long a stretch of the 28 days before;
	// unknown without a week of history.
	Usual      float64 `json:"usual"`
	UsualKnown bool    `json:"usual_known"`
	Bad        int64   `json:"bad"`
	Neutral    int64   `json:"neutral"`
	Refunds    int64   `json:"refunds"`
	Reviews    int64   `json:"reviews"` // all of them, good ones too

	Causes      []CauseLine     `json:"causes"` // most frequent first
	Items       []ComplaintItem `json:"items"`  // by excess over the usual number
	More        int             `json:"more,omitempty"`
	Counterfeit []Quote         `json:"counterfeit,omitempty"` // every one, newest first
}

// CauseLine is how many complaints name a cause.
type CauseLine struct {
	Cause string  `json:"cause"` // a code of package analysis
	Count int64   `json:"count"`
	Usual float64 `json:"usual"`
}

// ComplaintItem is the complaints about one item.
type ComplaintItem struct {
	SKU     market.SKU            `json:"sku"`
	Title   string                `json:"title"`
	Unit    market.Unit           `json:"unit,omitempty"`
	Count   int64                 `json:"count"`
	Bad     int64                 `json:"bad"`
	Neutral int64                 `json:"neutral"`
	Refunds int64                 `json:"refunds"`
	Usual   float64               `json:"usual"`
	Spike   bool                  `json:"spike"` // far more than chance explains
	Causes  []analysis.CauseCount `json:"causes,omitempty"`
	Quotes  []Quote               `json:"quotes,omitempty"` // at most 3, newest first
}

// Quote is what a buyer wrote. Text is from outside.
type Quote struct {
	At      time.Time      `json:"at"`
	SKU     market.SKU     `json:"sku"`
	Title   string         `json:"title,omitempty"`
	Channel market.Channel `json:"channel,omitempty"`
	Text    string         `json:"text"`
	Cause   string         `json:"cause"`
	Matched string         `json:"matched,omitempty"` // the words that named the cause
}
