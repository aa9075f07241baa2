package forecast

import (
	"math"
	"slices"
)

// band is how far the same procedure was off at earlier origins.
type band struct {
	relative bool        // errors are shares of what was expected
	atLeast0 bool        // the series is never negative
	scale    []float64   // mean absolute error by step, never falling
	shape    []float64   // errors over scale, in order
	origins  int         // earlier moments that were looked at
	said     [][]float64 // origin, step: what was expected
	truth    [][]float64 // what came; NaN when not known
}

// These constants were set so that ranges of 80 % hold about 80 % on the public
// series of eval_test.go.
const (
	// young origins, the oldest ones, had nothing before them to weigh models by
	// and were off by more.
	young = 2
	// widen makes up for the errors of a few origins being alike.
	widen = .35
	// own is how many origins it takes for the errors' own distribution to count
	// as much as the normal one.
	own = 2.0
	// together is how much of the variance of errors is shared by all steps of
	// one forecast, before it has been measured.
	together = .3
)

// band learns the errors of the combination at each origin, where the weights
// come from still earlier ones.
func (b *backtest) band(models, h int, positive bool) band {
	out := band{relative: positive, scale: make([]float64, h)}
	for o, at := range b.at {
		if o >= max(4, len(b.at)-young) {
			break
		}
		said := mix(b.said[o], b.weights(models, at, h))
		for _, v := range said {
			out.relative = out.relative && v > 0
		}
		out.said, out.truth = append(out.said, said), append(out.truth, b.truth[o])
	}
	out.measure()
	return out
}

// measure fits scale and shape.
func (b *band) measure() {
	sums, counts := make([]float64, len(b.scale)), make([]float64, len(b.scale))
	n := 0
	b.each(func(step int, e float64) {
		sums[step] += math.Abs(e)
		counts[step]++
		n++
	})
	if n == 0 {
		return
	}
	b.origins = len(b.said)
	b.scale = rising(sums, counts)
	b.each(func(step int, e float64) {
		if s := b.scale[step]; s > 0 {
			b.shape = append(b.shape, e/s)
		}
	})
	slices.Sort(b.shape)
}

// each calls f with all known errors, in the unit of the band.
func (b *band) each(f func(step int, e float64)) {
	for o, said := range b.said {
		for i, v := range said {
			e := b.truth[o][i] - v
			if b.relative {
				e /= v
			}
			if !math.IsNaN(e) {
				f(i, e)
			}
		}
	}
}

// scatter is the band of a series too short to look back in: how far values lie
// from their mean.
func scatter(y []float64, atLeast0 bool) band {
	m, sum, n := mean(y), 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			sum, n = sum+math.Abs(v-m), n+1
		}
	}
	return band{atLeast0: atLeast0, scale: []float64{sum / n * n / (n - 1)}}
}

// pool is a run of steps that share a mean.
type pool struct {
	sum, n float64
	steps  int
}

func (p pool) mean() float64 {
	if p.n == 0 {
		return 0
	}
	return p.sum / p.n
}

// rising fits means by step that never fall (isotonic regression by pooling
// adjacent violators). Steps without a value take their neighbours'.
func rising(sums, counts []float64) []float64 {
	var pools []pool
	for i := range sums {
		p := pool{sums[i], counts[i], 1}
		for len(pools) > 0 {
			q := pools[len(pools)-1]
			if p.n > 0 && q.n > 0 && q.mean() < p.mean() {
				break
			}
			p = pool{p.sum + q.sum, p.n + q.n, p.steps + q.steps}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, p)
	}
	var out []float64
	for _, p := range pools {
		for range p.steps {
			out = append(out, p.mean())
		}
	}
	return out
}

func (b *band) scaleAt(step int) float64 { return b.scale[min(step, len(b.scale)-1)] }

// quantile of a value with an expectation and a scale.
func (b *band) quantile(expected, scale, p float64) float64 {
	e := scale * b.standard(p)
	if b.origins > 0 {
		e *= 1 + widen/float64(b.origins)
	}
	if b.relative {
		e *= expected
	}
	if b.atLeast0 {
		return max(0, expected+e)
	}
	return expected + e
}

// standard is the quantile of an error of scale 1: the errors' own, drawn to the
// normal one while origins are few.
func (b *band) standard(p float64) float64 {
	normal := math.Sqrt(math.Pi/2) * normalQuantile(p)
	if len(b.shape) == 0 {
		return normal
	}
	w := float64(b.origins) / (float64(b.origins) + own)
	e := w*quantileOf(b.shape, p) + (1-w)*normal
	switch { // of the outer tenths a few errors tell little
	case p > .9:
		return max(e, normal)
	case p < .1:
		return min(e, normal)
	}
	return e
}

// quantileOf sorted values by the (n+1)p rule, between neighbours.
func quantileOf(sorted []float64, p float64) float64 {
	at := p*float64(len(sorted)+1) - 1
	lo := int(math.Floor(at))
	switch {
	case lo < 0:
		return sorted[0]
	case lo >= len(sorted)-1:
		return sorted[len(sorted)-1]
	}
	return sorted[lo] + (at-float64(lo))*(sorted[lo+1]-sorted[lo])
}

// normalQuantile is the standard normal quantile.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
