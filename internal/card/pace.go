package card

import "shopwatch/internal/analysis"

// pacedGist is a drop of a day with too few like it: what is missing is said
// against the pace of the day, not against what is usual.
func (p Pen) pacedGist(d analysis.GMVDrop) string {
	return p.L.T("pace.gist", "actual", p.short(d.Actual), "expected", p.short(d.Expected), "change", p.L.Change(int64(d.Actual), int64(d.Expected)))
}

// pacedBy says by which days such a drop was judged, and how today compares with them.
func (p Pen) pacedBy(d analysis.Paced) string {
	key := "pace.ordinary"
	if d.By == analysis.PacedByPhase {
		key = "pace.phase"
	}
	return p.L.N(key, d.Days, "hours", p.L.Count(int64(d.Hours)), "factor", formatFloat(d.Factor, 2))
}
