package explain

import (
	"fmt"
	"math"
	"slices"
)

const (
	ratioAnswers = 3 // slices at most
	ratioDepth   = 3 // dimensions at most
)

// Ratio searches the slices that account for the move of a ratio such as
// conversion or the return rate: Leaf.Actual over Leaf.Base against
// Leaf.Forecast over Leaf.BaseForecast. It is a scan statistic (Kulldorff 1997,
// Communications in Statistics 26:1481): a slice stands out by how far its rate
// moved otherwise than the rate of all other leaves, against the noise of its
// leaves and the number of slices that could have been picked.
// At most three slices of at most three dimensions are answered, largest first;
// their leaves do not overlap.
//
// Slice.Change is how far the slice's own rate moved the whole one, at the mix
// of now; Answer.Rest is the mix and all else. usual is as in Additive.
func Ratio(t Table, usual *Interval) (Answer, error) {
	if err := t.check(); err != nil {
		return Answer{}, err
	}
	for i, x := range t.Leaves {
		if x.Actual < 0 || x.Forecast < 0 || x.Base < 0 || x.BaseForecast < 0 {
			return Answer{}, fmt.Errorf("leaf %d (%v) is negative: a ratio is made of counts or amounts from 0", i, x.Members)
		}
	}
	r := newRatioSearch(newGrid(t))
	a := Answer{Judged: r.noise.known || usual != nil, Actual: over(r.num1, r.den1), Forecast: over(r.num0, r.den0)}
	a.Rest = a.Actual - a.Forecast
	if r.num0 <= 0 || r.den0 <= 0 || r.den1 <= 0 {
		return a, nil
	}
	if r.noise.known {
		a.Z = (a.Actual - a.Forecast) * r.den1 / math.Sqrt(r.variance(1))
	}
	if usual != nil && usual.Holds(a.Actual) {
		a.Noise = true
		return a, nil
	}
	found := r.run(a.Actual < a.Forecast)
	if usual == nil && len(found) == 0 && a.Judged && math.Abs(a.Z) < beyond(chanceWhole, 1) {
		a.Noise = true
		return a, nil
	}
	for _, e := range found {
		a.Slices = append(a.Slices, e.slice)
		a.Rest -= e.slice.Change
	}
	return a, nil
}

func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

type ratioSearch struct {
	*grid
	num0, den0, num1, den1 float64
	noise                  rateNoise
	kept                   []bool
}

// rateNoise is the noise of a leaf's numerator e: count x e for its counts,
// those of before included, and (wobble x e)² for a rate of its own.
type rateNoise struct {
	count, wobble float64
	known         bool
}

// variance of a numerator of which e is expected and before was counted. A
// leaf that had none before has no rate to compare with.
func (n rateNoise) variance(e, before float64) float64 {
	if e <= 0 || before <= 0 {
		return 0
	}
	return n.count*e*(1+e/before) + n.wobble*n.wobble*e*e
}

// expected is a leaf's numerator now at its rate of before times a drift.
func expected(x Leaf, drift float64) float64 {
	return over(x.Forecast, x.BaseForecast) * x.Base * drift
}

// variance of the whole numerator.
func (r *ratioSearch) variance(drift float64) float64 {
	sum := 0.0
	for _, x := range r.Leaves {
		sum += r.noise.variance(expected(x, drift), x.Forecast)
	}
	return sum
}

func newRatioSearch(g *grid) *ratioSearch {
	r := &ratioSearch{grid: g, kept: make([]bool, len(g.Leaves))}
	for i, x := range g.Leaves {
		r.kept[i] = true
		r.num0 += x.Forecast
		r.den0 += x.BaseForecast
		r.num1 += x.Actual
		r.den1 += x.Base
	}
	r.noise = r.estimate()
	return r
}

// estimate fits the noise to the leaves by Laplace errors, of which those
// beyond four spreads count as four, so that the leaves that did change do not
// pass for noise. Numerators that are no counts, such as money, have a scale of
// their own.
func (r *ratioSearch) estimate() rateNoise {
	drift := over(over(r.num1, r.den1), over(r.num0, r.den0))
	var e, before, d, z []float64
	for _, x := range r.Leaves {
		if v := expected(x, drift); v > 0 && x.Forecast > 0 {
			e, before, d = append(e, v), append(before, x.Forecast), append(d, math.Abs(x.Actual-v))
			z = append(z, math.Abs(x.Actual-v)/math.Sqrt(v*(1+v/x.Forecast)))
		}
	}
	if len(e) < fewLeaves {
		return rateNoise{}
	}
	plain := median(z) / 0.6745 // of a normal
	best, least := rateNoise{}, math.Inf(1)
	for _, share := range []float64{1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05} {
		for wobble := 0.0; wobble <= 0.5; wobble += 0.02 {
			n := rateNoise{count: plain * plain * share, wobble: wobble, known: true}
			cost := 0.0
			for i := range e {
				spread := 0.798*math.Sqrt(n.variance(e[i], before[i])) + 1e-300 // mean of |x| of a normal
				cost += math.Log(spread) + min(4, d[i]/spread)
			}
			if cost < least {
				best, least = n, cost
			}
		}
	}
	return best
}

