package forecast

import (
	"fmt"
	"math"
)

// model is one candidate: what it expects of the h steps after y.
type model struct {
	name string
	fit  func(y []float64, h int) []float64
}

// longest is how many of the newest values the slow models look at.
const longest = 520

// models are the candidates for a regular series of n values. Chosen by the
// cycles that the history is long enough to show.
func models(s Shape, y []float64) []model {
	switch {
	case s.Season > 1 && s.Cycle > s.Season:
		return hourlyModels(s, y)
	case s.Season > 1:
		return dailyModels(s, y)
	}
	return yearlyModels(s, y)
}

func hourlyModels(s Shape, y []float64) []model {
	out := []model{{"snaive", seasonalNaive(s.Season)}}
	cycles := []int{s.Season}
	if len(y) >= 2*s.Cycle+s.Season {
		cycles = append(cycles, s.Cycle)
		out = append(out, model{"snaive cycle", seasonalNaive(s.Cycle)})
	}
	if len(y) < 2*s.Season+1 {
		return append(out, yearlyModels(s, y)...)
	}
	for _, times := range kinds(y) {
		for _, gain := range [...]float64{.3, .9} {
			out = append(out, model{"profiles", profiled(cycles, times, .85, level(gain).fit)})
		}
	}
	return out
}

func dailyModels(s Shape, y []float64) []model {
	if len(y) < 2*s.Season+1 {
		return yearlyModels(s, y)
	}
	var out []model
	cycle := []int{s.Season}
	for _, times := range kinds(y) {
		out = append(
			out,
			model{"profile ses .1", profiled(cycle, times, .95, level(.1).fit)},
			model{"profile ses .3", profiled(cycle, times, .95, level(.3).fit)},
			model{"profile theta", profiled(cycle, times, .95, theta)},
		)
	}
	if s.Year > 0 && len(y) >= s.Year+8*s.Season {
		out = append(out[:0], model{"year, 8 week level", yearlyIndex(s, 8, 2)}, model{"year, 4 week level", yearlyIndex(s, 4, 1)}, out[0])
	}
	return out
}

// trendFrom is how many values a trend needs to be told from chance.
const trendFrom = 78

func yearlyModels(s Shape, y []float64) []model {
	if len(y) < trendFrom {
		return []model{level(.05), level(.1), level(.2), {"ses", bestLevel}}
	}
	out := []model{
		{"naive", func(y []float64, h int) []float64 { return flat(last(y), h) }},
		level(.1),
		{"ses", bestLevel},
		{"damped", damped},
		{"theta", theta},
	}
	if s.Year > 1 && len(y) >= s.Year*5/2 {
		year := []int{s.Year}
		out = append(out, model{"year damped", profiled(year, false, .9, damped)}, model{"year ses", profiled(year, false, .9, bestLevel)})
	}
	return out
}

// level is exponential smoothing with a fixed gain.
func level(gain float64) model {
	return model{fmt.Sprintf("ses %g", gain), func(y []float64, h int) []float64 { return flat(ses(y, gain), h) }}
}

func bestLevel(y []float64, h int) []float64 { return flat(sesBest(y), h) }

// kinds are the kinds of profile that suit y: factors only without negative
// values.
func kinds(y []float64) []bool {
	for _, v := range y {
		if v < 0 {
			return []bool{false}
		}
	}
	return []bool{true, false}
}

// seasonalNaive repeats the last known value of each phase.
func seasonalNaive(m int) func(y []float64, h int) []float64 {
	return func(y []float64, h int) []float64 {
		out := make([]float64, h)
		for i := range out {
			out[i] = math.NaN()
			for k := len(y) + i - m*(i/m+1); k >= 0; k -= m {
				if !math.IsNaN(y[k]) {
					out[i] = y[k]
					break
				}
			}
			if math.IsNaN(out[i]) {
				out[i] = last(y)
			}
		}
		return out
	}
}

// profiled forecasts by rest what is left of y without its profiles, which are
// taken out one after the other, and puts them back.
func profiled(cycles []int, times bool, decay float64, rest func(y []float64, h int) []float64) func(y []float64, h int) []float64 {
	return func(y []float64, h int) []float64 {
		n := len(y)
		var taken []profile
		for _, m := range cycles {
			p := profileOf(y, m, times, decay)
			y = p.free(y)
			taken = append(taken, p)
		}
		out := rest(y, h)
		for _, p := range taken {
			p.put(out, n)
		}
		return out
	}
}

// yearlyIndex is level x weekday x year: the mean of the last four weeks without
// weekday, the weekday of the last eight, and for each day ahead how the same
// days of one to three earlier years (two weeks around, 364 days apart) stood to
// the four weeks before the same moment.
func yearlyIndex(s Shape, weeks, near int) func(y []float64, h int) []float64 {
	return func(y []float64, h int) []float64 {
		n, recent, around := len(y), weeks*s.Season, near*s.Season
		p := profileOf(y[max(0, n-53*s.Season):], s.Season, true, 1)
		offset := max(0, n-53*s.Season)
		level := mean(p.free(y[offset:])[max(0, n-offset-recent):])
		out := make([]float64, h)
		for i := range out {
			index, years := 0.0, 0.0
			for back := s.Year; back <= 3*s.Year && n-back-recent >= 0; back += s.Year {
				at := n + i - back
				before := mean(y[n-back-recent : n-back])
				then := mean(y[max(0, at-around):min(n, at+around+1)])
				if before > 0 && !math.IsNaN(then) {
					index, years = index+then/before, years+1
				}
			}
			if years > 0 {
				index /= years
			} else {
				index = 1
			}
			out[i] = level * index * p.at(n-offset+i)
		}
		return out
	}
}

// mean of the known values; NaN when there are none.
func mean(y []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / n
}
