package pricing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// every is a history of quotes six hours apart that ends six hours ago.
func every(prices ...market.Fen) []Quote {
	out := make([]Quote, len(prices))
	for i, p := range prices {
		out[i] = Quote{At: noon.Add(-time.Duration(len(prices)-i) * 6 * time.Hour), Price: p}
	}
	return out
}

func times(p market.Fen, n int) (out []market.Fen) {
	for range n {
		out = append(out, p)
	}
	return out
}

var limits = Limits{Cut: 0.05, Drip: 0.10, Back: 0.02}

func TestMoved(t *testing.T) {
	steady := times(105_00, 28)
	for _, tc := range []struct {
		name    string
		price   market.Fen
		history []market.Fen
		want    string
	}{
		{"a cut", 80_00, steady, "cut"},
		{"a small cut", 101_00, steady, ""},
		{"exactly the least cut", 99_75, steady, "cut"},
		{"back after a rise", 105_00, append(times(105_00, 24), times(130_00, 4)...), ""},
		{"cut days ago", 95_00, append(times(105_00, 20), times(95_00, 8)...), ""},
		{"a drip", 91_00, append(times(105_00, 8), 101_00, 97_50, 94_00, 94_00, 94_00, 94_00), "drip"},
		{"a drip with a day of promotions in it", 94_00, append(times(105_00, 8), 102_50, 90_00, 100_00, 97_50, 97_50, 97_50, 97_50), "drip"},
		{"a drip that went up between", 91_00, append(times(105_00, 8), 101_00, 103_00, 97_50, 94_00), "cut"},
		{"yuan taken for fen", 105, steady, ""},
		{"fen taken for yuan", 105_00, times(10500_00, 28), ""},
		{"too little history", 80_00, steady[:2], ""},
		{"nothing known now", 0, steady, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, ok := Moved(limits, tc.price, every(tc.history...), noon)
			got := ""
			if ok {
				got = "cut"
			}
			if m.Drip {
				got = "drip"
			}
			if got != tc.want {
				t.Errorf("%q, want %q: %+v", got, tc.want, m)
			}
		})
	}
}

// TestLimitedTime: a cut for a weekend is told, lasts while it lasts, and is
// over when the price is back; the return is no move.
func TestLimitedTime(t *testing.T) {
	m, ok := Moved(limits, 80_00, every(times(105_00, 28)...), noon)
	if !ok || m.Before != 105_00 {
		t.Fatalf("no cut: %+v", m)
	}
	if !m.Lasts(limits, 80_00, noon, noon.Add(24*time.Hour)) || !m.Lasts(limits, 102_00, noon, noon.Add(time.Hour)) {
		t.Error("over while the price is still down")
	}
	if m.Lasts(limits, 104_00, noon, noon.Add(48*time.Hour)) {
		t.Error("goes on although the price is back")
	}
	if m.Lasts(limits, 80_00, noon, noon.Add(8*24*time.Hour)) {
		t.Error("goes on although the price has become ordinary")
	}
	if m, ok := Moved(limits, 105_00, every(append(times(105_00, 20), times(80_00, 8)...)...), noon); ok {
		t.Errorf("the return is told as a move: %+v", m)
	}
}

func TestDrops(t *testing.T) {
	day := func(n int, p market.Fen) Quote { return Quote{At: noon.AddDate(0, 0, n), Price: p} }
	got := Drops([]Quote{day(3, 84_00), day(0, 100_00), day(1, 85_00), day(1, 100_00), day(2, 0), day(5, 71_41), day(6, 60_00)}, 0.15)
	want := []Drop{
		{At: noon.AddDate(0, 0, 3), Before: 100_00, Now: 84_00}, {At: noon.AddDate(0, 0, 6), Before: 71_41, Now: 60_00},
	}
	// day 5 is 14.99 % below day 3.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBundle(t *testing.T) {
	for text, want := range map[string][2]int{
		"买二送一": {2, 3}, "买1送1，限今天": {1, 2}, "第二件半价": {}, "买一送小样": {}, "买一送三件旅行套装": {1, 4}, "买2瓶送1瓶": {2, 3},
		"Buy 2 get 1 free": {2, 3}, "buy one, get one": {1, 2}, "化妆包": {}, "": {}, "买0送1": {},
	} {
		paid, got, ok := Bundle(text)
		if ok != (want[0] > 0) || ok && (paid != want[0] || got != want[1]) {
			t.Errorf("%q: pay %d get %d %v, want %v", text, paid, got, ok, want)
		}
	}
}

