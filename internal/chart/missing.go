package chart

import "slices"

// Missing returns the characters of texts that neither the built-in font nor
// extra (nil for none) can draw, each once and in the order of code points. Emoji
// are left out: charts drop them.
func Missing(extra *Font, texts ...string) ([]rune, error) {
	p, err := newPen(extra)
	if err != nil {
		return nil, err
	}
	var out []rune
	for _, text := range texts {
		for _, r := range text {
			if r > ' ' && !p.has(r) && !isEmoji(r) {
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
