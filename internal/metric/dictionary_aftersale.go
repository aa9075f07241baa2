package metric

// afterSale is what comes after the payment.
var afterSale = []Metric{
	{
		Key: "refunds", Name: name("退款金额", "Refunds"), Unit: Money, Better: Down, Adds: BySum, Owner: "service",
		Formula: name("按退款成功时间计的成功退款与取消金额", "successful refunds and cancellations by time of success"),
		Tables:  []string{"refund"}, of: func(s Sums) (float64, bool) { return float64(s.Refunded), s.Known.Refunds },
	},
	{
		Key: "refund_rate", Name: name("退款率（金额）", "Refund rate (amount)"), Unit: Ratio, Better: Down, Adds: ByRatio, Owner: "service",
		Formula: name("成功退款金额 ÷ 同期支付 GMV", "refunds that succeeded / paid GMV of the same time"),
		Tables:  []string{"order_line", "refund"}, of: refundRate,
	},
	{
		Key: "refund_count", Name: name("退款笔数", "Refunds settled"), Unit: Count, Better: Down, Adds: BySum, Owner: "service",
		Formula: name("按退款成功时间计的退款笔数", "refund requests that succeeded, by time of success"),
		Tables:  []string{"refund"}, of: func(s Sums) (float64, bool) { return float64(s.Refunds), s.Known.Refunds },
	},
	{
		Key: "refund_time", Name: name("退款时长", "Refund time"), Unit: Span, Better: Down, Adds: ByRatio, Owner: "service",
		Formula: name("从申请到成功的平均时长", "mean time from request to success"),
		Tables:  []string{"refund"}, of: refundTime,
	},
	{
		Key: "ship_48h_rate", Name: name("48 小时发货率", "Shipped within 48 h"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "supply",
		Formula: name("付款后 48 小时内发出的订单 ÷ 已满 48 小时的订单（发货前已退款的不计）", "orders shipped within 48 h of payment / orders whose 48 h are over (paid back before shipping left out)"),
		Tables:  []string{"order_line"}, of: shipped,
	},
	{
		Key: "ship_due", Name: name("应发订单", "Orders due"), Unit: Count, Better: Neither, Adds: ByDistinct, Owner: "supply",
		Formula: name("付款已满 48 小时的订单", "orders paid at least 48 h ago"),
		Tables:  []string{"order_line"}, of: service(func(s Sums) float64 { return float64(s.Shipping.Due) }),
	},
	{
		Key: "ship_backlog", Name: name("超时未发", "Overdue, not shipped"), Unit: Count, Better: Down, Adds: ByDistinct, Owner: "supply",
		Formula: name("付款已满 48 小时仍未发出的订单", "orders paid at least 48 h ago and not shipped"),
		Tables:  []string{"order_line"}, of: service(func(s Sums) float64 { return float64(s.Shipping.Waiting) }),
	},
	{
		Key: "complaints", Name: name("投诉数", "Complaints"), Unit: Count, Better: Down, Adds: BySum, Owner: "service",
		Formula: name("差评、中评与投诉类售后退款申请数", "bad and neutral reviews and after-sale refund requests that complain"),
		Tables:  []string{"review", "refund"},
	},
	{
		Key: "bad_reviews", Name: name("差评数", "Bad reviews"), Unit: Count, Better: Down, Adds: BySum, Owner: "service",
		Formula: name("差评数", "reviews rated bad"),
		Tables:  []string{"review"},
	},
	{
		Key: "bad_review_rate", Name: name("差评率", "Bad-review rate"), Unit: Ratio, Better: Down, Adds: ByRatio, Owner: "service",
		Formula: name("差评数 ÷ 评价数", "reviews rated bad / reviews"),
		Tables:  []string{"review"},
	},
}

// goods is what a report computes item by item.
var goods = []Metric{
	{
		Key: "cover_days", Name: name("可售天数", "Days of cover"), Unit: Days, Better: Neither, Adds: ByRatio, Owner: "supply",
		Formula: name("可售库存 ÷ 近 7 天日均支付件数（剔除断货时段）", "available stock / pieces paid a day over 7 days, time out of stock left out"),
		Tables:  []string{"inventory", "order_line"},
	},
	{
		Key: "stock_outs", Name: name("断货数", "Stock-outs"), Unit: Count, Better: Down, Adds: BySum, Owner: "supply",
		Formula: name("在售、可售为 0、近 7 天有销售的商品×渠道数", "listed item-channels with nothing available that sold in the last 7 days"),
		Tables:  []string{"inventory", "order_line"},
	},
	{
		Key: "price_gap", Name: name("价差", "Price gap"), Unit: Money, Better: Down, Adds: ByRatio, Owner: "pricing",
		Formula: name("我方到手价 − 竞品到手价（到手价 = 成交价 − 券）", "our landed price - the rival's (landed = deal - coupon)"),
		Tables:  []string{"own_price", "rival_offer"},
	},
	{
		Key: "price_advantage", Name: name("价格优势", "Price advantage"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "pricing",
		Formula: name("（竞品到手价 − 我方到手价）÷ 竞品到手价", "(the rival's landed price - ours) / the rival's"),
		Tables:  []string{"own_price", "rival_offer"},
	},
}
