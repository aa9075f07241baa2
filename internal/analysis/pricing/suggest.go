package pricing

import (
	"math"
	"slices"

	"shopwatch/internal/market"
)

// Case is an item on a channel whose price is thought about. Amounts with a flag
// beside them are meaningless without it.
type Case struct {
	Price      market.Fen // landed, now
	Step       market.Fen // prices are whole multiples of it; 0 is 1
	Units      float64    // a day, at this price
	Elasticity Elasticity

	Rival, Floor, Cost                market.Fen // lowest credible rival in stock
	RivalKnown, FloorKnown, CostKnown bool
	Core                              bool // must keep Advantage below the rival
	Available, Inbound                int64
	LeadDays                          float64
}

// Figures of the team, as defaults.
const (
	Advantage  = .15 // of a core item over its rivals
	coverLong  = 60  // days of cover beyond which stock presses
	mostRaise  = .20
	mostCut    = .30
	horizon    = 14  // days over which an option is judged
	worthwhile = .02 // least gain over holding the price
)

// Ids of options.
const (
	Hold     = "hold"
	Match    = "match"    // the rival's price
	Undercut = "undercut" // the advantage that a core item should have
	Raise    = "raise"    // rivals leave room
	Stretch  = "stretch"  // sell slower until the next delivery
	Clear    = "clear"    // sell what stock presses
)

// Option is a price with what it would bring a day.
type Option struct {
	ID    string     `json:"id"`
	Price market.Fen `json:"price"`
	// Bound: the price that was meant lies under the floor or the cost, this is
	// the lowest that is not.
	Bound bool `json:"bound,omitempty"`
	// Units are pieces a day, what stock allows; Low and High hold them four
	// times in five.
	Units float64    `json:"units"`
	Low   float64    `json:"low"`
	High  float64    `json:"high"`
	GMV   market.Fen `json:"gmv"`
	// Profit is GMV less cost; meaningless unless ProfitKnown.
	Profit      market.Fen `json:"profit"`
	ProfitKnown bool       `json:"profit_known"`
	Cover       float64    `json:"cover"` // days that the stock lasts; 0 with none
	Best        bool       `json:"best,omitempty"`
}

// Least is the lowest price that is allowed: the floor, and no less than the
// cost. ok is false when neither is known.
func (c Case) Least() (least market.Fen, ok bool) {
	if c.FloorKnown {
		least, ok = c.Floor, true
	}
	if c.CostKnown && c.Cost > least {
		least, ok = c.Cost, true
	}
	return least, ok
}

// Options are the prices worth thinking about, holding first, each with its
// effect. None lies under the floor or under the cost. The best brings most
// profit a day over the next two weeks as far as the stock lasts (most GMV where
// the cost is not known); holding is best unless another is clearly better.
func Options(c Case) []Option {
	out := []Option{c.option(Hold, c.Price)}
	add := func(id string, price float64) {
		price = min(max(price, float64(c.Price)*(1-mostCut)), float64(c.Price)*(1+mostRaise))
		o := c.option(id, c.rounded(price))
		if least, ok := c.Least(); ok && o.Price < least {
			if least >= c.Price {
				return
			}
			o = c.option(id, c.up(least))
			o.Bound = true
		}
		if o.Price != c.Price && !slices.ContainsFunc(out, func(x Option) bool { return x.Price == o.Price }) {
			out = append(out, o)
		}
	}
	price, rival := float64(c.Price), float64(c.Rival)
	if c.RivalKnown {
		if c.Rival < c.Price {
			add(Match, rival)
		}
		if c.Core && price > rival*(1-Advantage) {
			add(Undercut, rival*(1-Advantage))
		}
		if keep := c.kept(); price < keep*(1-worthwhile) {
			add(Raise, keep)
		}
	}
	if c.Units > 0 && c.Elasticity.Mean < 0 {
		cover := float64(max(0, c.Available)) / c.Units
		switch {
		case c.Available > 0 && cover < c.LeadDays:
			add(Stretch, price*math.Pow(max(.2, cover/c.LeadDays), 1/c.Elasticity.Mean))
		case cover > coverLong:
			add(Clear, price*math.Pow(cover/coverLong, 1/c.Elasticity.Mean))
		}
	}
	out[best(out)].Best = true
	return out
}

// best is the index of the option that is worth most; holding, the first, unless
// another is clearly better.
func best(options []Option) int {
	top := 0
	for i := range options {
		if options[i].worth() > options[top].worth() {
			top = i
		}
	}
	if hold := options[0].worth(); options[top].worth()-hold < worthwhile*math.Abs(hold) {
		return 0
	}
	return top
}

// kept is the highest price that keeps what we want to be below the rival.
func (c Case) kept() float64 {
	if c.Core {
		return float64(c.Rival) * (1 - Advantage)
	}
	return float64(c.Rival) * (1 - worthwhile)
}

func (o Option) worth() float64 {
	if o.ProfitKnown {
		return float64(o.Profit)
	}
	return float64(o.GMV)
}

func (c Case) option(id string, price market.Fen) Option {
	o := Option{ID: id, Price: price}
	mean, low, high := c.Elasticity.Units(c.Units, float64(price)/float64(max(1, c.Price)))
	if mean > 0 {
		o.Cover = float64(max(0, c.Available)) / mean
	}
	most := float64(max(0, c.Available)+max(0, c.Inbound)) / horizon
	o.Units, o.Low, o.High = min(mean, most), min(low, most), min(high, most)
	o.GMV = market.Fen(o.Units*float64(price) + .5)
	if c.CostKnown {
		o.Profit, o.ProfitKnown = market.Fen(math.Round(o.Units*float64(price-c.Cost))), true
	}
	return o
}

func (c Case) step() market.Fen { return max(1, c.Step) }

func (c Case) rounded(price float64) market.Fen {
	s := c.step()
	return market.Fen(math.Round(price/float64(s))) * s
}

func (c Case) up(price market.Fen) market.Fen {
	s := c.step()
	return (price + s - 1) / s * s
}
