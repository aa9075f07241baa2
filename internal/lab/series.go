package lab

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// moment is where a row stands in its series: a time, or a number when the
// column counts steps.
type moment struct {
	at     time.Time
	number int64
	counts bool
	line   int
}

// Moment is a timestamp or, in files without dates, the number of a step: up to
// six digits.
func (r *Row) moment(column string) moment {
	text := r.Text(column)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > -1e6 && n < 1e6 {
		return moment{number: n, counts: true, line: r.Line}
	}
	return moment{at: r.Time(column), line: r.Line}
}

func (m moment) compare(o moment) int {
	return cmp.Or(cmp.Compare(m.number, o.number), m.at.Compare(o.at))
}

// point is a row of a series.
type point struct {
	moment
	value float64 // NaN when not known
	extra float64 // a further column of the verb
}

// grid is a series with a value for every step.
type grid struct {
	values []float64 // NaN when not known or when the step has no row
	extras []float64
	step   time.Duration // 0 when the column counts steps, or they are uneven
	absent int           // steps without a row
	uneven bool          // no step fits the times: the rows are taken in order
}

// longestGrid bounds what a far-off date can make of a series.
const longestGrid = 1 << 20

// regular puts points on a grid. The error says which line stands twice.
func regular(points []point) (grid, error) {
	slices.SortStableFunc(points, func(a, b point) int { return a.compare(b.moment) })
	for i := 1; i < len(points); i++ {
		if points[i].compare(points[i-1].moment) == 0 {
			return grid{}, fmt.Errorf("lines %d and %d have the same time", points[i-1].line, points[i].line)
		}
		if points[i].counts != points[i-1].counts {
			return grid{}, fmt.Errorf("line %d has a number and another one a date", points[i].line)
		}
	}
	g := grid{}
	at := positions(points, &g)
	if at == nil || at[len(at)-1] >= longestGrid {
		g.uneven, g.step = len(points) > 1, 0
		at = make([]int, len(points))
		for i := range at {
			at[i] = i
		}
	}
	if len(points) == 0 {
		return g, nil
	}
	n := at[len(at)-1] + 1
	g.absent = n - len(points)
	g.values, g.extras = make([]float64, n), make([]float64, n)
	for i := range g.values {
		g.values[i] = math.NaN()
	}
	for i, p := range points {
		g.values[at[i]], g.extras[at[i]] = p.value, p.extra
	}
	return g, nil
}

// positions are the steps of points from the first one on: numbers as they are,
// the same day of every month, else times with one distance: the commonest, or
// the shortest when most rows are absent. nil when they fit none.
func positions(points []point, g *grid) []int {
	if len(points) < 2 {
		return make([]int, len(points))
	}
	out := make([]int, len(points))
	if points[0].counts {
		for i, p := range points {
			out[i] = int(p.number - points[0].number)
		}
		return out
	}
	if months := monthly(points); months != nil {
		g.step = 30 * 24 * time.Hour
		return months
	}
	for _, step := range [2]time.Duration{commonest(points), shortest(points)} {
		if fit := stepped(points, step); fit != nil {
			g.step = step
			return fit
		}
	}
	return nil
}

// stepped are positions by a step; nil when it does not fit. A zone that changes
// its clock moves days by an hour, which is let pass.
func stepped(points []point, step time.Duration) []int {
	out := make([]int, len(points))
	for i, p := range points {
		d := p.at.Sub(points[0].at)
		k := (d + step/2) / step
		if off := (d - k*step).Abs(); off > step/20 || i > 0 && int(k) <= out[i-1] {
			return nil
		}
		out[i] = int(k)
	}
	return out
}

// monthly are positions by month when all times are on the same day of theirs,
// or on the last one.
func monthly(points []point) []int {
	first := points[0].at
	same, end := true, true
	out := make([]int, len(points))
	for i, p := range points {
		out[i] = 12*(p.at.Year()-first.Year()) + int(p.at.Month()-first.Month())
		same = same && p.at.Day() == first.Day()
		end = end && p.at.AddDate(0, 0, 1).Day() == 1
		if !same && !end || i > 0 && out[i] == out[i-1] {
			return nil
		}
	}
	return out
}

// commonest is the distance that most neighbours have; the shorter of two.
func commonest(points []point) time.Duration {
	n := map[time.Duration]int{}
	for i := 1; i < len(points); i++ {
		n[points[i].at.Sub(points[i-1].at)]++
	}
	var best time.Duration
	for d, k := range n {
		if k > n[best] || k == n[best] && d < best {
			best = d
		}
	}
	return best
}

// shortest is the smallest distance of neighbours.
func shortest(points []point) time.Duration {
	best := points[1].at.Sub(points[0].at)
	for i := 2; i < len(points); i++ {
		best = min(best, points[i].at.Sub(points[i-1].at))
	}
	return best
}

// bySeries collects points under the name of their series, in order of first
// appearance.
type bySeries struct {
	names  []string
	points map[string][]point
}

func (b *bySeries) add(name string, p point) {
	if b.points == nil {
		b.points = map[string][]point{}
	}
	if _, ok := b.points[name]; !ok {
		b.names = append(b.names, name)
	}
	b.points[name] = append(b.points[name], p)
}
