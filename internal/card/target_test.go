package card

import (
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// planCards are the answers about targets and the calendar.
func planCards(p Pen) map[string]chat.Message {
	was, is := market.Target{From: saturday + 10, To: saturday + 40}, market.Target{From: saturday + 10, To: saturday + 40, Base: 300000000, Sprint: 350000000, Challenge: 400000000}
	is.Unit, was.Unit = "beauty", "beauty"
	is.Days = []market.DayWeight{{Day: saturday + 21, Weight: 6}}
	set := [2]market.Plan{{Targets: []market.Target{was}}, {Targets: []market.Target{is}}}
	d12 := market.Campaign{ID: "d12", Name: market.Name{Zh: "双12", En: "Double 12"}, Peak: saturday + 21, Phases: []market.Phase{
		{ID: "warmup", From: saturday + 10, To: saturday + 18}, {ID: "live", From: saturday + 19, To: saturday + 21, Uplift: 4, Units: []market.Unit{"beauty"}},
	}}
	moved := d12
	moved.Phases = []market.Phase{{ID: "deposit", From: saturday + 10, To: saturday + 17, Uplift: 1.5}, {ID: "live", From: saturday + 18, To: saturday + 21, Uplift: 3}}
	days := []market.DayKind{{Day: saturday + 33, Kind: market.HolidayKind}, {Day: saturday + 34, Kind: market.HolidayKind}, {Day: saturday + 36, Kind: market.MakeupKind}}
	decision := Decision{Number: 12, By: "U0LIN", At: now}
	s := p
	withCampaign := *p.Shop
	withCampaign.Calendar = market.Calendar{Campaigns: []market.Campaign{d12}, Holidays: []market.Day{saturday + 33}, Makeup: []market.Day{saturday + 36}}
	s.Shop = &withCampaign
	return map[string]chat.Message{
		"target": p.Targets(pace(), "target", true), "target_viewer": p.Targets(pace(), "target", false), "target_today": p.Targets(paceToday(), "target today", false),
		"target_none":  p.Targets(report.Targets{Data: coverage(), From: saturday + 100, To: saturday + 130, Others: []report.DaySpan{{From: saturday - 20, To: saturday + 9}}}, "target", true),
		"plan_confirm": p.ConfirmPlan(set[0], set[1], "1795306800 U0LIN target"), "plan_undo": p.ConfirmUndo(set[1], set[0], 12), "plan_made": p.PlanMade(set[0], set[1], decision),
		"plan_campaign":  p.PlanMade(market.Plan{Campaigns: []market.Campaign{d12}}, market.Plan{Campaigns: []market.Campaign{moved}}, decision),
		"plan_days":      p.PlanMade(market.Plan{}, market.Plan{Days: days}, decision),
		"plan_history":   p.PlanHistory([]Decision{{Number: 13, By: "U0LIN", At: now, Undoes: 12, Was: set[1], Is: set[0]}, {Number: 12, By: "U0LIN", At: now.Add(-time.Hour), Was: set[0], Is: set[1]}}, "target"),
		"plan_unchanged": p.PlanHistory(nil, "calendar"),
		"calendar":       s.Calendar(report.CalendarOf(s.Shop, saturday+1, saturday+40, saturday+20), "calendar"),
		"calendar_empty": p.Calendar(report.CalendarOf(p.Shop, saturday+1, saturday+9, saturday+1), "calendar"),
	}
}

func pace() report.Targets {
	tier := func(id string, amount, paid market.Fen, done, chance float64, left int) report.TargetTier {
		x := report.TargetTier{Chance: report.Chance{Tier: report.Tier{ID: id, Amount: amount, Reached: paid >= amount, Gap: max(0, amount-paid)}, Chance: chance}, ChanceKnown: true}
		x.Share, _ = market.Ratio(paid, amount)
		x.Due = market.Fen(float64(amount) * done)
		x.Ahead = paid - x.Due
		if !x.Reached {
			x.Daily, x.Run = x.Gap/market.Fen(left), float64(x.Gap)/(float64(amount)*(1-done))
		}
		return x
	}
	row := func(u market.Unit, c market.Category, paid market.Fen, scale market.Fen) report.TargetRow {
		return report.TargetRow{
			Unit: u, Category: c, Paid: paid, Done: .74, Week: paid / 22, End: &report.Range{Mean: paid * 135 / 100, Low: paid * 128 / 100, High: paid * 144 / 100},
			Tiers: []report.TargetTier{tier("base", 10*scale, paid, .74, 1, 9), tier("sprint", 14*scale, paid, .74, .61, 9), tier("challenge", 20*scale, paid, .74, .01, 9)},
		}
	}
	broken := row("apparel", hostile, 90000000, 8000000)
	broken.End, broken.Missing, broken.Week = nil, 1, -1
	for i := range broken.Tiers {
		broken.Tiers[i].ChanceKnown = false
	}
	return report.Targets{
		From: saturday - 20, To: saturday + 9, At: now, Data: coverage(), Left: 9,
		Rows: []report.TargetRow{row("", "", 13000000000, 1000000000), row("beauty", "", 8000000000, 700000000), broken},
	}
}

func paceToday() report.Targets {
	t := pace()
	t.From, t.To, t.Left = saturday+1, saturday+1, 1
	t.Campaign = &market.Name{Zh: "双12", En: "Double 12"}
	t.Rows = t.Rows[1:2]
	t.Rows[0].Part = &report.DaySpan{From: saturday - 20, To: saturday + 9}
	t.Rows[0].Tiers[1].Hourly = 125000000
	return t
}
