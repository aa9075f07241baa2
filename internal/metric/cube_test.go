package metric

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// testShop is a shop in Shanghai with two units and three bands.
func testShop(start time.Duration) *market.Shop {
	zone := time.FixedZone("CST", 8*3600)
	return &market.Shop{
		ID: "t", Zone: zone, Currency: "CNY", DayStart: start,
		Bands: []market.Band{
			{Label: market.Label{ID: "traffic"}, From: 0, To: 10_000},
			{Label: market.Label{ID: "profit"}, From: 10_000, To: 30_000},
			{Label: market.Label{ID: "image"}, From: 30_000},
		},
	}
}

func testItems() *market.Batch {
	b := market.NewBatch(market.Items, 3)
	for _, it := range [][3]string{{"A", "apparel", "coat"}, {"B", "beauty", "cream"}, {"C", "apparel", "shoe"}} {
		i := b.Append()
		b.SetText(i, market.Items.MustCol("sku"), it[0])
		b.SetText(i, market.Items.MustCol("unit"), it[1])
		b.SetText(i, market.Items.MustCol("category"), it[2])
	}
	return b
}

type line struct {
	order, sku, channel, region, buyer string
	qty, amount, paid                  int64
	placed, paidAt                     int64 // paidAt 0: not paid
}

func lineBatch(rows []line) *market.Batch {
	t := market.OrderLines
	b := market.NewBatch(t, len(rows))
	for n, r := range rows {
		i := b.Append()
		b.SetText(i, t.MustCol("order_id"), r.order)
		b.SetText(i, t.MustCol("line_id"), string(rune('a'+n%26))+r.order)
		b.SetText(i, t.MustCol("sku"), r.sku)
		b.SetText(i, t.MustCol("status"), market.Paid)
		for col, v := range map[string]string{"channel": r.channel, "region": r.region, "buyer": r.buyer} {
			if v != "" {
				b.SetText(i, t.MustCol(col), v)
			}
		}
		b.SetInt(i, t.MustCol("qty"), r.qty)
		b.SetInt(i, t.MustCol("amount"), r.amount)
		b.SetInt(i, t.MustCol("placed_at"), r.placed)
		if r.paidAt != 0 {
			b.SetInt(i, t.MustCol("paid_at"), r.paidAt)
			b.SetInt(i, t.MustCol("paid"), r.paid)
		}
	}
	return b
}

// slow is the sums of rows by the plainest means.
func slow(rows []line, from, to int64) (s Sums) {
	orders, buyers, placed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		if r.placed >= from && r.placed < to {
			s.Placed += market.Fen(r.amount)
			placed[r.order] = true
		}
		if r.paidAt >= from && r.paidAt < to && r.paidAt != 0 {
			s.Paid += market.Fen(r.paid)
			s.Units += r.qty
			orders[r.order] = true
			if r.buyer == "" {
				buyers["order "+r.order] = true
			} else {
				buyers[r.buyer] = true
			}
		}
	}
	s.Orders, s.Buyers, s.PlacedOrders = int64(len(orders)), int64(len(buyers)), int64(len(placed))
	return s
}

