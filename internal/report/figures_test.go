package report

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// sheet is figures as a person would check them: key, then values.
func sheet(t *testing.T, f Figures) map[string][]any {
	t.Helper()
	plain := func(v []Value) []any {
		var out []any
		for _, x := range v {
			if !x.Known {
				out = append(out, nil)
				continue
			}
			out = append(out, x.V)
		}
		return out
	}
	out := map[string][]any{"total": plain(f.Total)}
	for _, r := range f.Rows {
		out["row "+r.Key] = plain(r.Values)
	}
	if f.Base != nil {
		out["before"] = plain(f.Before)
	}
	return out
}

func TestFigures(t *testing.T) {
	w, day := handmade(t), market.DateOf(2026, 11, 21)
	ask := func(q FiguresQuery) Figures {
		t.Helper()
		q.Now, q.From, q.To = w.at("2026-11-21 16:25"), day, day
		f, err := LoadFigures(context.Background(), w.db, w.shop, q)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := ask(FiguresQuery{By: metric.ByUnit, Metrics: []string{"gmv_paid", "orders", "refunds"}, Compare: []Compare{LastYear, SameWeekday}})
	want := map[string][]any{
		"total":       {1090_00., 3., 100_00.},
		"row apparel": {1010_00., 2., 100_00.},
		"row beauty":  {80_00., 1., 0.},
		"before":      {240_00., 1., 0.},
	}
	if d := cmp.Diff(want, sheet(t, f)); d != "" {
		t.Errorf("by unit (-want +got):\n%s", d)
	}
	if f.Base.Kind != SameWeekday || !f.Part {
		t.Errorf("base %+v, part %v: last year is beyond history, and the day is not over", f.Base, f.Part)
	}
	if s := f.Rows[0].Share; !s.Known || s.V != 1010./1090 {
		t.Errorf("share of apparel %+v", s)
	}

	f = ask(FiguresQuery{By: metric.ByEntry, Metrics: []string{"visitors", "conversion", "dwell"}})
	want = map[string][]any{"total": {1500., 0.02, 0.}, "row search": {1500., 0.02, 0.}}
	if d := cmp.Diff(want, sheet(t, f)); d != "" {
		t.Errorf("by entry (-want +got):\n%s", d)
	}
}

func TestFiguresOfDailyTables(t *testing.T) {
	w := newWorld(t)
	w.pull(market.AdsDays, w.at("2026-11-21 06:00"), adsDays(t,
		row{"plan": "p1", "cost": market.Fen(300_00), "attributed_gmv": market.Fen(900_00), "new_buyers": 6},
		row{"plan": "p2", "cost": market.Fen(100_00), "attributed_gmv": market.Fen(200_00), "new_buyers": 2},
	))
	day := market.DateOf(2026, 11, 20)
	q := FiguresQuery{Now: w.at("2026-11-21 08:00"), From: day, To: day + 1, By: metric.ByPlan, Metrics: []string{"ads_cost", "ads_roi", "new_customer_cost"}}
	f, err := LoadFigures(context.Background(), w.db, w.shop, q)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]any{"total": {400_00., 2.75, 50_00.}, "row p1": {300_00., 3., 50_00.}, "row p2": {100_00., 2., 50_00.}}
	if d := cmp.Diff(want, sheet(t, f)); d != "" {
		t.Errorf("by plan (-want +got):\n%s", d)
	}
	if !f.Part || !f.Covered.End.Equal(w.shop.Start(day+1)) {
		t.Errorf("covered to %v, want the end of the whole day 20", f.Covered.End)
	}
	q.From = day + 1 // a day of which nothing is whole yet
	if _, err := LoadFigures(context.Background(), w.db, w.shop, q); !errors.Is(err, ErrNoData) {
		t.Errorf("a day that is not over gives %v, want ErrNoData", err)
	}
	q.From, q.Metrics = day, []string{"searches"}
	if _, err := LoadFigures(context.Background(), w.db, w.shop, q); !errors.Is(err, ErrNoData) {
		t.Errorf("a feed that never came gives %v, want ErrNoData", err)
	}
	q.Metrics = []string{"no_such"}
	if _, err := LoadFigures(context.Background(), w.db, w.shop, q); err == nil {
		t.Error("an unknown metric is accepted")
	}
}

func adsDays(t *testing.T, rows ...row) *market.Batch {
	t.Helper()
	b := batchOf(t, market.AdsDays, rows...)
	for i := range rows {
		b.SetInt(i, market.AdsDays.MustCol("day"), int64(market.DateOf(2026, 11, 20)))
	}
	return b
}

func TestValueUnknownIsNull(t *testing.T) {
	b, err := json.Marshal([]Value{{}, {V: 0, Known: true}, {V: 1.5, Known: true}})
	if err != nil || string(b) != "[null,0,1.5]" {
		t.Errorf("%s %v", b, err)
	}
}

