package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var bands = breakdown{
	name: "bands", words: []string{"价格带", "band", "价格段"}, example: "bands 7d",
	by: metric.ByBand, days: lastWeek,
	metrics: []string{"gmv_paid", "units", "orders", "unit_price", "margin", "gross_profit"},
	columns: []string{"gmv_paid", "units", "unit_price", "margin", "gross_profit"},
	next:    []card.Step{{Label: "next_hits", Question: "hits %s"}, {Label: "next_channels", Question: "channels %s"}},
}.command()
