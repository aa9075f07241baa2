package forecast

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var unknown = math.NaN()

// sales is n days of a shop: level x weekday x noise.
func sales(n int, level, noise float64, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	weekday := [7]float64{.9, .85, .9, 1, 1.15, 1.25, .95}
	out := make([]float64, n)
	for i := range out {
		out[i] = level * weekday[i%7] * math.Exp(noise*rng.NormFloat64())
	}
	return out
}

func run(t *testing.T, y []float64, s Shape, h int) Forecast {
	t.Helper()
	f, err := Run(y, s, h)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func within(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s is %.4g, want %.4g within %g %%", what, got, want, 100*share)
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		y    []float64
		want Kind
	}{
		{[]float64{5, 6, 5, 7, 6}, Smooth},
		{[]float64{1, 1, 90, 1, 1, 1}, Erratic},
		{[]float64{0, 0, 3, 0, 3, 0}, Intermittent},
		{[]float64{0, 0, 1, 0, 60, 0, 1, 0}, Lumpy},
		{[]float64{0, 0, unknown, 0}, Quiet},
		{[]float64{-3, 0, 0, 0, 0, 5}, Smooth},
		{[]float64{4, unknown, unknown, unknown, 5, 4}, Smooth}, // not known is no zero
		{nil, Quiet},
	} {
		if got := Classify(c.y); got != c.want {
			t.Errorf("%v is %s, want %s", c.y, got, c.want)
		}
	}
}

func TestShapeOf(t *testing.T) {
	for _, c := range []struct {
		step   time.Duration
		season int
		want   Shape
	}{
		{time.Hour, 24, Hourly},
		{time.Hour, 0, Hourly},
		{0, 24, Hourly},
		{30 * time.Minute, 0, Shape{Season: 48, Cycle: 336}},
		{2 * time.Hour, 12, Shape{Season: 12, Cycle: 84}},
		{day, 0, Daily},
		{day, 7, Daily},
		{day, 1, Weekly}, // no week, but perhaps a year
		{7 * day, 0, Weekly},
		{7 * day, 52, Weekly},
		{30 * day, 0, Monthly},
		{31 * day, 12, Monthly},
		{0, 0, Weekly},
		{day, 5, Shape{Season: 5}},
	} {
		if got := ShapeOf(c.step, c.season); got != c.want {
			t.Errorf("step %s, season %d: %+v, want %+v", c.step, c.season, got, c.want)
		}
	}
}

// TestSmoothers holds values computed by hand.
func TestSmoothers(t *testing.T) {
	y := []float64{4, 0, unknown, 0, 8}
	// z: 4, then 4+.5(8-4) = 6; p: 1, 1/2, 1/3, then 1/3 + .25 x 2/3 = 1/2.
	within(t, "tsb", tsb(y, .2, .1), 3, 1e-12)
	// Means of the first values: 4, 2, 4/3, then 4/3 + .5(8 - 4/3).
	within(t, "ses", ses(y, .5), 4./3+.5*(8-4./3), .3)
	within(t, "slope", slope([]float64{1, unknown, 5, 7}), 2, 1e-12)
	if got := runHolt([]float64{10, 12, 14}, .5, .5, 1, math.Inf(1)); got.level != 12.75 || got.trend != 1.125 {
		t.Errorf("holt %+v, want level 12.75 and trend 1.125", got)
	}
}

func TestProfile(t *testing.T) {
	y := sales(70, 100, 0, 1)
	p := profileOf(y, 7, true, .9)
	for i, want := range []float64{.9, .85, .9, 1, 1.15, 1.25, .95} {
		within(t, "weekday", p.by[i], want, 1e-9)
	}
	if got := rising([]float64{3, 1, 0, 8}, []float64{1, 1, 0, 1}); !slices.Equal(got, []float64{2, 2, 2, 8}) {
		t.Errorf("rising fit %v", got)
	}
}

// TestUnknownIsNotZero: days without stock leave the forecast where it is; the
// same days as zeros would lower it.
func TestUnknownIsNotZero(t *testing.T) {
	y := sales(120, 50, .1, 2)
	out := slices.Clone(y)
	for i := 60; i < 75; i++ {
		out[i] = unknown
	}
	for i := 113; i < 120; i++ {
		out[i] = unknown
	}
	f := run(t, out, Daily, 14)
	within(t, "two weeks", f.Total(0, 13).Mean, 50*14, .06)
	if f.Known != 120-22 || f.Origins == 0 {
		t.Errorf("known %d, origins %d", f.Known, f.Origins)
	}
}

