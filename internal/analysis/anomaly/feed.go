package anomaly

import "time"

// Data says what is odd about the feed, which is no news of the business.
type Data string

// What a feed may do.
const (
	Sound   Data = ""
	Missing Data = "missing" // this row has no value
	Gap     Data = "gap"     // rows before this one did not come
	Flat    Data = "flat"    // the same value again and again, as never before
)

const (
	// late is how many usual steps without a row are a gap.
	late = 3
	// stuck is the least number of equal values in a row that is a flat line.
	stuck = 24
)

// feed watches how rows come.
type feed struct {
	last    time.Time
	value   float64
	step    moments // seconds between rows
	run     int     // equal values up to now
	longest int     // earlier run
}

// next judges a row of which so many came before.
func (f *feed) next(p Point, rows int) Data {
	d := Sound
	if rows > 0 {
		step := p.At.Sub(f.last).Seconds()
		if rows >= warmUp && step > late*f.step.mean {
			d = Gap
		}
		if f.step.mean > 0 {
			step = min(step, late*f.step.mean) // a gap is no usual step
		}
		f.step.add(step)
	}
	if rows > 0 && p.Value == f.value {
		f.run++
	} else {
		f.longest, f.run = max(f.longest, f.run), 1
	}
	f.last, f.value = p.At, p.Value
	if d == Sound && rows >= warmUp && f.run >= stuck && f.run > 3*f.longest {
		d = Flat
	}
	return d
}
