package archtest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var namedTest = regexp.MustCompile("`((?:Test|Fuzz)\\w+)` \\(`([^`]+)`\\)")

// TestReliability: every test that the table of faults names is in the folder
// that it names, and no row is left out.
func TestReliability(t *testing.T) {
	top, text := root(t), read(t, "docs/reliability.md")
	rows := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, fmt.Sprintf("| %d |", rows+1)) {
			rows++
			if got := strings.Count(line, "|"); got != 7 {
				t.Errorf("row %d has %d cells", rows, got-1)
			}
		}
	}
	found := namedTest.FindAllStringSubmatch(text, -1)
	if rows != 55 || len(found) < 60 {
		t.Errorf("%d rows and %d tests were read", rows, len(found))
	}
	if all := strings.Count(text, "`Test") + strings.Count(text, "`Fuzz"); all != len(found) {
		t.Errorf("%d tests are named, %d of them with their folder", all, len(found))
	}
	for _, m := range found {
		files, err := filepath.Glob(filepath.Join(top, m[2], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, f := range files {
			name, err := filepath.Rel(top, f)
			if err != nil {
				t.Fatal(err)
			}
			there = there || strings.Contains(read(t, filepath.ToSlash(name)), "\nfunc "+m[1]+"(")
		}
		if !there {
			t.Errorf("docs/reliability.md names %s in %s, where it is not", m[1], m[2])
		}
	}
}
