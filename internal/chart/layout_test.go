package chart

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shopwatch/internal/chat"
)

// anyChart draws a chart that a person would not: no or one or hundreds of
// points, all equal, below zero, one of them huge, with gaps, and with names of
// up to thirty characters.
func anyChart(t *rapid.T) chat.Chart {
	name := rapid.Custom(func(t *rapid.T) string {
		return rapid.StringOfN(rapid.SampledFrom([]rune("天猫旗舰店美妆护肤 GMVabcdefgijp0189·（）「」")), 0, 30, -1).Draw(t, "name")
	})
	count := rapid.SampledFrom([]int{0, 1, 2, 3, 7, 24, 60, 400}).Draw(t, "count")
	c := chat.Chart{
		Kind:  rapid.SampledFrom([]chat.ChartKind{chat.LineChart, chat.BarChart, chat.HeatChart}).Draw(t, "kind"),
		Title: name.Draw(t, "title"), Subtitle: name.Draw(t, "subtitle"), KPI: name.Draw(t, "kpi"), Change: name.Draw(t, "change"),
		Footer: name.Draw(t, "footer"), NoData: name.Draw(t, "no data"),
		TickEvery: rapid.IntRange(0, 30).Draw(t, "tick every"), Steps: rapid.Bool().Draw(t, "steps"),
		Axis: chat.Axis{
			Divisor: rapid.SampledFrom([]float64{0, 1, 3, 100, 1e6, 1e-3}).Draw(t, "divisor"),
			Prefix:  rapid.SampledFrom([]string{"", "¥", "HK$"}).Draw(t, "prefix"),
			Suffix:  rapid.SampledFrom([]string{"", "万", "M", "%"}).Draw(t, "suffix"),
		},
	}
	if rapid.Bool().Draw(t, "band") {
		c.Band = &chat.Band{Low: anyValues(t, count), High: anyValues(t, count)}
	}
	if rapid.Bool().Draw(t, "positions") {
		one := name.Draw(t, "position")
		for i := range count {
			c.Positions = append(c.Positions, fmt.Sprint(one, i))
		}
	}
	roles := []chat.SeriesRole{chat.Current, chat.Previous, chat.Older, chat.Forecast, "", "other"}
	for range rapid.IntRange(0, 6).Draw(t, "series") {
		s := chat.Series{Name: name.Draw(t, "series name"), Role: rapid.SampledFrom(roles).Draw(t, "role"), Values: anyValues(t, count)}
		if rapid.Bool().Draw(t, "labels") {
			one := name.Draw(t, "label")
			for i := range s.Values {
				s.Labels = append(s.Labels, fmt.Sprint(one, i))
			}
		}
		c.Series = append(c.Series, s)
	}
	for range rapid.IntRange(0, 5).Draw(t, "targets") {
		c.Targets = append(c.Targets, chat.Mark{
			Name:  name.Draw(t, "target"),
			Role:  rapid.SampledFrom([]chat.MarkRole{chat.Base, chat.Sprint, chat.Challenge, chat.Floor, ""}).Draw(t, "mark"),
			Value: rapid.SampledFrom([]float64{0, 1, 500, 400e6, -7, nan}).Draw(t, "target value"),
		})
	}
	return c
}

func anyValues(t *rapid.T, count int) chat.Values {
	shape := rapid.SampledFrom([]string{"rising", "equal", "negative", "huge", "gaps", "unknown", "tiny", "endless", "noise"}).Draw(t, "shape")
	length := count
	if count > 0 && rapid.Bool().Draw(t, "unfinished") {
		length = rapid.IntRange(0, count).Draw(t, "length")
	}
	values := make(chat.Values, length)
	for i := range values {
		switch shape {
		case "rising":
			values[i] = float64(i) * 26e6
		case "equal":
			values[i] = 42
		case "negative":
			values[i] = -float64(i%5) * 3.5
		case "huge":
			values[i] = float64(i)
			if i == length/2 {
				values[i] = 1e18
			}
		case "gaps":
			values[i] = float64(100 + i)
			if i%4 == 1 {
				values[i] = nan
			}
		case "unknown":
			values[i] = nan
		case "tiny":
			values[i] = 100 + float64(i)*1e-7
		case "endless":
			values[i] = []float64{math.Inf(1), 1e300, -1e300, math.MaxFloat64}[i%4]
		default:
			values[i] = rapid.Float64().Draw(t, "value")
		}
	}
	return values
}

