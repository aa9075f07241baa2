package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// askAll asks every question as of a revision (0: now) and writes down what
// came out. The cache is the one of a process that goes on.
func askAll(w *world, d market.Day, now time.Time, past Past, c *Cache) map[string]string {
	t, asOf := w.t, past.AsOf
	t.Helper()
	out := map[string]string{}
	note := func(name string, v any, err error) {
		b, jsonErr := json.MarshalIndent(v, "", " ")
		if err != nil || jsonErr != nil {
			t.Errorf("%s: %v, %v", name, err, jsonErr)
		}
		out[name] = string(b)
	}
	ctx := context.Background()
	g, err := LoadGMV(ctx, w.db, w.shop, GMVQuery{Now: now, From: d, To: d, Compare: []Compare{SameWeekday, PrevPeriod}, By: "unit", AsOf: asOf, Cache: c})
	note("gmv", g, err)
	s, err := LoadStock(ctx, w.db, w.shop, StockQuery{Now: now, Show: StockAll, AsOf: asOf, Cache: c})
	note("stock", s, err)
	p, err := LoadPrice(ctx, w.db, w.shop, PriceQuery{Now: now, Show: PriceAll, AsOf: asOf, Cache: c})
	note("price", p, err)
	dig, err := LoadDigest(ctx, w.db, w.shop, DigestQuery{Day: d, Now: now, AsOf: asOf, Cache: c})
	note("digest", dig, err)
	watched, err := WatchAsOf(ctx, w.db, w.shop, Rules{Rules: analysis.Defaults(), Cache: c}, now, past)
	note("watch", watched, err)
	return out
}

// TestAsOf: every answer can be given again as of its revision after the facts
// have been restated: late orders, another picture of an hour that is past, a
// new catalogue, a source that failed since.
func TestAsOf(t *testing.T) {
	w := newWorld(t)
	c := crowd{skus: 60, orders: 300, days: 18, start: market.DateOf(2026, 11, 4)}
	last := c.start + 17
	w.fill(c, 3)
	for at := w.shop.Start(last).Add(-8 * day); at.Before(w.shop.Start(last + 1)); at = at.Add(4 * time.Hour) {
		w.shelvesFull(60, at, map[string]int{sku(2) + "/tmall": int(at.Unix()/3600) % 3})
		w.rivalsAt(60, at, map[string]int64{sku(1): int64(at.Unix()/3600) % 7 * 100})
	}
	now := w.shop.Start(last + 1).Add(8 * time.Hour)
	cache := NewCache()
	first := askAll(w, last, now, Past{}, cache)
	rev := revisionOf(t, first["gmv"])

	late := c
	late.start, late.days, late.orders = last, 1, 90
	w.fill(late, 99) // brings another catalogue, too
	w.shelvesFull(60, w.shop.Start(last).Add(9*time.Hour-time.Minute), map[string]int{sku(5) + "/tmall": 0})
	w.rivalsAt(60, w.shop.Start(last).Add(13*time.Hour-time.Minute), map[string]int64{sku(3): 999})
	w.pullAs(market.OrderLines, now, nil, market.Failed)

	again := askAll(w, last, now, Past{AsOf: rev}, cache)
	second := askAll(w, last, now, Past{}, cache)
	uncached := askAll(w, last, now, Past{}, nil)
	for name, want := range first {
		if d := cmp.Diff(want, again[name]); d != "" {
			t.Errorf("%s as of revision %d (-first +again):\n%s", name, rev, d)
		}
		if second[name] == want {
			t.Errorf("%s of now is that of revision %d: the facts did not change it", name, rev)
		}
		if d := cmp.Diff(uncached[name], second[name]); d != "" {
			t.Errorf("%s differs with what is kept in memory (-fresh +kept):\n%s", name, d)
		}
	}
}

func revisionOf(t *testing.T, answer string) market.Revision {
	t.Helper()
	var v struct{ Data Coverage }
	if err := json.Unmarshal([]byte(answer), &v); err != nil || v.Data.Revision == 0 {
		t.Fatal(fmt.Errorf("revision %d: %w", v.Data.Revision, err))
	}
	return v.Data.Revision
}

// TestAsOfUnknown: a revision that is not stored is an error, not the newest.
func TestAsOfUnknown(t *testing.T) {
	w := handmade(t)
	d := market.DateOf(2026, 11, 20)
	if _, err := LoadGMV(context.Background(), w.db, w.shop, GMVQuery{Now: w.at("2026-11-21 08:00"), From: d, To: d, AsOf: 999}); err == nil {
		t.Error("revision 999 was answered")
	}
}

// TestForgottenIsUnknown: days that are no longer kept are no zero: a question
// about them is refused, a comparison with them is not known.
func TestForgottenIsUnknown(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	c := crowd{skus: 20, orders: 60, days: 16, start: market.DateOf(2026, 11, 4)}
	last := c.start + 15
	w.fill(c, 3)
	now := w.shop.Start(last + 1).Add(time.Hour)
	n, err := w.db.Forget(ctx, w.shop, market.OrderLines, w.shop.Start(last-3))
	if err != nil || n == 0 {
		t.Fatalf("%d days dropped, %v", n, err)
	}
	g, err := LoadGMV(ctx, w.db, w.shop, GMVQuery{Now: now, From: last, To: last, Compare: []Compare{SameWeekday, PrevPeriod}})
	if err != nil || g.Sums.Paid == 0 || g.Comparisons[0].Known || !g.Comparisons[1].Known {
		t.Errorf("%v; comparisons %+v, want only the day before", err, g.Comparisons)
	}
	f, err := LoadFigures(ctx, w.db, w.shop, FiguresQuery{Now: now, From: last, To: last, Compare: []Compare{SameWeekday}, By: "unit", Metrics: []string{"gmv_paid"}})
	if err != nil || f.Base != nil {
		t.Errorf("%v; base %+v, want none", err, f.Base)
	}
	_, err = LoadGMV(ctx, w.db, w.shop, GMVQuery{Now: now, From: c.start, To: c.start})
	if !errors.Is(err, storage.ErrForgotten) || !errors.Is(err, ErrNoData) {
		t.Errorf("a day that was dropped answers: %v", err)
	}
}
