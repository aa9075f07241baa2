package explain

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b, scale float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(scale)) }

// shops is a flagship and a second channel, each with visitors, conversion and
// order value: both convert better, and together worse.
var shops = []Segment{
	{Key: "flagship", Before: []float64{10000, .03, 120}, After: []float64{9000, .033, 118}},
	{Key: "second", Before: []float64{5000, .01, 60}, After: []float64{9000, .011, 61}},
}

func TestFunnel(t *testing.T) {
	l, err := Funnel(shops)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{-1189.299215, 3799.503464, -525.204248} {
		if math.Abs(l.Factors[i]-want) > 1e-6 {
			t.Errorf("factor %d accounts for %f, want %f", i, l.Factors[i], want)
		}
	}
	if !near(l.Before, 39000, 39000) || !near(l.After, 41085, 41085) {
		t.Errorf("%f -> %f", l.Before, l.After)
	}
}

func TestFunnelNewGoneReturns(t *testing.T) {
	l, err := Funnel([]Segment{
		{Key: "new", Before: []float64{0, 0}, After: []float64{10, 5}},
		{Key: "gone", Before: []float64{4, 5}, After: []float64{0, 5}},
		{Key: "returns", Before: []float64{10, 2}, After: []float64{10, -1}},
		{Key: "two minuses", Before: []float64{-10, -2}, After: []float64{10, 3}},
		{Key: "still", Before: []float64{10, 2}, After: []float64{5, 4}},
		{Key: "never", Before: []float64{0, 2}, After: []float64{0, 4}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.New != 50 || l.Gone != -20 || l.Other != -30+10 {
		t.Errorf("new %g gone %g other %g", l.New, l.Gone, l.Other)
	}
	if !near(l.Factors[0]+l.Factors[1], 0, 20) || l.Factors[0] >= 0 {
		t.Errorf("factors %v of a segment that stayed as it was", l.Factors)
	}
	if _, err := Funnel([]Segment{{Before: []float64{1}, After: []float64{1, 2}}}); err == nil {
		t.Error("segments of unlike factors are taken")
	}
}

// TestSimpson: conversion falls as a whole although it rises on each channel,
// because visitors went to the channel that converts less.
func TestSimpson(t *testing.T) {
	table := Table{Dims: []string{"channel"}}
	for _, s := range shops {
		table.Leaves = append(table.Leaves, Leaf{
			Members: []string{s.Key}, BaseForecast: s.Before[0], Forecast: s.Before[0] * s.Before[1], Base: s.After[0], Actual: s.After[0] * s.After[1],
		})
	}
	a, err := Ratio(table, nil)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Forecast-.0233333) > 1e-6 || math.Abs(a.Actual-.022) > 1e-6 {
		t.Errorf("conversion %f -> %f", a.Forecast, a.Actual)
	}
	if l := RateAndMix(table); l.Rate <= 0 || l.Mix >= 0 || !near(l.Rate+l.Mix, a.Actual-a.Forecast, 0) {
		t.Errorf("rates account for %g and the mix for %g of %g", l.Rate, l.Mix, a.Actual-a.Forecast)
	}
	if dim, err := Reversed(table); err != nil || dim != "channel" {
		t.Errorf("reversed by %q, %v", dim, err)
	}
	table.Leaves[1].Actual = 80 // the second channel converts worse
	if dim, _ := Reversed(table); dim != "" {
		t.Errorf("reversed by %q", dim)
	}
}

func TestPriceVolumeMix(t *testing.T) {
	l := PriceVolumeMix([]Item{
		{Key: "A", Before: 100, Money0: 100 * 200, After: 70, Money1: 70 * 180},
		{Key: "B", Before: 50, Money0: 50 * 80, After: 120, Money1: 120 * 80},
		{Key: "C", Before: 20, Money0: 20 * 400},
		{Key: "D", After: 30, Money1: 30 * 150},
	})
	for name, pair := range map[string][2]float64{
		"before": {l.Before, 32000}, "after": {l.After, 26700}, "price": {l.Price, -1700}, "volume": {l.Volume, 5477.192982},
		"mix": {l.Mix, -5577.192982}, "new": {l.New, 4500}, "gone": {l.Gone, -8000}, "other": {l.Other, 0},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-6 {
			t.Errorf("%s is %f, want %f", name, pair[0], pair[1])
		}
	}
}

func TestFunnelProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		factors := rapid.IntRange(1, 4).Draw(t, "factors")
		value := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 1e6), rapid.Float64Range(-10, 10))
		side := rapid.SliceOfN(value, factors, factors)
		segments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Segment {
			return Segment{Before: side.Draw(t, "before"), After: side.Draw(t, "after")}
		}), 1, 6).Draw(t, "segments")
		l, err := Funnel(segments)
		if err != nil {
			t.Fatal(err)
		}
		back := make([]Segment, len(segments))
		size := 0.0
		for i, s := range segments {
			back[i] = Segment{Before: s.After, After: s.Before}
			size += math.Abs(product(s.Before)) + math.Abs(product(s.After))
		}
		sum := l.New + l.Gone + l.Other
		for _, x := range l.Factors {
			sum += x
		}
		if !near(sum, l.After-l.Before, size) {
			t.Fatalf("parts sum to %g, the change is %g", sum, l.After-l.Before)
		}
		m, _ := Funnel(back)
		for i := range l.Factors {
			if !near(l.Factors[i], -m.Factors[i], size) {
				t.Fatalf("factor %d: %g and back %g", i, l.Factors[i], m.Factors[i])
			}
		}
		if !near(l.New, -m.Gone, size) || !near(l.Other, -m.Other, size) {
			t.Fatalf("new %g, back gone %g", l.New, m.Gone)
		}
	})
}

func TestMixProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.5, 1e5), rapid.Float64Range(-5, -1))
		money := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.01, 1e7), rapid.Float64Range(-100, -1))
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Item {
			return Item{Before: pieces.Draw(t, "q0"), After: pieces.Draw(t, "q1"), Money0: money.Draw(t, "m0"), Money1: money.Draw(t, "m1")}
		}), 0, 8).Draw(t, "items")
		l := PriceVolumeMix(items)
		size, twice, back := 0.0, []Item{}, []Item{}
		for _, x := range items {
			size += math.Abs(x.Money0) + math.Abs(x.Money1)
			if x.Before != 0 && x.After != 0 {
				size += math.Abs(x.Money0/x.Before*x.After) + math.Abs(x.Money1/x.After*x.Before)
			}
			half := Item{Before: x.Before / 2, After: x.After / 2, Money0: x.Money0 / 2, Money1: x.Money1 / 2}
			twice = append(twice, half, half)
			back = append(back, Item{Before: x.After, After: x.Before, Money0: x.Money1, Money1: x.Money0})
		}
		if sum := l.Price + l.Volume + l.Mix + l.New + l.Gone + l.Other; !near(sum, l.After-l.Before, size) {
			t.Fatalf("parts sum to %g, the change is %g", sum, l.After-l.Before)
		}
		for what, m := range map[string]MixLedger{"halves": PriceVolumeMix(twice), "back": PriceVolumeMix(back)} {
			sign := 1.0
			if what == "back" {
				sign = -1
			}
			if !near(m.Price, sign*l.Price, size) || !near(m.Volume, sign*l.Volume, size) || !near(m.Mix, sign*l.Mix, size) {
				t.Fatalf("%s: %+v after %+v", what, m, l)
			}
		}
	})
}

func TestWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Float64Range(-1e12, 1e12), 1, 12).Draw(t, "parts")
		sum := 0.0
		for _, p := range parts {
			sum += p
		}
		total := int64(math.Round(sum))
		got := int64(0)
		for i, w := range Whole(parts, total) {
			got += w
			if math.Abs(float64(w)-parts[i]) > 2 {
				t.Fatalf("%v became %d", parts[i], w)
			}
		}
		if got != total {
			t.Fatalf("%v sum to %d, want %d", parts, got, total)
		}
	})
	if got := Whole([]float64{0, 0}, 3); got[0]+got[1] != 3 {
		t.Errorf("parts of nothing: %v", got)
	}
	if got := Whole(nil, 3); len(got) != 0 {
		t.Errorf("no parts: %v", got)
	}
}

func TestRateAndMixProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.5, 1000))
		table := small(func(int, []string) Leaf {
			return Leaf{Actual: value.Draw(t, "a"), Forecast: value.Draw(t, "f"), Base: value.Draw(t, "b"), BaseForecast: value.Draw(t, "g")}
		})
		l := RateAndMix(table)
		back := Table{Dims: table.Dims}
		for _, x := range table.Leaves {
			back.Leaves = append(back.Leaves, Leaf{Members: x.Members, Actual: x.Forecast, Forecast: x.Actual, Base: x.BaseForecast, BaseForecast: x.Base})
		}
		m := RateAndMix(back)
		if !near(l.Rate+l.Mix, l.After-l.Before, 2000) || !near(l.Rate, -m.Rate, 2000) || !near(l.Mix, -m.Mix, 2000) {
			t.Fatalf("%+v, back %+v", l, m)
		}
	})
}
