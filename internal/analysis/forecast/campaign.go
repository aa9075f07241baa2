package forecast

import (
	"math"
	"slices"
)

// Mark says that a step belongs to a phase of a campaign. The zero Mark is an
// ordinary step.
type Mark struct {
	Phase string  // e.g. "live"; campaigns of a kind share the names of phases
	Plan  float64 // factor on ordinary sales that the calendar expects; 0 when it says none
}

// Uplift is what a phase does to sales, as a factor on what would have been
// without it.
type Uplift struct {
	Mark
	Factor float64
	Events int     // past runs of the phase that it was learnt from
	Spread float64 // standard deviation of the logarithm of the factor
}

// mild reports whether little is planned for a phase: its days, freed from the
// plan, are as good as ordinary ones, which a long season of campaigns has few
// of.
func (m Mark) mild() bool { return m.Plan >= .8 && m.Plan <= 1.25 }

const (
	// prior is the weight of what was planned, in events: one event of its own
	// counts as much.
	prior = 1.0
	// strange is the spread of a factor that has not been seen twice.
	strange = .35
)

// RunMarked forecasts the h steps after y, with marks for each value of y and
// each step ahead (a shorter slice is ordinary to its end). Marked steps teach
// the plain model nothing, unless their plan is near 1. Its forecast is then
// multiplied by the uplift of the phase: what the calendar plans, corrected by
// how past events of the phase went against their plans; without a plan, what
// its own past events brought, drawn to those of all phases when there are
// fewer than two.
func RunMarked(y []float64, marks []Mark, s Shape, h int) (Forecast, []Uplift, error) {
	at := func(i int) Mark {
		if i < len(marks) {
			return marks[i]
		}
		return Mark{}
	}
	plain := make([]float64, len(y))
	for i, v := range y {
		switch m := at(i); {
		case m.Phase == "":
			plain[i] = v
		case m.mild():
			plain[i] = v / m.Plan
		default:
			plain[i] = math.NaN()
		}
	}
	f, err := Run(plain, s, h)
	if err != nil {
		return f, nil, err
	}
	seen := events(y, plain, marks, max(1, s.Season))
	var list []Uplift
	for i := range h {
		m := at(len(y) + i)
		if m.Phase == "" {
			continue
		}
		u := uplift(m, seen)
		if f.doubt == nil {
			f.doubt = make([]float64, h)
		}
		f.Mean[i] *= u.Factor
		f.doubt[i] = u.Spread * math.Sqrt(2/math.Pi)
		if !slices.ContainsFunc(list, func(o Uplift) bool { return o.Mark == m }) {
			list = append(list, u)
		}
	}
	return f, list, nil
}

// event is a past run of a phase: the logarithm of sales over what the same
// weekdays around it brought, and of what was planned (0 for nothing).
type event struct {
	phase     string
	log, plan float64
}

func events(y, plain []float64, marks []Mark, season int) []event {
	var out []event
	n := min(len(y), len(marks))
	for i := 0; i < n; {
		end := i + 1
		for end < n && marks[end].Phase == marks[i].Phase {
			end++
		}
		if marks[i].Phase != "" {
			sales, usual, planned := 0.0, 0.0, 0.0
			for k := i; k < end; k++ {
				if base := around(plain, k, season); !math.IsNaN(y[k]) && !math.IsNaN(base) {
					sales, usual = sales+y[k], usual+base
					planned += base * marks[k].Plan
				}
			}
			if sales > 0 && usual > 0 {
				e := event{phase: marks[i].Phase, log: math.Log(sales / usual)}
				if planned > 0 {
					e.plan = math.Log(planned / usual)
				}
				out = append(out, e)
			}
		}
		i = end
	}
	return out
}

// around is the mean of the known values at the same phase of the season up to
// four seasons before and after k.
func around(plain []float64, k, season int) float64 {
	sum, n := 0.0, 0.0
	for j := -4; j <= 4; j++ {
		if i := k + j*season; i >= 0 && i < len(plain) && !math.IsNaN(plain[i]) {
			sum, n = sum+plain[i], n+1
		}
	}
	return sum / n
}

func uplift(m Mark, seen []event) Uplift {
	u := Uplift{Mark: m, Spread: strange}
	base, weight := 0.0, 0.0
	var own []float64
	all := 0.0
	for _, e := range seen {
		all += e.log
		if e.phase != m.Phase {
			continue
		}
		if m.Plan > 0 {
			own = append(own, e.log-e.plan)
		} else {
			own = append(own, e.log)
		}
	}
	n := float64(len(own))
	switch {
	case m.Plan > 0:
		base, weight = 0, prior
	case len(own) < 2 && len(seen) > len(own):
		base, weight = all/float64(len(seen)), prior
	}
	log := 0.0
	if n+weight > 0 {
		log = (sum(own) + weight*base) / (n + weight)
	}
	u.Events, u.Factor = len(own), math.Exp(log)
	if m.Plan > 0 {
		u.Factor *= m.Plan
	}
	if len(own) >= 2 {
		u.Spread = math.Sqrt((variance(own)*(n-1) + strange*strange) / n * (1 + 1/n))
	}
	return u
}

func sum(v []float64) (s float64) {
	for _, x := range v {
		s += x
	}
	return s
}
