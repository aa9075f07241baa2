package spike

import "slices"

// Discoveries keeps the chances that are too small to be expected among so many:
// of those marked, about a share q is false on average (Benjamini and Hochberg
// 1995). of is how many were tested, when p holds only the smaller chances. NaN is
// never marked.
func Discoveries(p []float64, q float64, of int) []bool {
	var tests []float64
	for _, x := range p {
		if x == x {
			tests = append(tests, x)
		}
	}
	slices.Sort(tests)
	of = max(of, len(tests))
	limit := -1.0
	for i, x := range tests {
		if x <= q*float64(i+1)/float64(of) {
			limit = x
		}
	}
	marked := make([]bool, len(p))
	for i, x := range p {
		marked[i] = x <= limit
	}
	return marked
}
