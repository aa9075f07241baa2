package card

import (
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// suggestCards are the answers about which price to take.
func suggestCards(p Pen) map[string]chat.Message {
	e := pricing.Elasticity{Mean: -2.4, SD: .6, Days: 41}
	c := pricing.Case{
		Price: 29100, Step: 100, Units: 30, Elasticity: e, Rival: 23900, RivalKnown: true, Floor: 25000, FloorKnown: true, Cost: 12000, CostKnown: true, Core: true,
		Available: 2400, LeadDays: 7,
	}
	it := report.Suggestion{
		SKU: "B-51", Title: hostile, Unit: "beauty", Channel: "flagship", Price: c.Price, PerDay: c.Units, Rival: "花漾", RivalPrice: c.Rival, Floor: c.Floor,
		Cost: c.Cost, Available: c.Available, LeadDays: c.LeadDays, Rank: 3, Core: true, Elasticity: e.Mean, ElasticityDays: e.Days, Options: pricing.Options(c),
	}
	plain := pricing.Case{Price: 9900, Step: 100, Units: 4, Elasticity: pricing.ElasticityOf(nil), Available: 90}
	hold := report.Suggestion{
		SKU: "B-52", Title: "精华液", Channel: "flagship", Price: plain.Price, PerDay: plain.Units, RivalPrice: -1, Floor: -1, Cost: -1, Available: 90,
		Elasticity: plain.Elasticity.Mean, Options: pricing.Options(plain),
	}
	s := report.Suggestions{At: now, Data: coverage(), Looked: 200}
	of := func(items ...report.Suggestion) report.Suggestions { s.Items = items; return s }
	d := market.PriceDecision{
		Number: 7, By: "U0LIN", At: now.Add(-24 * time.Hour), SKU: "B-51", Title: hostile, Channel: "flagship", Option: pricing.Match, Was: 29100, Price: 25000,
		Units: 43, Low: 36, High: 52, Held: 30,
	}
	o := report.Outcome{
		Window: market.Window{Start: now.Add(-24 * time.Hour), End: now}, Reached: true, Now: report.SoldLine{Units: 44, Paid: 1100000, Profit: 572000},
		Then: report.SoldLine{Units: 29, Paid: 843900, Profit: 495900}, Landed: 25000, Applied: true, CostKnown: true,
	}
	idle := o
	idle.Applied, idle.Landed, idle.Now, idle.CostKnown = false, 29100, report.SoldLine{Units: 28, Paid: 814800}, false
	return map[string]chat.Message{
		"suggest": p.Suggestions(of(it, it), "suggest", false, true), "suggest_one": p.Suggestions(of(it), "suggest sku=B-51", true, true),
		"suggest_viewer": p.Suggestions(of(it), "suggest sku=B-51", true, false), "suggest_hold": p.Suggestions(of(hold), "suggest sku=B-52", true, true),
		"suggest_none": p.Suggestions(of(), "suggest", false, true), "price_decided": p.PriceDecided(d), "price_outcome": p.PriceOutcome(d, o),
		"price_outcome_idle": p.PriceOutcome(d, idle),
	}
}
