package metric

import (
	"shopwatch/internal/market"
)

// Unit is what a metric's value is counted in.
type Unit string

// Units of values. Money is in minor units, Ratio is 1 for 100 %.
const (
	Money Unit = "money"
	Count Unit = "count"
	Ratio Unit = "ratio"
	Days  Unit = "days"
)

// Better is the direction that is welcome.
type Better string

// Directions.
const (
	Up      Better = "up"
	Down    Better = "down"
	Neither Better = "neither"
)

// Adds says how values of parts make the value of the whole.
type Adds string

// Ways of adding up.
const (
	BySum      Adds = "sum"      // parts add up
	ByDistinct Adds = "distinct" // parts may share members: the whole is counted anew
	ByRatio    Adds = "ratio"    // computed from sums, never averaged
)

// Metric is an entry of the dictionary.
type Metric struct {
	Key     string      `json:"key"`
	Name    market.Name `json:"name"`
	Unit    Unit        `json:"unit"`
	Better  Better      `json:"better"`
	Adds    Adds        `json:"adds"`
	Formula market.Name `json:"formula"` // in words
	Tables  []string    `json:"tables"`  // where the facts come from
	Owner   string      `json:"owner"`   // the team that acts on it: operations, pricing, supply, service

	// of computes the value from sums; nil for metrics that a report computes
	// item by item.
	of func(Sums) (float64, bool)
}

// Of computes the metric from sums. ok is false when a feed behind it is not
// known, when its denominator is 0, and for metrics that live on items
// (cover_days, price_gap and the like).
func (m Metric) Of(s Sums) (value float64, ok bool) {
	if m.of == nil {
		return 0, false
	}
	return m.of(s)
}

// Find returns the metric of that key, and false when there is none.
func Find(key string) (Metric, bool) {
	for _, m := range All {
		if m.Key == key {
			return m, true
		}
	}
	return Metric{}, false
}

// Default is the GMV that an answer means unless it says otherwise.
const Default = "gmv_paid"

// All is the dictionary in the order of help.
var All = []Metric{
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
		Key: "refunds", Name: name("退款金额", "Refunds"), Unit: Money, Better: Down, Adds: BySum, Owner: "service",
		Formula: name("按退款成功时间计的成功退款与取消金额", "successful refunds and cancellations by time of success"),
		Tables:  []string{"refund"}, of: func(s Sums) (float64, bool) { return float64(s.Refunded), s.Known.Refunds },
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
		Key: "visitors", Name: name("访客数", "Visitors"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("各小时访客数之和", "visitors of each hour, added"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "conversion", Name: name("支付转化率", "Conversion"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("支付人数 ÷ 访客数（同一流量数据）", "paying visitors / visitors, both as traffic counts them"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.PayUsers) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "cart_rate", Name: name("加购率", "Add-to-cart rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("加购人数 ÷ 访客数", "visitors who add to cart / visitors"),
		Tables:  []string{"traffic"}, of: traffic(func(s Sums) float64 { return float64(s.CartUsers) }).over(func(s Sums) float64 { return float64(s.Visitors) }),
	},
	{
		Key: "prime_time_share", Name: name("黄金时段占比", "Prime-time share"), Unit: Ratio, Better: Neither, Adds: ByRatio, Owner: "operations",
		Formula: name("18:00–22:00 的支付 GMV ÷ 支付 GMV", "paid GMV from 18:00 to 22:00 / paid GMV"),
		Tables:  []string{"order_line"}, of: orders(func(s Sums) float64 { return float64(s.Prime) }).over(func(s Sums) float64 { return float64(s.Paid) }),
	},
	{
		Key: "refund_rate", Name: name("退款率（金额）", "Refund rate (amount)"), Unit: Ratio, Better: Down, Adds: ByRatio, Owner: "service",
		Formula: name("成功退款金额 ÷ 同期支付 GMV", "refunds that succeeded / paid GMV of the same time"),
		Tables:  []string{"order_line", "refund"}, of: refundRate,
	},
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

func name(zh, en string) market.Name { return market.Name{Zh: zh, En: en} }

// measure reads one figure of sums, and whether its feed is known.
type measure func(Sums) (float64, bool)

func orders(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Orders }
}

func traffic(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Traffic }
}

// over divides by another figure of the same feed; by 0 nothing is known.
func (m measure) over(by func(Sums) float64) measure {
	return func(s Sums) (float64, bool) {
		v, ok := m(s)
		d := by(s)
		if !ok || d == 0 {
			return 0, false
		}
		return v / d, true
	}
}

func aov(s Sums) (float64, bool) {
	return orders(func(s Sums) float64 { return float64(s.Paid) }).over(func(s Sums) float64 { return float64(s.Buyers) })(s)
}

func refundRate(s Sums) (float64, bool) {
	if !s.Known.Refunds {
		return 0, false
	}
	return orders(func(s Sums) float64 { return float64(s.Refunded) }).over(func(s Sums) float64 { return float64(s.Paid) })(s)
}
