package card

import (
	"strings"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
)

// massRoot tells of a mass change, and of the alerts that have followed from it.
func (p Pen) massRoot(r Root, now time.Time) chat.Message {
	m := r.Mass
	title := p.L.T("mass.title", "table", p.table(m.Table), "n", p.L.Count(int64(m.Count)), "of", p.L.Count(int64(m.Of)), "into", p.massInto(m.Into))
	lines := []chat.Rich{bold(p.severity(analysis.Critical) + " " + title)}
	if len(m.Names) > 0 && len(r.Alerts) == 0 {
		lines = append(lines, line(p.L.T("mass.names", "names", p.clampAll(m.Names, m.Count))))
	}
	lines = append(lines, line(p.L.T("mass.confirmed", "since", p.when(m.Since, now), "at", p.when(m.At, now), "source", m.Source)))
	s := chat.Section{Body: lines, Note: []chat.Rich{line(p.L.T("mass.advice"))}}
	out := chat.Message{Text: headline(p.severity(analysis.Critical), title)}
	if len(r.Alerts) == 0 {
		s.Body = append(s.Body, p.mentions(r)...)
		s.Buttons = []chat.Button{p.run("button_status", "status")}
		out.Sections = []chat.Section{s}
		return out
	}
	r.Mass = nil
	out.Sections = append([]chat.Section{s}, p.groupRoot(r, now).Sections...)
	return out
}

// massInto writes what the rows turned into.
func (p Pen) massInto(into string) string {
	return p.L.T("mass.into_" + strings.ReplaceAll(into, " ", "_"))
}

// clampAll joins names of upstreams, and says with an ellipsis that there are more.
func (p Pen) clampAll(names []string, of int) string {
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = clamp(n, cellTitle)
	}
	if of > len(names) {
		short = append(short, "…")
	}
	return p.L.Join(short)
}
