package spike

import (
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// The simulator: daily complaints that follow orders with the delay of delivery,
// with weekdays, a trend, promotions and, from day 90 on, spikes of known size.

const simDays = 240

// outbreak is a stretch of days whose mean is multiplied.
type outbreak struct {
	from, to int // both included
	size     float64
}

// simulated is one series.
type simulated struct {
	mean     float64
	days     []Day
	spikes   []outbreak
	promoted [simDays]bool // within 10 days of a promotion
}

// simulate makes n series; the same seed gives the same.
func simulate(seed uint64, n int) []simulated {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	all := make([]simulated, n)
	for i := range all {
		all[i] = simulateOne(rng)
	}
	return all
}

func pick(rng *rand.Rand, from ...float64) float64 { return from[rng.IntN(len(from))] }

func simulateOne(rng *rand.Rand) simulated {
	s := simulated{mean: pick(rng, 2, 5, 12, 30, 80)}
	size := pick(rng, 4, 10, 30)
	orders := s.orders(rng)
	for at := 90 + rng.IntN(15); at < simDays; at += 20 + rng.IntN(15) {
		if rng.Float64() < .9 {
			s.spikes = append(s.spikes, outbreak{at, min(simDays-1, at+rng.IntN(7)), pick(rng, 1.5, 2, 3, 5)})
		}
	}
	for t := range simDays {
		exposure := 0.0
		for d, w := range lag {
			exposure += w * orders[max(0, t-d)]
		}
		mean := s.mean * exposure / 1000
		if k := s.spike(t); k >= 0 {
			mean *= s.spikes[k].size
		}
		lambda := distuv.Gamma{Alpha: size, Beta: size / mean, Src: rng}.Rand()
		s.days = append(s.days, Day{Count: int64(distuv.Poisson{Lambda: lambda, Src: rng}.Rand()), Exposure: exposure})
	}
	return s
}

func (s *simulated) orders(rng *rand.Rand) []float64 {
	var week [7]float64
	for i := range week {
		week[i] = math.Exp(.12 * rng.NormFloat64())
	}
	trend := .25 * rng.NormFloat64()
	orders := make([]float64, simDays)
	for t := range orders {
		orders[t] = 1000 * week[t%7] * math.Exp(trend*float64(t)/simDays+.05*rng.NormFloat64())
	}
	for range 3 {
		at, length, times := 30+rng.IntN(simDays-50), 2+rng.IntN(3), 2+4*rng.Float64()
		for t := at; t < at+length; t++ {
			orders[t] *= times
			for d := max(0, t-10); d <= min(simDays-1, t+10); d++ {
				s.promoted[d] = true
			}
		}
	}
	return orders
}

// spike is the number of the spike on day t, or -1.
func (s *simulated) spike(t int) int {
	for k, x := range s.spikes {
		if t >= x.from && t <= x.to {
			return k
		}
	}
	return -1
}

// after reports whether t is one of the 3 days after a spike.
func (s *simulated) after(t int) bool {
	for _, x := range s.spikes {
		if t > x.to && t <= x.to+3 {
			return true
		}
	}
	return false
}

// outcome is how a detector did: false alarms from day 60 on, outside of spikes
// and the 3 days after, and spikes with an alarm.
type outcome struct {
	days, alarms, promoted int
	spikes, found, first   int
	bySize, foundBySize    map[float64]int
}

func (o outcome) perHundred() float64 { return 100 * float64(o.alarms) / float64(o.days) }

func (o outcome) detected() float64 { return 100 * float64(o.found) / float64(o.spikes) }

func (o outcome) at(size float64) float64 {
	return 100 * float64(o.foundBySize[size]) / float64(o.bySize[size])
}

// judge alarms where a strength exceeds limit.
func judge(all []simulated, strength [][]float64, limit float64) outcome {
	o := outcome{bySize: map[float64]int{}, foundBySize: map[float64]int{}}
	for i := range all {
		s := &all[i]
		for t := 60; t < simDays; t++ {
			if s.spike(t) >= 0 || s.after(t) {
				continue
			}
			o.days++
			if strength[i][t] > limit {
				o.alarms++
				if s.promoted[t] {
					o.promoted++
				}
			}
		}
		for _, x := range s.spikes {
			o.spikes++
			o.bySize[x.size]++
			for t := x.from; t <= x.to; t++ {
				if strength[i][t] > limit {
					o.found++
					o.foundBySize[x.size]++
					if t == x.from {
						o.first++
					}
					break
				}
			}
		}
	}
	return o
}

// limitFor is the strength at which a method gives so many false alarms in 100
// series-days.
func limitFor(all []simulated, strength [][]float64, perHundred float64) float64 {
	var quiet []float64
	for i := range all {
		for t := 60; t < simDays; t++ {
			if all[i].spike(t) < 0 && !all[i].after(t) {
				quiet = append(quiet, strength[i][t])
			}
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(quiet)))
	return quiet[int(perHundred/100*float64(len(quiet)))]
}
