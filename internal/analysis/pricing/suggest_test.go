package pricing

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// TestElasticity: an item that never changed its price has the usual elasticity;
// one that did comes close to its own, the closer the more it sold.
func TestElasticity(t *testing.T) {
	usual := ElasticityOf([]DaySold{{Units: 10, Price: 100}, {Units: 12, Price: 100}})
	if usual.Days != 0 || usual.Mean != priorMean || usual.SD != priorSD {
		t.Errorf("without a change of price: %+v", usual)
	}
	rng := rand.New(rand.NewPCG(5, 1))
	worst := 0.0
	for _, truth := range []float64{-1, -2, -4} {
		var days []DaySold
		for d := range 56 {
			price, busy := 100.0, 1+.4*rng.Float64()
			if d%14 > 9 {
				price = 82
			}
			mean := 40 * busy * math.Pow(price/100, truth)
			days = append(days, DaySold{Units: math.Round(mean + math.Sqrt(mean)*rng.NormFloat64()), Price: price, Usual: busy})
		}
		e := ElasticityOf(days)
		worst = max(worst, math.Abs(e.Mean-truth))
		if e.Days != 56 || e.SD >= .6 || math.Abs(e.Mean-truth) > 2.5*e.SD {
			t.Errorf("truth %g: %+v", truth, e)
		}
	}
	t.Logf("off by %.2f at most", worst)
}

// TestOptions: what is offered in the situations that people think about prices
// in.
func TestOptions(t *testing.T) {
	usual := Elasticity{Mean: -2.6, SD: 1}
	base := Case{Price: 200_00, Step: 100, Units: 10, Elasticity: usual, Cost: 90_00, CostKnown: true, Available: 300, LeadDays: 7}
	with := func(change func(*Case)) Case { c := base; change(&c); return c }
	for name, c := range map[string]struct {
		in   Case
		want map[string]market.Fen
	}{
		"nothing presses":        {base, map[string]market.Fen{Hold: 200_00}},
		"a rival is cheaper":     {with(func(c *Case) { c.Rival, c.RivalKnown = 180_00, true }), map[string]market.Fen{Hold: 200_00, Match: 180_00}},
		"of a core item":         {with(func(c *Case) { c.Rival, c.RivalKnown, c.Core = 180_00, true, true }), map[string]market.Fen{Hold: 200_00, Match: 180_00, Undercut: 153_00}},
		"rivals leave room":      {with(func(c *Case) { c.Rival, c.RivalKnown = 260_00, true }), map[string]market.Fen{Hold: 200_00, Raise: 240_00}},
		"the floor is near":      {with(func(c *Case) { c.Rival, c.RivalKnown, c.Floor, c.FloorKnown = 150_00, true, 189_50, true }), map[string]market.Fen{Hold: 200_00, Match: 190_00}},
		"already at the floor":   {with(func(c *Case) { c.Rival, c.RivalKnown, c.Floor, c.FloorKnown = 150_00, true, 200_00, true }), map[string]market.Fen{Hold: 200_00}},
		"stock ends too soon":    {with(func(c *Case) { c.Available = 35 }), map[string]market.Fen{Hold: 200_00, Stretch: 240_00}},
		"far too much stock":     {with(func(c *Case) { c.Available = 900 }), map[string]market.Fen{Hold: 200_00, Clear: 171_00}},
		"nothing sells, no news": {with(func(c *Case) { c.Units = 0 }), map[string]market.Fen{Hold: 200_00}},
	} {
		got := map[string]market.Fen{}
		for _, o := range Options(c.in) {
			got[o.ID] = o.Price
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for id, price := range c.want {
			if got[id] != price {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
}

// TestOptionsKeepTheLimits: whatever an item is like, no option lies under its
// floor or its cost unless it is the price of now, none moves further than is
// allowed, exactly one is best, and none sells what is not there.
func TestOptionsKeepTheLimits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fen := func(name string) market.Fen { return market.Fen(rapid.Int64Range(100, 1000_00).Draw(rt, name)) }
		c := Case{
			Price: fen("price"), Step: rapid.SampledFrom([]market.Fen{0, 1, 10, 100}).Draw(rt, "step"), Units: rapid.Float64Range(0, 500).Draw(rt, "units"),
			Elasticity: Elasticity{Mean: rapid.Float64Range(leastE, mostE).Draw(rt, "e"), SD: rapid.Float64Range(.1, 1.2).Draw(rt, "sd")},
			Rival:      fen("rival"), Floor: fen("floor"), Cost: fen("cost"), RivalKnown: rapid.Bool().Draw(rt, "r"), FloorKnown: rapid.Bool().Draw(rt, "f"),
			CostKnown: rapid.Bool().Draw(rt, "c"), Core: rapid.Bool().Draw(rt, "core"), Available: rapid.Int64Range(-5, 5000).Draw(rt, "available"),
			Inbound: rapid.Int64Range(0, 500).Draw(rt, "inbound"), LeadDays: rapid.Float64Range(0, 60).Draw(rt, "lead"),
		}
		options, best := Options(c), 0
		least, bound := c.Least()
		for i, o := range options {
			if o.Best {
				best++
			}
			if (i == 0) != (o.ID == Hold) || i == 0 && o.Price != c.Price {
				rt.Fatalf("holding comes first: %+v", options)
			}
			if i > 0 && bound && o.Price < least {
				rt.Fatalf("%s at %d is under %d", o.ID, o.Price, least)
			}
			if step := max(1, c.Step); i > 0 && !o.Bound && (float64(o.Price) > float64(c.Price)*(1+mostRaise)+float64(step) || float64(o.Price) < float64(c.Price)*(1-mostCut)-float64(step)) {
				rt.Fatalf("%s goes from %d to %d", o.ID, c.Price, o.Price)
			}
			if have := float64(max(0, c.Available)+c.Inbound) / horizon; o.Low > o.Units+1e-9 || o.Units > o.High+1e-9 || o.High > have+1e-9 {
				rt.Fatalf("%s sells %g (%g to %g) a day of %g", o.ID, o.Units, o.Low, o.High, have)
			}
		}
		if best != 1 {
			rt.Fatalf("%d are best: %+v", best, options)
		}
	})
}
