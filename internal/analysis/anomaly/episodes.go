package anomaly

import "math"

const (
	// remembered is how many episodes are kept; the least ones go first.
	remembered = 32
	// notable is the evidence from which a row belongs to an episode; less is
	// never an alert.
	notable = 2
	// halfLife is after how many rows an episode counts half.
	halfLife = 8000
	// likeness is how fast a smaller episode stops counting as one like this.
	likeness = 4
)

// episodes is how strong earlier episodes were: the highest evidence in a
// stretch of as many rows as a rest lasts.
type episodes struct {
	n    int
	peak [remembered]struct {
		evidence float64
		row      int
	}
}

// like counts earlier episodes at least as strong: (theirs/ours)^4, at most 1
// each, so that no small change of either moves the count by a whole episode.
// The one that goes on is not counted.
func (e *episodes) like(evidence float64, row int) float64 {
	if evidence <= 0 {
		return 0
	}
	sum := 0.0
	for _, p := range e.peak[:e.n] {
		if age := row - p.row; age > rest {
			sum += math.Pow(min(1, p.evidence/evidence), likeness) * math.Exp2(-float64(age)/halfLife)
		}
	}
	return sum
}

func (e *episodes) remember(evidence float64, row int) {
	if evidence <= notable {
		return
	}
	if e.n > 0 && row-e.peak[e.n-1].row <= rest {
		last := &e.peak[e.n-1]
		last.evidence = max(last.evidence, evidence)
		return
	}
	if e.n == remembered {
		e.forget()
	}
	e.peak[e.n].evidence, e.peak[e.n].row = evidence, row
	e.n++
}

// forget drops the weakest.
func (e *episodes) forget() {
	least := 0
	for i := range e.peak {
		if e.peak[i].evidence < e.peak[least].evidence {
			least = i
		}
	}
	copy(e.peak[least:], e.peak[least+1:])
	e.n--
}
