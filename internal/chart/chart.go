package chart

import (
	"fmt"
	"image/png"
	"io"

	"shopwatch/internal/chat"
)

// Kit draws charts. Its zero value is ready, and it may be used by several
// goroutines at once.
type Kit struct {
	// Extra is asked for characters that the built-in font lacks: traditional
	// Chinese, Japanese, Thai. May be nil.
	Extra *Font
	// Missing, when set, is told after a chart how many of its characters no
	// font has; it is not called for 0. Such characters are drawn as □, emoji
	// are left out.
	Missing func(characters int)
}

// PNG draws c as a picture of 1600 by 900 pixels with at most 64 colours.
// An error comes from w or means that the built-in fonts are damaged.
func (k Kit) PNG(w io.Writer, c chat.Chart) error {
	s, err := k.compose(c)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(w, paletted(raster(s))); err != nil {
		return fmt.Errorf("write chart as png: %w", err)
	}
	return nil
}

// SVG draws c as a stand-alone SVG document with a view box of 800 by 450. The
// class of each element names the role of its colour, for style sheets. Errors
// are as with PNG.
func (k Kit) SVG(w io.Writer, c chat.Chart) error {
	s, err := k.compose(c)
	if err != nil {
		return err
	}
	if _, err := w.Write(document(s)); err != nil {
		return fmt.Errorf("write chart as svg: %w", err)
	}
	return nil
}

func (k Kit) compose(c chat.Chart) (*scene, error) {
	p, err := newPen(k.Extra)
	if err != nil {
		return nil, err
	}
	s := compose(p, c)
	if p.missing > 0 && k.Missing != nil {
		k.Missing(p.missing)
	}
	return s, nil
}

// Uncovered lists the characters of text that no font of the kit has, each
// once, in order; nil when all are covered. Invisible characters do not count.
func (k Kit) Uncovered(text string) ([]rune, error) {
	p, err := newPen(k.Extra)
	if err != nil {
		return nil, err
	}
	var missing []rune
	seen := map[rune]bool{}
	for _, r := range text {
		before := p.missing
		if p.clean(string(r)); p.missing > before && !seen[r] {
			seen[r] = true
			missing = append(missing, r)
		}
	}
	return missing, nil
}

// PNG draws c with the built-in fonts alone; see [Kit.PNG].
func PNG(w io.Writer, c chat.Chart) error { return Kit{}.PNG(w, c) }

// SVG draws c with the built-in fonts alone; see [Kit.SVG].
func SVG(w io.Writer, c chat.Chart) error { return Kit{}.SVG(w, c) }
