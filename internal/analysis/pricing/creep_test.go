package pricing

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// weekly is a history of quotes a week apart that ends eight days ago.
func weekly(prices ...market.Fen) []Quote {
	out := make([]Quote, len(prices))
	for i, p := range prices {
		out[i] = Quote{At: noon.AddDate(0, 0, -1-7*(len(prices)-i)), Price: p}
	}
	return out
}

func TestCrept(t *testing.T) {
	l := Limits{Cut: 0.05, Drip: 0.07, Back: 0.02}
	slow := []market.Fen{100_00, 99_00, 98_00, 97_00, 96_00, 95_00, 94_00, 93_50}
	for _, tc := range []struct {
		name  string
		price market.Fen
		weeks []Quote
		told  Quote
		want  market.Fen // the anchor; 0 is nothing
	}{
		{"a percent a week", 92_50, weekly(slow...), Quote{}, 100_00},
		{"not far yet", 94_00, weekly(slow[:6]...), Quote{}, 0},
		{"it stands still", 93_50, weekly(slow...), Quote{}, 0},
		{"a cut in between", 90_00, weekly(100_00, 99_00, 98_00, 92_00, 91_00), Quote{}, 0},
		{"it swings", 92_50, weekly(100_00, 99_00, 90_00, 95_00, 94_00, 93_00), Quote{}, 0},
		{"a rise, then down from there", 95_00, weekly(90_00, 103_00, 101_00, 99_00, 97_00, 96_00), Quote{}, 103_00},
		{"two steps", 92_00, weekly(100_00, 100_00, 96_00), Quote{}, 0},
		{"told of most of it", 92_50, weekly(slow...), Quote{At: noon.AddDate(0, 0, -23), Price: 95_00}, 0},
		{"told of some, and far down since", 88_00, weekly(96_00, 94_50, 93_00, 91_50, 90_00, 89_00), Quote{At: noon.AddDate(0, 0, -40), Price: 95_50}, 95_50},
		{"yuan taken for fen", 93, weekly(slow...), Quote{}, 0},
		{"no history", 93_00, nil, Quote{}, 0},
		{"nothing known", 0, weekly(slow...), Quote{}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, ok := Crept(l, tc.price, tc.weeks, tc.told, noon)
			if ok != (tc.want > 0) || m.Before != tc.want {
				t.Errorf("%+v %v, want the anchor %d", m, ok, tc.want)
			}
			if ok && (!m.Drip || m.Now != tc.price || !m.Since.Before(noon)) {
				t.Errorf("%+v", m)
			}
		})
	}
}

// However a price goes, what is told has come down from a price that was there,
// and never of what was told already.
func TestCreptFromWhatWasThere(t *testing.T) {
	l := Limits{Cut: 0.05, Drip: 0.07, Back: 0.02}
	rapid.Check(t, func(rt *rapid.T) {
		weeks := weekly(rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) market.Fen { return market.Fen(rapid.Int64Range(0, 120_00).Draw(rt, "price")) }), 0, 9).Draw(rt, "weeks")...)
		told := Quote{}
		if rapid.Bool().Draw(rt, "told") {
			told = Quote{At: noon.Add(-time.Duration(rapid.IntRange(1, 1500).Draw(rt, "hours")) * time.Hour), Price: market.Fen(rapid.Int64Range(1, 120_00).Draw(rt, "at"))}
		}
		m, ok := Crept(l, market.Fen(rapid.Int64Range(0, 120_00).Draw(rt, "now")), weeks, told, noon)
		if !ok {
			return
		}
		there := m.Before == told.Price && m.Since.Equal(told.At)
		for _, q := range weeks {
			there = there || q.Price == m.Before && q.At.Equal(m.Since)
		}
		if !there || float64(m.Now) > float64(m.Before)*(1-l.Drip)+1e-9 || told.Price > 0 && m.Since.Before(told.At) {
			rt.Fatalf("%+v of %+v, told %+v", m, weeks, told)
		}
	})
}
