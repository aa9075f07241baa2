package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// shops checks the shops and turns them into the words of the trade.
func (d *decoder) shops() []*market.Shop {
	ids := firsts{d: d}
	var list []*market.Shop
	for i := range d.root.Shops {
		s, key := &d.root.Shops[i], fmt.Sprintf("shops[%d]", i)
		ids.add(key+".id", s.ID)
		list = append(list, d.shop(key, s))
	}
	return list
}

func (d *decoder) shop(key string, s *Shop) *market.Shop {
	out := &market.Shop{
		ID: market.ShopID(s.ID), Name: named(s.Name, s.ID), Currency: market.Currency(s.Currency),
		Zone: s.Zone.Location, DayStart: time.Duration(s.DayStart),
	}
	if len(s.Currency) != 3 || strings.Trim(s.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		d.reportKey(key+".currency", bad("currency", "got", d.asWritten(key+".currency", s.Currency)))
		out.Currency = "CNY"
	}
	if s.DayStart > Duration(12*time.Hour) {
		d.reportKey(key+".day_start", bad("day_start"))
	}
	out.Units = d.labels(key+".units", s.Units)
	out.Channels = d.labels(key+".channels", s.Channels)
	out.Regions = d.labels(key+".regions", s.Regions)
	out.Bands = d.bands(key+".bands", s.Bands, out.Currency)
	out.Calendar = d.calendar(key+".calendar", s.Calendar, s.Units)
	out.Targets = d.targets(key+".targets", s, out)
	out.Industry = d.industry(key+".industry", s)
	return out
}

// industry turns the usual days of stock of units and categories into words of the trade.
func (d *decoder) industry(key string, s *Shop) []market.Industry {
	var out []market.Industry
	for i, x := range s.Industry {
		d.unitKnown(fmt.Sprintf("%s[%d].unit", key, i), x.Unit, s.Units)
		out = append(out, market.Industry{Unit: market.Unit(x.Unit), Category: market.Category(x.Category), TurnoverDays: x.TurnoverDays})
	}
	return out
}

// named gives a thing without a name its id as one.
func named(n market.Name, id string) market.Name {
	if n.Zh == "" && n.En == "" {
		return market.Name{Zh: id, En: id}
	}
	return n
}

func (d *decoder) labels(key string, list []Label) []market.Label {
	ids := firsts{d: d}
	var out []market.Label
	for i, l := range list {
		ids.add(fmt.Sprintf("%s[%d].id", key, i), l.ID)
		out = append(out, market.Label{ID: l.ID, Name: named(l.Name, l.ID), Words: l.Words})
	}
	return out
}

func (d *decoder) bands(key string, list []Band, c market.Currency) []market.Band {
	ids := firsts{d: d}
	var out []market.Band
	for i, b := range list {
		at := fmt.Sprintf("%s[%d]", key, i)
		ids.add(at+".id", b.ID)
		band := market.Band{
			Label: market.Label{ID: b.ID, Name: named(b.Name, b.ID), Words: b.Words},
			From:  d.fen(at+".from", b.From, c), To: d.fen(at+".to", b.To, c),
		}
		if b.To != "" && band.To <= band.From {
			d.reportKey(at+".to", bad("band_order", "from", d.asWritten(at+".from", string(b.From)), "to", d.asWritten(at+".to", "")))
		}
		for _, other := range out {
			if (other.To == 0 || band.From < other.To) && (band.To == 0 || other.From < band.To) {
				d.reportKey(at+".from", bad("band_overlap", "other", other.ID))
				break
			}
		}
		out = append(out, band)
	}
	return out
}

func (d *decoder) calendar(key string, c Calendar, units []Label) market.Calendar {
	var out market.Calendar
	for _, h := range c.Holidays {
		out.Holidays = append(out.Holidays, h.Day)
	}
	for i, m := range c.Makeup {
		if m.Set && slices.Contains(c.Holidays, m) {
			d.reportKey(fmt.Sprintf("%s.makeup[%d]", key, i), bad("day_both", "got", m.Day.String()))
		}
		out.Makeup = append(out.Makeup, m.Day)
	}
	ids := firsts{d: d}
	for i, camp := range c.Campaigns {
		at := fmt.Sprintf("%s.campaigns[%d]", key, i)
		ids.add(at+".id", camp.ID)
		out.Campaigns = append(out.Campaigns, d.campaign(at, camp, units))
	}
	return out
}

func (d *decoder) campaign(key string, c Campaign, units []Label) market.Campaign {
	out := market.Campaign{ID: c.ID, Name: named(c.Name, c.ID), Peak: c.Peak.Day}
	inside := false
	for i, p := range c.Phases {
		at := fmt.Sprintf("%s.phases[%d]", key, i)
		d.stretch(at, p.From, p.To)
		for _, other := range out.Phases {
			if p.From.Day <= other.To && other.From <= p.To.Day {
				d.reportKey(at+".from", bad("phase_overlap", "other", other.ID))
				break
			}
		}
		inside = inside || p.From.Day <= c.Peak.Day && c.Peak.Day <= p.To.Day
		phase := market.Phase{ID: p.ID, From: p.From.Day, To: p.To.Day, Uplift: p.Uplift}
		for n, u := range p.Units {
			d.unitKnown(fmt.Sprintf("%s.units[%d]", at, n), u, units)
			phase.Units = append(phase.Units, market.Unit(u))
		}
		out.Phases = append(out.Phases, phase)
	}
	if c.Peak.Set && len(c.Phases) > 0 && !inside {
		d.reportKey(key+".peak", bad("peak_outside", "got", c.Peak.Day.String()))
	}
	return out
}

