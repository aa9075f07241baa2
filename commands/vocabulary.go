package commands

import (
	"strings"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func periodWords(today market.Day) []word {
	span := func(from, to market.Day, forms ...string) word {
		return word{forms: forms, set: func(q *Query) {
			q.Period = Period{From: from, To: to, Asked: forms[0], Set: true}
		}}
	}
	week, month := today.WeekStart(), today.MonthStart()
	return []word{
		span(today, today, "today", "今天", "今日", "本日", "当天"),
		span(today-1, today-1, "yesterday", "昨天", "昨日"),
		span(today-2, today-2, "前天", "day before yesterday"),
		span(today-3, today-3, "大前天"),
		span(week, today, "week", "this week", "wtd", "本周", "这周"),
		span(week-7, week-1, "last week", "lastweek", "上周", "上个星期"),
		span(week-14, week-8, "上上周"),
		span(today-7, today-1, "past week", "近一周", "最近一周", "过去一周"),
		span(today-30, today-1, "past month", "近一个月", "最近一个月", "过去一个月"),
		span(yearStart(today), today, "this year", "ytd", "今年"),
		span(month, today, "month", "this month", "mtd", "本月", "这个月"),
		span(month.AddMonths(-1), month-1, "last month", "lastmonth", "上月", "上个月"),
		span(today+1, today+1, "tomorrow", "明天", "明日"),
		span(week+7, week+13, "next week", "下周"),
		span(month.AddMonths(1), month.AddMonths(2)-1, "next month", "下月", "下个月"),
	}
}

// yearStart is the first day of today's year.
func yearStart(today market.Day) market.Day {
	year, _, _ := today.Date()
	return market.DateOf(year, 1, 1)
}

// weekdayWords mean the last such day, today when it is one.
func weekdayWords(today market.Day) []word {
	var out []word
	for i, forms := range [7][]string{
		{"monday", "周一", "星期一"},
		{"tuesday", "周二", "星期二"},
		{"wednesday", "周三", "星期三"},
		{"thursday", "周四", "星期四"},
		{"friday", "周五", "星期五"},
		{"saturday", "周六", "星期六"},
		{"sunday", "周日", "星期日", "星期天"},
	} {
		day := today.WeekStart() + market.Day(i)
		if day > today {
			day -= 7
		}
		out = append(out, word{forms: forms, set: func(q *Query) { q.Period = Period{From: day, To: day, Asked: forms[0], Set: true} }})
	}
	return out
}

// spokenNumber writes the number of a campaign as people say it: 双十一 for 双11.
var spokenNumber = strings.NewReplacer("618", "六一八", "11", "十一", "12", "十二")

func campaignWords(shop *market.Shop) []word {
	var out []word
	for _, c := range shop.Calendar.Campaigns {
		out = append(out, word{
			forms: []string{c.ID, c.Name.Zh, c.Name.En, spokenNumber.Replace(c.Name.Zh)},
			set: func(q *Query) {
				q.Period = Period{From: c.Peak, To: c.Peak, Asked: c.ID, Set: true}
			},
		})
	}
	return out
}

func baseWords() []word {
	base := func(b report.Compare, forms ...string) word {
		return word{forms: forms, set: func(q *Query) { q.Against = b }}
	}
	return []word{
		base(report.PrevPeriod, "vs prev", "vs previous", "vs yesterday", "环比", "比昨天", "比上期"),
		base(report.SameWeekday, "vs week", "vs last week", "周同比", "比上周", "比上周同日"),
		base(report.LastYear, "vs year", "vs last year", "同比", "年同比", "比去年"),
		base(report.CampaignDay, "vs campaign", "比上次大促", "同大促日"),
	}
}

func dimensionWords() []word {
	by := func(d metric.Dim, forms ...string) word {
		return word{forms: forms, set: func(q *Query) { q.By = d }}
	}
	return []word{
		by(metric.ByHour, "by hour", "hourly", "按小时", "分时", "分小时"),
		by(metric.ByDay, "by day", "daily", "按天", "按日", "分日"),
		by(metric.ByUnit, "by unit", "units", "按事业部", "分事业部", "按类目线", "赛马"),
		by(metric.ByChannel, "by channel", "channels", "按渠道", "分渠道"),
		by(metric.ByBand, "by band", "bands", "按价格带", "分价格带", "价格带"),
		by(metric.ByRegion, "by region", "by country", "regions", "按地区", "按区域", "分地区", "按国家"),
		by(metric.ByCategory, "by category", "categories", "按类目", "分类目"),
		by(metric.BySKU, "by sku", "by item", "skus", "items", "按商品", "按单品", "分商品"),
		by(metric.ByEntry, "by entry", "按入口", "分入口"),
		by(metric.ByReason, "by reason", "按原因", "分原因"),
		by(metric.ByTier, "by tier", "按等级", "按会员等级"),
		by(metric.ByPlan, "by plan", "按计划"),
		by(metric.ByWord, "by word", "按搜索词", "按词"),
	}
}

func focusWords() []word {
	focus := func(f string, forms ...string) word {
		return word{forms: forms, set: func(q *Query) { q.Focus = f }}
	}
	return []word{
		focus("out", "out", "out of stock", "缺货", "断货", "售罄"),
		focus("low", "low", "cover", "running out", "running low", "低库存", "快断货", "告急"),
		focus("moves", "moves", "cuts", "变价", "降价", "调价"),
		focus("causes", "causes", "by cause", "原因", "归因"),
		focus("counterfeit", "counterfeit", "fake", "假货", "售假"),
		focus("open", "open", "firing", "未处理", "进行中"),
		focus("all", "all", "全部"),
		focus(digestFocus(report.DigestIntraday), "intraday", "live board", "战报", "实时战报"),
		focus(digestFocus(report.DigestWeekly), "weekly", "周报"),
		focus(digestFocus(report.DigestMonthly), "monthly", "月报"),
		focus(digestFocus(report.DigestCampaign), "campaign", "campaign review", "大促", "复盘", "大促复盘"),
		focus("remove", "remove", "drop", "删除", "取消目标"),
		focus("undo", "undo", "take back", "撤销"),
		focus("history", "history", "changes", "历史", "变更记录"),
		focus("month_end", "month end", "eom", "月末", "月底"),
		shareWord(),
	}
}

// shareWord asks for an answer that everyone in the channel sees.
func shareWord() word {
	return word{forms: []string{"share", "发到频道", "公开"}, set: func(q *Query) { q.Share = true }}
}

// keys are the names before "=", each with what its value means.
var keyNames = map[string]string{
	"unit": "unit", "事业部": "unit", "channel": "channel", "渠道": "channel",
	"band": "band", "价格带": "band", "region": "region", "地区": "region", "country": "region", "国家": "region",
	"sku": "sku", "商品": "sku", "item": "sku", "period": "period", "时间": "period", "date": "period", "日期": "period",
	"vs": "vs", "比": "vs", "by": "by", "按": "by", "top": "top", "前": "top", "lang": "lang", "语言": "lang",
	"category": "category", "类目": "category", "days": "days", "日权重": "days", "hours": "hours", "时权重": "hours",
	"share": "share", "公开": "share", "分享": "share",
}
