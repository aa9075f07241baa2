package report

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// RestockQuery asks what to order.
type RestockQuery struct {
	Now     time.Time
	Unit    market.Unit
	Channel market.Channel
	SKU     market.SKU // its lines are listed whether an order is due or not
	// Service is the wanted fill rate; 0 means 0.98.
	Service float64
	Review  int // days from one look at the stock to the next; 0 means 7
	Top     int // 0 lists all
	AsOf    market.Revision
	Fresh   Freshness
	Cache   *Cache // may be nil
}

// Restock is what to order, one line per item and channel, most urgent first.
type Restock struct {
	Shop    market.ShopID `json:"shop"`
	At      time.Time     `json:"at"` // of the picture of stock
	Data    Coverage      `json:"data"`
	Service float64       `json:"service"`
	Review  int           `json:"review"`

	Items []RestockItem `json:"items"`
	More  int           `json:"more,omitempty"`

	// Counts are over all lines that the query's unit, channel and SKU keep.
	Selling int        `json:"selling"` // listed lines with sales in the period
	Due     int        `json:"due"`     // of which an order is due
	Short   int        `json:"short"`   // of which too few days are known to say
	Cost    market.Fen `json:"cost"`    // of the orders that are due, where cost is known
	// CostPart says that the cost of some of them is not known.
	CostPart bool `json:"cost_part,omitempty"`
	// AtRisk is that of the orders that are due, items taken for independent.
	AtRisk analysis.Loss `json:"at_risk"`
}

// RestockItem is a line with what to order and why.
type RestockItem struct {
	SKU       market.SKU     `json:"sku"`
	Title     string         `json:"title"`
	Unit      market.Unit    `json:"unit,omitempty"`
	Channel   market.Channel `json:"channel,omitempty"`
	Available int64          `json:"available"`
	Inbound   int64          `json:"inbound"`

	// TooFew says that fewer than seven ordinary days of sales are known:
	// nothing below is.
	TooFew bool       `json:"too_few,omitempty"`
	PerDay float64    `json:"per_day"` // pieces on an ordinary day
	UpTo   int64      `json:"up_to"`   // to bring available and inbound up to: the sum of Why
	Why    RestockWhy `json:"why"`
	// LeadAssumed: the catalogue does not say how long an order takes.
	LeadAssumed bool       `json:"lead_assumed,omitempty"`
	LeadDays    float64    `json:"lead_days"`
	MOQ         int64      `json:"moq,omitempty"`
	Pack        int64      `json:"pack,omitempty"`
	Quantity    int64      `json:"quantity"`       // to order now; 0 when nothing is due
	Cost        market.Fen `json:"cost,omitempty"` // of Quantity; 0 when not known
	// AtRisk is what is missed if nothing is ordered now, until what is ordered at
	// the next look can be there; not known of what has no price.
	AtRisk      analysis.Loss `json:"at_risk"`
	AtRiskKnown bool          `json:"at_risk_known"`
	// By is the last day to order for the stock to last, never before today;
	// 0 when that is a year off or nothing sells.
	By market.Day `json:"by,omitzero"`
	// Regions divides Quantity over the warehouses' regions; nil when it is 0 or
	// orders do not say where they go.
	Regions []RegionPart `json:"regions,omitempty"`
	// OutBy is the day on which it has run out with an even chance, EarlyOut the
	// one with a chance of one in five, without what is on the way. 0 when that
	// is more than two months off.
	OutBy    market.Day `json:"out_by,omitzero"`
	EarlyOut market.Day `json:"early_out,omitzero"`
}

// RestockWhy is what the level to order up to is made of, in pieces.
type RestockWhy struct {
	Plain        float64 `json:"plain"`    // of ordinary days until the order after this one can have come
	Campaign     float64 `json:"campaign"` // that campaign days among them add
	Safety       float64 `json:"safety"`
	CampaignDays int     `json:"campaign_days,omitempty"`
	// Replayed is the share of demand served in the replay that found Safety; 0
	// when the history is too short for one and Safety is a formula's.
	Replayed float64 `json:"replayed,omitempty"`
	Days     int     `json:"days"` // ordinary days of sales that are known
}
