// Package series keeps, for each shop, a panel of series (an item on a
// channel) with ten metrics at a clock step, and reads them back.
//
// It knows how columns are laid out, folded and restated; it must not know
// which engine keeps them, read a clock or decide what a number means.
package series
