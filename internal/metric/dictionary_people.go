package metric

// people is members against everybody else.
var people = []Metric{
	{
		Key: "member_aov", Name: name("会员客单价", "Member AOV"), Unit: Money, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("会员支付 GMV ÷ 会员买家数", "paid GMV of members / member buyers"),
		Tables:  []string{"order_line"}, of: loyalty(func(s Sums) float64 { return float64(s.Loyalty.MemberPaid) }).over(func(s Sums) float64 { return float64(s.Loyalty.MemberBuyers) }),
	},
	{
		Key: "guest_aov", Name: name("非会员客单价", "Non-member AOV"), Unit: Money, Better: Neither, Adds: ByRatio, Owner: "operations",
		Formula: name("非会员支付 GMV ÷ 非会员买家数", "paid GMV of non-members / their buyers"),
		Tables:  []string{"order_line"}, of: loyalty(func(s Sums) float64 { return float64(s.Loyalty.GuestPaid) }).over(func(s Sums) float64 { return float64(s.Loyalty.GuestBuyers) }),
	},
	{
		Key: "member_multiple", Name: name("会员客单价倍数", "Member AOV multiple"), Unit: Times, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("会员客单价 ÷ 非会员客单价", "member AOV / non-member AOV"),
		Tables:  []string{"order_line"}, of: memberMultiple,
	},
	{
		Key: "member_share", Name: name("会员成交占比", "Member share"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("会员支付 GMV ÷ 支付 GMV", "paid GMV of members / paid GMV"),
		Tables:  []string{"order_line"}, of: memberShare,
	},
	{
		Key: "new_members", Name: name("新增会员", "New members"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("当日入会人数之和", "members who joined"),
		Tables:  []string{"member_day"}, of: members(func(s Sums) float64 { return float64(s.Members.New) }),
	},
	{
		Key: "member_active", Name: name("会员购买人次", "Member buyers a day"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("每日有购买的会员数之和（人次）", "members who bought, counted once a day, days added"),
		Tables:  []string{"member_day"}, of: members(func(s Sums) float64 { return float64(s.Members.Active) }),
	},
	{
		Key: "repurchase_rate", Name: name("复购率", "Repurchase rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("非首次购买的会员人次 ÷ 会员购买人次", "member buyers who bought before / member buyers"),
		Tables:  []string{"member_day"}, of: members(func(s Sums) float64 { return float64(s.Members.Repurchase) }).over(func(s Sums) float64 { return float64(s.Members.Active) }),
	},
	{
		Key: "order_frequency", Name: name("年购买频次", "Orders a year"), Unit: Times, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("会员订单数 ÷ 会员人日 × 365", "member orders / member-days x 365"),
		Tables:  []string{"member_day"}, of: members(func(s Sums) float64 { return float64(s.Members.Orders * 365) }).over(func(s Sums) float64 { return float64(s.Members.Days) }),
	},
	{
		Key: "member_gmv", Name: name("会员成交额", "Member GMV"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("会员日报的成交金额", "GMV in the daily member figures"),
		Tables:  []string{"member_day"}, of: members(func(s Sums) float64 { return float64(s.Members.GMV) }),
	},
}

// promotion is what was spent to be found, and searched for.
var promotion = []Metric{
	{
		Key: "ads_cost", Name: name("广告花费", "Ad spend"), Unit: Money, Better: Neither, Adds: BySum, Owner: "operations",
		Formula: name("广告平台扣除的费用", "what the platform charged for advertising"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.Cost) }),
	},
	{
		Key: "ads_gmv", Name: name("广告成交额", "GMV from ads"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("平台归因的广告成交额", "GMV that the platform attributes to ads"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.GMV) }),
	},
	{
		Key: "ads_roi", Name: name("投产比", "Return on ad spend"), Unit: Times, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("广告成交额 ÷ 广告花费", "GMV from ads / ad spend"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.GMV) }).over(func(s Sums) float64 { return float64(s.Ads.Cost) }),
	},
	{
		Key: "ads_ctr", Name: name("点击率", "Click rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("点击 ÷ 展现", "clicks / impressions"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.Clicks) }).over(func(s Sums) float64 { return float64(s.Ads.Impressions) }),
	},
	{
		Key: "ads_cpc", Name: name("单次点击花费", "Cost per click"), Unit: Money, Better: Down, Adds: ByRatio, Owner: "operations",
		Formula: name("广告花费 ÷ 点击", "ad spend / clicks"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.Cost) }).over(func(s Sums) float64 { return float64(s.Ads.Clicks) }),
	},
	{
		Key: "new_customer_cost", Name: name("拉新成本", "Cost per new customer"), Unit: Money, Better: Down, Adds: ByRatio, Owner: "operations",
		Formula: name("广告花费 ÷ 广告带来的新客数", "ad spend / new buyers from ads"),
		Tables:  []string{"ads_day"}, of: ads(func(s Sums) float64 { return float64(s.Ads.Cost) }).over(func(s Sums) float64 { return float64(s.Ads.NewBuyers) }),
	},
	{
		Key: "searches", Name: name("搜索量", "Searches"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("搜索次数", "how often people searched"),
		Tables:  []string{"search_day"}, of: search(func(s Sums) float64 { return float64(s.Search.Searches) }),
	},
	{
		Key: "long_tail_share", Name: name("长尾词占比", "Long-tail share"), Unit: Ratio, Better: Neither, Adds: ByRatio, Owner: "operations",
		Formula: name("长尾词搜索量 ÷ 搜索量", "searches with long-tail words / searches"),
		Tables:  []string{"search_day"}, of: search(func(s Sums) float64 { return float64(s.Search.LongTail) }).over(func(s Sums) float64 { return float64(s.Search.Searches) }),
	},
	{
		Key: "search_click_rate", Name: name("搜索到访率", "Search click rate"), Unit: Ratio, Better: Up, Adds: ByRatio, Owner: "operations",
		Formula: name("搜索带来的访客 ÷ 搜索量", "visitors from search / searches"),
		Tables:  []string{"search_day"}, of: search(func(s Sums) float64 { return float64(s.Search.Visitors) }).over(func(s Sums) float64 { return float64(s.Search.Searches) }),
	},
	{
		Key: "search_orders", Name: name("搜索订单数", "Orders from search"), Unit: Count, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("搜索带来的订单", "orders from search"),
		Tables:  []string{"search_day"}, of: search(func(s Sums) float64 { return float64(s.Search.Orders) }),
	},
	{
		Key: "search_gmv", Name: name("搜索成交额", "GMV from search"), Unit: Money, Better: Up, Adds: BySum, Owner: "operations",
		Formula: name("搜索带来的成交额", "GMV from search"),
		Tables:  []string{"search_day"}, of: search(func(s Sums) float64 { return float64(s.Search.GMV) }),
	},
}
