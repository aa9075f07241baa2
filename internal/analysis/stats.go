package analysis

import (
	"math"
	"slices"
)

// median of values, which it sorts; 0 for none.
func median(v []float64) float64 {
	n := len(v)
	if n == 0 {
		return 0
	}
	slices.Sort(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

// spread is the median absolute deviation from m, scaled to a standard
// deviation.
func spread(v []float64, m float64) float64 {
	d := make([]float64, len(v))
	for i, x := range v {
		d[i] = math.Abs(x - m)
	}
	return 1.4826 * median(d)
}

// CountTail is the chance of at least y events where mean are expected, with
// variance phi times the mean: Poisson for phi up to about 1, else negative
// binomial with the same mean.
func CountTail(y int64, mean, phi float64) float64 {
	if y <= 0 {
		return 1
	}
	if mean <= 0 {
		return 0
	}
	var logp func(k float64) float64
	if phi <= 1.001 {
		logp = func(k float64) float64 { g, _ := math.Lgamma(k + 1); return k*math.Log(mean) - mean - g }
	} else {
		size := mean / (phi - 1)
		p := size / (size + mean)
		ls, _ := math.Lgamma(size)
		logp = func(k float64) float64 {
			a, _ := math.Lgamma(k + size)
			b, _ := math.Lgamma(k + 1)
			return a - b - ls + size*math.Log(p) + k*math.Log1p(-p)
		}
	}
	return tail(y, mean, logp)
}

// tail sums the side that needs no cancellation: from y upwards when y is above
// the mean, else 1 minus what lies below.
func tail(y int64, mean float64, logp func(float64) float64) float64 {
	sum := 0.0
	if float64(y) > mean {
		for k := y; ; k++ {
			p := math.Exp(logp(float64(k)))
			sum += p
			if p <= sum*1e-12 {
				return min(sum, 1)
			}
		}
	}
	for k := range y {
		sum += math.Exp(logp(float64(k)))
	}
	return max(0, 1-sum)
}

// apportion splits total by shares that sum to about 1 into integers that sum to
// total exactly, by largest remainder.
func apportion(total int64, shares []float64) []int64 {
	out := make([]int64, len(shares))
	rest := make([]float64, len(shares))
	left := total
	for i, s := range shares {
		exact := float64(total) * s
		out[i] = int64(math.Floor(exact))
		rest[i] = exact - math.Floor(exact)
		left -= out[i]
	}
	order := make([]int, len(shares))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rest[a] > rest[b]:
			return -1
		case rest[a] < rest[b]:
			return 1
		}
		return 0
	})
	for n := 0; left != 0 && len(order) > 0; n++ {
		step := int64(1)
		if left < 0 {
			step = -1
		}
		out[order[n%len(order)]] += step
		left -= step
	}
	return out
}
