package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var members = breakdown{
	name: "members", words: []string{"会员", "复购", "vip", "member"}, example: "members 7d",
	by: metric.ByTier, days: lastWeek,
	metrics: []string{
		"member_gmv", "member_multiple", "member_aov", "guest_aov", "member_share", "repurchase_rate", "order_frequency", "new_members", "member_active",
	},
	columns: []string{"member_gmv", "repurchase_rate", "order_frequency", "new_members", "member_active"},
	next:    []card.Step{{Label: "next_days", Question: "members by day"}, {Label: "next_regions", Question: "regions %s"}},
}.command()
