package forecast

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"shopwatch/internal/analysis/analysistest"
)

// rows of a public table without its header.
func rows(t *testing.T, name ...string) [][]string {
	t.Helper()
	f, err := os.Open(analysistest.Data(t, append([]string{"analytics"}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	list, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list[1:]
}

// numbers of the cells up to the first that is none.
func numbers(cells []string) (out []float64) {
	for _, c := range cells {
		v, err := strconv.ParseFloat(c, 64)
		if err != nil {
			break
		}
		out = append(out, v)
	}
	return out
}

// split is a history with what came after it.
type split struct{ history, truth []float64 }

func m4(t *testing.T, name, ids string) (out []split) {
	test := rows(t, "m4", name+"-test-"+ids+".csv")
	for i, r := range rows(t, "m4", name+"-train-"+ids+".csv") {
		out = append(out, split{numbers(r[1:]), numbers(test[i][1:])})
	}
	return out
}

// ends cuts the last n windows of h steps off a series.
func ends(series [][]float64, h, n int) (out []split) {
	for _, y := range series {
		for o := range n {
			at := len(y) - h*(o+1)
			out = append(out, split{y[:at], y[at : at+h]})
		}
	}
	return out
}

// storeItem is daily sales of the pairs of store and item that are complete.
func storeItem(t *testing.T) (out [][]float64) {
	by := map[string]int{}
	var all [][]float64
	for _, r := range rows(t, "store-item", "daily.csv") {
		k, ok := by[r[1]+"/"+r[2]]
		if !ok {
			k = len(all)
			by[r[1]+"/"+r[2]] = k
			all = append(all, nil)
		}
		all[k] = append(all[k], numbers(r[3:])...)
	}
	for _, y := range all {
		if len(y) == 1826 {
			out = append(out, y)
		}
	}
	return out
}

func uciWeekly(t *testing.T) (out [][]float64) {
	for _, r := range rows(t, "uci-weekly", "items-even.csv") {
		out = append(out, numbers(r[1:53]))
	}
	return out
}

// carparts is monthly demand of the parts that have all 45 months and two
// demands in the first 39.
func carparts(t *testing.T) (out [][]float64) {
	months := rows(t, "carparts", "odd-columns-months-1-45.csv")
	for part := range months[0] {
		var y []float64
		demands := 0
		for i, r := range months {
			y = append(y, numbers(r[part:part+1])...)
			if len(y) == i+1 && i < 39 && y[i] > 0 {
				demands++
			}
		}
		if len(y) == len(months) && demands >= 2 {
			out = append(out, y)
		}
	}
	return out
}

// taxi is half-hourly rides in New York, by day.
func taxi(t *testing.T) (days [][]float64) {
	for i, r := range rows(t, "nab", "realKnownCause", "nyc_taxi.csv") {
		if i%48 == 0 {
			days = append(days, nil)
		}
		days[len(days)-1] = append(days[len(days)-1], numbers(r[1:])...)
	}
	return days
}
