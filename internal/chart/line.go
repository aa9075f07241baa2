package chart

import (
	"math"
	"slices"

	"shopwatch/internal/chat"
)

const (
	axisSize   = 16.0 // labels of both axes
	nameSize   = 18.0 // names of series and targets
	nameHeight = 21.0 // room for one name beside the plot
	nameRoom   = 190.0
	nameGap    = 12.0 // from the plot to a name
	crowd      = 6    // names of more lines than this move far and need room for leaders
	// spare is what a browser may need beyond our own measure of a text, since
	// it may set it in another font.
	spare = 1.15
)

// lineChart is a line chart while it is laid out.
type lineChart struct {
	*scene
	chart chat.Chart
	plot  box
	axis  axis
	count int      // positions
	names []ending // to stand beside the plot
	gap   float64  // from the plot to the names
}

// curve is a series as runs of neighbouring known points.
type curve struct {
	chat.Series
	runs        [][]point
	first, last int // positions of the first and last known value; -1 if none
}

// lines draws a line chart into area, labels and all.
func (s *scene) lines(c chat.Chart, area box) {
	l := &lineChart{scene: s, chart: c, plot: area, count: len(c.Positions)}
	for _, one := range c.Series {
		l.count = max(l.count, len(one.Values))
	}
	if c.Band != nil && len(c.Positions) == 0 {
		l.count = max(l.count, min(len(c.Band.Low), len(c.Band.High)))
	}
	values, ok := spanOf(withBand(c), c.Targets)
	if !ok {
		s.empty(c.NoData, area)
		return
	}
	l.axis = newAxis(values, c.Axis)
	l.frame()
	curves := l.curves()
	switch {
	case c.Band != nil:
		l.band(*c.Band)
	case !c.Steps: // the area below a price means nothing
		l.shade(curves)
	}
	l.gaps(curves)
	l.scale()
	for _, m := range c.Targets {
		l.target(m)
	}
	for _, role := range []chat.SeriesRole{chat.Older, chat.Previous, chat.Forecast, chat.Current} {
		for _, one := range curves {
			if roleOf(one.Role) == role {
				l.curve(one, curves)
			}
		}
	}
	l.nameAll(curves)
}

// empty says that there is nothing to draw.
func (s *scene) empty(noData string, area box) {
	s.hatched(area)
	s.write(point{area.x + area.w/2, centred(area.y+area.h/2, nameSize)}, inkMuted,
		label{text: s.pen.fit(noData, nameSize, false, area.w-20), size: nameSize, anchor: atMiddle, halo: true})
}

// roleOf is the role a series is drawn in; an unknown one is the background.
func roleOf(r chat.SeriesRole) chat.SeriesRole {
	switch r {
	case chat.Current, chat.Previous, chat.Forecast:
		return r
	case "":
		return chat.Current
	default:
		return chat.Older
	}
}

// frame takes the room of the labels around the plot off it.
func (l *lineChart) frame() {
	left := 0.0
	for _, t := range l.axis.ticks {
		left = max(left, l.pen.width(t.text, axisSize, false))
	}
	right := 0.0
	for _, one := range l.chart.Series {
		right = max(right, l.pen.width(one.Name, nameSize, roleOf(one.Role) == chat.Current))
	}
	for _, m := range l.chart.Targets {
		right = max(right, l.pen.width(m.Name, nameSize, false))
	}
	l.plot.x += left + 10
	l.plot.w -= left + 10
	l.gap = nameGap
	if len(l.chart.Series)+len(l.chart.Targets) > crowd {
		l.gap += 16
	}
	if right > 0 {
		// What a browser needs beyond our measure may reach into the margin.
		l.plot.w -= min(right, nameRoom) + l.gap
	}
	l.plot.h -= 12 // the lower half of the lowest label
	if len(l.chart.Positions) > 0 {
		l.plot.h -= 20
	}
}

func (l *lineChart) x(position int) float64 {
	if l.count < 2 {
		return l.plot.x + l.plot.w/2
	}
	return l.plot.x + l.plot.w*float64(position)/float64(l.count-1)
}

func (l *lineChart) y(value float64) float64 {
	return l.plot.bottom() - l.plot.h*l.axis.share(value)
}

