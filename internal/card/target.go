package card

import (
	"math"

	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Targets answers "do we reach our targets": pace against the plan, what is
// needed, and how likely each tier is. admin adds the button that edits.
func (p Pen) Targets(t report.Targets, question string, admin bool) chat.Message {
	span := p.days(t.From, t.To)
	if t.Campaign != nil {
		span = t.Campaign.In(p.L.Tag()) + " " + span
	}
	title := p.g("title") + " · " + p.shop() + " · " + span
	if len(t.Rows) == 0 {
		return p.targetsNone(t, title, span, admin)
	}
	body := make([]chat.Rich, 0, len(t.Rows))
	for _, r := range t.Rows {
		body = append(body, p.targetLine(r, t))
	}
	first := t.Rows[0]
	sections := []chat.Section{{Heading: title, Body: body}, {Table: p.targetTable(t)}}
	end := chat.Section{Note: p.note(t.Data, p.targetNotes(t)...)}
	filter := metric.Filter{Unit: first.Unit, Category: first.Category}
	end.Buttons = []chat.Button{p.run("button_race", "race "+p.period(t.From, t.To, metric.Filter{})), {Label: p.g("forecast"), Verb: VerbRun, Value: "forecast by unit"}}
	if len(t.Rows) == 1 || t.From > p.Shop.Day(t.At) {
		end.Buttons = end.Buttons[1:]
	}
	if admin { // three buttons are enough
		end.Buttons = append(end.Buttons[:len(end.Buttons)-1], chat.Button{Label: p.g("edit"), Verb: VerbTargetForm, Value: p.period(t.From, t.To, filter)})
	}
	end.Buttons = append(end.Buttons, p.share(question))
	who := p.shop()
	if first.Unit == "" && first.Category == "" {
		who = "" // the line begins with it
	}
	return chat.Message{Text: headline(who, span, p.targetLine(first, t).Plain()), Sections: append(sections, end)}
}

func (p Pen) targetsNone(t report.Targets, title, span string, admin bool) chat.Message {
	why := p.g("none_for", "days", span)
	s := chat.Section{Heading: title, Body: []chat.Rich{line(why)}, Note: p.note(t.Data)}
	for _, o := range t.Others {
		s.Buttons = append(s.Buttons, chat.Button{Label: clamp(p.g("try", "days", p.days(o.From, o.To)), 75), Verb: VerbRun, Value: "target " + p.period(o.From, o.To, metric.Filter{})})
	}
	if admin {
		s.Buttons = append(s.Buttons, chat.Button{Label: p.g("set"), Verb: VerbTargetForm, Value: p.period(t.From, t.To, metric.Filter{})})
	}
	s.Body = append(s.Body, line(p.g("how")))
	return chat.Message{Text: headline(title+p.t("colon"), why), Sections: []chat.Section{s}}
}

// targetLine tells where one stands: what came, what should be there, where it
// ends.
func (p Pen) targetLine(r report.TargetRow, t report.Targets) chat.Rich {
	name := p.targetScope(r.Unit, r.Category)
	out := chat.Rich{{Text: name + p.t("colon")}, {Text: p.short(r.Paid), Bold: true}}
	say := func(s string) { out = append(out, chat.Span{Text: p.t("comma") + s}) }
	if len(r.Tiers) > 0 && t.Left > 0 && r.Done > 0 {
		x := r.Tiers[0]
		key := "ahead"
		if x.Ahead < 0 {
			key = "behind"
		}
		say(p.g(key, "money", p.short(max(x.Ahead, -x.Ahead)), "tier", p.t("tier_"+x.ID), "done", p.L.Percent(r.Done)))
	}
	if r.End != nil && t.Left > 0 {
		say(p.g("ends", "mean", p.short(r.End.Mean), "range", p.between(*r.End)))
	}
	if r.Week >= 0 && t.Left > 1 {
		say(p.g("week", "money", p.short(r.Week)))
	}
	if r.Missing > 0 {
		say(p.L.N("target.missing", r.Missing))
	}
	return out
}

func (p Pen) targetTable(t report.Targets) *chat.Table {
	out := &chat.Table{Columns: []chat.Column{
		{Title: p.g("whose")},
		{Title: p.g("tier")},
		{Title: p.t("target"), Right: true},
		{Title: p.g("reached"), Right: true},
		{Title: p.g("gap"), Right: true},
		{Title: p.g("by_plan"), Right: true},
		{Title: p.g("needed"), Right: true},
		{Title: p.g("run"), Right: true},
		{Title: p.g("chance"), Right: true},
	}}
	const most = 30
	for _, r := range t.Rows {
		for _, x := range r.Tiers {
			if len(out.Rows) == most {
				out.More++
				continue
			}
			out.Rows = append(out.Rows, p.targetCells(r, x))
		}
	}
	return out
}

func (p Pen) targetCells(r report.TargetRow, x report.TargetTier) []string {
	none := p.L.Missing()
	gap, needed, run, odds := p.short(x.Gap), none, none, none
	switch {
	case x.Reached:
		gap, odds = "✓", "✓"
	case x.ChanceKnown && x.Daily > 0: // what is over has no chance left
		odds = p.likely(x.Chance.Chance)
	}
	if x.Hourly > 0 {
		needed = p.g("per_hour", "money", p.short(x.Hourly))
	} else if x.Daily > 0 {
		needed = p.g("per_day", "money", p.short(x.Daily))
	}
	if x.Run > 0 {
		run = p.L.Count(int64(math.Round(100*x.Run))) + "%"
	}
	return []string{
		clamp(p.targetScope(r.Unit, r.Category), cellTitle), p.t("tier_" + x.ID), p.short(x.Amount), p.L.Attained(x.Share), gap, p.signed(x.Ahead), needed, run, odds,
	}
}

// targetNotes says what the figures rest on.
func (p Pen) targetNotes(t report.Targets) []string {
	out := []string{p.g("basis")}
	for _, r := range t.Rows {
		if r.Part != nil {
			return append(out, p.g("part", "days", p.days(r.Part.From, r.Part.To)))
		}
	}
	return out
}
