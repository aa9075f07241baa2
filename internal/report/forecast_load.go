package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis/forecast"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

const (
	// forecastDays of history are read: two years, and two months to see how the
	// months of a year follow each other.
	forecastDays = 2*364 + 56
	// leastHistory ordinary days are needed, so that each weekday was there twice.
	leastHistory = 14
	shownHistory = 28
	longestAhead = 92
	paceWeeks    = 6
)

// forecastColumns are those that filters and parts need.
var forecastColumns = []string{"status", "sku", "channel", "region", "qty", "amount", "paid"}

// LoadForecast answers q. A shop without orders gives ErrNoData.
func LoadForecast(ctx context.Context, db *storage.DB, shop *market.Shop, q ForecastQuery) (Forecast, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, nil}, "forecast", func(l *loader) (Forecast, error) {
		f, err := l.forecast(q)
		l.based(&f.Data)
		return f, err
	})
}

func (l *loader) forecast(q ForecastQuery) (Forecast, error) {
	all, err := l.feeds([]string{market.OrderLines.Name}, q.Now, q.Fresh)
	if err != nil {
		return Forecast{}, err
	}
	cut := earlier(known(all, market.OrderLines.Name), q.Now)
	if cut.IsZero() {
		return Forecast{}, ErrNoData
	}
	today := l.shop.Day(q.Now)
	month := today.MonthStart()
	f := Forecast{
		Shop: l.shop.ID, Filter: q.Filter, By: q.By, From: today, To: max(month.AddMonths(1)-1, today+6),
		Data: coverage(l.tx, all, cut, zeroTime, q.AsOf),
	}
	if q.Days > 0 {
		f.To = today + market.Day(min(q.Days, longestAhead)) - 1
	}
	o := &outlook{loader: l, q: q, cut: cut, first: today - forecastDays, today: today, month: month, to: max(f.To, month.AddMonths(1)-1)}
	if err := o.read(); err != nil {
		return Forecast{}, err
	}
	if o.begin == len(o.calendar()) {
		return Forecast{}, ErrNoData
	}
	o.fill(&f)
	return f, nil
}

// outlook is the work of one forecast.
type outlook struct {
	*loader
	q            ForecastQuery
	cut          time.Time
	first, today market.Day // of history, and today
	month, to    market.Day
	daily        *metric.Daily
	begin        int // index of the first day with sales
	marks        []forecast.Mark
}

// calendar is every day from the first of history to the last ahead.
func (o *outlook) calendar() []market.Day {
	out := make([]market.Day, 0, int(o.to-o.first)+1)
	for d := o.first; d <= o.to; d++ {
		out = append(out, d)
	}
	return out
}

func (o *outlook) read() (err error) {
	o.daily, err = o.loader.daily(metric.CubeSpec{
		Shop: o.shop, Items: o.items, From: o.first, To: o.today, Cut: o.cut, Filter: o.q.Filter, By: o.q.By,
	})
	if err != nil {
		return err
	}
	days := o.calendar()
	o.begin = len(days)
	for i := range int(o.today-o.first) + 1 {
		if o.daily.Any(i) {
			o.begin = i
			break
		}
	}
	for _, d := range days[min(o.begin, len(days)):] {
		m := forecast.Mark{}
		if _, phase, ok := o.shop.Calendar.On(d); ok {
			m = forecast.Mark{Phase: phase.ID, Plan: phase.Uplift}
		}
		o.marks = append(o.marks, m)
	}
	return nil
}

// whole is the index of the first day that is not known whole: today, or an
// earlier one when the orders end there.
func (o *outlook) whole() int { return int(min(o.today, o.shop.Day(o.cut)) - o.first) }

// history is a part's whole days from the first one with sales up to yesterday.
func (o *outlook) history(p metric.DailyPart) []float64 {
	out := make([]float64, 0, o.whole())
	for i := o.begin; i < int(o.today-o.first); i++ {
		v := math.NaN()
		if i < o.whole() && o.daily.Any(i) {
			v = float64(p.Paid[i])
		}
		out = append(out, v)
	}
	return out
}

