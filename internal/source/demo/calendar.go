package demo

import (
	"strconv"
	"time"

	"shopwatch/internal/market"
)

// span is an inclusive run of dates within one year.
type span struct {
	fromMonth time.Month
	fromDay   int
	toMonth   time.Month
	toDay     int
}

func (s span) days(year int) (from, to market.Day) {
	return market.DateOf(year, s.fromMonth, s.fromDay), market.DateOf(year, s.toMonth, s.toDay)
}

// holidays2026 are the public holidays of mainland China in 2026 and makeup2026
// the weekend days worked for them.
var (
	holidays2026 = []span{
		{1, 1, 1, 3}, {2, 15, 2, 23}, {4, 4, 4, 6}, {5, 1, 5, 5}, {6, 19, 6, 21}, {9, 25, 9, 27}, {10, 1, 10, 7},
	}
	makeup2026 = []span{
		{1, 4, 1, 4}, {2, 14, 2, 14}, {2, 28, 2, 28}, {5, 9, 5, 9}, {9, 20, 9, 20}, {10, 10, 10, 10},
	}
)

// promo is a campaign that comes back every year.
type promo struct {
	id     string
	name   market.Name
	peak   span // one day
	unit   int  // -1: the whole shop
	phases []promoPhase
}

type promoPhase struct {
	id   string
	span span
	// direct is the factor on orders paid at once, presale the extra share of
	// an ordinary day's orders that only leave a deposit, off the price cut.
	direct, presale, off float64
	uplift               float64 // what the calendar tells the shop to expect
}

var promos = []promo{
	{
		"618",
		market.Name{Zh: "618 大促", En: "618"},
		span{6, 18, 6, 18},
		-1,
		[]promoPhase{
			{market.PhaseDeposit, span{5, 26, 5, 30}, .85, .35, 0, .85},
			{market.PhaseFinalPayment, span{5, 31, 6, 2}, 1.6, 0, .10, 2.2},
			{market.PhaseWarmup, span{6, 3, 6, 15}, 1.1, 0, 0, 1.1},
			{market.PhaseLive, span{6, 16, 6, 18}, 3.2, 0, .15, 3.2},
			{market.PhaseReturns, span{6, 19, 6, 23}, .8, 0, 0, .8},
		},
	},
	{
		"99",
		market.Name{Zh: "9.9 大促", En: "9.9 sale"},
		span{9, 9, 9, 9},
		-1,
		[]promoPhase{
			{market.PhaseWarmup, span{9, 6, 9, 8}, .97, 0, 0, .97},
			{market.PhaseLive, span{9, 9, 9, 11}, 1.7, 0, .10, 1.7},
			{market.PhaseReturns, span{9, 12, 9, 14}, .92, 0, 0, .92},
		},
	},
	{
		"beauty-day-sep",
		market.Name{Zh: "美妆品类日", En: "Beauty category day"},
		span{9, 17, 9, 17},
		unitBeauty,
		[]promoPhase{{market.PhaseLive, span{9, 17, 9, 17}, 2.0, 0, .10, 1.4}},
	},
	{
		"double11",
		market.Name{Zh: "双11", En: "Double 11"},
		span{11, 11, 11, 11},
		-1,
		[]promoPhase{
			{market.PhaseWarmup, span{10, 15, 10, 19}, 1.0, 0, 0, 1},
			{market.PhaseDeposit, span{10, 20, 10, 30}, .85, .42, 0, .85},
			{market.PhaseFinalPayment, span{10, 31, 11, 3}, 1.6, 0, .12, 2.8},
			{market.PhaseWarmup, span{11, 4, 11, 10}, 1.15, 0, 0, 1.15},
			{market.PhaseLive, span{11, 11, 11, 11}, 7.4, 0, .15, 7},
			{market.PhaseReturns, span{11, 12, 11, 15}, .88, 0, 0, .88},
		},
	},
	{
		"beauty-day-nov",
		market.Name{Zh: "美妆品类日", En: "Beauty category day"},
		span{11, 26, 11, 26},
		unitBeauty,
		[]promoPhase{{market.PhaseLive, span{11, 26, 11, 26}, 2.0, 0, .10, 1.4}},
	},
	{
		"double12",
		market.Name{Zh: "双12", En: "Double 12"},
		span{12, 12, 12, 12},
		-1,
		[]promoPhase{
			{market.PhaseDeposit, span{12, 3, 12, 6}, .75, .40, 0, .75},
			{market.PhaseFinalPayment, span{12, 7, 12, 8}, 1.3, 0, .10, 1.9},
			{market.PhaseWarmup, span{12, 9, 12, 10}, 1.05, 0, 0, 1.05},
			{market.PhaseLive, span{12, 11, 12, 12}, 2.4, 0, .12, 2.4},
			{market.PhaseReturns, span{12, 13, 12, 15}, .9, 0, 0, .9},
		},
	},
}

// calendarOf builds the market calendar of the years that first..last touch.
func calendarOf(first, last market.Day) market.Calendar {
	var c market.Calendar
	y0, _, _ := first.Date()
	y1, _, _ := last.Date()
	if y0 <= 2026 && y1 >= 2026 {
		c.Holidays = expand(holidays2026, 2026)
		c.Makeup = expand(makeup2026, 2026)
	}
	for y := y0; y <= y1; y++ {
		for _, p := range promos {
			peak, _ := p.peak.days(y)
			camp := market.Campaign{ID: p.id + "-" + strconv.Itoa(y), Name: p.name, Peak: peak}
			for _, ph := range p.phases {
				from, to := ph.span.days(y)
				camp.Phases = append(camp.Phases, market.Phase{ID: ph.id, From: from, To: to, Uplift: ph.uplift})
			}
			if last >= camp.Phases[0].From && first <= camp.Phases[len(camp.Phases)-1].To {
				c.Campaigns = append(c.Campaigns, camp)
			}
		}
	}
	return c
}

func expand(spans []span, year int) []market.Day {
	var days []market.Day
	for _, s := range spans {
		for d, to := s.days(year); d <= to; d++ {
			days = append(days, d)
		}
	}
	return days
}

// onDay returns the phase of p on d, and false outside it.
func (p *promo) onDay(d market.Day) (promoPhase, bool) {
	y, _, _ := d.Date()
	for _, ph := range p.phases {
		if from, to := ph.span.days(y); d >= from && d <= to {
			return ph, true
		}
	}
	return promoPhase{}, false
}
