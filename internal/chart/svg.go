package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// families names the fonts for a browser, ours first so that widths agree
// where it is installed.
const families = `"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`

// document writes a scene as a stand-alone SVG that can also stand inside a
// page. It has no ids, styles or scripts, so that it suits a strict content
// security policy and several fit on one page.
func document(s *scene) []byte {
	d := &svgPen{}
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" role="img" aria-label="%s" font-family="%s" class="chart">`+"\n",
		canvasWidth, canvasHeight, escape(s.title), escape(families))
	for _, one := range s.shapes {
		d.draw(one)
	}
	d.put("</svg>\n")
	return d.out.Bytes()
}

type svgPen struct{ out bytes.Buffer }

func (d *svgPen) put(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

func (d *svgPen) draw(s shape) {
	fill := fmt.Sprintf(` class="%s" fill="%s"`, s.ink, s.ink.hex())
	switch s.kind {
	case rectShape:
		d.put(`<rect x="%s" y="%s" width="%s" height="%s"`, short(s.box.x), short(s.box.y), short(s.box.w), short(s.box.h))
		if s.radius > 0 {
			d.put(` rx="%s"`, short(s.radius))
		}
		d.put("%s/>\n", fill)
	case discShape:
		d.put(`<circle cx="%s" cy="%s" r="%s"%s/>`+"\n", short(s.at.x), short(s.at.y), short(s.radius), fill)
	case areaShape:
		d.put(`<path d="%sZ"%s/>`+"\n", pathData(s.runs), fill)
	case pathShape:
		d.stroke(s)
	case textShape:
		d.text(s)
	}
}

func (d *svgPen) stroke(s shape) {
	d.put(`<path d="%s" fill="none" class="%s" stroke="%s" stroke-width="%s" stroke-linejoin="round"`,
		pathData(s.runs), s.ink, s.ink.hex(), short(s.width))
	if len(s.dash) == 0 && s.width > 1 {
		d.put(` stroke-linecap="round"`)
	}
	if len(s.dash) > 0 {
		parts := make([]string, len(s.dash))
		for i, one := range s.dash {
			parts[i] = short(one)
		}
		d.put(` stroke-dasharray="%s"`, strings.Join(parts, " "))
	}
	d.put("/>\n")
}

func (d *svgPen) text(s shape) {
	d.put(`<text x="%s" y="%s" font-size="%s" class="%s" fill="%s"`,
		short(s.at.x), short(s.at.y), short(s.label.size), s.ink, s.ink.hex())
	if s.label.heavy {
		d.put(` font-weight="700"`)
	}
	if s.label.anchor != atStart {
		d.put(` text-anchor="%s"`, s.label.anchor)
	}
	if s.label.halo {
		d.put(` stroke="%s" stroke-width="%s" stroke-linejoin="round" paint-order="stroke"`, inkPaper.hex(), short(haloWidth))
	}
	d.put(">%s</text>\n", escape(s.label.text))
}

func pathData(runs [][]point) string {
	var b strings.Builder
	for _, run := range runs {
		for i, p := range run {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			b.WriteByte(command)
			b.WriteString(short(p.x) + " " + short(p.y))
		}
	}
	return b.String()
}

// short writes a coordinate with at most two decimals, the same on every
// processor.
func short(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 {
		return "0" // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// escape makes text safe inside an element or a quoted attribute.
func escape(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return "" // a bytes.Buffer takes everything
	}
	return b.String()
}