func (o *outlook) fill(f *Forecast) {
	total := o.daily.Total()
	n := int(o.today - o.first)
	for i := max(o.begin, n-shownHistory); i < n; i++ {
		known := i < o.whole() && o.daily.Any(i)
		f.History = append(f.History, DayPaid{Day: o.first + market.Day(i), Paid: total.Paid[i], Known: known})
	}
	view := o.view(total)
	f.Known = view.ahead.Known
	if view.err != nil {
		f.TooFew = true
		return
	}
	f.Today = o.dayEnd(view)
	for d := o.today; d <= f.To; d++ {
		f.Days = append(f.Days, o.day(view, d))
	}
	f.Sum = view.span(o.today, f.To)
	f.Month = o.monthEnd(view)
	if o.q.By == metric.None {
		return
	}
	for _, p := range o.daily.Parts() {
		f.Parts = append(f.Parts, o.part(p, f))
	}
	slices.SortStableFunc(f.Parts, func(a, b ForecastPart) int {
		return cmp.Or(cmp.Compare(b.Mean, a.Mean), cmp.Compare(b.Paid, a.Paid), cmp.Compare(a.Key, b.Key))
	})
	if top := o.q.Top; top > 0 && len(f.Parts) > top {
		f.Parts, f.More = f.Parts[:top], len(f.Parts)-top
	}
}

// view is a part's sales seen from now: what came, and what is to come.
type view struct {
	o       *outlook
	part    metric.DailyPart
	ahead   forecast.Forecast // step 0 is today
	uplifts []forecast.Uplift
	pace    *forecast.Pace // of today; nil when the day is too young or too few are like it
	err     error
}

func (o *outlook) view(p metric.DailyPart) *view {
	y := o.history(p)
	v := &view{o: o, part: p}
	v.ahead, v.uplifts, v.err = forecast.RunMarked(y, o.marksOf(p), forecast.Daily, int(o.to-o.today)+1)
	if v.err == nil && v.ahead.Known < leastHistory {
		v.err = forecast.ErrTooShort
	}
	if v.err == nil {
		v.paceToday()
	}
	return v
}

// marksOf is the calendar of a part: campaigns in which its unit does not take
// part are ordinary days to it.
func (o *outlook) marksOf(p metric.DailyPart) []forecast.Mark {
	unit := o.q.Filter.Unit
	if o.q.By == metric.ByUnit && p.Key != "" {
		unit = market.Unit(p.Key)
	}
	if unit == "" {
		return o.marks
	}
	out := slices.Clone(o.marks)
	for i := range out {
		_, phase, on := o.shop.Calendar.On(o.first + market.Day(o.begin+i))
		if on && len(phase.Units) > 0 && !slices.Contains(phase.Units, unit) {
			out[i] = forecast.Mark{}
		}
	}
	return out
}

// paceToday judges today by the same weekdays before it, when at least an hour
// of it is known.
func (v *view) paceToday() {
	o := v.o
	n := int(o.today - o.first)
	elapsed := o.cut.Sub(o.shop.Start(o.today))
	if elapsed < time.Hour {
		return
	}
	var before []forecast.DaySoFar
	for i := n - 7; i >= max(o.begin, n-7*paceWeeks); i -= 7 {
		_, phase, campaign := o.shop.Calendar.On(o.first + market.Day(i))
		if o.daily.Any(i) && (!campaign || phase.Uplift >= .8 && phase.Uplift <= 1.25) {
			before = append(before, forecast.DaySoFar{ByNow: float64(v.part.ByNow[i]), Total: float64(v.part.Paid[i])})
		}
	}
	p, err := forecast.RunPace(float64(v.part.Paid[n]), elapsed.Hours(), before)
	if err == nil {
		v.pace = &p
	}
}

// soFar is what today has brought.
func (v *view) soFar() market.Fen { return v.part.Paid[len(v.part.Paid)-1] }

// today is where today ends: by its pace, else by the forecast, and never below
// what it has brought.
func (v *view) today() spread {
	s := spread{mean: v.ahead.Mean[0], low: v.ahead.Quantile(0, .1), high: v.ahead.Quantile(0, .9)}
	if v.pace != nil {
		s = spread{mean: v.pace.Mean, low: v.pace.Quantile(.1), high: v.pace.Quantile(.9)}
	}
	least := float64(v.soFar())
	return spread{mean: max(least, s.mean), low: max(least, s.low), high: max(least, s.high)}
}

// spread is an amount with its range, before rounding.
type spread struct{ mean, low, high float64 }

// plus adds what errs on its own: the distances to the ends add up in squares.
func (s spread) plus(o spread) spread {
	return spread{
		mean: s.mean + o.mean,
		low:  s.mean + o.mean - math.Hypot(s.mean-s.low, o.mean-o.low),
		high: s.mean + o.mean + math.Hypot(s.high-s.mean, o.high-o.mean),
	}
}

func (s spread) round() Range {
	fen := func(v float64) market.Fen { return market.Fen(math.Round(max(0, v))) }
	return Range{Mean: fen(s.mean), Low: fen(s.low), High: fen(s.high)}
}

// days is the sum of the days from..to, today or later.
func (v *view) days(from, to market.Day) spread {
	out := spread{}
	if from == v.o.today {
		out, from = v.today(), from+1
	}
	if from > to {
		return out
	}
	t := v.ahead.Total(int(from-v.o.today), int(to-v.o.today))
	return out.plus(spread{mean: t.Mean, low: t.Quantile(.1), high: t.Quantile(.9)})
}

