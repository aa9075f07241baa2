package demo

import (
	"math"
	"math/bits"
)

// rng is a splitmix64 stream. Streams are cheap to make, so each day, item and
// incident has one of its own and nothing depends on the order of generation.
type rng struct{ s uint64 }

// Streams: the first part of every stream's name.
const (
	streamItem uint64 = iota + 1
	streamRank
	streamDay
	streamNoise
	streamStock
	streamPromo
	streamRival
	streamPlan
	streamTraffic
	streamAds
	streamSearch
	streamText
	streamBuyer
	streamTitle
)

// stream names a stream by the seed and up to three numbers.
func stream(seed, kind, a, b uint64) rng {
	return rng{mix(mix(mix(seed^0x9e3779b97f4a7c15, kind), a), b)}
}

// mix folds x into h so that every bit of both counts.
func mix(h, x uint64) uint64 {
	h ^= x + 0x9e3779b97f4a7c15 + h<<6 + h>>2
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}

func (r *rng) next() uint64 {
	r.s += 0x9e3779b97f4a7c15
	z := r.s
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is uniform in [0, 1).
func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// intn is uniform in [0, n); n must be positive.
func (r *rng) intn(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// between is uniform in [lo, hi).
func (r *rng) between(lo, hi float64) float64 { return lo + (hi-lo)*r.float() }

// chance is true with probability p.
func (r *rng) chance(p float64) bool { return r.float() < p }

// norm is a standard normal draw.
func (r *rng) norm() float64 {
	u := 1 - r.float()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*r.float())
}

// lognorm has the given median and log standard deviation.
func (r *rng) lognorm(median, sigma float64) float64 { return median * math.Exp(sigma*r.norm()) }

// exp is exponential with the given mean.
func (r *rng) exp(mean float64) float64 { return -mean * math.Log(1-r.float()) }

// poisson draws a count; large means use the normal approximation.
func (r *rng) poisson(mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 40 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.norm())))
	}
	limit, p, k := math.Exp(-mean), r.float(), 0
	for p > limit {
		p *= r.float()
		k++
	}
	return k
}

// pick returns an index drawn by weight; weights need not sum to 1.
func (r *rng) pick(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := r.float() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// alias draws from a fixed discrete distribution in constant time.
type alias struct {
	prob  []float64
	other []int32
}

func newAlias(weights []float64) alias {
	n := len(weights)
	var sum float64
	for _, w := range weights {
		sum += w
	}
	a := alias{prob: make([]float64, n), other: make([]int32, n)}
	small, large := make([]int32, 0, n), make([]int32, 0, n)
	for i, w := range weights {
		a.prob[i] = w * float64(n) / sum
		if a.prob[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = l
		a.prob[l] -= 1 - a.prob[s]
		if a.prob[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		a.prob[i] = 1
	}
	return a
}

func (a *alias) draw(r *rng) int {
	i := r.intn(len(a.prob))
	if r.float() < a.prob[i] {
		return i
	}
	return int(a.other[i])
}
