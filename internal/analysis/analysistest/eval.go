// Package analysistest is what the tests of the analysis share: where public
// data lies, and one line of the table that `make eval` prints. It knows no
// analysis.
package analysistest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Score is a measured figure against its aim.
type Score struct {
	Benchmark string // what was measured, on what
	Value     float64
	// Aim is the least value, or the largest when Less is set.
	Aim   float64
	Less  bool
	Known string // what published methods reach
	// Format is a verb of fmt for both figures; "%.1f" when empty.
	Format string
}

// Eval prints the score as a row of the table and fails the test when the aim
// is missed.
func Eval(t *testing.T, s Score) {
	t.Helper()
	if s.Format == "" {
		s.Format = "%.1f"
	}
	sign, met := ">=", s.Value >= s.Aim
	if s.Less {
		sign, met = "<=", s.Value <= s.Aim
	}
	word := "yes"
	if !met {
		word = "no"
	}
	value, aim := fmt.Sprintf(s.Format, s.Value), fmt.Sprintf(s.Format, s.Aim)
	t.Logf("eval: %s | %s | %s | %s %s | %s", s.Benchmark, value, s.Known, sign, aim, word)
	if !met {
		t.Errorf("%s: %s, the aim is %s %s", s.Benchmark, value, sign, aim)
	}
}

// Data is the path of public test data below $SHOPWATCH_TEST_DATA, by default
// below ../shared/data beside the checkout. Without it the test is skipped.
func Data(tb testing.TB, path ...string) string {
	tb.Helper()
	dir := os.Getenv("SHOPWATCH_TEST_DATA")
	if dir == "" {
		dir = filepath.Join(root(tb), "..", "shared", "data")
	}
	name := filepath.Join(append([]string{dir}, path...)...)
	if _, err := os.Stat(name); err != nil {
		tb.Skipf("the public test data %s is not here: set SHOPWATCH_TEST_DATA", filepath.Join(path...))
	}
	return name
}

// root is the folder of go.mod.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	tb.Fatal("no go.mod above the test")
	return ""
}
