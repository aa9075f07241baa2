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
// forecast and actual, as either may be the one that is off.
type noise struct {
	scale, power float64
	known        bool
}

// leafNoise chooses between noise like that of counts (power 1/2) and in
// proportion to the forecast (power 1), by the likelihood of Laplace errors.
func leafNoise(leaves []Leaf) noise {
	best, least := noise{}, math.Inf(1)
	for _, power := range []float64{0.5, 1} {
		var r []float64
		for _, x := range leaves {
			if size := x.size(); size > 0 {
				r = append(r, math.Abs(x.Actual-x.Forecast)/math.Pow(size, power))
			}
		}
		if len(r) < fewLeaves {
			return noise{}
		}
		spread := median(r)
		if spread <= 0 {
			continue
		}
		cost := 0.0
		for _, x := range leaves {
			if size := x.size(); size > 0 {
				unit := spread * math.Pow(size, power)
				cost += math.Log(unit) + math.Abs(x.Actual-x.Forecast)/unit
			}
		}
		if cost < least {
			// 0.6745 is the median of the absolute value of a standard normal.
			best, least = noise{scale: spread / 0.6745, power: power, known: true}, cost
		}
	}
	return best
}

func (x Leaf) size() float64 { return max(x.Forecast, x.Actual) }

// z is the deviation of leaves in standard deviations of their noise.
func (n noise) z(leaves []Leaf, in []int32) float64 {
	dev, variance := 0.0, 0.0
	for _, i := range in {
		x := leaves[i]
		dev += x.Actual - x.Forecast
		variance += math.Pow(n.scale*math.Pow(max(0, x.size()), n.power), 2)
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
