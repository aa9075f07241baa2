package report

import (
	"errors"
	"slices"
	"strings"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// declared runs a rule that a metric and its limits declare: over whole business
// days, every member of its dimension against its own past.
func (w *watch) declared(s analysis.Spec) ([]analysis.Finding, error) {
	m, ok := metric.Find(s.Metric)
	if !ok {
		return nil, ErrNoData
	}
	last, ok := w.lastDay(s, m)
	if !ok {
		return nil, ErrNoData
	}
	ends := w.comparableEnds(s, last)
	window := w.shop.Window(last-market.Day(max(1, s.Limits.Days))+1, last)
	entities, err := w.entities(s, m, last, ends)
	if err != nil {
		return nil, err
	}
	var out []analysis.Finding
	for _, e := range entities {
		e.Open = w.about(s.ID, e.Subject)
		j := analysis.Judge(s, m, e)
		if j.Why == "" {
			if f, told := s.Found(j, w.rules.Money, window, w.daily); told || e.Open {
				f.At = w.now
				out = append(out, f)
				j.Finding = &f
			} else {
				j.Why = analysis.WhyMoney
			}
		}
		j.Reading.Window = window
		w.note(s.ID, j)
	}
	return out, nil
}

// lastDay is the last business day that every feed of a rule has whole, so many
// days back as the rule lags.
func (w *watch) lastDay(s analysis.Spec, m metric.Metric) (market.Day, bool) {
	end := w.now
	for _, t := range tablesOf(s, m) {
		if t == market.Items.Name {
			continue // a description, not a stretch
		}
		end = earlier(end, known(w.feeds, t))
		if known(w.feeds, t).IsZero() {
			return 0, false
		}
	}
	return w.shop.Day(end) - 1 - market.Day(s.Limits.Lag), true
}

// tablesOf are the tables of a rule's metric and of its volume, each once.
func tablesOf(s analysis.Spec, m metric.Metric) []string {
	out := slices.Clone(m.Tables)
	if v, ok := metric.Find(s.Volume); ok {
		out = append(out, v.Tables...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// comparableEnds are the last days of earlier stretches that a stretch can be
// set against, newest first: in the same phase of a campaign, or both ordinary.
// The few same weekdays of a season also take phases that hardly differ from
// ordinary days, or a shop between two campaigns would know nothing of itself.
func (w *watch) comparableEnds(s analysis.Spec, last market.Day) []market.Day {
	step := market.Day(max(1, s.Limits.Days))
	if s.Kind == analysis.KindSeasonal {
		step = 7 * ((step + 6) / 7)
	}
	_, phase, on := w.shop.Calendar.On(last)
	plain := func(p market.Phase, on bool) bool { return !on || p.Uplift >= .8 && p.Uplift <= 1.25 }
	var out []market.Day
	for i := market.Day(1); len(out) < s.Limits.Past && i <= market.Day(3*s.Limits.Past); i++ {
		d := last - i*step
		_, p, then := w.shop.Calendar.On(d)
		if then == on && p.ID == phase.ID || s.Kind == analysis.KindSeasonal && plain(phase, on) && plain(p, then) {
			out = append(out, d)
		}
	}
	return out
}

// entities are the members of a rule's dimension with their stretches, by key:
// of those that are there now, and of those that were.
func (w *watch) entities(s analysis.Spec, m metric.Metric, last market.Day, ends []market.Day) ([]analysis.Entity, error) {
	b := sampling{metric: m, needs: knownOf(s, m)}
	b.volume, b.hasVolume = metric.Find(s.Volume)
	now, err := w.stretch(s, b.needs, last)
	if err != nil {
		return nil, err
	}
	if now == nil {
		return nil, ErrNoData
	}
	keys := map[string]bool{}
	past := make([]map[string]metric.Sums, len(ends))
	for i, end := range ends {
		if past[i], err = w.stretch(s, b.needs, end); err != nil {
			return nil, err
		}
		for key := range past[i] {
			keys[key] = true
		}
	}
	for key := range now {
		keys[key] = true
	}
	var out []analysis.Entity
	for _, key := range keysOf(keys) {
		if key == "" && s.By != metric.None {
			continue // nobody knows what it is of
		}
		e := analysis.Entity{Subject: w.memberSubject(s.By, key), Now: b.sample(now, key), Before: make([]analysis.Sample, len(past))}
		for i, cells := range past {
			e.Before[i] = b.sample(cells, key)
		}
		out = append(out, e)
	}
	return out, nil
}

// stretch adds up the whole days of a stretch by member; nil when a day of it is
// not known.
func (w *watch) stretch(s analysis.Spec, needs metric.Known, end market.Day) (map[string]metric.Sums, error) {
	sum := map[string]metric.Sums{}
	for d := end - market.Day(max(1, s.Limits.Days)) + 1; d <= end; d++ {
		cells, err := w.dayCells(s, needs, d)
		if err != nil || cells == nil {
			return nil, err
		}
		for key, c := range cells {
			if old, ok := sum[key]; ok {
				c = old.Plus(c)
			}
			sum[key] = c
		}
	}
	return sum, nil
}

// sampling reads a metric and its volume out of sums.
type sampling struct {
	metric, volume metric.Metric
	hasVolume      bool
	needs          metric.Known
}

// sample is what a member had in a stretch; cells nil is one that nothing is
// known of, a member that is missing among others had nothing.
func (b *sampling) sample(cells map[string]metric.Sums, key string) (x analysis.Sample) {
	if cells == nil {
		return x
	}
	c, ok := cells[key]
	if !ok {
		c.Known = b.needs
	}
	x.Value, x.Known = b.metric.Of(c)
	if b.hasVolume {
		x.Volume, _ = b.volume.Of(c)
	}
	return x
}

// knownOf says what a rule's sums need.
func knownOf(s analysis.Spec, m metric.Metric) metric.Known {
	var k metric.Known
	for _, t := range tablesOf(s, m) {
		switch t {
		case market.OrderLines.Name:
			k.Orders = true
		case market.Refunds.Name:
			k.Refunds = true
		case market.Traffic.Name:
			k.Traffic = true
		case market.Items.Name:
			k.Costs = true
		case market.MemberDays.Name:
			k.Members = true
		case market.AdsDays.Name:
			k.Ads = true
		case market.SearchDays.Name:
			k.Search = true
		}
	}
	k.Service = k.Orders && strings.HasPrefix(s.Metric, "ship_")
	k.Loyalty = k.Orders && (strings.HasPrefix(s.Metric, "member_") || strings.HasPrefix(s.Metric, "guest_"))
	return k
}

// dayKey names the cells of one day.
type dayKey struct {
	by     metric.Dim
	filter metric.Filter
	known  metric.Known
	day    market.Day
}

// dayCells are the sums of a whole business day by member, kept for the rules
// that ask for the same; nil when there is nothing at all of the day, which then
// is one that nothing is known of.
func (w *watch) dayCells(s analysis.Spec, needs metric.Known, d market.Day) (map[string]metric.Sums, error) {
	key := dayKey{s.By, s.Match, needs, d}
	if cells, ok := w.cells[key]; ok {
		return cells, nil
	}
	spec := metric.CubeSpec{
		Shop: w.shop, Items: w.items, From: d, To: d, Cut: w.shop.Start(d + 1), Filter: s.Match, By: s.By, Known: needs,
	}
	if needs.Service {
		spec.ShipCut = earlier(w.now, known(w.feeds, market.OrderLines.Name))
	}
	cube, err := w.cube(spec)
	if errors.Is(err, storage.ErrForgotten) {
		w.cells[key] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cells := map[string]metric.Sums{}
	if total := cube.Total(); s.By == metric.None {
		cells[""] = total
	}
	for _, c := range cube.Cells() {
		if s.By != metric.None {
			cells[c.Key] = c.Sums
		}
	}
	if bare := cube.Total(); bareSums(bare) {
		cells = nil
	}
	w.cells[key] = cells
	return cells, nil
}

// bareSums reports whether sums hold nothing.
func bareSums(s metric.Sums) bool {
	s.Known = metric.Known{}
	return s == metric.Sums{}
}

// memberSubject is the subject of a member of a dimension.
func (w *watch) memberSubject(by metric.Dim, key string) analysis.Subject {
	switch by {
	case metric.None:
		return analysis.Subject{}
	case metric.ByUnit:
		return analysis.Subject{Unit: market.Unit(key)}
	case metric.ByChannel:
		return analysis.Subject{Channel: market.Channel(key)}
	case metric.BySKU:
		return w.itemSubject(key)
	}
	return analysis.Subject{Member: string(by) + "=" + key}
}
