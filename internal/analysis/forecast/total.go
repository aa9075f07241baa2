package forecast

import (
	"math"

	"shopwatch/internal/analysis/count"
)

// Total is the sum of some steps of a forecast.
type Total struct {
	Mean float64

	counts *count.Dist
	band   *band
	scale  float64 // mean absolute error, in the unit of the band
}

// Total sums the steps from..to, both included. Its range is not the sum of the
// ranges: errors partly cancel, and how much is measured at the same origins.
func (f *Forecast) Total(from, to int) Total {
	t := Total{band: &f.band}
	independent, shared := 0.0, 0.0
	for i := from; i <= to; i++ {
		t.Mean += f.Mean[i]
		if f.Kind.counts() {
			continue
		}
		e := f.band.scaleAt(i)
		if f.band.relative {
			e *= f.Mean[i]
		}
		independent += e * e
		shared += e
	}
	if f.Kind.counts() {
		d := f.counts(t.Mean, to-from+1)
		t.counts = &d
		return t
	}
	t.scale = math.Sqrt(together*shared*shared + (1-together)*independent)
	unit := 1.0
	if f.band.relative && t.Mean > 0 {
		unit = t.Mean
	}
	t.scale /= unit
	if seen, n := f.band.total(from, to); n > 0 {
		// What was measured on a sum of few steps is little more than chance.
		w := n / (n + 2*own) * (1 - 1/float64(to-from+1))
		t.scale = w*seen + (1-w)*t.scale
	}
	if f.doubt != nil {
		doubt := 0.0
		for i := from; i <= to; i++ {
			doubt += f.doubt[i] * f.Mean[i]
		}
		t.scale = math.Hypot(t.scale, doubt/unit)
	}
	return t
}

// total is the mean absolute error of the sum of steps over the origins that
// know all of them, and how many they are.
func (b *band) total(from, to int) (scale, n float64) {
	for o := range b.said {
		if to >= len(b.said[o]) {
			continue
		}
		said, truth := 0.0, 0.0
		for i := from; i <= to; i++ {
			said += b.said[o][i]
			truth += b.truth[o][i]
		}
		e := math.Abs(truth - said)
		if b.relative {
			e /= said
		}
		if !math.IsNaN(e) {
			scale, n = scale+e, n+1
		}
	}
	return scale / n, n
}

// Quantile is the sum that is not exceeded with chance p, in (0, 1); of counts
// the smallest whole number that is enough.
func (t Total) Quantile(p float64) float64 {
	if t.counts != nil {
		return float64(t.counts.Quantile(p))
	}
	return t.band.quantile(t.Mean, t.scale, p)
}

// Chance that the sum reaches x, between .001 and .999 for a regular series: no
// history is long enough to know more.
func (t Total) Chance(x float64) float64 {
	if t.counts != nil {
		return t.counts.Tail(int64(math.Ceil(x)))
	}
	lo, hi := .001, .999
	for range 40 {
		if mid := (lo + hi) / 2; t.Quantile(mid) < x {
			lo = mid
		} else {
			hi = mid
		}
	}
	return 1 - (lo+hi)/2
}
