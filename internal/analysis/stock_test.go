package analysis

import (
	"testing"
	"time"
)

// TestStockOutsBare: with nothing on its way an item is low while an order could
// still arrive in time, and no sooner; goods on their way calm it.
func TestStockOutsBare(t *testing.T) {
	for _, c := range []struct {
		name          string
		available     int64
		inbound, lead int64
		open          bool
		want          bool
	}{
		{"two days left and nothing ordered", 20, 0, 7, false, true},
		{"two days left, goods on their way", 20, 50, 7, false, false},
		{"two days left, a delivery takes one", 20, 0, 1, false, false},
		{"lead time not known", 20, 0, 0, false, false},
		{"four days left", 40, 0, 7, false, false},
		{"told, a little more has come", 33, 0, 7, true, true},
		{"told, goods are on their way now", 25, 50, 7, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := StockLine{SKU: "A", Available: c.available, Listed: true, Inbound: c.inbound, LeadDays: c.lead, PerDay: 10, Price: 10000, Rank: 3, Open: c.open}
			got := StockOuts(Defaults().Stock, Defaults().Money, StockInput{At: time.Unix(0, 0), Lines: []StockLine{l}, Daily: 10_000_000})
			if (len(got) == 1) != c.want {
				t.Errorf("told: %v", got)
			}
		})
	}
}
