package explain

import (
	"cmp"
	"math"
	"slices"
)

// Whole rounds parts to whole numbers that sum to total exactly: each is
// rounded down and what is left goes to the largest remainders, the first of
// equals. Parts that do not sum to about total share the difference by size.
func Whole(parts []float64, total int64) []int64 {
	out := make([]int64, len(parts))
	if len(parts) == 0 {
		return out
	}
	sum, size := 0.0, 0.0
	for _, p := range parts {
		sum += p
		size += math.Abs(p)
	}
	left := total
	rest := make([]float64, len(parts))
	for i, p := range parts {
		if size > 0 {
			p += (float64(total) - sum) * math.Abs(p) / size
		}
		out[i] = int64(math.Floor(p))
		rest[i] = p - math.Floor(p)
		left -= out[i]
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	n := int64(len(parts))
	each := left / n // 0 unless floats ran out of digits
	for i := range out {
		out[i] += each
	}
	for i := range left - each*n {
		out[order[i]]++
	}
	for i := range each*n - left {
		out[order[n-1-i]]--
	}
	return out
}
