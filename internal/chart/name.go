package chart

import (
	"cmp"
	"slices"

	"shopwatch/internal/chat"
)

// ending is a name to stand right of the plot, at the end of a line.
type ending struct {
	slot
	label label
	ink   ink
	from  point // the end of the line
	rank  int   // when there is no room for all, the smallest stay
}

// nameAll names every line: those that reach the right edge and the targets
// beside the plot, the others near their end.
func (l *lineChart) nameAll(curves []curve) {
	for _, c := range curves {
		if c.last < 0 || c.Name == "" {
			continue
		}
		if c.last == l.count-1 && l.count > 1 || !l.nameInside(c, curves) {
			l.nameBeside(c)
		}
	}
	for _, m := range l.chart.Targets {
		if m.Name == "" {
			continue
		}
		y := l.y(m.Value)
		ink, _ := markLook(m.Role)
		name := label{text: l.pen.fit(m.Name, nameSize, false, nameRoom), size: nameSize, anchor: atStart}
		l.names = append(l.names, ending{
			slot: slot{want: y, size: nameHeight}, label: name, ink: ink, from: point{l.plot.right(), y}, rank: 1,
		})
	}
	l.beside()
}

func nameLook(r chat.SeriesRole) (ink ink, heavy bool, rank int) {
	switch roleOf(r) {
	case chat.Current:
		return inkCurrent, true, 0
	case chat.Previous:
		return inkMuted, true, 2
	case chat.Forecast:
		return inkCurrent, false, 3
	default:
		return inkOlderName, false, 4
	}
}

// nameInside puts a name near the end of its line, where it covers the least of
// the other lines. It tells false when every place is taken.
func (l *lineChart) nameInside(c curve, curves []curve) bool {
	ink, heavy, _ := nameLook(c.Role)
	name := label{text: l.pen.fit(c.Name, nameSize, heavy, nameRoom), size: nameSize, heavy: heavy, anchor: atStart, halo: true}
	tip := c.tip()
	w, h := l.pen.width(name.text, nameSize, heavy), (ascent+descent)*nameSize
	best, cost := point{}, -1
	for _, far := range []float64{1, 1.8, 3} {
		for i, side := range []point{{-1, -1}, {-0.5, -1.1}, {0, -1.1}, {0.9, 0}, {0.7, 1}, {-1, 0}, {0, 1.1}, {-1, 1}} {
			centre := point{tip.x + side.x*(w/2+12*far), tip.y + side.y*(h/2+10*far)}
			at := point{centre.x - w/2, centred(centre.y, nameSize)}
			b := l.extent(at, name)
			if !b.within(l.plot) || !l.free(b) {
				continue
			}
			if price := 10*l.covered(b, curves) + i + int(8*far); cost < 0 || price < cost {
				best, cost = at, price
			}
		}
	}
	if cost < 0 {
		return false
	}
	l.write(best, ink, name)
	return true
}

func (l *lineChart) nameBeside(c curve) {
	ink, heavy, rank := nameLook(c.Role)
	tip := c.tip()
	l.names = append(l.names, ending{
		slot:  slot{want: tip.y, size: nameHeight},
		label: label{text: l.pen.fit(c.Name, nameSize, heavy, nameRoom), size: nameSize, heavy: heavy, anchor: atStart},
		ink:   ink, from: tip, rank: rank,
	})
}

// beside writes the names right of the plot, apart from each other, with a
// leader line from the end of the line where a name had to move away from it.
func (l *lineChart) beside() {
	// Names may stand a little outside the plot, but not reach the positions.
	low, high := l.plot.y-10, l.plot.bottom()+8
	slices.SortStableFunc(l.names, func(a, b ending) int { return cmp.Compare(a.rank, b.rank) })
	l.names = l.names[:min(len(l.names), int((high-low)/nameHeight))]
	slots := make([]*slot, len(l.names))
	for i := range l.names {
		slots[i] = &l.names[i].slot
	}
	spread(slots, low, high)
	x := l.plot.right() + l.gap
	for _, n := range l.names {
		if n.moved() > 12 || n.from.x < l.plot.right()-1 {
			l.segment(point{n.from.x + 3, n.from.y}, point{x - 3, n.at}, n.ink, 1)
		}
		l.write(point{x, centred(n.at, nameSize)}, n.ink, n.label)
	}
}
