package jobs

import (
	"encoding/json"
	"log/slog"
	"maps"
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

// putRows stores rows of a table of events, each a map of columns; times are moments.
func putRows(t *testing.T, c *Collector, table *market.Table, rows ...map[string]any) {
	t.Helper()
	b := market.NewBatch(table, len(rows))
	for _, r := range rows {
		i := b.Append()
		for name, v := range r {
			switch v := v.(type) {
			case string:
				b.SetText(i, table.MustCol(name), v)
			case int:
				b.SetInt(i, table.MustCol(name), int64(v))
			case time.Time:
				b.SetInt(i, table.MustCol(name), v.UnixMilli())
			}
		}
	}
	w := market.Window{Start: c.Now().AddDate(0, 0, -2), End: c.Now()}
	s := market.Snapshot{Source: table.Name, Table: table.Name, Shop: "tmall", State: market.Complete, PulledAt: c.Now(), Window: w, Watermark: c.Now()}
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Snapshot: s, Rows: b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every headline figure that was restated is named, in both languages: orders that
// were taken back, refunds that came late, a funnel that was counted again. Each
// is set right once; what moved a little is left alone.
func TestCorrectionNamesFigures(t *testing.T) {
	c, now := collector(t)
	*now = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC) // 08:30 in the shop
	sold := now.Add(-12 * time.Hour).Truncate(time.Hour)
	s, err := ParseCron("30 8 * * *", testShop().Zone)
	if err != nil {
		t.Fatal(err)
	}
	d := &Digest{
		DB: c.DB, Shop: testShop(), Kind: report.DigestMorning, Logger: slog.New(slog.DiscardHandler), Now: c.Now, Grace: time.Hour,
		Routes: []outbox.Route{
			{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: []string{Morning}},
			{Target: chat.Target{Channel: "C2"}, Lang: "zh-CN", Digests: []string{Morning}},
		},
	}
	d.Job(s)
	hour := func(visitors, paying int) map[string]any {
		return map[string]any{"hour": sold, "channel": "c", "unit": "u", "entry": "search", "visitors": visitors, "pay_users": paying}
	}
	order := func(id, status string, fen int) map[string]any {
		return map[string]any{
			"order_id": id, "line_id": "1", "status": status, "qty": 1, "amount": fen, "paid": fen, "modified": *now, "placed_at": sold, "paid_at": sold,
		}
	}
	refund := func(id string, fen int) map[string]any {
		return map[string]any{"refund_id": id, "amount": fen, "status": "success", "created": sold, "modified": *now, "success_at": sold}
	}
	putRows(t, c, market.OrderLines, order("1", market.Paid, 100_000), order("2", market.Paid, 500))
	putRows(t, c, market.Traffic, hour(1000, 30))
	putRows(t, c, market.Refunds, refund("r1", 10_000))
	if err := d.Write(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	look := func() (said []string) {
		t.Helper()
		*now = now.Add(time.Hour)
		if err := d.Correct(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := c.DB.View(t.Context(), func(tx *storage.Tx) error {
			all, err := tx.Undone()
			for _, e := range all {
				if !strings.Contains(e.Message.Text, "Correction") && !strings.Contains(e.Message.Text, "更正") {
					continue
				}
				text := e.Lang + ":"
				for _, l := range e.Message.Sections[0].Body {
					text += " " + l[0].Text
				}
				said = append(said, text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	putRows(t, c, market.Traffic, hour(1020, 31)) // 2 % more
	if got := look(); len(got) != 0 {
		t.Errorf("nothing to speak of: %q", got)
	}
	unpaid := order("2", market.Cancelled, 500) // half a per cent of GMV, half of the orders
	delete(unpaid, "paid_at")
	putRows(t, c, market.OrderLines, unpaid)
	putRows(t, c, market.Traffic, hour(1000, 40))
	putRows(t, c, market.Refunds, refund("r2", 20_000))
	for range 2 {
		got := look()
		if len(got) != 2 {
			t.Fatalf("notes %q", got)
		}
		for i, want := range [][]string{
			{"Orders 1, not 2 (▼50", "Conversion 4%, not 3%", "Refunds ¥300, not ¥100"},
			{"支付订单数 1，原报 2", "支付转化率 4%，原报 3%", "退款金额 300，原报 100"},
		} {
			for _, w := range want {
				if !strings.Contains(got[i], w) {
					t.Errorf("%q lacks %q", got[i], w)
				}
			}
			if strings.Contains(got[i], "GMV") || strings.Contains(got[i], "isitors") || strings.Contains(got[i], "访客") {
				t.Errorf("%q names what holds", got[i])
			}
		}
	}
	putRows(t, c, market.OrderLines, order("1", market.Paid, 50_000))
	putRows(t, c, market.Refunds, refund("r3", 20_000))
	if got := look(); len(got) != 4 || !strings.Contains(got[2], "GMV ¥500, not ¥1") || strings.Contains(got[2], "Refunds") {
		t.Errorf("in the end %q", got)
	}
}

// What earlier versions have kept, GMV alone, is still set right, once.
func TestPostedOfBefore(t *testing.T) {
	for raw, want := range map[string]map[string]float64{
		`{"paid":4200}`:                  {"gmv_paid": 4200},
		`{"paid":0}`:                     {"gmv_paid": 0},
		`{"paid":4200,"corrected":true}`: nil,
		`{"figures":{"orders":3}}`:       {"orders": 3},
	} {
		var got posted
		if err := json.Unmarshal([]byte(raw), &got); err != nil || !maps.Equal(got.Figures, want) {
			t.Errorf("%s is %v, %v; want %v", raw, got.Figures, err, want)
		}
	}
}
