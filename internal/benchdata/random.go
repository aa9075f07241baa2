package benchdata

import "math"

// mix is the finaliser of splitmix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stream is a splitmix64 generator.
type stream struct{ state uint64 }

func (s *stream) next() uint64 {
	out := mix(s.state)
	s.state += 0x9e3779b97f4a7c15
	return out
}

// unit is uniform in [0, 1).
func (s *stream) unit() float64 { return float64(s.next()>>11) / (1 << 53) }

// normal is standard normal, by Box and Muller.
func (s *stream) normal() float64 {
	u := 1 - s.unit()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*s.unit())
}

// poisson counts events of a mean; from 30 on by the normal approximation.
func (s *stream) poisson(mean float64) int32 {
	if mean >= 30 {
		return int32(max(0, math.Round(mean+math.Sqrt(mean)*s.normal())))
	}
	u, p := s.unit(), math.Exp(-mean)
	n := int32(0)
	for sum := p; u >= sum && n < 200; sum += p {
		n++
		p *= mean / float64(n)
	}
	return n
}
