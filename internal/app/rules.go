package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/spike"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// rules are the limits of a configuration; what it does not name stays at its
// default. A lexicon that cannot be read is ErrRefused.
func rules(c *config.Config) (report.Rules, error) {
	r := analysis.Defaults()
	r.GMV.Drop = c.Rules.GMVDrop.MinDrop
	r.Price.Cut = c.Rules.RivalMove.MinCut
	r.Stock.Cover, r.Stock.Hits = c.Rules.StockOut.CoverDays, c.Rules.StockOut.Top
	// A problem is over only when there is clearly more than the limit.
	r.Stock.Clear = max(r.Stock.Clear, 2*r.Stock.Cover)
	r.Money.Floor = c.Rules.Material
	r.Complaints.Min = int64(c.Rules.ComplaintSpike.MinCount)
	r.Specs = specs(c.Rules.Watch)
	out := report.Rules{Rules: r, Cache: report.NewCache()}
	if c.Rules.Lexicon != "" {
		var err error
		if out.Lexicon, err = voice.ParseLexicon(c.Rules.Lexicon); err != nil {
			return out, fmt.Errorf("%w: %s: rules.lexicon: %w", ErrRefused, c.File, err)
		}
	}
	return out, nil
}

// specs are the rules that come with the program as a configuration tunes them,
// and those that it adds. The configuration has been checked.
func specs(watch []config.Watch) []analysis.Spec {
	all := analysis.Registry()
	for _, w := range watch {
		i := slices.IndexFunc(all, func(s analysis.Spec) bool { return string(s.ID) == w.ID })
		if i < 0 {
			i, all = len(all), append(all, added(w))
		}
		tune(&all[i], w)
	}
	return all
}

// added is a new rule with the usual patience.
func added(w config.Watch) analysis.Spec {
	s := analysis.Spec{
		ID: analysis.Rule(w.ID), Kind: analysis.Kind(w.Kind), Metric: w.Metric, By: metric.Dim(w.By), Hourly: true, Severity: analysis.Warning,
		Limits: analysis.Limits{Change: 0.3, Z: 4, Days: 1, Past: 14},
	}
	if s.Kind == analysis.KindSpike {
		s.Limits.Past = spike.History
	}
	m, _ := metric.Find(s.Metric)
	s.Tables = m.Tables
	s.Volume = volumeOf(m)
	const day = 24 * time.Hour
	s.Stale = 2 * day // where a source has no freshness of its own
	return s
}

// volumeOf is the metric that stands behind another one as its denominator; a
// money ratio is judged by orders.
func volumeOf(m metric.Metric) string {
	switch {
	case slices.Contains(m.Tables, market.Traffic.Name):
		return "visitors"
	case slices.Contains(m.Tables, market.SearchDays.Name):
		return "searches"
	case m.Key == "ship_48h_rate":
		return "ship_due"
	case slices.Contains(m.Tables, market.OrderLines.Name):
		return "orders"
	}
	return ""
}

// tune changes what a configuration names.
func tune(s *analysis.Spec, w config.Watch) {
	if w.Has["limit"] {
		s.Limits.Limit = w.Limit
	}
	if w.Has["change"] {
		s.Limits.Change = w.Change
	}
	if w.Has["volume"] {
		s.Limits.Volume = float64(w.Volume)
	}
	if w.Has["days"] {
		s.Limits.Days = w.Days
	}
	if w.Has["severity"] {
		s.Severity = analysis.Severity(w.Severity)
	}
	if w.Has["match"] {
		s.Match, _ = readMatch(w.Match)
	}
	s.Off = w.Off
}

// floors are the least weights of findings that a configuration names, by rule.
func floors(c *config.Config, currency market.Currency) map[analysis.Rule]alert.Floor {
	out := map[analysis.Rule]alert.Floor{}
	for _, w := range c.Rules.Watch {
		var f alert.Floor
		if w.Has["floor"] {
			f.Money, _ = w.Floor.Fen(currency) // checked with the configuration
		}
		if s, ok := analysis.SpecOf(analysis.Registry(), analysis.Rule(w.ID)); ok && w.Has["volume"] && s.Limits == (analysis.Limits{}) {
			f.Volume = int64(w.Volume)
		}
		if f != (alert.Floor{}) {
			out[analysis.Rule(w.ID)] = f
		}
	}
	return out
}

// readMatch reads unit=beauty channel=tmall.
func readMatch(text string) (f metric.Filter, ok bool) {
	for word := range strings.FieldsSeq(text) {
		name, value, cut := strings.Cut(word, "=")
		if !cut || value == "" {
			return f, false
		}
		switch metric.Dim(name) {
		case metric.ByUnit:
			f.Unit = market.Unit(value)
		case metric.ByChannel:
			f.Channel = market.Channel(value)
		case metric.ByBand:
			f.Band = value
		case metric.ByRegion:
			f.Region = market.Region(value)
		case metric.ByCategory:
			f.Category = market.Category(value)
		case metric.BySKU:
			f.SKU = market.SKU(value)
		default:
			return f, false
		}
	}
	return f, true
}

// CheckWatch says which of a rule's keys cannot be used with the others: metric,
// kind, by or match; empty when all can.
func CheckWatch(w config.Watch) (key string) {
	match, ok := readMatch(w.Match)
	if !ok {
		return "match"
	}
	s, builtin := analysis.SpecOf(analysis.Registry(), analysis.Rule(w.ID))
	if !builtin {
		s = added(w)
	}
	if s.Metric == "" || s.Limits == (analysis.Limits{}) {
		return ""
	}
	m, ok := metric.Find(s.Metric)
	switch {
	case !ok:
		return "metric"
	case !builtin && s.Kind == analysis.KindSpike && m.Unit != metric.Count:
		return "kind"
	case match != (metric.Filter{}) && !m.Carries(match, s.By):
		return "match"
	case !builtin && !m.Carries(match, s.By):
		return "by"
	}
	return ""
}
