package restock

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func within(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s is %.4g, want %.4g within %g %%", what, got, want, 100*share)
	}
}

func named(name string) class {
	return classes[slices.IndexFunc(classes, func(c class) bool { return c.name == name })]
}

func plan(t *testing.T, h History, terms Terms) Plan {
	t.Helper()
	p, err := Make(h, terms, Tune(h, terms, 1))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPlan: the parts of the level add up to it and are what the item sells.
func TestPlan(t *testing.T) {
	h := newMarket(9).item(named("fast"), 200, nil)
	p := plan(t, h, weekly())
	mean, _ := moments(h.Demand[200-levelDays:])
	within(t, "pace", p.PerDay, mean, 1e-12)
	within(t, "plain demand", p.Plain, mean*13.45, 1e-12)
	if got := int64(math.Round(p.Plain + p.Campaign + p.Safety)); p.UpTo != got || p.Reorder != got-1 {
		t.Errorf("%+v does not add up to %d", p, got)
	}
	if p.Campaign != 0 || p.Uplift != 0 || p.Safety < 100 || p.Safety > p.Plain || p.Margin.Fill < .988 {
		t.Errorf("plan %+v", p)
	}
	better := weekly()
	better.Service = .995
	if q := plan(t, h, better); q.UpTo <= p.UpTo {
		t.Errorf("99.5 %% needs %d, 98 %% %d", q.UpTo, p.UpTo)
	}
}

// TestOrder: what is on the way counts, least orders and packs round up, and
// what usually goes missing is ordered on top.
func TestOrder(t *testing.T) {
	p := Plan{PerDay: 10, SD: 0, UpTo: 140, Margin: Margin{K: 1}}
	terms := Terms{Service: .98, Review: 7, LeadMean: 6}
	for _, c := range []struct {
		moq, pack       int64
		delivered       float64
		onHand, inbound int64
		want            int64
		within          float64
	}{
		{onHand: 87, want: 53, within: 2.7},
		{onHand: 87, inbound: 30, want: 23, within: 5.7},
		{onHand: 87, pack: 12, want: 60, within: 2.7},
		{onHand: 87, moq: 100, want: 100, within: 2.7},
		{onHand: 87, moq: 100, pack: 12, want: 108, within: 2.7},
		{onHand: 87, delivered: .5, want: 106, within: 2.7},
		{onHand: 140, moq: 100, want: 0, within: 8},
		{onHand: 139, want: 1, within: 7.9},
		{onHand: -5, want: 140, within: 0},
	} {
		terms.MOQ, terms.Pack, terms.Delivered = c.moq, c.pack, c.delivered
		o := p.Order(terms, c.onHand, c.inbound)
		if o.Quantity != c.want || math.Abs(o.Within-c.within) > 1e-9 {
			t.Errorf("%+v: order %d within %g days", c, o.Quantity, o.Within)
		}
	}
	if o := (Plan{}).Order(terms, 5, 0); o.Quantity != 0 || !math.IsInf(o.Within, 1) {
		t.Errorf("what never sells: %+v", o)
	}
}

// TestCampaignAhead: a campaign in the protection time raises the level, one
// behind it does not, and past ones teach what it brings.
func TestCampaignAhead(t *testing.T) {
	h := newMarket(3).item(named("promoted"), 300, nil)
	first := slices.IndexFunc(h.Plan[240:], func(v float64) bool { return v > 1 }) + 240
	quiet, ahead := plan(t, h.until(first-30), weekly()), plan(t, h.until(first-2), weekly())
	if quiet.CampaignDays != 0 || quiet.Campaign != 0 {
		t.Errorf("a month before: %+v", quiet)
	}
	if ahead.CampaignDays != 3 || ahead.Uplift < 4 || ahead.Uplift > 6 || ahead.UpTo < quiet.UpTo+200 {
		t.Errorf("two days before: %+v", ahead)
	}
	within(t, "what it adds", ahead.Campaign, 3*(ahead.Uplift-1)*ahead.PerDay, 1e-9)
	// Without the calendar the same days would have raised the plain level.
	if blind := plan(t, History{Demand: h.Demand[:first-2]}, weekly()); blind.SD <= ahead.SD*1.3 {
		t.Errorf("sd %.1f with campaigns taken for plain days, %.1f without", blind.SD, ahead.SD)
	}
}

// TestUnknownDays: days without stock are no days without demand.
func TestUnknownDays(t *testing.T) {
	h := newMarket(5).item(named("medium"), 200, nil)
	full := plan(t, h, weekly())
	gap := slices.Clone(h.Demand)
	for i := 185; i < 200; i++ {
		gap[i] = math.NaN()
	}
	within(t, "level", float64(plan(t, History{Demand: gap}, weekly()).UpTo), float64(full.UpTo), .15)
}

// TestTooShort: a few days give no plan, a few weeks one from the formula.
func TestTooShort(t *testing.T) {
	h := newMarket(6).item(named("medium"), 20, nil)
	if _, err := Make(h.until(6), weekly(), Margin{}); !errors.Is(err, ErrTooShort) {
		t.Errorf("six days: %v", err)
	}
	p := plan(t, h, weekly())
	if !math.IsNaN(p.Margin.Fill) || p.Margin.Days != 20 || p.Margin.K <= 0 || p.Margin.K > 3 {
		t.Errorf("three weeks: %+v", p)
	}
	if p := plan(t, History{Demand: make([]float64, 60)}, weekly()); p.UpTo != 0 {
		t.Errorf("what never sells is kept at %d", p.UpTo)
	}
}

func TestTerms(t *testing.T) {
	good := weekly()
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*Terms){
		func(t *Terms) { t.Service = 1 },
		func(t *Terms) { t.Service = math.NaN() },
		func(t *Terms) { t.Review = 0 },
		func(t *Terms) { t.LeadMean = -1 },
		func(t *Terms) { t.LeadSD = math.Inf(1) },
		func(t *Terms) { t.MOQ = -1 },
		func(t *Terms) { t.Delivered = 1.5 },
	} {
		bad := weekly()
		change(&bad)
		if bad.Check() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
	sum, squares := 0.0, 0.0
	leads := good.leads()
	for _, l := range leads {
		sum, squares = sum+float64(l), squares+float64(l*l)
	}
	n := float64(len(leads))
	within(t, "mean lead", sum/n, 6.45, .02)
	within(t, "sd of leads", math.Sqrt(squares/n-sum*sum/n/n), 1.8, .15)
}

// TestSeesNoFuture: what a policy is shown up to a day does not depend on what
// comes after it.
func TestSeesNoFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := classes[rapid.IntRange(0, len(classes)-1).Draw(t, "class")]
		m := newMarket(rapid.Uint64().Draw(t, "seed"))
		h := m.item(c, 260, nil)
		cut := rapid.IntRange(130, 250).Draw(t, "cut")
		other := History{Demand: slices.Clone(h.Demand), Plan: h.Plan}
		for i := cut; i < 260; i++ {
			other.Demand[i] = 3*h.Demand[i] + 7
		}
		world := World{Leads: m.realLeads(60, 0)}
		levels := func(h History) (out []float64) {
			p := Replayed(weekly(), 1)
			Simulate(h, weekly(), func(seen History) float64 {
				level := p(seen)
				if len(seen.Demand) <= cut {
					out = append(out, level)
				}
				return level
			}, 112, 120, world)
			return out
		}
		if a, b := levels(h), levels(other); !slices.Equal(a, b) {
			t.Fatalf("levels %v and, with another future, %v", a, b)
		}
	})
}

// TestShortShipments: when a tenth of every order goes missing, ordering it on
// top keeps the fill rate.
func TestShortShipments(t *testing.T) {
	h := newMarket(8).item(named("fast"), 600, nil)
	terms := weekly()
	terms.Delivered = .9
	world := Expected(terms, 1)
	if o := Simulate(h, terms, Replayed(terms, 1), 112, 140, world); o.Fill() < .97 {
		t.Errorf("fill rate %.3f", o.Fill())
	}
}

// TestSimulate counts by hand: a level of ten, three asked for a day, orders
// that take a day and a review every day.
func TestSimulate(t *testing.T) {
	h := History{Demand: []float64{3, 3, 3, 3, math.NaN(), 100}}
	terms := Terms{Service: .98, Review: 1, LeadMean: 1}
	o := Simulate(h, terms, func(History) float64 { return 10 }, 2, 2, World{Leads: []int{1}})
	// Evenings: 57, 54, 54 (not known) and 0 of the 60 at first.
	if o.Asked != 106 || o.Served != 60 || o.Days != 4 || o.Orders != 1 || o.Stock != (57.+54+54)/4 {
		t.Errorf("%+v", o)
	}
}
