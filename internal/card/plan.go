package card

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Verbs of what people decide about targets and the calendar.
const (
	VerbPlanNow    = "plan" // confirms what was shown
	VerbPlanUndo   = "plan_undo"
	VerbTargetForm = "target_form" // opens the form
	VerbTargetEdit = "target_edit" // sends it
)

// Inputs of the form for targets.
const (
	FieldUnit      = "unit"
	FieldCategory  = "category"
	FieldPeriod    = "period"
	FieldBase      = "base"
	FieldSprint    = "sprint"
	FieldChallenge = "challenge"
	FieldDays      = "days"
	FieldHours     = "hours"

	WholeShop = "all" // the choice of FieldUnit that is no unit
)

// Decision is one change of the plan, as it is told.
type Decision struct {
	Number  uint64
	By      string // chat user id
	At      time.Time
	Undoes  uint64 // 0 for one that takes nothing back
	Was, Is market.Plan
}

func (p Pen) g(key string, args ...any) string { return p.L.T("target."+key, args...) }

func (p Pen) cal(key string, args ...any) string { return p.L.T("calendar."+key, args...) }

// Quoted is a value of key=value as it is typed.
func Quoted(v string) string { return quoted(v) }

// DaysWords writes planned weights as they are typed: 2026-12-12x6+2026-12-11x2.
func DaysWords(days []market.DayWeight) string {
	parts := make([]string, 0, len(days))
	for _, d := range days {
		parts = append(parts, d.Day.String()+"x"+number(d.Weight))
	}
	return strings.Join(parts, "+")
}

// HoursWords writes planned weights of hours as they are typed, with slashes between.
func HoursWords(hours []float64) string {
	parts := make([]string, 0, len(hours))
	for _, w := range hours {
		parts = append(parts, number(w))
	}
	return strings.Join(parts, "/")
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// ConfirmPlan shows what a change of the plan would be. plan is what its button
// carries.
func (p Pen) ConfirmPlan(was, is market.Plan, plan string) chat.Message {
	lines := p.planLines(was, is)
	return chat.Message{Text: headline(p.g("confirm"), plain(lines)), Sections: []chat.Section{{
		Body:    append([]chat.Rich{bold(p.g("confirm"))}, lines...),
		Buttons: []chat.Button{{Label: p.g("confirm_button"), Verb: VerbPlanNow, Value: plan, Style: chat.Primary}},
		Note:    []chat.Rich{line(p.g("confirm_note"))},
	}}}
}

// ConfirmUndo shows what taking back a decision would be.
func (p Pen) ConfirmUndo(was, is market.Plan, n uint64) chat.Message {
	id := strconv.FormatUint(n, 10)
	title := p.g("undo_confirm", "n", id)
	lines := p.planLines(was, is)
	return chat.Message{Text: headline(title, plain(lines)), Sections: []chat.Section{{
		Body:    append([]chat.Rich{bold(title)}, lines...),
		Buttons: []chat.Button{{Label: p.g("undo_button"), Verb: VerbPlanUndo, Value: id, Style: chat.Primary}},
	}}}
}

// PlanMade tells the channel what was decided, with a button that takes it back.
func (p Pen) PlanMade(was, is market.Plan, d Decision) chat.Message {
	id := strconv.FormatUint(d.Number, 10)
	title := p.g("made", "n", id)
	if d.Undoes > 0 {
		title = p.g("undone", "n", id, "was", strconv.FormatUint(d.Undoes, 10))
	}
	lines := p.planLines(was, is)
	body := append([]chat.Rich{bold(title)}, lines...)
	body = append(body, chat.Rich{{Text: p.g("by") + " "}, {Mention: &chat.Mention{User: d.By}}})
	return chat.Message{Text: headline(title, plain(lines)), Sections: []chat.Section{{
		Body: body, Accessory: &chat.Button{Label: p.g("undo_button"), Verb: VerbPlanUndo, Value: id},
	}}}
}

// PlanHistory lists decisions, newest first.
func (p Pen) PlanHistory(list []Decision, verb string) chat.Message {
	title := p.g("history")
	if len(list) == 0 {
		return chat.Message{Text: headline(title+p.t("colon"), p.g("history_none")), Sections: []chat.Section{{
			Heading: title, Body: []chat.Rich{line(p.g("history_none"))}, Buttons: []chat.Button{p.run("button_"+verb, verb)},
		}}}
	}
	const shown = 12
	out := []chat.Section{{Heading: title}}
	for _, d := range list[:min(shown, len(list))] {
		head := chat.Rich{{Text: "#" + strconv.FormatUint(d.Number, 10) + " " + p.moment(d.At) + " "}, {Mention: &chat.Mention{User: d.By}}}
		s := chat.Section{Body: append([]chat.Rich{head}, p.planLines(d.Was, d.Is)...)}
		s.Accessory = &chat.Button{Label: p.g("undo_button"), Verb: VerbPlanUndo, Value: strconv.FormatUint(d.Number, 10)}
		out = append(out, s)
	}
	if more := len(list) - shown; more > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more", more))}})
	}
	return chat.Message{Text: headline(title+p.t("colon"), p.L.N("target.changes", len(list))), Sections: out}
}

