package metric

// sales is what was sold.
var sales = []Metric{
	{
		Key: "gmv_paid", Name: name("GMV（支付）", "GMV (paid)"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("按支付时间计的支付金额，不扣退款，不含运费", "amount paid by time of payment, refunds not deducted, postage left out"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Paid) }),
	},
	{
		Key: "gmv_placed", Name: name("GMV（下单）", "GMV (placed)"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("按下单时间计的订单金额，含未支付和已取消", "amount of all orders by time of order, unpaid and cancelled included"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Placed) }),
	},
	{
		Key: "gmv_net", Name: name("GMV（净额）", "GMV (net)"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("支付 GMV 减同期成功退款", "paid GMV minus refunds that succeeded in the same time"),
		Tables:  []string{"order_line", "refund"}, of: func(s Sums) (float64, bool) { return float64(s.Net()), s.Known.Orders && s.Known.Refunds },
	},
	{
		Key: "orders", Name: name("支付订单数", "Orders"), Unit: Count, Better: Up, Adds: ByDistinct, Owner: "operations",
		Formula: name("有支付行的订单数，去重", "distinct orders with a paid line"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Orders) }),
	},
	{
		Key: "units", Name: name("支付件数", "Units sold"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("支付行的件数", "pieces in paid lines"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Units) }),
	},
	{
		Key: "buyers", Name: name("支付买家数", "Buyers"), Unit: Count, Better: Up, Adds: ByDistinct, Owner: "operations",
		Formula: name("支付买家数，去重；没有买家编号的订单各算一位", "distinct paying buyers; an order without a buyer id counts as one"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Buyers) }),
	},
	{
		Key: "aov", Name: name("客单价", "AOV"), Unit: Money, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("支付 GMV ÷ 支付买家数", "paid GMV / paying buyers"),
		Tables:  []string{"order_line"}, of: aov,
	},
	{
		Key: "prime_time_share", Name: name("黄金时段占比", "Prime-time share"), Unit: Ratio, Better: Neither, Adds: ByRatio, Owner: "operations",
		Formula: name("18:00–22:00 的支付 GMV ÷ 支付 GMV", "paid GMV from 18:00 to 22:00 / paid GMV"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Prime) }).over(func(s Sums) float64 { return float64(s.Paid) }),
	},
	{
		Key: "unit_price", Name: name("件单价", "Price per piece"), Unit: Money, Better: Neither, Adds: ByRatio, Owner: "pricing",
		Formula: name("支付 GMV ÷ 支付件数", "paid GMV / pieces sold"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Paid) }).over(func(s Sums) float64 { return float64(s.Units) }),
	},
	{
		Key: "units_per_order", Name: name("连带率", "Pieces per order"), Unit: Times, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("支付件数 ÷ 支付订单数", "pieces sold / orders"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Units) }).over(func(s Sums) float64 { return float64(s.Orders) }),
	},
	{
		Key: "gross_profit", Name: name("毛利", "Gross profit"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("有成本资料的支付金额 − 其成本；无成本资料的商品不计入", "amount paid for items whose cost is known - that cost; other items are left out"),
		Tables:  []string{"order_line", "item"}, of: profit,
	},
	{
		Key: "margin", Name: name("毛利率", "Gross margin"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("毛利 ÷ 有成本资料的支付金额", "gross profit / amount paid for items whose cost is known"),
		Tables:  []string{"order_line", "item"}, of: margin,
	},
}

// funnel is who came and how far they went.
var funnel = []Metric{
	{
		Key: "visitors", Name: name("访客数", "Visitors"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时访客数之和", "visitors of each hour, added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "views", Name: name("浏览量", "Page views"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时浏览量之和", "page views of each hour, added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.Views) }),
	},
	{
		Key: "dwell", Name: name("平均停留时长", "Time on page"), Unit: Span, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("停留时长之和 ÷ 访客数", "time spent / visitors"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.DwellMs) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "cart_rate", Name: name("加购率", "Add-to-cart rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("加购人数 ÷ 访客数", "visitors who add to cart / visitors"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.CartUsers) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "order_rate", Name: name("下单转化率", "Order rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("下单人数 ÷ 访客数", "visitors who order / visitors"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.OrderUsers) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "conversion", Name: name("支付转化率", "Conversion"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("支付人数 ÷ 访客数（同一流量数据）", "paying visitors / visitors, both as traffic counts them"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.PayUsers) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "cart_users", Name: name("加购人数", "Visitors adding to cart"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时加购人数之和", "visitors who add to cart, hours added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.CartUsers) }),
	},
	{
		Key: "order_users", Name: name("下单人数", "Visitors ordering"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时下单人数之和", "visitors who order, hours added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.OrderUsers) }),
	},
	{
		Key: "pay_users", Name: name("支付人数（流量口径）", "Paying visitors"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时支付人数之和（流量数据）", "visitors who pay, as traffic counts them, hours added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.PayUsers) }),
	},
}
