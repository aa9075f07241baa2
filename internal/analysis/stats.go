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
	sortFew(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

// usualPast is up to how many values need no memory of their own: rules look at
// a million series.
const usualPast = 32

// sortFew sorts values, of which there are a few more often than not; none may
// be NaN.
func sortFew(v []float64) {
	if len(v) > usualPast {
		slices.Sort(v)
		return
	}
	for i := 1; i < len(v); i++ {
		x, k := v[i], i
		for ; k > 0 && v[k-1] > x; k-- {
			v[k] = v[k-1]
		}
		v[k] = x
	}
}

// spread is the median absolute deviation from m, scaled to a standard
// deviation.
func spread(v []float64, m float64) float64 {
	var few [usualPast]float64
	d := few[:0]
	for _, x := range v {
		d = append(d, math.Abs(x-m))
	}
	return 1.4826 * median(d)
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
