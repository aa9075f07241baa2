package restock

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Outcome is what a policy did over some days.
type Outcome struct {
	Asked, Served float64 // pieces
	Stock         float64 // pieces in the evening, on average
	Days, Orders  int
}

// Fill is the share of demand that was served; NaN without demand.
func (o Outcome) Fill() float64 { return o.Served / o.Asked }

// retune is how many days a margin is kept.
const retune = 28

// Policy answers at a review with the level to bring the position up to. It is
// given what was seen so far and nothing else.
type Policy func(seen History) float64

// Replayed is the policy of this package: the plan of every review, with a
// margin that is tuned again every four weeks. It orders nothing while too
// little is known.
func Replayed(t Terms, seed uint64) Policy {
	var margin Margin
	tuned := -retune
	return func(seen History) float64 {
		if day := len(seen.Demand); day-tuned >= retune {
			margin, tuned = Tune(seen, t, seed), day
		}
		plan, err := Make(seen, t, margin)
		if err != nil {
			return 0
		}
		return float64(plan.UpTo)
	}
}

// Cover is the rule of thumb: so many days of the mean of the last four weeks.
func Cover(days float64) Policy {
	return func(seen History) float64 {
		mean, _ := moments(newest(seen.Demand, levelDays))
		return days * mean
	}
}

// newest are the last n known values.
func newest(v []float64, n int) []float64 {
	var out []float64
	for _, x := range slices.Backward(v) {
		if len(out) == n {
			break
		}
		if !math.IsNaN(x) {
			out = append(out, x)
		}
	}
	return out
}

// World is what happens to orders.
type World struct {
	Leads     []int   // days of each order in turn, then from the front again
	Delivered float64 // share of an order that comes; 0 means all
}

// Expected is the world as the terms describe it.
func Expected(t Terms, seed uint64) World {
	rng := rand.New(rand.NewPCG(seed, 0x1ead))
	return World{Leads: drawLeads(t.leads(), 100, rng), Delivered: t.Delivered}
}

// Simulate lives through h from a day on, with a stock for twenty days at
// first. What is asked for and not there is lost and not seen: on such a day
// the policy sees only that it was more than what was sold. Demand that is not known asks for nothing and stays unknown. Days before counted are
// lived through, not counted.
func Simulate(h History, t Terms, policy Policy, from, counted int, world World) Outcome {
	seen := History{Demand: slices.Clone(h.Demand[:from]), Plan: h.Plan}
	due := make([]float64, len(h.Demand)+1)
	mean, _ := moments(newest(seen.Demand, levelDays))
	stock, coming := math.Round(20*mean), 0.0
	var out Outcome
	for day := from; day < len(h.Demand); day++ {
		stock, coming = stock+due[day], coming-due[day]
		d := h.Demand[day]
		got := min(d, stock)
		if math.IsNaN(d) {
			got = 0
		}
		stock -= got
		seen.Demand = append(seen.Demand, sight(seen, d, got))
		if day >= counted && !math.IsNaN(d) {
			out.Asked, out.Served = out.Asked+d, out.Served+got
		}
		if day >= counted {
			out.Stock += stock
			out.Days++
		}
		if (day-from)%t.Review != 0 {
			continue
		}
		if q := float64(t.round(policy(seen) - stock - coming)); q > 0 {
			if world.Delivered > 0 {
				q = math.Round(q * world.Delivered)
			}
			lead := world.Leads[out.Orders%len(world.Leads)]
			coming += q
			due[min(day+lead+1, len(h.Demand))] += q
			out.Orders++
		}
	}
	out.Stock /= float64(out.Days)
	return out
}

// sight is what is known of a day's demand when got was sold of it. When more
// was asked for, it is as much as on earlier days that asked for more than got.
func sight(seen History, demand, got float64) float64 {
	if math.IsNaN(demand) || got >= demand {
		return demand
	}
	sum, n := 0.0, 0.0
	for _, v := range newest(seen.Demand, 2*replayDays) {
		if v > got {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return got + 1
	}
	return math.Round(sum / n)
}
