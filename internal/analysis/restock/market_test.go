package restock

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// class is a kind of item of the simulated market.
type class struct {
	name    string
	mean    float64 // pieces a day; of lumpy items on a day with demand, less one
	size    float64 // of the negative binomial
	walk    float64 // standard deviation of the daily step of the level, as a share
	weekday bool
	share   float64 // of days with demand; 0 means all
	promo   float64 // factor on three days in sixty; 0 without
}

var classes = []class{
	{name: "fast", mean: 60, size: 15, walk: .01, weekday: true},
	{name: "medium", mean: 12, size: 4, walk: .01, weekday: true},
	{name: "slow", mean: 2, size: .8},
	{name: "lumpy", mean: 4.5, size: 1.5, share: .15},
	{name: "promoted", mean: 20, size: 8, weekday: true, promo: 5},
}

var weekdays = [7]float64{.9, .85, .9, 1, 1.15, 1.25, .95}

// market draws demand; the same seed draws the same.
type market struct{ rng *rand.Rand }

func newMarket(seed uint64) market { return market{rand.New(rand.NewPCG(seed, 77))} }

func (m market) count(mean, size float64) float64 {
	if mean <= 0 {
		return 0
	}
	lambda := distuv.Gamma{Alpha: size, Beta: size / mean, Src: m.rng}.Rand()
	if lambda <= 0 {
		return 0
	}
	return distuv.Poisson{Lambda: lambda, Src: m.rng}.Rand()
}

// item is n days of demand with its calendar. factor, when set, multiplies the
// mean of a day.
func (m market) item(c class, n int, factor func(day int) float64) History {
	h := History{Demand: make([]float64, n)}
	if c.promo > 0 {
		h.Plan = make([]float64, n+60)
		for start := m.rng.IntN(57); start < n; start += 60 {
			for d := start; d < start+3; d++ {
				h.Plan[d] = c.promo
			}
		}
	}
	level := 1.0
	for day := range h.Demand {
		level *= math.Exp(c.walk * m.rng.NormFloat64())
		mean := c.mean * level
		if c.weekday {
			mean *= weekdays[day%7]
		}
		if h.campaign(day) {
			mean *= c.promo
		}
		if factor != nil {
			mean *= factor(day)
		}
		if c.share > 0 {
			if m.rng.Float64() < c.share {
				h.Demand[day] = 1 + m.count(mean, c.size)
			}
			continue
		}
		h.Demand[day] = m.count(mean, c.size)
	}
	return h
}

// realLeads are what orders of the simulated market take: mean 6.45 days,
// standard deviation 1.80. The policies are told no more than that.
func (m market) realLeads(n, shift int) []int {
	out := make([]int, n)
	for i := range out {
		p := m.rng.Float64()
		for _, l := range []struct {
			days  int
			share float64
		}{{4, .1}, {5, .2}, {6, .3}, {7, .2}, {8, .1}, {9, .05}, {12, .05}} {
			out[i] = l.days + shift
			if p -= l.share; p < 0 {
				break
			}
		}
	}
	return out
}

func weekly() Terms { return Terms{Service: .98, Review: 7, LeadMean: 6.45, LeadSD: 1.8} }
