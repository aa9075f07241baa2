package voice

import (
	"strings"
	"testing"
)

func TestBuiltinLexicon(t *testing.T) {
	l, err := ParseLexicon(BuiltinText())
	if err != nil {
		t.Fatal(err)
	}
	if l.Len() < 1500 {
		t.Errorf("only %d cues", l.Len())
	}
}

func TestOwnLexicon(t *testing.T) {
	l, err := ParseLexicon("\ufeff# ours\r\n[quality]\r\nsquealing, ~Hinge,\r\n[negation]\r\nnever\r\n[praise]\r\nfine\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"a squealing noise": Quality, "never squealing": Other, "hinge is fine": Other, "the hinge": Quality, "假货": Other,
	} {
		if got := l.Find(text)[0].Cause; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestBadLexicons(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "no cue of any cause",
		"[praise]\ngood":                    "no cue of any cause",
		"坏":                                 `line 1: "坏" stands before the first [section]`,
		"\n[qualty]\n坏":                     `line 2: unknown section "qualty"`,
		"[other]\n坏":                        `line 1: unknown section "other"`,
		"[quality\n坏":                       `line 1: "[quality" lacks its ]`,
		"[quality unless rainy]\n坏":         `line 1: "[quality unless rainy]": the only condition`,
		"[quality]\n坏…":                     `line 2: cue "坏…"`,
		"[quality]\n坏, ?":                   `line 2: cue ""`,
		"[quality]\n坏\n[praise]\n~good":     `line 4: cue "good": the marks`,
		"[quality]\n\xff\xfe":               "line 2: cue",
		"[quality unless food]\n…坏\n[food]": `line 2: cue "…坏"`,
	} {
		_, err := ParseLexicon(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzParseLexicon(f *testing.F) {
	f.Add("[quality]\n坏, ~a…b\n[negation]\nnot")
	f.Add("[quality]\n!0")
	f.Add("[counterfeit unless food]\n假\n[food]\n苹果")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLexicon(text)
		if err != nil {
			return
		}
		if hits := l.Find(text); len(hits) == 0 {
			t.Error("no answer")
		}
	})
}
