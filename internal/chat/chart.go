package chat

// ChartKind chooses how the series are drawn.
type ChartKind string

// Chart kinds.
const (
	LineChart ChartKind = "line" // a value over ordered positions, e.g. cumulative GMV by hour
	BarChart  ChartKind = "bar"  // horizontal bars, one per position, e.g. units in a race
	HeatChart ChartKind = "heat" // a row of cells per series, the darker the more, e.g. weekdays by hours
)

// Chart is a picture as data: internal/chart draws it as PNG or SVG. Labels are
// already in the reader's language; values are plain numbers in the unit of
// Axis. A value that is not known is NaN in memory and null in JSON, and is
// drawn as a gap, never as zero.
type Chart struct {
	Kind     ChartKind `json:"kind"`
	Title    string    `json:"title"`
	Subtitle string    `json:"subtitle,omitempty"`
	// KPI is the headline figure as text; it must be the last point of the
	// first series. Change stands below it, in the colour of Tone.
	KPI    string `json:"kpi,omitempty"`
	Change string `json:"change,omitempty"`
	Tone   Tone   `json:"tone,omitempty"`
	Footer string `json:"footer,omitempty"`
	// Alt says in words what the picture shows (made from the same figures).
	Alt string `json:"alt"`

	// Positions labels the x axis (or the bars, top to bottom). TickEvery
	// draws each n-th label; 0 or 1 draws all.
	Positions []string `json:"positions"`
	TickEvery int      `json:"tick_every,omitempty"`
	Axis      Axis     `json:"axis"`
	Series    []Series `json:"series"`
	Targets   []Mark   `json:"targets,omitempty"`
	// Band is where ordinary values lie, or expected ones may; drawn behind a
	// line chart.
	Band *Band `json:"band,omitempty"`
	// Steps holds each value of a line until the next position, as prices do.
	Steps bool `json:"steps,omitempty"`
	// NoData labels a hatched gap ("no data" in the reader's language).
	NoData string `json:"no_data,omitempty"`
}

// Tone is whether a change is welcome.
type Tone string

// Tones.
const (
	Neutral Tone = ""
	Good    Tone = "good"
	Bad     Tone = "bad"
)

// Axis turns values into labels: value/Divisor with Suffix, as in 400万 or 4M.
// Divisor 0 means 1.
type Axis struct {
	Divisor float64 `json:"divisor,omitempty"`
	Prefix  string  `json:"prefix,omitempty"`
	Suffix  string  `json:"suffix,omitempty"`
}

// Band is an interval at each position; where one of its ends is not known there
// is none.
type Band struct {
	Low  Values `json:"low"`
	High Values `json:"high"`
}

// SeriesRole picks colour, width and dash of a series.
type SeriesRole string

// Series roles.
const (
	Current  SeriesRole = "current"
	Previous SeriesRole = "previous"
	Older    SeriesRole = "older"
	Forecast SeriesRole = "forecast"
)

// Series is a named run of values, one per position, possibly shorter (a day
// that is not over). Labels, when present, are drawn at the bars.
type Series struct {
	Name   string     `json:"name"`
	Role   SeriesRole `json:"role"`
	Values Values     `json:"values"`
	Labels []string   `json:"labels,omitempty"`
}

// MarkRole picks colour and dash of a target line.
type MarkRole string

// Target roles.
const (
	Base      MarkRole = "base"
	Sprint    MarkRole = "sprint"
	Challenge MarkRole = "challenge"
	Floor     MarkRole = "floor"
)

// Mark is a named horizontal line.
type Mark struct {
	Name  string   `json:"name"`
	Role  MarkRole `json:"role"`
	Value float64  `json:"value"`
}
