package storage_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// eventOracle keeps every row ever accepted and merges them the slow way.
type eventOracle struct {
	table *market.Table
	rows  []oracleRow
}

type oracleRow struct {
	rev     market.Revision
	key     string
	version int64
	text    string
}

func (o *eventOracle) add(rev market.Revision, b *market.Batch) {
	for i := range b.Len() {
		one := market.NewBatch(o.table, 1)
		one.AppendRow(b, i)
		r := oracleRow{rev: rev, text: rowsText(one)[0]}
		for _, k := range o.table.Key {
			if v := b.Column(k); v.Texts != nil {
				r.key += v.Texts[i] + "\x00"
			} else {
				r.key += fmt.Sprint(v.Ints[i], "\x00")
			}
		}
		if o.table.Version != "" {
			r.version, _ = b.Column(o.table.Version).Int(i)
		}
		o.rows = append(o.rows, r)
	}
}

func (o *eventOracle) at(asOf market.Revision) []string {
	best := map[string]oracleRow{}
	for _, r := range o.rows {
		if asOf > 0 && r.rev > asOf {
			continue
		}
		old, ok := best[r.key]
		if !ok || r.version > old.version || r.version == old.version && r.rev >= old.rev {
			best[r.key] = r
		}
	}
	var out []string
	for r := range maps.Values(best) {
		out = append(out, r.text)
	}
	slices.Sort(out)
	return out
}

// drawOrders makes rows of few keys, so that versions meet, over three days.
func drawOrders(t *rapid.T) *market.Batch {
	b := market.NewBatch(market.OrderLines, 0)
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		k := rapid.IntRange(0, 25).Draw(t, "key")
		i := b.Append()
		b.SetText(i, 0, fmt.Sprint("order", k/2))
		b.SetText(i, 1, fmt.Sprint(k%2))
		b.SetInt(i, 2, rapid.Int64Range(1, 4).Draw(t, "version"))
		b.SetText(i, 3, rapid.SampledFrom([]string{market.Placed, market.Paid, market.Shipped}).Draw(t, "status"))
		b.SetInt(i, b.Table.MustCol("qty"), rapid.Int64Range(1, 3).Draw(t, "qty"))
		b.SetInt(i, b.Table.MustCol("placed_at"), testShop().Start(day0).UnixMilli()+int64(k)*3*3600*1000)
		if rapid.Bool().Draw(t, "paid") {
			b.SetInt(i, b.Table.MustCol("paid"), rapid.Int64Range(0, 3).Draw(t, "amount")*100)
		}
	}
	return b
}

// drawTraffic makes rows of a table without versions.
func drawTraffic(t *rapid.T) *market.Batch {
	b := market.NewBatch(market.Traffic, 0)
	for range rapid.IntRange(0, 8).Draw(t, "rows") {
		i := b.Append()
		b.SetInt(i, 0, testShop().Start(day0).UnixMilli()+rapid.Int64Range(0, 40).Draw(t, "hour")*3_600_000)
		b.SetText(i, 1, rapid.SampledFrom([]string{"tmall", "taote"}).Draw(t, "channel"))
		b.SetText(i, 2, "")
		b.SetText(i, 3, "search")
		b.SetInt(i, 4, rapid.Int64Range(0, 2).Draw(t, "visitors"))
	}
	return b
}

func allEvents(tx *storage.Tx, table *market.Table, asOf market.Revision) ([]string, error) {
	got, err := tx.Events(storage.EventQuery{
		Shop: testShop(), Table: table, AsOf: asOf, Window: testShop().Window(day0-1, day0+30),
	})
	return batchesText(got), err
}

// TestEventsMerge stores random pulls, some of which are not to be trusted or
// rolled back, and compares what is read, now and as of random revisions, with
// the oracle.
func TestEventsMerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		db := openStore(t)
		table, draw := market.OrderLines, drawOrders
		if rapid.Bool().Draw(rt, "traffic") {
			table, draw = market.Traffic, drawTraffic
		}
		oracle := eventOracle{table: table}
		rapidPulls(rt, t, db, &oracle, draw)
		view(t, db, func(tx *storage.Tx) error {
			for _, asOf := range []market.Revision{0, tx.Revision() + 5, market.Revision(rapid.Uint64Range(1, uint64(tx.Revision())+1).Draw(rt, "asOf"))} {
				got, err := allEvents(tx, table, asOf)
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(oracle.at(asOf), got); diff != "" {
					rt.Fatalf("as of %d of %d (-want +got):\n%s", asOf, tx.Revision(), diff)
				}
			}
			return nil
		})
		if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
			rt.Fatalf("check: %q, %v", found, err)
		}
	})
}

