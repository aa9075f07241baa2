package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"shopwatch/internal/chat"
)

// limit is what a picture in a message may weigh.
const limit = 150 << 10

func svgOf(t *testing.T, c chat.Chart) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, c chat.Chart) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PNG(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// golden compares with testdata/name; UPDATE=1 writes it anew.
func golden(t *testing.T, name string, got []byte, same func(got, want []byte) string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (UPDATE=1 writes it)", err)
	}
	if difference := same(got, want); difference != "" {
		t.Errorf("%s: %s (UPDATE=1 accepts it)", name, difference)
	}
}

func TestDrawList(t *testing.T) {
	for name, c := range samples() {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".svg", svgOf(t, c), func(got, want []byte) string {
				g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
				for i := range min(len(g), len(w)) {
					if g[i] != w[i] {
						return "line differs\n got " + g[i] + "\nwant " + w[i]
					}
				}
				if len(g) != len(w) {
					return "has another number of elements"
				}
				return ""
			})
		})
	}
}

func TestPicture(t *testing.T) {
	golden(t, "day_zh.png", pngOf(t, dayZh()), func(got, want []byte) string {
		g, err := png.Decode(bytes.NewReader(got))
		if err != nil {
			return err.Error()
		}
		w, err := png.Decode(bytes.NewReader(want))
		if err != nil {
			return err.Error()
		}
		if g.Bounds() != w.Bounds() {
			return "has another size"
		}
		if d := differing(g, w); d > 0.005 {
			return "differs in more than 0.5 % of its pixels"
		}
		return ""
	})
}

// differing is the share of pixels that differ visibly.
func differing(a, b image.Image) float64 {
	const visible = 0x1000
	bounds, n := a.Bounds(), 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) > visible || apart(g1, g2) > visible || apart(b1, b2) > visible {
				n++
			}
		}
	}
	return float64(n) / float64(bounds.Dx()*bounds.Dy())
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

func TestPicturesAreLightAndSharp(t *testing.T) {
	for name, c := range samples() {
		file := pngOf(t, c)
		if len(file) > limit {
			t.Errorf("%s weighs %d bytes, more than %d", name, len(file), limit)
		}
		im, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		p, ok := im.(*image.Paletted)
		if !ok || im.Bounds() != image.Rect(0, 0, 1600, 900) || len(p.Palette) > 64 {
			t.Fatalf("%s: %T %v, want 1600 by 900 in at most 64 colours", name, im, im.Bounds())
		}
		if r, g, b, _ := im.At(3, 3).RGBA(); r+g+b != 3*0xffff {
			t.Errorf("%s: the paper is not white", name)
		}
	}
}

func TestInksStayExactInThePalette(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := compose(p, gapZh())
	palette := paletted(raster(s)).Palette
	for _, one := range s.shapes {
		if !slices.Contains(palette, color.Color(one.ink.rgba())) {
			t.Errorf("%s is not in the palette", one.ink)
		}
	}
}

func TestDrawingTwiceGivesTheSameBytes(t *testing.T) {
	var group sync.WaitGroup
	want := pngOf(t, raceZh())
	for range 3 {
		group.Go(func() {
			var b bytes.Buffer
			if err := PNG(&b, raceZh()); err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("another picture, error %v", err)
			}
		})
	}
	group.Wait()
}

func TestSVGIsWellFormedAndHarmless(t *testing.T) {
	c := dayEn()
	c.Title, c.Series[0].Name, c.Alt = `<script>alert("1")</script>`, "a&b<i>", `"><script>`
	document := svgOf(t, c)
	decoder := xml.NewDecoder(bytes.NewReader(document))
	elements := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		elements[start.Name.Local]++
		for _, a := range start.Attr {
			if a.Name.Local == "style" || a.Name.Local == "id" || strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("attribute %s on <%s>", a.Name.Local, start.Name.Local)
			}
		}
	}
	known := []string{"circle", "path", "rect", "svg", "text"}
	if got := slices.Sorted(maps.Keys(elements)); !slices.Equal(got, known) {
		t.Errorf("elements %v, want %v", got, known)
	}
	if !bytes.Contains(document, []byte(`aria-label="&#34;&gt;&lt;script&gt;"`)) {
		t.Error("the alternative text is missing")
	}
}

// TestLastPointIsTheHeadline: the dot of the current series stands where its
// last value belongs, on the scale that the ticks tell.
func TestLastPointIsTheHeadline(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := dayZh()
	s := compose(p, c)
	heights := map[string]float64{}
	var dot point
	for _, one := range s.shapes {
		if one.kind == textShape && one.ink == inkAxis {
			heights[one.label.text] = one.at.y - centred(0, axisSize)
		}
		if one.kind == discShape && one.ink == inkCurrent {
			dot = one.at
		}
	}
	perWan := (heights["600万"] - heights["0"]) / 600
	last := c.Series[0].Values[len(c.Series[0].Values)-1]
	if want := heights["0"] + perWan*last/1e6; dot.y < want-1 || dot.y > want+1 {
		t.Errorf("the dot is at %.1f, the value %.1f万 belongs at %.1f", dot.y, last/1e6, want)
	}
}

func TestWriteErrorsComeBack(t *testing.T) {
	full := errors.New("disk full")
	for name, draw := range map[string]func(io.Writer, chat.Chart) error{"png": PNG, "svg": SVG} {
		if err := draw(failing{full}, dayZh()); !errors.Is(err, full) {
			t.Errorf("%s: %v, want the error of the writer", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
