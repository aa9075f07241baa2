package card

import (
	"slices"
	"strings"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func (p Pen) r(key string, args ...any) string { return p.L.T("rule."+key, args...) }

// RuleName is what people call a rule; one that a configuration has added goes
// by its id.
func (p Pen) RuleName(r analysis.Rule) string {
	if slices.ContainsFunc(analysis.Registry(), func(s analysis.Spec) bool { return s.ID == r }) {
		return p.r("name_" + string(r))
	}
	return string(r)
}

// memberNamed names a member written as dimension=key.
func (p Pen) memberNamed(member string) string {
	by, key, _ := strings.Cut(member, "=")
	if by == "source" {
		return p.r("source", "id", clamp(key, cellTitle))
	}
	return p.dimension(metric.Dim(by)) + " " + p.member(metric.Dim(by), key, market.Name{})
}

// quantity writes a number in its unit.
func (p Pen) quantity(unit metric.Unit, v float64) string {
	m := metric.Metric{Unit: unit, Adds: metric.ByRatio}
	if unit == metric.Count && v != float64(int64(v)) {
		return decimal(v)
	}
	return p.measure(m, report.Value{V: v, Known: true})
}

// readingGist is the figure of a declared rule in one line.
func (p Pen) readingGist(f analysis.Finding) string {
	r := *f.Reading
	num := func(name string) market.Fen { v, _ := r.Number(name); return market.Fen(v) }
	switch f.Rule {
	case analysis.RuleCounterfeit:
		return p.L.N("rule.gist_counterfeit", int(r.Value))
	case analysis.RuleBelowFloor:
		if floor, ok := r.Number("floor"); ok && floor > r.Value {
			return p.r("gist_floor", "now", p.exact(market.Fen(r.Value)), "floor", p.exact(market.Fen(floor)))
		}
		return p.r("gist_cost", "now", p.exact(market.Fen(r.Value)), "cost", p.exact(num("cost")))
	case analysis.RulePriceConflict:
		var prices []string
		for _, x := range r.Parts {
			prices = append(prices, p.channel(market.Channel(x.Name))+" "+p.exact(market.Fen(x.Value)))
		}
		gap := p.exact(market.Fen(r.Value))
		if r.Reason == "ahead" {
			return p.r("gist_conflict_ahead", "time", p.moment(r.Window.Start), "gap", gap, "prices", p.L.Join(prices))
		}
		return p.r("gist_conflict", "gap", gap, "prices", p.L.Join(prices))
	case analysis.RuleAdsOut:
		return p.r("gist_ads", "day", p.day(p.Shop.Day(r.Window.Start)), "cost", p.exact(market.Fen(r.Value)))
	case analysis.RuleTargetPace:
		return p.r("gist_target", "expected", p.short(num("expected")), "target", p.short(num("target")), "chance", p.L.Percent(r.Value))
	case analysis.RuleSellThrough:
		return p.r("gist_sell", "value", p.L.Percent(r.Value), "sold", p.L.Count(int64(num("sold"))), "listed", p.L.Count(int64(num("listed"))), "limit", p.L.Percent(r.Limit))
	case analysis.RuleNoData:
		return p.dataGist(r)
	}
	return p.metricGist(r)
}

// dataGist is what is wrong with a feed.
func (p Pen) dataGist(r analysis.Reading) string {
	feed := p.table(r.Metric)
	switch report.GapReason(r.Reason) {
	case report.GapLate:
		return p.r("gist_data_late", "feed", feed, "time", p.moment(r.Window.Start), "age", p.L.Duration(time.Duration(r.Value)*time.Millisecond))
	case report.GapNever, report.GapPartial, report.GapSuspect, report.GapFailed:
	}
	return p.r("gist_data_"+r.Reason, "feed", feed)
}

// metricGist sets a metric against its usual value or its limit.
func (p Pen) metricGist(r analysis.Reading) string {
	m, ok := metric.Find(r.Metric)
	if !ok {
		m = metric.Metric{Unit: r.Unit}
	}
	name := m.Name.In(p.L.Tag())
	now := report.Value{V: r.Value, Known: true}
	if r.UsualKnown {
		usual := report.Value{V: r.Usual, Known: true}
		change := p.L.Change(scaled(r.Value), scaled(r.Usual))
		if m.Unit == metric.Ratio {
			change = p.L.Points(r.Value - r.Usual)
		}
		return p.r("usual", "metric", name, "value", p.measure(m, now), "usual", p.measure(m, usual), "change", change)
	}
	key := "under"
	if r.High {
		key = "above"
	}
	return p.r(key, "metric", name, "value", p.measure(m, now), "limit", p.measure(m, report.Value{V: r.Limit, Known: true}))
}

// readingLines are further lines of a root: what was written, what is paused.
func (p Pen) readingLines(f analysis.Finding) []chat.Rich {
	r := *f.Reading
	var lines []chat.Rich
	if daily, ok := r.Number("daily"); ok && daily > 0 {
		lines = append(lines, line(p.r("daily_needed", "daily", p.short(market.Fen(daily)))))
	}
	const shown = 2
	for _, q := range r.Quotes[:min(shown, len(r.Quotes))] {
		lines = append(lines, chat.Rich{{Text: p.t("quoted", "text", clamp(q, 80)), Italic: true}})
	}
	if len(r.Mutes) > 0 {
		var names []string
		for _, m := range r.Mutes {
			names = append(names, p.RuleName(m))
		}
		lines = append(lines, line(p.r("mutes", "rules", p.L.Join(names))))
	}
	if !r.Window.Start.IsZero() && r.UsualKnown {
		lines = append(lines, line(p.t("window", "from", p.moment(r.Window.Start), "to", p.moment(r.Window.End))))
	}
	return lines
}

// claims counts what buyers wrote that made a rule speak up, and where.
func (p Pen) claims(r analysis.Reading) string {
	places := make([]string, 0, len(r.Parts))
	for _, x := range r.Parts {
		places = append(places, p.channel(market.Channel(x.Name))+" "+p.quantity(metric.Count, x.Value))
	}
	head := p.L.N("rule.claims", int(r.Value), "from", p.moment(r.Window.Start), "to", p.moment(r.Window.End))
	if len(places) == 0 {
		return head
	}
	return head + p.t("colon") + p.L.Join(places)
}

// readingNumbers are all numbers that a rule used.
func (p Pen) readingNumbers(r analysis.Reading) string {
	parts := []string{p.r("number_value") + " " + p.quantity(r.Unit, r.Value), p.r("number_limit") + " " + p.quantity(r.Unit, r.Limit)}
	if r.UsualKnown {
		parts = append(parts, p.r("number_usual")+" "+p.quantity(r.Unit, r.Usual))
	}
	if r.Volume > 0 {
		parts = append(parts, p.r("number_volume")+" "+p.quantity(metric.Count, r.Volume))
	}
	for _, n := range r.Numbers {
		text := p.quantity(n.Unit, n.Value)
		if n.Name == "p" {
			text = chance(n.Value)
		}
		parts = append(parts, p.r("number_"+n.Name)+" "+text)
	}
	return strings.Join(parts, " · ")
}

// readingQuestions are what one would ask next.
func (p Pen) readingQuestions(f analysis.Finding) []chat.Button {
	sku := " sku=" + string(f.Subject.SKU)
	switch f.Rule {
	case analysis.RuleCounterfeit:
		return []chat.Button{p.run("button_complaints", "counterfeit"+sku)}
	case analysis.RuleBelowFloor, analysis.RulePriceConflict:
		return []chat.Button{p.run("button_price", "price"+sku)}
	case analysis.RuleAdsOut:
		return []chat.Button{p.run("button_stock", "stock"+sku)}
	case analysis.RuleNoData:
		return []chat.Button{p.run("button_status", "status")}
	case analysis.RuleTargetPace:
		return []chat.Button{p.run("button_gmv", "gmv")}
	}
	return nil
}