// TestLayout: whatever the data, no two texts overlap, none leaves the canvas,
// the labels of an axis are distinct, and every coordinate is a number.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := newPen(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := anyChart(t)
		for _, fault := range compose(p, c).faults() {
			t.Error(fault)
		}
		if p.missing != 0 {
			t.Errorf("%d characters have no glyph", p.missing)
		}
	})
}

func TestSamplesAreLaidOutCleanly(t *testing.T) {
	for name, c := range samples() {
		t.Run(name, func(t *testing.T) {
			p, err := newPen(nil)
			if err != nil {
				t.Fatal(err)
			}
			s := compose(p, c)
			faults, err := Kit{}.Faults(c)
			if err != nil || len(faults) > 0 {
				t.Error(faults, err)
			}
			// At 360 pixels the headline must still be read.
			for _, one := range s.shapes {
				if one.kind == textShape && one.label.heavy && one.label.text == c.KPI && one.label.size*360/canvasWidth < 15 {
					t.Errorf("the headline is set in %g", one.label.size)
				}
				if one.kind == textShape && one.label.size < 16 {
					t.Errorf("%q is set in %g, less than 16", one.label.text, one.label.size)
				}
			}
			// Every line has its name.
			for _, one := range c.Series {
				if c.Kind == chat.LineChart && !slices.ContainsFunc(s.shapes, func(s shape) bool { return s.label.text == one.Name }) {
					t.Errorf("%s has no name in the picture", one.Name)
				}
			}
			for _, m := range c.Targets {
				if !slices.ContainsFunc(s.shapes, func(s shape) bool { return s.label.text == m.Name }) {
					t.Errorf("%s has no name in the picture", m.Name)
				}
			}
		})
	}
}

