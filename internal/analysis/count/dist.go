package count

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Dist is a distribution over 0, 1, 2, ... pieces. The zero Dist is certainly 0.
type Dist struct {
	mean float64
	size float64 // of the negative binomial; 0 means Poisson
}

// poissonUpTo is the ratio of variance to mean up to which counts are taken as
// Poisson: below it the size of the negative binomial is too large to compute
// with.
const poissonUpTo = 1.001

// New is the distribution with a mean and a variance, both in pieces. A
// variance below the mean cannot be told from Poisson; a mean that is negative
// or not a number gives the zero Dist.
func New(mean, variance float64) Dist {
	if !(mean > 0) || math.IsInf(mean, 0) {
		return Dist{}
	}
	if !(variance > poissonUpTo*mean) || math.IsInf(variance, 0) {
		return Dist{mean: mean}
	}
	return Dist{mean: mean, size: mean * mean / (variance - mean)}
}

// Mean in pieces.
func (d Dist) Mean() float64 { return d.mean }

// Variance in pieces squared.
func (d Dist) Variance() float64 {
	if d.size == 0 {
		return d.mean
	}
	return d.mean + d.mean*d.mean/d.size
}

// P is the chance of exactly x pieces.
func (d Dist) P(x int64) float64 {
	k := float64(x)
	switch {
	case x < 0:
		return 0
	case d.mean == 0:
		if x == 0 {
			return 1
		}
		return 0
	case d.size == 0:
		g, _ := math.Lgamma(k + 1)
		return math.Exp(k*math.Log(d.mean) - d.mean - g)
	}
	a, _ := math.Lgamma(k + d.size)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(d.size)
	p := d.size / (d.size + d.mean)
	return math.Exp(a - b - c + d.size*math.Log(p) + k*math.Log1p(-p))
}

// CDF is the chance of at most x pieces.
func (d Dist) CDF(x int64) float64 {
	switch {
	case x < 0:
		return 0
	case d.mean == 0:
		return 1
	case d.size == 0:
		return mathext.GammaIncRegComp(float64(x)+1, d.mean)
	}
	return mathext.RegIncBeta(d.size, float64(x)+1, d.size/(d.size+d.mean))
}

// Tail is the chance of at least y pieces.
func (d Dist) Tail(y int64) float64 {
	switch {
	case y <= 0:
		return 1
	case d.mean == 0:
		return 0
	case d.size == 0:
		return mathext.GammaIncReg(float64(y), d.mean)
	}
	return mathext.RegIncBeta(float64(y), d.size, d.mean/(d.size+d.mean))
}

// Quantile is the smallest number of pieces that is enough with chance p.
// p is taken into [0, 1 - 1e-12].
func (d Dist) Quantile(p float64) int64 {
	if d.mean == 0 || !(p > 0) {
		return 0
	}
	p = min(p, 1-1e-12)
	return d.least(func(x int64) bool { return d.CDF(x) >= p })
}

// least finds the smallest x for which ok holds, ok being false below it and
// true from it on.
func (d Dist) least(ok func(x int64) bool) int64 {
	step := int64(1 + math.Sqrt(d.Variance()))
	hi := int64(d.mean)
	for !ok(hi) {
		hi, step = hi+step, step*2
	}
	lo := int64(-1)
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; ok(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// Loss is the expected shortfall E[(D-s)+], in pieces, when s pieces are there.
//
// For the negative binomial and Poisson it has a closed form, from
// E[D; D > s] of the size-biased distribution (Zipkin, Foundations of Inventory
// Management, appendix C).
func (d Dist) Loss(s int64) float64 {
	x := float64(s)
	switch {
	case s < 0:
		return d.mean - x
	case d.mean == 0:
		return 0
	case d.size == 0:
		// E[D; D > s] = mean P(D >= s).
		return max(0, d.mean*d.Tail(s)-x*d.Tail(s+1))
	}
	// E[D; D > s] = mean P(D' >= s), D' negative binomial of size+1 and the
	// same success chance.
	p := d.size / (d.size + d.mean)
	biased := 1.0
	if s > 0 {
		biased = mathext.RegIncBeta(x, d.size+1, 1-p)
	}
	return max(0, d.mean*biased-x*d.Tail(s+1))
}

// UpTo is the smallest stock with an expected shortfall of at most loss pieces.
// A loss that is not above zero is taken as a millionth of the mean.
func (d Dist) UpTo(loss float64) int64 {
	if d.mean == 0 {
		return 0
	}
	loss = max(loss, d.mean*1e-6)
	return d.least(func(x int64) bool { return d.Loss(x) <= loss })
}

// NormalLoss is the expected shortfall of a normal demand of mean and sd when s
// is there: sd G(k), G(k) = phi(k) - k(1 - Phi(k)), k = (s-mean)/sd.
func NormalLoss(s, mean, sd float64) float64 {
	if sd <= 0 {
		return max(0, mean-s)
	}
	k := (s - mean) / sd
	phi := math.Exp(-k*k/2) / math.Sqrt(2*math.Pi)
	return sd * (phi - k*math.Erfc(k/math.Sqrt2)/2)
}
