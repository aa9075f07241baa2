package chart

import (
	"fmt"
	"strconv"

	"shopwatch/internal/chat"
)

const (
	barName  = 17.0
	barValue = 17.0
	// thinnestRow keeps the names of neighbours apart.
	thinnestRow = 22.0
	// mostBars share one row; more would leave it.
	mostBars = 3
)

// barChart is a bar chart while it is laid out.
type barChart struct {
	*scene
	chart chat.Chart
	area  box // of the rows, names and values included
	// zero and perUnit map values to x; perUnit is not negative.
	zero, perUnit float64
	rows          int // bars shown
	height        float64
	notes         []note
}

// bars draws one horizontal bar for each position into area.
func (s *scene) bars(c chat.Chart, area box) {
	b := &barChart{scene: s, chart: c, area: area, rows: len(c.Positions)}
	for _, one := range c.Series {
		b.rows = max(b.rows, len(one.Values))
	}
	values, ok := spanOf(c.Series, c.Targets)
	if !ok {
		s.empty(c.NoData, area)
		return
	}
	b.key()
	hidden := b.room()
	b.measure(span{min(values.low, 0), max(values.high, 0)})
	for i := range b.rows {
		b.row(i)
	}
	if hidden > 0 {
		y := b.area.y + (float64(b.rows)+0.5)*b.height
		b.write(point{b.area.x, centred(y, barName)}, inkMuted,
			label{text: fmt.Sprintf("… +%d", hidden), size: barName, anchor: atStart})
	}
	b.segment(point{b.zero, b.area.y}, point{b.zero, b.area.y + float64(b.rows)*b.height}, inkGround, 1)
	b.targets()
	for _, n := range b.notes {
		b.write(n.at, n.ink, n.label)
	}
}

// key explains the colours below the rows when there is more than one series.
func (b *barChart) key() {
	named := 0
	for _, one := range b.chart.Series {
		if one.Name != "" {
			named++
		}
	}
	if len(b.chart.Series) < 2 || named == 0 {
		return
	}
	b.area.h -= 30
	x, y := b.area.x, b.area.bottom()+16
	for _, one := range b.chart.Series {
		name := label{text: b.pen.fit(one.Name, axisSize, false, nameRoom), size: axisSize, anchor: atStart}
		w := b.pen.width(name.text, axisSize, false) * spare
		if x+18+w > canvasWidth-margin {
			return
		}
		b.rect(box{x, y - 6, 12, 12}, barInk(one.Role), 2)
		b.write(point{x + 18, centred(y, axisSize)}, inkMuted, name)
		x += 18 + w + 22
	}
}

func barInk(r chat.SeriesRole) ink {
	switch roleOf(r) {
	case chat.Current:
		return inkCurrent
	case chat.Previous:
		return inkPrevious
	default:
		return inkOlder
	}
}

// room decides how many rows are shown and how high they are, and tells how
// many are left out.
func (b *barChart) room() (hidden int) {
	if len(b.chart.Targets) > 0 {
		b.area.y += nameHeight
		b.area.h -= nameHeight
	}
	fitting := int(b.area.h / thinnestRow)
	lines := b.rows
	if b.rows > fitting {
		hidden = b.rows - (fitting - 1) // one line says how many
		b.rows -= hidden
		lines = fitting
	}
	b.height = min(b.area.h/float64(max(lines, 1)), 84)
	return hidden
}

// measure takes the room of names and values off the width and scales the bars
// to the rest.
func (b *barChart) measure(values span) {
	names, before, after := 0.0, 0.0, 0.0
	for i := range b.rows {
		names = max(names, b.pen.width(b.name(i), barName, false))
		if len(b.chart.Series) == 0 {
			continue
		}
		one := b.chart.Series[0]
		w := b.pen.width(b.value(one, i), barValue, true)*spare + 8
		switch {
		case i >= len(one.Values) || !known(one.Values[i]):
			after = max(after, w+10) // a hatched box that ends behind the text
		case one.Values[i] < 0:
			before = max(before, w)
		default:
			after = max(after, w)
		}
	}
	left := b.area.x + names*spare + 12 + before
	if names == 0 {
		left = b.area.x + before
	}
	right := b.area.right() - after
	width := values.high - values.low
	if width > 0 {
		b.perUnit = (right - left) / width
	}
	b.zero = halves(left - values.low*b.perUnit)
}

// name is what stands left of a bar.
func (b *barChart) name(i int) string {
	if i >= len(b.chart.Positions) {
		return ""
	}
	return b.pen.fit(b.chart.Positions[i], barName, false, nameRoom)
}

