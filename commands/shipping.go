package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

var service = breakdown{
	name: "service", words: []string{"发货", "履约", "物流", "时效", "shipping", "delivery"}, example: "service by region",
	by: metric.ByChannel, days: shippedWeek, compare: []report.Compare{report.PrevPeriod},
	needs:   []string{"order_line.shipped_at"},
	metrics: []string{"ship_48h_rate", "ship_due", "ship_backlog"},
	next:    []card.Step{{Label: "next_regions", Question: "service by region"}, {Label: "next_days", Question: "service by day"}},
}.command()

// shippedWeek is the last seven days whose orders have all had their 48 hours.
func shippedWeek(today market.Day) (from, to market.Day) { return today - 9, today - 3 }
