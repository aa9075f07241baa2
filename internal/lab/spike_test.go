package lab

import (
	"fmt"
	"strings"
	"testing"
)

// complaints is ten weeks of about five a day; day 60 has so many more, and
// exposure is what it is in proportion to.
func complaints(extra int, exposure string) string {
	var b strings.Builder
	b.WriteString("timestamp,count,exposure\n")
	for i := range 70 {
		n, e := [...]int{4, 6, 5, 3, 7, 5, 4}[i%7], "100"
		if i == 60 {
			n, e = n+extra, exposure
		}
		fmt.Fprintf(&b, "2026-%02d-%02d,%d,%s\n", 9+i/28, 1+i%28, n, e)
	}
	return b.String()
}

// TestSpike: three times as many are a spike, unless three times as many were
// delivered; without history nothing is said.
func TestSpike(t *testing.T) {
	out, errs, err := run(t, spikeVerb(), Session{}, complaints(15, "100"))
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	rows := table(t, out)
	alerts := 0
	for _, row := range rows {
		alerts += len(row["alert"]) * int(row["alert"][0]-'0')
	}
	if alerts != 1 || rows[60]["alert"] != "1" || rows[60]["expected"][:1] != "4" || rows[60]["threshold"] != "11" {
		t.Errorf("%d alerts, day 60: %v", alerts, rows[60])
	}
	if r := rows[8]; r["expected"]+r["threshold"]+r["p"] != "" || r["alert"] != "0" {
		t.Errorf("a day without history: %v", r)
	}
	out, _, err = run(t, spikeVerb(), Session{}, complaints(15, "400"))
	if err != nil || strings.Contains(out, ",1\n") {
		t.Errorf("%v: promotions are no spikes\n%s", err, out)
	}
}

func TestSpikeMethods(t *testing.T) {
	for _, method := range []string{"c1", "c2"} {
		out, _, err := run(t, spikeVerb(), Session{}, complaints(15, "100"), "-method", method)
		if err != nil || table(t, out)[60]["alert"] != "1" {
			t.Errorf("%s: %v\n%s", method, err, out)
		}
	}
	if _, _, err := run(t, spikeVerb(), Session{}, complaints(0, "1"), "-method", "c4"); err == nil || !strings.Contains(err.Error(), "want nb, c1 or c2") {
		t.Error(err)
	}
}

func TestSpikeBadCounts(t *testing.T) {
	_, errs, err := run(t, spikeVerb(), Session{}, "timestamp,count,exposure\n2026-11-22,1.5,1\n2026-11-22,-1,1\n2026-11-23,,1\n2026-11-24,3,-2\n2026-11-25,3,\n")
	if err == nil || strings.Count(errs, "no count") != 2 || strings.Count(errs, "negative") != 1 {
		t.Errorf("%v\n%s", err, errs)
	}
}
