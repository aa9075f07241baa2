// Package anomaly finds what is unusual in one series of numbers, row by row: a
// GMV an hour, a price, a request rate. Row n is judged by rows 1 to n only, the
// state is a plain value of a few kilobytes, and nothing depends on names, on
// absolute dates or on the unit of the numbers: multiplying a series by c > 0 or
// moving it by whole weeks changes nothing but rounding.
//
// How a row is judged:
//
//  1. Baseline: a level that follows with a time constant of a day, plus an
//     offset for the half hour of the day, after two weeks for each weekday.
//  2. Residual: the value less the baseline, averaged over the last 3 rows (a
//     burst) and over the last 12 (something that lasts).
//  3. Evidence: how many standard deviations the size of each average lies above
//     what it usually is in this series; the larger one counts.
//  4. Rarity: evidence is divided by one plus the number of earlier episodes of
//     its size. What happens every day is no news, however far it leaves the
//     baseline.
//  5. Rest: an alert stands for the next 100 rows, unless something clearly
//     stronger begins.
//
// Threshold was chosen on the public files of the Numenta Anomaly Benchmark and
// is compiled in; docs/adr/0010-anomaly-and-spikes.md has what was measured.
// Counts below some dozens belong to package spike. The package knows nothing of
// shops and rules.
package anomaly
