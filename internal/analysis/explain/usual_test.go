package explain

import (
	"math"
	"testing"

	"shopwatch/internal/analysis/analysistest"
)

func TestStudentT(t *testing.T) {
	for df, want := range map[float64]float64{4: 2.7764, 5: 2.5706, 8: 2.3060, 30: 2.0423} {
		if got := studentT(df); math.Abs(got-want) > 0.02 {
			t.Errorf("%g degrees: %f, want %f", df, got, want)
		}
	}
}

func TestUsualNeedsHistory(t *testing.T) {
	if _, ok := Usual(100, []float64{1.1, 0.9, 0, -1, math.Inf(1), 1}); ok {
		t.Error("three moves are enough")
	}
	if _, ok := Usual(0, []float64{1, 1, 1, 1}); ok {
		t.Error("nothing before, and yet something is usual")
	}
	i, ok := Usual(100, []float64{1, 1, 1, 1})
	if !ok || !i.Holds(100) || i.Holds(103) {
		t.Errorf("an even history gives %+v", i)
	}
}

// TestEvalUsual: shops of 3 to 25 % noise from week to week, nine weeks known;
// how often is a week without a change called a change.
func TestEvalUsual(t *testing.T) {
	r := source(1004)
	outside := 0.0
	const cases = 4000
	for range cases {
		sd := 0.03 + 0.22*r.Float64()
		weeks := make([]float64, 10)
		for i := range weeks {
			weeks[i] = 1e6 * math.Exp(sd*r.NormFloat64())
		}
		var ratios []float64
		for i := 1; i < 9; i++ {
			ratios = append(ratios, weeks[i]/weeks[i-1])
		}
		if usual, ok := Usual(weeks[8], ratios); !ok || !usual.Holds(weeks[9]) {
			outside++
		}
	}
	analysistest.Eval(t, analysistest.Score{
		Benchmark: "weeks without a change that lie outside of what is usual", Value: outside / cases, Aim: 0.05, Less: true, Format: "%.3f",
	})
}
