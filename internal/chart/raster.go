package chart

import (
	"image"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// density is how many pixels of the PNG make one logical pixel. gg would scale
// coordinates by itself, but not line widths and dashes.
const density = 2

// raster draws a scene on an opaque picture.
func raster(s *scene) *image.RGBA {
	canvas := image.NewRGBA(image.Rect(0, 0, canvasWidth*density, canvasHeight*density))
	r := &canvasPen{dc: gg.NewContextForRGBA(canvas), pen: s.pen}
	for _, one := range s.shapes {
		r.draw(one)
	}
	return canvas
}

type canvasPen struct {
	dc  *gg.Context
	pen *pen
}

func (r *canvasPen) draw(s shape) {
	r.dc.SetColor(s.ink.rgba())
	switch s.kind {
	case rectShape:
		r.dc.DrawRoundedRectangle(s.box.x*density, s.box.y*density, s.box.w*density, s.box.h*density, s.radius*density)
		r.dc.Fill()
	case discShape:
		r.dc.DrawCircle(s.at.x*density, s.at.y*density, s.radius*density)
		r.dc.Fill()
	case areaShape:
		r.follow(s.runs)
		r.dc.ClosePath()
		r.dc.Fill()
	case pathShape:
		r.stroke(s)
	case textShape:
		r.text(s)
	}
}

func (r *canvasPen) follow(runs [][]point) {
	for _, run := range runs {
		for i, p := range run {
			if i == 0 {
				r.dc.MoveTo(p.x*density, p.y*density)
			} else {
				r.dc.LineTo(p.x*density, p.y*density)
			}
		}
	}
}

func (r *canvasPen) stroke(s shape) {
	dash := make([]float64, len(s.dash))
	for i, d := range s.dash {
		dash[i] = d * density
	}
	r.dc.SetDash(dash...)
	r.dc.SetLineWidth(s.width * density)
	r.dc.SetLineCapButt()
	r.dc.SetLineJoinRound()
	if len(dash) == 0 && s.width > 1 {
		r.dc.SetLineCapRound()
	}
	for _, run := range s.runs {
		// One at a time: the rasterizer is slow with many edges on one row.
		r.follow([][]point{run})
		r.dc.Stroke()
	}
}

// text draws the outlines of a text's characters as one path. A halo is the
// same path stroked in the colour of the paper first.
func (r *canvasPen) text(s shape) {
	x := s.at.x
	switch width := r.pen.width(s.label.text, s.label.size, s.label.heavy); s.label.anchor {
	case atMiddle:
		x -= width / 2
	case atEnd:
		x -= width
	}
	x *= density
	for g := range r.pen.glyphs(s.label.text, s.label.size*density, s.label.heavy) {
		r.outline(g, point{x - g.shift, s.at.y * density})
		x += g.advance
	}
	if s.label.halo {
		r.dc.SetColor(inkPaper.rgba())
		r.dc.SetDash()
		r.dc.SetLineWidth(haloWidth * density)
		r.dc.SetLineCapRound()
		r.dc.SetLineJoinRound()
		r.dc.StrokePreserve()
		r.dc.SetColor(s.ink.rgba())
	}
	r.dc.Fill()
}

const haloWidth = 5.0

// outline adds the contours of one character at a point of the canvas.
func (r *canvasPen) outline(g glyph, at point) {
	segments, err := g.font.outlines.LoadGlyph(&r.pen.buffer, g.index, em(g.size), nil)
	if err != nil {
		return // the character takes its room and stays blank
	}
	on := func(p fixed.Point26_6) (x, y float64) { return at.x + float64(p.X)/64, at.y + float64(p.Y)/64 }
	for _, s := range segments {
		x, y := on(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			r.dc.ClosePath()
			r.dc.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			r.dc.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x2, y2 := on(s.Args[1])
			r.dc.QuadraticTo(x, y, x2, y2)
		case sfnt.SegmentOpCubeTo:
			x2, y2 := on(s.Args[1])
			x3, y3 := on(s.Args[2])
			r.dc.CubicTo(x, y, x2, y2, x3, y3)
		}
	}
	r.dc.ClosePath()
}