func TestCubePartsEqualTotal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shop := testShop(time.Duration(rapid.SampledFrom([]int{0, 2}).Draw(rt, "start")) * time.Hour)
		day := market.DateOf(2026, 11, 21)
		days := rapid.IntRange(0, 3).Draw(rt, "days")
		w := shop.Window(day, day+market.Day(days))
		from, end := w.Millis()
		at := rapid.Int64Range(from-10*hourMs, end+10*hourMs)
		gen := rapid.Custom(func(rt *rapid.T) line {
			l := line{
				order: rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(rt, "o"), sku: rapid.SampledFrom([]string{"A", "B", "C", "gone", ""}).Draw(rt, "s"),
				channel: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "c"), region: rapid.SampledFrom([]string{"", "east"}).Draw(rt, "r"),
				qty: rapid.Int64Range(0, 3).Draw(rt, "q"), amount: rapid.Int64Range(0, 90_000).Draw(rt, "a"),
				paid: rapid.Int64Range(0, 90_000).Draw(rt, "p"), placed: at.Draw(rt, "t"),
			}
			l.buyer = map[string]string{"1": "ann", "2": "ann", "3": "bob"}[l.order]
			if rapid.Bool().Draw(rt, "is paid") {
				l.paidAt = at.Draw(rt, "pt")
			}
			return l
		})
		rows := rapid.SliceOfN(gen, 0, 40).Draw(rt, "rows")
		cut := at.Draw(rt, "cut")
		by := rapid.SampledFrom(append([]Dim{None}, Dims...)).Draw(rt, "by")
		c := NewCube(CubeSpec{
			Shop: shop, Items: NewCatalogue(testItems()), From: day, To: day + market.Day(days), Cut: time.UnixMilli(cut), By: by,
			Known: Known{Orders: true},
		})
		half := len(rows) / 2
		for _, b := range []*market.Batch{lineBatch(rows[:half]), lineBatch(rows[half:]), nil} {
			c.AddPaid(b)
			c.AddPlaced(b)
		}
		got := c.Total()
		want := slow(rows, from, min(cut, end))
		want.Prime, want.Known = got.Prime, got.Known
		if got != want {
			rt.Fatalf("total = %+v, want %+v", got, want)
		}
		var sum Sums
		for _, cell := range c.Cells() {
			sum = sum.Plus(cell.Sums)
		}
		if sum.Paid != got.Paid || sum.Placed != got.Placed || sum.Units != got.Units || sum.Prime != got.Prime {
			rt.Fatalf("cells by %q sum to %+v, total %+v", by, sum, got)
		}
		if sum.Orders < got.Orders || sum.Buyers < got.Buyers {
			rt.Fatalf("cells hold fewer orders or buyers than the total: %+v < %+v", sum, got)
		}
		before := c.Cells()
		c.Seal()
		if sealed := c.Total(); sealed != got || !slices.Equal(c.Cells(), before) {
			rt.Fatalf("sealed the total is %+v, was %+v; cells %+v, were %+v", sealed, got, c.Cells(), before)
		}
		whole := slow(rows, from, end).Paid
		for _, s := range c.Steps() {
			whole -= s
		}
		if whole != 0 {
			rt.Fatalf("steps miss the paid GMV of the whole stretch by %d", whole)
		}
	})
}

// TestCubeNames: whatever of a spec changes what is summed up changes its name,
// and the catalogue, which is told apart by others, does not.
func TestCubeNames(t *testing.T) {
	base := CubeSpec{Shop: testShop(0), From: 1, To: 2, Cut: time.UnixMilli(1)}
	seen := map[string]string{base.Name(): "nothing"}
	for what, change := range map[string]func(*CubeSpec){
		"day start": func(s *CubeSpec) { s.Shop = testShop(time.Hour) },
		"bands":     func(s *CubeSpec) { s.Shop = testShop(0); s.Shop.Bands[0].To++; s.Shop.Bands[1].From++ },
		"from":      func(s *CubeSpec) { s.From = 0 }, "to": func(s *CubeSpec) { s.To = 3 },
		"cut": func(s *CubeSpec) { s.Cut = time.UnixMilli(2) }, "traffic": func(s *CubeSpec) { s.TrafficCut = time.UnixMilli(1) },
		"days": func(s *CubeSpec) { s.DayCut = time.UnixMilli(1) }, "shipped": func(s *CubeSpec) { s.ShipCut = time.UnixMilli(1) },
		"unit": func(s *CubeSpec) { s.Filter.Unit = "a" }, "category": func(s *CubeSpec) { s.Filter.Category = "a" },
		"both": func(s *CubeSpec) { s.Filter.Unit, s.Filter.Channel = `a" "`, "b" }, "by": func(s *CubeSpec) { s.By = BySKU },
		"orders": func(s *CubeSpec) { s.Known.Orders = true }, "search": func(s *CubeSpec) { s.Known.Search = true },
	} {
		spec := base
		change(&spec)
		if other, taken := seen[spec.Name()]; taken {
			t.Errorf("%s is named as %s: %s", what, other, spec.Name())
		}
		seen[spec.Name()] = what
	}
	again := base
	again.Items, again.Shop = NewCatalogue(testItems()), testShop(0)
	if again.Name() != base.Name() {
		t.Errorf("%s and %s are the same", again.Name(), base.Name())
	}
}

