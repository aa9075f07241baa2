package pricing

import (
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Quote is a price at a moment.
type Quote struct {
	At    time.Time
	Price market.Fen
}

// Clean orders quotes by time and leaves out what says nothing: prices that are
// not above 0, and all but the last of several at one moment.
func Clean(quotes []Quote) []Quote {
	out := slices.DeleteFunc(slices.Clone(quotes), func(q Quote) bool { return q.Price <= 0 })
	slices.SortStableFunc(out, func(a, b Quote) int { return a.At.Compare(b.At) })
	n := 0
	for i, q := range out {
		if i+1 < len(out) && out[i+1].At.Equal(q.At) {
			continue
		}
		out[n] = q
		n++
	}
	return out[:n]
}

// Drop is a fall of a price from one quote to the next.
type Drop struct {
	At          time.Time
	Before, Now market.Fen
}

// Share is the fall as a share of the price before.
func (d Drop) Share() float64 { return float64(d.Before-d.Now) / float64(d.Before) }

// Drops finds each fall of at least a share against the quote before, however
// long ago that was. The quotes may be in any order (see Clean).
func Drops(quotes []Quote, least float64) []Drop {
	var out []Drop
	q := Clean(quotes)
	for i := 1; i < len(q); i++ {
		if below(q[i].Price, q[i-1].Price, least) {
			out = append(out, Drop{At: q[i].At, Before: q[i-1].Price, Now: q[i].Price})
		}
	}
	return out
}

// below reports whether a price lies below an anchor by at least a share, to the
// hundredth of a percent: 85 is 15 % below 100 whatever floats make of it.
func below(price, anchor market.Fen, share float64) bool {
	const whole = 10_000
	return anchor > 0 && int64(anchor-price)*whole >= int64(math.Round(share*whole))*int64(anchor)
}

// middle is the median price, rounded; 0 without quotes.
func middle(quotes []Quote) market.Fen {
	p := make([]market.Fen, len(quotes))
	for i, q := range quotes {
		p[i] = q.Price
	}
	slices.Sort(p)
	n := len(p)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return p[n/2]
	}
	return market.Fen(math.Round(float64(p[n/2-1]+p[n/2]) / 2))
}
