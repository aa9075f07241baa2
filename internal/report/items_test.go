package report

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// stocked is a shop with a week of sales, pictures of stock and prices.
func stocked(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.pull(market.Items, w.at("2026-11-01 00:00"), batchOf(t, market.Items,
		row{"sku": "COAT", "item": "71001", "title": "羊毛大衣", "unit": "apparel", "lead_days": 2},
		row{"sku": "CREAM", "item": "71002", "title": "面霜 50ml", "unit": "beauty", "floor": 70_00},
		row{"sku": "PHONE", "item": "71003", "title": "手机", "unit": "digital"},
	))
	var lines []row
	for d := 14; d <= 20; d++ {
		for _, s := range []struct {
			sku  string
			qty  int
			paid market.Fen
		}{{"COAT", 10, 3000_00}, {"CREAM", 20, 1600_00}} {
			if s.sku == "COAT" && d >= 18 {
				continue // out of stock
			}
			at := w.at(fmt.Sprintf("2026-11-%d 12:00", d))
			id := fmt.Sprintf("%s%d", s.sku, d)
			lines = append(lines, row{
				"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": s.sku, "channel": "tmall",
				"qty": s.qty, "amount": s.paid, "paid": s.paid, "placed_at": at, "paid_at": at,
			})
		}
	}
	now := w.at("2026-11-21 08:00")
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines, lines...))
	for d := 14; d <= 21; d++ {
		have := 40
		if d >= 18 {
			have = 0
		}
		w.pull(market.Inventory, w.at(fmt.Sprintf("2026-11-%d 07:00", d)), batchOf(t, market.Inventory,
			row{"sku": "COAT", "channel": "tmall", "available": have, "listed": true, "inbound": 60},
			row{"sku": "CREAM", "channel": "tmall", "available": 30, "listed": true},
			row{"sku": "PHONE", "channel": "tmall", "available": 300, "listed": true},
			row{"sku": "OLD", "channel": "tmall", "available": 0, "listed": false},
		))
		rival, beta := market.Fen(85_00), market.Fen(330_00)
		if d == 21 {
			rival = 68_00
		}
		w.pull(market.OwnPrices, w.at(fmt.Sprintf("2026-11-%d 07:00", d)), batchOf(t, market.OwnPrices,
			row{"sku": "CREAM", "channel": "super", "deal": 84_00, "coupon": 2_00, "listed": true},
			row{"sku": "CREAM", "channel": "tmall", "deal": 90_00, "coupon": 10_00, "gift": "小样", "listed": true},
			row{"sku": "COAT", "channel": "tmall", "deal": 300_00, "listed": true},
		))
		w.pull(market.RivalOffers, w.at(fmt.Sprintf("2026-11-%d 07:00", d)), batchOf(t, market.RivalOffers,
			row{"rival": "alpha", "rival_item": "a1", "sku": "CREAM", "match": 9600, "deal": rival + 5_00, "coupon": 5_00, "in_stock": true},
			row{"rival": "beta", "rival_item": "b1", "sku": "COAT", "match": 9100, "deal": beta},
			row{"rival": "beta", "rival_item": "b2", "sku": "PHONE", "match": 5000, "deal": 10_00},
		))
	}
	return w
}

func TestStock(t *testing.T) {
	w := stocked(t)
	s, err := LoadStock(context.Background(), w.db, w.shop, StockQuery{Now: w.at("2026-11-21 08:00"), Show: StockUrgent})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "stock", s)
	// The cream, 30 pieces at 20 a day for an assumed week, misses more than the
	// coat until an order can come in two days.
	coat := s.Items[1]
	if cream := s.Items[0]; cream.SKU != "CREAM" || cream.Loss.Days != 7 || cream.Loss.Money < 8500_00 || cream.Loss.Money > 9000_00 {
		t.Errorf("cream %+v, want about 110 of 140 pieces missed", cream)
	}
	// 20 a day at 300 yuan; what was due days ago is expected in two days.
	if coat.Loss.Money < 5900_00 || coat.Loss.Money > 6100_00 || coat.Loss.Low >= coat.Loss.Money || !coat.ComesBy.Equal(w.at("2026-11-23 08:00")) {
		t.Errorf("coat misses %+v, what is on its way comes %s", coat.Loss, coat.ComesBy)
	}
	if sum := s.Items[0].Loss.Money + coat.Loss.Money; s.Loss.Money != sum || s.Loss.High-sum >= coat.Loss.High+s.Items[0].Loss.High-sum {
		t.Errorf("all miss %+v, want %d and a range narrower than the sum of both", s.Loss, sum)
	}
	// 40 pieces in four of seven days: the three days without stock do not slow the pace.
	if coat.SKU != "COAT" || !coat.Out || coat.PerDay < 9.3 || coat.PerDay > 10.7 || !coat.OutAt.Equal(w.at("2026-11-17 12:00")) {
		t.Errorf("coat %+v, want out since its last sale at a pace of about 10 a day", coat)
	}
	if s.Out != 1 || s.Low != 1 || s.Listed != 3 {
		t.Errorf("out %d low %d of %d, want the coat and the cream of 3", s.Out, s.Low, s.Listed)
	}
	for show, want := range map[StockShow]string{StockOut: "COAT", StockLow: "CREAM"} {
		s, err := LoadStock(context.Background(), w.db, w.shop, StockQuery{Now: w.at("2026-11-21 08:00"), Show: show})
		if err != nil || len(s.Items) != 1 || string(s.Items[0].SKU) != want {
			t.Errorf("%s: %+v %v, want %s", show, s.Items, err, want)
		}
	}
}

