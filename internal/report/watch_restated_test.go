package report

import (
	"fmt"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Pictures of this morning come again with other figures: the shelf was never
// empty and the rival never cut its price. Both alerts are withdrawn; what
// merely ends is resolved (TestWatchItems).
func TestWatchRestatedPictures(t *testing.T) {
	w := stocked(t)
	r, policy, now := watchRules(), alert.DefaultPolicy(), w.at("2026-11-21 08:00")
	if _, first := w.step(r, policy, now); fmt.Sprint(said(first)) != "[opened stock_out COAT opened rival_move CREAM]" {
		t.Fatalf("said %s", said(first))
	}
	w.pull(market.Inventory, w.at("2026-11-21 07:00"), batchOf(t, market.Inventory,
		row{"sku": "COAT", "channel": "tmall", "available": 400, "listed": true},
		row{"sku": "CREAM", "channel": "tmall", "available": 30, "listed": true},
	))
	w.pull(market.RivalOffers, w.at("2026-11-21 07:00"), batchOf(t, market.RivalOffers,
		row{"rival": "alpha", "rival_item": "a1", "sku": "CREAM", "match": 9600, "deal": market.Fen(90_00), "coupon": 5_00, "in_stock": true},
	))
	seen, out := w.step(r, policy, now.Add(10*time.Minute))
	if got := fmt.Sprint(said(out)); got != "[withdrawn stock_out COAT withdrawn rival_move CREAM]" && got != "[withdrawn rival_move CREAM withdrawn stock_out COAT]" {
		t.Errorf("said %s, restated %v", got, seen.Restated)
	}
}

// Complaints of a spike turn out not to be any (the reviews were changed before
// the alert was raised, and that is learnt later): it is withdrawn. A spike whose
// complaints have only grown old is resolved.
func TestWatchRestatedComplaints(t *testing.T) {
	for name, restated := range map[string]bool{"restated": true, "grown old": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			now := w.at("2026-11-21 20:00")
			w.pull(market.Items, w.at("2026-11-01 00:00"), batchOf(t, market.Items, row{"sku": "CREAM", "title": "面霜", "unit": "beauty"}))
			review := func(id int, at, modified time.Time, result string) row {
				return row{"review_id": fmt.Sprint(id), "sku": "CREAM", "channel": "tmall", "created": at, "modified": modified, "result": result, "text": "漏液"}
			}
			var rows []row
			for d := range 28 {
				at := now.AddDate(0, 0, -d-2)
				rows = append(rows, review(1000+d, at, at, "good"))
			}
			for i := range 9 {
				at := now.Add(-time.Duration(i+1) * time.Hour)
				rows = append(rows, review(i, at, at, "bad"))
			}
			w.pull(market.Reviews, now, batchOf(t, market.Reviews, rows...))
			r, policy := watchRules(), alert.DefaultPolicy()
			if _, first := w.step(r, policy, now); fmt.Sprint(said(first)) != "[opened complaint_spike CREAM]" {
				t.Fatalf("said %s", said(first))
			}
			later, want := now.Add(10*time.Minute), "[withdrawn complaint_spike CREAM]"
			if restated {
				for i := range 9 {
					rows[28+i] = review(i, now.Add(-time.Duration(i+1)*time.Hour), now, "good")
				}
				w.pull(market.Reviews, later, batchOf(t, market.Reviews, rows...))
			} else {
				later, want = now.Add(40*time.Hour), "[resolved complaint_spike CREAM]"
				w.pull(market.Reviews, later, market.NewBatch(market.Reviews, 0))
				w.step(r, policy, later)
				later = later.Add(3 * time.Hour)
			}
			seen, out := w.step(r, policy, later)
			if got := fmt.Sprint(said(out)); got != want {
				t.Errorf("said %s, want %s; restated %v, muted %v", got, want, seen.Restated, seen.Muted)
			}
		})
	}
}

// A rule about whole days looks back as well: the day's figures come again.
func TestWatchRestatedDay(t *testing.T) {
	w := newWorld(t)
	r, policy, now := only(analysis.RuleFunnelDrop, nil), alert.DefaultPolicy(), w.at("2026-11-21 08:10")
	policy.For = nil
	w.entries(t, .06)
	if _, out := w.step(r, policy, now); fmt.Sprint(said(out)) != "[opened funnel_drop ]" {
		t.Fatalf("said %s", said(out))
	}
	w.entries(t, .12)
	if _, out := w.step(r, policy, now.Add(10*time.Minute)); fmt.Sprint(said(out)) != "[withdrawn funnel_drop ]" {
		t.Errorf("said %s", said(out))
	}
}

// That data was missing is not taken back when it has come.
func TestWatchMissingDataEnds(t *testing.T) {
	w := newWorld(t)
	now := w.at("2026-11-21 12:00")
	w.pull(market.OrderLines, w.at("2026-11-21 10:00"), market.NewBatch(market.OrderLines, 0))
	r, policy := only(analysis.RuleNoData, nil), alert.DefaultPolicy()
	policy.For, policy.KeepFiring = nil, nil
	r.Specs[0].Off = false // gmv_drop needs orders
	r.Fresh = Freshness{}
	for _, f := range sourcesOf(t, w) {
		r.Fresh[f] = 30 * time.Minute
	}
	if _, out := w.step(r, policy, now); fmt.Sprint(said(out)) != "[opened no_data ]" {
		t.Fatalf("said %s", said(out))
	}
	w.pull(market.OrderLines, now.Add(5*time.Minute), market.NewBatch(market.OrderLines, 0))
	if seen, out := w.step(r, policy, now.Add(10*time.Minute)); fmt.Sprint(said(out)) != "[resolved no_data ]" || len(seen.Restated) != 0 {
		t.Errorf("said %s, restated %v", said(out), seen.Restated)
	}
}
