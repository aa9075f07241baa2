package explain

// RateLedger is the move of a ratio split into what its members' own rates
// account for and what the shift between members does. Rate and Mix sum to
// After - Before within rounding of floats.
type RateLedger struct {
	Before, After float64
	Rate          float64 // mean share x change of rate
	Mix           float64 // members of a rate unlike the whole's grew or shrank
}

// RateAndMix splits the move of Leaf.Actual/Leaf.Base against
// Leaf.Forecast/Leaf.BaseForecast over the leaves: a leaf of share w and rate r
// accounts for mean(w) x change of r, and for (mean(r) - mean of the whole's) x
// change of w. A leaf without a base in one period has no rate there: all of
// it is mix. A whole without a base has the ratio 0.
func RateAndMix(t Table) RateLedger {
	var num0, den0, num1, den1 float64
	for _, x := range t.Leaves {
		num0, den0 = num0+x.Forecast, den0+x.BaseForecast
		num1, den1 = num1+x.Actual, den1+x.Base
	}
	l := RateLedger{Before: over(num0, den0), After: over(num1, den1)}
	middle := (l.Before + l.After) / 2
	for _, x := range t.Leaves {
		w0, w1 := over(x.BaseForecast, den0), over(x.Base, den1)
		if x.Base <= 0 || x.BaseForecast <= 0 {
			l.Mix += over(x.Actual, den1) - over(x.Forecast, den0) - middle*(w1-w0)
			continue
		}
		r0, r1 := x.Forecast/x.BaseForecast, x.Actual/x.Base
		l.Rate += (w0 + w1) / 2 * (r1 - r0)
		l.Mix += ((r0+r1)/2 - middle) * (w1 - w0)
	}
	if den0 == 0 || den1 == 0 {
		l.Mix = l.After - l.Before - l.Rate
	}
	return l
}
