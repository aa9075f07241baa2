package slack

import (
	"strings"
	"testing"
)

// A digest with everything, as posted each morning.
func BenchmarkRender(b *testing.B) {
	m := digest()
	for b.Loop() {
		render(m, lookFull, []string{"F1"})
	}
}

// Outside text of the worst kind and of a length no shop has.
func BenchmarkEscape(b *testing.B) {
	for name, s := range map[string]string{
		"colons":   strings.Repeat(":a", 20_000),
		"letters":  ":" + strings.Repeat("a", 40_000),
		"brackets": strings.Repeat("<", 40_000),
		"mixed":    strings.Repeat("a<b @*_:x: ", 4_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				escape(s, 2_900)
				escapeCode(s, 2_900)
			}
		})
	}
}
