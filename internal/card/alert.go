package card

import (
	"slices"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
)

// Root is what the root message of a group of alerts shows.
type Root struct {
	// ID is what its buttons act on.
	ID     string
	Alerts []alert.Alert // that may be shown: the worst first, open ones before the rest
	Muted  int           // open ones that are silenced or inhibited
	// Mentions are told of it, by the configuration.
	Mentions []alert.Contact
	// Previous is the root of the time before; nil when there was none.
	Previous *chat.Ref
	Mass     *alert.Mass // the change that brought them about; nil for most
}

// shownMembers is how many alerts of a group its root lists.
const shownMembers = 5

// AlertRoot is the root message of a group as it stands now: what, since when,
// how bad, who has it. It is posted once and edited ever after.
func (p Pen) AlertRoot(r Root, now time.Time) chat.Message {
	if r.Mass != nil {
		return p.massRoot(r, now)
	}
	if len(r.Alerts) == 1 {
		return p.singleRoot(r, now)
	}
	return p.groupRoot(r, now)
}

func (p Pen) singleRoot(r Root, now time.Time) chat.Message {
	a := r.Alerts[0]
	f := a.Latest
	title := p.severity(f.Severity) + " " + p.RuleName(a.Rule) + " · " + p.subject(f.Subject)
	lines := append([]chat.Rich{bold(title)}, p.evidence(f)...)
	if f.AtRisk > 0 && a.State.Open() {
		lines = append(lines, line(p.t("at_risk", "money", p.short(f.AtRisk))))
	}
	lines = append(lines, p.standing(a, now))
	lines = append(lines, p.noteLine(a)...)
	s := chat.Section{Body: append(lines, p.mentions(r)...), Accessory: p.moreMenu(r.ID, r.Alerts), Buttons: p.alertButtons(r.ID, r.Alerts)}
	s.Note = append([]chat.Rich{line(p.t("seen", "time", p.moment(a.SeenAt), "since", p.moment(a.Since)))}, p.rootNote(r)...)
	m := chat.Message{Text: headline(p.state(a), p.RuleName(a.Rule)+p.t("colon"), p.subject(f.Subject), p.gist(f)), Sections: []chat.Section{s}}
	return p.Evidence(m, a.Evidence)
}

// groupRoot shows several alerts that were told together.
func (p Pen) groupRoot(r Root, now time.Time) chat.Message {
	open, risk := 0, market.Fen(0)
	for _, a := range r.Alerts {
		if a.State.Open() {
			open++
			risk += a.Latest.AtRisk
		}
	}
	what := p.ruleNames(r.Alerts)
	title := p.aN("group_title", open, "rule", what, "total", p.L.Count(int64(len(r.Alerts))))
	state := p.a("group_over")
	if open > 0 {
		state = p.severity(r.Alerts[0].Latest.Severity)
	}
	lines := []chat.Rich{bold(state + " " + title)}
	for _, a := range r.Alerts[:min(shownMembers, len(r.Alerts))] {
		lines = append(lines, line("· "+p.memberLine(a)))
	}
	if more := len(r.Alerts) - shownMembers; more > 0 {
		lines = append(lines, line(p.aN("more_in_thread", more)))
	}
	if risk > 0 {
		lines = append(lines, line(p.t("at_risk", "money", p.short(risk))))
	}
	lines = append(lines, p.groupStanding(r.Alerts, now)...)
	s := chat.Section{Body: append(lines, p.mentions(r)...), Accessory: p.moreMenu(r.ID, r.Alerts), Buttons: p.alertButtons(r.ID, r.Alerts)}
	s.Note = p.rootNote(r)
	first := ""
	if len(r.Alerts) > 0 {
		first = p.AlertLine(r.Alerts[0])
	}
	return chat.Message{Text: headline(state, title, first), Sections: []chat.Section{s}}
}

// ruleNames names the rules of alerts, each once.
func (p Pen) ruleNames(list []alert.Alert) string {
	var names []string
	seen := map[analysis.Rule]bool{}
	for _, a := range list {
		if !seen[a.Rule] {
			seen[a.Rule] = true
			names = append(names, p.RuleName(a.Rule))
		}
	}
	return p.L.Join(names)
}

// memberLine is one alert among others: what, its figures, and its state when
// that is not the usual one.
func (p Pen) memberLine(a alert.Alert) string {
	text := p.subject(a.Latest.Subject) + p.t("colon") + p.gist(a.Latest)
	if a.State != alert.Firing {
		text += p.a("in_brackets", "text", p.t("state_"+string(a.State)))
	}
	return text
}

// groupStanding counts who has what.
func (p Pen) groupStanding(list []alert.Alert, now time.Time) []chat.Rich {
	counts := map[alert.State]int{}
	var owners []string
	for _, a := range list {
		counts[a.State]++
		if h := a.Holder(); h != "" && !slices.Contains(owners, h) {
			owners = append(owners, h)
		}
	}
	if counts[alert.Resolved]+counts[alert.Withdrawn] == len(list) && len(list) > 0 {
		last := list[0]
		for _, a := range list {
			if a.ResolvedAt.After(last.ResolvedAt) {
				last = a
			}
		}
		return []chat.Rich{bold(p.t("resolved_after", "time", p.when(last.ResolvedAt, now), "for", p.L.Duration(last.ResolvedAt.Sub(last.Since))))}
	}
	var parts []string
	for _, s := range []alert.State{alert.Firing, alert.Acknowledged, alert.Assigned, alert.Snoozed, alert.Resolved, alert.Withdrawn} {
		if counts[s] > 0 {
			parts = append(parts, p.t("state_"+string(s))+" "+p.L.Count(int64(counts[s])))
		}
	}
	l := chat.Rich{{Text: strings.Join(parts, " · "), Bold: true}}
	for _, o := range owners {
		l = append(l, chat.Span{Text: " "}, chat.Span{Mention: &chat.Mention{User: o}})
	}
	return []chat.Rich{l}
}

