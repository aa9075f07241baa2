package explain

import (
	"cmp"
	"math"
	"slices"
)

// Limits of the search, as in the paper.
const (
	leastRisk    = 0.5
	leastEP      = 0.02 // of the explanatory power of all abnormal leaves
	dropExtremes = 5    // distinct deviations on each side
	// A small table has fewer extremes to spare: one in so many deviations.
	fewPerExtreme = 20
)

// Additive searches the slices that account for the deviation of a sum: RiskLoc
// (Kalander, arXiv 2205.10004). usual is where the whole lies when nothing has
// changed; nil lets the leaves' own noise tell. The work grows with leaves x
// 2^dimensions.
func Additive(t Table, usual *Interval) (Answer, error) {
	if err := t.check(); err != nil {
		return Answer{}, err
	}
	g := newGrid(t)
	n := leafNoise(t.Leaves)
	all := make([]int32, len(t.Leaves))
	a := Answer{Judged: n.known || usual != nil}
	for i, x := range t.Leaves {
		all[i] = int32(i) //nolint:gosec // an index of a leaf
		a.Actual += x.Actual
		a.Forecast += x.Forecast
	}
	a.Rest = a.Actual - a.Forecast
	if n.known {
		a.Z = n.z(t.Leaves, all, 1)
	}
	if usual != nil && usual.Holds(a.Actual) {
		a.Noise = true
		return a, nil
	}
	found := newRiskSearch(g).run()
	for i := range found {
		if n.known {
			found[i].slice.Z = n.z(t.Leaves, found[i].leaves, n.center)
		}
	}
	limit := beyond(chanceSlice, g.elements())
	if n.known {
		found = slices.DeleteFunc(found, func(e element) bool { return math.Abs(e.slice.Z) < limit })
	}
	if usual == nil && n.known && math.Abs(a.Z) < beyond(chanceWhole, 1) && len(found) == 0 {
		a.Noise = true
		return a, nil
	}
	for _, e := range found {
		a.Slices = append(a.Slices, e.slice)
		a.Rest -= e.slice.Change
	}
	return a, nil
}

// element is a slice with its leaves.
type element struct {
	slice  Slice
	leaves []int32
}

// riskSearch holds what RiskLoc knows of each leaf.
type riskSearch struct {
	*grid
	deviation []float64 // 2(f-a)/(f+a)
	abnormal  []bool
	weight    []float64
	power     []float64 // explanatory power: the leaf's share of the deviation
	kept      []bool
}

func newRiskSearch(g *grid) *riskSearch {
	n := len(g.Leaves)
	s := &riskSearch{
		grid: g, deviation: make([]float64, n), abnormal: make([]bool, n), weight: make([]float64, n), power: make([]float64, n), kept: make([]bool, n),
	}
	change := 0.0
	for i, x := range g.Leaves {
		s.kept[i] = true
		s.deviation[i] = deviation(x.Forecast, x.Actual)
		change += x.Actual - x.Forecast
	}
	cut := cutOff(s.deviation)
	abnormal := 0.0
	for i, x := range g.Leaves {
		d := s.deviation[i]
		s.abnormal[i] = cut >= 0 && d > cut || cut < 0 && d < cut
		if x.Actual != 0 || x.Forecast != 0 {
			s.weight[i] = min(1, math.Abs(cut-d))
		}
		if s.abnormal[i] {
			s.weight[i] = min(1, math.Abs(d))
		}
		if change != 0 {
			s.power[i] = (x.Actual - x.Forecast) / change
		}
		if s.abnormal[i] {
			abnormal += s.power[i]
		}
	}
	if abnormal < 0 {
		for i := range s.power {
			s.power[i] = -s.power[i]
		}
	}
	return s
}

// deviation is how far a value falls short of its forecast, -2..2.
func deviation(forecast, actual float64) float64 {
	if forecast+actual == 0 {
		return 0
	}
	return 2 * (forecast - actual) / (forecast + actual)
}

