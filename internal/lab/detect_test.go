package lab

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// hours is a metric with a daily rhythm, ten weeks long, and a dead hour at the
// end. Line i+2 is hour i.
func hours() string {
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for i := range 1682 {
		v := 1000 + 600*math.Sin(float64(i%24)/24*2*math.Pi) + 40*math.Sin(float64(i*i))
		if i >= 1680 {
			v = 0
		}
		fmt.Fprintf(&b, "%s,%.0f\n", at.Add(time.Duration(i)*time.Hour).Format(time.DateTime), v)
	}
	return b.String()
}

func table(t *testing.T, text string) (rows []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// TestDetect: the dead hours raise one alert, which says what was expected, and
// hours before that none.
func TestDetect(t *testing.T) {
	out, errs, err := run(t, detectVerb(), Session{}, hours(), "-why")
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	header, _, _ := strings.Cut(out, "\n")
	if header != "timestamp,value,score,expected,lower,upper,alert,channel,evidence,seen,data" {
		t.Error(header)
	}
	rows := table(t, out)
	alerts := 0
	for i, row := range rows {
		if i > 400 && row["alert"] == "1" {
			alerts++
			if i < 1680 || row["channel"] != "burst" || !strings.HasPrefix(row["expected"], "1") {
				t.Errorf("row %d: %v", i, row)
			}
		}
	}
	if alerts != 1 || len(rows) != 1682 {
		t.Errorf("%d alerts in %d rows", alerts, len(rows))
	}
}

// TestDetectSeesNoFuture: the answer for the first rows is the same bytes when
// the file ends after them.
func TestDetectSeesNoFuture(t *testing.T) {
	lines := strings.SplitAfter(hours(), "\n")
	whole, _, err := run(t, detectVerb(), Session{}, hours())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2, 3, 62, 400, 1681} {
		part, _, err := run(t, detectVerb(), Session{}, strings.Join(lines[:n], ""))
		if err != nil || !strings.HasPrefix(whole, part) || strings.Count(part, "\n") != n {
			t.Errorf("the first %d lines differ (%v)", n, err)
		}
	}
}

// TestDetectUnknown: an unknown value has no score, in either form; a file in
// the wrong order is read and remarked on.
func TestDetectUnknown(t *testing.T) {
	in := "timestamp,value,phase\n2026-11-22 01:00:00,5,\n2026-11-22 00:00:00,,\n2026-11-23 00:00:00,6,burst\n"
	out, errs, err := run(t, detectVerb(), Session{JSON: true}, in)
	var rows []map[string]any
	if err != nil || json.Unmarshal([]byte(out), &rows) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if rows[1]["score"] != nil || rows[1]["alert"] != 0.0 || rows[0]["score"] != 0.0 || rows[2]["expected"] != nil {
		t.Errorf("%v", rows)
	}
	if !strings.Contains(errs, "the time goes back") || !strings.Contains(errs, "(1 rows)") {
		t.Error(errs)
	}
}
