package lab

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shopDays is the file of the worked example: weekends bring 40 more.
func shopDays() string {
	var b strings.Builder
	b.WriteString("series,timestamp,value\n")
	for d := range 120 {
		fmt.Fprintf(&b, "shop,%d,%d\n", d, 100+bump(d%7 >= 5)*40+d*37%11)
	}
	return b.String()
}

func bump(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// documented fails unless each line of out is in docs/lab.md.
func documented(t *testing.T, out string) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/lab.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if !strings.Contains(string(doc), "    "+line) {
			t.Errorf("docs/lab.md does not show %q", line)
		}
	}
}

func TestForecastExample(t *testing.T) {
	out, errs, err := run(t, forecastVerb(), Session{}, shopDays(), "--horizon", "3", "--season", "7")
	if err != nil || errs != "" || strings.Count(out, "\n") != 4 {
		t.Fatalf("%v %s\n%s", err, errs, out)
	}
	documented(t, out)
}

// TestForecastReads: series are told apart in order of appearance, rows may come
// in any order, empty cells and absent days are unknown, and a series that is
// too short says so instead of guessing.
func TestForecastReads(t *testing.T) {
	var b strings.Builder
	b.WriteString("series,timestamp,value,note\n")
	first := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for d := 59; d >= 0; d-- {
		value := "50"
		if d%10 == 3 {
			value = ""
		}
		if d%10 != 7 {
			fmt.Fprintf(&b, "b,%s,%s,x\n", first.AddDate(0, 0, d).Format(time.DateOnly), value)
		}
	}
	b.WriteString("a,2026-09-01,5,\na,2026-09-02,6,\n")
	out, errs, err := run(t, forecastVerb(), Session{}, b.String(), "--horizon", "2")
	want := "series,step,mean,p10,p50,p90\nb,1,50,50,50,50\nb,2,50,50,50,50\na,1,,,,\na,2,,,,\n"
	if err != nil || out != want || !strings.Contains(errs, "fewer than three known values have no forecast (rows: 1)") {
		t.Errorf("%v %s\n%s\nwant\n%s", err, errs, out, want)
	}
	out, _, err = run(t, forecastVerb(), Session{}, b.String(), "--horizon", "2", "--total")
	if err != nil || !strings.Contains(out, "b,total,100,100,100,100\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestForecastRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		args []string
		says string
	}{
		"no horizon":   {"series,timestamp,value\n", nil, "--horizon 0"},
		"season":       {"series,timestamp,value\n", []string{"--horizon", "3", "--season", "-1"}, "--season -1"},
		"twice":        {"series,timestamp,value\na,1,1\na,2,1\na,1,1\n", []string{"--horizon", "3"}, `series "a": lines 2 and 4 have the same time`},
		"mixed":        {"series,timestamp,value\na,1,1\na,2026-09-01,1\n", []string{"--horizon", "3"}, "has a number and another one a date"},
		"a wrong cell": {"series,timestamp,value\na,1,x\n", []string{"--horizon", "3"}, "bad rows"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := run(t, forecastVerb(), Session{}, c.in, c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

// TestGrid: whatever the step, points come back at their own places.
func TestGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(8, 60).Draw(t, "n")
		step := rapid.SampledFrom([]string{"number", "hour", "day", "week", "month", "month end"}).Draw(t, "step")
		var points []point
		first := time.Date(2024, 1, 31, 8, 0, 0, 0, time.FixedZone("", 8*3600))
		for i := range n {
			if i > 3 && i < n-1 && rapid.IntRange(0, 4).Draw(t, "gap") == 0 {
				continue
			}
			m := moment{at: first}
			switch step {
			case "number":
				m = moment{number: int64(i - 5), counts: true}
			case "hour":
				m.at = first.Add(time.Duration(i) * time.Hour)
			case "day", "week":
				m.at = first.AddDate(0, 0, i*(1+6*bump(step == "week")))
			case "month":
				m.at = first.AddDate(0, 0, -20).AddDate(0, i, 0)
			case "month end":
				m.at = time.Date(2024, time.Month(i+2), 0, 0, 0, 0, 0, time.UTC)
			}
			points = append(points, point{moment: m, value: float64(i)})
		}
		g, err := regular(rapid.Permutation(points).Draw(t, "order"))
		if err != nil || g.uneven || len(g.values) != n || g.absent != n-len(points) {
			t.Fatalf("%v: %d of %d steps of a %s, uneven %v", err, len(g.values), n, step, g.uneven)
		}
		for i, v := range g.values {
			if v == v && v != float64(i) {
				t.Fatalf("step %d holds %g", i, v)
			}
		}
	})
}

// FuzzForecast: whatever the bytes, rows are forecast or told.
func FuzzForecast(f *testing.F) {
	f.Add("series,timestamp,value\na,1,1\na,2,2\na,9,3\n")
	f.Add("series,timestamp,value\na,2026-01-31,1\na,2026-02-28,\na,2026-03-31,1e99\na,2200-01-01,-1\n")
	f.Fuzz(func(t *testing.T, in string) {
		out, errs, err := run(t, forecastVerb(), Session{SkipBad: true}, in, "--horizon", "3")
		if err == nil && (strings.Contains(out, "NaN") || strings.Contains(out, "Inf")) {
			t.Errorf("%q: %s (%s)", in, out, errs)
		}
	})
}
