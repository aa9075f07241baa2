package analysis

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
)

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// offer is a rival's offer of a hit that sold 10,000 yuan a day, ours at 100.
func offer(now market.Fen, history ...market.Fen) Offer {
	o := Offer{
		Rival: "alpha", Item: "a1", SKU: "HIT", Match: 9500, Now: now, InStock: true, Own: 100_00, OwnKnown: true,
		GMV7d: 70_000_00, Units7d: 700, Rank: 3,
	}
	for i, p := range history {
		o.History = append(o.History, PricePoint{At: noon.Add(-time.Duration(len(history)-i) * 6 * time.Hour), Price: p})
	}
	return o
}

func repeat(p market.Fen, n int) []market.Fen {
	out := make([]market.Fen, n)
	for i := range out {
		out[i] = p
	}
	return out
}

func TestRivalMoves(t *testing.T) {
	steady := repeat(105_00, 28)
	for _, tc := range []struct {
		name  string
		offer Offer
		want  Severity // "" for silence
	}{
		{"a cut that leaves us far above", offer(80_00, steady...), Critical},
		{"a cut to about our price", offer(99_00, steady...), Warning},
		{"a small cut", offer(101_00, steady...), ""},
		{"a cut that stays far dearer", offer(150_00, repeat(200_00, 28)...), ""},
		{"back to the usual price after a rise", offer(105_00, append(repeat(105_00, 24), repeat(130_00, 4)...)...), ""},
		{"a price cut days ago", offer(95_00, append(repeat(105_00, 20), repeat(95_00, 8)...)...), ""},
		{"yuan taken for fen", offer(105, steady...), ""},
		{"yuan taken for fen on a day of changes", offer(97, steady...), ""},
		{"fen taken for yuan", offer(105_00, repeat(105_0000, 28)...), ""},
		{"too little history", offer(80_00, 105_00, 105_00), ""},
		{"a drip of small steps", offer(91_00, append(repeat(105_00, 8), append(repeat(101_00, 8), append(repeat(97_50, 8), repeat(94_00, 4)...)...)...)...), Warning},
		{"nothing in stock", func() Offer { o := offer(80_00, steady...); o.InStock = false; return o }(), ""},
		{"a doubtful match", func() Offer { o := offer(80_00, steady...); o.Match = 7900; return o }(), ""},
		{"an item outside the core", func() Offer { o := offer(80_00, steady...); o.Rank = 201; return o }(), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := RivalMoves(Defaults().Price, Defaults().Money, PriceInput{At: noon, Offers: []Offer{tc.offer}, Daily: 600_000_00})
			if tc.want == "" && len(got) == 0 || len(got) == 1 && got[0].Severity == tc.want {
				return
			}
			t.Errorf("found %+v, want %q", got, tc.want)
		})
	}
}

func TestRivalMoveHolds(t *testing.T) {
	move := RivalMove{Before: 105_00, Now: 80_00}
	look := func(now market.Fen, since time.Duration) int {
		return len(RivalMoves(Defaults().Price, Defaults().Money, PriceInput{
			At: noon, Offers: []Offer{offer(now, repeat(80_00, 28)...)}, Daily: 600_000_00,
			Open: []OpenMove{{SKU: "HIT", Rival: "alpha", Since: noon.Add(-since), Move: move, Told: 80_00, ToldRisk: 1}},
		}))
	}
	if look(80_00, 5*24*time.Hour) != 1 || look(102_00, time.Hour) != 1 {
		t.Error("the move is over although the price is still down")
	}
	if look(103_50, time.Hour) != 0 || look(80_00, 8*24*time.Hour) != 0 {
		t.Error("the move goes on although the price is back or has become ordinary")
	}
}

func TestStockOuts(t *testing.T) {
	hit := StockLine{SKU: "HIT", Channel: "tmall", Listed: true, PerDay: 50, Price: 100_00, GMV7d: 35_000_00, Rank: 4}
	for _, tc := range []struct {
		name   string
		change func(*StockLine)
		risk   market.Fen
		want   Severity
	}{
		{"out", func(*StockLine) {}, 15_000_00, Warning},
		{"out, a delivery takes a day", func(l *StockLine) { l.LeadDays = 1 }, 5_000_00, Warning},
		{"half a day left", func(l *StockLine) { l.Available = 25 }, 12_500_00, Warning},
		{"two days left", func(l *StockLine) { l.Available = 100 }, 0, ""},
		{"one and a half days left, open", func(l *StockLine) { l.Available, l.Open = 75, true }, 7_500_00, Warning},
		{"restocked, open", func(l *StockLine) { l.Available, l.Open = 100, true }, 0, ""},
		{"not listed", func(l *StockLine) { l.Listed = false }, 0, ""},
		{"never sold", func(l *StockLine) { l.PerDay = 0 }, 0, ""},
		{"low, but no hit", func(l *StockLine) { l.Available, l.Rank = 25, 51 }, 0, ""},
		{"out, no hit", func(l *StockLine) { l.Rank = 120 }, 15_000_00, Warning},
		{"out, no hit and little money", func(l *StockLine) { l.Rank, l.Price = 120, 20_00 }, 0, ""},
		{"out, a hit and little money", func(l *StockLine) { l.Price = 20_00 }, 3_000_00, Info},
		{"out, hardly sold", func(l *StockLine) { l.Price = 5_00 }, 0, ""},
		{"out, a third of the shop", func(l *StockLine) { l.Price = 4000_00 }, 600_000_00, Critical},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := hit
			tc.change(&l)
			got := StockOuts(Defaults().Stock, Defaults().Money, StockInput{At: noon, Lines: []StockLine{l}, Daily: 600_000_00})
			if tc.want == "" && len(got) == 0 || len(got) == 1 && got[0].Severity == tc.want && got[0].AtRisk == tc.risk {
				return
			}
			t.Errorf("found %+v, want %s at risk of %d", got, tc.want, tc.risk)
		})
	}
}

