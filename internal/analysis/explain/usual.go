package explain

import "math"

// fewRatios is how many earlier moves are needed to say what is usual.
const fewRatios = 4

// leastSpread keeps a very even history from making every move remarkable.
const leastSpread = 0.005

// Usual is where a measure that was before lies now in 19 of 20 cases when
// nothing has changed, by how it moved over as long a time before: ratios are
// the earlier moves as now/before, from independent or overlapping stretches.
// Ratios that are not above 0 are left out. Of fewer than four nothing is said.
// The interval is that of Student's distribution on the logarithms, around no
// change.
func Usual(before float64, ratios []float64) (Interval, bool) {
	sum, n := 0.0, 0.0
	for _, r := range ratios {
		if r > 0 && !math.IsInf(r, 0) {
			sum += math.Log(r) * math.Log(r)
			n++
		}
	}
	if n < fewRatios || before <= 0 {
		return Interval{}, false
	}
	reach := studentT(n) * max(leastSpread, math.Sqrt(sum/n))
	return Interval{Lower: before * math.Exp(-reach), Upper: before * math.Exp(reach)}, true
}

// studentT is the 97.5 % quantile of Student's distribution, by the expansion
// of Cornish and Fisher around the normal's; within 0.02 from 4 degrees of
// freedom on (Abramowitz and Stegun 26.7.5).
func studentT(df float64) float64 {
	const z = 1.959964
	z3, z5, z7 := z*z*z, z*z*z*z*z, z*z*z*z*z*z*z
	return z + (z3+z)/(4*df) + (5*z5+16*z3+3*z)/(96*df*df) + (3*z7+19*z5+17*z3-15*z)/(384*df*df*df)
}
