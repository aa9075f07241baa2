// Package count is the distribution of how many pieces are asked for: negative
// binomial, or Poisson when the variance is no larger than the mean. Forecasts
// take quantiles from it and replenishment takes the expected shortfall. It
// knows nothing of items, days or shops.
package count
