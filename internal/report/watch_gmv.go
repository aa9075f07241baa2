package report

import (
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Stretches of history that the GMV rule looks at, in days.
const (
	gmvDays   = 50 // loaded: six weeks and the levels before them
	gmvWeeks  = 42 // same weekday
	gmvRecent = 14 // same kind of day
)

// gmvDrops looks at windows that end where the orders end.
func (w *watch) gmvDrops() ([]analysis.Finding, error) {
	if w.grid == nil {
		return nil, ErrNoData
	}
	end := time.UnixMilli((w.grid.first + int64(len(w.grid.paid[0]))) * binMs)
	w.restated()
	days := w.comparable(w.shop.Day(end.Add(-1)))
	if !days.any() {
		return nil, nil
	}
	inputs := w.gmvInputs(end, days, nil)
	found := analysis.GMVDrops(w.rules.GMV, w.rules.Money, inputs)
	if w.noted != nil {
		w.noteGMV(inputs, found)
	}
	if len(found) == 0 {
		return nil, nil
	}
	traffic, err := w.hourly(end, days.all())
	if err != nil || traffic == nil {
		return found, err
	}
	return analysis.GMVDrops(w.rules.GMV, w.rules.Money, w.gmvInputs(end, days, traffic)), nil
}

// noteGMV tells of every window of every scope.
func (w *watch) noteGMV(inputs []analysis.GMVInput, found []analysis.Finding) {
	for _, in := range inputs {
		for _, s := range in.Scopes {
			r := analysis.Reading{
				Metric: "gmv_paid", Unit: metric.Money, Window: in.Window, Value: float64(s.Now.Paid), Volume: float64(s.Now.Orders),
				Numbers: []analysis.Number{number("past", float64(len(s.Before))), money("level", s.Now.Level)},
			}
			if u := analysis.UsualGMV(w.rules.GMV, s); u.Known {
				r.Usual, r.UsualKnown, r.Limit = u.Expected, true, u.Lower
				r.Numbers = append(r.Numbers, money("deviation", market.Fen(u.Deviation)), number("orders_usual", u.Orders))
				r.Numbers = append(r.Numbers, pacedNumbers(u.Paced)...)
			}
			w.noteOld(analysis.RuleGMVDrop, analysis.Subject{Unit: s.Unit}, found, r)
		}
	}
}

// pacedNumbers are those of a window that was judged by the pace of its day.
func pacedNumbers(p *analysis.Paced) []analysis.Number {
	if p == nil {
		return nil
	}
	return []analysis.Number{
		number("pace_hours", float64(p.Hours)), number("pace_"+p.By+"_days", float64(p.Days)),
		{Name: "pace_factor", Value: p.Factor, Unit: metric.Ratio},
		{Name: "pace_uneven", Value: p.Uneven, Unit: metric.Ratio},
	}
}

// gmvInputs makes the windows of every length with their earlier counterparts.
func (w *watch) gmvInputs(end time.Time, days gmvPast, traffic *hourlyTraffic) []analysis.GMVInput {
	var out []analysis.GMVInput
	today, hours := w.shop.Day(end.Add(-1)), w.gmvHours(end)
	for _, length := range w.rules.GMV.Windows {
		now := market.Window{Start: end.Add(-length), End: end}
		if now.Start.Before(w.shop.Start(today)) {
			continue // comparable days begin with the business day
		}
		in := analysis.GMVInput{At: w.now, Window: now, Daily: w.daily}
		for scope, unit := range w.grid.scopes {
			s := analysis.GMVScope{Unit: unit, Now: w.gmvSample(scope, today, now, traffic)}
			began, open := w.dropBegan(unit)
			if s.Open = open; scope == 0 {
				s.Hours = hours
			}
			for _, d := range days.like {
				s.Before = append(s.Before, w.gmvSample(scope, d, w.onDay(now, today, d), traffic))
			}
			if until := now.Start; len(days.ordinary) > 0 {
				if open {
					until = earlier(until, began)
				}
				s.Pace = w.gmvPace(scope, today, now, until, days, traffic)
			}
			in.Scopes = append(in.Scopes, s)
		}
		out = append(out, in)
	}
	return out
}

// gmvHours is the shop's orders of each whole hour before end, from the first
// whole day with orders on.
func (w *watch) gmvHours(end time.Time) []analysis.GMVHour {
	first := w.shop.Start(w.historyStart() + 1)
	n := int(end.Sub(first) / time.Hour)
	if n <= 0 {
		return nil
	}
	out := make([]analysis.GMVHour, n)
	for i := range out {
		at := end.Add(-time.Duration(n-i) * time.Hour)
		_, phase, _ := w.shop.Calendar.On(w.shop.Day(at))
		_, orders := w.grid.sum(0, market.Window{Start: at, End: at.Add(time.Hour)})
		out[i] = analysis.GMVHour{At: at.In(w.shop.Zone), Orders: orders, Phase: phase.ID}
	}
	return out
}

// onDay moves a window to the same time of another day.
func (w *watch) onDay(x market.Window, from, to market.Day) market.Window {
	a, b := w.shop.Start(from), w.shop.Start(to)
	return market.Window{Start: b.Add(x.Start.Sub(a)), End: b.Add(x.End.Sub(a))}
}

func (w *watch) gmvSample(scope int, day market.Day, x market.Window, traffic *hourlyTraffic) analysis.GMVSample {
	paid, orders := w.grid.sum(scope, x)
	s := analysis.GMVSample{Paid: paid, Orders: orders, Level: w.level(scope, day)}
	if traffic != nil {
		traffic.fill(&s, w.grid, scope, x)
	}
	return s
}

// level is the median day of the week before day, campaign days left out.
func (w *watch) level(scope int, day market.Day) market.Fen {
	var v []market.Fen
	for d := day - 7; d < day; d++ {
		if _, _, on := w.shop.Calendar.On(d); on || w.shop.Start(d).UnixMilli()/binMs < w.grid.first {
			continue
		}
		paid, _ := w.grid.sum(scope, w.shop.Window(d, d))
		v = append(v, paid)
	}
	return medianFen(v)
}

// usualDay is the median paid GMV of the ordinary days of the last four weeks.
func (w *watch) usualDay(today market.Day) market.Fen {
	var v []market.Fen
	for d := today - 28; d < today; d++ {
		if _, _, on := w.shop.Calendar.On(d); on {
			continue
		}
		if paid, _ := w.grid.sum(0, w.shop.Window(d, d)); paid > 0 {
			v = append(v, paid)
		}
	}
	return medianFen(v)
}

func medianFen(v []market.Fen) market.Fen {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// historyStart is the first day that has orders; it may be incomplete.
func (w *watch) historyStart() market.Day {
	for i, paid := range w.grid.paid[0] {
		if paid > 0 {
			return w.shop.Day(time.UnixMilli((w.grid.first + int64(i)) * binMs))
		}
	}
	return 1 << 30
}

// restated notes open drops whose window, as the data stands now, lies within
// what is usual: late orders have arrived since.
func (w *watch) restated() {
	for _, a := range w.opened(analysis.RuleGMVDrop) {
		d := a.First.GMV
		scope := slices.Index(w.grid.scopes, a.First.Subject.Unit)
		if d == nil || scope < 0 || d.Window.Start.UnixMilli()/binMs < w.grid.first {
			continue
		}
		paid, _ := w.grid.sum(scope, d.Window)
		if paid > d.Actual && paid >= d.Lower && float64(d.Expected-paid) < w.rules.GMV.Clear*float64(d.Expected) {
			w.disprove(a.Fingerprint)
		}
	}
}

// hourlyTraffic is visitors and payers per hour and scope.
type hourlyTraffic struct {
	visitors, payers []map[int64]int64 // by scope, then hour
	lag              time.Duration     // whole hours by which the feed is behind
}

// hourly loads traffic of the hours around the window on each day; nil when
// there is no traffic feed or it has not reached the window.
func (w *watch) hourly(end time.Time, days []market.Day) (*hourlyTraffic, error) {
	until := known(w.feeds, market.Traffic.Name)
	if until.IsZero() || until.Before(end.Add(-2*time.Hour)) {
		return nil, nil
	}
	t := &hourlyTraffic{lag: max(0, end.Truncate(time.Hour).Sub(until.Truncate(time.Hour)))}
	index := map[string]int{}
	for i, u := range w.grid.scopes {
		index[string(u)] = i
		t.visitors, t.payers = append(t.visitors, map[int64]int64{}), append(t.payers, map[int64]int64{})
	}
	today := w.shop.Day(end.Add(-1))
	longest := slices.Max(append(slices.Clone(w.rules.GMV.Windows), time.Hour))
	for _, d := range append([]market.Day{today}, days...) {
		x := w.onDay(market.Window{Start: end.Add(-longest - time.Hour), End: end}, today, d)
		batches, err := w.events(market.Traffic, "hour", x, []string{"visitors", "pay_users"})
		if err != nil {
			return nil, err
		}
		from, to := x.Millis()
		for _, b := range batches {
			hour, unit, visitors, payers := b.Column("hour"), b.Column("unit"), b.Column("visitors"), b.Column("pay_users")
			for i := range b.Len() {
				if ms := hour.Ints[i]; ms >= from && ms < to {
					t.add(0, ms, visitors.Ints[i], payers.Ints[i])
					if s, ok := index[unit.Text(i)]; ok && s > 0 {
						t.add(s, ms, visitors.Ints[i], payers.Ints[i])
					}
				}
			}
		}
	}
	return t, nil
}

func (t *hourlyTraffic) add(scope int, ms, visitors, payers int64) {
	h := ms / int64(time.Hour/time.Millisecond)
	t.visitors[scope][h] += visitors
	t.payers[scope][h] += payers
}

// fill adds the whole hours of a window to a sample, as far as the feed reaches
// today.
func (t *hourlyTraffic) fill(s *analysis.GMVSample, grid *paidGrid, scope int, x market.Window) {
	from, to := x.Start.Truncate(time.Hour), x.End.Truncate(time.Hour).Add(-t.lag)
	if from.Before(x.Start) {
		from = from.Add(time.Hour)
	}
	if !from.Before(to) {
		return
	}
	s.Traffic = true
	for h := from.Unix() / 3600; h < to.Unix()/3600; h++ {
		s.Visitors += t.visitors[scope][h]
		s.Payers += t.payers[scope][h]
	}
	s.HoursPaid, _ = grid.sum(scope, market.Window{Start: from, End: to})
}
