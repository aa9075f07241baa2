package spike

import "slices"

// Discoveries keeps the chances that are too small to be expected among so many:
// of those marked, about a share q is false on average (Benjamini and Hochberg
// 1995). NaN is never marked.
func Discoveries(p []float64, q float64) []bool {
	var tests []float64
	for _, x := range p {
		if x == x {
			tests = append(tests, x)
		}
	}
	slices.Sort(tests)
	limit := -1.0
	for i, x := range tests {
		if x <= q*float64(i+1)/float64(len(tests)) {
			limit = x
		}
	}
	marked := make([]bool, len(p))
	for i, x := range p {
		marked[i] = x <= limit
	}
	return marked
}
