package card

import (
	"math"

	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// outlookCards are the answers that look ahead.
func outlookCards(p Pen) map[string]chat.Message {
	days, units := monthAhead(), monthAhead()
	units.By = metric.ByUnit
	units.Parts = []report.ForecastPart{
		{
			Key: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}, Paid: 8000000000, Known: true,
			Range:  report.Range{Mean: 11000000000, Low: 10600000000, High: 11400000000},
			Chance: []report.Chance{{Tier: report.Tier{ID: "base", Reached: true}, Chance: 1}, {Tier: report.Tier{ID: "sprint", Amount: 11200000000}, Chance: .27}},
		},
		{Key: "new", Name: market.Name{Zh: "一个名字很长很长很长很长很长很长很长很长的新事业部", En: hostile}},
		{Key: ""},
	}
	few := report.Forecast{Data: coverage(), From: saturday + 1, To: saturday + 9, Known: 6, TooFew: true}
	open := monthAhead()
	open.Month, open.Today, open.Days, open.To = nil, nil, open.Days[:7], saturday+7
	open.Data.Complete = false
	open.Data.Gaps = []report.FeedGap{{Table: "order_line", Reason: report.GapLate, Watermark: now.Add(-50 * 3600e9), Age: 50 * 3600e9}}
	return map[string]chat.Message{
		"forecast": p.Forecast(days, "forecast"), "forecast_units": p.Forecast(units, "forecast by unit"),
		"forecast_few": p.Forecast(few, "forecast"), "forecast_open": p.Forecast(open, "forecast next 7 days"),
		"restock": p.Restock(orders(), "restock"), "restock_fine": p.Restock(fineOrders(), "restock"),
		"restock_none": p.Restock(report.Restock{Data: coverage()}, "restock"),
	}
}

// monthAhead is a forecast on Sunday 2026-11-22 with a campaign on the 26th.
func monthAhead() report.Forecast {
	day := func(mean market.Fen) report.Range {
		return report.Range{Mean: mean, Low: mean * 88 / 100, High: mean * 113 / 100}
	}
	f := report.Forecast{
		Data: coverage(), From: saturday + 1, To: saturday + 9, Known: 61, Sum: report.Range{Mean: 6000000000, Low: 5700000000, High: 6350000000},
		Today: &report.DayEnd{
			Range: day(650000000), Paid: 98000000, At: now, Usual: 1.083, Days: 6,
			Tiers: []report.Chance{{Tier: report.Tier{ID: "base"}, Chance: .93}, {Tier: report.Tier{ID: "sprint"}, Chance: .001}},
		},
		Month: &report.MonthEnd{
			From: saturday - 20, To: saturday + 9, Paid: 13000000000, Range: report.Range{Mean: 19000000000, Low: 18700000000, High: 19350000000},
			Tiers: []report.Chance{
				{Tier: report.Tier{ID: "base", Amount: 12000000000, Reached: true}, Chance: 1},
				{Tier: report.Tier{ID: "sprint", Amount: 19200000000, Gap: 6200000000}, Chance: .23, Daily: 688888888},
				{Tier: report.Tier{ID: "challenge", Amount: 30000000000, Gap: 17000000000}, Chance: .01, Daily: 1888888888},
			},
		},
	}
	for d := saturday - 27; d <= saturday; d++ {
		f.History = append(f.History, report.DayPaid{Day: d, Paid: 600000000 + market.Fen(40000000*math.Sin(float64(d))), Known: d != saturday-9})
	}
	for d := f.From; d <= f.To; d++ {
		x := report.ForecastDay{Day: d, Range: day(620000000)}
		if d == saturday+5 {
			x.Range, x.Uplift, x.Events = day(1240000000), 2.04, 1
			x.Campaign = &report.CampaignNote{ID: "fan", Name: market.Name{Zh: "会员日", En: "Member day"}, Phase: "live"}
		}
		f.Days = append(f.Days, x)
	}
	return f
}

func orders() report.Restock {
	return report.Restock{
		At: now, Data: coverage(), Service: .98, Review: 7, Selling: 540, Due: 12, Short: 2, Cost: 48000000, CostPart: true, More: 8, AtRisk: analysis.Loss{Money: 31000000, Low: 28800000, High: 33500000, Days: 14},
		Items: []report.RestockItem{
			{
				SKU: "B-50", Title: "面霜 50ml", Channel: "flagship", Available: 87, PerDay: 12.3, UpTo: 237, LeadDays: 6.5, Quantity: 150, Regions: []report.RegionPart{{Region: "east", Share: .7, Quantity: 105}, {Region: "south", Share: .3, Quantity: 45}, {Region: "north"}},
				By: saturday + 1, OutBy: saturday + 6, EarlyOut: saturday + 4, Cost: 450000,
				AtRisk: analysis.Loss{Money: 940000, Low: 610000, High: 1290000, Days: 13.5}, AtRiskKnown: true,
				Why: report.RestockWhy{Plain: 166, Campaign: 30, Safety: 41, CampaignDays: 2, Replayed: .988, Days: 96},
			},
			{
				SKU: "B-51", Title: hostile, Channel: "supermarket", Inbound: 300, PerDay: 60, UpTo: 1150, LeadDays: 7, LeadAssumed: true,
				Quantity: 864, MOQ: 100, Pack: 12, By: saturday + 1, Why: report.RestockWhy{Plain: 840, Safety: 310, Days: 21},
			},
			{SKU: "B-52", Title: "新品", Channel: "flagship", Available: 40, TooFew: true},
			{SKU: "B-53", Title: "够用", Channel: "flagship", Available: 900, PerDay: 4, UpTo: 80, LeadDays: 5, By: saturday + 200, Why: report.RestockWhy{Plain: 48, Safety: 32}},
		},
	}
}

func fineOrders() report.Restock {
	return report.Restock{At: now, Data: coverage(), Service: .98, Review: 7, Selling: 540}
}
