package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLabDocument runs the commands of docs/lab.md that read docs/examples and
// compares what they say.
// A command may end in "| tail -N" or "| grep 'TEXT'".
func TestLabDocument(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	text, err := os.ReadFile(filepath.Join("docs", "lab.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		command, ok := strings.CutPrefix(line, "    $ shopwatch ")
		if !ok || !strings.Contains(command, "docs/examples/") {
			continue
		}
		var want []string
		for _, l := range lines[i+1:] {
			if !strings.HasPrefix(l, "    ") {
				break
			}
			want = append(want, strings.TrimPrefix(l, "    "))
		}
		ran++
		command, filter, _ := strings.Cut(command, " | ")
		out, errs, code := run(t, strings.Fields(command)...)
		if got := filtered(t, strings.Split(strings.TrimSuffix(out, "\n"), "\n"), filter); code != exitOK || !slices.Equal(got, want) {
			t.Errorf("%s (exit %d) %s\n%s\nthe document says\n%s", line, code, errs, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if ran < 2 {
		t.Errorf("docs/lab.md has %d examples", ran)
	}
}

func filtered(t *testing.T, lines []string, filter string) []string {
	t.Helper()
	switch word, rest, _ := strings.Cut(filter, " "); word {
	case "":
	case "tail", "head":
		n, err := strconv.Atoi(strings.TrimPrefix(rest, "-"))
		if err != nil {
			t.Fatal(err)
		}
		if n = min(n, len(lines)); word == "head" {
			return lines[:n]
		}
		return lines[len(lines)-n:]
	case "grep":
		return slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, strings.Trim(rest, "'")) })
	default:
		t.Fatalf("the document uses %q, which this test does not know", filter)
	}
	return lines
}

// TestLabUsage: exit codes, where the answer goes, and that nothing half-written
// stays.
func TestLabUsage(t *testing.T) {
	good := write(t, "good.csv", "timestamp,value\n2026-11-22,1\n")
	bad := write(t, "bad.csv", "timestamp,value\n2026-11-22,1\n2026-11-23,x\n2026-11-24,3\n")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such verb":  {[]string{"lab", "dtect"}, exitUsage, "dtect"},
		"no such flag":  {[]string{"lab", "detect", "--threshold", "3", good}, exitUsage, "--threshold"},
		"two files":     {[]string{"lab", "detect", good, bad}, exitUsage, "at most 1"},
		"no such file":  {[]string{"lab", "detect", "no-such.csv"}, exitNo, "no-such.csv"},
		"other columns": {[]string{"lab", "spike", good}, exitNo, `no column "count"`},
		"wrong method":  {[]string{"lab", "spike", "--method", "x", good}, exitUsage, "want nb, c1 or c2"},
		"bad row":       {[]string{"lab", "detect", bad}, exitNo, "bad.csv:3: value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, code := run(t, c.args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d; said %q, want %q in it", code, c.code, errs, c.says)
			}
		})
	}
	target := filepath.Join(t.TempDir(), "out.csv")
	if out, errs, code := run(t, "lab", "detect", bad, "-o", target); code != exitNo || out != "" {
		t.Errorf("exit %d, %q %q", code, out, errs)
	}
	if left, _ := os.ReadDir(filepath.Dir(target)); len(left) != 0 {
		t.Errorf("a failed run left %v", left)
	}
	if _, errs, code := run(t, "lab", "detect", bad, "--skip-bad", "-o", target); code != exitOK {
		t.Errorf("exit %d, %q", code, errs)
	}
	if text, err := os.ReadFile(target); err != nil || strings.Count(string(text), "\n") != 3 {
		t.Errorf("%v %q", err, text)
	}
}
