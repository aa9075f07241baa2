package forecast

import (
	"math"
	"slices"
)

// The smoothers skip values that are not known: the state stays as it is.

// ses is the level after simple exponential smoothing with a gain. It starts
// from the mean of the first 1/gain values, so that one odd value does not set
// a slow level for good.
func ses(y []float64, gain float64) float64 {
	level, n := 0.0, 0.0
	for _, v := range y {
		if math.IsNaN(v) {
			continue
		}
		n++
		level += max(gain, 1/n) * (v - level)
	}
	return level
}

// sesBest is the level with the gain that had the smallest squared one-step
// error.
func sesBest(y []float64) float64 {
	best, level := math.Inf(1), 0.0
	for _, gain := range [...]float64{.05, .1, .2, .3, .5, .7, .9, .99} {
		l, n, sse := 0.0, 0.0, 0.0
		for _, v := range y {
			if math.IsNaN(v) {
				continue
			}
			n++
			e := v - l
			if n > 1 {
				sse += e * e
			}
			l += max(gain, 1/n) * e
		}
		if sse < best {
			best, level = sse, l
		}
	}
	return level
}

func flat(level float64, h int) []float64 {
	out := make([]float64, h)
	for i := range out {
		out[i] = level
	}
	return out
}

// last is the newest known value; NaN when there is none.
func last(y []float64) float64 {
	for _, v := range slices.Backward(y) {
		if !math.IsNaN(v) {
			return v
		}
	}
	return math.NaN()
}

// holt is the state of damped trend smoothing.
type holt struct{ level, trend, sse float64 }

// runHolt smooths y: f = l + phi b; e = y - f; l = f + alpha e; b = phi b + alpha
// beta e (Gardner and McKenzie 1985, in error-correction form). It gives up when
// its squared errors exceed most.
func runHolt(y []float64, alpha, beta, phi, most float64) holt {
	s, begun := holt{}, false
	for _, v := range y {
		f := s.level + phi*s.trend
		if v != v { // NaN; math.IsNaN costs here
			s.level, s.trend = f, phi*s.trend
			continue
		}
		if !begun {
			s.level, begun = v, true
			continue
		}
		e := v - f
		if s.sse += e * e; s.sse > most {
			return s
		}
		s.level = f + alpha*e
		s.trend = phi*s.trend + alpha*beta*e
	}
	return s
}

// damped forecasts by damped trend smoothing with the parameters of a grid that
// had the smallest squared one-step error.
func damped(y []float64, h int) []float64 {
	best, by := holt{sse: math.Inf(1)}, 0.0
	for _, phi := range [...]float64{.8, .9, .95, .98} {
		for _, beta := range [...]float64{0, .02, .1, .3} {
			for _, alpha := range [...]float64{.5, .9, .3, .7, .99, .1} {
				if s := runHolt(y, alpha, beta, phi, best.sse); s.sse < best.sse {
					best, by = s, phi
				}
			}
		}
	}
	out := make([]float64, h)
	sum, p := 0.0, 1.0
	for i := range out {
		p *= by
		sum += p
		out[i] = best.level + best.trend*sum
	}
	return out
}

// theta is the level of SES plus half the slope of the line fitted to y for each
// step ahead (Hyndman and Billah 2003).
func theta(y []float64, h int) []float64 {
	level, half := sesBest(y), slope(y)/2
	out := make([]float64, h)
	for i := range out {
		out[i] = level + half*float64(i+1)
	}
	return out
}

// slope of the least-squares line through the known values, a step.
func slope(y []float64) float64 {
	n, sx, sy, sxx, sxy := 0.0, 0.0, 0.0, 0.0, 0.0
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		x := float64(i)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+v, sxx+x*x, sxy+x*v
	}
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}

// tsb smooths size and chance of demand apart and updates the chance on every
// step (Teunter, Syntetos and Babai 2011): on a demand z += a(y-z), p += b(1-p),
// else p -= b p; the forecast is z p.
func tsb(y []float64, a, b float64) float64 {
	z, p, seen, n := 0.0, 0.0, 0.0, 0.0
	for _, v := range y {
		if math.IsNaN(v) {
			continue
		}
		n++
		gain := max(b, 1/n)
		if v > 0 {
			seen++
			z += max(a, 1/seen) * (v - z)
			p += gain * (1 - p)
		} else {
			p -= gain * p
		}
	}
	return z * p
}
