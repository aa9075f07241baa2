package spike

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"shopwatch/internal/analysis/analysistest"
)

func TestTail(t *testing.T) {
	for _, c := range []struct {
		y         int64
		mean, phi float64
		want      float64
	}{
		{12, 12, 2.5, .4877753},
		{20, 12, 2.5, .0952879},
		{30, 12, 2.5, .00544440},
		{3, 1, 1, 1 - 2.5*math.Exp(-1)},
		{0, 5, 1.4, 1},
		{-2, 5, 1.4, 1},
		{2, 0, 1.4, 0},
	} {
		if got := Tail(c.y, c.mean, c.phi); math.Abs(got-c.want) > 1e-7 {
			t.Errorf("Tail(%d, %v, %v) = %v, want %v", c.y, c.mean, c.phi, got, c.want)
		}
	}
}

// TestTailSums: the tails differ by the probability of a count, which is summed
// here from its definition.
func TestTailSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(.05, 200).Draw(t, "mean")
		phi := rapid.Float64Range(1.01, 9).Draw(t, "phi")
		y := rapid.Int64Range(0, 300).Draw(t, "y")
		size := mean / (phi - 1)
		a, _ := math.Lgamma(float64(y) + size)
		b, _ := math.Lgamma(size)
		c, _ := math.Lgamma(float64(y) + 1)
		p := math.Exp(a - b - c + size*math.Log(size/(size+mean)) + float64(y)*math.Log(mean/(size+mean)))
		if got := Tail(y, mean, phi) - Tail(y+1, mean, phi); math.Abs(got-p) > 1e-9 {
			t.Fatalf("P(Y = %d) is %v, the tails differ by %v", y, p, got)
		}
		limit := rapid.Float64Range(1e-6, .2).Draw(t, "limit")
		if k := least(limit, mean, phi, Few); Tail(k, mean, phi) >= limit || k > Few && Tail(k-1, mean, phi) < limit {
			t.Fatalf("least %d: %v, one less %v", k, Tail(k, mean, phi), Tail(k-1, mean, phi))
		}
	})
}

// TestEARS: alarms and bounds are those of the R package surveillance 1.20.3.
func TestEARS(t *testing.T) {
	z := distuv.UnitNormal.Quantile(.999)
	in := columns(t, "ears_in.csv")
	for file, gap := range map[string]int{"ears_C1.csv": 0, "ears_C2.csv": 2} {
		cells := 0
		for s, want := range columns(t, file) {
			bounds := EARS(in[s], gap, z, .2)
			for i, alarm := range want {
				if math.IsNaN(alarm) != math.IsNaN(bounds[i]) {
					t.Errorf("%s: series %d row %d: bound %v", file, s, i+1, bounds[i])
				}
				if math.IsNaN(alarm) {
					continue
				}
				cells++
				if (in[s][i] > bounds[i]) != (alarm == 1) {
					t.Errorf("%s: series %d row %d: count %v bound %v, alarm %v", file, s, i+1, in[s][i], bounds[i], alarm)
				}
			}
		}
		if want := 10 * (240 - 7 - gap); cells != want {
			t.Errorf("%s: %d cells compared, want %d", file, cells, want)
		}
	}
	weekly := columns(t, "golden_salmNewport.csv")
	for column, gap := range map[int]int{2: 0, 3: 2} {
		for i, bound := range EARS(weekly[1], gap, z, 0) {
			if want := weekly[column][i]; math.Abs(bound-want) > 1e-9 || math.IsNaN(bound) != math.IsNaN(want) {
				t.Errorf("salmonella, gap %d, week %d: bound %v, want %v", gap, i+1, bound, want)
			}
		}
	}
}

