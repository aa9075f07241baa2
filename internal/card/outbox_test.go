package card

import (
	"strings"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// TestBelated: a message says what is odd about it, and nothing when nothing is.
func TestBelated(t *testing.T) {
	m := chat.Message{Text: "GMV 628"}
	for lang, want := range map[string][3]string{"zh-CN": {"3 小时", "可能重复", "已被删除"}, "en": {"3 h", "repeat", "deleted"}} {
		p := New(i18n.For(lang), shop())
		if got := p.Belated(m, 0, false, false); len(got.Sections) != 0 || got.Text != m.Text {
			t.Errorf("%s: %+v", lang, got)
		}
		got := text(t, p.Belated(m, 3*time.Hour, true, true))
		for _, w := range append(want[:], "GMV 628") {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q has no %q", lang, got, w)
			}
		}
	}
}

// TestGivenUp names the place, the reason, what it was about and what to do.
func TestGivenUp(t *testing.T) {
	for _, lang := range []string{"zh-CN", "en"} {
		p := New(i18n.For(lang), shop())
		for _, reason := range append([]string{"restricted_action"}, remedies...) {
			got := text(t, p.GivenUp("C0OPS", reason, "GMV 628"))
			for _, w := range []string{"C0OPS", reason, "GMV 628", "shopwatch outbox"} {
				if !strings.Contains(got, w) {
					t.Errorf("%s, %s: %q has no %q", lang, reason, got, w)
				}
			}
		}
	}
}
