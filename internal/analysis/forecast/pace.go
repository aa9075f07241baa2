package forecast

import (
	"math"
	"slices"
)

// DaySoFar is an earlier day of the same weekday: what it had brought by the
// same hour, and in the end.
type DaySoFar struct{ ByNow, Total float64 }

// Pace is where a day that is not over will end.
type Pace struct {
	Mean   float64
	Ratio  float64 // so far over what is usual by now
	Days   int     // earlier days it is judged by
	soFar  float64
	ratios []float64
}

// RunPace extrapolates a day of which so far is known at an hour in (0, 24]
// from earlier days of the same weekday, newest first; six weeks suffice.
//
// The rest of the day is what is usual for it, scaled by how this day has gone
// so far, shrunk while the day is young: EOD = so far + (base day - base so
// far)(1 + k (ratio - 1)), k = hour/(hour+5). The range comes from how far the
// same rule was off on the earlier days, each judged by the others, and is
// widened for their being few. The error is ErrTooShort for fewer than three
// days.
func RunPace(soFar, hour float64, before []DaySoFar) (Pace, error) {
	var usable []DaySoFar
	for _, d := range before {
		if d.Total > 0 && d.ByNow >= 0 && len(usable) < 6 {
			usable = append(usable, d)
		}
	}
	if len(usable) < least {
		return Pace{}, ErrTooShort
	}
	mean, ratio := endOfDay(soFar, hour, usable)
	p := Pace{Mean: mean, Ratio: ratio, Days: len(usable), soFar: soFar}
	for i, d := range usable {
		others := slices.Concat(usable[:i], usable[i+1:])
		if said, _ := endOfDay(d.ByNow, hour, others); said > 0 {
			p.ratios = append(p.ratios, math.Log(d.Total/said))
		}
	}
	return p, nil
}

func endOfDay(soFar, hour float64, days []DaySoFar) (mean, ratio float64) {
	var cum, total []float64
	for _, d := range days {
		cum, total = append(cum, d.ByNow), append(total, d.Total)
	}
	baseCum, baseDay := middle(cum), middle(total)
	ratio = 1
	if baseCum > 0 {
		ratio = soFar / baseCum
	}
	k := hour / (hour + 5)
	return soFar + max(0, baseDay-baseCum)*max(0, 1+k*(ratio-1)), ratio
}

// Quantile is where the day ends below with chance q, in (0, 1); never below
// what it has brought already.
func (p Pace) Quantile(q float64) float64 {
	return max(p.soFar, p.Mean*math.Exp(p.sd()*normalQuantile(q)))
}

// sd of the logarithm of the end over what was said.
func (p Pace) sd() float64 {
	sum := 0.0
	for _, r := range p.ratios {
		sum += r * r
	}
	n := float64(len(p.ratios))
	return math.Sqrt(sum/n) * (1 + .5/math.Sqrt(n))
}

// Chance that the day ends at x or above: 1 when it is there already.
func (p Pace) Chance(x float64) float64 {
	sd := p.sd()
	switch {
	case x <= p.soFar || sd == 0 && x <= p.Mean:
		return 1
	case sd == 0 || p.Mean <= 0:
		return 0
	}
	return math.Erfc(math.Log(x/p.Mean)/sd/math.Sqrt2) / 2
}

func middle(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}
