package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	inCode    = regexp.MustCompile("`([^`]+)`")
	testFunc  = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
	verbName  = regexp.MustCompile(`(?:[Nn]ame(?:: +|  *= )|focused\(\w+, "\w+", )"([a-z0-9_]+)"`)
	ruleName  = regexp.MustCompile(`Rule += "([a-z_]+)"`)
	kindName  = regexp.MustCompile(`DigestKind += "([a-z]+)"`)
	rowNumber = regexp.MustCompile(`^\| R[0-9]+ \|`)
)

// Every command, report, rule, test and story that docs/rows.md names exists,
// and every row that is answered or reported names its proof.
func TestRowsAreTrue(t *testing.T) {
	root := filepath.Join("..", "..")
	known := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".txtar") {
			known[filepath.Base(path)] = true
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sources := []*regexp.Regexp{testFunc}
		if !strings.HasSuffix(path, "_test.go") {
			sources = []*regexp.Regexp{verbName, ruleName, kindName}
		}
		for _, re := range sources {
			for _, m := range re.FindAllStringSubmatch(string(text), -1) {
				known[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "rows.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		if !rowNumber.MatchString(line) {
			continue
		}
		rows++
		cells := strings.Split(line, "|")
		for i, cell := range cells[3:6] {
			for _, m := range inCode.FindAllStringSubmatch(cell, -1) {
				if !known[m[1]] {
					t.Errorf("%s: there is no %q", strings.TrimSpace(cells[1]), m[1])
				}
			}
			if i < 2 && !strings.Contains(cell, "Test") && !strings.Contains(cell, "txtar") {
				t.Errorf("%s: cell %q names no proof", strings.TrimSpace(cells[1]), cell)
			}
			if i == 1 {
				kinds, _, _ := strings.Cut(cell, ":")
				for kind := range strings.SplitSeq(kinds, ",") {
					if kind = strings.TrimSpace(kind); kind != "all" && !known[kind] {
						t.Errorf("%s: there is no report %q", strings.TrimSpace(cells[1]), kind)
					}
				}
			}
		}
	}
	if rows < 26 {
		t.Errorf("%d rows, want R1 to R27 but for R8", rows)
	}
}
