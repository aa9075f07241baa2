package chart

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// colours is the size of the palette. A chart has a dozen inks and their mixes
// at edges; 64 look the same as all and make the file a quarter of the size.
const colours = 64

// bin is a cell of the colour cube at four bits a channel.
type bin uint16

func binOf(c color.RGBA) bin { return bin(c.R>>4)<<8 | bin(c.G>>4)<<4 | bin(c.B>>4) }

// paletted reduces a picture to few colours: the inks in it, which stay exact,
// and the most common mixes. Every other colour becomes the nearest of these.
func paletted(im *image.RGBA) *image.Paletted {
	counts := histogram(im)
	list := choose(counts)
	nearest := make(map[color.RGBA]uint8, len(counts))
	for c := range counts {
		nearest[c] = closest(list, c)
	}
	chosen := make(color.Palette, len(list))
	for i, c := range list {
		chosen[i] = c
	}
	out := image.NewPaletted(im.Rect, chosen)
	last, index := list[0], uint8(0)
	for i := range out.Pix {
		if c := at(im, i); c != last {
			last, index = c, nearest[c]
		}
		out.Pix[i] = index
	}
	return out
}

// at is the i-th pixel, in reading order. Pictures of charts are opaque.
func at(im *image.RGBA, i int) color.RGBA {
	return color.RGBA{R: im.Pix[4*i], G: im.Pix[4*i+1], B: im.Pix[4*i+2], A: 255}
}

// histogram counts the pixels of each colour.
func histogram(im *image.RGBA) map[color.RGBA]int {
	counts := map[color.RGBA]int{}
	run, length := at(im, 0), 0
	for i := range len(im.Pix) / 4 {
		c := at(im, i)
		if c != run {
			counts[run] += length
			run, length = c, 0
		}
		length++
	}
	counts[run] += length
	return counts
}

// choose picks the palette: paper first, then the inks that occur, then the
// most common colour of each of the fullest bins.
func choose(counts map[color.RGBA]int) []color.RGBA {
	list := []color.RGBA{inkPaper.rgba()}
	for _, i := range inks() {
		if c := i.rgba(); counts[c] > 0 && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	type cell struct {
		bin           bin
		total, common int
		face          color.RGBA // the most common colour
	}
	cells := map[bin]*cell{}
	for c, n := range counts {
		if slices.Contains(list, c) {
			continue
		}
		one := cells[binOf(c)]
		if one == nil {
			one = &cell{bin: binOf(c)}
			cells[one.bin] = one
		}
		one.total += n
		if n > one.common || n == one.common && order(c) < order(one.face) {
			one.common, one.face = n, c
		}
	}
	fullest := slices.SortedFunc(maps.Values(cells), func(a, b *cell) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.bin, b.bin))
	})
	for _, one := range fullest[:min(len(fullest), colours-len(list))] {
		list = append(list, one.face)
	}
	return list
}

func order(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

func closest(list []color.RGBA, c color.RGBA) uint8 {
	best, distance := 0, 1<<30
	for i, p := range list {
		r, g, b := int(p.R)-int(c.R), int(p.G)-int(c.G), int(p.B)-int(c.B)
		if d := r*r + g*g + b*b; d < distance {
			best, distance = i, d
		}
	}
	return uint8(best)
}
