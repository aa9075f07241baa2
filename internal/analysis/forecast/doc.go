// Package forecast says what a series will do next, and how sure that is.
//
// Regular series (sales of a shop, of an item that sells most days) are
// forecast by a weighted combination of simple models, weighted by how well each
// did over the last three horizons. Series with many zeros get the mean of two
// smoothers that update on every step and a distribution of counts. Ranges come
// from how far the same procedure was off at earlier origins.
//
// Everything is pure: values in, values out. Not known is NaN and is skipped by
// every estimator, never taken as zero: days without stock belong to it, since
// nobody could buy. Nothing depends on names or dates, and multiplying a series
// by a factor multiplies its forecast.
package forecast
