package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var regions = breakdown{
	name: "regions", words: []string{"地区", "区域", "region", "各地区"}, example: "regions 7d",
	by: metric.ByRegion, days: lastWeek,
	metrics: []string{"gmv_paid", "orders", "buyers", "aov", "refund_rate"},
	next:    []card.Step{{Label: "next_service", Question: "service by region"}, {Label: "next_gmv", Question: "gmv %s"}},
}.command()