func TestContrast(t *testing.T) {
	if got := contrast(inkPaper, inkText); math.Abs(got-16.5) > 0.05 {
		t.Fatalf("the formula is wrong: %.2f, want 16.5", got)
	}
	for _, shade := range heat {
		if got := contrast(legible(shade), shade); got < 4.5 {
			t.Errorf("texts on %s have contrast %.2f", shade, got)
		}
	}
	for _, line := range []ink{inkCurrent, inkPrevious, inkOlder, inkBase, inkSprint, inkChallenge, inkFloor} {
		if got := contrast(line, inkPaper); got < 3 {
			t.Errorf("lines in %s have contrast %.2f, want 3", line, got)
		}
	}
	for _, over := range []ink{inkShade, inkBand, inkVoid} {
		for _, i := range []ink{inkCurrent, inkMuted, inkOlderName} {
			if got := contrast(i, over); got < 4.5 {
				t.Errorf("%s on %s has contrast %.2f", i, over, got)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for _, v := range []struct {
		values span
		format chat.Axis
		want   []string
	}{
		{span{0, 625e6}, chat.Axis{Divisor: 1e6, Suffix: "万"}, []string{"0", "200万", "400万", "600万"}},
		{span{8e6, 6.25e8}, chat.Axis{Divisor: 1e8, Prefix: "¥", Suffix: "M"}, []string{"0", "¥2M", "¥4M", "¥6M"}},
		{span{0, 1.4}, chat.Axis{}, []string{"0", "0.5", "1.0"}},
		{span{0, 48_000}, chat.Axis{}, []string{"0", "10,000", "20,000", "30,000", "40,000"}},
		{span{232, 299}, chat.Axis{Prefix: "¥"}, []string{"¥220", "¥240", "¥260", "¥280", "¥300"}},
		{span{-30, 90}, chat.Axis{Suffix: "%"}, []string{"−50%", "0", "50%"}},
		{span{-8, -2}, chat.Axis{Prefix: "£"}, []string{"−£8", "−£6", "−£4", "−£2", "0"}},
		{span{5, 5}, chat.Axis{}, []string{"0", "2", "4"}},
		{span{0, 0}, chat.Axis{}, []string{"0", "0.5", "1.0"}},
		{span{0, 1e15}, chat.Axis{}, []string{"0", "5e+14", "1e+15"}},
	} {
		a := newAxis(v.values, v.format)
		var got []string
		for _, tick := range a.ticks {
			got = append(got, tick.text)
		}
		if !slices.Equal(got, v.want) {
			t.Errorf("%+v %+v: %q, want %q", v.values, v.format, got, v.want)
		}
	}
}

func FuzzTicks(f *testing.F) {
	f.Add(0.0, 625e6, 1e6)
	f.Add(-1e300, 1e300, 1e-3)
	f.Add(100.0, 100.0000001, 1.0)
	f.Add(5e-324, 1e-320, 3.0)
	f.Fuzz(func(t *testing.T, low, high, divisor float64) {
		if !known(low) || !known(high) {
			return
		}
		a := newAxis(span{min(low, high), max(low, high)}, chat.Axis{Divisor: divisor})
		if n := len(a.ticks); n > maxTicks || n < 1 {
			t.Errorf("%g..%g / %g: %d ticks", low, high, divisor, n)
		}
		seen := map[string]bool{}
		for _, tick := range a.ticks {
			if seen[tick.text] {
				t.Errorf("%g..%g / %g: label %q twice", low, high, divisor, tick.text)
			}
			seen[tick.text] = true
		}
		for _, v := range []float64{low, high} {
			if s := a.share(v); math.IsNaN(s) || s < -1e-6 || s > 1+1e-6 {
				t.Errorf("%g..%g / %g: %g lies at %g of the axis", low, high, divisor, v, s)
			}
		}
	})
}

func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 13).Draw(t, "n")
		slots := make([]*slot, n)
		for i := range slots {
			slots[i] = &slot{want: rapid.Float64Range(-50, 400).Draw(t, "want"), size: nameHeight}
		}
		spread(slots, 0, 290)
		for i, s := range slots {
			if s.at < s.size/2-1e-6 || s.at > 290-s.size/2+1e-6 {
				t.Errorf("slot %d stands at %g, outside", i, s.at)
			}
			if i > 0 && (s.at-slots[i-1].at < nameHeight-0.02 || s.want < slots[i-1].want) {
				t.Errorf("slots %d and %d are too near or out of order", i-1, i)
			}
		}
	})
	lonely := []*slot{{want: 40, size: 21}, {want: 100, size: 21}}
	spread(lonely, 0, 290)
	if lonely[0].moved() != 0 || lonely[1].moved() != 0 {
		t.Error("slots that do not touch were moved")
	}
}

// TestGap: where the current series is unknown its line stops, and the plot is
// hatched from the last known point to the next.
func TestGap(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	var line, hatched shape
	for _, one := range compose(p, gapZh()).shapes {
		switch {
		case one.kind == pathShape && one.ink == inkCurrent && one.dash == nil:
			line = one
		case one.kind == rectShape && one.ink == inkVoid:
			hatched = one
		}
	}
	if len(line.runs) != 2 || len(line.runs[0]) != 9 || len(line.runs[1]) != 5 {
		t.Fatalf("the line has %d runs, want one of 9 and one of 5 points", len(line.runs))
	}
	if from, to := line.runs[0][8].x, line.runs[1][0].x; hatched.box.x != from || hatched.box.right() != to {
		t.Errorf("hatched %g to %g, want %g to %g", hatched.box.x, hatched.box.right(), from, to)
	}
}

func TestManyBarsSayHowManyAreLeftOut(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := raceZh()
	c.Positions, c.Series[0].Labels = nil, nil
	c.Series[0].Values, c.Series[1].Values = nil, nil
	for i := range 40 {
		c.Positions = append(c.Positions, fmt.Sprintf("类目 %d", i+1))
		c.Series[0].Values = append(c.Series[0].Values, float64(40-i)*1e6)
	}
	shown := 0
	rest := ""
	for _, one := range compose(p, c).shapes {
		if one.kind == textShape && one.ink == inkText && one.label.size == barName && !one.label.heavy {
			shown++
		}
		if one.kind == textShape && len(one.label.text) > 3 && one.label.text[:3] == "…" {
			rest = one.label.text
		}
	}
	if rest != fmt.Sprintf("… +%d", 40-shown) || shown < 8 {
		t.Errorf("%d rows shown and %q", shown, rest)
	}
}
