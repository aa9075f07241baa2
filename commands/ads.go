package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var ads = breakdown{
	name: "ads", words: []string{"广告", "推广", "投放", "投产", "roi", "marketing"}, example: "ads 7d",
	by: metric.BySKU, days: lastWeek,
	metrics: []string{"ads_cost", "ads_gmv", "ads_roi", "new_customer_cost", "ads_ctr", "ads_cpc"},
	columns: []string{"ads_cost", "ads_gmv", "ads_roi", "new_customer_cost"},
	next:    []card.Step{{Label: "next_days", Question: "ads by day"}, {Label: "next_out", Question: "stock out"}},
}.command()
