package archtest

import (
	"regexp"
	"strings"
	"testing"
)

var (
	word      = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	metricKey = regexp.MustCompile(`Key: "([a-z_0-9]+)"`)
)

// TestGlossary: what the glossary sets in code font is in the code, and every
// metric key is in the glossary, which gives no word twice.
func TestGlossary(t *testing.T) {
	inCode, keys := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		if f.test() || f.dir() == "internal/archtest" {
			continue
		}
		for _, w := range word.FindAllString(f.text, -1) {
			inCode[w] = true
		}
		if f.dir() == "internal/metric" {
			for _, m := range metricKey.FindAllStringSubmatch(f.text, -1) {
				keys[m[1]] = true
			}
		}
	}
	named, seen := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(read(t, "docs/glossary.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.Contains(line, "---") || strings.Contains(line, "中文") {
			continue
		}
		zh := strings.TrimSpace(cells[0])
		if seen[zh] {
			t.Errorf("%s is in the glossary twice", zh)
		}
		seen[zh] = true
		for _, cell := range cells {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("a cell of %s is empty", zh)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			named[m[1]] = true
			if !inCode[m[1]] {
				t.Errorf("%s: no %s in the code", zh, m[1])
			}
		}
	}
	for key := range keys {
		if !named[key] {
			t.Errorf("the metric %s is not in the glossary", key)
		}
	}
	if len(keys) == 0 || len(seen) < 50 {
		t.Errorf("only %d metrics and %d words were read", len(keys), len(seen))
	}
}
