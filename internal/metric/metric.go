package metric

import (
	"slices"

	"shopwatch/internal/market"
)

// Unit is what a metric's value is counted in.
type Unit string

// Units of values. Money is in minor units, Ratio is 1 for 100 %.
const (
	Money Unit = "money"
	Count Unit = "count"
	Ratio Unit = "ratio"
	Days  Unit = "days"
	Times Unit = "times"    // a multiple: 2.3 times
	Span  Unit = "duration" // milliseconds
)

// Better is the direction that is welcome.
type Better string

// Directions.
const (
	Up      Better = "up"
	Down    Better = "down"
	Neither Better = "neither"
)

// Adds says how values of parts make the value of the whole.
type Adds string

// Ways of adding up.
const (
	BySum      Adds = "sum"      // parts add up
	ByDistinct Adds = "distinct" // parts may share members: the whole is counted anew
	ByRatio    Adds = "ratio"    // computed from sums, never averaged
)

// Metric is an entry of the dictionary.
type Metric struct {
	Key     string      `json:"key"`
	Name    market.Name `json:"name"`
	Unit    Unit        `json:"unit"`
	Better  Better      `json:"better"`
	Adds    Adds        `json:"adds"`
	Formula market.Name `json:"formula"` // in words
	Tables  []string    `json:"tables"`  // where the facts come from
	Owner   string      `json:"owner"`   // the team that acts on it: operations, pricing, supply, service

	// of computes the value from sums; nil for metrics that a report computes
	// item by item.
	of func(Sums) (float64, bool)
}

// Of computes the metric from sums. ok is false when a feed behind it is not
// known, when its denominator is 0, and for metrics that live on items
// (cover_days, price_gap and the like).
func (m Metric) Of(s Sums) (value float64, ok bool) {
	if m.of == nil {
		return 0, false
	}
	return m.of(s)
}

// Find returns the metric of that key, and false when there is none.
func Find(key string) (Metric, bool) {
	for _, m := range All {
		if m.Key == key {
			return m, true
		}
	}
	return Metric{}, false
}

// Default is the GMV that an answer means unless it says otherwise.
const Default = "gmv_paid"

// All is the dictionary in the order of help.
var All = slices.Concat(sales, funnel, people, promotion, afterSale, goods)
