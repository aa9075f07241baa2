package spike

import (
	"math"
	"testing"

	"shopwatch/internal/analysis/analysistest"
)

// Seeds 1 to 3 were in sight while the method was chosen; those of 101 to 105
// were only measured.
var fresh = []uint64{101, 102, 103, 104, 105}

const perSeed = 100

func freshSeries() []simulated {
	var all []simulated
	for _, seed := range fresh {
		all = append(all, simulate(seed, perSeed)...)
	}
	return all
}

// strengths is -log10 of the chance at which a spike is told, 0 where none can be.
func strengths(all []simulated) [][]float64 {
	out := make([][]float64, len(all))
	for i := range all {
		var t Tracker
		for _, d := range all[i].days {
			v := t.Next(d)
			s := -math.Log10(v.P)
			if !v.Spike {
				s = min(s, -math.Log10(Limit)) // too few
			}
			out[i] = append(out[i], s)
		}
	}
	return out
}

// earsC1 is how far a count lies above the mean of the week before, in
// deviations.
func earsC1(all []simulated) [][]float64 {
	out := make([][]float64, len(all))
	for i := range all {
		counts := make([]float64, simDays)
		for t, d := range all[i].days {
			counts[t] = float64(d.Count)
		}
		mean, one := EARS(counts, 0, 0, .5), EARS(counts, 0, 1, .5)
		for t := range counts {
			out[i] = append(out[i], (counts[t]-mean[t])/(one[t]-mean[t]))
		}
	}
	return out
}

// TestEvalSpikes measures at the compiled-in limit on series that nothing was
// chosen on, and EARS C1 on the same at the same number of false alarms.
func TestEvalSpikes(t *testing.T) {
	all := freshSeries()
	o := judge(all, strengths(all), -math.Log10(Limit))
	c1 := earsC1(all)
	ears := judge(all, c1, limitFor(all, c1, o.perHundred()))
	t.Logf("%d series-days, %d spikes; first day %.1f %%; by size 1.5 %.0f, 2 %.0f, 3 %.0f, 5 %.0f; C1 %.1f %% at %.2f false alarms in 100 days",
		o.days, o.spikes, 100*float64(o.first)/float64(o.spikes), o.at(1.5), o.at(2), o.at(3), o.at(5), ears.detected(), ears.perHundred())
	for _, s := range []analysistest.Score{
		{Benchmark: "spikes: false alarms in 100 series-days", Value: o.perHundred(), Aim: 1.7, Less: true, Format: "%.2f", Known: "EARS C1 3.5, 3 sigma 1.7, twice last week 6.7 (textbook limits)"},
		{Benchmark: "spikes: found, %", Value: o.detected(), Aim: 66, Known: "EARS C1 52, 3 sigma 51, NB-CUSUM 47 (same false alarms)"},
		{Benchmark: "spikes: found of size 3, %", Value: o.at(3), Aim: 84, Known: "EARS C1 70, 3 sigma 69, NB-CUSUM 60"},
		{Benchmark: "spikes: points above EARS C1 in the same run", Value: o.detected() - ears.detected(), Aim: 10, Known: "0"},
		{Benchmark: "spikes: false alarms around promotions, %", Value: 100 * float64(o.promoted) / float64(o.alarms), Aim: 35, Less: true, Known: "EARS C1 51, 3 sigma 76 (a third of all days)"},
	} {
		analysistest.Eval(t, s)
	}
}
