package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

func middle(all []time.Duration) float64 {
	s := slices.Sorted(slices.Values(all))
	return float64(s[len(s)/2]) / float64(time.Millisecond)
}

func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}

// table is the outcome of a run.
type table struct {
	o             options
	rows          []*row
	before, after string
}

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "%d series x %d hours, seed %d; load average %s before, %s after. Medians.\n\n", t.o.skus, t.o.hours, t.o.seed, t.before, t.after)
	fmt.Fprintln(w, "| store | ingest M rows/s | settle s | B/sample, day | B/sample, week | top 50 ms | changes ms | digest ms | series ms |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|")
	for _, r := range t.rows {
		if r.Left != "" {
			fmt.Fprintf(w, "| %s | left out: %s | | | | | | | |\n", r.Name, r.Left)
			continue
		}
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %.3f | %.3f | %.2f | %.2f | %.2f | %.3f |\n", r.Name, r.MRows, r.Settle, r.Bytes, r.Week, r.Top, r.Changes, r.Digest, r.Line)
	}
	fmt.Fprint(w, "\n| ours against | ingest | size, day | size, week | top 50 | changes | digest | series |\n|---|---|---|---|---|---|---|---|\n")
	ours := t.find("ours")
	for _, r := range t.rows {
		if ours == nil || r == ours || r.Left != "" {
			continue
		}
		fmt.Fprintf(w, "| %s | %.1fx | %.1fx | %.1fx | %.1fx | %.1fx | %.1fx | %.1fx |\n", r.Name, ours.MRows/r.MRows, r.Bytes/ours.Bytes,
			r.Week/ours.Week, r.Top/ours.Top, r.Changes/ours.Changes, r.Digest/ours.Digest, r.Line/ours.Line)
	}
	fmt.Fprint(w, "\n| aim | wanted | measured | |\n|---|---|---|---|\n")
	for _, a := range t.aims() {
		verdict := "pass"
		if a.got < a.least {
			verdict = "miss"
		}
		fmt.Fprintf(w, "| %s | >= %.1fx | %.1fx | %s |\n", a.what, a.least, a.got, verdict)
	}
}

// The lines between which a page keeps the tables.
const (
	beginMark = "<!-- peers:begin -->"
	endMark   = "<!-- peers:end -->"
)

// write puts the tables into a page that has the marks.
func (t *table) write(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, begun := strings.Cut(string(page), beginMark)
	_, tail, ended := strings.Cut(rest, endMark)
	if !begun || !ended {
		return fmt.Errorf("%s has no lines %s and %s", path, beginMark, endMark)
	}
	var text strings.Builder
	t.print(&text)
	return os.WriteFile(path, []byte(head+beginMark+"\n"+text.String()+endMark+tail), 0o644) //nolint:gosec // a page for everyone to read
}

func (t *table) find(name string) *row {
	for _, r := range t.rows {
		if r.Name == name && r.Left == "" {
			return r
		}
	}
	return nil
}

// aim is how far ahead ours should be.
type aim struct {
	what       string
	got, least float64
}

// aims are those of the comparison that this run can judge.
func (t *table) aims() []aim {
	ours := t.find("ours")
	if ours == nil {
		return nil
	}
	var out []aim
	if d := t.find("duckdb"); d != nil {
		out = append(out, aim{"ingest, to DuckDB", ours.MRows / d.MRows, 5}, aim{"top 50, to DuckDB", d.Top / ours.Top, 3},
			aim{"changes, to DuckDB", d.Changes / ours.Changes, 3}, aim{"bytes a sample over a day, to DuckDB as loaded", d.Bytes / ours.Bytes, 7})
	}
	if d := t.find("duckdb sorted"); d != nil && d.Week > 0 {
		out = append(out, aim{"bytes a sample over a week, to DuckDB sorted", d.Week / ours.Week, 7},
			aim{"bytes a sample over a day, to DuckDB sorted", d.Bytes / ours.Bytes, 1})
	}
	if p := t.find("postgres"); p != nil {
		out = append(out, aim{"bytes a sample over a day, to PostgreSQL", p.Bytes / ours.Bytes, 100}, aim{"ingest, to PostgreSQL", ours.MRows / p.MRows, 10})
	}
	for _, name := range []string{"sqlite (modernc)", "sqlite (mattn)"} {
		if s := t.find(name); s != nil {
			out = append(out, aim{"bytes a sample over a day, to " + name, s.Bytes / ours.Bytes, 25})
		}
	}
	for _, r := range t.rows {
		if r == ours || r.Left != "" {
			continue
		}
		ahead := min(ours.MRows/r.MRows, r.Bytes/ours.Bytes, r.Top/ours.Top, r.Changes/ours.Changes, r.Digest/ours.Digest, r.Line/ours.Line)
		out = append(out, aim{"ahead in every column of " + r.Name, ahead, 1})
	}
	return out
}

func (t *table) missed() bool {
	return slices.ContainsFunc(t.aims(), func(a aim) bool { return a.got < a.least })
}