func TestHits(t *testing.T) {
	w, day := handmade(t), market.DateOf(2026, 11, 21)
	early := w.at("2026-11-07 11:00") // history reaches back beyond the week before
	w.pull(market.OrderLines, w.at("2026-11-21 16:20"), batchOf(t, market.OrderLines, row{
		"order_id": "early", "line_id": "1", "modified": early, "status": "paid", "sku": "CREAM", "qty": 1, "amount": market.Fen(80_00),
		"paid": market.Fen(80_00), "placed_at": early, "paid_at": early,
	}))
	h, err := LoadHits(context.Background(), w.db, w.shop, HitsQuery{Now: w.at("2026-11-21 16:25"), From: day - 6, To: day, N: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Items) != 1 || h.Items[0].SKU != "COAT" || h.Items[0].RankBefore != 0 || h.GMV != 1090_00 {
		t.Fatalf("hits %+v", h)
	}
	if h.Share.V != 1010./1090 || h.Largest != h.Share || h.Selling != 2 {
		t.Errorf("share %+v largest %+v selling %d", h.Share, h.Largest, h.Selling)
	}
	if len(h.Entered) != 1 || len(h.Left) != 1 || h.Left[0].SKU != "CREAM" || h.Left[0].Rank != 2 || h.Left[0].RankBefore != 1 {
		t.Errorf("entered %+v left %+v", h.Entered, h.Left)
	}
}

func TestNewItems(t *testing.T) {
	w, day := newWorld(t), market.DateOf(2026, 11, 20)
	items := batchOf(t, market.Items,
		row{"sku": "OLD", "title": "老品", "unit": "apparel", "cost": market.Fen(60_00)},
		row{"sku": "NEW", "title": "新品", "unit": "apparel", "cost": market.Fen(30_00)},
		row{"sku": "DEAR", "title": "无成本新品", "unit": "beauty"},
		row{"sku": "NEXT", "title": "明天上架", "unit": "beauty"},
	)
	for i, launched := range []market.Day{day - NewFor, day - NewFor + 1, day, day + 1} {
		items.SetInt(i, market.Items.MustCol("launched"), int64(launched))
	}
	w.pull(market.Items, w.at("2026-11-01 00:00"), items)
	var lines []row
	for i, s := range []string{"OLD", "NEW", "DEAR"} {
		at := w.at("2026-11-20 10:00")
		lines = append(lines, row{
			"order_id": s, "line_id": "1", "modified": at, "status": "paid", "sku": s, "qty": 1, "amount": market.Fen(100_00 * (i + 1)),
			"paid": market.Fen(100_00 * (i + 1)), "placed_at": at, "paid_at": at,
		})
	}
	w.pull(market.OrderLines, w.at("2026-11-21 00:00"), batchOf(t, market.OrderLines, lines...))
	n, err := LoadNewItems(context.Background(), w.db, w.shop, NewItemsQuery{Now: w.at("2026-11-21 08:00"), From: day, To: day})
	if err != nil {
		t.Fatal(err)
	}
	if n.Launched != 2 || n.Selling != 2 || n.Share.V != 500./600 || n.HighShare.V != 200./600 {
		t.Errorf("new items %+v", n)
	}
	if n.Margin.V != (300.-90)/300 {
		t.Errorf("margin %v counts the item whose cost is not known", n.Margin)
	}
	if n.Items[0].SKU != "DEAR" || n.Items[0].Margin.Known || !n.Items[1].High {
		t.Errorf("items %+v", n.Items)
	}
}

func TestFloor(t *testing.T) {
	w := newWorld(t)
	w.pull(market.Items, w.at("2026-11-01 00:00"), batchOf(t, market.Items,
		row{"sku": "A", "title": "破价款", "unit": "apparel", "cost": market.Fen(60_00), "floor": market.Fen(90_00)},
		row{"sku": "B", "title": "亏本款", "unit": "beauty", "cost": market.Fen(60_00)},
		row{"sku": "C", "title": "正常款", "unit": "beauty", "floor": market.Fen(50_00)},
	))
	price := func(sku, channel string, deal, coupon market.Fen, listed bool) row {
		return row{"sku": sku, "channel": channel, "deal": deal, "coupon": coupon, "listed": listed}
	}
	w.pull(market.OwnPrices, w.at("2026-11-21 08:00"), batchOf(t, market.OwnPrices,
		price("A", "tmall", 99_00, 10_00, true), // 89 under the floor of 90
		price("A", "super", 80_00, 0, false),    // not for sale
		price("B", "tmall", 59_99, 0, true),
		price("C", "tmall", 50_00, 0, true), // just at the floor
		price("NO", "tmall", 1_00, 0, true), // the catalogue does not know it
	))
	at := w.at("2026-11-20 10:00")
	w.pull(market.OrderLines, w.at("2026-11-21 08:00"), batchOf(t, market.OrderLines, row{
		"order_id": "1", "line_id": "1", "modified": at, "status": "paid", "sku": "A", "channel": "tmall", "qty": 3,
		"amount": market.Fen(267_00), "paid": market.Fen(267_00), "placed_at": at, "paid_at": at,
	}))
	f, err := LoadFloor(context.Background(), w.db, w.shop, FloorQuery{Now: w.at("2026-11-21 08:30")})
	if err != nil {
		t.Fatal(err)
	}
	if f.Listed != 4 || f.Under != 1 || f.Losing != 1 || f.Unknown != 1 || len(f.Items) != 2 {
		t.Fatalf("floor %+v", f)
	}
	if a := f.Items[0]; a.SKU != "A" || a.Under != 1_00 || a.Given != 3_00 || a.Losing || a.Margin.V != 29./89 {
		t.Errorf("under the floor: %+v", a)
	}
	if b := f.Items[1]; b.SKU != "B" || !b.Losing || b.Floor != -1 || b.Under != 0 {
		t.Errorf("under cost: %+v", b)
	}
	if _, err := LoadFloor(context.Background(), newWorld(t).db, w.shop, FloorQuery{Now: at}); !errors.Is(err, ErrNoData) {
		t.Errorf("a shop without prices gives %v, want ErrNoData", err)
	}
}