func TestTooShort(t *testing.T) {
	for _, y := range [][]float64{nil, {1, 2}, {unknown, 1, unknown, 2}} {
		if _, err := Run(y, Daily, 7); !errors.Is(err, ErrTooShort) {
			t.Errorf("%v: %v, want ErrTooShort", y, err)
		}
	}
	f := run(t, []float64{5, 7, 6}, Daily, 7)
	if f.Mean[0] < 5 || f.Mean[0] > 7 || !(f.Quantile(0, .9) > f.Mean[0]) || f.Quantile(0, .1) >= f.Mean[0] {
		t.Errorf("three days: %.2f in %.2f..%.2f", f.Mean[0], f.Quantile(0, .1), f.Quantile(0, .9))
	}
	f = run(t, []float64{0, 0, 0, 0}, Daily, 3)
	if f.Kind != Quiet || f.Mean[0] != 0 || f.Quantile(2, .98) != 0 || f.Total(0, 2).Chance(1) != 0 {
		t.Errorf("nothing ever sold: %+v", f)
	}
}

// TestLaws: the answer scales with the series, is finite, keeps quantiles in
// order and never goes below zero when the series does not.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 150).Draw(t, "n")
		shape := rapid.SampledFrom([]Shape{Daily, Weekly, Monthly, {Season: 4}, {Season: 6, Cycle: 18}}).Draw(t, "shape")
		h := rapid.IntRange(1, 20).Draw(t, "h")
		most := rapid.SampledFrom([]float64{1, 30, 1e7}).Draw(t, "most")
		y, times := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i] = math.Floor(most * rapid.Float64Range(0, 1.2).Draw(t, "y"))
			if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				y[i] = unknown
			}
			times[i] = y[i] * 8 // a power of two: no rounding
		}
		f, err := Run(y, shape, h)
		g, err8 := Run(times, shape, h)
		if !errors.Is(err8, err) {
			t.Fatalf("%v and %v", err, err8)
		}
		if err != nil {
			return
		}
		for i := range h {
			if math.IsNaN(f.Mean[i]) || math.IsInf(f.Mean[i], 0) || f.Mean[i] < 0 {
				t.Fatalf("step %d: %g", i, f.Mean[i])
			}
			if math.Abs(g.Mean[i]-8*f.Mean[i]) > 1e-9*g.Mean[i] {
				t.Fatalf("step %d: %g and eight times it %g", i, f.Mean[i], g.Mean[i])
			}
			before := 0.0
			for _, p := range []float64{.02, .1, .5, .9, .98} {
				q, total := f.Quantile(i, p), f.Total(0, i).Quantile(p)
				if !(q >= before) || !(total >= 0) {
					t.Fatalf("step %d: quantile %g is %g after %g, of the total %g", i, p, q, before, total)
				}
				before = q
			}
		}
	})
}

// TestTotal: the chance to reach a sum and its quantile are two sides of one
// thing, and the sum of a month is known better than its days.
func TestTotal(t *testing.T) {
	f := run(t, sales(300, 1000, .2, 3), Daily, 28)
	all := f.Total(0, 27)
	within(t, "four weeks", all.Mean, 28_000, .06)
	within(t, "chance", all.Chance(all.Quantile(.8)), .2, .01)
	day := (f.Quantile(0, .9) - f.Quantile(0, .1)) / f.Mean[0]
	month := (all.Quantile(.9) - all.Quantile(.1)) / all.Mean
	if month > .6*day {
		t.Errorf("the range of the month is %.2f of it, that of a day %.2f", month, day)
	}
	if c := all.Chance(10 * all.Mean); c > .01 {
		t.Errorf("ten times as much has a chance of %g", c)
	}
}

