package report

import (
	"context"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// panelled is the prices of the cream on two channels, an hour a slot, from the
// 19th on: the supermarket is the cheaper one, but does not list it any more.
func panelled(t *testing.T, w *world) *series.Store {
	t.Helper()
	s, err := series.Open(t.Context(), w.db, series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	err = w.db.Update(t.Context(), func(tx *storage.Tx) error {
		if _, err := s.Register(tx, w.shop, []series.Series{{SKU: "CREAM", Channel: "tmall"}, {SKU: "CREAM", Channel: "taote"}}); err != nil {
			return err
		}
		start := w.at("2026-11-19 00:00")
		for h := range 55 {
			cols := series.NewColumns(2)
			if h < 30 {
				cols.Set(series.Price, 0, 88_00)
			} else if h < 40 || h > 48 {
				cols.Set(series.Price, 0, 80_00)
			}
			cols.Set(series.Price, 1, 50_00)
			f := series.Frame{Revision: market.Revision(1000 + h), Slot: start.Add(time.Duration(h) * time.Hour), Columns: cols}
			if err := s.Put(tx, w.shop, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPriceTrail(t *testing.T) {
	w := stocked(t)
	q := PriceQuery{Now: w.at("2026-11-21 08:00"), SKU: "CREAM"}
	trail := func() *PriceTrail {
		p, err := LoadPrice(context.Background(), w.db, w.shop, q)
		if err != nil || p.Trail == nil || len(p.Trail.Rivals) != len(p.Items[0].Rivals) {
			t.Fatalf("%+v %v", p.Trail, err)
		}
		return p.Trail
	}
	own := func(tr *PriceTrail, at string) Value {
		for i, x := range tr.At {
			if x.Equal(w.at(at)) {
				return tr.Own[i]
			}
		}
		t.Fatalf("no moment %s in %v", at, tr.At)
		return Value{}
	}
	tr := trail()
	last := len(tr.At) - 1
	if !tr.At[0].Equal(w.at("2026-11-14 09:00")) || !tr.At[last].Equal(q.Now) || len(tr.At) != 29 {
		t.Errorf("%d moments from %v to %v", len(tr.At), tr.At[0], tr.At[last])
	}
	alpha := tr.Rivals[0].Prices
	if alpha[0] != (Value{85_00, true}) || alpha[last-1] != (Value{85_00, true}) || alpha[last] != (Value{68_00, true}) {
		t.Errorf("alpha asked %v, then %v and %v", alpha[0], alpha[last-1], alpha[last])
	}
	if tr.Own[last] != (Value{80_00, true}) || tr.Own[0].Known {
		t.Errorf("without a panel our price is %v now and %v before", tr.Own[last], tr.Own[0])
	}

	q.Series = panelled(t, w)
	tr = trail()
	for at, want := range map[string]Value{
		"2026-11-18 21:00": {},            // before the panel begins
		"2026-11-19 09:00": {88_00, true}, // the other channel does not list it now
		"2026-11-20 13:00": {80_00, true}, // after the cut
		"2026-11-20 21:00": {80_00, true}, // the last known one stands
		"2026-11-21 08:00": {80_00, true},
	} {
		if got := own(tr, at); got != want {
			t.Errorf("our price of %s is %v, want %v", at, got, want)
		}
	}

	for name, q := range map[string]PriceQuery{"all items": {Now: q.Now}, "nobody sells it": {Now: q.Now, SKU: "PHONE"}} {
		if p, err := LoadPrice(context.Background(), w.db, w.shop, q); err != nil || p.Trail != nil {
			t.Errorf("%s: %+v %v", name, p.Trail, err)
		}
	}
}
