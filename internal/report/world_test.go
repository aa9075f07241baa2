package report

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// world is a shop with a real store that tests fill by hand or by chance.
type world struct {
	t    testing.TB
	db   *storage.DB
	shop *market.Shop
	seq  int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	engine, err := bolt.Open(filepath.Join(tb.TempDir(), "shop.db"), bolt.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	db, err := storage.Open(context.Background(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	label := func(id, zh, en string) market.Label { return market.Label{ID: id, Name: market.Name{Zh: zh, En: en}} }
	return &world{t: tb, db: db, shop: &market.Shop{
		ID: "flagship", Name: market.Name{Zh: "旗舰店", En: "Flagship"}, Currency: "CNY", Zone: time.FixedZone("CST", 8*3600),
		Units:    []market.Label{label("apparel", "服饰", "Apparel"), label("beauty", "美妆", "Beauty"), label("digital", "数码", "Digital")},
		Channels: []market.Label{label("tmall", "天猫", "Tmall"), label("super", "猫超", "Supermarket"), label("taote", "淘特", "Taote")},
		Bands: []market.Band{
			{Label: label("traffic", "引流", "Traffic"), To: 100_00},
			{Label: label("profit", "利润", "Profit"), From: 100_00, To: 300_00},
			{Label: label("image", "形象", "Image"), From: 300_00},
		},
	}}
}

// at is a local time of the shop: "2026-11-21 16:20".
func (w *world) at(s string) time.Time {
	w.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, w.shop.Zone)
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

// row is the known values of a row: text, int, market.Fen, bool or time.Time.
type row map[string]any

func batchOf(tb testing.TB, table *market.Table, rows ...row) *market.Batch {
	tb.Helper()
	b := market.NewBatch(table, len(rows))
	for _, r := range rows {
		i := b.Append()
		for name, v := range r {
			c := table.MustCol(name)
			switch v := v.(type) {
			case string:
				b.SetText(i, c, v)
			case int:
				b.SetInt(i, c, int64(v))
			case market.Fen:
				b.SetInt(i, c, int64(v))
			case time.Time:
				b.SetInt(i, c, v.UnixMilli())
			case bool:
				b.SetInt(i, c, int64(b2i(v)))
			default:
				tb.Fatalf("%s.%s: %T", table.Name, name, v)
			}
		}
	}
	return b
}

// pull stores rows as a pull that is complete up to mark.
func (w *world) pull(table *market.Table, mark time.Time, rows *market.Batch) {
	w.t.Helper()
	w.pullAs(table, mark, rows, market.Complete)
}

func (w *world) pullAs(table *market.Table, mark time.Time, rows *market.Batch, state market.Condition) {
	w.t.Helper()
	w.seq++
	p := market.Pull{Rows: rows, Snapshot: market.Snapshot{
		Source: "src_" + table.Name, Table: table.Name, Shop: w.shop.ID, PulledAt: mark, State: state,
		Window:   market.Window{Start: mark.Add(-time.Hour), End: mark},
		Manifest: market.Manifest{Rows: rows.Len(), Digest: fmt.Sprint(w.seq)},
	}}
	if state == market.Complete {
		p.Snapshot.Watermark = mark
	} else {
		p.Snapshot.Manifest.Reasons = []string{"page 3 of 4 is missing"}
	}
	err := w.db.Update(context.Background(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(w.shop, p)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// golden compares v as JSON with testdata/name.json; UPDATE=1 writes it.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, d)
	}
}

// crowd is a shop that lives by chance: its size is what the measurements are
// promised for.
type crowd struct {
	skus, orders, days int
	start              market.Day
	// factor scales the orders of an hour of a unit.
	factor func(d market.Day, hour, unit int) float64
}

var crowdHours = [24]float64{1.5, .8, .5, .4, .4, .5, 1, 2, 3, 4.5, 6, 6, 5.5, 5, 5, 5, 5, 5, 5.5, 7, 9, 9.5, 8, 4.5}

// fill stores the crowd's catalogue and its orders, day by day.
func (w *world) fill(c crowd, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	items := market.NewBatch(market.Items, c.skus)
	weights := make([]float64, c.skus)
	total := 0.0
	for i := range c.skus {
		total += 1 / math.Pow(float64(i+3), .9)
		weights[i] = total
		n := items.Append()
		for col, v := range map[string]string{
			"sku": sku(i), "title": fmt.Sprintf("商品 %d", i), "unit": w.shop.Units[i%3].ID, "category": fmt.Sprintf("c%d", i%20),
		} {
			items.SetText(n, market.Items.MustCol(col), v)
		}
	}
	w.pull(market.Items, w.shop.Start(c.start), items)
	hours := 0.0
	for _, h := range crowdHours {
		hours += h
	}
	id := 0
	for d := c.start; d < c.start+market.Day(c.days); d++ {
		b := market.NewBatch(market.OrderLines, c.orders*2)
		for h := range 24 {
			n := int(float64(c.orders)*crowdHours[h]/hours + rng.Float64())
			for range n {
				first := pickItem(rng, weights)
				if c.factor != nil && rng.Float64() > c.factor(d, h, first%3) {
					continue
				}
				id++
				at := w.shop.Start(d).Add(time.Duration(h)*time.Hour + time.Duration(rng.IntN(3600))*time.Second)
				w.order(b, rng, id, at, first)
				if rng.Float64() < .5 {
					w.order(b, rng, id, at, pickItem(rng, weights))
				}
			}
		}
		w.pull(market.OrderLines, w.shop.Start(d+1), b)
	}
}

func sku(i int) string { return fmt.Sprintf("S%05d", i) }

func pickItem(rng *rand.Rand, cumulative []float64) int {
	x := rng.Float64() * cumulative[len(cumulative)-1]
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		if mid := (lo + hi) / 2; cumulative[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func itemPrice(i int) int64 { return 40_00 + int64(i*7919%400)*100 }

func (w *world) order(b *market.Batch, rng *rand.Rand, id int, at time.Time, item int) {
	t := market.OrderLines
	i := b.Append()
	channel := w.shop.Channels[[10]int{0, 0, 0, 0, 0, 0, 0, 1, 1, 2}[rng.IntN(10)]].ID
	for col, v := range map[string]string{
		"order_id": fmt.Sprintf("o%08d", id), "line_id": fmt.Sprintf("l%d-%d", id, i), "status": market.Paid, "sku": sku(item),
		"channel": channel, "region": fmt.Sprintf("r%d", rng.IntN(7)), "buyer": fmt.Sprintf("b%d", rng.IntN(50_000)),
	} {
		b.SetText(i, t.MustCol(col), v)
	}
	qty := int64(1 + rng.IntN(2))
	paid := itemPrice(item) * qty
	for col, v := range map[string]int64{
		"qty": qty, "amount": paid, "paid": paid, "placed_at": at.UnixMilli(), "paid_at": at.Add(time.Minute).UnixMilli(), "modified": at.UnixMilli(),
	} {
		b.SetInt(i, t.MustCol(col), v)
	}
}

// shelvesFull stores a picture of stock in which everything has plenty, except
// what change alters.
func (w *world) shelvesFull(n int, at time.Time, change map[string]int) {
	t := market.Inventory
	b := market.NewBatch(t, n*3)
	for s := range n {
		for _, c := range w.shop.Channels {
			i := b.Append()
			b.SetText(i, t.MustCol("sku"), sku(s))
			b.SetText(i, t.MustCol("channel"), c.ID)
			have := 500
			if v, ok := change[sku(s)+"/"+c.ID]; ok {
				have = v
			}
			b.SetInt(i, t.MustCol("available"), int64(have))
			b.SetInt(i, t.MustCol("listed"), 1)
		}
	}
	w.pull(t, at, b)
}

// rivalsAt stores our prices and those of two rivals for the first n items;
// change alters a rival's deal price.
func (w *world) rivalsAt(n int, at time.Time, change map[string]int64) {
	own, offers := market.NewBatch(market.OwnPrices, n), market.NewBatch(market.RivalOffers, n*2)
	for s := range n {
		i := own.Append()
		own.SetText(i, market.OwnPrices.MustCol("sku"), sku(s))
		own.SetText(i, market.OwnPrices.MustCol("channel"), "tmall")
		own.SetInt(i, market.OwnPrices.MustCol("deal"), itemPrice(s))
		for _, rival := range []string{"alpha", "beta"} {
			t := market.RivalOffers
			j := offers.Append()
			for col, v := range map[string]string{"rival": rival, "rival_item": rival + sku(s), "sku": sku(s)} {
				offers.SetText(j, t.MustCol(col), v)
			}
			price := itemPrice(s) * 105 / 100
			if v, ok := change[rival+"/"+sku(s)]; ok {
				price = v
			}
			offers.SetInt(j, t.MustCol("deal"), price)
			offers.SetInt(j, t.MustCol("match"), 9500)
		}
	}
	w.pull(market.OwnPrices, at, own)
	w.pull(market.RivalOffers, at, offers)
}
