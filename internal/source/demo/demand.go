package demo

import "math"

// Averages of a basket, which the order generator draws around.
const (
	linesPerOrder = 1.42
	unitsPerLine  = 1.16
	unpaidShare   = .07
	memberShare   = .42
)

// channelWeight is how buyers spread over the channels that list an item.
var channelWeight = [channelCount]float64{.72, .18, .10}

// entryWeight is how a channel's buyers arrive: search, recommend, ads, live.
var entryWeight = [channelCount][4]float64{
	{.38, .27, .18, .17}, {.56, .30, .12, .02}, {.33, .48, .14, .05},
}

// demand is what buyers want on an ordinary day.
type demand struct {
	byUnit    [unitCount]alias
	rank      [unitCount][]int32 // alias index to rank
	unitShare [unitCount]float64 // of orders
	weight    []float64          // of orders by rank, sums to 1
	orders    float64            // a day
	place     alias              // of provinces
	// share is the part of a unit's orders that each channel takes.
	share [unitCount][channelCount]float64
}

func newDemand(m *Mall) demand {
	c := &m.cat
	n := len(c.sellers)
	gmv := popularity(n)
	d := demand{orders: float64(m.opt.Orders), weight: make([]float64, n)}
	var sum float64
	for r := range n {
		d.weight[r] = gmv[r] / float64(c.seller(int32(r)).deal)
		sum += d.weight[r]
	}
	var weights [unitCount][]float64
	for r := range n {
		d.weight[r] /= sum
		u := c.seller(int32(r)).unit
		weights[u] = append(weights[u], d.weight[r])
		d.rank[u] = append(d.rank[u], int32(r))
		d.unitShare[u] += d.weight[r]
		p := channelShares(c.seller(int32(r)).chans)
		for ch := range p {
			d.share[u][ch] += d.weight[r] * p[ch]
		}
	}
	for u := range weights {
		if len(weights[u]) == 0 {
			continue
		}
		d.byUnit[u] = newAlias(weights[u])
		for ch := range d.share[u] {
			d.share[u][ch] /= d.unitShare[u]
		}
	}
	place := make([]float64, len(provinces))
	for i, p := range provinces {
		place[i] = p.weight
	}
	d.place = newAlias(place)
	return d
}

// popularity gives each rank a share of GMV by a shifted power law whose
// exponent makes the first topN ranks take topShare.
func popularity(n int) []float64 {
	const shift = 9
	g := make([]float64, n)
	lo, hi := 0.0, 3.0
	for range 50 {
		s := (lo + hi) / 2
		var top, sum float64
		for r := range g {
			g[r] = math.Pow(float64(r+shift), -s)
			sum += g[r]
			if r < topN {
				top += g[r]
			}
		}
		if top/sum < topShare {
			lo = s
		} else {
			hi = s
		}
	}
	return g
}

// channelShares spreads demand over the channels in a set.
func channelShares(chans uint8) (p [channelCount]float64) {
	var sum float64
	for ch, w := range channelWeight {
		if chans&(1<<ch) != 0 {
			p[ch] = w
			sum += w
		}
	}
	for ch := range p {
		p[ch] /= sum
	}
	return p
}

// rate is the units of a SKU that a channel sells on an ordinary day.
func (m *Mall) rate(rank int32, channel int) float64 {
	p := channelShares(m.cat.seller(rank).chans)
	return m.demand.orders * m.demand.weight[rank] * linesPerOrder * unitsPerLine * p[channel]
}

// unitsPerDay is rate over all channels.
func (m *Mall) unitsPerDay(rank int32) float64 {
	return m.demand.orders * m.demand.weight[rank] * linesPerOrder * unitsPerLine
}