func (l *lineChart) curves() []curve {
	list := make([]curve, len(l.chart.Series))
	for i, one := range l.chart.Series {
		c := curve{Series: one, first: -1, last: -1}
		for p, v := range one.Values {
			if !known(v) {
				continue
			}
			if c.last != p-1 || c.last < 0 {
				c.runs = append(c.runs, nil)
			}
			if c.first < 0 {
				c.first = p
			}
			c.last = p
			run := &c.runs[len(c.runs)-1]
			if n := len(*run); l.chart.Steps && n > 0 {
				*run = append(*run, point{l.x(p), (*run)[n-1].y})
			}
			*run = append(*run, point{l.x(p), l.y(v)})
		}
		list[i] = c
	}
	return list
}

// gaps hatches where the current series is not known although time has passed:
// before and between its known values, not after them.
func (l *lineChart) gaps(curves []curve) {
	for _, c := range curves {
		if roleOf(c.Role) != chat.Current || c.last < 0 {
			continue
		}
		from := 0
		for p := 0; p <= c.last; p++ {
			if !known(c.Values[p]) {
				continue
			}
			if missing := p - from; missing > 0 {
				l.hatch(l.x(max(from-1, 0)), l.x(p))
			}
			from = p + 1
		}
		return
	}
}

func (l *lineChart) hatch(from, to float64) {
	band := box{from, l.plot.y, to - from, l.plot.h}
	l.hatched(band)
	note := label{text: l.chart.NoData, size: axisSize, anchor: atMiddle, halo: true}
	at := point{from + band.w/2, l.plot.y + 22}
	b := l.extent(at, note)
	if note.text != "" && b.w <= band.w && l.free(b) {
		l.write(at, inkMuted, note)
	}
}

// withBand is the series together with the ends of the band, for the axis.
func withBand(c chat.Chart) []chat.Series {
	if c.Band == nil {
		return c.Series
	}
	return append(slices.Clone(c.Series), chat.Series{Values: c.Band.Low}, chat.Series{Values: c.Band.High})
}

// band fills the interval in which values may lie, in runs of positions where
// both ends are known.
func (l *lineChart) band(b chat.Band) {
	var lower, upper []point
	add := func(x, low, high float64) {
		if n := len(lower); l.chart.Steps && n > 0 {
			lower, upper = append(lower, point{x, lower[n-1].y}), append(upper, point{x, upper[n-1].y})
		}
		lower, upper = append(lower, point{x, l.y(low)}), append(upper, point{x, l.y(high)})
	}
	flush := func() {
		if len(lower) > 1 {
			slices.Reverse(upper)
			l.area(append(lower, upper...), inkBand)
		}
		lower, upper = nil, nil
	}
	for p := range min(len(b.Low), len(b.High), l.count) {
		if !known(b.Low[p]) || !known(b.High[p]) {
			flush()
			continue
		}
		add(l.x(p), b.Low[p], b.High[p])
	}
	flush()
}

// shade fills the area below the current series, where that means something:
// on an axis with 0.
func (l *lineChart) shade(curves []curve) {
	if l.axis.low > 0 || l.axis.high < 0 {
		return
	}
	zero := l.plot.bottom() - l.plot.h*(-l.axis.low)/(l.axis.high-l.axis.low)
	for _, c := range curves {
		if roleOf(c.Role) != chat.Current {
			continue
		}
		for _, run := range c.runs {
			if len(run) > 1 {
				polygon := append([]point{{run[0].x, zero}}, run...)
				l.area(append(polygon, point{run[len(run)-1].x, zero}), inkShade)
			}
		}
		return
	}
}

// scale draws the grid and the labels of both axes.
func (l *lineChart) scale() {
	for _, t := range l.axis.ticks {
		y := halves(l.plot.bottom() - l.plot.h*(t.value-l.axis.low)/(l.axis.high-l.axis.low))
		ink := inkGrid
		if t.value == 0 {
			ink = inkGround
		}
		l.segment(point{l.plot.x, y}, point{l.plot.right(), y}, ink, 1)
		l.write(point{l.plot.x - 10, centred(y, axisSize)}, inkAxis, label{text: t.text, size: axisSize, anchor: atEnd})
	}
	l.positions()
}

