package forecast

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"shopwatch/internal/analysis/count"
)

// ErrTooShort says that a history has too few known values to forecast from.
var ErrTooShort = errors.New("fewer than three known values")

// least is how many known values a forecast needs.
const least = 3

// Forecast is what is expected of the steps after a history, with how it was
// come by. Steps count from 0, the first one after the history.
type Forecast struct {
	Kind Kind
	// Mean is the expected value of each step, in the unit of the series; not
	// negative when the history never was.
	Mean []float64
	// Models are what the mean is made of, heaviest first.
	Models []Share
	// Known is how many values of the history are known; Origins from how many
	// earlier moments the ranges were learnt (0: from how the values scatter).
	Known, Origins int

	band     band
	variance float64   // of a step, for counts
	lift     float64   // of the level of the distribution over the mean, for counts
	doubt    []float64 // of campaign factors by step, mean absolute share; nil without
}

// Share is a model with its weight; the weights of a forecast sum to 1.
type Share struct {
	Name   string
	Weight float64
}

// Run forecasts the h steps after y, oldest first, NaN where not known. It
// looks at nothing else. The error is ErrTooShort.
func Run(y []float64, s Shape, h int) (Forecast, error) {
	for len(y) > 0 && math.IsNaN(y[0]) {
		y = y[1:]
	}
	f := Forecast{Kind: Classify(y), Known: known(y)}
	if f.Known < least || h <= 0 {
		return f, ErrTooShort
	}
	if f.Kind.counts() {
		f.count(y, h)
		return f, nil
	}
	if s.Season <= 1 && len(y) > longest {
		y = y[len(y)-longest:]
	}
	list := models(s, y)
	b := runBacktest(list, y, h, max(8, 2*s.Season+1, len(y)/2))
	w := b.weights(len(list), len(y), h)
	f.Mean = mix(fitAll(list, y, h), w)
	lowest := slices.MinFunc(y, compareKnown)
	if lowest >= 0 {
		for i, v := range f.Mean {
			f.Mean[i] = max(0, v)
		}
	}
	for m := range list {
		f.Models = append(f.Models, Share{list[m].name, w[m]})
	}
	slices.SortStableFunc(f.Models, func(a, b Share) int { return cmp.Compare(b.Weight, a.Weight) })
	f.band = b.band(len(list), h, lowest > 0)
	f.band.atLeast0 = lowest >= 0
	f.Origins = f.band.origins
	if f.Origins == 0 {
		f.band = scatter(y, lowest >= 0)
	}
	return f, nil
}

// compareKnown orders values with those that are not known last.
func compareKnown(a, b float64) int {
	switch {
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

// count forecasts a series of rare demands by the mean of three smoothers that
// update on every step. Its distribution has the level of the slowest of them,
// which forgets demand last (a quantile taken too low costs more than one too
// high), and the variance of the last two years of months, or as many steps.
func (f *Forecast) count(y []float64, h int) {
	slow := tsb(y, .2, .1)
	level := (slow + ses(y, .15) + ses(y, .2)) / 3
	f.Mean = flat(level, h)
	f.Models = []Share{{"tsb", 1. / 3}, {"ses .15", 1. / 3}, {"ses .2", 1. / 3}}
	f.variance = variance(newest(y, 24))
	if f.lift = 1; level > 0 {
		f.lift = slow / level
	}
}

// counts is the distribution of the sum of some steps with a mean: what scatters
// from step to step, and that the level itself is an estimate, which all steps
// share. SES with gain a knows a level to a/(2-a) of the variance of a step.
func (f *Forecast) counts(mean float64, steps int) count.Dist {
	const level = .15 / (2 - .15)
	n := float64(steps)
	return count.New(mean*f.lift, f.variance*(n+level*n*n))
}

// newest are the last n known values.
func newest(y []float64, n int) []float64 {
	var out []float64
	for _, v := range slices.Backward(y) {
		if !math.IsNaN(v) && len(out) < n {
			out = append(out, v)
		}
	}
	return out
}

// variance of a sample; 0 for fewer than two values.
func variance(y []float64) float64 {
	if len(y) < 2 {
		return 0
	}
	m, sum := mean(y), 0.0
	for _, v := range y {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(y)-1)
}

func known(y []float64) (n int) {
	for _, v := range y {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}

// Quantile of a step: the value it stays below with chance p, in (0, 1). Counts
// give whole numbers.
func (f *Forecast) Quantile(step int, p float64) float64 {
	if f.Kind.counts() {
		return float64(f.counts(f.Mean[step], 1).Quantile(p))
	}
	scale, one := f.band.scaleAt(step), f.Mean[step]
	if f.doubt != nil {
		if f.band.relative {
			one = 1
		}
		scale = math.Hypot(scale, f.doubt[step]*one)
	}
	return f.band.quantile(f.Mean[step], scale, p)
}
