package pricing

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/analysis/analysistest"
	"shopwatch/internal/market"
)

// TestEvalDrops compares Drops with a plain walk over the rows of a price
// history of seven brands, written without its code: floats, a map and a sort.
func TestEvalDrops(t *testing.T) {
	f, err := os.Open(analysistest.Data(t, "double11", "prices_7brands_2016-11.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	quotes := map[string][]Quote{}
	plain := map[string]map[string]float64{} // item, day as 2016-11-05
	for _, row := range rows[1:] {
		at, err := time.Parse("2006/1/2", row[0])
		if err != nil {
			t.Fatal(err)
		}
		price, err := market.ParseFen(row[3], "CNY")
		if err != nil {
			price = 0 // an empty cell
		}
		quotes[row[1]] = append(quotes[row[1]], Quote{At: at, Price: price})
		if v, err := strconv.ParseFloat(row[3], 64); err == nil && v > 0 {
			if plain[row[1]] == nil {
				plain[row[1]] = map[string]float64{}
			}
			plain[row[1]][at.Format(time.DateOnly)] = v
		}
	}
	var want, got []string
	for item, days := range plain {
		var order []string
		for d := range days {
			order = append(order, d)
		}
		slices.Sort(order)
		for i := 1; i < len(order); i++ {
			if days[order[i]]/days[order[i-1]] <= 0.85+1e-9 {
				want = append(want, item+" "+order[i])
			}
		}
	}
	for item, q := range quotes {
		for _, d := range Drops(q, 0.15) {
			got = append(got, item+" "+d.At.Format(time.DateOnly))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	right := 0
	for _, x := range got {
		if slices.Contains(want, x) {
			right++
		}
	}
	if len(want) < 50 {
		t.Fatalf("the plain walk finds only %d drops: %s", len(want), strings.Join(want, ", "))
	}
	analysistest.Eval(t, analysistest.Score{
		Benchmark: fmt.Sprintf("drops of 15 %% or more, %d items over 10 days, %d drops: found and right", len(quotes), len(want)),
		Value:     float64(2*right) / float64(len(want)+len(got)), Aim: 1, Known: "a plain walk: 1", Format: "%.3f",
	})
}
