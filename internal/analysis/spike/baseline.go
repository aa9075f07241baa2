package spike

import "math"

// baseline is what the days before say of a series.
type baseline struct {
	n       int     // known days
	events  float64 // on them, those that stand out counting less
	rate    float64 // events per unit of exposure
	inverse float64 // 1/size of the negative binomial: variance = mean (1 + inverse mean)
}

// baseline estimates from the window before the gap. Rate and dispersion take
// turns, each with the days weighted by how little they stand out.
func (t *Tracker) baseline() baseline {
	var kept [window]noted
	var counts [window]float64
	days := kept[:0]
	for i := min(t.n, window+gap); i > gap; i-- {
		if d := t.back(i); d.known() {
			days = append(days, *d)
		}
	}
	b := baseline{n: len(days)}
	if b.n < enough {
		return b
	}
	weights := counts[:len(days)]
	for i := range days {
		weights[i] = days[i].weight
	}
	for range 3 {
		b.fit(days, weights)
		for i := range days {
			weights[i] = min(days[i].weight, b.weight(days[i].Day))
		}
	}
	return b
}

// dispersion is variance over mean of a count that consists of days with daily
// events each: of chance, of how days differ, and of the rate being an estimate.
func (b baseline) dispersion(mean, daily float64) float64 {
	own := 1 + b.inverse*daily
	return own + mean*own/max(1, b.events)
}

func (b *baseline) fit(days []noted, weights []float64) {
	count, exposure := 0.0, 0.0
	for i, d := range days {
		count += weights[i] * float64(d.Count)
		exposure += weights[i] * d.Exposure
	}
	b.events, b.rate = count, count/exposure
	// Moments: (count - mean)^2 - mean is on average mean^2 / size. Each day
	// weighs by how much it tells.
	above, below := weight*inverse, float64(weight)
	for i, d := range days {
		mean := b.rate * d.Exposure
		if mean == 0 {
			continue
		}
		tells := weights[i] / square(1+b.inverse*mean)
		above += tells * (square(float64(d.Count)-mean) - mean)
		below += tells * mean * mean
	}
	b.inverse = min(wildest, max(0, above/below))
}

// weight is how much a day counts: less, the more it stands out above.
func (b baseline) weight(d Day) float64 {
	mean := max(faintest, b.rate*d.Exposure)
	r := (float64(d.Count) - mean) / math.Sqrt(mean*(1+b.inverse*mean))
	if d.Unknown || r <= outlier {
		return 1
	}
	return square(outlier / r)
}

func (b baseline) judge(d Day) Verdict {
	mean := b.rate * d.Exposure
	v := Verdict{Expected: mean, Days: b.n, Method: Daily}
	mean = max(faintest, mean)
	v.Phi = b.dispersion(mean, mean)
	v.P = Tail(d.Count, mean, v.Phi)
	v.Threshold = least(Limit, mean, v.Phi, Few)
	v.Spike = d.Count >= v.Threshold
	return v
}

func square(x float64) float64 { return x * x }
