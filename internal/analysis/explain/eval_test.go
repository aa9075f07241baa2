package explain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/analysis/analysistest"
)

// tally scores answers against planted elements.
type tally struct {
	right, wrong, missed float64
	exact, any, cases    float64
}

func (y *tally) add(found []Slice, planted []string) {
	var got []string
	for _, s := range found {
		got = append(got, key(s.Where))
	}
	hits := 0.0
	for _, k := range got {
		if slices.Contains(planted, k) {
			hits++
		}
	}
	y.right += hits
	y.wrong += float64(len(got)) - hits
	y.missed += float64(len(planted)) - hits
	y.cases++
	if hits > 0 {
		y.any++
	}
	if hits == float64(len(planted)) && hits == float64(len(got)) {
		y.exact++
	}
}

func (y *tally) f1() float64 { return 2 * y.right / (2*y.right + y.wrong + y.missed) }

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// How many cases are drawn; the figures move by about 3 points with the draw.
const (
	sumCases  = 150
	rateCases = 100
)

func TestEvalSums(t *testing.T) {
	var y tally
	r := source(1001)
	start := time.Now()
	for range sumCases {
		table, planted := business(r, true)
		a, err := Additive(table, nil)
		if err != nil {
			t.Fatal(err)
		}
		y.add(a.Slices, planted)
	}
	t.Logf("%.1f ms a case", float64(time.Since(start).Milliseconds())/sumCases)
	for _, s := range []analysistest.Score{
		{Benchmark: "responsible slice of a sum, 150 generated cases, F1", Value: y.f1(), Aim: 0.80, Known: "RiskLoc .806, AutoRoot .638, Squeeze .264, Adtributor .184"},
		{Benchmark: "the same, all slices and no other", Value: y.exact / y.cases, Aim: 0.50, Known: "RiskLoc .50, AutoRoot .24, Squeeze .16"},
	} {
		s.Format = "%.3f"
		analysistest.Eval(t, s)
	}
}

func TestEvalRates(t *testing.T) {
	var y tally
	r := source(1002)
	for range rateCases {
		table, planted := rates(r, true)
		a, err := Ratio(table, nil)
		if err != nil {
			t.Fatal(err)
		}
		y.add(a.Slices, planted)
	}
	for _, s := range []analysistest.Score{
		{Benchmark: "responsible slice of a ratio, 100 generated moves of 1 % or more, one of three answers", Value: y.any / y.cases, Aim: 0.80, Known: "RobustSpot .87 on real cases"},
		{Benchmark: "the same, F1", Value: y.f1(), Aim: 0.35, Known: "RobustSpot .421, Adtributor .274 on real cases"},
	} {
		s.Format = "%.3f"
		analysistest.Eval(t, s)
	}
}

// TestEvalNoChange: where nothing has changed, little is explained.
func TestEvalNoChange(t *testing.T) {
	const cases = 200
	false1, false2 := 0.0, 0.0
	r := source(1003)
	for range cases {
		sums, _ := business(r, false)
		if a, err := Additive(sums, nil); err != nil {
			t.Fatal(err)
		} else if !a.Noise {
			false1++
		}
		ratio, _ := rates(r, false)
		if a, err := Ratio(ratio, nil); err != nil {
			t.Fatal(err)
		} else if len(a.Slices) > 0 {
			false2++
		}
	}
	for name, n := range map[string]float64{"sums": false1, "ratios": false2} {
		analysistest.Eval(t, analysistest.Score{
			Benchmark: fmt.Sprintf("explanations of %d %s that have not changed", cases, name), Value: n / cases, Aim: 0.05, Less: true, Format: "%.3f",
		})
	}
}

func BenchmarkAdditive1120(b *testing.B) {
	t, _ := business(source(5), true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Additive(t, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRatio1120(b *testing.B) {
	t, _ := rates(source(5), true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Ratio(t, nil); err != nil {
			b.Fatal(err)
		}
	}
}
