package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// shop is GMV an hour with a day, a week and noise, as sums of orders have.
type shop struct{ rng *rand.Rand }

func newShop(seed uint64) shop { return shop{rand.New(rand.NewPCG(seed, 1))} }

func (s shop) hour(at time.Time) float64 {
	h := float64(at.Hour())
	day := 0.15 + math.Exp(-(h-11)*(h-11)/18) + 1.4*math.Exp(-(h-21)*(h-21)/8)
	week := [...]float64{1.15, .9, .92, .95, 1, 1.1, 1.2}[at.Weekday()]
	return 20000 * day * week * math.Exp(0.12*s.rng.NormFloat64())
}

// play feeds hours and returns the rows with an alert. change may replace a
// value or drop the row.
func play(d *Detector, s shop, hours int, change func(i int, v float64) (float64, bool)) (alerts []int, data map[Data]int) {
	data = map[Data]int{}
	for i := range hours {
		at := monday.Add(time.Duration(i) * time.Hour)
		v, keep := change(i, s.hour(at))
		if !keep {
			continue
		}
		r := d.Next(Point{At: at, Value: v})
		data[r.Data]++
		if r.Alert {
			alerts = append(alerts, i)
		}
	}
	return alerts, data
}

func same(_ int, v float64) (float64, bool) { return v, true }

const week = 7 * 24

// TestQuietShop: a year of ordinary hours gives few alerts.
func TestQuietShop(t *testing.T) {
	total := 0
	for seed := range uint64(10) {
		alerts, data := play(&Detector{}, newShop(seed), 52*week, same)
		for _, i := range alerts {
			if i > 2*week {
				total++
			}
		}
		if data[Gap]+data[Flat] > 0 {
			t.Errorf("seed %d: data %v", seed, data)
		}
	}
	if perMonth := float64(total) / (10 * 11.5); perMonth > 0.5 {
		t.Errorf("%.2f false alarms a month, want at most 0.5", perMonth)
	}
}

// TestBusinessEvents: what a team would want to hear of, and how soon.
func TestBusinessEvents(t *testing.T) {
	at := 8*week + 20 // a Monday at 20:00
	for name, c := range map[string]struct {
		change func(i int, v float64) (float64, bool)
		within int
	}{
		"the till is broken":       {func(i int, v float64) (float64, bool) { return v * num(i < at || i >= at+5, 1, 0), true }, 3},
		"sales fall by half":       {func(i int, v float64) (float64, bool) { return v * num(i < at, 1, .5), true }, 12},
		"a livestream":             {func(i int, v float64) (float64, bool) { return v * num(i == at, 3, 1), true }, 1},
		"sales rise by 60 %":       {func(i int, v float64) (float64, bool) { return v * num(i < at, 1, 1.6), true }, 12},
		"a price that never moved": {func(i int, _ float64) (float64, bool) { return num(i < at, 199, 169), true }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for seed := range uint64(40) {
				alerts, _ := play(&Detector{}, newShop(seed), at+week, c.change)
				for _, i := range alerts {
					if i >= at && i < at+c.within {
						found++
						break
					}
				}
			}
			if found < 34 {
				t.Errorf("found in %d of 40 shops within %d hours", found, c.within)
			}
		})
	}
}