// TestStockLongOut: what has been out for more than a week still counts, by the pace of
// the weeks before.
func TestStockLongOut(t *testing.T) {
	w := stocked(t)
	for d := 22; d <= 27; d++ {
		w.pull(market.Inventory, w.at(fmt.Sprintf("2026-11-%d 07:00", d)), batchOf(t, market.Inventory,
			row{"sku": "COAT", "channel": "tmall", "available": 0, "listed": true}, row{"sku": "DEAD", "channel": "tmall", "available": 0, "listed": true},
		))
	}
	now := w.at("2026-11-27 08:00")
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines))
	s, err := LoadStock(context.Background(), w.db, w.shop, StockQuery{Now: now, Show: StockOut})
	if err != nil || len(s.Items) != 1 {
		t.Fatalf("%+v %v, want the coat alone", s.Items, err)
	}
	coat := s.Items[0]
	// 40 pieces in the three weeks before the last one.
	if coat.SKU != "COAT" || !coat.Earlier || math.Abs(coat.PerDay-40./21) > 1e-9 || !coat.OutAt.Equal(w.at("2026-11-17 12:00")) || coat.Loss.Money <= 0 {
		t.Errorf("%+v", coat)
	}
}

// TestStockBeforeCampaign: what lasts three ordinary days does not last one of
// a campaign that sells five times as much.
func TestStockBeforeCampaign(t *testing.T) {
	w := stocked(t)
	q := StockQuery{Now: w.at("2026-11-21 08:00"), SKU: "PHONE", Show: StockAll}
	cream := StockQuery{Now: q.Now, SKU: "CREAM", Show: StockAll}
	cover := func() float64 {
		s, err := LoadStock(context.Background(), w.db, w.shop, cream)
		if err != nil || !s.Items[0].CoverKnown {
			t.Fatal(err)
		}
		return s.Items[0].Cover
	}
	if got := cover(); got != 1.5 {
		t.Fatalf("30 pieces at 20 a day last %g days", got)
	}
	w.shop.Calendar = market.Calendar{Campaigns: []market.Campaign{
		{ID: "nov", Peak: onDay("2026-11-22"), Phases: []market.Phase{{ID: "live", From: onDay("2026-11-22"), To: onDay("2026-11-22"), Uplift: 5}}},
	}}
	// 20 on the first day, and the other 10 of 100 on the second.
	if got := cover(); math.Abs(got-1.1) > 1e-9 {
		t.Errorf("before a campaign they last %g days, want 1.1", got)
	}
	if s, err := LoadStock(context.Background(), w.db, w.shop, q); err != nil || s.Items[0].CoverKnown {
		t.Errorf("what does not sell has a cover: %+v %v", s.Items, err)
	}
}