// Of an item that is out on several channels the worst is told, and what people
// know of already stays.
func TestStockOutsPerItem(t *testing.T) {
	line := func(channel market.Channel, perDay float64, open bool) StockLine {
		return StockLine{SKU: "HIT", Channel: channel, Listed: true, PerDay: perDay, Price: 100_00, Rank: 4, Open: open}
	}
	for _, tc := range []struct {
		lines []StockLine
		want  []market.Channel
	}{
		{[]StockLine{line("taote", 20, false), line("tmall", 50, false)}, []market.Channel{"tmall"}},
		{[]StockLine{line("taote", 20, true), line("tmall", 50, false)}, []market.Channel{"taote"}},
		{[]StockLine{line("taote", 20, true), line("tmall", 50, true)}, []market.Channel{"tmall", "taote"}},
	} {
		var got []market.Channel
		for _, f := range StockOuts(Defaults().Stock, Defaults().Money, StockInput{At: noon, Lines: tc.lines, Daily: 600_000_00}) {
			got = append(got, f.Subject.Channel)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%+v: told of %v, want %v", tc.lines, got, tc.want)
		}
	}
}

func TestComplaintSpikes(t *testing.T) {
	quiet := make([]int64, 28)
	busy := make([]int64, 28)
	for i := range busy {
		busy[i] = int64(2 + i%3)
	}
	soldFour := append([]float64{400}, slices.Repeat([]float64{100}, 28)...)
	for _, tc := range []struct {
		name string
		c    ComplaintCount
		want bool
	}{
		{"nine where there are none", ComplaintCount{Count: 9, Before: quiet}, true},
		{"four where there are none", ComplaintCount{Count: 4, Before: quiet}, true},
		{"three where there are none", ComplaintCount{Count: 3, Before: quiet}, false},
		{"six where three are usual", ComplaintCount{Count: 6, Before: busy}, false},
		{"fifteen where three are usual", ComplaintCount{Count: 15, Before: busy}, true},
		{"fifteen after four times the sales", ComplaintCount{Count: 15, Before: busy, Exposure: soldFour}, false},
		{"nine without history", ComplaintCount{Count: 9, Before: quiet[:5]}, false},
		{"eight, open", ComplaintCount{Count: 8, Before: busy, Open: true}, true},
		{"five, open", ComplaintCount{Count: 5, Before: busy, Open: true}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ComplaintSpikes(Defaults().Complaints, Defaults().Money, ComplaintInput{At: noon, Items: []ComplaintCount{tc.c}})
			if (len(got) == 1) != tc.want {
				t.Errorf("found %+v, want %v", got, tc.want)
			}
		})
	}
	// Of a hundred thousand items one is that high by chance.
	thirteen := ComplaintCount{Count: 13, Before: busy}
	in := ComplaintInput{Items: []ComplaintCount{thirteen}, Watched: 200}
	if got := ComplaintSpikes(Defaults().Complaints, Defaults().Money, in); len(got) != 1 {
		t.Errorf("thirteen of one item in 200: %+v", got)
	}
	in.Watched = 100_000
	if got := ComplaintSpikes(Defaults().Complaints, Defaults().Money, in); len(got) != 0 {
		t.Errorf("thirteen of one item in 100,000: %+v", got)
	}
	fake := ComplaintCount{Count: 5, Before: quiet, Causes: []CauseCount{{Cause: voice.Counterfeit, Count: 3}}}
	if got := ComplaintSpikes(Defaults().Complaints, Defaults().Money, ComplaintInput{Items: []ComplaintCount{fake}}); got[0].Severity != Warning {
		t.Errorf("counterfeit is %s, want it raised", got[0].Severity)
	}
}

func TestApportionIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		total := rapid.Int64Range(-1<<45, 1<<45).Draw(rt, "total")
		shares := rapid.SliceOfN(rapid.Float64Range(-2, 2), 2, 6).Draw(rt, "shares")
		sum := 0.0
		for _, s := range shares[1:] {
			sum += s
		}
		shares[0] = 1 - sum
		left := total
		for i, part := range apportion(total, shares) {
			left -= part
			if exact := float64(total) * shares[i]; math.Abs(float64(part)-exact) > 2+math.Abs(exact)*1e-12 {
				rt.Fatalf("part %d is %d, exactly %f", i, part, exact)
			}
		}
		if left != 0 {
			rt.Fatalf("parts miss the total by %d", left)
		}
	})
}

// Money in another unit changes nothing but the money.
func TestRulesAreBlindToScale(t *testing.T) {
	l := StockLine{SKU: "HIT", Listed: true, PerDay: 50, Price: 100_00, GMV7d: 35_000_00, Rank: 4}
	a := StockOuts(Defaults().Stock, Defaults().Money, StockInput{Lines: []StockLine{l}, Daily: 600_000_00})
	l.Price, l.GMV7d = l.Price*7, l.GMV7d*7
	b := StockOuts(Defaults().Stock, Defaults().Money, StockInput{Lines: []StockLine{l}, Daily: 600_000_00 * 7})
	if a[0].Severity != b[0].Severity || b[0].AtRisk != 7*a[0].AtRisk {
		t.Errorf("%+v and %+v", a[0], b[0])
	}
}
