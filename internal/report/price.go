package report

import (
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
	"shopwatch/storage/series"
)

// PriceShow chooses which matched items a price answer lists.
type PriceShow string

// What Price can list.
const (
	PriceAll   PriceShow = ""      // every matched item
	PriceMoves PriceShow = "moves" // only items with a rival move in the last 7 days
	PriceAbove PriceShow = "above" // only items that a rival sells for less
)

// PriceQuery asks how our landed prices stand against matched rival offers.
type PriceQuery struct {
	Now   time.Time
	Show  PriceShow
	SKU   market.SKU
	Unit  market.Unit
	Rival string
	Top   int // items to list, 0 lists all
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
	// Series holds what our items cost before; without it only today's price is
	// known. It is read when SKU is set.
	Series *series.Store
}

// Price is our matched items with own and rival prices, by 7-day paid GMV.
type Price struct {
	Shop  market.ShopID `json:"shop"`
	At    time.Time     `json:"at"`
	Data  Coverage      `json:"data"`
	Items []PriceItem   `json:"items"`
	More  int           `json:"more,omitempty"` // listed nowhere because of Top

	// Counts are over all items that the query's unit, SKU and rival keep.
	Matched  int `json:"matched"`
	Above    int `json:"above"` // a rival is cheaper
	Moved24h int `json:"moved_24h"`
	Moved7d  int `json:"moved_7d"`
	// Core is how the best sellers among them stand; nil without any.
	Core *CoreAdvantage `json:"core,omitempty"`

	// Trail is how the prices came to this, when SKU names one item.
	Trail *PriceTrail `json:"trail,omitempty"`
}

// CoreAdvantage is how much of the best sellers' sales stand at a better price than
// the cheapest rival that has the item.
type CoreAdvantage struct {
	Items    int `json:"items"`    // of the first 50 by 7-day GMV, those with a price and such a rival
	Cheapest int `json:"cheapest"` // of these, where no rival is below us
	Kept     int `json:"kept"`     // where we are at least Least below
	// Least is the advantage that they should have, as a share of the rival's price.
	Least float64 `json:"least"`

	GMV         market.Fen `json:"gmv"` // of 7 days
	CheapestGMV market.Fen `json:"cheapest_gmv"`
	KeptGMV     market.Fen `json:"kept_gmv"`
}

// PriceItem is one of our items with its rivals.
type PriceItem struct {
	SKU   market.SKU  `json:"sku"`
	Title string      `json:"title"`
	Unit  market.Unit `json:"unit,omitempty"`
	Own   []OwnPrice  `json:"own"` // in the shop's order of channels
	// Landed is our lowest landed price over listed channels; unknown when
	// LandedKnown is false.
	Landed      market.Fen   `json:"landed"`
	LandedKnown bool         `json:"landed_known"`
	Rivals      []RivalPrice `json:"rivals"` // cheapest first
	// Unsure are offers that are not sure enough to be the same item. They count
	// nowhere, and no alert is about them.
	Unsure []RivalPrice `json:"unsure,omitempty"`
	// UnitPrice is our lowest landed price per 100 ml or g, 0 when the title
	// names no size.
	UnitPrice  market.Fen `json:"unit_price,omitempty"`
	UnitOf     string     `json:"unit_of,omitempty"` // "ml" or "g"
	Floor      market.Fen `json:"floor"`
	FloorKnown bool       `json:"floor_known"`
	GMV7d      market.Fen `json:"gmv_7d"`
	Units7d    int64      `json:"units_7d"`
	Rank       int        `json:"rank"` // of the item by 7-day paid GMV; 0 without sales
}

// OwnPrice is our price of an item on one channel.
type OwnPrice struct {
	Channel  market.Channel `json:"channel"`
	Landed   market.Fen     `json:"landed"` // for one piece: deal minus coupon, spread over a bundle
	List     market.Fen     `json:"list,omitempty"`
	Coupon   market.Fen     `json:"coupon,omitempty"`
	Gift     string         `json:"gift,omitempty"` // text from outside
	Parts    pricing.Parts  `json:"parts"`          // of Landed
	PromoEnd time.Time      `json:"promo_end,omitzero"`
	Listed   bool           `json:"listed"`

	terms pricing.Terms
}

// RivalPrice is a rival's matched offer.
type RivalPrice struct {
	Rival string `json:"rival"`
	Item  string `json:"item"`
	Title string `json:"title,omitempty"` // text from outside
	Match int64  `json:"match"`           // how sure it is the same item, in basis points
	// OtherSize says that the titles name different sizes.
	OtherSize bool          `json:"other_size,omitempty"`
	Landed    market.Fen    `json:"landed"`
	Coupon    market.Fen    `json:"coupon,omitempty"`
	Parts     pricing.Parts `json:"parts"` // of Landed
	Gift      string        `json:"gift,omitempty"`
	UnitPrice market.Fen    `json:"unit_price,omitempty"` // per 100 of UnitOf; 0 when the title names no size
	UnitOf    string        `json:"unit_of,omitempty"`
	// Gap is our landed price minus the rival's: above 0 they are cheaper.
	Gap market.Fen `json:"gap"`
	// Advantage is how far we are below the rival, as a share of the rival's
	// price; negative when they are cheaper.
	Advantage float64    `json:"advantage" cell:"share"`
	GapKnown  bool       `json:"gap_known"`
	PromoEnd  time.Time  `json:"promo_end,omitzero"`
	InStock   bool       `json:"in_stock"`
	Move24h   *PriceMove `json:"move_24h,omitempty"`
	Move7d    *PriceMove `json:"move_7d,omitempty"`
}

// PriceMove is how a rival's landed price has changed.
type PriceMove struct {
	Before market.Fen `json:"before"`              // 24 h ago, or the median of the last 7 days
	Change float64    `json:"change" cell:"share"` // of Before; negative is a cut
	Drip   bool       `json:"drip,omitempty"`
}
