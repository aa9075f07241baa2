package demo_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/source/demo"
)

// TestPanel reads the bulk listing through the source engine: it brings what the
// single sources bring, and the sales of an hour are those of the orders.
func TestPanel(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 5, 0, 0, time.FixedZone("", 8*3600))
	clock := func() time.Time { return now }
	m, err := demo.New(demo.Options{Seed: 1, Orders: 3000, SKUs: 1500, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(m.Handler())
	defer srv.Close()
	specs, err := source.ParseSpecs("panel.yaml", demo.PanelSpecs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	bulk, err := source.BuildBulk(specs[0], source.Deps{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ price, stock int64 }
	rows := map[string]row{}
	var units, gmv int64
	rivals := 0
	l, err := bulk.Pull(t.Context(), source.Request{Shop: m.Shop(), Now: now}, func(l *source.Lines) (int, error) {
		for i := range l.Len() {
			ch, _ := l.Channel(i)
			rows[string(l.SKU(i))+"|"+string(ch)] = row{l.Column(0).Ints[i], l.Column(2).Ints[i]}
			units += l.Column(3).Ints[i]
			gmv += l.Column(5).Ints[i]
			if l.Column(1).Known(i) {
				rivals++
			}
		}
		return l.Len(), nil
	})
	if err != nil || l.State != market.Complete || len(rows) != l.Manifest.Rows || len(l.Rejects) > 0 {
		t.Fatal(err, l)
	}
	if rivals == 0 || rivals == len(rows) {
		t.Errorf("%d of %d rows have a rival price", rivals, len(rows))
	}

	facts, err := source.ParseSpecs("specs.yaml", demo.Specs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	pull := func(id string, w market.Window) *market.Batch {
		t.Helper()
		for _, s := range facts {
			if s.ID != id {
				continue
			}
			src, err := source.Build(s, source.Deps{Now: clock})
			if err != nil {
				t.Fatal(err)
			}
			p, err := src.Pull(t.Context(), source.Request{Shop: m.Shop(), Window: w, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			return p.Rows
		}
		t.Fatalf("no source %s", id)
		return nil
	}
	stock := pull("mall_stock", market.Window{End: now})
	if stock.Len() != len(rows) {
		t.Errorf("%d rows of stock, %d of the panel", stock.Len(), len(rows))
	}
	for i := range stock.Len() {
		key := stock.Column("sku").Text(i) + "|" + stock.Column("channel").Text(i)
		if want, _ := stock.Column("available").Int(i); rows[key].stock != max(want, 0) {
			t.Errorf("%s has %d in stock, want %d", key, rows[key].stock, want)
		}
	}
	hour := now.Truncate(time.Hour)
	orders := pull("mall_orders", market.Window{Start: hour.Add(-2 * time.Hour), End: now})
	var wantUnits, wantPaid int64
	for i := range orders.Len() {
		at, known := orders.Column("paid_at").Int(i)
		if known && at >= hour.Add(-time.Hour).UnixMilli() && at < hour.UnixMilli() {
			qty, _ := orders.Column("qty").Int(i)
			paid, _ := orders.Column("paid").Int(i)
			wantUnits, wantPaid = wantUnits+qty, wantPaid+paid
		}
	}
	if units == 0 || units != wantUnits || gmv != wantPaid {
		t.Errorf("the hour sold %d pieces for %d fen, the orders say %d for %d", units, gmv, wantUnits, wantPaid)
	}
}
