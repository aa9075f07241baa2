package storage_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

var shanghai = time.FixedZone("CST", 8*3600)

func testShop() *market.Shop {
	return &market.Shop{ID: "mall/1", Currency: "CNY", Zone: shanghai}
}

// day0 is the first business day of the tests.
var day0 = market.DateOf(2026, 3, 1)

func openStore(t testing.TB) *storage.DB {
	t.Helper()
	return openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
}

func openStoreAt(t testing.TB, path string) *storage.DB {
	t.Helper()
	db, err := openPath(t, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, db) })
	return db
}

func openPath(t testing.TB, path string) (*storage.DB, error) {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	return storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
}

func closeStore(t testing.TB, db *storage.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func update(t testing.TB, db *storage.DB, fn func(tx *storage.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *storage.DB, fn func(tx *storage.Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// putPull stores a pull of its own transaction.
func putPull(t testing.TB, db *storage.DB, p market.Pull) market.Revision {
	t.Helper()
	var rev market.Revision
	update(t, db, func(tx *storage.Tx) (err error) {
		rev, err = tx.PutPull(testShop(), p)
		return err
	})
	return rev
}

// orderWorld makes order lines that live: placed, paid, shipped, received, each
// step a new version with a later modified time.
type orderWorld struct {
	rng  *rand.Rand
	next int
	due  map[int64][]*orderLine // by ten-minute step
}

type orderLine struct {
	id, line, sku, title, buyer, region, channel string
	qty, price                                   int64
	placed                                       int64 // milliseconds
	stage                                        int
	times                                        [4]int64
}

const step = 10 * 60 * 1000

func newOrderWorld(seed uint64) *orderWorld {
	return &orderWorld{rng: rand.New(rand.NewPCG(seed, 1)), due: map[int64][]*orderLine{}}
}

// place adds the orders of a day: lines lines between 8:00 and 24:00.
func (w *orderWorld) place(day market.Day, lines int) {
	start := testShop().Start(day).UnixMilli()
	for range lines {
		w.next++
		sku := int(w.rng.ExpFloat64() * 60)
		l := &orderLine{
			id: fmt.Sprintf("39218%013d", int64(w.next/2)*7919), line: fmt.Sprint(w.next%2 + 1),
			sku: fmt.Sprintf("SKU-%05d", sku), title: fmt.Sprintf("春季新款 连衣裙 第%d款 显瘦", sku),
			buyer: fmt.Sprintf("buyer-%06d", w.rng.IntN(60000)), region: []string{"上海", "浙江", "广东", "四川"}[w.rng.IntN(4)],
			channel: []string{"tmall", "taote", "super"}[w.rng.IntN(3)],
			qty:     1 + int64(w.rng.IntN(3)), price: 990 + int64(sku)*1000,
			placed: start + 8*3600*1000 + w.rng.Int64N(16*3600)*1000,
		}
		l.times[0] = l.placed
		w.queue(l, l.placed)
	}
}

func (w *orderWorld) queue(l *orderLine, at int64) {
	l.times[l.stage] = at
	w.due[at/step] = append(w.due[at/step], l)
}

// advance takes out what changes in the ten minutes from at on.
func (w *orderWorld) advance(at int64) []*orderLine {
	lines := w.due[at/step]
	delete(w.due, at/step)
	return lines
}

// follow schedules the next step of a line's life.
func (w *orderWorld) follow(l *orderLine) {
	wait := []int64{15 * 60, 20 * 3600, 4 * 24 * 3600}
	if l.stage < 3 {
		at := l.times[l.stage] + (wait[l.stage]/2+w.rng.Int64N(wait[l.stage]))*1000
		l.stage++
		w.queue(l, at)
	}
}

func (l *orderLine) append(b *market.Batch) {
	i := b.Append()
	text := func(name, s string) { b.SetText(i, b.Table.MustCol(name), s) }
	number := func(name string, v int64) { b.SetInt(i, b.Table.MustCol(name), v) }
	text("order_id", l.id)
	text("line_id", l.line)
	number("modified", l.times[l.stage])
	text("status", []string{market.Placed, market.Paid, market.Shipped, market.Finished}[l.stage])
	text("sku", l.sku)
	text("item", "item-"+l.sku[4:])
	text("channel", l.channel)
	text("region", l.region)
	text("title", l.title)
	text("buyer", l.buyer)
	number("qty", l.qty)
	number("list", l.price*12/10)
	number("discount", l.price*2/10)
	number("amount", l.price*l.qty)
	number("placed_at", l.placed)
	number("member", int64(len(l.buyer)%2))
	number("presale", 0)
	if l.stage > 0 {
		number("paid", l.price*l.qty)
		number("paid_at", l.times[1])
	}
	if l.stage > 1 {
		number("shipped_at", l.times[2])
	}
	if l.stage > 2 {
		number("finished_at", l.times[3])
	}
}

// orderPull is a pull of order lines modified in the ten minutes from at on.
func orderPull(at int64, lines []*orderLine) market.Pull {
	b := market.NewBatch(market.OrderLines, len(lines))
	for _, l := range lines {
		l.append(b)
	}
	end := time.UnixMilli(at + step)
	return market.Pull{
		Snapshot: market.Snapshot{
			Source: "orders", Table: "order_line", State: market.Complete, PulledAt: end.Add(time.Minute), Watermark: end,
			Window:   market.Window{Start: time.UnixMilli(at), End: end},
			Manifest: market.Manifest{Rows: b.Len()},
		},
		Rows: b,
	}
}

// fillOrders stores days of ten-minute pulls, a transaction a day.
func fillOrders(t testing.TB, db *storage.DB, days, lines int) {
	t.Helper()
	w := newOrderWorld(1)
	for d := range days {
		day := day0 + market.Day(d)
		w.place(day, lines)
		update(t, db, func(tx *storage.Tx) error {
			from, to := testShop().Window(day, day).Millis()
			for at := from; at < to; at += step {
				changed := w.advance(at)
				if _, err := tx.PutPull(testShop(), orderPull(at, changed)); err != nil {
					return err
				}
				for _, l := range changed {
					w.follow(l)
				}
			}
			return nil
		})
	}
}

// stockPull is a picture of n SKUs on a channel.
func stockPull(at time.Time, source string, rows *market.Batch) market.Pull {
	return market.Pull{
		Snapshot: market.Snapshot{
			Source: source, Table: rows.Table.Name, State: market.Complete, PulledAt: at, Watermark: at,
			Window: market.Window{End: at}, Manifest: market.Manifest{Rows: rows.Len()},
		},
		Rows: rows,
	}
}

func stockRows(rng *rand.Rand, n int, level []int64) *market.Batch {
	b := market.NewBatch(market.Inventory, n)
	for k := range n {
		if rng.IntN(14) == 0 {
			level[k] = max(0, level[k]-int64(rng.IntN(3)))
		}
		i := b.Append()
		b.SetText(i, 0, fmt.Sprintf("SKU-%05d", k))
		b.SetText(i, 1, "tmall")
		b.SetInt(i, 2, level[k]+2)
		b.SetInt(i, 3, level[k])
		b.SetInt(i, 4, 2)
		b.SetInt(i, 7, 1)
	}
	return b
}

// rowsText writes a batch as sorted lines, for comparing.
func rowsText(b *market.Batch) []string {
	var out []string
	for i := range b.Len() {
		line := ""
		for c, col := range b.Table.Columns {
			switch v := b.Col(c); {
			case !v.Known(i):
			case col.Kind == market.Text:
				line += fmt.Sprintf("%s=%q ", col.Name, v.Texts[i])
			default:
				line += fmt.Sprintf("%s=%d ", col.Name, v.Ints[i])
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func batchesText(all []*market.Batch) []string {
	var out []string
	for _, b := range all {
		out = append(out, rowsText(b)...)
	}
	slices.Sort(out)
	return out
}
