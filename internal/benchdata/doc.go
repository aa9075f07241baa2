// Package benchdata makes the catalogue that the benchmarks measure: a shop of
// any size whose hours are the same for the same seed, on every machine.
//
// What compresses and how fast it can be read depends on how skewed the data
// are, so the skew is fixed here and pinned by a test: most items are seen less
// than once an hour and a few are seen thousands of times, prices end in 9 and
// change at 00:00 and 10:00, stock is drawn down by sales and refilled at 02:00.
// The hot variant multiplies the visits and shows what the same code costs when
// nearly everything moves.
//
// It must not know the store or any of the code that is measured with it.
package benchdata
