package bench

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Result is one run.
type Result struct {
	Version   string     `json:"version"` // of the program
	Go        string     `json:"go"`
	OS        string     `json:"os"`
	CPU       string     `json:"cpu"`
	Cores     int        `json:"cores"`
	Memory    int64      `json:"memory_bytes"`
	At        time.Time  `json:"at"`
	Took      float64    `json:"took_seconds"`
	Before    float64    `json:"load_before"` // load average of the last minute
	After     float64    `json:"load_after"`
	SKUs      int        `json:"skus"` // series: an item on a channel
	Days      int        `json:"days"`
	Step      string     `json:"step"`
	Seed      uint64     `json:"seed"`
	Hot       float64    `json:"hot"`
	Workloads []Workload `json:"workloads"`
	Aims      []Aim      `json:"aims"`
}

// Workload is what one workload measured.
type Workload struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Figures []Figure `json:"figures"`
	Took    float64  `json:"took_seconds"`      // all of it, also what is not measured
	Skipped string   `json:"skipped,omitempty"` // why it was not run
}

// Figure is one number. A ratio compares it with what it stands beside.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func (w *Workload) add(name string, value float64, unit string) {
	w.Figures = append(w.Figures, Figure{name, value, unit})
}

// spread adds the median and the tail of times, in milliseconds.
func (w *Workload) spread(name string, times []time.Duration) {
	w.add(name+" p50", quantile(times, 0.5), "ms")
	w.add(name+" p99", quantile(times, 0.99), "ms")
}

// quantile of times in milliseconds, by the nearest rank; NaN for none.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(times))
	at := int(math.Ceil(q*float64(len(sorted)))) - 1
	return float64(sorted[max(0, at)]) / float64(time.Millisecond)
}

// Figure finds a number of the run; false when it was not measured.
func (r *Result) Figure(workload, name string) (float64, bool) {
	for i := range r.Workloads {
		w := &r.Workloads[i]
		if w.ID != workload {
			continue
		}
		for _, f := range w.Figures {
			if f.Name == name && !math.IsNaN(f.Value) {
				return f.Value, true
			}
		}
	}
	return 0, false
}

// Verdict of an aim.
type Verdict string

// Verdicts. A busy machine gives NotJudged to every aim.
const (
	Pass      Verdict = "pass"
	Miss      Verdict = "miss"
	NotJudged Verdict = "not judged"
)

// Aim is a figure with what it should be.
type Aim struct {
	ID      string  `json:"id"`
	What    string  `json:"what"`
	Most    float64 `json:"most,omitempty"`  // at most, when not 0
	Least   float64 `json:"least,omitempty"` // at least, when not 0
	Got     float64 `json:"got"`
	Unit    string  `json:"unit"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"` // why it was not judged
}

func (a *Aim) want() string {
	if a.Most == none {
		return "none"
	}
	if a.Most != 0 {
		return "<= " + number(a.Most) + " " + a.Unit
	}
	return ">= " + number(a.Least) + " " + a.Unit
}

// number writes three digits that matter.
func number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "-"
	case v == math.Trunc(v) && a < 1e6:
		return fmt.Sprintf("%.0f", v)
	case a >= 1000:
		return fmt.Sprintf("%.0f", v)
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// Missed reports whether an aim was judged and missed.
func (r *Result) Missed() bool {
	return slices.ContainsFunc(r.Aims, func(a Aim) bool { return a.Verdict == Miss })
}
