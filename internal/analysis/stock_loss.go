package analysis

import (
	"math"

	"shopwatch/internal/market"
)

// Loss is the sales that are expected to be missed for want of stock, in money,
// from now until new stock can be there.
type Loss struct {
	Money market.Fen `json:"money"`
	// Low and High hold what is missed four times in five.
	Low  market.Fen `json:"low"`
	High market.Fen `json:"high"`
	Days float64    `json:"days"` // that were looked ahead
}

// paceDrift is by how much the pace of the coming days differs from that of the
// last seven, as a share of it, for reasons that counting pieces does not show.
// Chosen on every other series of two public sets of sales; TestEvalLossRange
// measures the range on the rest.
const paceDrift = .1

// levels is into how many equally likely paces the uncertainty of a pace is cut.
const levels = 20

// Loss is what the line misses within so many days: its demand by pace and
// calendar less what is there, and less what is on its way from the day on which
// that arrives. How fast it will sell is uncertain, by how few pieces its pace
// was counted from and by paceDrift; the mean and the range are over equally
// likely paces. It is 0 of a line that sells nothing or has no price.
func (l *StockLine) Loss(days float64) Loss {
	out := Loss{Days: days}
	if l.PerDay <= 0 || l.Price <= 0 || days <= 0 {
		return out
	}
	arrives := days
	if l.Inbound > 0 {
		arrives = min(days, max(0, l.Comes))
	}
	first, later := l.demand(0, arrives), l.demand(arrives, days)
	missed := func(level float64) float64 {
		have, want := float64(max(0, l.Available)), level*first
		miss, left := max(0, want-have), max(0, have-want)
		return miss + max(0, level*later-left-float64(max(0, l.Inbound)))
	}
	money := func(pieces float64) market.Fen { return market.Fen(math.Round(pieces * float64(l.Price))) }
	v := l.spread(first + later)
	mean, sum := 0.0, 0.0
	for i := range levels {
		mean += gamma(v, (float64(i)+.5)/levels) / levels
	}
	for i := range levels {
		sum += missed(gamma(v, (float64(i)+.5)/levels) / mean)
	}
	out.Money, out.Low, out.High = money(sum/levels), money(missed(gamma(v, .1))), money(missed(gamma(v, .9)))
	return out
}

// demand is the pieces that would be sold between two moments in days from now.
func (l *StockLine) demand(from, to float64) float64 {
	if len(l.Ahead) == 0 {
		return l.PerDay * (to - from)
	}
	sum := 0.0
	for day := math.Floor(from); day < to; day++ {
		factor := l.Ahead[min(int(day), len(l.Ahead)-1)]
		sum += factor * (min(to, day+1) - max(from, day))
	}
	return l.PerDay * sum
}

// spread is the variance of demand, of want pieces expected, as a share of the
// squared mean: of the count that the pace is from, of its drift, and of the
// coming count itself.
func (l *StockLine) spread(want float64) float64 {
	counted := float64(l.Units)
	if counted <= 0 {
		counted = 7 * l.PerDay
	}
	return 1/max(1, counted) + paceDrift*paceDrift + 1/max(1, want)
}

// gamma is about the quantile p of a gamma distribution of mean 1 and a variance
// (Wilson and Hilferty 1931, PNAS 17:684): how a pace stands to the expected one.
func gamma(variance, p float64) float64 {
	z := math.Sqrt2 * math.Erfinv(2*p-1)
	root := 1 - variance/9 + z*math.Sqrt(variance)/3
	return max(.001, root*root*root)
}
