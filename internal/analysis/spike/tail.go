package spike

import "gonum.org/v1/gonum/mathext"

// poisson is the dispersion up to which counts are taken as Poisson.
const poisson = 1.001

// Tail is the chance of at least y events where mean are expected, with variance
// phi times the mean: Poisson for phi up to about 1, else negative binomial of
// size mean/(phi-1). It is 1 for y of 0 or less, and 0 for events where none can
// be.
func Tail(y int64, mean, phi float64) float64 {
	switch {
	case y <= 0:
		return 1
	case !(mean > 0):
		return 0
	case phi <= poisson:
		return mathext.GammaIncReg(float64(y), mean)
	}
	size := mean / (phi - 1)
	return mathext.RegIncBeta(float64(y), size, mean/(mean+size))
}

// least is the smallest count from floor on whose tail is below p.
func least(p, mean, phi float64, floor int64) int64 {
	low, high := floor, max(floor, int64(mean))
	for Tail(high, mean, phi) >= p {
		low, high = high, 2*high+1
	}
	for low < high {
		mid := low + (high-low)/2
		if Tail(mid, mean, phi) < p {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
