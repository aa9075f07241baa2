package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Markdown writes the run as a page of tables.
func (r *Result) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Machine: %s, %d cores, %.0f GiB, %s, %s. shopwatch %s.\n", r.CPU, r.Cores, float64(r.Memory)/(1<<30), r.OS, r.Go, r.Version)
	fmt.Fprintf(&b, "Data: %d series x %d days, a slot each %s, seed %d", r.SKUs, r.Days, r.Step, r.Seed)
	if r.Hot != 1 {
		fmt.Fprintf(&b, ", visits x%s", number(r.Hot))
	}
	fmt.Fprintf(&b, ". Load average %.2f before, %.2f after. Measured %s in %s.\n",
		r.Before, r.After, r.At.UTC().Format("2006-01-02 15:04 UTC"), (time.Duration(r.Took) * time.Second).String())
	b.WriteString("\n| aim | what | wanted | measured | |\n|---|---|---|---|---|\n")
	for i := range r.Aims {
		a := &r.Aims[i]
		verdict := string(a.Verdict)
		if a.Why != "" {
			verdict += " (" + a.Why + ")"
		}
		got := "-"
		if a.Why != notMeasured {
			got = number(a.Got) + " " + a.Unit
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", a.ID, a.What, a.want(), got, verdict)
	}
	b.WriteString("\n| | workload | figure | value |\n|---|---|---|---|\n")
	for i := range r.Workloads {
		wl := &r.Workloads[i]
		if wl.Skipped != "" {
			fmt.Fprintf(&b, "| %s | %s | not run | %s |\n", wl.ID, wl.Name, wl.Skipped)
			continue
		}
		for _, f := range wl.Figures {
			fmt.Fprintf(&b, "| %s | %s | %s | %s %s |\n", wl.ID, wl.Name, f.Name, number(f.Value), f.Unit)
		}
		fmt.Fprintf(&b, "| %s | %s | took in all | %s s |\n", wl.ID, wl.Name, number(wl.Took))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The lines between which a page keeps its tables.
const (
	beginMark = "<!-- bench:begin -->"
	endMark   = "<!-- bench:end -->"
)

// WriteMarkdown puts the tables into a page: between its marks when it has
// them, else in place of all it holds.
func (r *Result) WriteMarkdown(path string) error {
	var tables bytes.Buffer
	if err := r.Markdown(&tables); err != nil {
		return err
	}
	page, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	head, rest, begun := strings.Cut(string(page), beginMark)
	_, tail, ended := strings.Cut(rest, endMark)
	text := tables.String()
	if begun && ended {
		text = head + beginMark + "\n" + text + endMark + tail
	}
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // a page for everyone to read
}