// TestCampaign: a campaign neither lifts the plain days nor is forgotten for
// the next one, and what was planned gives way to what was seen.
func TestCampaign(t *testing.T) {
	y := sales(200, 100, .05, 4)
	marks := make([]Mark, 214)
	for _, start := range []int{60, 120} {
		for i := start; i < start+3; i++ {
			y[i] *= 4
			marks[i] = Mark{Phase: "live", Plan: 2}
		}
	}
	marks[205] = Mark{Phase: "live", Plan: 2}
	marks[210] = Mark{Phase: "deposit", Plan: .8}
	f, uplifts, err := RunMarked(y, marks, Daily, 14)
	if err != nil {
		t.Fatal(err)
	}
	plain := run(t, sales(200, 100, .05, 4), Daily, 14)
	for i := range 14 {
		if marks[200+i].Phase == "" {
			within(t, "plain day", f.Mean[i], plain.Mean[i], .03)
		}
	}
	live := math.Exp((2*math.Log(4) + math.Log(2)) / 3) // two events and the plan
	within(t, "live", f.Mean[5], live*plain.Mean[5], .05)
	within(t, "deposit", f.Mean[10], .8*plain.Mean[10], .03)
	if len(uplifts) != 2 || uplifts[0].Events != 2 || uplifts[1].Events != 0 || uplifts[0].Spread >= uplifts[1].Spread+.2 {
		t.Errorf("uplifts %+v", uplifts)
	}
	if wide, narrow := f.Quantile(10, .9)/f.Mean[10], f.Quantile(9, .9)/f.Mean[9]; wide < narrow+.1 {
		t.Errorf("a phase never seen is as sure (%.2f) as a plain day (%.2f)", wide, narrow)
	}
	// Without a plan the phase's own event counts, else all campaigns together.
	marks[205].Plan, marks[210].Plan = 0, 0
	f, _, _ = RunMarked(y, marks, Daily, 14)
	within(t, "live without plan", f.Mean[5], 4*plain.Mean[5], .05)
	within(t, "deposit without plan", f.Mean[10], 4*plain.Mean[10], .05)
}

func TestRunsOut(t *testing.T) {
	f := run(t, sales(120, 10, .1, 5), Daily, 30)
	half, _ := f.RunsOut(100, nil, .5)
	early, _ := f.RunsOut(100, nil, .2)
	if half < 9 || half > 10 || early > half || early < 8 {
		t.Errorf("a hundred pieces at ten a day are gone on day %d, perhaps on %d", half, early)
	}
	if step, ok := f.RunsOut(0, nil, .5); step != 0 || !ok {
		t.Errorf("an empty shelf lasts until %d", step)
	}
	later, _ := f.RunsOut(100, []float64{0, 0, 50}, .5)
	if later < half+4 || later > half+6 {
		t.Errorf("with fifty more they are gone on day %d", later)
	}
	if _, ok := f.RunsOut(1000, nil, .2); ok {
		t.Error("a hundred days of stock run out in thirty")
	}
}

func TestPace(t *testing.T) {
	before := []DaySoFar{{40, 100}, {44, 104}, {36, 96}, {42, 103}, {41, 99}}
	p, err := RunPace(60, 12, before)
	if err != nil {
		t.Fatal(err)
	}
	// Base so far 41, base day 100, ratio 60/41, k = 12/17.
	within(t, "end of day", p.Mean, 60+59*(1+12./17*(60./41-1)), 1e-9)
	if p.Quantile(.1) >= p.Mean || p.Quantile(.9) <= p.Mean || p.Days != 5 {
		t.Errorf("%.1f in %.1f..%.1f", p.Mean, p.Quantile(.1), p.Quantile(.9))
	}
	if p.Chance(55) != 1 || p.Chance(300) > .01 || math.Abs(p.Chance(p.Mean)-.5) > 1e-9 {
		t.Errorf("chances %g %g %g", p.Chance(55), p.Chance(300), p.Chance(p.Mean))
	}
	if _, err := RunPace(60, 12, []DaySoFar{{1, 2}, {1, 2}, {0, 0}}); !errors.Is(err, ErrTooShort) {
		t.Errorf("two days: %v", err)
	}
	if p, err := RunPace(0, 1, []DaySoFar{{0, 100}, {0, 90}, {0, 110}}); err != nil || math.Abs(p.Mean-100) > 1e-9 {
		t.Errorf("before the first sale: %+v %v", p, err)
	}
}
