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

// TestSizeNote: a large store is told of once a week, to those who get every
// alert, in their language; one that is not large is not.
func TestSizeNote(t *testing.T) {
	r := newRig(t, "30 8 * * *", time.Hour)
	routes := []outbox.Route{
		{Target: chat.Target{Channel: "C1"}, Lang: "zh-CN", Alerts: []string{"all"}},
		{Target: chat.Target{Channel: "C2"}, Lang: "en", Alerts: []string{"all"}},
		{Target: chat.Target{Channel: "C3"}, Lang: "en", Alerts: []string{"stock_out"}},
	}
	z := &Size{DB: r.DB, Shop: &market.Shop{ID: "mall", Zone: time.UTC}, Routes: routes, Warn: 1 << 40, Now: r.Now, Logger: r.Logger}
	look := func(want int) (notes []outbox.Entry) {
		t.Helper()
		if err := z.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := r.DB.View(t.Context(), func(tx *storage.Tx) (err error) { notes, err = tx.Undone(); return err })
		if err != nil || len(notes) != want {
			t.Fatalf("%d notes, want %d; %v", len(notes), want, err)
		}
		return notes
	}
	look(0)
	z.Warn = 1
	notes := look(2)
	if zh, en := notes[0].Message.Text, notes[1].Message.Text; !strings.Contains(zh, "数据库已有") || !strings.Contains(en, "The store is") {
		t.Errorf("notes: %q, %q", zh, en)
	}
	r.now = r.now.Add(time.Hour) // a Sunday, still the same week
	look(2)
	r.now = r.now.Add(24 * time.Hour)
	look(4)
}
