package pricing

import (
	"testing"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// TestMarkdown is about 300 pieces at 100 yuan of which five a day are sold.
func TestMarkdown(t *testing.T) {
	c := Case{Price: 100_00, Step: 100, Units: 5, Elasticity: Elasticity{Mean: -2, SD: .5}, Available: 300}
	for _, tc := range []struct {
		name   string
		change func(*Case)
		days   int
		price  market.Fen
		bound  string
		left   int64
	}{
		// Twice as many a day at an elasticity of -2: the price over the root of 2.
		{"twice the pace", func(*Case) {}, 30, 70_00, "", 0},
		{"in time without a cut", func(*Case) {}, 60, 100_00, "", 0},
		{"four times the pace is more than half off", func(*Case) {}, 12, 50_00, BoundMarkdown, 60},
		{"the floor stands in the way", func(c *Case) { c.Floor, c.FloorKnown = 80_00, true }, 30, 80_00, BoundFloor, 66},
		{"the cost stands in the way", func(c *Case) { c.Cost, c.CostKnown = 79_50, true }, 30, 80_00, BoundFloor, 66},
		{"sold below the floor as it is", func(c *Case) { c.Floor, c.FloorKnown = 120_00, true }, 30, 100_00, BoundFloor, 150},
		{"hardly a cut", func(*Case) {}, 59, 100_00, "", 5},
	} {
		x := c
		tc.change(&x)
		got, ok := Markdown(x, tc.days)
		if !ok || got.Price != tc.price || got.Bound != tc.bound || got.Left != tc.left || got.LeftHolding != max(0, 300-int64(5*tc.days)) {
			t.Errorf("%s: %+v, want %d %q and %d left", tc.name, got, tc.price, tc.bound, tc.left)
		}
	}
	for name, change := range map[string]func(*Case){
		"nothing sells": func(c *Case) { c.Units = 0 }, "nothing is there": func(c *Case) { c.Available = 0 }, "no price": func(c *Case) { c.Price = 0 },
	} {
		x := c
		change(&x)
		if got, ok := Markdown(x, 30); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestMarkdownKeepsItsLimits: whatever the item, the price is never raised, never cut by more
// than half, never under the floor or the cost unless it is there already, and what is
// left fits what is there.
func TestMarkdownKeepsItsLimits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := Case{
			Price: market.Fen(rapid.Int64Range(1, 1e7).Draw(r, "price")), Step: rapid.SampledFrom([]market.Fen{0, 1, 10, 100}).Draw(r, "step"),
			Units:      rapid.Float64Range(.01, 1000).Draw(r, "units"),
			Elasticity: Elasticity{Mean: rapid.Float64Range(leastE, mostE).Draw(r, "e"), SD: rapid.Float64Range(0, 2).Draw(r, "sd")},
			Floor:      market.Fen(rapid.Int64Range(0, 1e7).Draw(r, "floor")), FloorKnown: rapid.Bool().Draw(r, "known"),
			Available: rapid.Int64Range(1, 1e6).Draw(r, "available"),
		}
		got, ok := Markdown(c, rapid.IntRange(1, 365).Draw(r, "days"))
		if !ok {
			r.Fatal("nothing said")
		}
		if got.Price > c.Price || got.Cut < 0 || got.Price*2 < c.Price {
			r.Fatalf("%+v of %+v: cut by more than half, or raised", got, c)
		}
		if c.FloorKnown && got.Price < c.Floor && got.Price != c.Price {
			r.Fatalf("%+v of %+v: under the floor", got, c)
		}
		if got.Left < 0 || got.Left > got.LeftHolding || got.Low > got.Units || got.High < got.Units || got.GMV < 0 {
			r.Fatalf("%+v of %+v", got, c)
		}
	})
}
