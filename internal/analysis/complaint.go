package analysis

import (
	"math"
	"time"

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
	// Exposure is how many more pieces were sold lately (2 to 7 days ago) than
	// over the time of Before; 1 when not known. More sales bring more
	// complaints, and that is no spike.
	Exposure float64
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
	Daily  market.Fen
}

// ComplaintSpikes finds items with far more complaints than their last four
// weeks explain. What is at risk is the item's usual sales of one day.
func ComplaintSpikes(r ComplaintRule, m Materiality, in ComplaintInput) []Finding {
	var out []Finding
	for i := range in.Items {
		c := &in.Items[i]
		expected, p, ok := Spike(r, c)
		if !ok && !(c.Open && float64(c.Count) >= max(2, 2*expected)) {
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
			Complaints: &ComplaintSpike{Window: in.Window, Count: c.Count, Expected: expected, P: p, Causes: c.Causes, Quotes: c.Quotes},
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

// Spike judges a count against its history: the expected number, the chance of
// so many if nothing had changed, and whether that is too small to be chance.
// Without enough history nothing is a spike.
func Spike(r ComplaintRule, c *ComplaintCount) (expected, p float64, spike bool) {
	if len(c.Before) < r.MinDays {
		return 0, 1, false
	}
	mean, phi := rate(c.Before)
	exposure := 1.0
	if c.Exposure > 0 {
		exposure = min(4, max(0.5, c.Exposure))
	}
	expected = mean * exposure
	p = CountTail(c.Count, max(0.05, expected), phi)
	return expected, p, c.Count >= r.Min && p < r.P
}

// rate is the mean count a day and how much more it varies than Poisson, with
// days that stand out counting less so that an earlier spike hides none.
func rate(counts []int64) (mean, phi float64) {
	weights := make([]float64, len(counts))
	for i := range weights {
		weights[i] = 1
	}
	for range 2 {
		sum, n := 0.0, 0.0
		for i, y := range counts {
			sum += weights[i] * float64(y)
			n += weights[i]
		}
		mean = sum / n
		floor := max(mean, 0.1)
		chi := 0.0
		for i, y := range counts {
			chi += weights[i] * square(float64(y)-mean) / floor
		}
		phi = max(1, chi/max(1, n-1))
		for i, y := range counts {
			weights[i] = 1
			if z := (float64(y) - mean) / math.Sqrt(phi*floor); z > 2.58 {
				weights[i] = square(2.58 / z)
			}
		}
	}
	return mean, phi
}