func TestCubeDimensions(t *testing.T) {
	shop := testShop(0)
	day := market.DateOf(2026, 11, 21)
	at := func(hour, minute int) int64 {
		return shop.Start(day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute).UnixMilli()
	}
	rows := []line{
		{order: "1", sku: "A", channel: "x", region: "east", qty: 2, amount: 20_000, paid: 18_000, placed: at(9, 0), paidAt: at(9, 5)},
		{order: "1", sku: "B", channel: "x", region: "east", qty: 1, amount: 40_000, paid: 40_000, placed: at(9, 0), paidAt: at(9, 5)},
		{order: "2", sku: "zz", channel: "y", qty: 1, amount: 15_000, paid: 15_000, placed: at(17, 59), paidAt: at(18, 0)},
		{order: "3", sku: "C", channel: "x", qty: 1, amount: 9_000, placed: at(20, 0)},
	}
	for _, tc := range []struct {
		by     Dim
		filter Filter
		want   map[string]market.Fen
	}{
		{by: ByUnit, want: map[string]market.Fen{"apparel": 18_000, "beauty": 40_000, "": 15_000}},
		{by: ByCategory, want: map[string]market.Fen{"coat": 18_000, "cream": 40_000, "": 15_000, "shoe": 0}},
		{by: ByBand, want: map[string]market.Fen{"traffic": 18_000, "profit": 15_000, "image": 40_000}},
		{by: ByRegion, want: map[string]market.Fen{"east": 58_000, "": 15_000}},
		{by: ByHour, want: map[string]market.Fen{"09": 58_000, "17": 0, "18": 15_000, "20": 0}},
		{by: BySKU, filter: Filter{Unit: "apparel"}, want: map[string]market.Fen{"A": 18_000, "C": 0}},
		{by: ByChannel, filter: Filter{Band: "image"}, want: map[string]market.Fen{"x": 40_000}},
	} {
		t.Run(string(tc.by), func(t *testing.T) {
			c := NewCube(CubeSpec{Shop: shop, Items: NewCatalogue(testItems()), From: day, To: day, Cut: shop.Start(day + 1), Filter: tc.filter, By: tc.by})
			c.AddPaid(lineBatch(rows))
			c.AddPlaced(lineBatch(rows))
			got := map[string]market.Fen{}
			for _, cell := range c.Cells() {
				got[cell.Key] = cell.Sums.Paid
			}
			if len(got) != len(tc.want) {
				t.Errorf("cells %v, want %v", got, tc.want)
			}
			for k, v := range tc.want {
				if got[k] != v {
					t.Errorf("%q = %d, want %d", k, got[k], v)
				}
			}
		})
	}
}

