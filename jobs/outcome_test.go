package jobs

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// TestOutcomesOfADecision lives through five days after a price was decided on: its
// outcome is told after 24 and after 72 hours, each once, in the thread of the
// decision. The orders of the first day come six hours late, and so does its outcome.
func TestOutcomesOfADecision(t *testing.T) {
	c, now := collector(t)
	decided := *now
	d := storage.Decision{
		PriceDecision: market.PriceDecision{
			Shop: "tmall", At: decided, By: "U0LIN", SKU: "B-51", Title: "面霜", Channel: "tmall", Option: "match", Was: 120_00, Price: 100_00, Units: 30, Low: 20, High: 40, Held: 20,
		},
		Place: "C1", Lang: "en",
	}
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) (err error) {
		d.Number, err = tx.PutDecision(d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &Outcomes{DB: c.DB, Shop: testShop(), Lang: "zh-CN", Cache: report.NewCache(), Now: c.Now}
	for at := decided.AddDate(0, 0, -8); at.Before(decided); at = at.Add(6 * time.Hour) {
		*now = at
		soldLine(t, c, 5, at) // 20 a day before
	}
	told := map[int]time.Duration{} // by the hours of the outcome, when it was told
	for step := range 5 * 24 {
		*now = decided.Add(time.Duration(step) * time.Hour)
		// The orders of the last 24 hours come at once, six hours after the day.
		if step%24 == 6 {
			for h := 30; h > 6 && step > 6; h -= 3 {
				soldLine(t, c, 4, now.Add(-time.Duration(h)*time.Hour)) // 32 a day since
			}
		}
		if err := o.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, e := range queued(t, c.DB) {
			for _, hours := range outcomeHours {
				if strings.Contains(e.Message.Text, "after "+strconv.Itoa(hours)+" h") && told[hours] == 0 {
					told[hours] = now.Sub(decided)
				}
			}
		}
	}
	all := queued(t, c.DB)
	if len(all) != 2 {
		t.Fatalf("%d messages, want an outcome after 24 hours and one after 72", len(all))
	}
	for i, e := range all {
		if e.Act != chat.Reply || e.Target.Channel != "C1" || !strings.HasPrefix(e.Key, d.Key()) || !strings.Contains(e.Message.Text, "32") {
			t.Errorf("outcome %d is %s %s to %+v: %s", i, e.Act, e.Key, e.Target, e.Message.Text)
		}
	}
	if told[24] != 30*time.Hour || told[72] != 78*time.Hour {
		t.Errorf("told %v after the decision, want each with the orders six hours later", told)
	}
	err = c.DB.View(t.Context(), func(tx *storage.Tx) error {
		kept, err := tx.Decisions("tmall")
		if err == nil && (len(kept) != 1 || !slices.Equal(kept[0].Measured, outcomeHours)) {
			t.Errorf("kept %+v", kept)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOutcomeGivenUp: orders that never come in give no outcome and no zero.
func TestOutcomeGivenUp(t *testing.T) {
	c, now := collector(t)
	soldLine(t, c, 5, now.Add(-time.Hour))
	d := storage.Decision{PriceDecision: market.PriceDecision{Shop: "tmall", At: *now, SKU: "B-51", Channel: "tmall", Price: 100_00}, Place: "C1"}
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutDecision(d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &Outcomes{DB: c.DB, Shop: testShop(), Now: c.Now}
	for range 6 * 24 {
		*now = now.Add(time.Hour)
		if err := o.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if all := queued(t, c.DB); len(all) != 0 {
		t.Errorf("told %d outcomes of orders that nobody has seen", len(all))
	}
}

// soldLine stores an order of some pieces of the item, paid at a moment and complete up
// to three hours later.
func soldLine(t *testing.T, c *Collector, pieces int64, paidAt time.Time) {
	t.Helper()
	b := market.NewBatch(market.OrderLines, 1)
	i := b.Append()
	id := paidAt.Format(time.RFC3339)
	for name, v := range map[string]string{"order_id": id, "line_id": id, "status": market.Paid, "sku": "B-51", "channel": "tmall"} {
		b.SetText(i, b.Table.MustCol(name), v)
	}
	for name, n := range map[string]int64{
		"qty": pieces, "amount": pieces * 100_00, "paid": pieces * 100_00, "modified": paidAt.UnixMilli(), "placed_at": paidAt.UnixMilli(), "paid_at": paidAt.UnixMilli(),
	} {
		b.SetInt(i, b.Table.MustCol(name), n)
	}
	mark := paidAt.Add(3 * time.Hour)
	s := market.Snapshot{Source: "orders", Table: "order_line", Shop: "tmall", State: market.Complete, PulledAt: c.Now(), Watermark: mark, Window: market.Window{Start: paidAt, End: mark}}
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Snapshot: s, Rows: b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
