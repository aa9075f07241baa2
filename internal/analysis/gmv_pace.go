package analysis

import (
	"math"

	"shopwatch/internal/market"
)

// otherShape is how far the hours of a kind of day lie from the shape of another
// kind at least: what four hours show of that may look better by luck.
const otherShape = 0.10

// PaceHours is how many hours before a window say at what pace a day goes.
const PaceHours = 4

// GMVRun is a window of a day and the hours before it, oldest first.
type GMVRun struct {
	Hours  []GMVSample
	Window GMVSample
}

// GMVPace is how today went before a window, beside the same hours of other
// days. It stands in where a campaign's phase has too few days to compare with.
type GMVPace struct {
	// Now is PaceHours hours of today, oldest first: those before the window, or
	// before an open drop began. None where the day has not had so many.
	Now []GMVSample
	// Phase are days of the same phase and Ordinary ordinary days of today's
	// kind, newest first.
	Phase, Ordinary []GMVRun
}

// Kinds of days whose shape a Paced took.
const (
	PacedByPhase    = "phase"
	PacedByOrdinary = "ordinary"
)

// Paced says by what a window was judged that has too few comparable days.
type Paced struct {
	By    string `json:"by"`    // kind of the days whose shape was taken
	Days  int    `json:"days"`  // how many
	Hours int    `json:"hours"` // of today that were held against theirs
	// Factor is what these hours brought over the median of those days.
	Factor float64 `json:"factor"`
	// Uneven is the standard deviation of that factor from hour to hour beyond
	// chance: how badly the shape fits. Of ordinary days it is at least otherShape.
	Uneven float64 `json:"uneven"`
}

// usual expects of a window what its hours before were worth: of each other day
// the window, scaled by what today's hours brought over that day's. Of the two
// kinds of days the one that expects less is believed. At least so many ordinary
// days are a must: a phase's few days alone may have gone wrong themselves.
func (p *GMVPace) usual(least int) (usual, bool) {
	if p == nil || len(p.Now) < PaceHours || len(p.Ordinary) < least {
		return usual{}, false
	}
	u, ok := pacedBy(PacedByOrdinary, p.Now, p.Ordinary)
	if !ok {
		return usual{}, false
	}
	if v, ok := pacedBy(PacedByPhase, p.Now, p.Phase); ok && v.expected < u.expected {
		return v, true
	}
	return u, true
}

// pacedBy judges by days of one kind; false without any that sold in these hours.
func pacedBy(kind string, now []GMVSample, runs []GMVRun) (usual, bool) {
	base := runTotal(now)
	u := usual{paced: &Paced{By: kind, Hours: len(now)}}
	var paid, orders, before []float64
	var kept []GMVRun
	for _, r := range runs {
		b := runTotal(r.Hours)
		if len(r.Hours) != len(now) || b.Paid <= 0 || b.Orders <= 0 {
			continue
		}
		byPaid, byOrders := float64(base.Paid)/float64(b.Paid), float64(base.Orders)/float64(b.Orders)
		u.before, u.factors = append(u.before, r.Window), append(u.factors, byPaid)
		paid, orders = append(paid, float64(r.Window.Paid)*byPaid), append(orders, float64(r.Window.Orders)*byOrders)
		before, kept = append(before, float64(b.Paid)), append(kept, r)
	}
	if len(kept) == 0 || base.Orders <= 0 {
		return usual{}, false
	}
	u.expected, u.orders = median(paid), median(orders)
	u.paced.Days, u.paced.Factor = len(kept), float64(base.Paid)/median(before)
	u.paced.Uneven = uneven(now, kept)
	if kind == PacedByOrdinary {
		u.paced.Uneven = max(u.paced.Uneven, otherShape)
	}
	widen := func(sd, mid, dispersion float64) float64 {
		known := square(u.paced.Uneven) + dispersion/float64(base.Orders) // how well the pace is known
		return math.Sqrt(square(sd) + known*square(mid))
	}
	u.sd = widen(deviation(paid, u.expected, dispersion, u.orders), u.expected, dispersion)
	u.ordersSD = widen(deviation(orders, u.orders, 1, u.orders), u.orders, 1)
	return u, true
}

// uneven is how much the orders of today's hours over those of other days,
// brought to the same sum, differ from hour to hour, less what chance explains.
func uneven(now []GMVSample, runs []GMVRun) float64 {
	n, base := float64(len(now)), float64(runTotal(now).Orders)
	var shape []float64
	sum := 0.0
	for h := range now {
		hour := make([]float64, len(runs))
		for i, r := range runs {
			hour[i] = float64(r.Hours[h].Orders) / float64(runTotal(r.Hours).Orders) * base
		}
		shape = append(shape, median(hour))
		sum += shape[h]
	}
	if sum <= 0 {
		return 0
	}
	variance := 0.0
	for h, s := range now {
		if shape[h] > 0 {
			variance += shape[h] / sum * square(float64(s.Orders)/shape[h]-base/sum)
		}
	}
	return math.Sqrt(max(0, variance*n/(n-1)-n/base))
}

// runTotal adds samples up.
func runTotal(list []GMVSample) (t GMVSample) {
	for _, s := range list {
		t.Paid += s.Paid
		t.Orders += s.Orders
	}
	return t
}

// fen rounds an amount that is never below 0.
func fen(x float64) market.Fen { return market.Fen(math.Round(max(0, x))) }