func rapidPulls(rt *rapid.T, t *testing.T, db *storage.DB, oracle *eventOracle, draw func(*rapid.T) *market.Batch) {
	undo := errors.New("undo")
	for range rapid.IntRange(1, 3).Draw(rt, "transactions") {
		fail := rapid.IntRange(0, 3).Draw(rt, "fail") == 0
		accepted := *oracle
		err := db.Update(t.Context(), func(tx *storage.Tx) error {
			for range rapid.IntRange(1, 25).Draw(rt, "pulls") {
				p := orderPull(testShop().Start(day0).UnixMilli(), nil)
				p.Snapshot.Table, p.Rows = oracle.table.Name, draw(rt)
				p.Snapshot.State = rapid.SampledFrom([]market.Condition{
					market.Complete, market.Complete, market.Complete, market.Partial, market.Suspect, market.Failed,
				}).Draw(rt, "state")
				rev, err := tx.PutPull(testShop(), p)
				if err != nil {
					return err
				}
				if p.Snapshot.State == market.Complete || p.Snapshot.State == market.Partial {
					accepted.add(rev, p.Rows)
				}
			}
			if got, err := allEvents(tx, oracle.table, 0); err != nil || cmp.Diff(accepted.at(0), got) != "" {
				return fmt.Errorf("an update does not read its own writes: %w", err)
			}
			if fail {
				return undo
			}
			return nil
		})
		switch {
		case fail && errors.Is(err, undo):
		case err != nil:
			rt.Fatal(err)
		default:
			*oracle = accepted
		}
		view(t, db, func(tx *storage.Tx) error {
			got, err := allEvents(tx, oracle.table, 0)
			if diff := cmp.Diff(oracle.at(0), got); diff != "" {
				rt.Fatalf("after a transaction (-want +got):\n%s", diff)
			}
			return err
		})
	}
}

func TestEventsFoldManyPulls(t *testing.T) {
	db := openStore(t)
	fillOrders(t, db, 3, 600)
	s, err := db.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// 600 lines a day that arrive in some 300 pulls would be 300 blocks.
	if got := s.Tables[0]; got.Days != 3 || got.Blocks > 3*32 {
		t.Errorf("%d blocks in %d days", got.Blocks, got.Days)
	}
	w := newOrderWorld(1)
	want := map[int]int{}
	view(t, db, func(tx *storage.Tx) error {
		for d := range 3 {
			w.place(day0+market.Day(d), 600)
			want[d] = 600
			got, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.OrderLines, Window: testShop().Window(day0+market.Day(d), day0+market.Day(d))})
			if err != nil || len(got) != 1 || got[0].Len() != want[d] {
				t.Errorf("day %d: %d batches, %v", d, len(got), err)
			}
		}
		return nil
	})
}

// TestEventsWindow asks for days by different columns.
func TestEventsWindow(t *testing.T) {
	db, shop := openStore(t), testShop()
	b := market.NewBatch(market.OrderLines, 3)
	for d := range 3 { // placed at 23:00 of days 0..2, paid two days later, the last not at all
		i := b.Append()
		b.SetText(i, 0, fmt.Sprint("o", d))
		b.SetText(i, 1, "1")
		b.SetInt(i, 2, 1)
		at := shop.Start(day0 + market.Day(d)).Add(23 * time.Hour)
		b.SetInt(i, b.Table.MustCol("placed_at"), at.UnixMilli())
		if d < 2 {
			b.SetInt(i, b.Table.MustCol("paid_at"), at.Add(48*time.Hour).UnixMilli())
		}
	}
	p := orderPull(0, nil)
	p.Rows = b
	putPull(t, db, p)
	for _, c := range []struct {
		name     string
		column   string
		from, to market.Day
		want     []string
	}{
		{"placed on day 1", "placed_at", day0 + 1, day0 + 1, []string{"o1"}},
		{"default column", "", day0, day0 + 1, []string{"o0", "o1"}},
		{"paid on day 2", "paid_at", day0 + 2, day0 + 2, []string{"o0"}},
		{"paid on days 2 and 3", "paid_at", day0 + 2, day0 + 3, []string{"o0", "o1"}},
		{"paid before anything was", "paid_at", day0, day0 + 1, nil},
		{"never shipped", "shipped_at", day0, day0 + 9, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			view(t, db, func(tx *storage.Tx) error {
				batches, err := tx.Events(storage.EventQuery{Shop: shop, Table: market.OrderLines, Column: c.column, Window: shop.Window(c.from, c.to)})
				var got []string
				for _, b := range batches {
					got = append(got, b.Column("order_id").Texts...)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("orders %q, want %q", got, c.want)
				}
				return err
			})
		})
	}
}

