package restock

import "math"

// History is the daily demand of an item, oldest first, and which days are in a
// campaign.
type History struct {
	// Demand in pieces; NaN when not known, among it days without stock.
	Demand []float64
	// Plan is the factor on ordinary sales that the calendar expects of each
	// day from the first of Demand on, also of days to come. 0 says nothing.
	// Days past its end are ordinary, and so are those with a factor near 1: a
	// long season of campaigns has few others.
	Plan []float64
}

func (h History) campaign(day int) bool {
	return day < len(h.Plan) && h.Plan[day] > 0 && (h.Plan[day] < .8 || h.Plan[day] > 1.25)
}

// until is the history before a day. The calendar stays: it is known ahead.
func (h History) until(day int) History { return History{Demand: h.Demand[:day], Plan: h.Plan} }

const (
	levelDays  = 28  // for the mean of an item whose level moves
	spreadDays = 56  // for the standard deviation
	replayDays = 112 // of history for the replay
)

// level is the plain demand of a day: outside campaigns.
type level struct {
	mean, sd float64 // pieces a day
	days     int     // known plain days that the mean is from
	window   int     // days looked back at for the mean
	error    float64 // standard error of the mean as a forecast
}

// plain is the newest n known days outside campaigns, newest first.
func (h History) plain(n int) []float64 {
	var out []float64
	for day := len(h.Demand) - 1; day >= 0 && len(out) < n; day-- {
		if v := h.Demand[day]; !math.IsNaN(v) && !h.campaign(day) {
			out = append(out, v)
		}
	}
	return out
}

// estimate is the level at the end of the history. The mean is of as many days
// as forecast the next weeks best so far: few for an item on the move, many for
// one that sells rarely.
func (h History) estimate() level {
	days := h.plain(2 * replayDays)
	l := level{window: bestWindow(days)}
	recent := days[:min(l.window, len(days))]
	l.mean, _ = moments(recent)
	l.days = len(recent)
	_, l.sd = moments(days[:min(max(spreadDays, l.window), len(days))])
	if l.days > 0 {
		l.error = l.sd / math.Sqrt(float64(l.days))
	}
	return l
}

// past are the plain days that a replay draws from: the newest 112, or more of
// an item that sold on fewer than 40 of them, up to a year.
func (h History) past() []float64 {
	days := h.plain(365)
	sold := 0
	for i, v := range days {
		if v > 0 {
			sold++
		}
		if i >= replayDays && sold >= 40 {
			return days[:i]
		}
	}
	return days
}

// bestWindow is the number of days whose mean came nearest to that of the two
// weeks after them. days come newest first.
func bestWindow(days []float64) int {
	const ahead = 14
	best, window := math.Inf(1), levelDays
	sums := make([]float64, len(days)+1)
	for i, v := range days {
		sums[i+1] = sums[i] + v
	}
	longest := 4 * levelDays
	if len(days) < longest+2*ahead {
		return levelDays
	}
	for _, w := range [...]int{levelDays, 2 * levelDays, longest} {
		e := 0.0
		for at := ahead; at+longest <= len(days); at += ahead / 2 {
			d := (sums[at]-sums[at-ahead])/ahead - (sums[at+w]-sums[at])/float64(w)
			e += d * d
		}
		if e < best*.97 { // a longer one must be clearly better
			best, window = e, w
		}
	}
	return window
}

// moments are the mean and the sample standard deviation.
func moments(v []float64) (mean, sd float64) {
	if len(v) == 0 {
		return 0, 0
	}
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	if len(v) < 2 {
		return mean, 0
	}
	for _, x := range v {
		sd += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(sd / float64(len(v)-1))
}

// least uplift that counts as a campaign, and the weight of what was planned,
// in campaign days.
const (
	leastUplift = 1.2
	planWeight  = 2.0
)

// uplift is the factor of campaign days of a planned factor: past ones, each
// against the plain days of the four weeks on both sides, drawn to the plan.
func (h History) uplift(plan float64) float64 {
	sales, usual, n := 0.0, 0.0, 0.0
	for day, v := range h.Demand {
		if math.IsNaN(v) || !h.campaign(day) || h.Plan[day] != plan {
			continue
		}
		if base := h.around(day); base > 0 {
			sales, usual, n = sales+v, usual+base, n+1
		}
	}
	out := plan
	if n > 0 {
		out = (n*sales/usual + planWeight*plan) / (n + planWeight)
	}
	if plan > 1 {
		return max(leastUplift, out)
	}
	return max(0, out)
}

func (h History) around(day int) float64 {
	sum, n := 0.0, 0.0
	for d := max(0, day-levelDays); d <= day+levelDays && d < len(h.Demand); d++ {
		if v := h.Demand[d]; !math.IsNaN(v) && !h.campaign(d) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
