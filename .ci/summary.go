// Command summary reads the events of go test -json and prints what failed, why
// tests were skipped, the result line of each package, and the counts last.
// It exits with 1 when anything failed or nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
}

type tally struct {
	passed, failed, skipped int
	output                  map[[2]string]*strings.Builder // of each test, until it ends
	reasons                 map[string]int                 // why tests were skipped
	results                 []string                       // one line a package
	failures                []string
	broken                  map[string]bool // packages with a failed test
}

func main() {
	t := tally{output: map[[2]string]*strings.Builder{}, reasons: map[string]int{}, broken: map[string]bool{}}
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	t.print(os.Stdout)
	if t.failed > 0 || t.passed == 0 {
		os.Exit(1)
	}
}

func (t *tally) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("not an event of go test -json: %q", lines.Text())
		}
		t.add(e)
	}
	return lines.Err()
}

func (t *tally) add(e event) {
	key := [2]string{e.Package, e.Test}
	if e.Action == "build-output" {
		key = [2]string{"build", e.ImportPath}
	}
	switch e.Action {
	case "output", "build-output":
		if e.Test == "" && (strings.HasPrefix(e.Output, "ok ") || strings.HasPrefix(e.Output, "FAIL\t") || strings.HasPrefix(e.Output, "?")) {
			t.results = append(t.results, strings.TrimSpace(e.Output))
		}
		if t.output[key] == nil {
			t.output[key] = &strings.Builder{}
		}
		t.output[key].WriteString(e.Output)
		return
	case "build-fail":
		t.failures = append(t.failures, t.said([2]string{"build", e.ImportPath}))
		return
	case "pass":
		if e.Test != "" {
			t.passed++
		}
	case "fail":
		if e.Test == "" && t.broken[e.Package] {
			return // told by the test itself
		}
		t.broken[e.Package] = true
		t.failed++
		t.failures = append(t.failures, strings.TrimSpace(e.Package+" "+e.Test)+"\n"+t.said(key))
	case "skip":
		if e.Test != "" {
			t.skipped++
			t.reasons[reason(t.said(key), e.Test)]++
		}
	default:
		return
	}
	delete(t.output, key)
}

func (t *tally) said(key [2]string) string {
	if b := t.output[key]; b != nil {
		return b.String()
	}
	return ""
}

// place is where go test says that a line was written.
var place = regexp.MustCompile(`^\s*[\w.-]+:\d+: `)

// reason is what a test gave t.Skip, or its name when it gave nothing.
func reason(output, test string) string {
	for line := range strings.Lines(output) {
		if at := place.FindString(line); at != "" {
			return strings.TrimSpace(line[len(at):])
		}
	}
	return "no reason given by " + test
}

func (t *tally) print(w io.Writer) {
	for _, f := range t.failures {
		fmt.Fprintf(w, "--- FAIL: %s\n", strings.TrimSpace(f))
	}
	for _, why := range slices.Sorted(maps.Keys(t.reasons)) {
		fmt.Fprintf(w, "skipped %d: %s\n", t.reasons[why], why)
	}
	for _, line := range t.results {
		fmt.Fprintln(w, line)
	}
	if t.skipped > 0 {
		fmt.Fprintf(w, "%d skipped\n", t.skipped)
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", t.passed, t.failed)
}
