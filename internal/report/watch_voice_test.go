package report

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// TestWatchFakesOnce: who calls an item a fake is told of by the rule for that,
// and makes a spike only where it is off.
func TestWatchFakesOnce(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 20:00")
	reviews := market.NewBatch(market.Reviews, 0)
	for d := range 30 {
		at := now.AddDate(0, 0, -d).Add(-day / 2)
		for i := range map[bool]int{true: 12, false: d % 2}[d == 0] {
			reviews.AppendRow(batchOf(t, market.Reviews, row{
				"review_id": fmt.Sprint(d, i), "sku": "CREAM", "channel": "tmall", "created": at, "modified": at, "result": "bad", "text": "怀疑是假货",
			}), 0)
		}
	}
	w.pull(market.Reviews, now, reviews)
	w.pull(market.Refunds, now, market.NewBatch(market.Refunds, 0))
	r := Rules{Rules: analysis.Defaults(), Cache: NewCache()}
	told := func() (out []analysis.Rule) {
		for _, f := range w.seen(t, r, now) {
			out = append(out, f.Rule)
		}
		return out
	}
	if got := told(); !slices.Equal(got, []analysis.Rule{analysis.RuleCounterfeit}) {
		t.Errorf("told by %v", got)
	}
	r.Off = map[analysis.Rule]bool{analysis.RuleCounterfeit: true}
	if got := told(); !slices.Equal(got, []analysis.Rule{analysis.RuleComplaintSpike}) {
		t.Errorf("without the rule about fakes told by %v", got)
	}
}

// TestWatchComplaintsAfterPromotion: a promotion brings its complaints when the
// parcels arrive, which is no spike; as many without one are.
func TestWatchComplaintsAfterPromotion(t *testing.T) {
	for _, c := range []struct {
		name     string
		promoted int // pieces a day on the three days of the promotion; 20 is usual
		late     int // complaints of the last 24 hours; 3 a day are usual
		want     int
	}{
		{"after a promotion", 120, 14, 0},
		{"without one", 20, 14, 1},
		{"far more than the promotion explains", 120, 45, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			now := w.at("2026-11-21 20:00")
			orders, reviews := market.NewBatch(market.OrderLines, 0), market.NewBatch(market.Reviews, 0)
			for d := range 60 {
				at := now.AddDate(0, 0, -d).Add(-day / 2)
				sold, bad := 20, 3+d%2
				if d >= 4 && d <= 6 {
					sold = c.promoted
				}
				if d == 0 {
					bad = c.late
				}
				orders.AppendRow(batchOf(t, market.OrderLines, row{
					"order_id": fmt.Sprint(d), "line_id": "1", "modified": at, "status": "paid", "sku": "CREAM", "qty": sold,
					"amount": market.Fen(sold * 100), "paid": market.Fen(sold * 100), "placed_at": at, "paid_at": at,
				}), 0)
				for i := range bad {
					reviews.AppendRow(batchOf(t, market.Reviews, row{
						"review_id": fmt.Sprint(d, i), "sku": "CREAM", "channel": "tmall", "created": at, "modified": at, "result": "bad", "text": "味道不好",
					}), 0)
				}
			}
			w.pull(market.OrderLines, now, orders)
			w.pull(market.Reviews, now, reviews)
			seen, err := Watch(context.Background(), w.db, w.shop, watchRules(), now)
			if err != nil || len(seen.Findings) != c.want {
				t.Fatalf("%v: findings %+v, want %d", err, seen.Findings, c.want)
			}
			if c.want == 1 && (seen.Findings[0].Complaints.Count != int64(c.late) || seen.Findings[0].Complaints.Expected < 2) {
				t.Errorf("complaints %+v", seen.Findings[0].Complaints)
			}
		})
	}
}
