package report

import (
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// gmvPast are the earlier days that the GMV rule compares a day with, newest
// first: those like it and, where these are too few, days whose shape the day may
// have.
type gmvPast struct{ like, phase, ordinary []market.Day }

// any reports whether there is a day to compare with.
func (p gmvPast) any() bool { return len(p.like)+len(p.ordinary) > 0 }

// all are the days of which something is needed.
func (p gmvPast) all() []market.Day {
	if len(p.ordinary) == 0 {
		return p.like
	}
	return slices.Concat(p.phase, p.ordinary)
}

// comparable are the earlier days whose hours can be compared with today's: in
// the same phase of the same campaign, or both ordinary, the same weekday within
// six weeks or the same kind of day within two. Other campaigns are of another
// size: where a campaign's own days are too few, days of the phase in any campaign
// and ordinary days of today's kind show the shape alone. A shop that is closed on
// this weekday has none.
func (w *watch) comparable(today market.Day) gmvPast {
	cal := w.shop.Calendar
	campaign, phase, on := cal.On(today)
	if !on {
		return gmvPast{like: w.daysLike(today, "", false)}
	}
	past := gmvPast{phase: w.daysLike(today, phase.ID, true)}
	for _, d := range past.phase {
		if c, _, _ := cal.On(d); c.ID == campaign.ID {
			past.like = append(past.like, d)
		}
	}
	// In the final payment the hours before say nothing of the next.
	if len(past.like) < w.rules.GMV.MinSamples && phase.ID != market.PhaseFinalPayment {
		past.ordinary = w.daysLike(today, "", false)
	}
	return past
}

// daysLike are the earlier days of a phase, or ordinary ones of today's kind.
func (w *watch) daysLike(today market.Day, phase string, on bool) []market.Day {
	cal := w.shop.Calendar
	var out []market.Day
	closed, same := 0, 0
	first := w.historyStart()
	for d := today - 1; d >= today-gmvWeeks && d > first; d-- {
		_, p, then := cal.On(d)
		weekday := d.Weekday() == today.Weekday()
		if on != then || p.ID != phase || !on && !weekday && (today-d > gmvRecent || cal.Workday(d) != cal.Workday(today)) {
			continue
		}
		paid, _ := w.grid.sum(0, w.shop.Window(d, d))
		if weekday {
			same++
			closed += b2i(paid == 0)
		}
		if paid > 0 {
			out = append(out, d)
		}
	}
	if same > 0 && 2*closed >= same {
		return nil
	}
	return out
}

// gmvPace is how today went in the hours up to until, which is no later than the
// window, beside the same hours of the days in past; nil when the day has not had
// so many.
func (w *watch) gmvPace(scope int, today market.Day, now market.Window, until time.Time, past gmvPast, traffic *hourlyTraffic) *analysis.GMVPace {
	base := market.Window{Start: until.Add(-analysis.PaceHours * time.Hour), End: until}
	if base.Start.Before(w.shop.Start(today)) {
		return nil
	}
	hours := func(d market.Day) []analysis.GMVSample {
		out := make([]analysis.GMVSample, analysis.PaceHours)
		for i := range out {
			hour := market.Window{Start: base.Start.Add(time.Duration(i) * time.Hour)}
			hour.End = hour.Start.Add(time.Hour)
			out[i].Paid, out[i].Orders = w.grid.sum(scope, w.onDay(hour, today, d))
		}
		return out
	}
	runs := func(days []market.Day) []analysis.GMVRun {
		out := make([]analysis.GMVRun, len(days))
		for i, d := range days {
			out[i] = analysis.GMVRun{Hours: hours(d), Window: w.gmvSample(scope, d, w.onDay(now, today, d), traffic)}
		}
		return out
	}
	return &analysis.GMVPace{Now: hours(today), Phase: runs(past.phase), Ordinary: runs(past.ordinary)}
}

// dropBegan is when the first window began that showed an open drop of a unit, or
// of the shop when unit is empty; false when none is open.
func (w *watch) dropBegan(unit market.Unit) (time.Time, bool) {
	fp := alert.Fingerprint(w.shop.ID, analysis.RuleGMVDrop, analysis.Subject{Unit: unit})
	for i := range w.open {
		if a := &w.open[i]; a.Fingerprint == fp {
			if a.First.GMV == nil {
				return a.Since, true
			}
			return a.First.GMV.Window.Start, true
		}
	}
	return time.Time{}, false
}
