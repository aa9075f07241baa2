package metric

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// randomRows fills a table with values of a small world: every column that is
// not a key is unknown now and then.
func randomRows(rt *rapid.T, t *market.Table, from market.Day, start func(market.Day) time.Time) *market.Batch {
	n := rapid.IntRange(0, 25).Draw(rt, t.Name)
	b := market.NewBatch(t, n)
	words := map[string][]string{
		"sku": {"A", "B", "C", "gone"}, "channel": {"x", "y"}, "region": {"east", "west"}, "unit": {"apparel", "beauty"},
		"entry": {"search", "ads"}, "reason": {"late", "broken"}, "tier": {"none", "vip"}, "plan": {"p1", "p2"}, "word": {"coat", "cream"},
		"category": {"coat", "cream"}, "status": {market.Paid, market.Shipped}, "order_id": {"1", "2", "3"}, "buyer": {"ann", "bob"},
	}
	for range n {
		i := b.Append()
		for c, col := range t.Columns {
			if !col.Required && rapid.IntRange(0, 9).Draw(rt, col.Name+" unknown") == 0 {
				continue
			}
			switch col.Kind {
			case market.Text:
				b.SetText(i, c, rapid.SampledFrom(append([]string{"z"}, words[col.Name]...)).Draw(rt, col.Name))
			case market.Time:
				b.SetInt(i, c, start(from).Add(time.Duration(rapid.IntRange(-30, 80).Draw(rt, col.Name))*time.Hour).UnixMilli())
			case market.Date:
				b.SetInt(i, c, int64(from)+rapid.Int64Range(-1, 4).Draw(rt, col.Name))
			case market.Bool:
				b.SetInt(i, c, rapid.Int64Range(0, 1).Draw(rt, col.Name))
			default:
				b.SetInt(i, c, rapid.Int64Range(0, 50_000).Draw(rt, col.Name))
			}
		}
		if t == market.Refunds {
			b.SetText(i, t.MustCol("status"), "success")
		}
	}
	return b
}

// TestPartsEqualTotal: for every metric that adds up and every dimension that
// its feeds carry, the members' figures sum to the total.
func TestPartsEqualTotal(t *testing.T) {
	shop, day := testShop(0), market.DateOf(2026, 11, 19)
	dims := append([]Dim{ByEntry, ByReason, ByTier, ByPlan, ByWord}, Dims...)
	rapid.Check(t, func(rt *rapid.T) {
		batches := map[*market.Table]*market.Batch{}
		for _, table := range []*market.Table{
			market.OrderLines, market.Refunds, market.Traffic, market.MemberDays, market.AdsDays, market.SearchDays,
		} {
			batches[table] = randomRows(rt, table, day, shop.Start)
		}
		for _, by := range dims {
			c := NewCube(CubeSpec{
				Shop: shop, Items: NewCatalogue(testItems()), From: day, To: day + 2, Cut: shop.Start(day + 3), By: by,
				Known: Known{
					Orders: true, Refunds: true, Traffic: true, Costs: true, Service: true, Loyalty: true, Members: true, Ads: true, Search: true,
				},
			})
			c.AddPaid(batches[market.OrderLines])
			c.AddPlaced(batches[market.OrderLines])
			c.AddRefunds(batches[market.Refunds])
			c.AddTraffic(batches[market.Traffic])
			c.AddMembers(batches[market.MemberDays])
			c.AddAds(batches[market.AdsDays])
			c.AddSearch(batches[market.SearchDays])
			reconcile(rt, c, by)
		}
	})
}

func reconcile(rt *rapid.T, c *Cube, by Dim) {
	total, cells := c.Total(), c.Cells()
	for _, m := range All {
		want, ok := m.Of(total)
		if m.Adds != BySum || !ok || !m.Carries(Filter{}, by) {
			continue
		}
		got, known := 0.0, true
		for _, cell := range cells {
			if by == ByTier && cell.Key == "none" {
				continue // everybody who is no member
			}
			v, ok := m.Of(cell.Sums)
			known = known && (ok || m.Key == "gross_profit")
			got += v
		}
		if known && math.Abs(got-want) > 1e-6 {
			rt.Fatalf("%s by %s: parts sum to %v, total %v", m.Key, by, got, want)
		}
	}
}

