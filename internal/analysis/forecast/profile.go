package forecast

import "math"

// profile is the part of a series that repeats, by phase: factors with mean 1,
// or amounts with mean 0.
type profile struct {
	by    []float64
	times bool // factors
}

// at is the part at a position counted from the first value of the series.
func (p profile) at(i int) float64 { return p.by[i%len(p.by)] }

// free takes the part out of a series.
func (p profile) free(y []float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		if p.times {
			out[i] = v / p.at(i)
		} else {
			out[i] = v - p.at(i)
		}
	}
	return out
}

// put brings the part back to what comes after n values.
func (p profile) put(f []float64, n int) {
	for i := range f {
		if p.times {
			f[i] *= p.at(n + i)
		} else {
			f[i] += p.at(n + i)
		}
	}
}

// profileOf measures the part of y that repeats every m steps: what is left
// after a centred moving average of one cycle, a weighted mean per phase in
// which a cycle counts decay as much as the next one. Half a cycle at each end
// has no such average and is left out.
func profileOf(y []float64, m int, times bool, decay float64) profile {
	p := profile{by: make([]float64, m), times: times}
	weights := make([]float64, m)
	trend := centred(y, m)
	w := math.Pow(decay, float64((len(y)-1)/m)) // of the oldest cycle
	for i, v := range y {
		if i > 0 && (len(y)-i)%m == 0 {
			w /= decay
		}
		rest := v - trend[i]
		if times {
			rest = v / trend[i]
		}
		if math.IsNaN(rest) || math.IsInf(rest, 0) {
			continue
		}
		p.by[i%m] += w * rest
		weights[i%m] += w
	}
	neutral, sum := 0.0, 0.0
	if times {
		neutral = 1
	}
	for k, w := range weights {
		if w == 0 {
			p.by[k] = neutral
		} else {
			p.by[k] /= w
		}
		sum += p.by[k]
	}
	mean := sum / float64(m)
	for k := range p.by {
		switch {
		case !times:
			p.by[k] -= mean
		case mean > 0:
			p.by[k] = max(p.by[k]/mean, .02) // a phase of nothing would make its rare values huge
		default:
			p.by[k] = 1
		}
	}
	return p
}

// centred is the moving average of one cycle of m steps around each value, the
// two ends of an even cycle counting half; NaN where it does not fit or where
// less than half of it is known.
func centred(y []float64, m int) []float64 {
	sums, counts := make([]float64, len(y)+1), make([]float64, len(y)+1)
	for i, v := range y {
		sums[i+1], counts[i+1] = sums[i], counts[i]
		if !math.IsNaN(v) {
			sums[i+1] += v
			counts[i+1]++
		}
	}
	half := m / 2
	out := make([]float64, len(y))
	for i := range y {
		out[i] = math.NaN()
		lo, hi := i-half, i+half
		if lo < 0 || hi >= len(y) {
			continue
		}
		sum, n := sums[hi+1]-sums[lo], counts[hi+1]-counts[lo]
		if m%2 == 0 {
			for _, end := range [2]float64{y[lo], y[hi]} {
				if !math.IsNaN(end) {
					sum, n = sum-end/2, n-.5
				}
			}
		}
		if n >= float64(m)/2 {
			out[i] = sum / n
		}
	}
	return out
}