// positions labels the x axis: each n-th position, n being a multiple of what
// was asked for that leaves the labels apart, and the last one if there is room.
func (l *lineChart) positions() {
	const apart, widest = 14.0, 140.0
	texts := make([]string, len(l.chart.Positions))
	room := 0.0
	for i, t := range l.chart.Positions {
		texts[i] = l.pen.fit(t, axisSize, false, widest)
		room = max(room, l.pen.width(texts[i], axisSize, false))
	}
	every := max(l.chart.TickEvery, 1)
	step := every
	for l.count > 1 && step < l.count && l.x(step)-l.x(0) < room+apart {
		step += every
	}
	for i := 0; i < len(texts); i += step {
		l.position(i, texts[i])
	}
	if last := len(texts) - 1; last > 0 && last%step != 0 {
		l.position(last, texts[last])
	}
}

func (l *lineChart) position(i int, name string) {
	const apart = 12.0
	mark := label{text: name, size: axisSize, anchor: atMiddle}
	half := l.pen.width(name, axisSize, false) / 2
	at := point{x: min(max(l.x(i), half+4), canvasWidth-half-4), y: l.plot.bottom() + 26}
	b := l.extent(at, mark)
	if b.x -= apart; l.free(b) {
		l.write(at, inkAxis, mark)
	}
}

func (l *lineChart) target(m chat.Mark) {
	y := l.y(m.Value)
	ink, dash := markLook(m.Role)
	l.segment(point{l.plot.x, y}, point{l.plot.right(), y}, ink, 1.6, dash...)
}

func markLook(r chat.MarkRole) (ink, []float64) {
	switch r {
	case chat.Base:
		return inkBase, []float64{8, 5}
	case chat.Challenge:
		return inkChallenge, []float64{2, 3}
	case chat.Floor:
		return inkFloor, []float64{10, 3, 2, 3}
	default:
		return inkSprint, []float64{4, 4}
	}
}

// curve strokes one series. A forecast that begins right after the current
// series is joined to its end.
func (l *lineChart) curve(c curve, all []curve) {
	if c.last < 0 {
		return
	}
	ink, width, dash := inkOlder, 2.0, []float64{5, 4}
	switch roleOf(c.Role) {
	case chat.Current:
		ink, width, dash = inkCurrent, 4.5, nil
	case chat.Previous:
		ink, width, dash = inkPrevious, 2.4, nil
	case chat.Forecast:
		ink, width, dash = inkCurrent, 2.6, []float64{2, 5}
		if from, ok := endOf(chat.Current, c.first-1, all); ok {
			c.runs[0] = append([]point{from}, c.runs[0]...)
		}
	}
	l.path(c.runs, ink, width, dash...)
	for _, run := range c.runs {
		if len(run) == 1 {
			l.disc(run[0], width*0.8, ink)
		}
	}
	tip := c.tip()
	switch roleOf(c.Role) {
	case chat.Current:
		l.disc(tip, 8, inkPaper)
		l.disc(tip, 6, inkCurrent)
	case chat.Forecast:
		l.disc(tip, 5, inkCurrent)
		l.disc(tip, 3, inkPaper)
	}
}

// tip is the last known point.
func (c curve) tip() point {
	run := c.runs[len(c.runs)-1]
	return run[len(run)-1]
}

// endOf is the last point of the series of a role, if it ends at position.
func endOf(role chat.SeriesRole, position int, all []curve) (point, bool) {
	for _, c := range all {
		if roleOf(c.Role) == role && c.last == position && position >= 0 {
			return c.tip(), true
		}
	}
	return point{}, false
}

// covered counts how many sampled points of the drawn lines lie under b.
func (l *lineChart) covered(b box, curves []curve) int {
	const every = 5.0
	hits := 0
	for _, c := range curves {
		for _, run := range c.runs {
			for i := 1; i < len(run); i++ {
				hits += under(b, run[i-1], run[i], every)
			}
		}
	}
	for _, m := range l.chart.Targets {
		y := l.y(m.Value)
		hits += under(b, point{l.plot.x, y}, point{l.plot.right(), y}, every)
	}
	return hits
}

func under(b box, from, to point, every float64) int {
	hits := 0
	steps := math.Ceil(math.Hypot(to.x-from.x, to.y-from.y) / every)
	for i := 0.0; i <= steps; i++ {
		t := i / max(steps, 1)
		if b.holds(point{from.x + (to.x-from.x)*t, from.y + (to.y-from.y)*t}) {
			hits++
		}
	}
	return hits
}
