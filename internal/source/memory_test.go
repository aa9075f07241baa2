package source

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// What is sealed opens with the same secrets and name only, and says nothing of
// its text.
func TestSeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(8, 80, -1).Draw(t, "text")
		a, err := seal("secrets", "name", text)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := seal("secrets", "name", text)
		if bytes.Equal(a, b) || bytes.Contains(a, []byte(text)) {
			t.Fatal("the seal shows something of the text")
		}
		if got, err := unseal("secrets", "name", a); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
		spoilt := bytes.Clone(a)
		spoilt[rapid.IntRange(0, len(a)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		for name, c := range map[string]struct {
			secrets, name string
			sealed        []byte
		}{
			"other secrets": {"secret", "name", a}, "other name": {"secrets", "nam", a}, "a flipped bit": {"secrets", "name", spoilt},
			"cut": {"secrets", "name", a[:rapid.IntRange(0, len(a)-1).Draw(t, "length")]},
		} {
			if got, err := unseal(c.secrets, c.name, c.sealed); !errors.Is(err, errSeal) || got != "" {
				t.Fatalf("%s: %q, %v", name, got, err)
			}
		}
	})
}