func TestLanded(t *testing.T) {
	week := Terms{List: 199_00, ListKnown: true, Deal: 150_00, DealKnown: true, Coupon: 10_00, From: noon, Until: noon.AddDate(0, 0, 7)}
	bundle := week
	bundle.Gift = "买二送一"
	for _, tc := range []struct {
		name  string
		terms Terms
		at    time.Time
		want  market.Fen
		ok    bool
	}{
		{"deal less coupon", week, noon, 140_00, true},
		{"before the deal", week, noon.Add(-time.Second), 199_00, true},
		{"after the deal", week, noon.AddDate(0, 0, 7), 199_00, true},
		{"three for the price of two", bundle, noon, 93_33, true},
		{"a coupon above the price", Terms{Deal: 5_00, DealKnown: true, Coupon: 9_00}, noon, 0, true},
		{"list only", Terms{List: 80_00, ListKnown: true}, noon, 80_00, true},
		{"nothing known", Terms{Coupon: 5_00}, noon, 0, false},
	} {
		if got, ok := tc.terms.Landed(tc.at); got != tc.want || ok != tc.ok {
			t.Errorf("%s: %d %v, want %d %v", tc.name, got, ok, tc.want, tc.ok)
		}
	}
}

func TestConflicts(t *testing.T) {
	at := func(ch market.Channel, deal market.Fen) Listing {
		return Listing{Channel: ch, Listed: true, Terms: Terms{List: 129_00, ListKnown: true, Deal: deal, DealKnown: true}}
	}
	promo := at("taote", 89_00)
	promo.From, promo.Until = noon.Add(36*time.Hour), noon.Add(84*time.Hour)
	hidden := at("taote", 10_00)
	hidden.Listed = false
	unknown := Listing{Channel: "taote", Listed: true}
	for _, tc := range []struct {
		name     string
		listings []Listing
		allowed  Allowed
		movers   [][]Mover // of each conflict
	}{
		{"level", []Listing{at("flagship", 129_00), at("supermarket", 129_00)}, nil, nil},
		{"one undercuts", []Listing{at("flagship", 129_00), at("supermarket", 119_00)}, nil, [][]Mover{{{"supermarket", 119_00, 129_00}}}},
		{"as far as it may", []Listing{at("flagship", 129_00), at("supermarket", 119_00)}, Allowed{"supermarket": 0.08}, nil},
		{"further than it may", []Listing{at("flagship", 100_00), at("supermarket", 89_00)}, Allowed{"supermarket": 0.1}, [][]Mover{{{"supermarket", 89_00, 90_00}}}},
		{"one is dearer", []Listing{at("flagship", 129_00), at("supermarket", 139_00)}, nil, [][]Mover{{{"supermarket", 139_00, 129_00}}}},
		{"an announced promotion", []Listing{at("flagship", 129_00), promo}, nil, [][]Mover{{{"taote", 89_00, 129_00}}}},
		{"not on sale", []Listing{at("flagship", 129_00), hidden}, nil, nil},
		{"not known", []Listing{at("flagship", 129_00), unknown}, nil, nil},
		{"alone", []Listing{at("flagship", 129_00)}, nil, nil},
		{"none", nil, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Conflicts(tc.listings, tc.allowed, noon, 14*24*time.Hour)
			var movers [][]Mover
			for _, c := range got {
				movers = append(movers, c.Movers)
			}
			if diff := cmp.Diff(tc.movers, movers); diff != "" {
				t.Error(diff)
			}
		})
	}
	c := Conflicts([]Listing{at("flagship", 129_00), promo}, nil, noon, 14*24*time.Hour)[0]
	if !c.From.Equal(promo.From) || !c.Until.Equal(promo.Until) || c.Gap != 40_00 || c.Leader != "flagship" {
		t.Errorf("announced: %+v", c)
	}
	if got := Conflicts([]Listing{at("flagship", 129_00), promo}, nil, noon, 24*time.Hour); got != nil {
		t.Errorf("further ahead than asked: %+v", got)
	}
}

// TestLandedOfAnAnnouncement: a deal that holds now and a lower price that is
// announced.
func TestLandedOfAnAnnouncement(t *testing.T) {
	from := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	terms := Terms{List: 419_00, ListKnown: true, Deal: 319_00, DealKnown: true, Coupon: 10_00, From: from, Until: from.AddDate(0, 0, 3), Next: 271_00, NextKnown: true}
	for at, want := range map[time.Time]market.Fen{
		from.Add(-time.Second): 309_00, from: 271_00, from.AddDate(0, 0, 3).Add(-time.Second): 271_00, from.AddDate(0, 0, 3): 309_00,
	} {
		if got, ok := terms.Landed(at); !ok || got != want {
			t.Errorf("at %s: %d, want %d", at, got, want)
		}
	}
}