func plain(lines []chat.Rich) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0].Plain()
}

// planLines tells a change: what it is now and what it was.
func (p Pen) planLines(was, is market.Plan) []chat.Rich {
	var out []chat.Rich
	for i, t := range is.Targets {
		o := market.Target{}
		if i < len(was.Targets) {
			o = was.Targets[i]
		}
		out = append(out, line(p.targetScope(t.Unit, t.Category)+" · "+p.days(t.From, t.To)+p.t("colon")+p.amounts(o)+" → "+p.amounts(t)))
		if a, b := p.curveWords(o), p.curveWords(t); a != b {
			out = append(out, line(p.g("curve")+p.t("colon")+a+" → "+b))
		}
	}
	for i, c := range is.Campaigns {
		o := market.Campaign{}
		if i < len(was.Campaigns) {
			o = was.Campaigns[i]
		}
		out = append(out, p.campaignLines(o, c)...)
	}
	for i := 0; i < len(is.Days); {
		k, end := is.Days[i], i+1
		for end < len(is.Days) && is.Days[end].Kind == k.Kind && is.Days[end].Day == is.Days[end-1].Day+1 {
			end++
		}
		out = append(out, line(p.days(k.Day, is.Days[end-1].Day)+p.t("colon")+p.cal("kind_"+k.Kind)))
		i = end
	}
	return out
}

func (p Pen) targetScope(u market.Unit, c market.Category) string {
	switch {
	case c != "" && u != "":
		return p.unit(u) + " " + clamp(string(c), lineTitle)
	case c != "":
		return clamp(string(c), lineTitle)
	case u != "":
		return p.unit(u)
	}
	return p.shop()
}

func (p Pen) amounts(t market.Target) string {
	if t.Base <= 0 {
		return p.g("none")
	}
	parts := []string{p.t("tier_base") + " " + p.short(t.Base)}
	if t.Sprint > t.Base {
		parts = append(parts, p.t("tier_sprint")+" "+p.short(t.Sprint))
	}
	if t.Challenge > t.Sprint {
		parts = append(parts, p.t("tier_challenge")+" "+p.short(t.Challenge))
	}
	return strings.Join(parts, p.t("comma"))
}

func (p Pen) curveWords(t market.Target) string {
	var parts []string
	for _, d := range t.Days {
		parts = append(parts, p.day(d.Day)+" ×"+number(d.Weight))
	}
	if len(t.Hours) > 0 {
		parts = append(parts, p.g("own_hours"))
	}
	if len(parts) == 0 {
		return p.g("usual")
	}
	return strings.Join(parts, p.t("comma"))
}

// campaignLines tells the phases of a campaign that differ.
func (p Pen) campaignLines(was, is market.Campaign) []chat.Rich {
	name := is.Name.In(p.L.Tag())
	if len(is.Phases) == 0 {
		return []chat.Rich{line(p.cal("removed", "name", name))}
	}
	var out []chat.Rich
	if was.Peak != is.Peak {
		out = append(out, line(p.cal("peak", "name", name, "day", p.day(is.Peak))))
	}
	for _, ph := range is.Phases {
		now, before := p.phaseWords(ph), p.g("none")
		if i := slices.IndexFunc(was.Phases, func(o market.Phase) bool { return o.ID == ph.ID }); i >= 0 {
			before = p.phaseWords(was.Phases[i])
		}
		if now != before {
			out = append(out, line(name+" "+p.t("phase_"+ph.ID)+p.t("colon")+before+" → "+now))
		}
	}
	for _, ph := range was.Phases {
		if !slices.ContainsFunc(is.Phases, func(o market.Phase) bool { return o.ID == ph.ID }) {
			out = append(out, line(name+" "+p.t("phase_"+ph.ID)+p.t("colon")+p.phaseWords(ph)+" → "+p.g("none")))
		}
	}
	return out
}

func (p Pen) phaseWords(ph market.Phase) string {
	s := p.days(ph.From, ph.To)
	if ph.Uplift > 0 && ph.Uplift != 1 {
		s += " ×" + decimal(ph.Uplift)
	}
	if len(ph.Units) > 0 {
		var names []string
		for _, u := range ph.Units {
			names = append(names, p.unit(u))
		}
		s += " " + p.cal("only", "units", strings.Join(names, p.t("comma")))
	}
	return s
}

