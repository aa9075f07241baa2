package lab

import (
	"fmt"
	"strings"
	"testing"
)

// cups is the file of the worked example: a hundred days of an item.
func cups(days int) string {
	var b strings.Builder
	b.WriteString("sku,day,demand\n")
	for d := range days {
		fmt.Fprintf(&b, "CUP,%d,%d\n", d, 8+bump(d%7 >= 5)*6+d*d*31%9)
	}
	return b.String()
}

func TestRestockExample(t *testing.T) {
	out, errs, err := run(t, restockVerb(), Session{}, cups(200), "--service", "0.98", "--lead-mean", "6.5", "--lead-sd", "1.8")
	if err != nil || errs != "" || strings.Count(out, "\n") != 2 {
		t.Fatalf("%v %s\n%s", err, errs, out)
	}
	documented(t, out)
}

// TestRestockSays what is missing: days without a row, a history too short to
// simulate, one too short for a plan; a campaign ahead raises the level.
func TestRestockSays(t *testing.T) {
	in := cups(40) + "NEW,1,3\nNEW,4,2\n"
	out, errs, err := run(t, restockVerb(), Session{}, in)
	for _, want := range []string{"unknown, not zero (rows: 1)", "too few later days to simulate (rows: 1)", "fewer than seven known days have no plan (rows: 1)"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in\n%s", want, errs)
		}
	}
	rows := strings.Split(strings.TrimSpace(out), "\n")
	if err != nil || len(rows) != 3 || rows[2] != "NEW,order up to the level every 7 days,,,,,,,0" {
		t.Errorf("%v\n%s", err, out)
	}
	plain, _, _ := run(t, restockVerb(), Session{}, cups(200))
	in = strings.ReplaceAll(cups(200), "\n", ",\n")
	in = "sku,day,demand,campaign" + strings.TrimPrefix(in, "sku,day,demand,") + "CUP,204,,5\n"
	ahead, _, err := run(t, restockVerb(), Session{}, in)
	if err != nil || level(t, ahead) < level(t, plain)+40 {
		t.Errorf("%v\n%s\n%s", err, plain, ahead)
	}
}

func level(t *testing.T, out string) (n int) {
	t.Helper()
	cells := strings.Split(strings.Split(out, "\n")[1], ",")
	if _, err := fmt.Sscan(cells[3], &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRestockRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		args []string
		says string
	}{
		"service": {"sku,day,demand\n", []string{"--service", "98"}, "service level 98: from 0.5 to 0.999"},
		"hours":   {"sku,day,demand\na,2026-09-01 01:00,1\na,2026-09-01 02:00,1\n", nil, `sku "a": the rows are not a day apart`},
		"below 0": {"sku,day,demand\na,1,-1\n", nil, "bad rows"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := run(t, restockVerb(), Session{}, c.in, c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}
