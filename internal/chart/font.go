package chart

import (
	_ "embed" // the two fonts below
	"fmt"
	"iter"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

var (
	//go:embed fonts/NotoSansSC-Regular.ttf
	regularTTF []byte
	//go:embed fonts/NotoSansSC-Bold.ttf
	boldTTF []byte
)

// Parsing takes milliseconds and its result may be shared, so each font is
// parsed once per process, when the first chart is drawn.
var (
	regular = sync.OnceValues(func() (*Font, error) { return ParseFont(regularTTF) })
	bold    = sync.OnceValues(func() (*Font, error) { return ParseFont(boldTTF) })
)

// Font is a parsed TrueType or OpenType font. It may be shared.
type Font struct{ outlines *sfnt.Font }

// ParseFont reads one font. Font collections (.ttc) are an error.
func ParseFont(file []byte) (*Font, error) {
	outlines, err := sfnt.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("parse font: %w", err)
	}
	return &Font{outlines: outlines}, nil
}

func (f *Font) glyph(buffer *sfnt.Buffer, r rune) sfnt.GlyphIndex {
	index, err := f.outlines.GlyphIndex(buffer, r)
	if err != nil {
		return 0
	}
	return index
}

// A line of text is taken to reach this far above and below its baseline, in
// em. The font's own line height is half as much again and would keep labels
// needlessly apart.
const (
	ascent  = 0.88
	descent = 0.25
)

// replacement is drawn for a character that no font has.
const replacement = '□'

// pen writes the texts of one chart: it knows which font has which character
// and how wide a text is. It is not safe for concurrent use.
type pen struct {
	regular, bold, extra *Font // extra may be nil
	buffer               sfnt.Buffer
	missing              int // characters no font has
}

func newPen(extra *Font) (*pen, error) {
	r, err := regular()
	if err != nil {
		return nil, err
	}
	b, err := bold()
	if err != nil {
		return nil, err
	}
	return &pen{regular: r, bold: b, extra: extra}, nil
}

// glyph is one character as it is drawn.
type glyph struct {
	font    *Font
	index   sfnt.GlyphIndex
	size    float64
	advance float64 // how far it moves the pen, in the unit of size
	shift   float64 // where its outline starts, before the pen's place
}

// font is the first font that has r, nil if none does. Both weights of the
// built-in font have the same characters.
func (p *pen) font(r rune, heavy bool) (*Font, sfnt.GlyphIndex) {
	main := p.regular
	if heavy {
		main = p.bold
	}
	if index := main.glyph(&p.buffer, r); index != 0 {
		return main, index
	}
	if p.extra != nil {
		if index := p.extra.glyph(&p.buffer, r); index != 0 {
			return p.extra, index
		}
	}
	return nil, 0
}

// glyphs lays text out in a line. Characters that no font has are left out;
// clean has replaced them before.
func (p *pen) glyphs(text string, size float64, heavy bool) iter.Seq[glyph] {
	return func(yield func(glyph) bool) {
		for _, r := range text {
			f, index := p.font(r, heavy)
			if f == nil {
				continue
			}
			g := glyph{font: f, index: index, size: size}
			if a, err := f.outlines.GlyphAdvance(&p.buffer, index, em(size), font.HintingNone); err == nil {
				g.advance = float64(a) / 64
			}
			if r == '·' && g.advance > size*0.9 {
				// Noto sets the middle dot full width, as for Chinese names. As a
				// separator between spaces that is a hole in the line.
				g.shift, g.advance = g.advance*0.3, g.advance*0.4
			}
			if !yield(g) {
				return
			}
		}
	}
}

// em is a font size in the unit of the font reader.
func em(size float64) fixed.Int26_6 { return fixed.Int26_6(size * 64) }

// clean makes text drawable: one line, emoji dropped, □ for other characters
// that no font has. Both are counted as missing; invisible characters are not.
func (p *pen) clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		case p.has(r):
			b.WriteRune(r)
		case isEmoji(r):
			p.missing++
		default:
			p.missing++
			b.WriteRune(replacement)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p *pen) has(r rune) bool {
	f, _ := p.font(r, false)
	return f != nil
}

// isEmoji tells pictographs, which may vanish without loss of meaning (no
// message relies on them alone), from letters, which must not.
func isEmoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF ||
		r >= 0x2B00 && r <= 0x2BFF || r >= 0x2300 && r <= 0x23FF || r == 0x20E3
}

// width is the length of text in logical pixels.
func (p *pen) width(text string, size float64, heavy bool) float64 {
	total := 0.0
	for g := range p.glyphs(text, size, heavy) {
		total += g.advance
	}
	return total
}

// fit cuts text to a width, with an ellipsis in place of what is lost.
func (p *pen) fit(text string, size float64, heavy bool, width float64) string {
	if p.width(text, size, heavy) <= width {
		return text
	}
	runes := []rune(text)
	for n := len(runes) - 1; n > 0; n-- {
		short := strings.TrimRight(string(runes[:n]), " ·") + ellipsis(runes[n-1])
		if p.width(short, size, heavy) <= width {
			return short
		}
	}
	return ellipsis(' ')
}

// ellipsis follows last. The font draws … half-way up, which is right after
// Chinese only.
func ellipsis(last rune) string {
	if unicode.Is(unicode.Han, last) {
		return "…"
	}
	return "..."
}