// TestEventsColumns: columns that were not asked for read as unknown, others as
// they are, in whatever order they are asked for.
func TestEventsColumns(t *testing.T) {
	db, shop := openStore(t), testShop()
	fillOrders(t, db, 1, 50)
	q := storage.EventQuery{Shop: shop, Table: market.OrderLines, Window: shop.Window(day0, day0)}
	var all *market.Batch
	for _, columns := range [][]string{{"paid", "sku"}, nil, {"qty"}, {"paid"}} {
		view(t, db, func(tx *storage.Tx) error {
			q.Columns = columns
			got, err := tx.Events(q)
			if err != nil || len(got) != 1 {
				t.Fatalf("%d batches, %v", len(got), err)
			}
			if columns == nil {
				all = got[0]
				return nil
			}
			for _, name := range append(columns, "order_id", "line_id", "placed_at") {
				known := 0
				for i := range got[0].Len() {
					if got[0].Column(name).Known(i) {
						known++
					}
				}
				if known == 0 {
					t.Errorf("asked for %q, %s is not known", columns, name)
				}
			}
			if v := got[0].Column("title"); v.Known(0) || v.Texts[0] != "" {
				t.Errorf("asked for %q, title is %q", columns, v.Texts[0])
			}
			return nil
		})
	}
	for i := range all.Len() {
		if q, ok := all.Column("qty").Int(i); !ok || q < 1 || all.Column("title").Text(i) == "" {
			t.Fatalf("row %d of all columns: qty %d %v, title %q", i, q, ok, all.Column("title").Text(i))
		}
	}
	for name, q := range map[string]storage.EventQuery{
		"no such column":  {Shop: shop, Table: market.OrderLines, Column: "nope", Window: q.Window},
		"no instant":      {Shop: shop, Table: market.OrderLines, Column: "qty", Window: q.Window},
		"no such wanted":  {Shop: shop, Table: market.OrderLines, Columns: []string{"nope"}, Window: q.Window},
		"a state table":   {Shop: shop, Table: market.Inventory, Window: q.Window},
		"no shop":         {Table: market.OrderLines, Window: q.Window},
		"a foreign table": {Shop: shop, Table: &market.Table{Name: "order_line"}, Window: q.Window},
	} {
		view(t, db, func(tx *storage.Tx) error {
			if _, err := tx.Events(q); err == nil {
				t.Errorf("%s: no error", name)
			}
			return nil
		})
	}
}

// TestEventsDate reads a table that is filed by date, not by instant.
func TestEventsDate(t *testing.T) {
	db, shop := openStore(t), testShop()
	b := market.NewBatch(market.AdsDays, 3)
	for d := range int64(3) {
		i := b.Append()
		b.SetInt(i, 0, int64(day0)+d)
		b.SetText(i, 1, "plan")
		b.SetInt(i, 3, 100*d)
	}
	putPull(t, db, market.Pull{Snapshot: market.Snapshot{Source: "ads", Table: "ads_day", State: market.Complete}, Rows: b})
	view(t, db, func(tx *storage.Tx) error {
		got, err := tx.Events(storage.EventQuery{Shop: shop, Table: market.AdsDays, Column: "day", Window: shop.Window(day0+1, day0+1)})
		if err != nil || len(got) != 1 || got[0].Len() != 1 || got[0].Column("cost").Ints[0] != 100 {
			t.Errorf("%v, %v", batchesText(got), err)
		}
		return nil
	})
}
