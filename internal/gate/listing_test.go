package gate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// reading is a column of n rows in which the first turned rows went from one
// value to another and the rest stayed.
func reading(t *market.Table, n, turned int, from, to int32) Reading {
	r := Reading{Table: t, Now: slices.Repeat([]int32{from}, n), Before: slices.Repeat([]int32{from}, n)}
	for i := range turned {
		r.Now[i] = to
	}
	return r
}

func sku(row int) market.SKU { return market.SKU(fmt.Sprint("s", row)) }

func TestJudgeListing(t *testing.T) {
	unknown := reading(market.Inventory, 1000, 1000, 10, 0)
	unknown.NoNow = slices.Repeat(market.Bits{^uint64(0)}, 16)
	unknown.NoNow[0] = 0xffffff << 40 // 40 are known
	unsaid := reading(market.Inventory, 1000, 1000, 10, 0)
	unsaid.NoThen = slices.Repeat(market.Bits{^uint64(0)}, 16)
	grown := reading(market.Inventory, 1000, 1000, 10, 0)
	grown.Before = grown.Before[:49]
	for name, c := range map[string]struct {
		readings []Reading
		says     string // "" when it is believed
	}{
		"nothing to compare with": {nil, ""},
		"as before":               {[]Reading{reading(market.Inventory, 1000, 0, 10, 0)}, ""},
		"everything sold out":     {[]Reading{reading(market.Inventory, 1000, 1000, 10, 0)}, "1000 of 1000 rows are sold out at once; among them: s0, s1, s2, s3, s4"},
		"just under the share":    {[]Reading{reading(market.Inventory, 1000, 50, 10, 0)}, ""},
		"just over the share":     {[]Reading{reading(market.Inventory, 1000, 51, 10, -1)}, "51 of 1000"},
		"few rows, large share":   {[]Reading{reading(market.Inventory, 60, 49, 10, 0)}, ""},
		"sold out before as well": {[]Reading{reading(market.Inventory, 1000, 1000, 0, 0)}, ""},
		"not known now":           {[]Reading{unknown}, ""},
		"not known before":        {[]Reading{unsaid}, ""},
		"new rows":                {[]Reading{grown}, ""},
		"yuan read as fen":        {[]Reading{reading(market.OwnPrices, 100, 51, 19900, 1990000)}, "price (own_price) moved by a factor of about 100 in 100 rows; is the unit right?; among them: s0, s1, s2, s3, s4"},
		"not the median":          {[]Reading{reading(market.OwnPrices, 100, 50, 19900, 1990000)}, ""},
		"fen read as yuan":        {[]Reading{reading(market.OwnPrices, 100, 100, 19999, 199)}, "factor of about 1/100 in 100 rows"},
		"of rivals":               {[]Reading{reading(market.RivalOffers, 100, 100, 19900, 199)}, "price (rival_offer) moved"},
		"too few for a ratio":     {[]Reading{reading(market.OwnPrices, 19, 19, 100, 10000)}, ""},
		"everything at a tenth":   {[]Reading{reading(market.OwnPrices, 100, 100, 19900, 1990)}, "at less than half the price"},
		"a sale":                  {[]Reading{reading(market.OwnPrices, 100, 100, 19900, 15000)}, ""},
		"amounts before states":   {[]Reading{reading(market.Inventory, 100, 100, 9, 0), reading(market.OwnPrices, 100, 100, 19900, 199)}, "factor of about 1/100"},
		"prices gone to nothing":  {[]Reading{reading(market.OwnPrices, 100, 100, 19900, 0)}, "at less than half the price"},
	} {
		t.Run(name, func(t *testing.T) {
			v := JudgeListing(Listing{Slot: noon, Newest: noon.Add(-time.Hour), Readings: c.readings, SKU: sku}, nil, noon)
			if believed := v.State == market.Complete; believed != (c.says == "") || !strings.Contains(v.Reason, c.says) || believed != (v.Doubt == nil) {
				t.Errorf("%+v, want %q", v, c.says)
			}
		})
	}
	if v := JudgeListing(Listing{Slot: noon, Newest: noon.Add(time.Hour)}, nil, noon); v.State != market.Suspect || v.Doubt.Kind != Older || v.Soon {
		t.Errorf("a listing of an hour that has passed: %+v", v)
	}
	if v := JudgeListing(Listing{Slot: noon, Newest: noon}, nil, noon); v.State != market.Complete {
		t.Errorf("the same hour again: %+v", v)
	}
	if v := JudgeListing(Listing{Alike: 300, Of: 1000}, nil, noon); v.State != market.Suspect || !v.Soon || !strings.Contains(v.Reason, "300 of 1000 rows are changed") {
		t.Errorf("%+v", v)
	}
}

