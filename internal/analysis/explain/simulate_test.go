package explain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// cards are the sizes of the simulated dimensions: channel, category, band,
// region; 1,120 leaves.
var (
	cards = []int{5, 8, 4, 7}
	dims  = []string{"channel", "category", "band", "region"}
)

// key writes a slice so that two can be compared.
func key(where []Member) string {
	var parts []string
	for _, m := range where {
		parts = append(parts, m.Dim+"="+m.Member)
	}
	return strings.Join(parts, "&")
}

// plant draws one or two sets of dimensions with one or two elements each that
// do not overlap, and returns the leaves of each.
func plant(r *rand.Rand, members [][]string, deepest int) (elements []string, sets [][]int) {
	used := map[string]bool{}
	taken := make([]bool, len(members))
	for range 1 + r.IntN(2) {
		depth := 1 + r.IntN(deepest)
		ds := r.Perm(len(cards))[:depth]
		sortInts(ds)
		name := fmt.Sprint(ds)
		if used[name] && depth < len(cards) {
			continue
		}
		used[name] = true
		var set []int
		for range 1 + r.IntN(2) {
			for range 20 {
				leaf := r.IntN(len(members))
				var where []Member
				for _, d := range ds {
					where = append(where, Member{dims[d], members[leaf][d]})
				}
				var in []int
				overlap := false
				for i, m := range members {
					match := true
					for _, d := range ds {
						match = match && m[d] == members[leaf][d]
					}
					if match {
						in = append(in, i)
						overlap = overlap || taken[i]
					}
				}
				if overlap {
					continue
				}
				for _, i := range in {
					taken[i] = true
				}
				set = append(set, in...)
				elements = append(elements, key(where))
				break
			}
		}
		if set != nil {
			sets = append(sets, set)
		}
	}
	return elements, sets
}

func sortInts(v []int) {
	for i := range v {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
}

func allMembers() [][]string {
	var out [][]string
	for a := range cards[0] {
		for b := range cards[1] {
			for c := range cards[2] {
				for d := range cards[3] {
					out = append(out, []string{fmt.Sprint("a", a), fmt.Sprint("b", b), fmt.Sprint("c", c), fmt.Sprint("d", d)})
				}
			}
		}
	}
	return out
}

// business is a case of a sum: sales per leaf with noise, and faults when
// planted.
func business(r *rand.Rand, planted bool) (Table, []string) {
	t := Table{Dims: dims}
	members := allMembers()
	shape, zeros, v := 0.5+0.5*r.Float64(), 0.25*r.Float64(), 0.25*r.Float64()
	noisy := func(x float64) float64 { return math.Max(0, x*(1+r.NormFloat64()*v)) }
	base := make([]float64, len(members))
	for i, m := range members {
		if r.Float64() >= zeros {
			base[i] = 100 * math.Pow(-math.Log(1-r.Float64()), 1/shape)
		}
		actual, forecast := base[i], noisy(base[i])
		if r.IntN(2) == 0 {
			actual, forecast = forecast, actual
		}
		t.Leaves = append(t.Leaves, Leaf{Members: m, Actual: actual, Forecast: forecast})
	}
	if !planted {
		return t, nil
	}
	elements, sets := plant(r, members, len(cards))
	var real, expected float64
	for _, x := range t.Leaves {
		real += x.Actual
		expected += x.Forecast
	}
	for _, set := range sets {
		severity, spread := 0.2+0.8*r.Float64()+v, 0.1*r.Float64()
		for _, i := range set {
			f := math.Max(0, 1-(severity+r.NormFloat64()*spread))
			x := &t.Leaves[i]
			if real <= expected {
				x.Forecast = x.Actual
				x.Actual *= f
			} else {
				x.Actual = x.Forecast
				x.Forecast *= f
			}
		}
	}
	return t, elements
}

// rates is a case of a ratio. A planted one is drawn again until its faults
// cost at least 1 % of the whole rate: nobody asks about less.
func rates(r *rand.Rand, planted bool) (Table, []string) {
	for {
		t, elements, cost := rateCase(r, planted)
		if !planted || cost >= 0.01 {
			return t, elements
		}
	}
}

// rateCase draws buyers of visitors per leaf, with rates of their own that
// drift, and one or two slices that lose 20 to 80 % of their rate.
func rateCase(r *rand.Rand, planted bool) (t Table, elements []string, cost float64) {
	t.Dims = dims
	members := allMembers()
	effects := make([][]float64, len(cards))
	for d, n := range cards {
		for range n {
			effects[d] = append(effects[d], math.Exp(0.3*r.NormFloat64()))
		}
	}
	drift, wobble := math.Exp(0.03*r.NormFloat64()), 0.1*r.Float64()
	factor := make([]float64, len(members))
	for i := range factor {
		factor[i] = 1
	}
	if planted {
		var sets [][]int
		elements, sets = plant(r, members, len(cards)-1)
		for _, set := range sets {
			lost := 0.2 + 0.6*r.Float64()
			for _, i := range set {
				factor[i] = 1 - lost
			}
		}
	}
	var lost, whole float64
	for i, m := range members {
		rate := 0.04
		for d := range cards {
			rate *= effects[d][int(m[d][1]-'0')]
		}
		rate = math.Min(rate, 0.5)
		before := visitors(r)
		after := math.Round(before * math.Exp(0.2*r.NormFloat64()))
		lost += after * rate * (1 - factor[i])
		whole += after * rate
		t.Leaves = append(t.Leaves, Leaf{
			Members: m, BaseForecast: before, Base: after,
			Forecast: binomial(r, before, rate), Actual: binomial(r, after, rate*drift*factor[i]*math.Exp(wobble*r.NormFloat64())),
		})
	}
	return t, elements, lost / whole
}

func visitors(r *rand.Rand) float64 { return math.Round(math.Exp(6 + 1.5*r.NormFloat64())) }

// binomial draws by its normal limit where that is good, else hit by hit.
func binomial(r *rand.Rand, n, p float64) float64 {
	p = math.Min(1, p)
	if n <= 0 || p <= 0 {
		return 0
	}
	if n*p > 50 {
		return math.Min(n, math.Max(0, math.Round(n*p+r.NormFloat64()*math.Sqrt(n*p*(1-p)))))
	}
	k := -1.0
	for at := 0.0; at <= n; k++ { // from hit to hit
		at += 1 + math.Floor(math.Log(1-r.Float64())/math.Log(1-p))
	}
	return k
}
