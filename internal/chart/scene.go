package chart

import (
	"math"
	"slices"
	"strings"

	"shopwatch/internal/chat"
)

// The canvas in logical pixels. Everything in a scene is measured in these;
// only the PNG doubles them.
const (
	canvasWidth  = 800.0
	canvasHeight = 450.0
	margin       = 28.0
)

type point struct{ x, y float64 }

// box is an upright rectangle; y grows downwards.
type box struct{ x, y, w, h float64 }

func (b box) right() float64  { return b.x + b.w }
func (b box) bottom() float64 { return b.y + b.h }

func (b box) overlaps(o box) bool {
	return b.x < o.right() && o.x < b.right() && b.y < o.bottom() && o.y < b.bottom()
}

func (b box) within(o box) bool {
	return b.x >= o.x && b.y >= o.y && b.right() <= o.right() && b.bottom() <= o.bottom()
}

func (b box) holds(p point) bool {
	return p.x > b.x && p.x < b.right() && p.y > b.y && p.y < b.bottom()
}

// anchor is the part of a text that stands at its point.
type anchor string

const (
	atStart  anchor = "start"
	atMiddle anchor = "middle"
	atEnd    anchor = "end"
)

type shapeKind uint8

const (
	rectShape shapeKind = iota
	pathShape           // strokes: one or more runs of points
	areaShape           // a filled polygon: the first run
	discShape
	textShape
)

// shape is one element of the draw list. Which fields count depends on kind.
type shape struct {
	kind   shapeKind
	ink    ink
	box    box       // rect
	radius float64   // rect corners, disc
	runs   [][]point // path, area
	width  float64   // path
	dash   []float64 // path; nil is solid
	at     point     // disc, text (on the baseline)
	label  label     // text
}

// label is a text and how it is set.
type label struct {
	text   string
	size   float64
	heavy  bool
	anchor anchor
	halo   bool // keeps lines behind the text away from it
}

// scene is the draw list of one chart: the only thing the outputs read, so
// that they cannot disagree.
type scene struct {
	pen    *pen
	title  string // what the picture shows, for those who do not see it
	shapes []shape
	labels []box // of every text, in order
}

// compose lays a chart out. What it draws depends on the chart alone.
func compose(p *pen, c chat.Chart) *scene {
	s := &scene{pen: p, title: c.Alt}
	c = s.cleaned(c)
	s.rect(box{0, 0, canvasWidth, canvasHeight}, inkPaper, 0)
	plot := box{x: margin, w: canvasWidth - 2*margin, y: s.header(c)}
	plot.h = s.footer(c) - plot.y
	switch c.Kind {
	case chat.BarChart:
		s.bars(c, plot)
	case chat.HeatChart:
		s.heat(c, plot)
	default:
		s.lines(c, plot)
	}
	return s
}

// cleaned is the chart with drawable texts and at most one value per position.
func (s *scene) cleaned(c chat.Chart) chat.Chart {
	clean := s.pen.clean
	c.Title, c.Subtitle, c.KPI, c.Change = clean(c.Title), clean(c.Subtitle), clean(c.KPI), clean(c.Change)
	c.Footer, c.NoData = clean(c.Footer), clean(c.NoData)
	c.Axis.Prefix, c.Axis.Suffix = clean(c.Axis.Prefix), clean(c.Axis.Suffix)
	c.Positions = s.cleanAll(c.Positions)
	series := make([]chat.Series, len(c.Series))
	for i, one := range c.Series {
		one.Name, one.Labels = clean(one.Name), s.cleanAll(one.Labels)
		if len(c.Positions) > 0 && len(one.Values) > len(c.Positions) {
			one.Values = one.Values[:len(c.Positions)]
		}
		series[i] = one
	}
	c.Series = series
	marks := make([]chat.Mark, 0, len(c.Targets))
	for _, m := range c.Targets {
		if known(m.Value) {
			m.Name = clean(m.Name)
			marks = append(marks, m)
		}
	}
	c.Targets = marks
	return c
}

func (s *scene) cleanAll(texts []string) []string {
	clean := make([]string, len(texts))
	for i, t := range texts {
		clean[i] = s.pen.clean(t)
	}
	return clean
}

func (s *scene) rect(b box, i ink, radius float64) {
	s.shapes = append(s.shapes, shape{kind: rectShape, ink: i, box: b, radius: radius})
}

func (s *scene) disc(at point, radius float64, i ink) {
	s.shapes = append(s.shapes, shape{kind: discShape, ink: i, at: at, radius: radius})
}

func (s *scene) area(run []point, i ink) {
	s.shapes = append(s.shapes, shape{kind: areaShape, ink: i, runs: [][]point{run}})
}

