package analysis

import (
	"time"

	"shopwatch/internal/market"
)

// Rules is the limits of all rules.
type Rules struct {
	GMV        GMVRule
	Price      PriceRule
	Stock      StockRule
	Complaints ComplaintRule
	Money      Materiality
	// Off switches rules off: they neither open nor end anything.
	Off map[Rule]bool
	// Specs is every rule in the order in which they run; nil is Registry.
	Specs []Spec `json:",omitempty"`
}

// All is every rule in order.
func (r Rules) All() []Spec {
	if r.Specs == nil {
		return Registry()
	}
	return r.Specs
}

// Materiality turns money at risk into severity, as shares of the shop's median
// daily paid GMV over the last four weeks, so that the same figures suit a shop
// of any size and currency.
type Materiality struct {
	Critical float64 // 0.03: 18,000 yuan for a shop that sells 600,000 a day
	Warning  float64 // 0.006
	Floor    float64 // 0.002: of less nothing is said
}

// GMVRule finds windows whose paid GMV stands out below what is usual.
type GMVRule struct {
	// Windows are looked at, shortest first, each ending where the data ends.
	Windows []time.Duration
	// MinSamples is how many comparable earlier windows are needed.
	MinSamples int
	// Drop is the least shortfall, as a share of what is expected; a problem
	// that is open already is over only when it falls below Clear.
	Drop, Clear float64
	// Z is how many robust standard deviations below counts as standing out.
	Z float64
	// MinOrders is the least expected number of paid orders in a window: quiet
	// hours say nothing.
	MinOrders float64
	// Explains is the share of the shop's shortfall at which a unit is named
	// instead of the shop.
	Explains float64
}

// PriceRule finds rival price cuts.
type PriceRule struct {
	MinMatch int64 // basis points of confidence that the items are the same
	Core     int   // only our items up to this rank by 7-day paid GMV
	// Cut is the least fall of the landed price, against the median of the last
	// 7 days and against the highest of the last 24 hours.
	Cut float64
	// Drip is the least fall over 7 days made of steps smaller than Cut.
	Drip float64
	// Back: an open problem is over when the price is within this share of
	// the anchor again.
	Back float64
	// Above is how far above the rival our price must be for the severity to
	// rise one step.
	Above float64
	// Days of sales count as at risk.
	Days float64
}

// StockRule finds selling items without stock.
type StockRule struct {
	Hits  int     // items up to this rank are watched for low cover
	Wider int     // items up to this rank are watched for being out, from Warning up
	Cover float64 // days; less is low
	// Clear: an open problem is over when cover is at least this many days.
	Clear float64
	Days  float64 // at most so many days without stock count as at risk
}

// ComplaintRule finds items with far more complaints than usual.
type ComplaintRule struct {
	Min   int64   // fewer complaints in 24 hours are never a spike
	P     float64 // largest chance of so many if nothing had changed
	False float64 // largest share of false spikes among those of one look at all items
	Many  int64   // from so many on it is at least a warning
}

// Defaults are the limits that suit a shop of a few hundred to some ten thousand
// orders a day. They are meant to give a shop of 600,000 yuan a day about three
// to twelve alerts a day.
func Defaults() Rules {
	return Rules{
		GMV: GMVRule{
			Windows: []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour}, MinSamples: 4,
			Drop: 0.30, Clear: 0.15, Z: 3.3, MinOrders: 60, Explains: 0.7,
		},
		Price: PriceRule{MinMatch: 8000, Core: 200, Cut: 0.05, Drip: 0.10, Back: 0.02, Above: 0.10, Days: 3},
		Stock: StockRule{Hits: 50, Wider: 200, Cover: 1, Clear: 2, Days: 3},
		Complaints: ComplaintRule{
			Min: 4, P: 1e-4, False: 0.05, Many: 8,
		},
		Money: Materiality{Critical: 0.03, Warning: 0.006, Floor: 0.002},
	}
}

// Severity of money at risk in a shop that usually sells daily. material is
// false below the floor. A shop whose usual day is not known gets Info.
func (m Materiality) Severity(risk, daily market.Fen) (s Severity, material bool) {
	if daily <= 0 {
		return Info, risk > 0
	}
	switch share := float64(risk) / float64(daily); {
	case share >= m.Critical:
		return Critical, true
	case share >= m.Warning:
		return Warning, true
	default:
		return Info, share >= m.Floor
	}
}

// raised is one step more severe.
func (s Severity) raised() Severity {
	if s == Info {
		return Warning
	}
	return Critical
}
