package report

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// StockShow chooses which stock lines an answer lists.
type StockShow string

// What Stock can list.
const (
	StockUrgent StockShow = ""    // out of stock or low, by the money that is expected to be missed
	StockOut    StockShow = "out" // out of stock and selling
	StockLow    StockShow = "low" // cover below the limit, not yet out
	StockAll    StockShow = "all"
)

// StockQuery asks what is out of stock or soon will be.
type StockQuery struct {
	Now     time.Time
	Show    StockShow
	Unit    market.Unit
	Channel market.Channel
	SKU     market.SKU
	// Cover is the limit in days below which cover counts as low; 0 means 3.
	Cover float64
	Top   int // 0 lists all
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
}

// Stock is what can be sold now, one line per item and channel.
type Stock struct {
	Shop  market.ShopID `json:"shop"`
	At    time.Time     `json:"at"`
	Data  Coverage      `json:"data"`
	Items []StockItem   `json:"items"`
	More  int           `json:"more,omitempty"`

	// Counts are over all lines that the query's unit, channel and SKU keep.
	Listed int `json:"listed"`
	// Within is how many days of cover count as low; 0 for the usual three.
	Within     float64    `json:"within,omitempty"`
	Out        int        `json:"out"` // out of stock and sold in the last four weeks
	Low        int        `json:"low"`
	LostPerDay market.Fen `json:"lost_per_day"` // of all that are out
	// Loss is what all that are out or low are expected to miss until new stock
	// can be there; its range takes items for independent of each other.
	Loss analysis.Loss `json:"loss"`
}

// StockItem is the stock of one item on one channel.
type StockItem struct {
	SKU       market.SKU     `json:"sku"`
	Title     string         `json:"title"`
	Unit      market.Unit    `json:"unit,omitempty"`
	Channel   market.Channel `json:"channel,omitempty"`
	Available int64          `json:"available"`
	// PerDay is paid pieces a day over the last 7 days, time out of stock left out;
	// Earlier says that it was out all the time and the pace is of the three weeks
	// before.
	PerDay  float64 `json:"per_day"`
	Earlier bool    `json:"earlier,omitempty"`
	// Cover is days until it runs out at that pace, faster or slower on days for
	// which the calendar plans more or less; unknown without sales.
	Cover      float64   `json:"cover"`
	CoverKnown bool      `json:"cover_known"`
	Out        bool      `json:"out"`
	OutAt      time.Time `json:"out_at,omitzero"` // when it ran out, or will
	Inbound    int64     `json:"inbound,omitempty"`
	// ComesBy is about when what is on its way should be there: its lead time
	// after it was first seen, later when that is over, never before tomorrow.
	ComesBy    time.Time     `json:"comes_by,omitzero"`
	LeadDays   int64         `json:"lead_days,omitempty"`
	LostPerDay market.Fen    `json:"lost_per_day"` // pace x price, when out
	Loss       analysis.Loss `json:"loss"`         // until an order placed now can be there
	GMV7d      market.Fen    `json:"gmv_7d"`
	Rank       int           `json:"rank"` // by 7-day paid GMV of item and channel; 0 without sales
}
