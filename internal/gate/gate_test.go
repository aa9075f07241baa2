package gate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// stock is a picture of n SKUs of which the first out are sold out.
func stock(n, out int) market.Pull {
	b := market.NewBatch(market.Inventory, n)
	for i := range n {
		r := b.Append()
		b.SetText(r, b.Table.MustCol("sku"), fmt.Sprintf("s%d", i))
		b.SetText(r, b.Table.MustCol("channel"), "c")
		left := int64(10)
		if i < out {
			left = 0
		}
		b.SetInt(r, b.Table.MustCol("available"), left)
		b.SetInt(r, b.Table.MustCol("listed"), 1)
	}
	return market.Pull{Snapshot: market.Snapshot{State: market.Complete}, Rows: b}
}

func prices(n int, fen int64) market.Pull {
	b := market.NewBatch(market.OwnPrices, n)
	for i := range n {
		r := b.Append()
		b.SetText(r, b.Table.MustCol("sku"), fmt.Sprintf("s%d", i))
		b.SetText(r, b.Table.MustCol("channel"), "c")
		b.SetInt(r, b.Table.MustCol("deal"), fen+int64(i)*fen/100)
	}
	return market.Pull{Snapshot: market.Snapshot{State: market.Complete}, Rows: b}
}

func after(p market.Pull, ago time.Duration, rows ...int) Past {
	return Past{Picture: p.Rows, At: noon.Add(-ago), Rows: rows}
}

func TestJudge(t *testing.T) {
	full := []int{1000, 1000, 990}
	for name, c := range map[string]struct {
		pull market.Pull
		past Past
		want market.Condition
		says string
	}{
		"first pull ever":           {stock(1000, 1000), Past{}, market.Complete, ""},
		"as before":                 {stock(1000, 3), after(stock(1000, 0), time.Hour, full...), market.Complete, ""},
		"half the catalogue":        {stock(500, 0), after(stock(1000, 0), time.Hour, full...), market.Partial, "500 rows, usually there are 1000"},
		"an empty list":             {stock(0, 0), after(stock(1000, 0), time.Hour, full...), market.Partial, "0 rows"},
		"a little less":             {stock(905, 0), after(stock(1000, 0), time.Hour, full...), market.Complete, ""},
		"two pulls are no habit":    {stock(500, 0), after(stock(1000, 0), time.Hour, 1000, 1000), market.Complete, ""},
		"everything sold out":       {stock(1000, 1000), after(stock(1000, 0), time.Hour, full...), market.Suspect, "1000 of 1000 rows are sold out at once"},
		"just under the share":      {stock(1000, 50), after(stock(1000, 0), time.Hour, full...), market.Complete, ""},
		"just over the share":       {stock(1000, 51), after(stock(1000, 0), time.Hour, full...), market.Suspect, "51 of 1000"},
		"few rows, large share":     {stock(60, 49), after(stock(60, 0), time.Hour, 60, 60, 60), market.Complete, ""},
		"sold out before as well":   {stock(1000, 900), after(stock(1000, 880), time.Hour, full...), market.Complete, ""},
		"the picture before is old": {stock(1000, 1000), after(stock(1000, 0), 4*time.Hour, full...), market.Complete, ""},
		"yuan read as fen":          {prices(100, 19900*100), after(prices(100, 19900), time.Hour, 100, 100, 100), market.Suspect, "deal moved by a factor of about 100 in 100 rows"},
		"fen read as yuan":          {prices(100, 199), after(prices(100, 19900), time.Hour, 100, 100, 100), market.Suspect, "factor of about 1/100 in 100 rows"},
		"everything at a tenth":     {prices(100, 1990), after(prices(100, 19900), time.Hour, 100, 100, 100), market.Suspect, "at less than half the price"},
		"a sale":                    {prices(100, 15000), after(prices(100, 19900), time.Hour, 100, 100, 100), market.Complete, ""},
		"what is partial stays so":  {market.Pull{Snapshot: market.Snapshot{State: market.Partial}, Rows: stock(1, 0).Rows}, after(stock(1000, 0), time.Hour, full...), market.Partial, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := Judge(c.pull, c.past, noon)
			if v.State != c.want || !strings.Contains(v.Reason, c.says) || c.says == "" && v.Reason != "" {
				t.Errorf("%+v, want %s %q", v, c.want, c.says)
			}
		})
	}
}