// AlertLine is an alert in one line, without its severity.
func (p Pen) AlertLine(a alert.Alert) string {
	return p.RuleName(a.Rule) + " · " + p.subject(a.Latest.Subject) + p.t("colon") + p.gist(a.Latest)
}

// severity is a word with a sign beside it; neither colour nor sign stands alone.
func (p Pen) severity(s analysis.Severity) string {
	sign := map[analysis.Severity]string{analysis.Critical: "■", analysis.Warning: "◆", analysis.Info: "●"}[s]
	return sign + " " + p.t("severity_"+string(s))
}

func (p Pen) state(a alert.Alert) string {
	if a.State == alert.Firing {
		return p.severity(a.Latest.Severity)
	}
	return p.t("state_" + string(a.State))
}

// standing is the line that changes most: who has it, or when it ended.
func (p Pen) standing(a alert.Alert, now time.Time) chat.Rich {
	who := func(key, user, rest string) chat.Rich {
		return chat.Rich{{Text: p.t(key) + " ", Bold: true}, {Mention: &chat.Mention{User: user}}, {Text: rest}}
	}
	switch a.State {
	case alert.Acknowledged:
		return who("acked_by", a.Holder(), " "+p.when(a.AckedAt, now)+p.until(a.AckUntil, now))
	case alert.Assigned:
		return append(chat.Rich{{Text: p.a("assigned_to") + " ", Bold: true}}, chat.Span{Mention: &chat.Mention{User: a.Holder()}}, chat.Span{Text: p.until(a.AckUntil, now)})
	case alert.Snoozed:
		return chat.Rich{{Text: p.a("snoozed_until", "time", p.when(a.SnoozedUntil, now)) + " ", Bold: true}, {Mention: &chat.Mention{User: a.SnoozedBy}}}
	case alert.Resolved:
		return p.ending(a, now)
	case alert.Withdrawn:
		return bold(p.t("withdrawn", "time", p.when(a.ResolvedAt, now)))
	case alert.Pending, alert.Firing:
	}
	switch {
	case a.Flapping:
		return line(p.a("flapping_now"))
	case a.Level > 0:
		return line(p.aN("escalated_now", a.Level))
	case a.Lapses > 0:
		return line(p.a("lapsed_now"))
	}
	return line(p.t("nobody_yet"))
}

func (p Pen) until(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.a("until", "time", p.when(t, now))
}

// ending says when and how an alert ended, and who ended it by hand.
func (p Pen) ending(a alert.Alert, now time.Time) chat.Rich {
	l := bold(p.t("resolved_after", "time", p.when(a.ResolvedAt, now), "for", p.L.Duration(a.ResolvedAt.Sub(a.Since))))
	if a.EndedBy == "" {
		return l
	}
	how := p.a("closed_by")
	if a.Verdict != "" {
		how = p.a("verdict_" + string(a.Verdict))
	}
	return append(l, chat.Span{Text: " · " + how + " "}, chat.Span{Mention: &chat.Mention{User: a.EndedBy}})
}

// noteLine is what a person has written about an alert.
func (p Pen) noteLine(a alert.Alert) []chat.Rich {
	if a.Note == "" {
		return nil
	}
	return []chat.Rich{{{Text: p.a("note") + p.t("colon") + clamp(a.Note, maxNoteLine) + " "}, {Mention: &chat.Mention{User: a.NoteBy}}}}
}

const maxNoteLine = 120 // characters of a person's note in a root

// mentions is the line that calls those whom the configuration names, while
// nobody has it.
func (p Pen) mentions(r Root) []chat.Rich {
	if len(r.Mentions) == 0 {
		return nil
	}
	l := chat.Rich{{Text: p.a("for_you")}}
	for _, c := range r.Mentions {
		l = append(l, chat.Span{Text: " "}, p.contact(c))
	}
	return []chat.Rich{l}
}

// contact mentions somebody; a channel is only named.
func (p Pen) contact(c alert.Contact) chat.Span {
	if c.Channel != "" {
		return chat.Span{Text: p.a("another_channel")}
	}
	return chat.Span{Mention: &chat.Mention{User: c.User, Group: c.Group}}
}

// rootNote is the small print of a root: what is muted, and the time before.
func (p Pen) rootNote(r Root) []chat.Rich {
	var out []chat.Rich
	if r.Muted > 0 {
		out = append(out, line(p.aN("muted", r.Muted)))
	}
	if r.Previous != nil {
		out = append(out, chat.Rich{{Text: p.a("seen_before"), Ref: r.Previous}})
	}
	return out
}

// subject names what an alert is about.
func (p Pen) subject(s analysis.Subject) string {
	var name string
	switch {
	case s.Title != "":
		name = clamp(s.Title, lineTitle)
	case s.SKU != "":
		name = string(s.SKU)
	case s.Unit != "" && s.Member != "":
		return p.unit(s.Unit) + " · " + p.memberNamed(s.Member)
	case s.Unit != "":
		return p.unit(s.Unit)
	case s.Member != "":
		return p.memberNamed(s.Member)
	case s.Channel != "":
		return p.channel(s.Channel)
	default:
		return p.shop()
	}
	if s.Rival != "" {
		name += " ← " + clamp(s.Rival, cellTitle)
	}
	if s.Channel != "" {
		name += " · " + p.channel(s.Channel)
	}
	return name
}

// a is a text of the area "alert", aN one that counts.
func (p Pen) a(key string, args ...any) string { return p.L.T("alert."+key, args...) }

func (p Pen) aN(key string, n int, args ...any) string { return p.L.N("alert."+key, n, args...) }
