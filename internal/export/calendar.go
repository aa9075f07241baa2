package export

import (
	"strings"

	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// calendar has a row for each phase of a campaign, or for the main day of one
// without phases, and a sheet of the days that are not what their weekday says.
func calendar(r report.PlannedDays) []Sheet {
	phases := Sheet{Name: "campaigns", Columns: []Column{
		{Name: "campaign", Kind: Text},
		{Name: "name", Kind: Text},
		{Name: "peak", Kind: Date},
		{Name: "phase", Kind: Text},
		{Name: "from", Kind: Date},
		{Name: "to", Kind: Date},
		{Name: "uplift", Kind: Number},
		{Name: "only", Kind: Text},
	}}
	for _, c := range r.Campaigns {
		if len(c.Phases) == 0 {
			phases.Rows = append(phases.Rows, []any{c.ID, c.Name, c.Peak, nil, c.Peak, c.Peak, nil, nil})
		}
		for _, p := range c.Phases {
			phases.Rows = append(phases.Rows, []any{c.ID, c.Name, c.Peak, p.ID, p.From, p.To, uplift(p), units(p)})
		}
	}
	days := Sheet{Name: "days", Columns: []Column{{Name: "day", Kind: Date}, {Name: "kind", Kind: Text}}}
	for _, d := range r.Days {
		days.Rows = append(days.Rows, []any{d.Day, d.Kind})
	}
	var out []Sheet
	for _, s := range []Sheet{phases, days} {
		if len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// uplift is the factor of a phase; nil where none is planned.
func uplift(p market.Phase) any {
	if p.Uplift == 0 {
		return nil
	}
	return p.Uplift
}

// units are those that take part; nil when all do.
func units(p market.Phase) any {
	if len(p.Units) == 0 {
		return nil
	}
	names := make([]string, len(p.Units))
	for i, u := range p.Units {
		names[i] = string(u)
	}
	return strings.Join(names, ", ")
}
