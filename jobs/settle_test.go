package jobs

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// hourShelf is a shop with a store in which facts arrive.
type hourShelf struct {
	t      *testing.T
	db     *storage.DB
	panels *series.Store
	shop   *market.Shop
	now    time.Time
	settle *Settle
}

func newShelf(t *testing.T) *hourShelf {
	t.Helper()
	e, err := bolt.Open(filepath.Join(t.TempDir(), "shop.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	panels, err := series.Open(t.Context(), db, series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		panels.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &hourShelf{t: t, db: db, panels: panels, now: time.Date(2026, 11, 21, 10, 20, 0, 0, time.UTC)}
	s.shop = &market.Shop{ID: "tmall", Zone: time.FixedZone("CST", 8*3600)}
	s.settle = &Settle{DB: db, Series: panels, Shop: s.shop, Now: func() time.Time { return s.now }}
	return s
}

// row is a row of a table by column name: texts as string, all else as int64.
type row map[string]any

// arrive stores a complete pull that reaches up to now.
func (s *hourShelf) arrive(table *market.Table, rows ...row) {
	s.t.Helper()
	b := market.NewBatch(table, len(rows))
	for _, r := range rows {
		i := b.Append()
		for name, v := range r {
			switch v := v.(type) {
			case string:
				b.SetText(i, table.MustCol(name), v)
			case int:
				b.SetInt(i, table.MustCol(name), int64(v))
			case time.Time:
				b.SetInt(i, table.MustCol(name), v.UnixMilli())
			}
		}
	}
	p := market.Pull{Rows: b, Snapshot: market.Snapshot{
		Source: table.Name, Table: table.Name, Shop: s.shop.ID, Window: market.Window{Start: s.now.Add(-time.Hour), End: s.now},
		PulledAt: s.now, Watermark: s.now, State: market.Complete,
	}}
	if err := s.db.Update(s.t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(s.shop, p)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *hourShelf) run() {
	s.t.Helper()
	if err := s.settle.Run(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func order(id, sku, status string, paid time.Time, qty, amount int) row {
	return row{
		"order_id": id, "line_id": "1", "modified": paid, "status": status, "sku": sku, "channel": "flagship", "region": "sh",
		"qty": qty, "paid": amount, "placed_at": paid.Add(-time.Minute), "paid_at": paid,
	}
}

// want compares one value of the panel; nil is not known.
func (s *hourShelf) want(hour int, sku market.SKU, c series.Column, want *int64) series.Slot {
	s.t.Helper()
	var is series.Slot
	err := s.db.View(s.t.Context(), func(tx *storage.Tx) error {
		id, ok := s.panels.Panel(s.shop.ID).Find(sku, "flagship")
		if !ok {
			s.t.Fatalf("%s has no series", sku)
		}
		cols, slot, err := s.panels.Read(tx, s.shop.ID, time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC), 0)
		if err != nil {
			return err
		}
		is = slot
		v, known := cols.Value(c, id)
		if known != (want != nil) || known && v != *want {
			s.t.Errorf("%v of %s at %dh is %d (known %v)", c, sku, hour, v, known)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return is
}

// TestSettle: orders, pictures and a restated order become hours of the panel;
// what no source tells stays unknown.
func TestSettle(t *testing.T) {
	s := newShelf(t)
	s.run() // an empty store has no panel
	if s.panels.Panel(s.shop.ID) != nil {
		t.Fatal("a shop without facts has a panel")
	}
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 21, hour, minute, 0, 0, time.UTC) }
	s.arrive(market.Inventory, row{"sku": "A", "channel": "flagship", "available": 7}, row{"sku": "B", "channel": "flagship", "available": 0})
	s.arrive(market.OwnPrices, row{"sku": "A", "channel": "flagship", "list": 12000, "deal": 10000, "coupon": 500})
	s.arrive(market.RivalOffers,
		row{"rival": "r", "rival_item": "1", "sku": "A", "match": 9000, "deal": 9000},
		row{"rival": "r", "rival_item": "2", "sku": "A", "match": 5000, "deal": 100})
	s.arrive(market.OrderLines,
		order("1", "A", market.Paid, at(8, 10), 2, 20000),
		order("2", "A", market.Paid, at(8, 50), 1, 10000),
		order("3", "A", market.Placed, at(8, 55), 1, 10000),
		order("4", "B", market.Shipped, at(10, 5), 1, 3000))
	s.run()
	s.want(8, "A", series.Units, new(int64(3)))
	s.want(8, "A", series.Orders, new(int64(2)))
	s.want(8, "A", series.GMV, new(int64(30000)))
	s.want(9, "A", series.Units, new(int64(0)))
	s.want(8, "A", series.Visits, nil)
	s.want(8, "A", series.Refunds, nil) // no source of refunds yet
	s.want(8, "A", series.Stock, nil)   // the picture was taken later
	s.want(10, "A", series.Stock, new(int64(7)))
	s.want(10, "B", series.Stock, new(int64(0)))
	s.want(10, "A", series.Price, new(int64(9500)))
	s.want(10, "B", series.Price, nil)
	s.want(10, "A", series.RivalPrice, new(int64(9000)))
	if slot := s.want(10, "B", series.Units, new(int64(1))); slot.State != market.Partial || !slot.At.Equal(s.now) {
		t.Errorf("the hour under way is %v up to %v", slot.State, slot.At)
	}
	before := s.want(8, "B", series.Units, new(int64(0))).Revision

	// Half an hour later an old order has grown, and refunds are told as well.
	s.now = s.now.Add(50 * time.Minute)
	grown := order("1", "A", market.Paid, at(8, 10), 5, 50000)
	grown["modified"] = at(10, 40)
	s.arrive(market.OrderLines, grown)
	s.run()
	if slot := s.want(8, "A", series.Units, new(int64(6))); slot.Revision <= before {
		t.Errorf("the restated hour is of revision %d, before it was %d", slot.Revision, before)
	}
	if slot := s.want(9, "A", series.Units, new(int64(0))); slot.Revision != before {
		t.Errorf("an hour that has not changed was put again as %d", slot.Revision)
	}
	if slot := s.want(10, "A", series.Stock, new(int64(7))); slot.State != market.Complete {
		t.Errorf("the hour that has ended is %v", slot.State)
	}
	s.arrive(market.Refunds, row{"refund_id": "x", "sku": "A", "channel": "flagship", "amount": 100, "status": "success", "created": at(8, 30), "modified": at(9, 0), "success_at": at(9, 0)})
	s.run()
	s.want(9, "A", series.Refunds, new(int64(1)))
	s.want(8, "A", series.Refunds, new(int64(0)))

	// As of the first run the panel is what it was.
	if err := s.db.View(t.Context(), func(tx *storage.Tx) error {
		id, _ := s.panels.Panel(s.shop.ID).Find("A", "flagship")
		cols, _, err := s.panels.Read(tx, s.shop.ID, at(8, 0), before)
		if v, _ := cols.Value(series.Units, id); v != 3 {
			t.Errorf("as of then %d pieces, want 3", v)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCompactJob folds what has settled in one run.
func TestCompactJob(t *testing.T) {
	s := newShelf(t)
	s.arrive(market.OrderLines, order("1", "A", market.Paid, s.now.Add(-2*time.Hour), 2, 20000))
	s.run()
	s.now = s.now.AddDate(0, 0, 10)
	j := Compact(s.panels, s.shop, Schedule{}, func() time.Time { return s.now }, slog.New(slog.DiscardHandler))
	if err := j.Run(t.Context(), s.now); err != nil {
		t.Fatal(err)
	}
	if more, err := s.panels.Compact(t.Context(), s.shop, s.now); more || err != nil {
		t.Errorf("more to fold: %v, %v", more, err)
	}
	s.want(8, "A", series.Units, new(int64(2)))
}

// TestPanelAnswers: what is asked of the panel says the same as the facts.
func TestPanelAnswers(t *testing.T) {
	s := newShelf(t)
	s.shop.Channels = []market.Label{{ID: "flagship"}}
	s.arrive(market.Items, row{"sku": "A", "title": "外套", "unit": "wear", "category": "coat"}, row{"sku": "B", "title": "面霜", "unit": "face"})
	s.arrive(market.Inventory, row{"sku": "A", "channel": "flagship", "available": 7}, row{"sku": "B", "channel": "flagship", "available": 3})
	s.arrive(market.OrderLines,
		order("1", "A", market.Paid, s.now.Add(-2*time.Hour), 2, 20000), order("2", "B", market.Paid, s.now.Add(-time.Hour), 1, 90000),
		order("3", "B", market.Finished, s.now.Add(-30*time.Hour), 4, 360000))
	s.run()
	s.now = s.now.Add(time.Hour)
	s.arrive(market.Inventory, row{"sku": "A", "channel": "flagship", "available": 0}, row{"sku": "B", "channel": "flagship", "available": 3})
	s.arrive(market.OrderLines, order("4", "A", market.Paid, s.now.Add(-time.Minute), 5, 50000))
	s.run()
	today := s.shop.Day(s.now)
	q := report.PanelQuery{Now: s.now, From: today, To: today}
	top, err := report.LoadTop(t.Context(), s.db, s.panels, s.shop, report.TopQuery{PanelQuery: q, Metric: series.GMV, Top: 1})
	if err != nil || len(top.Items) != 1 || top.Items[0].SKU != "B" || top.Items[0].Value != 90000 || top.Items[0].Title != "面霜" || top.More != 1 {
		t.Errorf("%+v, %v", top, err)
	}
	if !top.Data.AsOf.Equal(s.now) {
		t.Errorf("data as of %v, want %v", top.Data.AsOf, s.now)
	}
	wide := q
	wide.From--
	groups, err := report.LoadGroups(t.Context(), s.db, s.panels, s.shop, report.GroupsQuery{PanelQuery: wide, By: metric.ByUnit})
	gmv, err2 := report.LoadGMV(t.Context(), s.db, s.shop, report.GMVQuery{Now: s.now, From: wide.From, To: wide.To})
	if err != nil || err2 != nil || groups.Total.GMV == nil || market.Fen(*groups.Total.GMV) != gmv.Sums.Paid || *groups.Total.Units != gmv.Sums.Units {
		t.Errorf("groups sum to %+v, the facts to %+v (%v, %v)", groups.Total, gmv.Sums, err, err2)
	}
	moves, err := report.LoadMovers(t.Context(), s.db, s.panels, s.shop, report.MoversQuery{PanelQuery: q})
	if err != nil || len(moves.Items) != 1 || moves.Items[0].Kind != report.SoldOut || moves.Items[0].SKU != "A" {
		t.Errorf("%+v, %v", moves, err)
	}
	story, err := report.LoadSKU(t.Context(), s.db, s.panels, s.shop, report.SKUQuery{SKU: "A", PanelQuery: report.PanelQuery{Now: s.now}})
	if err != nil || len(story.Days) != 90 || *story.Total.Units != 7 || story.Days[88].Units == nil || *story.Days[88].Units != 0 || story.Days[80].Units != nil {
		t.Errorf("%+v, %v", story, err)
	}
	if _, err := report.LoadSKU(t.Context(), s.db, s.panels, s.shop, report.SKUQuery{SKU: "Z", PanelQuery: report.PanelQuery{Now: s.now}}); !errors.Is(err, report.ErrNoData) {
		t.Errorf("an item that is not there: %v", err)
	}
}
