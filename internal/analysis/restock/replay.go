package restock

import (
	"math"
	"math/rand/v2"

	"shopwatch/internal/analysis/count"
)

// margins are tried in this order: how many standard deviations of the demand
// of the protection time the level lies above its mean.
var margins = []float64{0, .25, .5, .75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6}

const (
	// replayed is how many days a replay lasts.
	replayed = 1260
	// above is how much of what would be missed the replay must serve as well:
	// weeks drawn from a short past are tamer than the weeks to come.
	above = .4
)

// Margin is how far above the expected demand the level lies.
type Margin struct {
	K float64 // standard deviations of the demand of the protection time
	// Fill is the fill rate of the replay that found it, Days how many known
	// plain days it drew from. NaN and fewer than 28 when there were too few:
	// then K is from the formula.
	Fill float64
	Days int
}

// enough is how many known days a replay needs.
const enough = 28

// Tune finds the margin of an item: weeks of its last 112 plain days (or more
// of one that sells rarely) are strung together to 1,260 days, with lead times
// of the terms, and the policy is replayed on them with its estimates as
// uncertain as they are, until enough is served. seed makes the draw; the same
// seed gives the same margin.
func Tune(h History, t Terms, seed uint64) Margin {
	days := h.past()
	l := h.estimate()
	if len(days) < enough {
		return Rough(h, t)
	}
	rng := rand.New(rand.NewPCG(seed, 0x5107))
	demand := drawWeeks(days, replayed, rng)
	leads := drawLeads(t.leads(), replayed/t.Review+1, rng)
	aim := t.Service + above*(1-t.Service)
	means := trailing(demand, l.window, l.mean)
	out := Margin{Days: len(days)}
	for _, out.K = range margins {
		out.Fill = replay(demand, means, leads, t, l, out.K)
		if out.Fill >= aim {
			break
		}
	}
	return out
}

// Rough is the margin of the textbook formula, without a replay: what Tune falls
// back on, and enough to see which items are far from needing an order.
func Rough(h History, t Terms) Margin {
	return Margin{K: formula(h.estimate(), t), Fill: math.NaN(), Days: len(h.past())}
}

// formula is the margin of the smallest level whose expected shortfall in a
// review is what the fill rate allows, for negative-binomial demand whose mean
// is an estimate: loss(S) <= (1 - service) m R with variance W sd² + m² Var(L)
// + W² sd²/n.
func formula(l level, t Terms) float64 {
	w := t.protection()
	s := spread(l.mean, l.sd, w, t)
	if !(s > 0) {
		return 0
	}
	d := count.New(l.mean*w, s*s+w*w*l.error*l.error)
	up := float64(d.UpTo((1 - t.Service) * l.mean * float64(t.Review)))
	return min(margins[len(margins)-1], max(0, (up-l.mean*w)/s))
}

// drawWeeks strings random weeks of days together: what belongs to a weekday
// stays together.
func drawWeeks(days []float64, n int, rng *rand.Rand) []float64 {
	out := make([]float64, 0, n+7)
	for len(out) < n {
		at := rng.IntN(len(days) - 6)
		out = append(out, days[at:at+7]...)
	}
	return out[:n]
}

// drawLeads mixes lead times evenly: every one comes as often.
func drawLeads(leads []int, n int, rng *rand.Rand) []int {
	out := make([]int, 0, n+len(leads))
	for len(out) < n {
		for _, i := range rng.Perm(len(leads)) {
			out = append(out, leads[i])
		}
	}
	return out
}

// trailing is for each day the mean of the window before it; the first days
// have what was estimated before.
func trailing(demand []float64, window int, before float64) []float64 {
	out := make([]float64, len(demand))
	sum := before * float64(window)
	for i := range demand {
		out[i] = sum / float64(window)
		sum += demand[i]
		if i >= window {
			sum -= demand[i-window]
		} else {
			sum -= before
		}
	}
	return out
}

// replay is the fill rate of a margin, lost sales, from a full shelf on.
func replay(demand, means []float64, leads []int, t Terms, l level, k float64) float64 {
	w := t.protection()
	due := make([]float64, len(demand)+1)
	stock := l.mean*w + k*spread(l.mean, l.sd, w, t)
	coming, orders := 0.0, 0
	asked, served := 0.0, 0.0
	for day, d := range demand {
		stock, coming = stock+due[day], coming-due[day]
		got := min(d, stock)
		stock -= got
		if day >= 28 {
			asked, served = asked+d, served+got
		}
		if day%t.Review != t.Review-1 {
			continue
		}
		m := means[day]
		level := m*w + k*spread(m, l.sd, w, t)
		if q := float64(t.round(math.Round(level) - stock - coming)); q > 0 {
			coming += q
			due[min(day+leads[orders%len(leads)]+1, len(demand))] += q
			orders++
		}
	}
	if asked == 0 {
		return 1
	}
	return served / asked
}

// spread is the standard deviation of the demand of the protection time: of the
// days, and of the lead time.
func spread(mean, sd, protection float64, t Terms) float64 {
	return math.Sqrt(protection*sd*sd + mean*mean*t.LeadSD*t.LeadSD)
}
