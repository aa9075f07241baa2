package forecast

import "math"

const (
	windows = 4  // horizons looked back at for the weights
	recent  = 40 // or as many steps, when that is more
	power   = 4  // weights are mean absolute errors to the power of minus this
	origins = 12
)

// backtest is what all candidates said at earlier origins, newest origin first.
type backtest struct {
	at    []int         // length of the history at each origin
	said  [][][]float64 // origin, model, step
	truth [][]float64   // origin, step
}

// runBacktest forecasts from earlier origins, a horizon apart or closer when
// the history is short, each from the values before it alone and at least from
// the first ones.
func runBacktest(list []model, y []float64, h, first int) backtest {
	var b backtest
	apart := max(1, min(h, (len(y)-first)/6))
	for at := len(y) - min(h, apart); at >= first && len(b.at) < origins; at -= apart {
		steps := min(h, len(y)-at)
		b.at = append(b.at, at)
		b.said = append(b.said, fitAll(list, y[:at], steps))
		b.truth = append(b.truth, y[at:at+steps])
	}
	return b
}

// fitAll is what each model expects. One that has no answer, because too much
// is not known, repeats the last value.
func fitAll(list []model, y []float64, h int) [][]float64 {
	out := make([][]float64, len(list))
	for m := range list {
		out[m] = list[m].fit(y, h)
		for i, v := range out[m] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				out[m][i] = last(y)
			}
		}
	}
	return out
}

// weights of the models at an origin, from the errors over the last horizons
// before it. Equal when nothing is known of them.
func (b *backtest) weights(models, origin, h int) []float64 {
	sum, n := make([]float64, models), 0.0
	for o, at := range b.at {
		if at+len(b.truth[o]) > origin || at < origin-max(windows*h, recent) {
			continue
		}
		for i, v := range b.truth[o] {
			if math.IsNaN(v) {
				continue
			}
			n++
			for m := range sum {
				sum[m] += math.Abs(v - b.said[o][m][i])
			}
		}
	}
	best := math.Inf(1)
	for _, e := range sum {
		best = min(best, e)
	}
	out, total := make([]float64, models), 0.0
	for m, e := range sum {
		switch {
		case n == 0 || e == best:
			out[m] = 1
		default:
			out[m] = math.Pow(best/e, power)
		}
		total += out[m]
	}
	for m := range out {
		out[m] /= total
	}
	return out
}

// mix is the weighted mean of what the models said.
func mix(said [][]float64, weights []float64) []float64 {
	out := make([]float64, len(said[0]))
	for m, w := range weights {
		for i, v := range said[m] {
			out[i] += w * v
		}
	}
	return out
}
