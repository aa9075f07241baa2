package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var search = breakdown{
	name: "search", words: []string{"搜索", "搜索词", "关键词", "keywords", "热词"}, example: "search last month",
	by: metric.ByWord, days: lastWeek,
	metrics: []string{"searches", "long_tail_share", "search_click_rate", "search_orders", "search_gmv"},
	columns: []string{"searches", "search_click_rate", "search_orders", "search_gmv"},
	next:    []card.Step{{Label: "next_categories", Question: "search by category"}, {Label: "next_traffic", Question: "traffic"}},
}.command()