func (v *view) span(from, to market.Day) Range { return v.days(from, to).round() }

func (o *outlook) dayEnd(v *view) *DayEnd {
	if v.pace == nil {
		return nil
	}
	d := &DayEnd{Range: v.today().round(), Paid: v.soFar(), At: o.cut, Usual: v.pace.Ratio, Days: v.pace.Days}
	if p := o.target(v, o.today, o.today, d.Paid); p != nil {
		for _, tier := range p.Tiers {
			d.Tiers = append(d.Tiers, Chance{Tier: tier, Chance: v.pace.Chance(float64(tier.Amount))})
		}
	}
	return d
}

func (o *outlook) day(v *view, d market.Day) ForecastDay {
	out := ForecastDay{Day: d, Range: v.span(d, d), Campaign: campaignNote(o.shop, d)}
	if m := o.marks[int(d-o.first)-o.begin]; m.Phase != "" {
		for _, u := range v.uplifts {
			if u.Phase == m.Phase && u.Plan == m.Plan {
				out.Uplift, out.Events = u.Factor, u.Events
			}
		}
	}
	return out
}

func (o *outlook) monthEnd(v *view) *MonthEnd {
	m := &MonthEnd{From: o.month, To: o.month.AddMonths(1) - 1}
	paid, missing := o.soFar(v, m.From, m.To)
	if missing > 0 {
		return nil
	}
	m.Paid, m.Range = paid, v.end(m.From, m.To, paid)
	if p := o.target(v, m.From, m.To, m.Paid); p != nil {
		left := market.Fen(m.To-o.today) + 1
		for _, tier := range p.Tiers {
			c := Chance{Tier: tier, Chance: chanceOf(m.Range, tier.Amount, m.Paid)}
			if !tier.Reached {
				c.Daily = tier.Gap / left
			}
			m.Tiers = append(m.Tiers, c)
		}
	}
	return m
}

// soFar is what a stretch has brought by now, and on how many of its days that
// are over nothing is known.
func (o *outlook) soFar(v *view, from, to market.Day) (paid market.Fen, missing int) {
	for d := from; d <= min(to, o.today); d++ {
		i := int(d - o.first)
		switch {
		case d == o.today:
			paid += v.soFar()
		case i < o.begin || i >= o.whole() || !o.daily.Any(i):
			missing++
		default:
			paid += v.part.Paid[i]
		}
	}
	return paid, missing
}

// end is where a stretch that has brought paid by now will end.
func (v *view) end(from, to market.Day, paid market.Fen) Range {
	if to < v.o.today {
		return Range{Mean: paid, Low: paid, High: paid}
	}
	rest := v.days(max(from, v.o.today), to)
	done := float64(paid)
	if from <= v.o.today {
		done -= float64(v.soFar()) // is in the rest
	}
	return spread{mean: done + rest.mean, low: done + rest.low, high: done + rest.high}.round()
}

// chanceOf is the chance that an amount with a range reaches a tier: a normal
// one through the ends of the range, kept off certainty until it is reached.
func chanceOf(r Range, amount, paid market.Fen) float64 {
	if paid >= amount {
		return 1
	}
	const tenth = 1.2815515655446004 // normal quantile of .9
	side := r.High - r.Mean
	if amount < r.Mean {
		side = r.Mean - r.Low
	}
	if side <= 0 {
		side = 1
	}
	z := float64(amount-r.Mean) / float64(side) * tenth
	return min(.99, max(.01, math.Erfc(z/math.Sqrt2)/2))
}

// target of a part over exactly these days, if its filter has one.
func (o *outlook) target(v *view, from, to market.Day, paid market.Fen) *TargetPace {
	filter := o.q.Filter
	if o.q.By == metric.ByUnit && v.part.Key != "" {
		filter.Unit = market.Unit(v.part.Key)
	} else if v.part.Key != "" {
		return nil
	}
	return targetPace(o.shop, GMVQuery{From: from, To: to, Filter: filter}, paid)
}

func (o *outlook) part(p metric.DailyPart, f *Forecast) ForecastPart {
	out := ForecastPart{Key: p.Key, Name: o.name(o.q.By, p.Key)}
	v := o.view(p)
	if v.err != nil {
		return out
	}
	out.Known = true
	if month := o.monthEnd(v); month != nil && f.Month != nil && o.q.Days == 0 {
		out.Paid, out.Range, out.Chance = month.Paid, month.Range, month.Tiers
		return out
	}
	out.Range = v.span(f.From, f.To)
	return out
}
