package analysistest

import "testing"

// Row prints a row of the table whose figures are written already, such as a
// score with two sides, and fails the test when the aim is missed.
func Row(t *testing.T, benchmark, score, known, aim string, met bool) {
	t.Helper()
	word := "yes"
	if !met {
		word = "no"
	}
	t.Logf("eval: %s | %s | %s | %s | %s", benchmark, score, known, aim, word)
	if !met {
		t.Errorf("%s: %s, the aim is %s", benchmark, score, aim)
	}
}
