package anomaly

import (
	"math"
	"time"
)

// Threshold is the score from which a row is an alert.
const Threshold = 0.5

const (
	burst  = 3   // rows of the short average
	lasts  = 12  // rows of the long one
	warmUp = 60  // rows before anything is judged
	rest   = 100 // rows that an alert stands for
	// stronger is how much the evidence must exceed all that came since an alert
	// to end its rest.
	stronger = 1.5
	// enough is the evidence, divided by the number of its likes, at which the
	// score reaches Threshold.
	enough = 1.6
	// most is the evidence beyond which nothing is more surprising.
	most = 10
	// subdued is what is left of a score in a rest, or of one that is high only
	// because nothing has happened yet.
	subdued = 0.4
	// memory is how many rows the usual size of a residual is taken over.
	memory = 4000
)

// Point is one row.
type Point struct {
	At    time.Time // its wall clock gives the time of day and the weekday
	Value float64
	// Unknown: there is no value, which is not zero. Nothing is learnt.
	Unknown bool
}

// Channel names the evidence that weighed most.
type Channel string

// Channels.
const (
	None  Channel = ""
	Burst Channel = "burst" // the last 3 rows
	Lasts Channel = "lasts" // the last 12 rows
)

// Result is what is said of a row, with its evidence.
type Result struct {
	// Score is 0 for nothing unusual up to 1.
	Score float64
	Alert bool
	// Expected is the baseline before this row, NaN for the first. Lower and
	// Upper are three standard deviations of the residuals away, NaN for the
	// first two rows; Lower is not below 0 where no value has been.
	Expected, Lower, Upper float64
	Channel                Channel
	Evidence               float64 // standard deviations above the usual size of such a residual
	Seen                   float64 // earlier episodes of this size, older ones counting less
	Rows                   int     // known rows before this one
	Data                   Data    // what is odd about the feed rather than about the value
}

// Effect is the least departure from what is expected that is worth an alert:
// at least a share of it and at least an amount. The zero value asks for none.
type Effect struct{ Share, Amount float64 }

func (e Effect) reached(value, expected float64) bool {
	d := math.Abs(value - expected)
	return d >= e.Share*math.Abs(expected) && d >= e.Amount
}

// Detector judges one series. The zero value is ready; a copy is a snapshot.
type Detector struct {
	Least Effect

	rows   int
	below  bool // a value was below 0
	base   baseline
	recent [lasts]float64 // residuals, a ring
	size   moments        // of the values' absolute size
	spread moments        // of the residuals
	usual  [2]moments     // of the size of the two averages
	past   episodes
	feed   feed
	// An alert stands until this row; strongest is the most seen since.
	until     int
	strongest float64
}

// Next judges the row that follows those before it. Rows come in order of time;
// one that goes back in time counts as following at once.
func (d *Detector) Next(p Point) Result {
	if p.Unknown || math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		return Result{Expected: math.NaN(), Lower: math.NaN(), Upper: math.NaN(), Rows: d.rows, Data: Missing}
	}
	res := Result{Rows: d.rows}
	res.Expected, res.Lower, res.Upper = d.expect(p.At)
	res.Data = d.feed.next(p, d.rows)
	r := d.base.residual(p.At, p.Value, d.rows)
	d.recent[d.rows%lasts] = r
	d.rows++
	d.spread.add(r)
	d.size.add(math.Abs(p.Value))
	d.below = d.below || p.Value < 0
	res.Evidence, res.Channel = d.evidence()
	if d.rows <= warmUp {
		res.Evidence, res.Channel = 0, None
	}
	res.Seen = d.past.like(res.Evidence, d.rows)
	d.past.remember(res.Evidence, d.rows)
	d.judge(&res, p.Value)
	return res
}

// expect is the baseline of a moment with three deviations on both sides.
func (d *Detector) expect(at time.Time) (expected, lower, upper float64) {
	if d.rows == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	expected = d.base.at(at)
	if d.rows < 2 {
		return expected, math.NaN(), math.NaN()
	}
	width := 3 * math.Sqrt(d.spread.variance)
	lower = expected - width
	if !d.below {
		lower = max(0, lower)
	}
	return expected, lower, expected + width
}

// evidence is the larger of the two averages' distances from their usual size.
func (d *Detector) evidence() (best float64, c Channel) {
	least := 1e-9 * d.size.mean // of a deviation, so that rounding is no event
	for i, k := range [...]int{burst, lasts} {
		if z := d.usual[i].add(math.Abs(d.average(k))).above(least); z > best {
			best, c = z, [...]Channel{Burst, Lasts}[i]
		}
	}
	return best, c
}

// average is the mean of the last k residuals, or of as many as there are.
func (d *Detector) average(k int) float64 {
	k = min(k, d.rows)
	sum := 0.0
	for i := d.rows - k; i < d.rows; i++ {
		sum += d.recent[i%lasts]
	}
	return sum / float64(k)
}

// judge turns evidence into a score and, outside of a rest, into an alert.
func (d *Detector) judge(res *Result, value float64) {
	rare := min(res.Evidence, most) / (1 + res.Seen)
	res.Score = rare / (rare + enough)
	if res.Evidence < notable || d.resting(res.Evidence) {
		res.Score *= subdued
		return
	}
	if res.Score >= Threshold && d.Least.reached(value, res.Expected) {
		res.Alert = true
		d.until = d.rows + rest
		d.strongest = res.Evidence
	}
}

// resting reports whether the last alert still stands for this row. Something
// clearly stronger that begins later in the rest is told nevertheless.
func (d *Detector) resting(evidence float64) bool {
	if d.rows >= d.until || d.until-d.rows <= rest-lasts && evidence >= stronger*d.strongest {
		return false
	}
	d.strongest = max(d.strongest, evidence)
	return true
}