func TestDailyTablesAreCutAtWholeDays(t *testing.T) {
	shop, day := testShop(0), market.DateOf(2026, 11, 19)
	b := market.NewBatch(market.AdsDays, 3)
	for n := range 3 {
		i := b.Append()
		b.SetInt(i, market.AdsDays.MustCol("day"), int64(day)+int64(n))
		b.SetText(i, market.AdsDays.MustCol("plan"), "p")
		b.SetText(i, market.AdsDays.MustCol("sku"), "A")
		b.SetInt(i, market.AdsDays.MustCol("cost"), 100)
		b.SetInt(i, market.AdsDays.MustCol("new_buyers"), 4)
	}
	c := NewCube(CubeSpec{
		Shop: shop, Items: NewCatalogue(testItems()), From: day, To: day + 2, Cut: shop.Start(day + 3), By: ByUnit,
		DayCut: shop.Start(day + 2).Add(10 * time.Hour), Known: Known{Ads: true},
	})
	c.AddAds(b)
	if got := c.Total().Ads.Cost; got != 200 {
		t.Errorf("cost %d, want 200: the third day is not over", got)
	}
	if cells := c.Cells(); len(cells) != 1 || cells[0].Key != "apparel" || cells[0].Sums.Ads.NewBuyers != 8 {
		t.Errorf("by unit: %+v", cells)
	}
	m, _ := Find("new_customer_cost")
	if v, ok := m.Of(c.Total()); !ok || v != 25 {
		t.Errorf("cost per new customer %v %v, want 25", v, ok)
	}
}

func TestShippingCountsOrdersOnce(t *testing.T) {
	shop, day := testShop(0), market.DateOf(2026, 11, 10)
	start := shop.Start(day)
	at := func(h int) int64 { return start.Add(time.Duration(h) * time.Hour).UnixMilli() }
	rows := []line{
		{order: "in time", sku: "A", qty: 1, paid: 1, placed: at(1), paidAt: at(1)},
		{order: "half late", sku: "A", qty: 1, paid: 1, placed: at(2), paidAt: at(2)},
		{order: "half late", sku: "B", qty: 1, paid: 1, placed: at(2), paidAt: at(2)},
		{order: "waits", sku: "A", qty: 1, paid: 1, placed: at(3), paidAt: at(3)},
		{order: "paid back", sku: "A", qty: 1, paid: 1, placed: at(4), paidAt: at(4)},
		{order: "not due", sku: "A", qty: 1, paid: 1, placed: at(23), paidAt: at(23)},
	}
	b := lineBatch(rows)
	for i, h := range map[int]int{0: 49, 1: 20, 2: 51} {
		b.SetInt(i, market.OrderLines.MustCol("shipped_at"), at(h))
	}
	b.SetText(4, market.OrderLines.MustCol("status"), market.Refunded)
	c := NewCube(CubeSpec{Shop: shop, From: day, To: day + 2, Cut: time.UnixMilli(at(60)), Known: Known{Orders: true, Service: true}})
	c.AddPaid(b)
	if got, want := c.Total().Shipping, (Shipping{Due: 3, Late: 2, Waiting: 1}); got != want {
		t.Errorf("shipping %+v, want %+v", got, want)
	}
}

func TestRefundsWithoutAMemberAreNotZero(t *testing.T) {
	shop, day := testShop(0), market.DateOf(2026, 11, 21)
	r := market.NewBatch(market.Refunds, 1)
	i := r.Append()
	r.SetText(i, market.Refunds.MustCol("status"), "success")
	r.SetInt(i, market.Refunds.MustCol("amount"), 500)
	r.SetInt(i, market.Refunds.MustCol("success_at"), shop.Start(day).UnixMilli())
	c := NewCube(CubeSpec{Shop: shop, From: day, To: day, Cut: shop.Start(day + 1), By: ByRegion, Known: Known{Orders: true, Refunds: true}})
	c.AddPaid(lineBatch([]line{{order: "1", sku: "A", region: "east", qty: 1, paid: 100, placed: shop.Start(day).UnixMilli(), paidAt: shop.Start(day).UnixMilli()}}))
	c.AddRefunds(r)
	if c.CellsKnown().Refunds {
		t.Error("refunds that name no region are said to be known by region")
	}
	for _, cell := range c.Cells() {
		if m, _ := Find("refund_rate"); cell.Key == "east" {
			if v, ok := m.Of(cell.Sums); ok {
				t.Errorf("refund rate of east is %v, want unknown", v)
			}
		}
	}
}