// stretch reports days in the wrong order and tells whether from..to is usable.
func (d *decoder) stretch(key string, from, to Date) bool {
	if from.Set && to.Set && to.Day < from.Day {
		d.reportKey(key+".to", bad("date_order", "from", from.Day.String(), "to", to.Day.String()))
	}
	return from.Set && to.Set && from.Day <= to.Day
}

// maxTargets is what one entry with each may expand to: three years of days.
const maxTargets = 1100

func (d *decoder) targets(key string, s *Shop, shop *market.Shop) []market.Target {
	seen := map[market.Scope]int{}
	for i, t := range s.Targets {
		at := fmt.Sprintf("%s[%d]", key, i)
		if t.Unit != "" {
			d.unitKnown(at+".unit", t.Unit, s.Units)
		}
		target := market.Target{Unit: market.Unit(t.Unit), Category: market.Category(t.Category), Hours: t.Hours}
		target.Base, target.Sprint, target.Challenge = d.tiers(at, t, shop.Currency)
		target.Days = d.plannedDays(at, t)
		if !d.stretch(at, t.From, t.To) {
			continue
		}
		spans := expandTarget(t)
		if len(spans) > maxTargets {
			d.reportKey(at+".to", bad("target_many", "max", fmt.Sprint(maxTargets)))
			continue
		}
		for _, span := range spans {
			target.From, target.To = span[0], span[1]
			if first, twice := seen[target.Scope()]; twice {
				d.report(d.keyAt[at], at, bad("target_twice", "line", fmt.Sprint(first)))
				break
			}
			seen[target.Scope()] = d.keyAt[at].line
			shop.Targets = append(shop.Targets, target)
		}
	}
	return shop.Targets
}

func (d *decoder) unitKnown(key, unit string, units []Label) {
	if !slices.ContainsFunc(units, func(l Label) bool { return l.ID == unit }) {
		d.reportKey(key, bad("unit_unknown", "got", d.asWritten(key, unit), "known", idList(units)))
	}
}

// plannedDays reads the curve of a target: weights of single days inside it and
// of the 24 hours of a day.
func (d *decoder) plannedDays(key string, t Target) []market.DayWeight {
	var out []market.DayWeight
	for i, day := range t.Days {
		if day.Day.Set && t.From.Set && t.To.Set && (day.Day.Day < t.From.Day || day.Day.Day > t.To.Day) {
			d.reportKey(fmt.Sprintf("%s.days[%d].day", key, i), bad("curve_outside", "got", day.Day.Day.String()))
		}
		out = append(out, market.DayWeight{Day: day.Day.Day, Weight: day.Weight})
	}
	sum := 0.0
	for _, w := range t.Hours {
		sum += w
	}
	if t.Hours != nil && (len(t.Hours) != 24 || sum <= 0 || slices.Min(t.Hours) < 0) {
		d.reportKey(key+".hours", bad("curve_hours", "got", fmt.Sprint(len(t.Hours))))
	}
	return out
}

// tiers reads the three amounts; a tier that is not given repeats the one below.
func (d *decoder) tiers(key string, t Target, c market.Currency) (base, sprint, challenge market.Fen) {
	base = d.fen(key+".base", t.Base, c)
	sprint, challenge = d.fen(key+".sprint", t.Sprint, c), d.fen(key+".challenge", t.Challenge, c)
	if t.Sprint == "" {
		sprint = base
	}
	if t.Challenge == "" {
		challenge = sprint
	}
	if sprint < base {
		d.reportKey(key+".sprint", bad("tier_order", "low", "base", "high", "sprint"))
	}
	if challenge < sprint {
		d.reportKey(key+".challenge", bad("tier_order", "low", "sprint", "high", "challenge"))
	}
	return base, sprint, challenge
}

// expandTarget lists the stretches a target holds for, cut at t.To.
func expandTarget(t Target) [][2]market.Day {
	if t.Each == "" {
		return [][2]market.Day{{t.From.Day, t.To.Day}}
	}
	var spans [][2]market.Day
	for day := t.From.Day; day <= t.To.Day && len(spans) <= maxTargets; {
		end := day
		switch t.Each {
		case "week":
			end = day.WeekStart() + 6
		case "month":
			end = day.MonthStart().AddMonths(1) - 1
		}
		end = min(end, t.To.Day)
		spans = append(spans, [2]market.Day{day, end})
		day = end + 1
	}
	return spans
}

func idList(labels []Label) string {
	ids := make([]string, len(labels))
	for i, l := range labels {
		ids[i] = l.ID
	}
	return strings.Join(ids, ", ")
}

// firsts remembers where an id was first used.
type firsts struct {
	d    *decoder
	line map[string]int
}

func (f *firsts) add(key, id string) {
	if f.line == nil {
		f.line = map[string]int{}
	}
	if id == "" {
		return // missing, and reported as such
	}
	if first, twice := f.line[id]; twice {
		f.d.reportKey(key, bad("duplicate_id", "got", f.d.asWritten(key, id), "line", fmt.Sprint(first)))
		return
	}
	f.line[id] = f.d.at[key].line
}
