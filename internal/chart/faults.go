package chart

import (
	"fmt"
	"math"

	"shopwatch/internal/chat"
)

// leastContrast is what WCAG 2 asks of texts.
const leastContrast = 4.5

// Faults says what could not be read in the picture of c: texts that overlap,
// leave the canvas or are pale, ticks that read alike, characters without a
// glyph, and a missing description. nil when all is well; an error means that
// the built-in fonts are damaged.
func (k Kit) Faults(c chat.Chart) ([]string, error) {
	p, err := newPen(k.Extra)
	if err != nil {
		return nil, err
	}
	list := compose(p, c).faults()
	if p.missing > 0 {
		list = append(list, fmt.Sprintf("%d characters have no glyph", p.missing))
	}
	if c.Alt == "" {
		list = append(list, "there are no words for those who do not see it")
	}
	return list, nil
}

// faults looks at places, ticks and contrast.
func (s *scene) faults() (list []string) {
	var texts []shape
	for i, one := range s.shapes {
		for _, v := range one.numbers() {
			if math.IsNaN(v) || math.Abs(v) > 2*canvasWidth {
				list = append(list, fmt.Sprintf("a coordinate of %s is %g", one.ink, v))
			}
		}
		if one.kind != textShape {
			continue
		}
		on := inkPaper // a halo has its colour
		if !one.label.halo {
			on = ground(s.shapes[:i], s.labels[len(texts)])
		}
		if contrast(one.ink, on) < leastContrast {
			list = append(list, fmt.Sprintf("%q in %s on %s has a contrast of %.2f", one.label.text, one.ink, on, contrast(one.ink, on)))
		}
		texts = append(texts, one)
	}
	return append(list, s.crowded(texts)...)
}

// crowded looks at the boxes of the texts and for ticks that read alike.
func (s *scene) crowded(texts []shape) (list []string) {
	canvas := box{0, 0, canvasWidth, canvasHeight}
	ticks := map[string]bool{}
	for i, b := range s.labels {
		text := texts[i].label
		if !b.within(canvas) {
			list = append(list, fmt.Sprintf("%q leaves the canvas: %+v", text.text, b))
		}
		for j, other := range s.labels[:i] {
			if b.overlaps(other) {
				list = append(list, fmt.Sprintf("%q at %+v overlaps %q at %+v", text.text, b, texts[j].label.text, other))
			}
		}
		if texts[i].ink != inkAxis || text.anchor != atEnd {
			continue
		}
		if ticks[text.text] {
			list = append(list, fmt.Sprintf("two ticks are labelled %q", text.text))
		}
		ticks[text.text] = true
	}
	return list
}

func (s shape) numbers() []float64 {
	list := []float64{s.box.x, s.box.y, s.box.w, s.box.h, s.at.x, s.at.y, s.radius}
	for _, run := range s.runs {
		for _, p := range run {
			list = append(list, p.x, p.y)
		}
	}
	return list
}

// ground is what a text in b stands on: the last rectangle below its middle.
func ground(below []shape, b box) ink {
	on := inkPaper
	for _, s := range below {
		if s.kind == rectShape && s.box.holds(point{b.x + b.w/2, b.y + b.h/2}) {
			on = s.ink
		}
	}
	return on
}

// luminance is the relative luminance of WCAG 2.
func luminance(i ink) float64 {
	channel := func(v uint8) float64 {
		c := float64(v) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	c := i.rgba()
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

// contrast is the contrast ratio of WCAG 2, from 1 to 21.
func contrast(a, b ink) float64 {
	l, m := luminance(a), luminance(b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}
