package anomaly

import "math"

// moments is a mean and a variance that forget after some thousand rows.
type moments struct{ n, mean, variance float64 }

// add learns v and returns how it lay before that.
func (m *moments) add(v float64) departure {
	d := departure{m.n, v - m.mean, math.Sqrt(m.variance)}
	m.n++
	a := max(1/m.n, 1.0/memory)
	m.mean += a * d.from
	m.variance = (1 - a) * (m.variance + a*d.from*d.from)
	return d
}

// departure is the distance of a value from the mean before it.
type departure struct{ n, from, sd float64 }

// above is the distance in standard deviations, which are at least as large as
// least; 0 below the mean, without history, and where nothing ever moved.
func (d departure) above(least float64) float64 {
	sd := max(d.sd, least)
	if d.n < 2 || sd == 0 || d.from <= 0 {
		return 0
	}
	return d.from / sd
}
