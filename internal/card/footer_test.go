package card

import (
	"strings"
	"testing"

	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// TestEvidenceFooter: the id stands last in the small print, as code so that it
// can be copied, and the message it is added to is not changed.
func TestEvidenceFooter(t *testing.T) {
	for lang, want := range map[string]string{"zh-CN": "· 依据 #k7f3q2\n", "en": "· evidence #k7f3q2\n"} {
		p := New(i18n.For(lang), shop())
		m := p.GMV(saturdayGMV(), "gmv yesterday")
		before := text(t, m)
		with := p.Evidence(m, "k7f3q2")
		if got := text(t, with); !strings.HasSuffix(got, want) || strings.TrimSuffix(got, want) != before {
			t.Errorf("%s: %q", lang, got)
		}
		note := with.Sections[len(with.Sections)-1].Note
		if id := note[len(note)-1][1]; !id.Code || id.Text != "#k7f3q2" {
			t.Errorf("the id is %+v", id)
		}
		if text(t, m) != before || text(t, p.Evidence(m, "")) != before {
			t.Error("the message itself was changed, or an empty id is shown")
		}
		if got := text(t, p.Evidence(p.Said("hm"), "k7f3q2")); !strings.HasSuffix(got, want) {
			t.Errorf("a message without small print: %q", got)
		}
	}
}

func text(t *testing.T, m chat.Message) string {
	t.Helper()
	var b strings.Builder
	if err := m.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestStoreNote says how large the store is and what to do, in both languages.
func TestStoreNote(t *testing.T) {
	for lang, words := range map[string][2]string{"zh-CN": {"storage.keep", "db compact"}, "en": {"storage.keep", "db compact"}} {
		p := New(i18n.For(lang), shop())
		large, packed := text(t, p.StoreNote("large", 12<<30, 1<<30)), text(t, p.StoreNote("compact", 900<<20, 300<<20))
		if !strings.Contains(large, "12 GiB") || !strings.Contains(large, words[0]) || !strings.Contains(packed, "300 MiB") || !strings.Contains(packed, words[1]) {
			t.Errorf("%s: %q, %q", lang, large, packed)
		}
	}
}