// TargetForm asks for a target; t is the one it begins with.
func (p Pen) TargetForm(t market.Target) chat.Form {
	units := []chat.Option{{Label: p.g("whole_shop"), Value: WholeShop}}
	for _, u := range p.Shop.Units {
		units = append(units, chat.Option{Label: clamp(u.Name.In(p.L.Tag()), 70), Value: u.ID})
	}
	chosen := WholeShop
	if t.Unit != "" {
		chosen = string(t.Unit)
	}
	money := func(f market.Fen) string {
		if f <= 0 {
			return ""
		}
		return strings.TrimSuffix(f.Decimal(p.Shop.Currency), ".00")
	}
	period := ""
	if t.From != 0 {
		period = t.From.String() + ".." + t.To.String()
	}
	return chat.Form{
		Verb: VerbTargetEdit, Value: "target", Title: p.g("form_title"), Send: p.g("form_send"), Intro: []chat.Rich{line(p.g("form_intro"))},
		Inputs: []chat.Input{
			{Name: FieldUnit, Kind: chat.InputChoice, Label: p.g("field_unit"), Options: units, Initial: chosen},
			{Name: FieldCategory, Kind: chat.InputText, Label: p.g("field_category"), Initial: string(t.Category), Optional: true, Max: 60},
			{Name: FieldPeriod, Kind: chat.InputText, Label: p.g("field_period"), Hint: p.g("field_period_hint"), Initial: period, Max: 40},
			{Name: FieldBase, Kind: chat.InputText, Label: p.g("field_base"), Hint: p.g("field_amount_hint"), Initial: money(t.Base), Max: 30},
			{Name: FieldSprint, Kind: chat.InputText, Label: p.g("field_sprint"), Initial: money(t.Sprint), Optional: true, Max: 30},
			{Name: FieldChallenge, Kind: chat.InputText, Label: p.g("field_challenge"), Initial: money(t.Challenge), Optional: true, Max: 30},
			{Name: FieldDays, Kind: chat.InputText, Label: p.g("field_days"), Hint: p.g("field_days_hint"), Initial: strings.ReplaceAll(DaysWords(t.Days), "+", " "), Optional: true, Max: 200},
			{Name: FieldHours, Kind: chat.InputText, Label: p.g("field_hours"), Hint: p.g("field_hours_hint"), Initial: strings.ReplaceAll(HoursWords(t.Hours), "/", " "), Optional: true, Max: 200},
		},
	}
}

// Calendar shows campaigns with their phases, and days that are not what their
// weekday says.
func (p Pen) Calendar(c report.PlannedDays, question string) chat.Message {
	title := p.cal("title")
	counts := p.cal("counts", "days", p.days(c.From, c.To), "campaigns", p.L.N("calendar.campaigns", len(c.Campaigns)), "work", p.L.N("calendar.workdays", c.Workdays))
	body := []chat.Rich{line(counts)}
	if n := c.Next; n != nil {
		body = append(body, line(p.cal("next", "name", n.Campaign.In(p.L.Tag()), "phase", p.t("phase_"+n.Phase), "day", p.day(n.From), "n", p.L.N("calendar.in_days", int(n.From-c.Today)))))
	}
	sections := []chat.Section{{Heading: title + " · " + p.shop(), Body: body}}
	for _, x := range c.Campaigns {
		lines := []chat.Rich{{{Text: x.Name.In(p.L.Tag()), Bold: true}, {Text: " "}, {Text: x.ID, Code: true}, {Text: " · " + p.cal("peak_on", "day", p.day(x.Peak))}}}
		for _, ph := range x.Phases {
			text := p.t("phase_"+ph.ID) + " " + p.phaseWords(ph)
			if ph.From <= c.Today && c.Today <= ph.To {
				text += " ← " + p.cal("now")
			}
			lines = append(lines, line(text))
		}
		sections = append(sections, chat.Section{Body: lines})
	}
	if days := p.planLines(market.Plan{}, market.Plan{Days: c.Days}); len(days) > 0 {
		sections = append(sections, chat.Section{Heading: p.cal("days"), Body: days})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{p.run("button_campaign", "campaign"), {Label: p.g("history"), Verb: VerbRun, Value: "calendar history"}, p.share(question)},
		Note:    []chat.Rich{line(p.cal("how"))},
	})
	return chat.Message{Text: headline(p.shop(), title+p.t("colon"), counts), Sections: sections}
}
