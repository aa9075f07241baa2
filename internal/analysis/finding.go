package analysis

import (
	"time"

	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
)

// Rule names what kind of problem a finding is.
type Rule string

// Rules.
const (
	RuleGMVDrop        Rule = "gmv_drop"
	RuleRivalMove      Rule = "rival_move"
	RuleStockOut       Rule = "stock_out"
	RuleComplaintSpike Rule = "complaint_spike"
	RuleCounterfeit    Rule = "counterfeit"
	RuleBelowFloor     Rule = "below_floor"
	RulePriceConflict  Rule = "price_conflict"
	RuleAdsOut         Rule = "ads_out_of_stock"
	RuleTargetPace     Rule = "target_pace"
	RuleLateShipping   Rule = "late_shipping"
	RuleReturnRate     Rule = "return_rate"
	RuleFunnelDrop     Rule = "funnel_drop"
	RuleSearchDrop     Rule = "search_drop"
	RuleSearchSurge    Rule = "search_surge"
	RuleSellThrough    Rule = "sell_through"
	RuleNoData         Rule = "no_data"
)

// Severity orders findings by how soon someone must act.
type Severity string

// Severities.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Rank is 0 for critical, growing with harmlessness, so that findings sort.
func (s Severity) Rank() int {
	switch s {
	case Critical:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Subject is what a finding is about; members that do not apply are empty.
type Subject struct {
	Unit    market.Unit    `json:"unit,omitempty"`
	SKU     market.SKU     `json:"sku,omitempty"`
	Title   string         `json:"title,omitempty"` // text from outside
	Channel market.Channel `json:"channel,omitempty"`
	Rival   string         `json:"rival,omitempty"`
	// Member is what no other member names, as dimension=key: entry=search,
	// category=..., source=mall_orders.
	Member string `json:"member,omitempty"`
}

// Finding is a problem seen at one moment, with the numbers that show it.
// Exactly one of the pointers is set, as Rule says.
type Finding struct {
	Rule     Rule      `json:"rule"`
	Subject  Subject   `json:"subject"`
	At       time.Time `json:"at"`
	Severity Severity  `json:"severity"`
	// AtRisk is the money lost if nobody acts, per the evidence's own formula.
	AtRisk market.Fen `json:"at_risk"`

	GMV        *GMVDrop        `json:"gmv,omitempty"`
	Price      *RivalMove      `json:"price,omitempty"`
	Stock      *StockOut       `json:"stock,omitempty"`
	Complaints *ComplaintSpike `json:"complaints,omitempty"`
	Reading    *Reading        `json:"reading,omitempty"` // of all other rules
}

// GMVDrop says that paid GMV of a window stands out, in money or in orders,
// below what this weekday and time of day usually bring. Funnel shows where it
// was lost; unknown traffic leaves it nil.
type GMVDrop struct {
	Window   market.Window `json:"window"`
	Actual   market.Fen    `json:"actual"`
	Expected market.Fen    `json:"expected"`
	Lower    market.Fen    `json:"lower"` // of the interval in which ordinary windows lie
	Funnel   *Funnel       `json:"funnel,omitempty"`
	// Paced is set when there were too few comparable days: Expected is then what
	// the hours before were worth.
	Paced *Paced `json:"paced,omitempty"`
}

// Funnel compares the factors of GMV = visitors x conversion x paid per buyer,
// now and as expected, over the whole hours of the window that traffic is known
// for. The parts are amounts of GMV that each factor accounts for; they sum to
// Actual - Expected exactly.
type Funnel struct {
	Visitors, VisitorsExpected     int64
	Conversion, ConversionExpected float64 // paying buyers per visitor
	AOV, AOVExpected               market.Fen
	ByVisitors, ByConversion       market.Fen
	ByAOV                          market.Fen
}

// RivalMove is a fall of a rival's landed price of a matched item against an
// anchor.
type RivalMove struct {
	Before     market.Fen `json:"before"` // the anchor
	Now        market.Fen `json:"now"`
	Own        market.Fen `json:"own"`             // our landed price of the item
	Drip       bool       `json:"drip,omitempty"`  // many small steps rather than one
	Until      time.Time  `json:"until,omitzero"`  // end of a limited-time offer, if known
	Sold7d     int64      `json:"sold_7d"`         // our units of the item in the last 7 days
	Since      time.Time  `json:"since"`           // of the anchor
	Floor      market.Fen `json:"floor,omitempty"` // our floor; 0 when there is none
	FloorKnown bool       `json:"floor_known"`
}

// StockOut is a selling item that is out of stock, or will be at the recent pace.
type StockOut struct {
	Available  int64      `json:"available"`
	PerDay     float64    `json:"per_day"`    // recent units a day, stock-out hours left out
	CoverDays  float64    `json:"cover_days"` // 0 when out of stock
	OutAt      time.Time  `json:"out_at"`     // when it runs out, or ran out
	Inbound    int64      `json:"inbound,omitempty"`
	LeadDays   int64      `json:"lead_days,omitempty"`
	LostPerDay market.Fen `json:"lost_per_day"`
	// Loss is what is expected to be missed until new stock can be there, at most
	// over as many days as the rule counts; none in evidence of before it was known.
	Loss Loss `json:"loss,omitzero"`
	Rank int  `json:"rank"` // place by 7-day paid GMV, from 1
}

// ComplaintSpike is bad reviews and after-sale complaints of an item that are far
// above their usual number.
type ComplaintSpike struct {
	Window   market.Window `json:"window"`
	Count    int64         `json:"count"`
	Expected float64       `json:"expected"`
	P        float64       `json:"p"` // chance of so many if nothing had changed
	Causes   []CauseCount  `json:"causes,omitempty"`
	Quotes   []string      `json:"quotes,omitempty"` // text from outside, at most 3
}

// CauseCount is how many complaints name a cause of package voice.
type CauseCount = voice.CauseCount
