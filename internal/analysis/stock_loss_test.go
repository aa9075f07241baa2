package analysis

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"shopwatch/internal/analysis/analysistest"
	"shopwatch/internal/market"
)

// TestLoss is about ten pieces a day at 50 yuan.
func TestLoss(t *testing.T) {
	for _, c := range []struct {
		name      string
		available int64
		inbound   int64
		comes     float64
		ahead     []float64
		days      float64
		want      market.Fen // with a tenth to either side
	}{
		{"out for five days", 0, 0, 0, nil, 5, 2500_00},
		{"goods come on the second day", 0, 100, 2, nil, 5, 1000_00},
		{"what comes is too little", 0, 15, 2, nil, 5, 1750_00},
		{"three days left of five", 30, 0, 0, nil, 5, 1000_00},
		{"a campaign tomorrow sells five times as much", 30, 0, 0, []float64{1, 5, 1}, 3, 2000_00},
		{"overdue by the source's word", -3, 0, 0, nil, 2, 1000_00},
	} {
		l := StockLine{Available: c.available, Inbound: c.inbound, Comes: c.comes, Ahead: c.ahead, PerDay: 10, Units: 700, Price: 50_00}
		got := l.Loss(c.days)
		if math.Abs(float64(got.Money-c.want)) > .1*float64(c.want) || got.Low > got.Money || got.High < got.Money || got.Low < 0 || got.Days != c.days {
			t.Errorf("%s: %+v, want about %d", c.name, got, c.want)
		}
	}
	enough := StockLine{Available: 1000, PerDay: 10, Units: 70, Price: 50_00}
	if got := enough.Loss(5); got.Money != 0 || got.High != 0 {
		t.Errorf("a full shelf misses %+v", got)
	}
	few, many := StockLine{PerDay: 1, Units: 3, Price: 50_00}, StockLine{PerDay: 1, Units: 3000, Price: 50_00}
	if f, m := few.Loss(5), many.Loss(5); f.High-f.Low <= m.High-m.Low {
		t.Errorf("a pace from three pieces is as sure as one from three thousand: %+v %+v", f, m)
	}
	for _, l := range []StockLine{{PerDay: 0, Price: 50_00}, {PerDay: 10}, {}} {
		if got := l.Loss(5); got.Money != 0 || got.High != 0 {
			t.Errorf("%+v misses %+v", l, got)
		}
	}
}

// TestEvalLossRange counts how often what was sold in the time after a week lay
// within the range of what Loss says an empty shelf misses then. paceDrift was
// chosen on series with an odd number; the others are only measured.
func TestEvalLossRange(t *testing.T) {
	for _, c := range []struct {
		name       string
		series     [][]int
		week, next int // steps
		every      int
	}{
		{"daily sales in shops, five days ahead", dailySales(t), 7, 5, 11},
		{"weekly sales of a gift wholesaler, a week ahead", weeklySales(t), 1, 1, 3},
	} {
		inside, over, all := 0, 0, 0
		for n, sold := range c.series {
			if n%2 == 1 {
				continue
			}
			for at := c.week; at+c.next <= len(sold); at += c.every {
				week, next := total(sold[at-c.week:at]), total(sold[at:at+c.next])
				if week == 0 {
					continue // Loss says nothing of what did not sell
				}
				l := StockLine{PerDay: float64(week) / 7, Units: int64(week), Price: 1}
				got := l.Loss(7 * float64(c.next) / float64(c.week))
				all++
				inside += b2i(next >= got.Low && next <= got.High)
				over += b2i(next > got.High)
			}
		}
		within := 100 * float64(inside) / float64(all)
		analysistest.Row(t, fmt.Sprintf("missed sales, %s, %d looks", c.name, all), fmt.Sprintf("%.1f %% within the range, %.1f %% above", within, 100*float64(over)/float64(all)),
			"–", "meant 80 %; 75 to 92 %", within >= 75 && within <= 92)
	}
}

func total(pieces []int) (n market.Fen) {
	for _, v := range pieces {
		n += market.Fen(v)
	}
	return n
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dailySales are the pieces a day of each pair of shop and item.
func dailySales(t *testing.T) [][]int {
	var out [][]int
	last := ""
	for _, r := range table(t, "store-item", "daily.csv") {
		if pair := r[1] + "/" + r[2]; pair != last {
			out, last = append(out, nil), pair
		}
		out[len(out)-1] = append(out[len(out)-1], pieces(t, r[3]))
	}
	return out
}

// weeklySales are the pieces a week of each item.
func weeklySales(t *testing.T) [][]int {
	var out [][]int
	for _, r := range table(t, "uci-weekly", "items-even.csv") {
		var weeks []int
		for _, cell := range r[1:] {
			weeks = append(weeks, pieces(t, cell))
		}
		out = append(out, weeks)
	}
	return out
}

// table is the rows of a public file without its heading.
func table(t *testing.T, dir, file string) [][]string {
	t.Helper()
	f, err := os.Open(analysistest.Data(t, "analytics", dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func pieces(t *testing.T, cell string) int {
	t.Helper()
	n, err := strconv.Atoi(cell)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
