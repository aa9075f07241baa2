package jobs

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// sell stores one paid order line; a later call with another amount restates it.
func sell(t *testing.T, c *Collector, paidAt time.Time, fen int64, state market.Condition) {
	t.Helper()
	b := market.NewBatch(market.OrderLines, 1)
	i := b.Append()
	for name, v := range map[string]string{"order_id": "1", "line_id": "1", "status": market.Paid} {
		b.SetText(i, b.Table.MustCol(name), v)
	}
	for name, n := range map[string]int64{
		"qty": 1, "amount": fen, "paid": fen, "modified": c.Now().UnixMilli(), "placed_at": paidAt.UnixMilli(), "paid_at": paidAt.UnixMilli(),
	} {
		b.SetInt(i, b.Table.MustCol(name), n)
	}
	s := market.Snapshot{Source: "orders", Table: "order_line", Shop: "tmall", State: state, PulledAt: c.Now(), Window: market.Window{Start: paidAt.Add(-time.Hour), End: c.Now()}}
	if state == market.Complete {
		s.Watermark = c.Now()
	}
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Snapshot: s, Rows: b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A figure that was posted and then restated is set right in the digest's
// thread, once.
func TestOneCorrection(t *testing.T) {
	c, now := collector(t)
	*now = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC) // 08:30 in the shop
	sold := now.Add(-12 * time.Hour)
	s, err := ParseCron("30 8 * * *", testShop().Zone)
	if err != nil {
		t.Fatal(err)
	}
	d := &Digest{
		DB: c.DB, Shop: testShop(), Kind: report.DigestMorning, Logger: slog.New(slog.DiscardHandler), Now: c.Now, Grace: time.Hour,
		Routes: []outbox.Route{{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: []string{Morning}}, {Target: chat.Target{Channel: "C2"}, Lang: "zh-CN"}},
	}
	d.Job(s)
	sell(t, c, sold, 100_000, market.Complete)
	if err := d.Write(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	notes := func() (found []string) {
		t.Helper()
		*now = now.Add(time.Hour)
		if err := d.Correct(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := c.DB.View(t.Context(), func(tx *storage.Tx) error {
			all, err := tx.Undone()
			for _, e := range all {
				if strings.Contains(e.Message.Text, "Correction") {
					if e.Act != chat.Reply || e.RootKey == "" || e.Target.Channel != "C1" {
						t.Errorf("%+v", e)
					}
					found = append(found, e.Message.Text)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := notes(); len(got) != 0 {
		t.Errorf("nothing was restated: %q", got)
	}
	sell(t, c, sold, 100_500, market.Complete)
	if got := notes(); len(got) != 0 {
		t.Errorf("half a per cent: %q", got)
	}
	sell(t, c, sold, 80_000, market.Complete)
	for range 2 {
		if got := notes(); len(got) != 1 || !strings.Contains(got[0], "800") || !strings.Contains(got[0], "¥1K") {
			t.Errorf("%q", got)
		}
	}
	sell(t, c, sold, 40_000, market.Complete)
	if got := notes(); len(got) != 1 {
		t.Errorf("a second correction: %q", got)
	}
}