// A second listing is a witness when it says the same of the same column.
func TestListingAgrees(t *testing.T) {
	own := Listing{Readings: []Reading{reading(market.OwnPrices, 100, 100, 19900, 1990)}, SKU: sku}
	rival := Listing{Readings: []Reading{reading(market.RivalOffers, 100, 100, 19900, 1990)}, SKU: sku}
	first := JudgeListing(own, nil, noon)
	for name, c := range map[string]struct {
		listing Listing
		wait    time.Duration
		want    market.Condition
	}{
		"too soon":       {own, secondLook - 1, market.Suspect},
		"agrees":         {own, secondLook, market.Complete},
		"another column": {rival, secondLook, market.Suspect},
		"as it was":      {Listing{}, secondLook, market.Complete},
	} {
		v := JudgeListing(c.listing, first.Doubt, noon.Add(c.wait))
		if v.State != c.want || (name == "agrees") != (v.Confirmed != nil) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// The counts say of the median what a sorted list of exact ratios says.
func TestListingDriftAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(driftRows, 90).Draw(t, "rows")
		r := Reading{Table: market.OwnPrices}
		var ratios []*big.Rat
		for range n {
			before := rapid.Int32Range(-1, 400).Draw(t, "before")
			now := before * rapid.SampledFrom([]int32{0, 1, 97, 98, 100, 102, 103}).Draw(t, "times")
			if rapid.Bool().Draw(t, "swap") {
				now, before = before, now
			}
			r.Now, r.Before = append(r.Now, now), append(r.Before, before)
			if now > 0 && before > 0 {
				ratios = append(ratios, big.NewRat(int64(now), int64(before)))
			}
		}
		slices.SortFunc(ratios, (*big.Rat).Cmp)
		want := 0
		if len(ratios) >= driftRows {
			median := ratios[(len(ratios)-1)/2]
			within := func(low, high *big.Rat) bool { return median.Cmp(low) >= 0 && median.Cmp(high) <= 0 }
			switch {
			case within(big.NewRat(98, 1), big.NewRat(102, 1)):
				want = 10000
			case within(big.NewRat(98, 10000), big.NewRat(102, 10000)):
				want = 1
			}
		}
		l := Listing{Readings: []Reading{r}, SKU: sku}
		p := r.prices()
		got := 0
		if d := l.drift(&r, &p); d != nil {
			got = d.Count
		}
		if got != want {
			t.Fatalf("factor %d, want %d hundredths; %v over %v", got, want, r.Now, r.Before)
		}
	})
}

// BenchmarkJudgeListing1M judges a million series of which a tenth have moved,
// the worst that is believed.
func BenchmarkJudgeListing1M(b *testing.B) {
	const n = 1 << 20
	l := Listing{SKU: sku, Readings: []Reading{reading(market.OwnPrices, n, 0, 19900, 0), reading(market.RivalOffers, n, 0, 19900, 0), reading(market.Inventory, n, 0, 10, 0)}}
	for i := 0; i < n; i += 10 {
		l.Readings[0].Now[i], l.Readings[1].Now[i], l.Readings[2].Now[i] = 18000, 17000, 9
	}
	b.ReportAllocs()
	for b.Loop() {
		if v := JudgeListing(l, nil, noon); v.State != market.Complete {
			b.Fatal(v)
		}
	}
}
