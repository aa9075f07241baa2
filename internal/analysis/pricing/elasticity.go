package pricing

import "math"

// DaySold is what an item sold on a day and at which price.
type DaySold struct {
	Units float64
	Price float64 // what a piece brought; any unit
	// Usual is what such a day brings to the whole shop over an ordinary one; 0
	// is not known and counts as 1.
	Usual float64
}

// Elasticity is by how many percent sales change when the price rises by one.
type Elasticity struct {
	Mean, SD float64
	Days     int // of the item's own history with sales at more than one price
}

// What is believed of an item before its own history is looked at. The mean is that
// of 1,851 published elasticities of 81 studies (Bijmolt, van Heerde and Pieters
// 2005, New Empirical Generalizations on the Determinants of Price Elasticity,
// Journal of Marketing Research 42(2), 141-156). The spread is our choice: four
// items in five between -1.1 and -4.2; it is not a figure of theirs.
const (
	priorMean, priorSD = -2.62, 1.2
	leastE, mostE      = -6, -.3
)

// ElasticityOf weighs an item's own history against what is usual for goods: a
// regression of the logarithm of its sales, taken as a share of the shop's day,
// on the logarithm of its price. Days are weighed by how sure their count is
// (Poisson, with a fifth of the mean as further spread). An item that never
// changed its price has the usual elasticity.
func ElasticityOf(days []DaySold) Elasticity {
	var w, x, y []float64
	for _, d := range days {
		if d.Units <= 0 || d.Price <= 0 {
			continue
		}
		usual := d.Usual
		if usual <= 0 {
			usual = 1
		}
		const spread = .2
		w = append(w, 1/(1/d.Units+spread*spread))
		x = append(x, math.Log(d.Price))
		y = append(y, math.Log(d.Units/usual))
	}
	e := Elasticity{Mean: priorMean, SD: priorSD}
	sw, sx, sy := 0.0, 0.0, 0.0
	for i := range w {
		sw, sx, sy = sw+w[i], sx+w[i]*x[i], sy+w[i]*y[i]
	}
	if sw == 0 {
		return e
	}
	mx, my := sx/sw, sy/sw
	sxx, sxy := 0.0, 0.0
	for i := range w {
		sxx += w[i] * (x[i] - mx) * (x[i] - mx)
		sxy += w[i] * (x[i] - mx) * (y[i] - my)
	}
	if sxx < 1e-6*sw {
		return e
	}
	slope, rest := sxy/sxx, 0.0
	for i := range w {
		r := y[i] - my - slope*(x[i]-mx)
		rest += w[i] * r * r
	}
	// The weights are precisions; what is left beyond them is further noise.
	scale := max(1, rest/max(1, float64(len(w)-2)))
	own, prior := sxx/scale, 1/(priorSD*priorSD)
	e.Mean = min(mostE, max(leastE, (own*slope+prior*priorMean)/(own+prior)))
	e.SD, e.Days = 1/math.Sqrt(own+prior), len(w)
	return e
}

// Units is what sales become when the price changes by a factor: expected, and
// the range that holds it four times in five.
func (e Elasticity) Units(now, factor float64) (mean, low, high float64) {
	const tenth = 1.2815515655446004 // normal quantile of .9
	at := func(elasticity float64) float64 { return now * math.Pow(factor, min(-.05, elasticity)) }
	a, b := at(e.Mean-tenth*e.SD), at(e.Mean+tenth*e.SD)
	return at(e.Mean), min(a, b), max(a, b)
}
