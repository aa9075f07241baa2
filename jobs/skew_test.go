package jobs

import (
	"strings"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// TestSkewIsToldOnceADay: in the language of each place, whatever comes in, and
// also by a bot that was started anew.
func TestSkewIsToldOnceADay(t *testing.T) {
	r := newRig(t, "30 8 * * *", 0)
	fresh := func() *Skew {
		return &Skew{
			DB: r.DB, Logger: r.Logger, Now: r.Now, Shop: &market.Shop{ID: "mall", Zone: time.UTC},
			Operators: []outbox.Route{{Target: chat.Target{Channel: "C0OPS"}, Lang: "en"}, {Target: chat.Target{Channel: "C0YUNYING"}, Lang: "zh-CN"}},
		}
	}
	notes := func() (out []string) {
		t.Helper()
		err := r.DB.View(t.Context(), func(tx *storage.Tx) error {
			all, err := tx.Undone()
			for _, e := range all {
				out = append(out, e.Target.Channel+" "+e.Message.Text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	s := fresh()
	for range 3 {
		s.Tell(t.Context(), -10*time.Minute)
	}
	fresh().Tell(t.Context(), -10*time.Minute)
	got := strings.Join(notes(), "\n")
	if len(notes()) != 2 || !strings.Contains(got, "10 min ahead of") || !strings.Contains(got, "快 10 分") {
		t.Errorf("told %q", got)
	}
	r.now = r.now.AddDate(0, 0, 1)
	s.Tell(t.Context(), 6*time.Minute)
	got = strings.Join(notes()[2:], "\n")
	if len(notes()) != 4 || !strings.Contains(got, "6 min behind") || !strings.Contains(got, "慢 6 分") {
		t.Errorf("the next day: %q", got)
	}
}
