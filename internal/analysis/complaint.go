package analysis

import (
	"time"

	"shopwatch/internal/analysis/spike"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
)

// ComplaintCount is the bad reviews and after-sale complaints of an item.
type ComplaintCount struct {
	SKU   market.SKU
	Title string
	Unit  market.Unit
	Count int64 // of the last 24 hours
	// Before is the count of each of the 24-hour stretches before, newest first.
	Before []int64
	// Exposure is what the complaints of the last 24 hours and of each stretch
	// of Before are in proportion to, newest first: more sales bring more
	// complaints some days later, and that is no spike (spike.Exposure). Nil
	// when not known.
	Exposure []float64
	Causes   []CauseCount
	Quotes   []string
	GMV7d    market.Fen
	Open     bool
}

// ComplaintInput is what the complaint rule looks at.
type ComplaintInput struct {
	At     time.Time
	Window market.Window // the last 24 hours
	Items  []ComplaintCount
	// Watched is how many items were looked at, those with few complaints too,
	// which need not be in Items: among many, one is high by chance.
	Watched int
	Daily   market.Fen
}

// ComplaintSpikes finds items with far more complaints than their last six weeks
// and what they sold explain. What is at risk is the item's usual sales of one
// day.
func ComplaintSpikes(r ComplaintRule, m Materiality, in ComplaintInput) []Finding {
	verdicts, chances := make([]spike.Verdict, len(in.Items)), make([]float64, len(in.Items))
	for i := range in.Items {
		verdicts[i] = in.Items[i].verdict()
		chances[i] = verdicts[i].P
	}
	stands := spike.Discoveries(chances, r.False, in.Watched)
	var out []Finding
	for i := range in.Items {
		c, v := &in.Items[i], verdicts[i]
		if v.Method == spike.Silent {
			continue
		}
		found := c.Count >= r.Min && v.P < r.P && stands[i]
		if !found && !(c.Open && float64(c.Count) >= max(2, 2*v.Expected)) {
			continue
		}
		risk := c.GMV7d / 7
		severity, _ := m.Severity(risk, in.Daily)
		if severity == Info && c.Count >= r.Many {
			severity = Warning
		}
		if counterfeit(c.Causes) {
			severity = severity.raised()
		}
		out = append(out, Finding{
			Rule: RuleComplaintSpike, Subject: Subject{Unit: c.Unit, SKU: c.SKU, Title: c.Title},
			At: in.At, Severity: severity, AtRisk: risk,
			Complaints: &ComplaintSpike{Window: in.Window, Count: c.Count, Expected: v.Expected, P: v.P, Causes: c.Causes, Quotes: c.Quotes},
		})
	}
	return worstPer(out, func(s Subject) string { return string(s.SKU) })
}

// counterfeit reports whether at least two complaints, or most of them, say so.
func counterfeit(causes []CauseCount) bool {
	var fake, all int64
	for _, c := range causes {
		all += c.Count
		if c.Cause == voice.Counterfeit {
			fake = c.Count
		}
	}
	return fake >= 2 || fake > 0 && 2*fake > all
}

// verdict judges the last 24 hours against those before.
func (c *ComplaintCount) verdict() spike.Verdict {
	exposure := func(i int) float64 {
		if len(c.Exposure) == len(c.Before)+1 {
			return c.Exposure[i]
		}
		return 1
	}
	history := make([]spike.Day, len(c.Before))
	for i, n := range c.Before {
		history[len(history)-1-i] = spike.Day{Count: n, Exposure: exposure(i + 1)}
	}
	return spike.Judge(history, spike.Day{Count: c.Count, Exposure: exposure(0)})
}

// Unusual reports whether a count stands out from a usual number that was not
// judged day by day.
func (r ComplaintRule) Unusual(count int64, usual float64) bool {
	usual = max(0.05, usual)
	return count >= r.Min && spike.Tail(count, usual, 1+usual/10) < r.P
}