func TestPrimeTimeAndRatios(t *testing.T) {
	shop := testShop(2 * time.Hour)
	day := market.DateOf(2026, 11, 21)
	y, m, d := day.Date()
	at := func(hour int) int64 { return time.Date(y, m, d, hour, 0, 0, 0, shop.Zone).UnixMilli() }
	rows := []line{
		{order: "1", sku: "A", qty: 1, paid: 100, placed: at(17), paidAt: at(17)},
		{order: "2", sku: "A", qty: 1, paid: 300, placed: at(18), paidAt: at(18)},
		{order: "3", sku: "A", qty: 1, paid: 600, placed: at(22), paidAt: at(22)},
		{order: "4", sku: "A", qty: 1, paid: 999, placed: at(1), paidAt: at(1)}, // belongs to the day before
	}
	c := NewCube(CubeSpec{Shop: shop, From: day, To: day, Cut: shop.Start(day + 1), Known: Known{Orders: true}})
	c.AddPaid(lineBatch(rows))
	s := c.Total()
	if s.Paid != 1000 || s.Prime != 300 {
		t.Fatalf("paid %d prime %d, want 1000 and 300", s.Paid, s.Prime)
	}
	for key, want := range map[string]float64{"gmv_paid": 1000, "prime_time_share": 0.3, "orders": 3, "buyers": 3, "aov": 1000.0 / 3} {
		m, _ := Find(key)
		if got, ok := m.Of(s); !ok || got != want {
			t.Errorf("%s = %v, %v, want %v", key, got, ok, want)
		}
	}
	for _, key := range []string{"visitors", "conversion", "refunds", "gmv_net", "refund_rate", "cover_days"} {
		m, ok := Find(key)
		if !ok {
			t.Errorf("no metric %s", key)
		}
		if v, ok := m.Of(s); ok {
			t.Errorf("%s = %v without its feed, want unknown", key, v)
		}
	}
}

func TestRefundsAndTraffic(t *testing.T) {
	shop := testShop(0)
	day := market.DateOf(2026, 11, 21)
	start := shop.Start(day)
	r := market.NewBatch(market.Refunds, 3)
	for n, status := range []string{"success", "open", "success"} {
		i := r.Append()
		r.SetText(i, market.Refunds.MustCol("status"), status)
		r.SetText(i, market.Refunds.MustCol("sku"), "B")
		r.SetInt(i, market.Refunds.MustCol("amount"), 500)
		r.SetInt(i, market.Refunds.MustCol("success_at"), start.Add(time.Duration(n)*12*time.Hour).UnixMilli()) // the third is tomorrow's
	}
	tr := market.NewBatch(market.Traffic, 3)
	for h := range 3 {
		i := tr.Append()
		tr.SetInt(i, market.Traffic.MustCol("hour"), start.Add(time.Duration(h)*time.Hour).UnixMilli())
		tr.SetText(i, market.Traffic.MustCol("unit"), "beauty")
		tr.SetInt(i, market.Traffic.MustCol("visitors"), 100)
		tr.SetInt(i, market.Traffic.MustCol("pay_users"), 4)
	}
	known := Known{Orders: true, Refunds: true, Traffic: true}
	for _, by := range []Dim{ByUnit, ByBand} {
		c := NewCube(CubeSpec{Shop: shop, Items: NewCatalogue(testItems()), From: day, To: day, Cut: start.Add(150 * time.Minute), By: by, Known: known})
		c.AddRefunds(r)
		c.AddTraffic(tr)
		got := c.Total()
		if got.Refunded != 500 || got.Visitors != 200 || got.PayUsers != 8 || got.Known != known {
			t.Errorf("by %s: %+v, want 500 refunded, 200 visitors of the two whole hours", by, got)
		}
		cells := c.Cells()
		if by == ByUnit && (len(cells) != 1 || cells[0].Sums.Visitors != 200 || !cells[0].Sums.Known.Traffic) {
			t.Errorf("by unit: %+v", cells)
		}
		if by == ByBand && slices.ContainsFunc(cells, func(c Cell) bool { return c.Sums.Known.Traffic || c.Sums.Known.Refunds }) {
			t.Errorf("by band: traffic or refunds are known in %+v", cells)
		}
	}
}

func TestDictionary(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range All {
		if seen[m.Key] || m.Name.Zh == "" || m.Name.En == "" || m.Formula.Zh == "" || m.Formula.En == "" || m.Owner == "" {
			t.Errorf("%s: repeated or incomplete", m.Key)
		}
		seen[m.Key] = true
		for _, table := range m.Tables {
			if _, ok := market.FindTable(table); !ok {
				t.Errorf("%s: no table %s", m.Key, table)
			}
		}
	}
	if !seen[Default] {
		t.Errorf("default %s is not in the dictionary", Default)
	}
}
