package source

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// The declarations of the manual are ones that the program takes.
func TestManual(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		block := m[1]
		switch {
		case strings.HasPrefix(block, "sources:"), strings.HasPrefix(block, "limits:"):
		case strings.HasPrefix(block, "- id:"):
			block = "limits: {top_app: {rate: 5/s}}\nsources:\n" + block
		default:
			continue // a part of a declaration
		}
		block = strings.ReplaceAll(block, "fields: {...}", "fields: {refund_id: {jq: .id}, amount: {jq: .fee, unit: major, currency: CNY}, status: {const: open}, created: {jq: .at, format: unix}, modified: {jq: .at, format: unix}}")
		if _, err := ParseSpecs("sources.md", []byte(block), nil); err != nil {
			t.Errorf("%v\n%s", err, block)
		}
		n++
	}
	if n < 4 {
		t.Errorf("only %d declarations were found", n)
	}
	for _, name := range Presets() {
		if !strings.Contains(string(text), name) {
			t.Errorf("preset %s is not in the manual", name)
		}
	}
	first, _, _ := strings.Cut(yamlBlock.FindStringSubmatch(string(text))[1], "```")
	if lines := strings.Count(strings.TrimPrefix(first, "sources:\n"), "\n"); lines > 10 {
		t.Errorf("the house table takes %d lines; the manual promises ten", lines)
	}
}

// manualHouse is the table of the house warehouse as the manual declares it.
func manualHouse(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	return yamlBlock.FindStringSubmatch(string(text))[1]
}