func num(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

// TestFeed: rows that do not come and a value that stands still are told as
// what they are, and a gap alone is no alert.
func TestFeed(t *testing.T) {
	at := 8 * week
	alerts, data := play(&Detector{}, newShop(3), at+week, func(i int, v float64) (float64, bool) { return v, i < at || i > at+30 })
	for _, i := range alerts {
		if i >= at {
			t.Errorf("an alert at %d, after a gap that ended at %d", i, at+30)
		}
	}
	if data[Gap] != 1 {
		t.Errorf("data %v, want one gap", data)
	}
	_, data = play(&Detector{}, newShop(3), at+72, func(i int, v float64) (float64, bool) { return num(i < at, v, 12345), true })
	if data[Flat] != 72-stuck+1 {
		t.Errorf("data %v, want a flat line after %d equal values", data, stuck)
	}
}

// TestUnknownTeachesNothing: a missing value leaves no trace, zero does.
func TestUnknownTeachesNothing(t *testing.T) {
	var d Detector
	play(&d, newShop(1), 3*week, same)
	before := d
	r := d.Next(Point{At: monday.Add(3 * week * time.Hour), Unknown: true})
	if d != before || r.Score != 0 || r.Alert || r.Data != Missing || !math.IsNaN(r.Expected) {
		t.Errorf("an unknown value changed the detector or was judged: %+v", r)
	}
	if d.Next(Point{At: monday.Add(3 * week * time.Hour)}); d == before {
		t.Error("a zero left no trace")
	}
}

// TestLeastEffect: a departure too small to matter is scored but raises nothing.
func TestLeastEffect(t *testing.T) {
	at := 200
	price := func(i int, _ float64) (float64, bool) { return num(i < at, 199, 198), true }
	if alerts, _ := play(&Detector{}, newShop(1), at+50, price); len(alerts) != 1 {
		t.Errorf("without a least effect: alerts at %v, want one at %d", alerts, at)
	}
	if alerts, _ := play(&Detector{Least: Effect{Share: 0.03}}, newShop(1), at+50, price); len(alerts) != 0 {
		t.Errorf("half a per cent is less than three, yet alerts at %v", alerts)
	}
	if alerts, _ := play(&Detector{Least: Effect{Amount: 2}}, newShop(1), at+50, price); len(alerts) != 0 {
		t.Errorf("one is less than two, yet alerts at %v", alerts)
	}
}

// TestHabit: what happens every night is told the first times and then no more,
// unlike something larger.
func TestHabit(t *testing.T) {
	backup := func(i int, v float64) (float64, bool) {
		if i == 8*week+10 {
			return v + 400000, true
		}
		if i%24 == 3+(i/24)%3 { // at three, four or five o'clock
			return v + 90000, true
		}
		return v, true
	}
	alerts, _ := play(&Detector{}, newShop(5), 9*week, backup)
	late := 0
	for _, i := range alerts {
		if i >= 4*week && i < 8*week {
			late++
		}
	}
	if last := alerts[len(alerts)-1]; late > 1 || last != 8*week+10 {
		t.Errorf("%d alerts in the second month, the last at %d of %v", late, last, alerts)
	}
}

// TestPhases: a campaign that resembles the last one is no news, one that falls
// short is, and plain days do not notice either.
func TestPhases(t *testing.T) {
	for _, weak := range []bool{false, true} {
		var p Phases
		var alerts []int
		s := newShop(7)
		for i := range 40 * week {
			at := monday.Add(time.Duration(i) * time.Hour)
			v, phase := s.hour(at), ""
			if w := i / week; w%8 == 7 && i%week < 96 {
				phase = "burst"
				v *= 4
				if weak && w == 39 && i%week >= 48 {
					v *= 0.3
				}
			}
			r := p.Next(phase, Point{At: at, Value: v})
			if r.Data != Sound {
				t.Fatalf("row %d: data %q", i, r.Data)
			}
			if r.Alert && i > 8*week {
				alerts = append(alerts, i)
			}
		}
		late := 0
		for _, i := range alerts {
			if i >= 39*week+48 && i < 39*week+72 {
				late++
			}
		}
		if weak && late != 1 || !weak && len(alerts) > 2 {
			t.Errorf("weak %v: alerts at %v", weak, alerts)
		}
	}
}

// TestPrefix: what is said of a row does not depend on later rows, a copy goes
// on as its original would, and every score is a number from 0 to 1.
func TestPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(t, "rows")
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		scale := math.Pow(10, float64(rapid.IntRange(-50, 90).Draw(t, "scale")))
		kind := rapid.SampledFrom([]string{"noise", "steps", "spikes", "flat"}).Draw(t, "kind")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var whole, part Detector
		at := monday
		for i := range n {
			at = at.Add(time.Duration(rng.IntN(7200)-60) * time.Second)
			v := scale * map[string]float64{
				"noise": rng.NormFloat64(), "steps": float64(rng.IntN(3)), "flat": 1,
				"spikes": math.Exp(8 * rng.NormFloat64()),
			}[kind]
			if i == cut {
				part = whole
			}
			p := Point{At: at, Value: v, Unknown: rng.IntN(20) == 0}
			r := whole.Next(p)
			if i >= cut {
				if again := part.Next(p); again.Score != r.Score || again.Alert != r.Alert {
					t.Fatalf("row %d: %+v, the copy says %+v", i, r, again)
				}
			}
			if !(r.Score >= 0 && r.Score <= 1) || r.Alert && r.Score < Threshold {
				t.Fatalf("row %d of %s: %+v", i, kind, r)
			}
		}
	})
}

// TestStateIsSmall: one series takes a few kilobytes, however long it is.
func TestStateIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Detector{}); size > 8<<10 {
		t.Errorf("%d bytes a series", size)
	}
}

func BenchmarkNext(b *testing.B) {
	var d Detector
	s := newShop(1)
	for i := range b.N {
		at := monday.Add(time.Duration(i) * time.Hour)
		d.Next(Point{At: at, Value: s.hour(at)})
	}
}