// cutOff parts normal from abnormal deviations: normal noise is about as large
// on both sides, so the side that reaches less far gives its size.
func cutOff(d []float64) float64 {
	s := slices.Clone(d)
	slices.Sort(s)
	s = slices.Compact(s)
	if len(s) == 0 {
		return 0
	}
	drop := min(dropExtremes, len(s)/fewPerExtreme)
	low, high := s[drop], s[len(s)-1-drop]
	if math.Abs(low) < math.Abs(high) {
		return -low
	}
	return -high
}

func (s *riskSearch) run() []element {
	limit := leastEP * s.abnormalPower()
	var out []element
	for limit > 0 && s.abnormalPower() > limit {
		e, ok := s.next(limit)
		if !ok {
			break
		}
		for _, i := range e.leaves {
			s.kept[i] = false
		}
		out = append(out, e)
	}
	return out
}

func (s *riskSearch) abnormalPower() float64 {
	sum := 0.0
	for i, abnormal := range s.abnormal {
		if abnormal && s.kept[i] {
			sum += s.power[i]
		}
	}
	return sum
}

// next is the element of the fewest dimensions with the highest power among
// those at risk.
func (s *riskSearch) next(limit float64) (element, bool) {
	for from := 0; from < len(s.cuboids); {
		layer := len(s.cuboids[from])
		var best element
		for ; from < len(s.cuboids) && len(s.cuboids[from]) == layer; from++ {
			if e, ok := s.inCuboid(s.cuboids[from], limit); ok && e.slice.Score > best.slice.Score {
				best = e
			}
		}
		if best.leaves != nil {
			return best, true
		}
	}
	return element{}, false
}

// inCuboid is the element of a cuboid with the highest power that is at risk.
func (s *riskSearch) inCuboid(dims []int, limit float64) (element, bool) {
	groups := s.group(dims, s.kept)
	type candidate struct {
		leaves []int32
		power  float64
	}
	var list []candidate
	for _, leaves := range groups {
		power := 0.0
		for _, i := range leaves {
			power += s.power[i]
		}
		if power >= limit {
			list = append(list, candidate{leaves, power})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.power, a.power) })
	for _, c := range list {
		if s.risk(c.leaves) >= leastRisk {
			e := element{leaves: c.leaves, slice: Slice{Where: s.where(dims, c.leaves[0]), Leaves: len(c.leaves), Score: c.power}}
			for _, i := range c.leaves {
				e.slice.Actual += s.Leaves[i].Actual
				e.slice.Forecast += s.Leaves[i].Forecast
			}
			e.slice.Change = e.slice.Actual - e.slice.Forecast
			return e, true
		}
	}
	return element{}, false
}

// risk is high where most leaves are abnormal and all moved by the same factor.
func (s *riskSearch) risk(leaves []int32) float64 {
	var bad, good, actual, forecast float64
	for _, i := range leaves {
		if s.abnormal[i] {
			bad += s.weight[i]
		} else {
			good += s.weight[i]
		}
		actual += s.Leaves[i].Actual
		forecast += s.Leaves[i].Forecast
	}
	if forecast == 0 {
		return 0
	}
	// Both in relative terms, where each leaf counts the same, and in amounts,
	// where small leaves that fell to nothing do not. The larger side is brought
	// to the smaller one, so that a rise and a fall of the same shape are alike.
	var plain, ripple, plainSum, rippleSum float64
	for _, i := range leaves {
		x := s.Leaves[i]
		large, small, scale := x.Forecast, x.Actual, actual/forecast
		if scale > 1 {
			large, small, scale = small, large, 1/scale
		}
		plain += math.Abs(s.deviation[i])
		ripple += math.Abs(deviation(large*scale, small))
		plainSum += large - small
		rippleSum += math.Abs(large*scale - small)
	}
	if plain == 0 || plainSum <= 0 {
		return 0
	}
	return bad/(bad+good+1) - min(ripple/plain, rippleSum/plainSum)
}
