package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// calendar shows campaigns with their phases, holidays and make-up days, and
// changes them:
//
//	calendar 2026-12
//	calendar holiday 2027-02-11..2027-02-17    (makeup, plain alike)
//	calendar campaign d12 peak 2026-12-12
//	calendar phase d12 live 2026-12-10..2026-12-12 x3 unit=beauty+apparel
//	calendar remove d12 live
//	calendar undo 12, calendar history
var calendar = &Command{
	Name: calendarName, Words: []string{"日历", "大促日历", "节假日", "holidays"}, Example: "calendar", Right: access.View, Literal: true, First: true,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		verb, rest := cutWord(r.Rest)
		switch verb = fold(verb); {
		case verb == "history":
			return env.planHistory(ctx, r, calendarName)
		case verb == "undo":
			r.Query.Item = rest
			return env.confirmUndo(ctx, r)
		case slices.Contains(calendarActs, verb):
			c, err := env.calendarChange(r.Rest, r.Now)
			if err != nil {
				return chat.Message{}, err
			}
			return env.confirm(r.Ask, c, calendarName+" "+strings.Join(strings.Fields(halfWidth(r.Rest)), " "))
		}
		days, err := loadCalendar(ctx, env, r)
		if err != nil {
			return chat.Message{}, err
		}
		if q, _ := Parse(env.Shop, calendarName, r.Rest, r.Now); q.Lang != "" {
			r.Lang = q.Lang
			r.Pen = r.pen(env)
		}
		return r.Pen.Calendar(days, r.Question), nil
	},
	Data: numbers(loadCalendar),
}

// calendarActs are the words that change the calendar.
var calendarActs = []string{market.HolidayKind, market.MakeupKind, market.PlainKind, "campaign", "phase", "remove"}

// loadCalendar is the calendar of the days asked for: four weeks back and three
// months ahead when none are named.
func loadCalendar(_ context.Context, env *Env, r Request) (report.PlannedDays, error) {
	today := env.Shop.Day(r.Now)
	from, to := today-28, today+92
	if r.Rest != "" {
		q, err := Parse(env.Shop, calendarName, r.Rest, r.Now)
		switch {
		case err != nil:
			return report.PlannedDays{}, err
		case q.Item != "":
			first, _ := cutWord(r.Rest)
			near := nearest(fold(first), calendarActs)
			t := &Trouble{Key: "calendar.unknown", Args: []any{"word", clip(first)}, Fix: calendarName}
			if near != "" {
				t.Args = append(t.Args, "near", near)
				t.Key = "calendar.unknown_near"
			}
			return report.PlannedDays{}, t
		}
		if q.Period.Set {
			from, to = env.planSpan(q, today)
		}
	}
	return report.CalendarOf(env.Shop, from, to, today), nil
}

// calendarChange reads the words of a change; the error is a *Trouble.
func (env *Env) calendarChange(text string, now time.Time) (c storage.PlanChange, err error) {
	words := strings.Fields(halfWidth(text))
	today := env.Shop.Day(now)
	verb := fold(words[0])
	switch words = words[1:]; {
	case len(words) == 0:
		return c, &Trouble{Key: "calendar.what", Fix: calendarName}
	case slices.Contains([]string{market.HolidayKind, market.MakeupKind, market.PlainKind}, verb):
		return env.dayKinds(verb, words, today)
	}
	was, found := env.campaignByID(words[0])
	is := was
	is.Phases = slices.Clone(was.Phases)
	switch {
	case verb == "campaign":
		is, err = newCampaign(is, words[1:], today)
	case !found:
		return c, env.noCampaign(verb, words[0])
	case verb == "remove" && len(words) == 1:
		is.Phases = nil
	case verb == "remove":
		n := len(is.Phases)
		is.Phases = slices.DeleteFunc(is.Phases, func(p market.Phase) bool { return p.ID == fold(words[1]) })
		if len(is.Phases) == n {
			return c, &Trouble{Key: "calendar.no_phase", Args: []any{"word", clip(words[1]), "phases", strings.Join(market.PhaseIDs, " ")}, Fix: calendarName}
		}
	default:
		is, err = env.withPhase(is, words[1:], today)
	}
	if err != nil {
		return c, err
	}
	c.Was, c.Is = market.Plan{Campaigns: []market.Campaign{was}}, market.Plan{Campaigns: []market.Campaign{is}}
	return c, nil
}

func (env *Env) campaignByID(word string) (market.Campaign, bool) {
	for _, c := range env.Shop.Calendar.Campaigns {
		if fold(c.ID) == fold(word) {
			return c, true
		}
	}
	return market.Campaign{ID: fold(word), Name: market.Name{Zh: word, En: word}}, false
}

func (env *Env) noCampaign(verb, word string) error {
	var ids []string
	for _, c := range env.Shop.Calendar.Campaigns {
		ids = append(ids, fold(c.ID))
	}
	t := &Trouble{Key: "command.unknown_campaign", Args: []any{"word", clip(word)}, Fix: calendarName}
	if near := nearest(fold(word), ids); near != "" {
		t.Fix = calendarName + " " + verb + " " + near
	}
	return t
}

