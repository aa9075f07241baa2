package forecast

import "math"

// Mark says that a step belongs to a phase of a campaign. The zero Mark is an
// ordinary step.
type Mark struct {
	Phase string  // e.g. "live"; campaigns of a kind share the names of phases
	Plan  float64 // factor on ordinary sales that the calendar expects; 0 when it says none
}

// Uplift is what a phase does to sales, as a factor on what would have been
// without it.
type Uplift struct {
	Phase  string
	Factor float64
	Events int     // past runs of the phase that it was learnt from
	Spread float64 // standard deviation of the logarithm of the factor
}

const (
	// prior is the weight of what was planned, in events: one event of its own
	// counts as much.
	prior = 1.0
	// strange is the spread of a factor that has not been seen twice.
	strange = .35
)

// RunMarked forecasts the h steps after y, with marks for each value of y and
// each step ahead (a shorter slice is ordinary to its end). Marked steps do not
// teach the plain model anything, which is then multiplied by the uplift of the
// phase: of its own past events, drawn to the plan of the calendar, else to all
// phases' events together.
func RunMarked(y []float64, marks []Mark, s Shape, h int) (Forecast, []Uplift, error) {
	at := func(i int) Mark {
		if i < len(marks) {
			return marks[i]
		}
		return Mark{}
	}
	plain := make([]float64, len(y))
	for i, v := range y {
		if plain[i] = v; at(i).Phase != "" {
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
		if !listed(list, m.Phase) {
			list = append(list, u)
		}
	}
	return f, list, nil
}

func listed(list []Uplift, phase string) bool {
	for _, u := range list {
		if u.Phase == phase {
			return true
		}
	}
	return false
}

// event is a past run of a phase: the logarithm of sales over what the same
// weekdays around it brought.
type event struct {
	phase string
	log   float64
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
			sales, usual := 0.0, 0.0
			for k := i; k < end; k++ {
				if base := around(plain, k, season); !math.IsNaN(y[k]) && !math.IsNaN(base) {
					sales, usual = sales+y[k], usual+base
				}
			}
			if sales > 0 && usual > 0 {
				out = append(out, event{marks[i].Phase, math.Log(sales / usual)})
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
	u := Uplift{Phase: m.Phase, Spread: strange}
	var own []float64
	all := 0.0
	for _, e := range seen {
		all += e.log
		if e.phase == m.Phase {
			own = append(own, e.log)
		}
	}
	u.Events = len(own)
	weight, drawn := 0.0, 0.0
	switch {
	case m.Plan > 0:
		weight, drawn = prior, math.Log(m.Plan)
	case len(own) < 2 && len(seen) > len(own):
		weight, drawn = prior, all/float64(len(seen))
	}
	n := float64(len(own))
	if n+weight > 0 {
		sum := weight * drawn
		for _, v := range own {
			sum += v
		}
		u.Factor = math.Exp(sum / (n + weight))
	} else {
		u.Factor = 1
	}
	if len(own) >= 2 {
		u.Spread = math.Sqrt((variance(own)*(n-1) + strange*strange) / n * (1 + 1/n))
	}
	return u
}
