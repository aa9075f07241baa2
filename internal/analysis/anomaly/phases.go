package anomaly

// Phases judges a series whose business changes with a calendar. Rows of a named
// phase (presale, burst day, aftermath) are compared with earlier rows of the
// same phase, never with plain days, and plain days never learn from them. A
// phase that is seen for the first time raises no alert until it has shown what
// is usual. The zero value is ready.
type Phases struct {
	Least  Effect
	phases map[string]*Detector
	feed   feed
	rows   int
}

// Next judges a row of a phase; plain days are the phase "".
func (p *Phases) Next(phase string, row Point) Result {
	d, known := p.phases[phase]
	if !known {
		if p.phases == nil {
			p.phases = map[string]*Detector{}
		}
		d = &Detector{Least: p.Least}
		p.phases[phase] = d
	}
	res := d.Next(row)
	if res.Data != Missing {
		// The days between two phases are no gap.
		res.Data = p.feed.next(row, p.rows)
		p.rows++
	}
	return res
}
