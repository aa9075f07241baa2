package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var channels = breakdown{
	name: "channels", words: []string{"渠道", "channel", "各渠道"}, example: "channels 7d",
	by: metric.ByChannel, days: lastWeek,
	metrics: []string{"gmv_paid", "orders", "units", "aov", "margin", "refund_rate"},
	next:    []card.Step{{Label: "next_prices", Question: "price"}, {Label: "next_units", Question: "race %s"}},
}.command()
