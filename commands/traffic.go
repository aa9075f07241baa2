package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var traffic = breakdown{
	name: "traffic", words: []string{"流量", "访客", "入口", "visitors", "entries"}, example: "traffic 7d",
	by: metric.ByEntry, days: lastWeek,
	metrics: []string{"visitors", "conversion", "cart_rate", "order_rate", "dwell", "views"},
	next:    []card.Step{{Label: "next_funnel", Question: "funnel %s"}, {Label: "next_ads", Question: "ads"}},
}.command()
