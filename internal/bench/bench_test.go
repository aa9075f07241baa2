package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the second process of a run.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "bench-child" {
		if err := Child(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestRun measures a tiny catalogue: every figure that an aim looks for is
// there, and the tables name them.
func TestRun(t *testing.T) {
	r, err := Run(t.Context(), Options{SKUs: 1200, Days: 9, Quick: true, Seed: 1, Dir: t.TempDir(), Only: []string{"W1", "W3", "W4", "W5"}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"W1": true, "W3": true, "W4": true, "W5": true}
	for _, a := range aims {
		if !want[a.workload] || strings.Contains(a.name, "84 days") {
			continue
		}
		if v, ok := r.Figure(a.workload, a.name); !ok || v < 0 && a.unit != "%" {
			t.Errorf("%s %q is %v, %v", a.workload, a.name, v, ok)
		}
	}
	for name, bounds := range map[string][2]float64{
		"rows":                            {1200 * 9 * 24, 1200 * 9 * 24},
		"entropy bytes a sample":          {0.05, 0.09},
		"weeks bytes a sample":            {0.04, 0.2},
		"file bytes a sample, everything": {0.1, 20},
	} {
		if v, _ := r.Figure("W1", name); v < bounds[0] || v > bounds[1] {
			t.Errorf("%s: %g, want %v", name, v, bounds)
		}
	}
	if r.Missed() {
		t.Error("a catalogue of 1,200 missed an aim that is meant for a million, or the machine is broken", r.Aims)
	}
}

// TestFileStaysFlat: with a fixed retention the file takes its freed pages again.
func TestFileStaysFlat(t *testing.T) {
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		t.Skip("SHOPWATCH_SOAK is not set: 101 days of slots")
	}
	r, err := Run(t.Context(), Options{SKUs: 1000, Days: 2, Quick: true, Seed: 1, Dir: t.TempDir(), Only: []string{"G11"}})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := r.Figure("G11", "file growth with fixed retention")
	before, _ := r.Figure("G11", "file after 70 days, a week kept")
	t.Logf("%.1f MB after 70 days, %.1f %% more a month later", before, got)
	if !ok || got > 10 {
		t.Errorf("the file has grown by %.1f %%", got)
	}
}

// TestProcesses runs what needs a second process.
func TestProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	r, err := Run(t.Context(), Options{SKUs: 1000, Days: 2, Quick: true, Seed: 1, Dir: t.TempDir(), Only: []string{"W8"}, Child: []string{os.Args[0], "bench-child"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"slots lost that had been confirmed": 0, "faults found after a kill": 0, "wrong answers": 0, "crashes": 0,
		"faults found after the disk was full": 0, "kill -9": 8,
	} {
		if got, ok := r.Figure("W8", name); !ok || got != want {
			t.Errorf("%s: %g, want %g", name, got, want)
		}
	}
	if n, _ := r.Figure("W8", "of these refused"); n == 0 {
		t.Error("no damage was ever noticed")
	}
}

// TestWithoutChild: what cannot be run says so and is not judged.
func TestWithoutChild(t *testing.T) {
	r, err := Run(t.Context(), Options{SKUs: 1000, Days: 2, Quick: true, Dir: t.TempDir(), Only: []string{"W7"}})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := r.Markdown(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "| W7 | HTTP page to columns | not run | needs a process of its own") {
		t.Error(out.String())
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"both sizes": {Quick: true, Full: true}, "too few": {SKUs: 5}, "a step of two hours": {Step: 2 * time.Hour}, "one day": {Days: 1}, "cold": {Hot: -1},
	} {
		if r, err := Run(t.Context(), o); err == nil || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVerdicts: an aim is judged only on a quiet machine and on what it is
// meant for.
func TestVerdicts(t *testing.T) {
	a := aim{id: "G", what: "size", workload: "W", name: "n", unit: "B", most: 10, million: true}
	for _, c := range []struct {
		name string
		skus int
		load float64
		got  float64
		want Verdict
	}{
		{"kept", 1_000_000, 0.5, 10, Pass},
		{"missed", 1_000_000, 0.5, 11, Miss},
		{"busy", 1_000_000, 1.6, 11, NotJudged},
		{"small", 1000, 0.5, 11, NotJudged},
	} {
		b := run{}
		b.out = Result{SKUs: c.skus, After: c.load, Workloads: []Workload{{ID: "W", Figures: []Figure{{"n", c.got, "B"}}}}}
		if got := b.verdict(&a); got.Verdict != c.want {
			t.Errorf("%s: %s", c.name, got.Verdict)
		}
	}
	b := run{}
	if got := b.verdict(&a); got.Verdict != NotJudged || got.Why != notMeasured {
		t.Error(got)
	}
}

func TestMarkdown(t *testing.T) {
	r := &Result{
		Version: "v1", Go: "go1.26", OS: "linux/amd64", CPU: "Some CPU", Cores: 2, Memory: 24 << 30, Before: 0.1, After: 0.24,
		At: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), Took: 125, SKUs: 1000, Days: 2, Step: "1h0m0s", Seed: 1, Hot: 20,
		Workloads: []Workload{{ID: "W1", Name: "ingest", Figures: []Figure{{"rows", 48000, ""}, {"a row", 0.07184, "B"}}, Took: 12.5}, {ID: "W8", Name: "faults", Skipped: "no process"}},
		Aims: []Aim{
			{ID: "G1", What: "size", Most: 0.1, Got: 0.0718, Unit: "B", Verdict: Pass},
			{ID: "G2", What: "speed", Least: 8, Got: 7.5, Unit: "M/s", Verdict: Miss},
			{ID: "G9", What: "lost", Most: none, Unit: "", Verdict: NotJudged, Why: notMeasured},
		},
	}
	var out strings.Builder
	if err := r.Markdown(&out); err != nil {
		t.Fatal(err)
	}
	want := `Machine: Some CPU, 2 cores, 24 GiB, linux/amd64, go1.26. shopwatch v1.
Data: 1000 series x 2 days, a slot each 1h0m0s, seed 1, visits x20. Load average 0.10 before, 0.24 after. Measured 2026-11-25 09:00 UTC in 2m5s.

| aim | what | wanted | measured | |
|---|---|---|---|---|
| G1 | size | <= 0.1 B | 0.0718 B | pass |
| G2 | speed | >= 8 M/s | 7.50 M/s | miss |
| G9 | lost | none | - | not judged (not measured) |

| | workload | figure | value |
|---|---|---|---|
| W1 | ingest | rows | 48000  |
| W1 | ingest | a row | 0.0718 B |
| W1 | ingest | took in all | 12.5 s |
| W8 | faults | not run | no process |
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(out.String(), "\n")); diff != "" {
		t.Error(diff)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n"+beginMark+"\nold\n"+endMark+"\nrest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteMarkdown(page); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "# Title\n"+beginMark+"\n"+want+endMark+"\nrest\n" {
		t.Errorf("%s", got)
	}
}
