package spike

import "math"

const (
	// Limit is the largest chance of a day's count, if nothing had changed, at
	// which it is a spike: about 1.4 false alarms in 100 days of a series.
	Limit = 0.015
	// Few is the least count of a spike.
	Few = 3

	window  = 42 // days of the baseline
	gap     = 2  // days between the baseline and the day that is judged
	enough  = 7  // days of the baseline that must be known
	outlier = 2.0
	// weight and inverse are the prior of 1/size: so many days' worth of counts
	// of size 10.
	weight, inverse = 20, 0.1
	// wildest is the largest 1/size.
	wildest = 2
	// faintest is the least number of events that is expected.
	faintest = 0.05

	// rare is the expected number a day below which a week is looked at too, and
	// rareLimit its chance: a week is looked at seven times.
	rare      = 1.0
	week      = 7
	rareLimit = 0.0007
)

// lag is how complaints spread over the days after the sale: those of a day come
// from sales 2 to 7 days before.
var lag = [...]float64{2: .05, 3: .20, 4: .30, 5: .25, 6: .15, 7: .05}

// History is how many days before a day its verdict depends on most; older ones
// only tell how much those count.
const History = window + gap

// Lagging is how many days before the first count sales must be known.
const Lagging = len(lag) - 1

// Exposure weighs sales by the delay after which complaints come. sales are a
// day each, oldest first; the answer is as long less the first Lagging days.
func Exposure(sales []float64) []float64 {
	if len(sales) <= Lagging {
		return nil
	}
	out := make([]float64, len(sales)-Lagging)
	for t := range out {
		for days, w := range lag {
			out[t] += w * sales[t+Lagging-days]
		}
	}
	return out
}

// Day is what was counted on a day. Rows of another length work the same.
type Day struct {
	Count int64
	// Exposure is what the count is in proportion to, in any unit; a day without
	// any tells nothing.
	Exposure float64
	// Unknown: the count is not known, which is not zero.
	Unknown bool
}

func (d Day) known() bool { return !d.Unknown && d.Exposure > 0 }

// Method says which test spoke.
type Method string

// Methods.
const (
	Silent Method = ""     // too little history
	Daily  Method = "day"  // the count of the day
	Weekly Method = "week" // that of the last 7 days, of rare events
)

// Verdict is what is said of a day, with its evidence.
type Verdict struct {
	Expected  float64 // NaN without enough history
	Threshold int64   // the smallest count of this day that is a spike; 0 without history
	// P is the chance of so many if nothing had changed; 1 without history.
	P      float64
	Phi    float64 // variance of the count over its mean
	Days   int     // known days of the baseline
	Method Method
	Spike  bool
}

// Tracker judges one series. The zero value is ready; a copy is a snapshot.
type Tracker struct {
	n    int
	days [window + gap]noted
}

// noted is a past day and how much it counts in a baseline.
type noted struct {
	Day

	weight float64
}

// Next judges the day that follows those before it and learns it.
func (t *Tracker) Next(d Day) Verdict {
	b := t.baseline()
	v := Verdict{Expected: math.NaN(), P: 1, Days: b.n}
	w := 1.0
	if b.n >= enough && d.Exposure > 0 {
		v = b.judge(d)
		if v.Expected < rare {
			v = t.week(b, d, v)
		}
		w = b.weight(d)
	}
	t.note(d, w)
	if d.Unknown {
		v.P, v.Spike, v.Method = 1, false, Silent
	}
	return v
}

func (t *Tracker) note(d Day, weight float64) {
	t.days[t.n%len(t.days)] = noted{d, weight}
	t.n++
}

// learn takes a day in without judging it. A day without events stands out in no
// history, so that a series of few needs no baseline for most of its days.
func (t *Tracker) learn(d Day) {
	w := 1.0
	if d.Count > 0 && d.Exposure > 0 && !d.Unknown {
		if b := t.baseline(); b.n >= enough {
			w = b.weight(d)
		}
	}
	t.note(d, w)
}

// Judge is the verdict on a day after a history, oldest first.
func Judge(history []Day, d Day) Verdict {
	var t Tracker
	for _, h := range history {
		t.learn(h)
	}
	return t.Next(d)
}

// back is the day so many days ago.
func (t *Tracker) back(days int) *noted { return &t.days[(t.n-days)%len(t.days)] }

// week judges the last 7 days together, on a day with an event that is no spike
// of its own.
func (t *Tracker) week(b baseline, d Day, v Verdict) Verdict {
	var others int64
	exposure := d.Exposure
	for i := 1; i < week && i <= t.n; i++ {
		if past := t.back(i); past.known() {
			others += past.Count
			exposure += past.Exposure
		}
	}
	mean := max(faintest, b.rate*exposure)
	phi := b.dispersion(mean, b.rate*d.Exposure)
	p := Tail(others+d.Count, mean, phi)
	v.Threshold = min(v.Threshold, max(1, least(rareLimit, mean, phi, Few)-others))
	if !v.Spike && d.Count > 0 && others+d.Count >= Few && p < rareLimit {
		v.P, v.Phi, v.Method, v.Spike = p, phi, Weekly, true
	}
	return v
}
