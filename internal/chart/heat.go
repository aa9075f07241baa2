package chart

import (
	"math"
	"strconv"

	"shopwatch/internal/chat"
)

const (
	cellText   = 16.0
	cellGap    = 1.0
	tallestRow = 44.0
	keyHeight  = 34.0
	rowRoom    = 150.0 // for the name of a row
	keyRoom    = 120.0 // for each amount of the key
)

// heatMap is a heat map while it is laid out.
type heatMap struct {
	*scene
	chart   chat.Chart
	plot    box     // of the cells
	left    float64 // where the names of rows begin
	columns int
	values  span
	top     [2]int // row and column of the largest value
	unknown bool   // some cell has no value
}

// heat draws one row of cells for each series into area, the darker the more.
// A cell without a value is hatched, whatever the others hold; the largest has
// a frame. Values are written where there is room for all of them.
func (s *scene) heat(c chat.Chart, area box) {
	h := &heatMap{scene: s, chart: c, plot: area, left: area.x, columns: len(c.Positions)}
	for _, one := range c.Series {
		h.columns = max(h.columns, len(one.Values))
	}
	values, ok := spanOf(c.Series, nil)
	if !ok || h.columns == 0 {
		s.empty(c.NoData, area)
		return
	}
	h.values = span{min(values.low, 0), values.high}
	h.survey()
	h.frame()
	texts := h.texts()
	for r := range c.Series {
		for i := range h.columns {
			h.cell(r, i, texts)
		}
	}
	h.mark()
	h.names()
	h.key()
}

// survey finds the largest value, the first of several, and gaps.
func (h *heatMap) survey() {
	best := math.Inf(-1)
	for r, one := range h.chart.Series {
		for i := range h.columns {
			switch v := valueAt(one.Values, i); {
			case !known(v):
				h.unknown = true
			case v > best:
				best, h.top = v, [2]int{r, i}
			}
		}
	}
}

// valueAt is the value of position i, which may lie beyond what is given.
func valueAt(v chat.Values, i int) float64 {
	if i >= len(v) {
		return math.NaN()
	}
	return v[i]
}

// frame takes the room of the labels off the plot.
func (h *heatMap) frame() {
	left := 0.0
	for _, one := range h.chart.Series {
		left = max(left, h.pen.width(h.rowName(one), axisSize, false))
	}
	if left > 0 {
		left = left*spare + 8
	}
	h.plot.x += left
	h.plot.w -= left
	h.plot.h -= keyHeight
	if len(h.chart.Positions) > 0 {
		h.plot.h -= 26
	}
	h.plot.h = min(h.plot.h, tallestRow*float64(len(h.chart.Series)))
}

func (h *heatMap) rowName(one chat.Series) string {
	return h.pen.fit(one.Name, axisSize, false, rowRoom)
}

// box is the place of a cell.
func (h *heatMap) box(row, column int) box {
	w, tall := h.plot.w/float64(h.columns), h.plot.h/float64(len(h.chart.Series))
	gap := min(cellGap, w/4, tall/4)
	return box{h.plot.x + float64(column)*w, h.plot.y + float64(row)*tall, w - gap, tall - gap}
}

// shade is the ink of a value.
func (h *heatMap) shade(v float64) ink {
	if h.values.high <= h.values.low {
		return heat[0]
	}
	// Halves, as the difference of the ends may pass what a float can hold.
	share := (v/2 - h.values.low/2) / (h.values.high/2 - h.values.low/2)
	return heat[min(int(share*float64(len(heat))), len(heat)-1)]
}

// texts are the values as they stand in the cells; nil when one would not fit.
func (h *heatMap) texts() [][]string {
	one := h.box(0, 0)
	if one.h < (ascent+descent)*cellText+2 {
		return nil
	}
	out := make([][]string, len(h.chart.Series))
	for r, s := range h.chart.Series {
		out[r] = make([]string, h.columns)
		for i := range h.columns {
			if v := valueAt(s.Values, i); known(v) {
				out[r][i] = h.amount(v)
			}
			if h.pen.width(out[r][i], cellText, false)*spare+6 > one.w {
				return nil
			}
		}
	}
	return out
}

// amount writes a value in the unit of the axis with three significant digits.
func (h *heatMap) amount(v float64) string {
	a := axis{format: h.chart.Axis}
	v /= divisor(a.format)
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return a.write(v, -1, v < 1e12 && v > -1e12)
}

func (h *heatMap) cell(row, column int, texts [][]string) {
	b, v := h.box(row, column), valueAt(h.chart.Series[row].Values, column)
	if !known(v) {
		h.hatched(b)
		return
	}
	shade := h.shade(v)
	h.rect(b, shade, 0)
	if texts == nil {
		return
	}
	h.write(point{b.x + b.w/2, centred(b.y+b.h/2, cellText)}, legible(shade), label{text: texts[row][column], size: cellText, anchor: atMiddle})
}

// legible is the ink for texts on a shade.
func legible(shade ink) ink {
	if shade == heat[5] || shade == heat[6] {
		return inkPaper
	}
	return inkText
}

// mark frames the cell of the largest value.
func (h *heatMap) mark() {
	b := h.box(h.top[0], h.top[1])
	around := [][]point{{{b.x, b.y}, {b.right(), b.y}, {b.right(), b.bottom()}, {b.x, b.bottom()}, {b.x, b.y}}}
	h.path(around, inkPaper, 5) // so that it shows among dark cells
	h.path(around, inkText, 2)
}

// names labels rows and columns, leaving out those for which there is no room.
func (h *heatMap) names() {
	const apart = 12.0
	for r, one := range h.chart.Series {
		b := h.box(r, 0)
		name := label{text: h.rowName(one), size: axisSize, anchor: atStart}
		place := point{h.left, centred(b.y+b.h/2, axisSize)}
		if h.free(h.extent(place, name)) {
			h.write(place, inkMuted, name)
		}
	}
	for i := 0; i < len(h.chart.Positions); i += max(h.chart.TickEvery, 1) {
		b := h.box(0, i)
		name := label{text: h.pen.fit(h.chart.Positions[i], axisSize, false, 140), size: axisSize, anchor: atMiddle}
		half := h.pen.width(name.text, axisSize, false) / 2
		place := point{min(max(b.x+b.w/2, half+4), canvasWidth-half-4), h.plot.bottom() + 20}
		room := h.extent(place, name)
		if room.x -= apart; h.free(room) {
			h.write(place, inkAxis, name)
		}
	}
}

// key shows which shade is which amount, and what hatching means.
func (h *heatMap) key() {
	const wide, tall = 30.0, 14.0
	y := h.plot.bottom() + keyHeight - tall
	if len(h.chart.Positions) > 0 {
		y += 20
	}
	x := h.plot.x
	put := func(text string) {
		if text == "" {
			return
		}
		b := h.write(point{x, centred(y+tall/2, axisSize)}, inkMuted, label{text: text, size: axisSize, anchor: atStart})
		x += (b.w-2)*spare + 10
	}
	put(h.pen.fit(h.amount(h.values.low), axisSize, false, keyRoom))
	for _, shade := range heat {
		h.rect(box{x, y, wide - 1, tall}, shade, 0)
		x += wide
	}
	x += 10
	put(h.pen.fit(h.amount(h.values.high), axisSize, false, keyRoom))
	if room := canvasWidth - margin - x - wide - 24; h.unknown && room > 0 {
		x += 14
		h.hatched(box{x, y, wide, tall})
		x += wide + 10
		put(h.pen.fit(h.chart.NoData, axisSize, false, room/spare))
	}
}
