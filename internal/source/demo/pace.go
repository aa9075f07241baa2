package demo

import (
	"math"
	"time"

	"shopwatch/internal/market"
)

// dayPace is how much is expected of a day, before chance and incidents.
type dayPace struct {
	direct  [unitCount]float64 // factor on an ordinary day's orders paid at once
	presale float64            // further share of orders that leave a deposit
	off     [unitCount]float64 // price cut of a campaign
	final   int                // day index of the final payments of today's deposits
	busy    bool               // campaign peak: warehouses are slower
	returns float64            // factor on refunds asked for by today's buyers
	shape   *[24]float64
}

// pace is the expected rhythm of the whole world, a day at a time.
type pace struct {
	days []dayPace
	cum  [unitCount][]float64 // running sum of all orders, for stock policy
}

// Hour shapes, each scaled to sum to 1 by newPace. The prime time 18-22 h holds
// about 30 % of an ordinary day.
var (
	workdayShape = scaled([24]float64{2.3, 1.2, .7, .45, .4, .5, 1.1, 2.2, 3.4, 4.6, 5.4, 5.2, 5.1, 4.8, 4.7, 4.8, 4.8, 4.5, 5.3, 6.7, 8.3, 8.8, 6.9, 4.2})
	weekendShape = scaled([24]float64{2.8, 1.6, .9, .5, .45, .5, .9, 1.8, 3.2, 4.8, 5.7, 5.6, 5.3, 5.2, 5.2, 5.2, 5.1, 4.8, 5.3, 6.4, 7.8, 8.4, 6.7, 4.3})
	peakShape    = scaled([24]float64{12.5, 6.5, 2.9, 1.4, .9, .8, 1.3, 2.1, 3.1, 4.2, 4.6, 4.1, 3.8, 3.6, 3.5, 3.5, 3.4, 3.3, 3.6, 4.8, 7.9, 7.4, 6.4, 5.9})
)

func scaled(s [24]float64) *[24]float64 {
	var sum float64
	for _, v := range s {
		sum += v
	}
	for i := range s {
		s[i] /= sum
	}
	return &s
}

// weekday factors, Sunday first.
var weekdayFactor = [7]float64{1.06, .95, .94, .95, .97, 1.02, 1.09}

// newPace plans days 0..n-1 after day0; start is the index of Start's day.
func newPace(seed uint64, day0 market.Day, n, start int) pace {
	cal := calendarOf(day0, day0+market.Day(n))
	p := pace{days: make([]dayPace, n)}
	for i := range p.days {
		d := day0 + market.Day(i)
		dp := &p.days[i]
		p.ordinary(dp, cal, d, i-start)
		for k := range promos {
			if ph, ok := promos[k].onDay(d); ok {
				dp.promote(&promos[k], ph, d, day0)
			}
		}
		if _, _, dom := d.Date(); dom == 28 {
			for u := range dp.direct {
				dp.direct[u] *= 1.12 // member day
			}
		}
		r := stream(seed, streamNoise, uint64(i), 0)
		for u := range dp.direct {
			dp.direct[u] *= math.Exp(.025 * r.norm())
		}
	}
	p.nice(start - 1)
	for u := range p.cum {
		p.cum[u] = make([]float64, n+1)
		for i, dp := range p.days {
			p.cum[u][i+1] = p.cum[u][i] + dp.direct[u] + dp.presale
		}
	}
	return p
}

// ordinary sets weekday, holiday and trend; ago is the day relative to Start.
func (p *pace) ordinary(dp *dayPace, cal market.Calendar, d market.Day, ago int) {
	wd := d.Weekday()
	f := weekdayFactor[wd]
	dp.shape = workdayShape
	work := cal.Workday(d)
	weekend := wd == time.Saturday || wd == time.Sunday
	switch {
	case work && weekend: // a make-up day is a Monday in all but name
		f = weekdayFactor[time.Monday]
	case !work && !weekend: // holiday
		f, dp.shape = .90, weekendShape
	case !work:
		dp.shape = weekendShape
	}
	if _, m, dom := d.Date(); m == time.October && dom <= 3 {
		f *= .92 // people are on the road
	}
	f *= 1 + .0006*float64(ago)
	for u := range dp.direct {
		dp.direct[u] = f
	}
	dp.returns = 1
}

func (dp *dayPace) promote(p *promo, ph promoPhase, d, day0 market.Day) {
	for u := range dp.direct {
		if p.unit < 0 || p.unit == u {
			dp.direct[u] *= ph.direct
			dp.off[u] = ph.off
		}
	}
	dp.presale = ph.presale
	year, _, _ := d.Date()
	switch ph.id {
	case market.PhaseDeposit:
		for _, f := range p.phases {
			if f.id == market.PhaseFinalPayment {
				from, _ := f.span.days(year)
				dp.final = int(from - day0)
			}
		}
	case market.PhaseLive:
		dp.returns = 1.3
		if ph.direct > 2 && p.unit < 0 {
			dp.busy, dp.shape = true, peakShape
		}
	case market.PhaseWarmup:
		if p.id == "double11" && d == market.DateOf(year, time.November, 10) {
			for u := range dp.direct {
				dp.direct[u] *= 1.5 // doors open at 20:00
			}
		}
	}
}

// nice makes a day a good one, so that the first morning report has good news.
func (p *pace) nice(i int) {
	if i < 0 {
		return
	}
	for u, f := range [unitCount]float64{1.04, 1.14, 1.06} {
		p.days[i].direct[u] *= f
	}
}

// demandBetween is the expected number of ordinary days' worth of orders of a
// unit in the days from..to-1.
func (p *pace) demandBetween(unit, from, to int) float64 {
	last := len(p.cum[unit]) - 1
	return p.cum[unit][min(to, last)] - p.cum[unit][min(from, last)]
}
