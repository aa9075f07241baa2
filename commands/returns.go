package commands

import (
	"shopwatch/internal/card"
	"shopwatch/internal/metric"
)

var returns = breakdown{
	name: "returns", words: []string{"退货", "退款", "退款率", "退货率", "refunds", "refund"}, example: "returns 7d",
	by: metric.ByReason, days: lastWeek,
	metrics: []string{"refunds", "refund_count", "refund_rate", "refund_time"},
	next:    []card.Step{{Label: "next_items", Question: "returns by sku"}, {Label: "next_complaints", Question: "complaints 7d"}},
}.command()
