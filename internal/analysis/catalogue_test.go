package analysis

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

func shelf(rows ...[3]int32) Shelf {
	var s Shelf
	for _, r := range rows {
		s.Price, s.Rival, s.Stock = append(s.Price, r[0]), append(s.Rival, r[1]), append(s.Stock, r[2])
	}
	return s
}

// TestCatalogueMoves: each row shows one change, at its border.
func TestCatalogueMoves(t *testing.T) {
	prev := shelf(
		[3]int32{10000, 9000, 5}, [3]int32{10000, 9000, 5}, [3]int32{10000, 9000, 0}, [3]int32{10000, 9000, 5},
		[3]int32{10000, 8600, 5}, [3]int32{10000, 8400, 5}, [3]int32{10000, 9000, 5}, [3]int32{0, 0, -2},
	)
	cur := shelf(
		[3]int32{10500, 9000, 5}, // 5 % up
		[3]int32{10499, 9000, 0}, // a little less; sold out
		[3]int32{10000, 9000, 3}, // restocked
		[3]int32{9500, 9000, 5},  // 5 % down
		[3]int32{10000, 8500, 5}, // the rival comes to 85 %
		[3]int32{10000, 8300, 5}, // it was below before
		[3]int32{11000, 9000, 5}, // below 85 % because we went up: a price move, no undercut
		[3]int32{100, 50, 0},     // from nothing: no share to compare; 0 as empty as -2
	)
	got := CatalogueMoves(DefaultCatalogueRule(), cur, prev)
	want := Moves{Prices: []uint32{0, 3, 6}, StockOuts: []uint32{1}, Restocks: []uint32{2}, Undercuts: []uint32{4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCatalogueUnknown: what is not known on either side is no change.
func TestCatalogueUnknown(t *testing.T) {
	prev := shelf([3]int32{10000, 9000, 5}, [3]int32{10000, 9000, 5})
	cur := shelf([3]int32{5000, 1000, 0}, [3]int32{5000, 1000, 0}, [3]int32{1, 1, 0})
	all := market.Bits{1}
	cur.NoPrice, cur.NoRival, cur.NoStock = all, all, all
	later := market.Bits{2}
	prev.NoPrice, prev.NoRival, prev.NoStock = later, later, later
	if got := CatalogueMoves(DefaultCatalogueRule(), cur, prev); !cmp.Equal(got, Moves{}) {
		t.Errorf("%+v", got)
	}
	if _, known := cur.Out(0); known {
		t.Error("row 0 is known to be out")
	}
	if _, known := cur.Undercut(DefaultCatalogueRule(), 9); known {
		t.Error("a row past the end is known")
	}
}

// TestCatalogueMass: half a catalogue out of stock at once is doubted, a large
// number that is a small share is not.
func TestCatalogueMass(t *testing.T) {
	prev, cur := randomShelf(10_000, 0), randomShelf(10_000, 0)
	for i := range 1999 {
		cur.Stock[i] = 0
	}
	if m := CatalogueMoves(DefaultCatalogueRule(), cur, prev); m.Mass || len(m.StockOuts) != 1999 {
		t.Error(m.Mass, len(m.StockOuts))
	}
	for i := range 2001 {
		cur.Stock[i] = 0
	}
	if m := CatalogueMoves(DefaultCatalogueRule(), cur, prev); !m.Mass {
		t.Error("2,001 of 10,000 are no mass")
	}
	few, less := randomShelf(40, 0), randomShelf(40, 0)
	clear(less.Stock)
	if m := CatalogueMoves(DefaultCatalogueRule(), less, few); m.Mass {
		t.Error("40 rows are a mass")
	}
}

// randomShelf has n rows, of which a share differs from that of share 0.
func randomShelf(n int, share float64) Shelf {
	s := Shelf{Price: make([]int32, n), Rival: make([]int32, n), Stock: make([]int32, n)}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		s.Price[i], s.Rival[i], s.Stock[i] = 10000, 9500, 7
		if r.Float64() < share {
			s.Stock[i] -= int32(r.IntN(9))
			s.Price[i] -= int32(r.IntN(900))
			s.Rival[i] -= int32(r.IntN(1900))
		}
	}
	return s
}

// TestCatalogueAgrees compares the scan with the definition, row by row.
func TestCatalogueAgrees(t *testing.T) {
	rule := DefaultCatalogueRule()
	prev, cur := randomShelf(5000, 0.3), randomShelf(5000, 0.6)
	got := CatalogueMoves(rule, cur, prev)
	var want Moves
	for i := range 5000 {
		row := uint32(i)
		if cur.Stock[i] <= 0 && prev.Stock[i] > 0 {
			want.StockOuts = append(want.StockOuts, row)
		}
		if cur.Stock[i] > 0 && prev.Stock[i] <= 0 {
			want.Restocks = append(want.Restocks, row)
		}
		if d := cur.Price[i] - prev.Price[i]; d != 0 && max(d, -d) >= (prev.Price[i]+19)/20 {
			want.Prices = append(want.Prices, row)
		}
		before, _ := prev.Undercut(rule, i)
		now, _ := cur.Undercut(rule, i)
		if now && !before && cur.Rival[i] < prev.Rival[i] {
			want.Undercuts = append(want.Undercuts, row)
		}
	}
	want.Mass = got.Mass
	if diff := cmp.Diff(want, got); diff != "" || len(got.Undercuts) == 0 || len(got.Restocks) == 0 {
		t.Error(diff)
	}
}

func TestCatalogueFindings(t *testing.T) {
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	line := CatalogueLine{Subject: Subject{SKU: "A", Channel: "tmall"}, Price: 10000, PerDay: 20, GMV7d: 1400000, Units7d: 140, Rank: 3}
	out, under, small := line, line, line
	out.Out = true
	under.Under, under.Before, under.Rival, under.Subject.SKU = true, 9500, 8000, "B"
	small.Out, small.PerDay, small.Subject.SKU = true, 0.1, "C"
	still := small
	still.OutOpen, still.Subject.SKU = true, "D"
	got := CatalogueFindings(Defaults(), CatalogueInput{At: at, Daily: 10_000_000, Lines: []CatalogueLine{small, out, under, still}})
	var shown []string
	for _, f := range got {
		shown = append(shown, string(f.Rule)+" "+string(f.Subject.SKU)+" "+string(f.Severity)+" "+f.AtRisk.Decimal("CNY"))
	}
	want := []string{"stock_out A critical 6000.00", "rival_move B critical 3000.00", "stock_out D info 30.00"}
	if !slices.Equal(shown, want) {
		t.Errorf("%q, want %q", shown, want)
	}
}

func BenchmarkDetect1M(b *testing.B) {
	prev, cur := randomShelf(1_000_000, 0), randomShelf(1_000_000, 0.08)
	b.SetBytes(6 * 4 * 1_000_000)
	for b.Loop() {
		CatalogueMoves(DefaultCatalogueRule(), cur, prev)
	}
}
