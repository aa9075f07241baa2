package pricing

import (
	"math"

	"shopwatch/internal/market"
)

// Limits of a markdown.
const (
	// mostMarkdown is the largest cut that is reckoned with: of deeper ones an
	// elasticity says nothing.
	mostMarkdown = .50
	// leastMarkdown is the smallest that buyers notice.
	leastMarkdown = .02
)

// What keeps a price from coming down as far as it would have to.
const (
	BoundFloor    = "floor"    // of the item, or its cost
	BoundMarkdown = "markdown" // the largest cut that is reckoned with
)

// Clearance is how far a price must come down for stock to be sold within some days, and
// what that brings. It is an estimate: it rests on an elasticity.
type Clearance struct {
	Days  int        `json:"days"`
	Price market.Fen `json:"price"` // the price now when it sells in time without a cut
	Cut   float64    `json:"cut"`   // of the price now; 0 without one
	// Bound says what keeps the price from coming down far enough; "" when nothing does.
	Bound string `json:"bound,omitempty"`
	// Units are pieces a day at Price; Low and High hold them four times in five.
	Units float64 `json:"units"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Left is what is expected to be left at the end, LeftHolding what is left at
	// the price now.
	Left        int64 `json:"left"`
	LeftHolding int64 `json:"left_holding"`
	// GMV is what is sold of it until then, GMVHolding what the price now brings.
	GMV        market.Fen `json:"gmv"`
	GMVHolding market.Fen `json:"gmv_holding"`
}

// Markdown is the price that sells what is available within some days. The price
// never goes under the floor or the cost, nor by more than half. ok is false when
// nothing sells now: then no elasticity says what a price would do.
func Markdown(c Case, days int) (x Clearance, ok bool) {
	if c.Units <= 0 || c.Price <= 0 || c.Available <= 0 || days <= 0 || c.Elasticity.Mean >= 0 {
		return x, false
	}
	x.Days, x.Price = days, c.Price
	need := float64(c.Available) / float64(days)
	if need > c.Units {
		least, known := c.Least()
		limit := min(c.Price, c.up(market.Fen(math.Ceil(float64(c.Price)*(1-mostMarkdown)))))
		want := market.Fen(float64(c.Price)*math.Pow(need/c.Units, 1/c.Elasticity.Mean)) / c.step() * c.step()
		x.Price = min(want, c.Price)
		if x.Price < limit {
			x.Price, x.Bound = limit, BoundMarkdown
		}
		if known && x.Price < least {
			x.Price, x.Bound = min(c.Price, c.up(least)), BoundFloor
		}
		if x.Bound == "" && float64(c.Price-x.Price) < leastMarkdown*float64(c.Price) {
			x.Price = c.Price // nobody would notice
		}
	}
	x.Cut = float64(c.Price-x.Price) / float64(c.Price)
	x.Units, x.Low, x.High = c.Elasticity.Units(c.Units, float64(x.Price)/float64(c.Price))
	sold := func(units float64) float64 { return min(float64(c.Available), units*float64(days)) }
	x.Left, x.LeftHolding = c.Available-int64(math.Round(sold(x.Units))), c.Available-int64(math.Round(sold(c.Units)))
	x.GMV = market.Fen(math.Round(sold(x.Units) * float64(x.Price)))
	x.GMVHolding = market.Fen(math.Round(sold(c.Units) * float64(c.Price)))
	return x, true
}
