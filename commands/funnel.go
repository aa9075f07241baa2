package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var funnel = breakdown{
	name: "funnel", words: []string{"漏斗", "转化", "转化率", "conversion", "加购"}, example: "funnel yesterday",
	by: metric.ByUnit, days: lastWeek,
	metrics: []string{"conversion", "visitors", "views", "dwell", "cart_rate", "order_rate", "cart_users", "order_users", "pay_users"},
	columns: []string{"conversion", "visitors", "dwell", "cart_rate", "order_rate"},
	funnel:  []string{"visitors", "cart_users", "order_users", "pay_users"},
	next:    []card.Step{{Label: "next_traffic", Question: "traffic %s"}, {Label: "next_gmv", Question: "gmv %s"}},
}.command()