// dayKinds makes the days of a period holidays, worked or plain.
func (env *Env) dayKinds(kind string, words []string, today market.Day) (c storage.PlanChange, err error) {
	const most = 60
	p, ok, err := parsePeriod(fold(words[0]), today, lastDay(calendarName, today))
	switch {
	case err != nil:
		return c, err
	case !ok || len(words) > 1:
		return c, &Trouble{Key: "calendar.bad_days", Args: []any{"word", clip(strings.Join(words, " "))}, Fix: calendarName}
	case p.Days() > most:
		return c, &Trouble{Key: "command.too_many_days", Args: []any{"max", most}}
	}
	for d := p.From; d <= p.To; d++ {
		was := report.KindOf(env.Shop.Calendar, d)
		c.Was.Days = append(c.Was.Days, market.DayKind{Day: d, Kind: was})
		c.Is.Days = append(c.Is.Days, market.DayKind{Day: d, Kind: kind})
	}
	return c, nil
}

// newCampaign reads "peak 2026-12-12": a campaign with its main day, or a new
// main day for one that is there.
func newCampaign(c market.Campaign, words []string, today market.Day) (market.Campaign, error) {
	bad := &Trouble{Key: "calendar.how_campaign", Fix: calendarName}
	if len(words) != 2 || fold(words[0]) != "peak" || len([]rune(c.ID)) > 40 || strings.ContainsAny(c.ID, "=<>@|\"'") {
		return c, bad
	}
	p, ok, err := parsePeriod(fold(words[1]), today, lastDay(calendarName, today))
	if err != nil {
		return c, err
	}
	if !ok || p.Days() != 1 {
		return c, bad
	}
	c.Peak = p.From
	if len(c.Phases) == 0 {
		c.Phases = []market.Phase{{ID: market.PhaseLive, From: c.Peak, To: c.Peak, Uplift: 1}}
	}
	if !inPhase(c) {
		return c, &Trouble{Key: "calendar.peak_outside", Args: []any{"day", c.Peak.String()}}
	}
	return c, nil
}

func inPhase(c market.Campaign) bool {
	return slices.ContainsFunc(c.Phases, func(p market.Phase) bool { return p.From <= c.Peak && c.Peak <= p.To })
}

// withPhase reads "live 2026-12-10..2026-12-12 x3 unit=beauty+apparel" into a
// campaign.
func (env *Env) withPhase(c market.Campaign, words []string, today market.Day) (market.Campaign, error) {
	how := &Trouble{Key: "calendar.how_phase", Args: []any{"phases", strings.Join(market.PhaseIDs, " ")}, Fix: calendarName}
	if len(words) < 2 || !slices.Contains(market.PhaseIDs, fold(words[0])) {
		return c, how
	}
	p := market.Phase{ID: fold(words[0]), Uplift: 1}
	i := slices.IndexFunc(c.Phases, func(o market.Phase) bool { return o.ID == p.ID })
	if i >= 0 {
		p = c.Phases[i]
	}
	span, ok, err := parsePeriod(fold(words[1]), today, lastDay(calendarName, today))
	if err != nil {
		return c, err
	}
	if !ok {
		return c, how
	}
	p.From, p.To = span.From, span.To
	for _, w := range words[2:] {
		factor, isFactor := strings.CutPrefix(fold(w), "x")
		units, isUnits := strings.CutPrefix(fold(w), "unit=")
		switch {
		case isFactor:
			f, err := strconv.ParseFloat(factor, 64)
			if err != nil || f < .01 || f > 100 {
				return c, &Trouble{Key: "calendar.bad_factor", Args: []any{"word", clip(w)}}
			}
			p.Uplift = f
		case isUnits:
			if p.Units, err = env.unitsNamed(units); err != nil {
				return c, err
			}
		default:
			return c, how
		}
	}
	if i >= 0 {
		c.Phases[i] = p
	} else {
		c.Phases = append(c.Phases, p)
	}
	for _, o := range c.Phases {
		if o.ID != p.ID && o.From <= p.To && p.From <= o.To {
			return c, &Trouble{Key: "calendar.overlap", Args: []any{"phase", p.ID, "other", o.ID, "from", o.From.String(), "to", o.To.String()}}
		}
	}
	slices.SortFunc(c.Phases, func(a, b market.Phase) int { return int(a.From - b.From) })
	if !inPhase(c) {
		return c, &Trouble{Key: "calendar.peak_outside", Args: []any{"day", c.Peak.String()}}
	}
	return c, nil
}

// unitsNamed reads units joined by "+"; "all" is none, which means all.
func (env *Env) unitsNamed(text string) ([]market.Unit, error) {
	if text == "all" {
		return nil, nil
	}
	var out []market.Unit
	for word := range strings.SplitSeq(text, "+") {
		q := Query{}
		if !newLexicon(env.Shop, 0).apply(&q, word) || q.Unit == "" {
			return nil, &Trouble{Key: "calendar.no_unit", Args: []any{"word", clip(word)}}
		}
		out = append(out, q.Unit)
	}
	return out, nil
}

// campaignPlanWords tells all of a campaign in one line, for the audit.
func campaignPlanWords(c market.Campaign) string {
	if len(c.Phases) == 0 {
		return calendarName + " remove " + c.ID
	}
	parts := []string{calendarName, "campaign", c.ID, "peak", c.Peak.String()}
	for _, p := range c.Phases {
		parts = append(parts, p.ID, p.From.String()+".."+p.To.String(), "x"+strconv.FormatFloat(p.Uplift, 'g', -1, 64))
		for _, u := range p.Units {
			parts = append(parts, "unit="+string(u))
		}
	}
	return strings.Join(parts, " ")
}
