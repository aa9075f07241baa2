package forecast

import (
	"math"
	"time"
)

// Shape says how a series repeats, counted in its own steps.
type Shape struct {
	Season int // shortest cycle: 24 for hours, 7 for days; 0 or 1 for none
	Cycle  int // a longer one, a multiple of Season: 168 for hours; 0 for none
	Year   int // a year of whole weeks: 364 for days, 52 for weeks; 12 for months; 0 for none
}

// Shapes of the usual steps.
var (
	Hourly  = Shape{Season: 24, Cycle: 168}
	Daily   = Shape{Season: 7, Year: 364}
	Weekly  = Shape{Year: 52}
	Monthly = Shape{Year: 12}
)

const day = 24 * time.Hour

// ShapeOf is the shape of a series with a step and a season given in steps. A
// season of 0 is not known and told from the step; a step of 0 is not known and
// told from the season. A season of 1 says that there is none shorter than a
// year.
func ShapeOf(step time.Duration, season int) Shape {
	perDay := 0
	if step > 0 && step < day && day%step == 0 {
		perDay = int(day / step)
	}
	month := step >= 28*day && step <= 31*day
	switch {
	case perDay > 1 && (season == 0 || season == perDay):
		return Shape{Season: perDay, Cycle: 7 * perDay}
	case season == 24:
		return Hourly
	case season == 7, season == 0 && step == day:
		return Daily
	case season == 12 && perDay == 0, season <= 1 && month:
		return Monthly
	case season <= 1, season == 52:
		return Weekly
	}
	return Shape{Season: season}
}

// Kind is the class of a series by how often and how evenly something happens.
type Kind string

// Kinds, after Syntetos, Boylan and Croston (2005): mean gap between demands cut
// at 1.32 steps, squared coefficient of variation of their sizes at 0.49.
const (
	Smooth       Kind = "smooth"
	Erratic      Kind = "erratic"
	Intermittent Kind = "intermittent"
	Lumpy        Kind = "lumpy"
	Quiet        Kind = "quiet" // nothing ever happened
)

// Classify tells the kind of a series from its known values. Negative values
// make it Smooth: it does not count demands.
func Classify(y []float64) Kind {
	known, n, sum, squares := 0, 0.0, 0.0, 0.0
	for _, v := range y {
		if math.IsNaN(v) {
			continue
		}
		if v < 0 {
			return Smooth
		}
		known++
		if v > 0 {
			n, sum, squares = n+1, sum+v, squares+v*v
		}
	}
	if n == 0 {
		return Quiet
	}
	mean := sum / n
	uneven := n > 1 && (squares/n-mean*mean)*n/(n-1) >= .49*mean*mean
	rare := float64(known)/n >= 1.32
	switch {
	case rare && uneven:
		return Lumpy
	case rare:
		return Intermittent
	case uneven:
		return Erratic
	}
	return Smooth
}

// counts reports whether a kind is forecast as counts rather than as a level.
func (k Kind) counts() bool { return k == Intermittent || k == Lumpy || k == Quiet }
