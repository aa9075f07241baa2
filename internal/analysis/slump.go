package analysis

import (
	"time"

	"shopwatch/internal/analysis/anomaly"
)

// GMVHour is the paid orders of an hour.
type GMVHour struct {
	At     time.Time // of the shop's clock
	Orders int64
	Phase  string // of a campaign; ordinary days have none
}

// slumpHours is how long after an alert of package anomaly a slump still stands.
const slumpHours = 12

// gmvSlump finds the windows of a shop in a slump that is not open yet.
func gmvSlump(r GMVRule, m Materiality, windows []GMVInput) []Finding {
	var out []Finding
	for _, in := range windows {
		for _, s := range in.Scopes {
			if s.Unit != "" || s.Open {
				continue
			}
			if f, ok := gmvDrop(r, m, in, s, true); ok {
				// All windows end together, so that their hours are the same.
				if len(out) == 0 && !slump(s.Hours) {
					return nil
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// slump reports whether orders have lately fallen short in a way that this shop
// has not known: less at once than a drop of one to three hours must be, but for
// longer. hours are oldest first and end now; without any there is none.
func slump(hours []GMVHour) bool {
	var d anomaly.Phases
	left := 0
	for _, h := range hours {
		r := d.Next(h.Phase, anomaly.Point{At: h.At, Value: float64(h.Orders)})
		if left--; r.Alert && float64(h.Orders) < r.Expected {
			left = slumpHours
		}
	}
	return left > 0
}
