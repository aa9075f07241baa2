package report

import (
	"shopwatch/internal/market"
)

const (
	curveWeeks = 8 // of ordinary days tell how weekdays differ
	paceDays   = 7
)

// usualDay is what a day weighs when no plan says so: what the calendar expects
// of it, times how its weekday stood to the others over the last weeks, those of
// campaigns left out. An ordinary day weighs 1.
func (v *view) usualDay(unit market.Unit) func(market.Day) float64 {
	o := v.o
	var sum [7]float64
	var n [7]float64
	all, days := 0.0, 0.0
	for d := o.today - 7*curveWeeks; d < o.today; d++ {
		i := int(d - o.first)
		if _, _, on := o.shop.Calendar.On(d); on || i < o.begin || i >= o.whole() || !o.daily.Any(i) {
			continue
		}
		w, paid := d.Weekday(), float64(v.part.Paid[i])
		sum[w], n[w] = sum[w]+paid, n[w]+1
		all, days = all+paid, days+1
	}
	return func(d market.Day) float64 {
		w, f := d.Weekday(), o.shop.Calendar.Factor(unit, d)
		if n[w] < 2 || all <= 0 {
			return f
		}
		return f * (sum[w] / n[w]) / (all / days)
	}
}

// dayDone is the part of a day's plan that should be there by now: by the hours
// of the target, else by what the same weekdays had brought by this time, else by
// the clock.
func (v *view) dayDone(t market.Target, d market.Day) float64 {
	o := v.o
	start, end := o.shop.Start(d), o.shop.Start(d+1)
	switch {
	case !o.cut.Before(end):
		return 1
	case !o.cut.After(start):
		return 0
	}
	elapsed := o.cut.Sub(start)
	if share, ok := t.HourShare(elapsed.Hours()); ok {
		return share
	}
	byNow, total := market.Fen(0), market.Fen(0)
	for i := int(d-o.first) - 7; i >= max(o.begin, int(d-o.first)-7*paceWeeks); i -= 7 {
		if _, _, on := o.shop.Calendar.On(o.first + market.Day(i)); !on && o.daily.Any(i) {
			byNow, total = byNow+v.part.ByNow[i], total+v.part.Paid[i]
		}
	}
	if total > 0 {
		return float64(byNow) / float64(total)
	}
	return elapsed.Hours() / end.Sub(start).Hours()
}

// lastWeek is what a day has brought over the last seven whole days; -1 when one
// of them is not known.
func (v *view) lastWeek() market.Fen {
	o := v.o
	end := min(int(o.today-o.first), o.whole())
	if end-paceDays < o.begin {
		return -1
	}
	sum := market.Fen(0)
	for i := end - paceDays; i < end; i++ {
		if !o.daily.Any(i) {
			return -1
		}
		sum += v.part.Paid[i]
	}
	return sum / paceDays
}
