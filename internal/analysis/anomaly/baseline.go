package anomaly

import (
	"math"
	"time"
)

const (
	slots = 48 // half hours of a day
	// daily is the place of the offsets that hold for any weekday.
	daily = 7
	// steepest is the largest share of a residual that moves the level: rows a
	// day apart would otherwise be followed rather than judged.
	steepest = 0.1
	// habit is the least share of a new visit in the offset of a slot.
	habit = 0.12
)

// baseline is what a series usually is at a time of day and of the week.
type baseline struct {
	first, last time.Time
	level       float64
	offset      [slots][daily + 1]float64 // from the level
	visits      [slots][daily + 1]float64
}

func place(at time.Time) (slot, weekday int) {
	return (at.Hour()*60 + at.Minute()) * slots / 1440, int(at.Weekday())
}

// at is the expected value at a moment after the first row.
func (b *baseline) at(at time.Time) float64 {
	slot, weekday := place(at)
	age := at.Sub(b.first)
	switch {
	case age > 15*24*time.Hour && b.visits[slot][weekday] >= 2:
		return b.level + b.offset[slot][weekday]
	case age >= 24*time.Hour:
		return b.level + b.offset[slot][daily]
	}
	return b.level
}

// residual is how far a value lies above the baseline, which then learns it.
func (b *baseline) residual(at time.Time, value float64, rows int) float64 {
	if rows == 0 {
		b.first, b.last, b.level = at, at, value
	}
	r := value - b.at(at)
	step := max(0, at.Sub(b.last).Hours()/24)
	b.last = at
	b.level += r * max(min(1-math.Exp(-step), steepest), 1/float64(rows+2))
	slot, weekday := place(at)
	for _, w := range [...]int{daily, weekday} {
		b.visits[slot][w]++
		b.offset[slot][w] += max(habit, 1/b.visits[slot][w]) * (value - b.level - b.offset[slot][w])
	}
	return r
}
