package metric

import "shopwatch/internal/market"

// Dim is a dimension that sums can be split by.
type Dim string

// Dimensions. None leaves the total alone.
const (
	None       Dim = ""
	ByHour     Dim = "hour" // hours since the business day began, "00".."24"
	ByDay      Dim = "day"
	ByUnit     Dim = "unit"
	ByChannel  Dim = "channel"
	ByBand     Dim = "band"
	ByRegion   Dim = "region"
	ByCategory Dim = "category"
	BySKU      Dim = "sku"
	ByEntry    Dim = "entry"  // how visitors came in: search, recommendation, ads, live
	ByReason   Dim = "reason" // why a refund was asked for
	ByTier     Dim = "tier"   // of members; "none" is everybody else
	ByPlan     Dim = "plan"   // of advertising
	ByWord     Dim = "word"   // searched for
)

// Dims lists the dimensions of sales in the order of help; the others belong
// to single feeds.
var Dims = []Dim{ByUnit, ByChannel, ByBand, ByRegion, ByCategory, BySKU, ByHour, ByDay}

// Filter keeps only matching facts; the zero Filter keeps all. A fact whose
// value is not known matches no set member.
type Filter struct {
	Unit     market.Unit     `json:"unit,omitempty"`
	Channel  market.Channel  `json:"channel,omitempty"`
	Band     string          `json:"band,omitempty"`
	Region   market.Region   `json:"region,omitempty"`
	Category market.Category `json:"category,omitempty"`
	SKU      market.SKU      `json:"sku,omitempty"`
}

// OnlyUnit reports whether f is empty apart from Unit, so that a target of the
// shop or of a unit can be compared with what it keeps.
func (f Filter) OnlyUnit() bool { return f == Filter{Unit: f.Unit} }
