package anomaly

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/analysis/analysistest"
)

// detect is the scores of all files at the compiled-in threshold.
func detect(all []series) [][]float64 {
	scores := make([][]float64, len(all))
	for f := range all {
		var d Detector
		for i, v := range all[f].values {
			scores[f] = append(scores[f], d.Next(Point{At: all[f].at[i], Value: v}).Score)
		}
	}
	return scores
}

const knownNAB = "ARTime 78.2, CAD OSE 74.1, HTM 71.2, KNN-CAD 64.4 (best threshold)"

// TestEvalNAB: one threshold, compiled in, on every file at hand.
func TestEvalNAB(t *testing.T) {
	all := nab(t)
	scores := detect(all)
	for _, c := range []struct {
		name  string
		p     profile
		aim   float64
		known string
	}{
		{"NAB standard profile", standard, 70, knownNAB},
		{"NAB low-FP profile", lowFP, 60, "CAD OSE 71.7, ARTime 70.4, HTM 65.0"},
		{"NAB low-FN profile", lowFN, 72, "ARTime 83.1, CAD OSE 76.9, HTM 75.9"},
	} {
		analysistest.Eval(t, analysistest.Score{Benchmark: c.name, Value: scoreAt(c.p, all, scores, Threshold), Aim: c.aim, Known: c.known})
	}
	perMonth, hit := alarms(all, scores, Threshold)
	analysistest.Eval(t, analysistest.Score{
		Benchmark: "NAB false-alarm episodes a series-month", Value: perMonth, Aim: 1.5, Less: true, Format: "%.2f", Known: "CAD OSE 1.4, HTM 2.7, ARTime 4.5",
	})
	analysistest.Eval(t, analysistest.Score{Benchmark: "NAB windows hit, %", Value: 100 * hit, Aim: 70, Known: "CAD OSE 76"})
}

// business are the files that look like a shop's: mentions, ad prices, demand
// and requests.
func business(s series) bool {
	for _, kind := range []string{"realTweets/", "realAdExchange/", "nyc_taxi", "elb_request_count"} {
		if strings.Contains(s.name, kind) {
			return true
		}
	}
	return false
}

func TestEvalNABBusiness(t *testing.T) {
	all := slices.DeleteFunc(nab(t), func(s series) bool { return !business(s) })
	analysistest.Eval(t, analysistest.Score{
		Benchmark: "NAB standard, series like a shop's", Value: scoreAt(standard, all, detect(all), Threshold), Aim: 72,
		Known: "ARTime 80.7, HTM 71.7, CAD OSE 71.0",
	})
}

// TestEvalNABChanged: the same series a whole number of weeks later and in
// another unit score the same, and with less history nearly so.
func TestEvalNABChanged(t *testing.T) {
	all := nab(t)
	plain := scoreAt(standard, all, detect(all), Threshold)
	for _, c := range []struct {
		name   string
		change func(series) series
	}{
		{"600 weeks later", func(s series) series { return s.moved(600*7*24*time.Hour, 1) }},
		{"times 0.001", func(s series) series { return s.moved(0, 0.001) }},
		{"times 7321.7", func(s series) series { return s.moved(0, 7321.7) }},
	} {
		var changed []series
		for _, s := range all {
			changed = append(changed, c.change(s))
		}
		shift := scoreAt(standard, changed, detect(changed), Threshold) - plain
		analysistest.Eval(t, analysistest.Score{Benchmark: "NAB standard moves when " + c.name, Value: math.Abs(shift), Aim: 0.5, Less: true, Known: "0: nothing should change"})
	}
	sum, cuts := 0.0, []int{60, 130, 250}
	for _, n := range cuts {
		var cut []series
		for _, s := range all {
			cut = append(cut, s.without(n))
		}
		sum += scoreAt(standard, cut, detect(cut), Threshold) / float64(len(cuts))
	}
	analysistest.Eval(t, analysistest.Score{Benchmark: "NAB standard without the first 60, 130, 250 rows", Value: sum, Aim: 67, Known: "this detector with them: " + fmt.Sprintf("%.1f", plain)})
}

func (s series) moved(later time.Duration, times float64) series {
	out := series{name: s.name, windows: s.windows}
	for i := range s.values {
		out.at, out.values = append(out.at, s.at[i].Add(later)), append(out.values, s.values[i]*times)
	}
	return out
}

// without leaves the first n rows out, and the windows that begin there.
func (s series) without(n int) series {
	out := series{name: s.name, at: s.at[n:], values: s.values[n:]}
	for _, w := range s.windows {
		if w.from >= n {
			out.windows = append(out.windows, span{w.from - n, w.to - n})
		}
	}
	return out
}

// TestEvalNABLeftOut chooses the threshold on all categories but one and
// measures that one; all of them together are a score that no file was used for
// twice.
func TestEvalNABLeftOut(t *testing.T) {
	all := nab(t)
	rare := make([][]float64, len(all))
	byCategory := map[string][]int{}
	for f := range all {
		var d Detector
		for i, v := range all[f].values {
			r := d.Next(Point{At: all[f].at[i], Value: v})
			rare[f] = append(rare[f], min(r.Evidence, most)/(1+r.Seen))
		}
		category, _, _ := strings.Cut(all[f].name, "/")
		byCategory[category] = append(byCategory[category], f)
	}
	w := newSweeper(standard, all)
	for _, category := range slices.Sorted(maps.Keys(byCategory)) {
		left := byCategory[category]
		at, best := 0.0, math.Inf(-1)
		for bar := 0.8; bar < 8; bar *= 1.05 {
			rest := newSweeper(standard, nil)
			for f := range all {
				if !slices.Contains(left, f) {
					alert(rest, all, rare, f, bar)
				}
			}
			if rest.raw > best {
				at, best = bar, rest.raw
			}
		}
		for _, f := range left {
			alert(w, all, rare, f, at)
		}
	}
	analysistest.Eval(t, analysistest.Score{
		Benchmark: "NAB standard, each category at the others' threshold", Value: w.normalised(), Aim: 67, Known: "whole corpus: ARTime 74.9, HTM 70.1, CAD OSE 69.9",
	})
}

// alert scores a file at a bar for its rarity, with the rest after each alert.
func alert(w *sweeper, all []series, rare [][]float64, f int, bar float64) {
	until := 0
	for i, v := range rare[f] {
		if v < bar || i < until {
			continue
		}
		until = i + rest
		if i >= all[f].probation() {
			w.detect(&all[f], f, i)
		}
	}
}
