package alert

import (
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Mass is a change that many rows of a table took at once and that a second pull
// has confirmed. It is told as one root message, which takes the alerts that it
// brings about.
type Mass struct {
	Source string    `json:"source"`
	Table  string    `json:"table"`
	Into   string    `json:"into"` // what the rows turned into, as the data gate says it
	Count  int       `json:"count"`
	Of     int       `json:"of"`              // rows that both pictures have
	Names  []string  `json:"names,omitempty"` // SKUs of some of them
	Since  time.Time `json:"since"`           // of the pull that saw it first
	At     time.Time `json:"at"`              // of the pull that agreed
}

// massStands is how long the root of a mass change waits for the alerts that it
// brings about.
const massStands = time.Hour

// rule is the rule whose alerts a mass change of a table brings about.
func (m *Mass) rule() string {
	if m.Table == market.Inventory.Name {
		return string(analysis.RuleStockOut)
	}
	return string(analysis.RuleRivalMove) // our prices, and those of rivals
}

// Mass begins the root of a mass change wherever critical alerts of its rule are
// told. While it stands it takes the alerts of that rule, as a folded group does.
func (d *Dispatch) Mass(m Mass) {
	d.init()
	l := Labels{LabelShop: string(d.Shop.ID), LabelRule: m.rule(), LabelSeverity: string(analysis.Critical)}
	for _, r := range d.Root.Pick(l) {
		for _, to := range r.To {
			key := foldKey(to, m.rule())
			last := d.last(key)
			if last != nil && last.Mass != nil && last.Mass.Table == m.Table && last.Mass.Into == m.Into && last.Mass.At.Equal(m.At) {
				continue // two routes lead to one place
			}
			g := d.begin(key, r, to, last)
			g.Folded, g.Mass = true, &m
			d.changed[g.ID] = true
		}
	}
}

// awaits reports whether the root of a mass change still waits for its alerts.
func (g *Group) awaits(now time.Time) bool {
	return g.Mass != nil && len(g.Members) == 0 && (!g.Told() || now.Sub(g.OpenedAt) < massStands)
}