// columns reads a CSV of numbers; NA is NaN.
func columns(t *testing.T, name string) [][]float64 {
	t.Helper()
	f, err := os.Open(analysistest.Data(t, "analytics", "ears", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float64, len(rows[0]))
	for _, row := range rows[1:] {
		for i, cell := range row {
			v := math.NaN()
			if cell != "NA" {
				if v, err = strconv.ParseFloat(cell, 64); err != nil {
					t.Fatal(err)
				}
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}

// days are counts with the same exposure.
func days(counts ...int64) []Day {
	out := make([]Day, len(counts))
	for i, n := range counts {
		out[i] = Day{Count: n, Exposure: 1}
	}
	return out
}

func quiet(n int) []Day {
	var out []Day
	for i := range n {
		out = append(out, days(4, 6, 5, 3, 7, 5, 4)[i%7])
	}
	return out
}

func TestVerdict(t *testing.T) {
	if v := Judge(quiet(8), Day{Count: 90, Exposure: 1}); v.Spike || v.Method != Silent || !math.IsNaN(v.Expected) || v.P != 1 {
		t.Errorf("6 days are too few to judge: %+v", v)
	}
	v := Judge(quiet(50), Day{Count: 20, Exposure: 1})
	if !v.Spike || v.Method != Daily || math.Abs(v.Expected-4.86) > .3 || v.P > 1e-4 || v.Days != window {
		t.Errorf("20 instead of 5: %+v", v)
	}
	if w := Judge(quiet(50), Day{Count: v.Threshold, Exposure: 1}); !w.Spike {
		t.Errorf("the threshold %d is no spike: %+v", v.Threshold, w)
	}
	if w := Judge(quiet(50), Day{Count: v.Threshold - 1, Exposure: 1}); w.Spike {
		t.Errorf("one below the threshold is a spike: %+v", w)
	}
	if w := Judge(quiet(50), Day{Count: 20, Exposure: 4}); w.Spike {
		t.Errorf("four times the deliveries explain 20: %+v", w)
	}
	if w := Judge(quiet(50), Day{Unknown: true, Exposure: 1}); w.Spike || w.Method != Silent || math.IsNaN(w.Expected) {
		t.Errorf("an unknown day: %+v", w)
	}
	if w := Judge(days(make([]int64, 50)...), Day{Count: 2, Exposure: 1}); w.Spike {
		t.Errorf("two where there were none are too few: %+v", w)
	}
	if w := Judge(days(make([]int64, 50)...), Day{Count: 3, Exposure: 1}); !w.Spike {
		t.Errorf("three where there were none: %+v", w)
	}
}

// TestOldSpikeHidesNone: a spike of last week neither raises what is expected
// much nor keeps a new one from being seen; days without data do neither.
func TestOldSpikeHidesNone(t *testing.T) {
	h := append(quiet(43), days(20, 25, 22)...)
	h = append(h, quiet(6)...)
	clean := Judge(quiet(52), Day{Count: 15, Exposure: 1})
	v := Judge(h, Day{Count: 15, Exposure: 1})
	if !v.Spike || v.Expected > 1.1*clean.Expected {
		t.Errorf("after a spike: %+v, without it %+v", v, clean)
	}
	for i := range h {
		if h[i].Count >= 20 {
			h[i] = Day{Unknown: true, Exposure: 1}
		}
	}
	if v = Judge(h, Day{Count: 15, Exposure: 1}); !v.Spike || v.Days != window-3 || math.Abs(v.Expected-clean.Expected) > .1 {
		t.Errorf("with unknown days: %+v, clean %+v", v, clean)
	}
}

// TestNewNormal: a level that stays is learnt within two months.
func TestNewNormal(t *testing.T) {
	var tr Tracker
	for _, d := range quiet(60) {
		tr.Next(d)
	}
	last := 0
	for i := range 90 {
		if tr.Next(Day{Count: 15 + int64(i%3), Exposure: 1}).Spike {
			last = i
		}
	}
	if last > 60 {
		t.Errorf("still a spike after %d days at the new level", last)
	}
}

// TestRare: of something that happens once a fortnight, three in a week are a
// spike; and chance alone seldom makes one.
func TestRare(t *testing.T) {
	h := days(make([]int64, 60)...)
	for i := 3; i < 60; i += 14 {
		h[i].Count = 1
	}
	h = append(h, days(1, 0, 1, 0)...)
	if v := Judge(h, Day{Count: 1, Exposure: 1}); !v.Spike || v.Method != Weekly || v.Threshold != 1 {
		t.Errorf("three in five days: %+v", v)
	}
	if v := Judge(h, Day{Exposure: 1}); v.Spike {
		t.Errorf("nothing happened today: %+v", v)
	}
	rng := rand.New(rand.NewPCG(4, 4))
	for _, mean := range []float64{.05, .1, .3, .8} {
		false100 := 0.0
		for range 100 {
			var tr Tracker
			for i := range 300 {
				v := tr.Next(Day{Count: int64(distuv.Poisson{Lambda: mean, Src: rng}.Rand()), Exposure: 1})
				if i >= 60 && v.Spike {
					false100 += 100.0 / (100 * 240)
				}
			}
		}
		if false100 > 1.7 {
			t.Errorf("mean %v a day: %.2f false alarms in 100 days", mean, false100)
		}
	}
}

// TestExposure: a promotion reaches the complaints two to seven days later.
func TestExposure(t *testing.T) {
	sales := make([]float64, 20)
	for i := range sales {
		sales[i] = 100
	}
	sales[9] = 1100
	got := Exposure(sales)
	for t1, want := range []float64{100, 100, 100, 100, 150, 300, 400, 350, 250, 150, 100, 100, 100} {
		if math.Abs(got[t1]-want) > 1e-9 {
			t.Errorf("exposure %v: day %d is not %v", got, t1, want)
		}
	}
	if Exposure(sales[:Lagging]) != nil {
		t.Error("too few days of sales have an exposure")
	}
}

func TestDiscoveries(t *testing.T) {
	p := []float64{.01, .5, .02, math.NaN(), .03, .9, .001}
	got := fmt.Sprint(Discoveries(p, .05, 0))
	// Of six: .001 <= .0083, .01 <= .0167, .02 <= .025, .03 <= .0333.
	if got != "[true false true false true false true]" {
		t.Error(got)
	}
	if marked := Discoveries([]float64{.04, .9}, .05, 0); marked[0] || marked[1] {
		t.Errorf(".04 of two is not small enough: %v", marked)
	}
	if marked := Discoveries([]float64{.001, .02}, .05, 60); marked[0] || marked[1] {
		t.Errorf(".001 of sixty is not small enough: %v", marked)
	}
	if Discoveries(nil, .05, 9) == nil || len(Discoveries(nil, .05, 9)) != 0 {
		t.Error("nothing is tested, nothing is marked")
	}
}

// TestFewFalseDiscoveries: among many cells of which none has changed, days on
// which anything is marked stay about as rare as q says.
func TestFewFalseDiscoveries(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	marked := 0
	for range 1000 {
		p := make([]float64, 500)
		for i := range p {
			p[i] = rng.Float64()
		}
		for _, m := range Discoveries(p, .05, 0) {
			if m {
				marked++
				break
			}
		}
	}
	if marked > 75 {
		t.Errorf("%d of 1000 runs marked something, want about 50", marked)
	}
}

// TestTracker: a verdict does not depend on later days, the unit of exposure
// does not matter, and every verdict is sane.
func TestTracker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 120).Draw(t, "days")
		unit := math.Pow(10, float64(rapid.IntRange(-6, 6).Draw(t, "unit")))
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		top := rapid.SampledFrom([]int64{1, 2, 9, 500, 1e9}).Draw(t, "top")
		var a, b Tracker
		var history []Day
		for range n {
			d := Day{Count: rng.Int64N(top), Exposure: rng.Float64() * 3, Unknown: rng.IntN(9) == 0}
			v := a.Next(d)
			scaled := d
			scaled.Exposure *= unit
			if w := b.Next(scaled); w.Spike != v.Spike && math.Abs(w.P-Limit) > 1e-9 && math.Abs(w.P-rareLimit) > 1e-9 {
				t.Fatalf("%+v, in another unit %+v", v, w)
			}
			if !(v.P >= 0 && v.P <= 1) || v.Spike && (v.Method == Silent || d.Count < v.Threshold) {
				t.Fatalf("%+v says %+v", d, v)
			}
			if len(history) == n-1 && v.Method != Silent {
				if again := Judge(history, d); again != v {
					t.Fatalf("%+v, judged alone %+v", v, again)
				}
			}
			history = append(history, d)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	all := simulate(7, 1)
	for range b.N {
		var t Tracker
		for _, d := range all[0].days {
			t.Next(d)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*simDays), "ns/day")
}
