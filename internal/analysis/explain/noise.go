package explain

import (
	"math"
	"slices"
)

// fewLeaves is below how many leaves their noise cannot be told.
const fewLeaves = 12

// noise is how far a leaf lies from its forecast when nothing has changed: a
// standard deviation of scale x size^power, estimated robustly so that the
// leaves that did change do not count as noise. The size is the larger of
// forecast and actual, as either may be the one that is off. Where the leaves
// bring a variance, it is scale times the root of that. Center is the move that
// leaves have in common, as actual over forecast: a shop that sells more
// everywhere is not noisier for it.
type noise struct {
	scale, power, center float64
	given                bool // the leaves bring a variance
	known                bool
}

// unit is the noise of a leaf at a scale of 1.
func (n noise) unit(x Leaf) float64 {
	if n.given {
		return math.Sqrt(max(0, x.Variance))
	}
	return math.Pow(max(0, x.size()), n.power)
}

func (x Leaf) size() float64 { return max(x.Forecast, x.Actual) }

// leafNoise chooses between noise like that of counts (power 1/2) and in
// proportion to the size (power 1), by the likelihood of Laplace errors, unless
// the leaves bring a variance. Then they may vary more than that, not less.
func leafNoise(leaves []Leaf) noise {
	center := commonMove(leaves)
	if slices.ContainsFunc(leaves, func(x Leaf) bool { return x.Variance > 0 }) {
		n := noise{center: center, given: true}
		spread, _ := n.fit(leaves)
		n.scale, n.known = max(1, spread/normalMedian), true
		return n
	}
	best, least := noise{}, math.Inf(1)
	for _, power := range []float64{0.5, 1} {
		n := noise{center: center, power: power}
		spread, cost := n.fit(leaves)
		if spread > 0 && cost < least {
			n.scale, n.known = spread/normalMedian, true
			best, least = n, cost
		}
	}
	return best
}

// normalMedian is the median of the absolute value of a standard normal.
const normalMedian = 0.6745

// fit is the median deviation in units of the noise, and what Laplace errors of
// that spread cost; 0 of fewer than fewLeaves.
func (n noise) fit(leaves []Leaf) (spread, cost float64) {
	var r []float64
	for _, x := range leaves {
		if u := n.unit(x); u > 0 {
			r = append(r, math.Abs(x.Actual-n.center*x.Forecast)/u)
		}
	}
	if len(r) < fewLeaves {
		return 0, 0
	}
	spread = median(r)
	if spread <= 0 {
		return 0, 0
	}
	for _, x := range leaves {
		if u := n.unit(x); u > 0 {
			cost += math.Log(spread*u) + math.Abs(x.Actual-n.center*x.Forecast)/(spread*u)
		}
	}
	return spread, cost
}

// commonMove is the median of actual over forecast, unless about as many leaves
// have not moved at all: then some slices have, and the others have nothing in
// common with them.
func commonMove(leaves []Leaf) float64 {
	var r []float64
	for _, x := range leaves {
		if x.Forecast > 0 && x.Actual >= 0 {
			r = append(r, x.Actual/x.Forecast)
		}
	}
	if len(r) == 0 {
		return 1
	}
	middle := median(r)
	away := make([]float64, len(r))
	for i, v := range r {
		away[i] = math.Abs(v - middle)
	}
	width := median(away) / 2
	still, moved := 0, 0
	for i, v := range r {
		if math.Abs(v-1) <= width {
			still++
		}
		if away[i] <= width {
			moved++
		}
	}
	if 10*still >= 7*moved {
		return 1
	}
	return middle
}

// z is how far leaves lie from their forecast times center, in standard
// deviations of their noise.
func (n noise) z(leaves []Leaf, in []int32, center float64) float64 {
	dev, variance := 0.0, 0.0
	for _, i := range in {
		dev += leaves[i].Actual - center*leaves[i].Forecast
		variance += math.Pow(n.scale*n.unit(leaves[i]), 2)
	}
	if variance == 0 {
		return 0
	}
	return dev / math.Sqrt(variance)
}

// Two chances of calling noise a change: of the whole, and of any slice.
const (
	chanceWhole = 0.01
	chanceSlice = 0.01
)

// beyond is the |z| that one of n independent noises passes with a chance.
func beyond(chance, n float64) float64 {
	return math.Sqrt2 * math.Erfinv(1-chance/n)
}

// median of values, which it keeps as they are.
func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	n := len(s)
	if n == 0 {
		return 0
	}
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}
