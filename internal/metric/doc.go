// Package metric is the dictionary of what is measured: key, name, unit,
// direction, formula, and how each is computed from additive sums. It also
// holds the cube that turns batches of facts into those sums per dimension.
// It is pure and knows neither the store nor the words of any card.
//
// Ratios are computed from sums and never averaged. What a feed did not deliver
// is unknown: Of then answers ok = false, never 0.
package metric