func (r *ratioSearch) run(fell bool) []element {
	var out []element
	for len(out) < ratioAnswers {
		e, ok := r.next(fell)
		if !ok {
			break
		}
		for _, i := range e.leaves {
			r.kept[i] = false
		}
		out = append(out, e)
	}
	return out
}

// next is the slice that stands out most in the direction of the whole, after
// a price for how many slices its combination of dimensions has.
func (r *ratioSearch) next(fell bool) (element, bool) {
	var all totals
	for i, x := range r.Leaves {
		if r.kept[i] {
			all.add(x, r.noise)
		}
	}
	var best element
	bestScore := 0.0
	for _, dims := range r.cuboids {
		if len(dims) > ratioDepth {
			break
		}
		groups := r.group(dims, r.kept)
		price := math.Log(float64(len(groups))/chanceSlice) + math.Log(float64(len(r.cuboids)))
		for _, leaves := range groups {
			var in totals
			for _, i := range leaves {
				in.add(r.Leaves[i], r.noise)
			}
			z := in.stands(all, fell)
			if score := z*z/2 - price; score > bestScore {
				bestScore = score
				best = element{leaves: leaves, slice: r.slice(dims, leaves, in, z)}
			}
		}
	}
	return best, best.leaves != nil
}

func (r *ratioSearch) slice(dims []int, leaves []int32, in totals, z float64) Slice {
	s := Slice{
		Where: r.where(dims, leaves[0]), Leaves: len(leaves), Actual: over(in.num1, in.den1), Forecast: over(in.num0, in.den0), Score: z * z / 2, Z: z,
	}
	s.Change = (s.Actual - s.Forecast) * over(in.den1, r.den1)
	return s
}

// totals sum leaves: numerators and denominators of before (0) and now (1).
// usual is the numerator of now at each leaf's rate of before, so that a shift
// between leaves of different rates is no change of rate.
type totals struct {
	num0, den0, num1, den1 float64
	usual, variance        float64
}

func (s *totals) add(x Leaf, n rateNoise) {
	s.num0 += x.Forecast
	s.den0 += x.BaseForecast
	s.num1 += x.Actual
	s.den1 += x.Base
	if v := expected(x, 1); v > 0 {
		s.usual += v
		if n.known {
			s.variance += n.variance(v, x.Forecast)
		} else {
			s.variance += v * (1 + v/x.Forecast) // as counts
		}
	}
}

// stands is how far a slice lies from the rate that the leaves outside give it,
// in standard deviations; 0 when it lies on the other side than the whole.
func (s *totals) stands(all totals, fell bool) float64 {
	usualOut, out := all.usual-s.usual, all.num1-s.num1
	if s.usual <= 0 || usualOut <= 0 || out <= 0 || s.variance <= 0 || fell != (s.num1/s.usual < out/usualOut) {
		return 0
	}
	drift := out / usualOut
	// The drift is uncertain as well, the more the less is outside.
	lever := s.usual * drift / usualOut
	variance := drift*drift*s.variance + lever*lever*(all.variance-s.variance)
	return (s.num1 - s.usual*drift) / math.Sqrt(variance)
}

// Reversed is the dimension in which a ratio moved one way as a whole and the
// other way in every member: the mix moved, not the members (Simpson's
// paradox). It is "" when there is none.
func Reversed(t Table) (string, error) {
	if err := t.check(); err != nil {
		return "", err
	}
	g := newGrid(t)
	r := newRatioSearch(g)
	whole := over(r.num1, r.den1) - over(r.num0, r.den0)
	for d, dim := range t.Dims {
		groups := g.group([]int{d}, r.kept)
		if len(groups) > 1 && whole != 0 && !slices.ContainsFunc(groups, func(leaves []int32) bool { return !r.against(leaves, whole) }) {
			return dim, nil
		}
	}
	return "", nil
}

// against reports whether the rate of some leaves moved against the whole.
func (r *ratioSearch) against(leaves []int32, whole float64) bool {
	var in totals
	for _, i := range leaves {
		in.add(r.Leaves[i], rateNoise{})
	}
	return in.den0 > 0 && in.den1 > 0 && (over(in.num1, in.den1)-over(in.num0, in.den0))*whole < 0
}