func TestPrice(t *testing.T) {
	w := stocked(t)
	p, err := LoadPrice(context.Background(), w.db, w.shop, PriceQuery{Now: w.at("2026-11-21 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "price", p)
	if p.Matched != 2 || p.Above != 1 || p.Moved24h != 1 {
		t.Errorf("matched %d, above %d, moved %d, want coat and cream, of which alpha undercuts the cream", p.Matched, p.Above, p.Moved24h)
	}
	cream := p.Items[1]
	if cream.SKU != "CREAM" || cream.Landed != 80_00 || cream.Own[0].Channel != "tmall" || cream.Rivals[0].Gap != 12_00 {
		t.Errorf("cream %+v, want 80.00 landed on tmall against 68.00", cream)
	}
	p, err = LoadPrice(context.Background(), w.db, w.shop, PriceQuery{Now: w.at("2026-11-21 08:00"), Show: PriceMoves, Rival: "beta"})
	if err != nil || len(p.Items) != 0 {
		t.Errorf("moves of beta: %+v %v, want none", p.Items, err)
	}
}

// TestPriceUnsure: an offer that is not surely the same item, by its match or because its
// title names another size, is shown and counts nowhere; the price of the core is
// held against the cheapest rival that has the item.
func TestPriceUnsure(t *testing.T) {
	w := stocked(t)
	now := w.at("2026-11-21 08:00")
	w.pull(market.RivalOffers, now.Add(-time.Hour), batchOf(t, market.RivalOffers,
		row{"rival": "alpha", "rival_item": "A2", "sku": "CREAM", "match": 9500, "title": "面霜 30ml", "deal": 50_00, "in_stock": true},
		row{"rival": "beta", "rival_item": "B2", "sku": "CREAM", "match": 7900, "title": "面霜 50ml", "deal": 40_00, "in_stock": true},
		row{"rival": "gamma", "rival_item": "C2", "sku": "CREAM", "match": 9000, "title": "霜 50 毫升", "deal": 300_00, "coupon": 20_00, "gift": "买二送一", "in_stock": true},
		row{"rival": "delta", "rival_item": "D2", "sku": "CREAM", "match": 9000, "title": "霜", "deal": 60_00, "in_stock": false},
	))
	p, err := LoadPrice(context.Background(), w.db, w.shop, PriceQuery{Now: now, SKU: "CREAM"})
	if err != nil || len(p.Items) != 1 {
		t.Fatalf("%+v %v", p, err)
	}
	it := p.Items[0]
	if len(it.Rivals) != 2 || it.Rivals[0].Rival != "delta" || len(it.Unsure) != 2 || it.Unsure[0].Rival != "beta" || !it.Unsure[1].OtherSize {
		t.Fatalf("counted %+v, unsure %+v", it.Rivals, it.Unsure)
	}
	gamma := it.Rivals[1]
	if want := (pricing.Parts{Base: 300_00, Kind: pricing.BaseDeal, Coupon: 20_00, Paid: 2, Got: 3, Landed: 186_67}); gamma.Parts != want || gamma.UnitPrice != 373_34 || it.UnitPrice != 160_00 {
		t.Errorf("%+v, ours %d per 100", gamma, it.UnitPrice)
	}
	// 80 against 186.67: cheapest and more than 15 % below; delta has none.
	if c := p.Core; c == nil || c.Items != 1 || c.Cheapest != 1 || c.Kept != 1 || c.GMV != it.GMV7d || c.KeptGMV != it.GMV7d {
		t.Errorf("core %+v", p.Core)
	}
}

func TestFindItems(t *testing.T) {
	w := stocked(t)
	for text, want := range map[string]string{"coat": "[COAT]", "71002": "[CREAM]", "大衣": "[COAT]", "手": "[PHONE]", "": "[]", "nothing": "[]", "0ML": "[CREAM]"} {
		found, err := FindItems(context.Background(), w.db, nil, w.shop, ItemQuery{Text: text, Max: 5})
		got := []market.SKU{}
		for _, it := range found {
			got = append(got, it.SKU)
		}
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q finds %v %v, want %s", text, got, err, want)
		}
	}
}

// watchRules are the four rules with findings of their own kind.
func watchRules() Rules {
	r := Rules{Rules: analysis.Defaults(), Cache: NewCache()}
	r.Specs = analysis.Registry()[:4]
	return r
}

// step runs a watch and moves the stored alerts on.
func (w *world) step(r Rules, p alert.Policy, now time.Time) (Watched, []alert.Transition) {
	w.t.Helper()
	seen, err := Watch(context.Background(), w.db, w.shop, r, now)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []alert.Transition
	err = w.db.Update(context.Background(), func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(w.shop.ID)
		if err != nil {
			return err
		}
		out = alert.Step(p, alert.Pass{
			Shop: w.shop.ID, Now: now, Open: open, Findings: seen.Findings, Muted: seen.Muted, Restated: seen.Restated,
			Last: func(fp string) (alert.Alert, bool) { a, ok, _ := tx.LastEpisode(fp); return a, ok },
		})
		for _, x := range out {
			if err := tx.PutAlert(x.Alert); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return seen, out
}

func said(transitions []alert.Transition) []string {
	out := []string{}
	for _, x := range transitions {
		if x.Kind != alert.Quiet {
			out = append(out, string(x.Kind)+" "+string(x.Alert.Rule)+" "+string(x.Alert.Latest.Subject.SKU))
		}
	}
	return out
}

// A rival cuts the cream and the coat is out; both open once, a partial picture
// of stock ends nothing, and complete data does.
func TestWatchItems(t *testing.T) {
	w := stocked(t)
	r, policy := watchRules(), alert.DefaultPolicy()
	now := w.at("2026-11-21 08:00")
	seen, first := w.step(r, policy, now)
	golden(t, "watch", seen)
	if got := fmt.Sprint(said(first)); got != "[opened stock_out COAT opened rival_move CREAM]" {
		t.Fatalf("said %s", got)
	}
	_, again := w.step(r, policy, now.Add(10*time.Minute))
	if got := said(again); len(got) != 0 {
		t.Fatalf("said again %s", got)
	}
	w.pullAs(market.Inventory, now.Add(15*time.Minute), batchOf(t, market.Inventory,
		row{"sku": "CREAM", "channel": "tmall", "available": 30, "listed": true},
	), market.Partial)
	seen, gated := w.step(r, policy, now.Add(20*time.Minute))
	if got := said(gated); len(got) != 0 || seen.Muted[analysis.RuleStockOut] != "src_inventory partial" {
		t.Fatalf("said %s, muted %v, want silence about stock", got, seen.Muted)
	}
	// Nine days later it is still out, although no sale is left to take a pace from.
	late := now.Add(9 * day)
	w.pull(market.Inventory, late, batchOf(t, market.Inventory,
		row{"sku": "COAT", "channel": "tmall", "available": 0, "listed": true},
	))
	if seen, err := Watch(context.Background(), w.db, w.shop, r, late); err != nil || len(seen.Findings) != 1 || seen.Findings[0].Stock.PerDay != 10 {
		t.Fatalf("%v: findings %+v, want the coat at its old pace", err, seen.Findings)
	}
	w.pull(market.Inventory, now.Add(25*time.Minute), batchOf(t, market.Inventory,
		row{"sku": "COAT", "channel": "tmall", "available": 100, "listed": true},
		row{"sku": "CREAM", "channel": "tmall", "available": 30, "listed": true},
	))
	_, restocked := w.step(r, policy, now.Add(30*time.Minute))
	if got := fmt.Sprint(said(restocked)); got != "[resolved stock_out COAT]" {
		t.Fatalf("said %s after the restock", got)
	}
	w.pull(market.RivalOffers, now.Add(40*time.Minute), batchOf(t, market.RivalOffers,
		row{"rival": "alpha", "rival_item": "a1", "sku": "CREAM", "match": 9600, "deal": market.Fen(84_00)},
	))
	w.step(r, policy, now.Add(40*time.Minute))
	_, back := w.step(r, policy, now.Add(61*time.Minute))
	if got := fmt.Sprint(said(back)); got != "[resolved rival_move CREAM]" {
		t.Fatalf("said %s after the price came back", got)
	}
}

func TestComplaints(t *testing.T) {
	w := newWorld(t)
	w.pull(market.Items, w.at("2026-11-01 00:00"), batchOf(t, market.Items,
		row{"sku": "CREAM", "title": "面霜 50ml", "unit": "beauty"}, row{"sku": "COAT", "title": "羊毛大衣", "unit": "apparel"},
	))
	var rows []row
	review := func(at time.Time, sku, result, text string) {
		rows = append(rows, row{"review_id": fmt.Sprint(len(rows)), "sku": sku, "channel": "tmall", "created": at, "modified": at, "result": result, "text": text})
	}
	now := w.at("2026-11-21 20:00")
	for d := range 28 {
		at := now.AddDate(0, 0, -d-2)
		review(at, "CREAM", "good", "很好")
		if d%9 == 0 {
			review(at, "CREAM", "bad", "味道不好")
		}
	}
	for i := range 7 {
		review(now.Add(-time.Duration(i+1)*time.Hour), "CREAM", "bad", "瓶盖漏液，弄湿了包")
	}
	review(now.Add(-3*time.Hour), "COAT", "bad", "感觉是假货，和专柜不一样")
	review(now.Add(-2*time.Hour), "COAT", "neutral", "一般")
	w.pull(market.Reviews, now, batchOf(t, market.Reviews, rows...))
	w.pull(market.Refunds, now, batchOf(t, market.Refunds,
		row{"refund_id": "1", "sku": "CREAM", "amount": 1, "status": "open", "created": now.Add(-time.Hour), "modified": now, "phase": "aftersale", "reason": "包装破损"},
		row{"refund_id": "2", "sku": "CREAM", "amount": 1, "status": "open", "created": now.Add(-time.Hour), "modified": now, "phase": "aftersale", "reason": "七天无理由退货"},
		row{"refund_id": "3", "sku": "CREAM", "amount": 1, "status": "open", "created": now.Add(-time.Hour), "modified": now, "phase": "onsale", "reason": "质量问题"},
	))
	c, err := LoadComplaints(context.Background(), w.db, w.shop, ComplaintsQuery{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "complaints", c)
	if c.Total != 10 || c.Bad != 8 || c.Neutral != 1 || c.Refunds != 1 || c.Causes[0].Cause != voice.Packaging {
		t.Errorf("total %d bad %d neutral %d refunds %d, first cause %v", c.Total, c.Bad, c.Neutral, c.Refunds, c.Causes)
	}
	if cream := c.Items[0]; cream.SKU != "CREAM" || !cream.Spike || len(cream.Quotes) != 3 {
		t.Errorf("cream %+v, want a spike with three quotes", cream)
	}
	if len(c.Counterfeit) != 1 || c.Counterfeit[0].SKU != "COAT" {
		t.Errorf("counterfeit %+v", c.Counterfeit)
	}
	seen, err := Watch(context.Background(), w.db, w.shop, watchRules(), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.Findings) != 1 || seen.Findings[0].Complaints.Count != 8 || seen.Findings[0].Subject.SKU != "CREAM" {
		t.Fatalf("findings %+v, want the cream with 7 reviews and 1 refund", seen.Findings)
	}
}

// TestItemsWithoutCatalogue: a shop that brings orders alone finds its items by
// what the orders call them, and tells their story.
func TestItemsWithoutCatalogue(t *testing.T) {
	w := newWorld(t)
	var lines []row
	for d := 18; d <= 20; d++ {
		at := w.at(fmt.Sprintf("2026-11-%d 12:00", d))
		for _, x := range []struct{ sku, title string }{{"85099B", "Jumbo Bag Red"}, {"22423", "Cake Stand"}} {
			id := fmt.Sprintf("%s-%d", x.sku, d)
			lines = append(lines, row{
				"order_id": id, "line_id": id, "modified": at, "status": "paid", "sku": x.sku, "item": "i" + x.sku, "title": x.title,
				"qty": d, "amount": market.Fen(d) * 1_00, "paid": market.Fen(d) * 1_00, "placed_at": at, "paid_at": at,
			})
		}
	}
	now := w.at("2026-11-21 08:00")
	w.pull(market.OrderLines, now, batchOf(t, market.OrderLines, lines...))
	for text, want := range map[string]string{"85099b": "85099B", "I22423": "22423", "jumbo": "85099B", "cake stand": "22423", "nothing": ""} {
		found, err := FindItems(t.Context(), w.db, nil, w.shop, ItemQuery{Text: text, Max: 5})
		got := ""
		if len(found) == 1 {
			got = string(found[0].SKU)
		}
		if err != nil || got != want || len(found) > 1 {
			t.Errorf("%s: %v, %v; want %q", text, found, err, want)
		}
	}
	h, err := LoadSKU(t.Context(), w.db, nil, w.shop, SKUQuery{SKU: "85099B", PanelQuery: PanelQuery{Now: now}})
	if err != nil || h.Title != "Jumbo Bag Red" || h.Total.Units == nil || *h.Total.Units != 18+19+20 || h.Total.Refunds != nil || !h.FromOrders {
		t.Errorf("story: %+v, %v", h, err)
	}
	days := map[market.Day]int64{}
	for _, d := range h.Days {
		if d.Units != nil {
			days[d.Day] = *d.Units
		}
	}
	if n := market.DateOf(2026, 11, 19); days[n] != 19 || len(days) < 3 {
		t.Errorf("by day: %v", days)
	}
	top, err := LoadTop(t.Context(), w.db, nil, w.shop, TopQuery{PanelQuery: PanelQuery{Now: now, From: market.DateOf(2026, 11, 18), To: market.DateOf(2026, 11, 20)}, Metric: series.Units, Top: 1})
	if err != nil || len(top.Items) != 1 || top.More != 1 || top.Items[0].Value != 57 || top.Items[0].GMV == nil || top.Items[0].Stock != nil {
		t.Errorf("top: %+v, %v", top, err)
	}
	if _, err := LoadTop(t.Context(), w.db, nil, w.shop, TopQuery{PanelQuery: PanelQuery{Now: now, From: h.To, To: h.To}, Metric: series.Stock}); !errors.Is(err, ErrNoData) {
		t.Errorf("top by stock of a shop that tells none: %v", err)
	}
}
