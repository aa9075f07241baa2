package report

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
)

// SlowQuery asks which stock lies too long and what would sell it.
type SlowQuery struct {
	Now     time.Time
	Unit    market.Unit
	Channel market.Channel
	SKU     market.SKU // its lines are listed whether they are slow or not
	Days    int        // in which a markdown should sell the stock; 0 means 30
	Top     int        // 0 lists all
	AsOf    market.Revision
	Fresh   Freshness
	Cache   *Cache // may be nil
}

// Slow is the lines of stock that turn over too slowly, by what lies there beyond
// the usual.
type Slow struct {
	Shop market.ShopID `json:"shop"`
	At   time.Time     `json:"at"` // of the picture of stock
	Data Coverage      `json:"data"`
	Days int           `json:"days"` // to sell within
	Over int           `json:"over"` // days of sales that are counted

	// Counts are over all listed lines that the query's unit, channel and SKU keep.
	Stocked int `json:"stocked"` // with something available
	Sold    int `json:"sold"`    // of these, with a sale in the stretch
	Slow    int `json:"slow"`
	Dead    int `json:"dead"` // of these, without any sale
	New     int `json:"new"`  // launched within the stretch and not judged
	// Tied is what the surplus of all slow lines cost, of items whose cost is known.
	Tied market.Fen `json:"tied"`
	// TiedPart says that the cost of some is not known.
	TiedPart bool `json:"tied_part,omitempty"`

	Items []SlowItem `json:"items"`
	More  int        `json:"more,omitempty"`
}

// SlowItem is a line of stock with what would sell it.
type SlowItem struct {
	SKU       market.SKU      `json:"sku"`
	Title     string          `json:"title"`
	Unit      market.Unit     `json:"unit,omitempty"`
	Category  market.Category `json:"category,omitempty"`
	Channel   market.Channel  `json:"channel,omitempty"`
	Available int64           `json:"available"`
	Units     int64           `json:"units"`                   // paid pieces of the stretch
	SoldShare float64         `json:"sold_share" cell:"share"` // sold / (sold + left)
	// Turnover is for how many days it lasts at the stretch's pace; not known
	// without a sale.
	Turnover Value `json:"turnover" cell:"number"`
	// Usual is what it is held against; nil when there is nothing.
	Usual   *analysis.Benchmark `json:"usual,omitempty"`
	Slow    bool                `json:"slow"`
	Surplus int64               `json:"surplus"`           // pieces beyond the usual
	Tied    Value               `json:"tied" cell:"money"` // what they cost, in the smallest unit of money
	Price   market.Fen          `json:"price"`             // landed on the channel, -1 when not known
	LastAt  time.Time           `json:"last_at,omitzero"`  // of its last sale in the stretch
	Clear   *pricing.Clearance  `json:"clear,omitempty"`   // nil when no sale tells what a price does
	Floor   market.Fen          `json:"floor"`             // -1 when not known
}