// A mass change is believed when a second pull agrees after five minutes, a
// smaller catalogue or other amounts when a day of pulls does.
func TestSecondPull(t *testing.T) {
	for name, c := range map[string]struct {
		pull, before market.Pull
		first        market.Condition
		wait         time.Duration
	}{
		"mass":  {stock(1000, 900), stock(1000, 0), market.Suspect, secondLook},
		"loss":  {stock(500, 0), stock(1000, 0), market.Partial, acceptAfter},
		"drift": {prices(100, 199), prices(100, 19900), market.Suspect, acceptAfter},
	} {
		t.Run(name, func(t *testing.T) {
			n := c.before.Rows.Len()
			past := after(c.before, time.Minute, n, n, n)
			v := Judge(c.pull, past, noon)
			if v.State != c.first || v.Doubt == nil || v.Soon != (name == "mass") {
				t.Fatalf("%+v", v)
			}
			past.Doubt = v.Doubt
			past.At = noon.Add(c.wait)
			if v := Judge(c.pull, past, noon.Add(c.wait-time.Second)); v.State != c.first || !v.Doubt.Since.Equal(noon) {
				t.Errorf("believed too soon: %+v", v)
			}
			if v := Judge(c.pull, past, noon.Add(c.wait)); v.State != market.Complete || v.Doubt != nil || !strings.Contains(v.Reason, "a second pull agrees") {
				t.Errorf("not believed: %+v", v)
			}
			if v := Judge(c.before, past, noon.Add(c.wait)); v.State != market.Complete || v.Doubt != nil || v.Reason != "" {
				t.Errorf("a pull as before raises a doubt: %+v", v)
			}
		})
	}
	v := Judge(stock(1000, 400), Past{Picture: stock(1000, 0).Rows, At: noon, Doubt: &Doubt{Kind: Mass, What: "sold out", Count: 900, Since: noon.Add(-time.Hour)}}, noon)
	if v.State != market.Suspect || !v.Doubt.Since.Equal(noon) {
		t.Errorf("another number is another doubt: %+v", v)
	}
}

func TestEventDrift(t *testing.T) {
	events := func(n int, fen int64) market.Pull {
		b := market.NewBatch(market.Refunds, n)
		for range n {
			b.SetInt(b.Append(), b.Table.MustCol("amount"), fen)
		}
		return market.Pull{Snapshot: market.Snapshot{State: market.Complete}, Rows: b}
	}
	usual := Medians(events(50, 12_000).Rows)
	for name, c := range map[string]struct {
		pull market.Pull
		want market.Condition
	}{
		"usual": {events(50, 12_000), market.Complete}, "a dear day": {events(50, 300_000), market.Complete},
		"fen as yuan": {events(50, 1_200_000), market.Suspect}, "yuan as fen": {events(50, 120), market.Suspect},
		"too few": {events(19, 1_200_000), market.Complete}, "none": {events(0, 0), market.Complete},
	} {
		if v := Judge(c.pull, Past{Medians: usual}, noon); v.State != c.want {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Whatever the pictures: a verdict never says Failed, never loses a doubt without
// accepting, and what was accepted has waited.
func TestJudgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "rows before")
		past := after(stock(n, rapid.IntRange(0, n).Draw(t, "out before")), time.Minute, n, n, n)
		now := noon
		for range rapid.IntRange(1, 8).Draw(t, "pulls") {
			m := rapid.IntRange(0, 300).Draw(t, "rows")
			p := stock(m, rapid.IntRange(0, m).Draw(t, "out"))
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * 20 * time.Minute)
			past.At = now.Add(-time.Minute)
			v := Judge(p, past, now)
			switch v.State {
			case market.Complete:
				if v.Doubt != nil {
					t.Fatalf("complete and in doubt: %+v", v)
				}
				if v.Reason != "" && (past.Doubt == nil || now.Sub(past.Doubt.Since) < secondLook) {
					t.Fatalf("believed without a second pull: %+v after %+v", v, past.Doubt)
				}
				past.Picture = p.Rows
			case market.Partial, market.Suspect:
				if v.Doubt == nil || v.Reason == "" || v.Doubt.Since.After(now) {
					t.Fatalf("%+v", v)
				}
			default:
				t.Fatalf("%+v", v)
			}
			past.Doubt = v.Doubt
		}
	})
}

func TestUnmatched(t *testing.T) {
	p := stock(5, 0)
	n, names := Unmatched(p.Rows, map[string]bool{"s0": true, "s3": true}, 2)
	if n != 3 || strings.Join(names, " ") != "s1 s2" {
		t.Error(n, names)
	}
	if n, _ := Unmatched(nil, nil, 2); n != 0 {
		t.Error(n)
	}
}