// path strokes runs of points; a run of one point draws nothing.
func (s *scene) path(runs [][]point, i ink, width float64, dash ...float64) {
	s.shapes = append(s.shapes, shape{kind: pathShape, ink: i, runs: runs, width: width, dash: dash})
}

func (s *scene) segment(a, b point, i ink, width float64, dash ...float64) {
	s.path([][]point{{a, b}}, i, width, dash...)
}

// write sets a text with its anchor at a point on the baseline and tells the
// box it fills. An empty text fills nothing.
func (s *scene) write(at point, i ink, l label) box {
	if l.text == "" {
		return box{}
	}
	b := s.extent(at, l)
	at = point{halves(at.x), halves(at.y)}
	s.shapes = append(s.shapes, shape{kind: textShape, ink: i, at: at, label: l})
	s.labels = append(s.labels, b)
	return b
}

// extent is the box that a text at a point fills, with a pixel to spare.
func (s *scene) extent(at point, l label) box {
	w := s.pen.width(l.text, l.size, l.heavy)
	at = point{halves(at.x), halves(at.y)} // as write will
	b := box{at.x - 1, at.y - ascent*l.size, w + 2, (ascent + descent) * l.size}
	switch l.anchor {
	case atMiddle:
		b.x -= w / 2
	case atEnd:
		b.x -= w
	}
	return b
}

// free tells whether a text could stand in b without touching another.
func (s *scene) free(b box) bool {
	return !slices.ContainsFunc(s.labels, b.overlaps)
}

// hatched marks an area where nothing is known.
func (s *scene) hatched(b box) {
	const gap = 9.0
	s.rect(b, inkVoid, 0)
	var runs [][]point
	// Strokes rise to the right; x0 is where one would cross the lower edge.
	for x0 := b.x - b.h + gap; x0 < b.right(); x0 += gap {
		from := point{max(x0, b.x), b.bottom() - max(0, b.x-x0)}
		to := point{min(x0+b.h, b.right()), b.bottom() - min(b.h, b.right()-x0)}
		runs = append(runs, []point{from, to})
	}
	s.path(runs, inkHatching, 1)
}

// centred is the baseline that centres digits and capitals on y.
func centred(y, size float64) float64 { return y + 0.36*size }

// halves rounds to half a pixel, which is a whole one in the PNG: edges of
// grid lines and feet of letters stay sharp.
func halves(v float64) float64 { return math.Round(v*2) / 2 }

// header writes title, headline and change, and tells where the plot begins.
func (s *scene) header(c chat.Chart) float64 {
	const gap, full = 24.0, canvasWidth - 2*margin
	bottom := 8.0
	kpi := label{text: c.KPI, size: 34, heavy: true, anchor: atEnd}
	for kpi.size > 20 && s.pen.width(kpi.text, kpi.size, true) > full/2 {
		kpi.size--
	}
	kpi.text = s.pen.fit(kpi.text, kpi.size, true, full*0.7)
	title := label{text: c.Title, size: 24, heavy: true, anchor: atStart}
	room := full - gap - s.pen.width(kpi.text, kpi.size, true)
	for title.size > 20 && s.pen.width(title.text, title.size, true) > room {
		title.size--
	}
	title.text = s.pen.fit(title.text, title.size, true, room)
	change := label{text: s.pen.fit(c.Change, 18, false, full*0.6), size: 18, anchor: atEnd}
	subtitle := label{size: 17, anchor: atStart}
	subtitle.text = s.pen.fit(c.Subtitle, 17, false, full-gap-s.pen.width(change.text, 18, false))

	for _, l := range []struct {
		label
		at  point
		ink ink
	}{
		{title, point{margin, 47}, inkText},
		{subtitle, point{margin, 76}, inkMuted},
		{kpi, point{canvasWidth - margin, 52}, inkText},
		{change, point{canvasWidth - margin, 81}, toneInk(c.Tone)},
	} {
		if l.text != "" {
			bottom = max(bottom, s.write(l.at, l.ink, l.label).bottom())
		}
	}
	return bottom + 24
}

func toneInk(t chat.Tone) ink {
	switch t {
	case chat.Good:
		return inkGood
	case chat.Bad:
		return inkBad
	default:
		return inkMuted
	}
}

// footer writes the last line and tells where the rest must end.
func (s *scene) footer(c chat.Chart) float64 {
	if strings.TrimSpace(c.Footer) == "" {
		return canvasHeight - 18
	}
	s.write(point{margin, 430}, inkMuted, label{
		text: s.pen.fit(c.Footer, 16, false, canvasWidth-2*margin), size: 16, anchor: atStart,
	})
	return 410
}
