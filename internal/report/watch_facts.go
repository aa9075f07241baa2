package report

import (
	"maps"
	"slices"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// prices are our own prices as they stand, read once a look.
func (w *watch) prices() (map[market.SKU][]OwnPrice, error) {
	if w.own == nil {
		_, own, err := w.ownPrices(w.now)
		if err != nil {
			return nil, err
		}
		w.own, w.skus = own, slices.Sorted(maps.Keys(own))
	}
	return w.own, nil
}

// stock is the lines of stock as they stand, read once a look. Callers must not
// change them.
func (w *watch) stock() ([]analysis.StockLine, error) {
	if w.lines == nil {
		_, lines, err := w.stockLines(w.week, w.now)
		if err != nil {
			return nil, err
		}
		w.lines = lines
	}
	return w.lines, nil
}

// found completes a finding of a rule about facts, with the severity of its
// money or, when that is not known or would say less, of the rule.
func (w *watch) found(s analysis.Spec, subject analysis.Subject, risk market.Fen, r analysis.Reading) analysis.Finding {
	severity, _ := w.rules.Money.Severity(risk, w.daily)
	if s.Severity.Rank() < severity.Rank() {
		severity = s.Severity
	}
	f := analysis.Finding{Rule: s.ID, Subject: subject, At: w.now, Severity: severity, AtRisk: risk, Reading: &r}
	w.note(s.ID, analysis.Judged{Subject: subject, Reading: r, Finding: &f})
	return f
}

func (w *watch) passed(s analysis.Spec, subject analysis.Subject, r analysis.Reading, why string) {
	w.note(s.ID, analysis.Judged{Subject: subject, Reading: r, Why: why})
}

func money(name string, v market.Fen) analysis.Number {
	return analysis.Number{Name: name, Value: float64(v), Unit: metric.Money}
}

func number(name string, v float64) analysis.Number {
	return analysis.Number{Name: name, Value: v, Unit: metric.Count}
}

// counterfeits tells of every item that a buyer of the last 24 hours calls a
// fake or an infringement: one is enough.
func (w *watch) counterfeits(s analysis.Spec) ([]analysis.Finding, error) {
	window, recent, err := w.lastVoices()
	if err != nil {
		return nil, err
	}
	items := map[string]*analysis.Reading{}
	for i := range recent.complaints {
		c := &recent.complaints[i]
		if _, ok := c.named(voice.Counterfeit); !ok || c.sku == "" {
			continue
		}
		r := items[c.sku]
		if r == nil {
			r = &analysis.Reading{Metric: s.Metric, Unit: metric.Count, Window: window, Limit: s.Limits.Limit, High: true}
			items[c.sku] = r
		}
		r.Value++
		r.Parts = counted(r.Parts, c.channel)
		if len(r.Quotes) < 3 && c.text != "" {
			r.Quotes = append(r.Quotes, cutText(c.text, maxQuote))
		}
	}
	var out []analysis.Finding
	for _, sku := range keysOf(items) {
		if r := *items[sku]; r.Value >= s.Limits.Limit {
			out = append(out, w.found(s, w.itemSubject(sku), w.week.bySKU[sku].paid/7, r))
		} else {
			w.passed(s, w.itemSubject(sku), r, analysis.WhyLimit)
		}
	}
	return out, nil
}

// counted adds one to the part of that name, the last if there is none yet.
func counted(parts []analysis.Number, name string) []analysis.Number {
	i := slices.IndexFunc(parts, func(n analysis.Number) bool { return n.Name == name })
	if i < 0 {
		return append(parts, number(name, 1))
	}
	parts[i].Value++
	return parts
}

// belowFloor tells of listed prices under their item's floor by more than the
// limit, or under what a piece costs the house.
func (w *watch) belowFloor(s analysis.Spec) ([]analysis.Finding, error) {
	own, err := w.prices()
	if err != nil {
		return nil, err
	}
	var out []analysis.Finding
	for _, sku := range w.skus {
		for _, p := range own[sku] {
			it := w.floorItem(sku, p, w.week)
			if !p.Listed || it.Floor < 0 && it.Cost < 0 {
				continue
			}
			limit := max(it.Floor, it.Cost)
			r := analysis.Reading{Unit: metric.Money, Value: float64(p.Landed), Limit: float64(limit)}
			if it.Floor >= 0 {
				r.Numbers = append(r.Numbers, money("floor", it.Floor))
			}
			if it.Cost >= 0 {
				r.Numbers = append(r.Numbers, money("cost", it.Cost))
			}
			r.Numbers = append(r.Numbers, number("sold_7d", float64(it.Units7d)))
			subject := w.itemSubject(string(sku))
			subject.Channel = p.Channel
			short := limit - p.Landed
			switch {
			case short <= 0 || float64(short) < s.Limits.Limit*float64(limit):
				w.passed(s, subject, r, analysis.WhyLimit)
			case it.Units7d == 0 && 2*p.Landed > limit && !w.about(s.ID, subject):
				w.passed(s, subject, r, analysis.WhyVolume) // nobody buys it, and it is no slip of the hand
			default:
				out = append(out, w.found(s, subject, short*market.Fen(it.Units7d), r))
			}
		}
	}
	return out, nil
}

// priceConflicts tells of items that sell and cost differently on two of our
// channels by at least the limit, now or when an announced promotion begins.
func (w *watch) priceConflicts(s analysis.Spec) ([]analysis.Finding, error) {
	own, err := w.prices()
	if err != nil {
		return nil, err
	}
	var out []analysis.Finding
	for _, sku := range w.skus {
		found := w.conflictsOf(own[sku])
		if len(found) == 0 {
			continue
		}
		x, subject := found[0], w.itemSubject(string(sku))
		r := analysis.Reading{Unit: metric.Money, Value: float64(x.Gap), High: true, Window: market.Window{Start: x.From, End: x.Until}}
		lowest := market.Fen(0)
		for _, p := range x.Prices {
			r.Parts = append(r.Parts, money(string(p.Channel), p.Price))
			if lowest == 0 || p.Price < lowest {
				lowest = p.Price
			}
		}
		if x.From.After(w.now) {
			r.Reason = "ahead"
		}
		r.Limit = s.Limits.Limit * float64(lowest)
		sold := w.week.bySKU[string(sku)]
		r.Numbers = append(r.Numbers, number("sold_7d", float64(sold.units)))
		risk := x.Gap * market.Fen(sold.units)
		switch _, material := w.rules.Money.Severity(risk, w.daily); {
		case r.Value < r.Limit:
			w.passed(s, subject, r, analysis.WhyLimit)
		case !material && !w.about(s.ID, subject):
			w.passed(s, subject, r, analysis.WhyMoney)
		default:
			out = append(out, w.found(s, subject, risk, r))
		}
	}
	return out, nil
}

// conflictsOf are the conflicts of an item, those of now first. What a channel
// asks now is not known when its row tells only of a promotion to come.
func (w *watch) conflictsOf(prices []OwnPrice) []pricing.Conflict {
	found := pricing.Conflicts(w.listings(prices, w.now), nil, w.now, conflictsAhead)
	announced := func(p OwnPrice) bool { return p.terms.From.After(w.now) }
	if len(found) == 0 || found[0].From.After(w.now) || !slices.ContainsFunc(prices, announced) {
		return found
	}
	sure := slices.DeleteFunc(slices.Clone(prices), announced)
	if now := pricing.Conflicts(w.listings(sure, w.now), nil, w.now, 0); len(now) > 0 {
		return now
	}
	return slices.DeleteFunc(found, func(c pricing.Conflict) bool { return !c.From.After(w.now) })
}

// adsOut tells of listed items that nothing is left of on any channel while
// money is spent on advertising them: at least the limit's share of a usual
// day's GMV on the last whole day.
func (w *watch) adsOut(s analysis.Spec) ([]analysis.Finding, error) {
	lines, err := w.stock()
	if err != nil {
		return nil, err
	}
	ads := s
	ads.By, ads.Volume = metric.BySKU, ""
	m, ok := metric.Find(s.Metric)
	if !ok {
		return nil, ErrNoData
	}
	last, ok := w.lastDay(ads, m)
	if !ok {
		return nil, ErrNoData
	}
	cells, err := w.dayCells(ads, metric.Known{Ads: true}, last)
	if err != nil {
		return nil, err
	}
	left, listed := map[string]int64{}, map[string]bool{}
	for i := range lines {
		l := &lines[i]
		if _, advertised := cells[string(l.SKU)]; advertised && l.Listed {
			left[string(l.SKU)] += max(0, l.Available)
			listed[string(l.SKU)] = true
		}
	}
	var out []analysis.Finding
	for _, sku := range keysOf(cells) {
		cost := cells[sku].Ads.Cost
		if cost <= 0 || !listed[sku] {
			continue
		}
		r := analysis.Reading{
			Metric: s.Metric, Unit: metric.Money, Window: w.shop.Window(last, last), Value: float64(cost),
			Limit: s.Limits.Limit * float64(w.daily), High: true, Numbers: []analysis.Number{number("available", float64(left[sku]))},
		}
		switch subject := w.itemSubject(sku); {
		case left[sku] > 0:
			w.passed(s, subject, r, "stock")
		case r.Value < r.Limit && !w.about(s.ID, subject):
			w.passed(s, subject, r, analysis.WhyLimit)
		default:
			out = append(out, w.found(s, subject, cost, r))
		}
	}
	return out, nil
}

// targetPace tells of targets of this month, of the shop, its units and
// categories, whose base will hardly be reached, once some days have passed.
func (w *watch) targetPace(s analysis.Spec) ([]analysis.Finding, error) {
	today := w.shop.Day(w.now)
	q := TargetsQuery{Now: w.now, From: today.MonthStart(), To: today.MonthStart().AddMonths(1) - 1, AsOf: w.asOf, Fresh: w.rules.Fresh}
	t, err := w.targets(q)
	if err != nil {
		return nil, err
	}
	days := w.shop.Window(q.From, q.To)
	var out []analysis.Finding
	for i := range t.Rows {
		row := &t.Rows[i]
		base := slices.IndexFunc(row.Tiers, func(x TargetTier) bool { return x.ID == "base" })
		if row.Part != nil || base < 0 {
			continue // part of a longer target, whose own end counts
		}
		tier, subject := row.Tiers[base], targetSubject(row)
		limit := s.Limits.Limit
		if w.about(s.ID, subject) {
			limit *= 2
		}
		r := analysis.Reading{
			Metric: s.Metric, Unit: metric.Ratio, Window: days, Value: tier.Chance.Chance, Limit: s.Limits.Limit,
			Numbers: []analysis.Number{money("target", tier.Amount), money("paid", row.Paid)},
		}
		if row.End == nil || !tier.ChanceKnown {
			w.passed(s, subject, r, analysis.WhyUnknown)
			continue
		}
		r.Numbers = append(r.Numbers, money("expected", row.End.Mean), money("low", row.End.Low), money("high", row.End.High), money("daily", tier.Daily))
		switch {
		case int(today-q.From)+1 < s.Limits.Days:
			w.passed(s, subject, r, analysis.WhyFew)
		case r.Value >= limit:
			w.passed(s, subject, r, analysis.WhyLimit)
		default:
			out = append(out, w.found(s, subject, max(0, tier.Amount-row.End.Mean), r))
		}
	}
	return out, nil
}

func targetSubject(row *TargetRow) analysis.Subject {
	s := analysis.Subject{Unit: row.Unit}
	if row.Category != "" {
		s.Member = string(metric.ByCategory) + "=" + string(row.Category)
	}
	return s
}

// sellThrough tells of units of which too few of the listed items in stock have
// sold in the last days.
func (w *watch) sellThrough(s analysis.Spec) ([]analysis.Finding, error) {
	lines, err := w.stock()
	if err != nil {
		return nil, err
	}
	end := w.week.window.End
	if end.IsZero() {
		return nil, ErrNoData
	}
	type count struct{ listed, sold float64 }
	units, seen := map[string]*count{}, make(map[market.SKU]bool, len(lines))
	for i := range lines {
		l := &lines[i]
		if !l.Listed || l.Available <= 0 || seen[l.SKU] || l.Unit == "" {
			continue
		}
		seen[l.SKU] = true
		c := units[string(l.Unit)]
		if c == nil {
			c = &count{}
			units[string(l.Unit)] = c
		}
		c.listed++
		if w.week.bySKU[string(l.SKU)].units > 0 {
			c.sold++
		}
	}
	var out []analysis.Finding
	for _, unit := range keysOf(units) {
		c, subject := units[unit], analysis.Subject{Unit: market.Unit(unit)}
		e := analysis.Entity{Subject: subject, Now: analysis.Sample{Value: c.sold / c.listed, Volume: c.listed, Known: true}, Open: w.about(s.ID, subject)}
		j := analysis.Judge(s, metric.Metric{Unit: metric.Ratio, Better: metric.Up}, e)
		j.Reading.Window = w.week.window
		j.Reading.Numbers = []analysis.Number{number("sold", c.sold), number("listed", c.listed)}
		if j.Why != "" {
			w.note(s.ID, j)
			continue
		}
		out = append(out, w.found(s, subject, 0, j.Reading))
	}
	return out, nil
}

// noData tells of feeds that cannot be relied on, and which rules say nothing
// meanwhile.
func (w *watch) noData(s analysis.Spec) ([]analysis.Finding, error) {
	var out []analysis.Finding
	for _, f := range w.feeds {
		subject := analysis.Subject{Member: "source=" + f.Source}
		r := analysis.Reading{Unit: metric.Span, High: true}
		r.Limit = float64(w.rules.Fresh[f.Source].Milliseconds())
		if !f.mark().IsZero() {
			r.Value = float64(w.now.Sub(f.mark()).Milliseconds())
			r.Window = market.Window{Start: f.mark(), End: w.now}
		}
		if f.gap == nil {
			w.passed(s, subject, r, analysis.WhyLimit)
			continue
		}
		r.Metric, r.Reason = f.Table, string(f.gap.Reason)
		for _, other := range w.rules.All() {
			if slices.Contains(other.Tables, f.Table) && w.out.Muted[other.ID] != "" && w.out.Muted[other.ID] != "off" && w.out.Muted[other.ID] != MutedHourly {
				r.Mutes = append(r.Mutes, other.ID)
			}
		}
		it := w.found(s, subject, 0, r)
		if len(r.Mutes) == 0 {
			it.Severity = analysis.Info
		}
		out = append(out, it)
	}
	return out, nil
}