// value is what stands at the end of a bar: the series' own label, else the
// number in the unit of the axis.
func (b *barChart) value(one chat.Series, i int) string {
	const widest = 170
	switch {
	case i < len(one.Labels) && one.Labels[i] != "":
		return b.pen.fit(one.Labels[i], barValue, true, widest)
	case i >= len(one.Values) || !known(one.Values[i]):
		return b.pen.fit(b.chart.NoData, barValue, true, widest)
	}
	a := axis{format: b.chart.Axis}
	v := one.Values[i] / divisor(a.format)
	// Four significant digits, the last zeros cut.
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return b.pen.fit(a.write(v, -1, v < 1e12 && v > -1e12), barValue, true, widest)
}

// row draws the bars of one position, the first series thick, the others as
// thin lines below it, with the name on the left and the first series' value at
// the end of its bar.
func (b *barChart) row(i int) {
	shown := min(len(b.chart.Series), mostBars)
	thick := min(b.height*0.54, 32)
	thin := min(thick*0.3, 6)
	top := b.area.y + (float64(i)+0.5)*b.height - (thick+float64(shown-1)*(thin+1))/2
	b.later(point{b.area.x, centred(top+thick/2, barName)}, inkText, label{text: b.name(i), size: barName, anchor: atStart})
	b.first(i, box{y: halves(top), h: halves(thick)})
	top += thick + 1
	for _, one := range b.chart.Series[min(1, shown):shown] {
		if i < len(one.Values) && known(one.Values[i]) {
			b.bar(one.Values[i], barInk(one.Role), box{y: top, h: thin})
		}
		top += thin + 1
	}
}

// first draws the bar of the first series with its value.
func (b *barChart) first(i int, place box) {
	if len(b.chart.Series) == 0 {
		return
	}
	one := b.chart.Series[0]
	value := label{text: b.value(one, i), size: barValue, heavy: true, anchor: atStart, halo: true}
	at := point{b.zero + 9, centred(place.y+place.h/2, barValue)}
	if i >= len(one.Values) || !known(one.Values[i]) {
		value.heavy = false
		b.hatched(box{b.zero, place.y, b.pen.width(value.text, barValue, false) + 18, place.h})
		b.later(at, inkMuted, value)
		return
	}
	drawn := b.bar(one.Values[i], barInk(one.Role), place)
	if one.Values[i] < 0 {
		at.x, value.anchor = drawn.x-8, atEnd
	} else {
		at.x = drawn.right() + 8
	}
	b.later(at, inkText, value)
}

// bar draws a value from zero, rounded at its end only.
func (b *barChart) bar(v float64, i ink, place box) box {
	place.x, place.w = b.zero, v*b.perUnit
	if v < 0 {
		place.x, place.w = b.zero+place.w, -place.w
	}
	if place.w == 0 {
		return place
	}
	radius := min(3, place.h/2, place.w/2)
	b.rect(place, i, radius)
	foot := box{place.x, place.y, radius, place.h}
	if v < 0 {
		foot.x = place.right() - radius
	}
	b.rect(foot, i, 0)
	return place
}

// note is a text that is written above everything else.
type note struct {
	at    point
	ink   ink
	label label
}

func (b *barChart) later(at point, i ink, l label) { b.notes = append(b.notes, note{at, i, l}) }

// targets draws the marks across the rows, named above them.
func (b *barChart) targets() {
	slots := make([]*slot, len(b.chart.Targets))
	names := make(map[*slot]int, len(slots))
	room := (canvasWidth - 2*margin) / float64(max(len(slots), 1))
	bottom := b.area.y + float64(b.rows)*b.height
	for i, m := range b.chart.Targets {
		ink, dash := markLook(m.Role)
		x := halves(b.zero + m.Value*b.perUnit)
		line := [][]point{{{x, b.area.y - 2}, {x, bottom}}}
		b.path(line, inkPaper, 4) // so that it shows on the bars
		b.path(line, ink, 1.6, dash...)
		w := b.pen.width(b.markName(i, room), axisSize, false)
		slots[i] = &slot{want: x, size: min(w*spare+12, room)}
		names[slots[i]] = i
	}
	spread(slots, margin, canvasWidth-margin)
	for _, s := range slots {
		i := names[s]
		ink, _ := markLook(b.chart.Targets[i].Role)
		b.write(point{s.at, b.area.y - 8}, ink, label{text: b.markName(i, room), size: axisSize, anchor: atMiddle})
	}
}

func (b *barChart) markName(i int, room float64) string {
	return b.pen.fit(b.chart.Targets[i].Name, axisSize, false, min(nameRoom, (room-12)/spare))
}
