package chart

import (
	"fmt"
	"math"

	"shopwatch/internal/chat"
)

// The charts a reader of the goldens should look at first: made-up shops, but
// headline, change and alt text follow from the lines they stand beside.

var nan = math.NaN()

// wan are ten thousands of yuan in fen, so that values read like the labels.
func wan(values ...float64) chat.Values {
	list := make(chat.Values, len(values))
	for i, v := range values {
		list[i] = v * 1e6
	}
	return list
}

func hours(suffix string) []string {
	list := make([]string, 24)
	for i := range list {
		list[i] = string(rune('0'+i/10)) + string(rune('0'+i%10)) + suffix
	}
	return list
}

func today() chat.Values {
	return wan(8.1, 16.4, 25.2, 33.8, 42.1, 52.6, 66.3, 84.9, 110.2, 145.8, 189.4, 233.5, 274.1, 309.8, 340.2, 368.3, 394.2)
}

func yesterday() chat.Values {
	return wan(7.2, 14.1, 22.3, 29.8, 38.4, 47.1, 58.2, 73.6, 95.4, 126.1, 163.7, 204.2, 241.6, 272.9, 300.3, 325.1, 348.8,
		374.2, 406.6, 450.3, 505.8, 556.4, 599.7, 624.6)
}

func lastSunday() chat.Values {
	return wan(6.6, 12.8, 19.4, 26.3, 33.9, 41.8, 52.4, 67.1, 88.0, 116.2, 149.9, 186.3, 220.7, 250.4, 276.1, 299.3, 320.9,
		344.0, 374.1, 414.2, 462.0, 511.3, 551.2, 576.4)
}

func dayZh() chat.Chart {
	return chat.Chart{
		Kind: chat.LineChart, Title: "支付 GMV 累计 · 天猫旗舰店", Subtitle: "11/22 周日，截至 16:00",
		KPI: "394.2万", Change: "▲13% 好转，比昨日同时段", Tone: chat.Good,
		Footer:    "预计 22 点前达成冲刺 · 数据 16:02 · 覆盖 100% · 「支付」口径",
		Alt:       "支付 GMV 至 16 时 394.2万，比昨日同时段 +13%，基础目标 98.5%，预计 22 点前达成冲刺",
		Positions: hours("时"), TickEvery: 6, NoData: "无数据",
		Axis: chat.Axis{Divisor: 1e6, Suffix: "万"},
		Series: []chat.Series{
			{Name: "今日", Role: chat.Current, Values: today()},
			{Name: "昨日", Role: chat.Previous, Values: yesterday()},
			{Name: "上周日", Role: chat.Older, Values: lastSunday()},
		},
		Targets: []chat.Mark{
			{Name: "基础 400", Role: chat.Base, Value: 400e6},
			{Name: "冲刺 500", Role: chat.Sprint, Value: 500e6},
			{Name: "挑战 600", Role: chat.Challenge, Value: 600e6},
		},
	}
}

func dayEn() chat.Chart {
	c := dayZh()
	c.Title, c.Subtitle = "Paid GMV, cumulative · Tmall flagship", "Sun 11/22 until 16:00"
	c.KPI, c.Change = "¥3.94M", "▲13% better than yesterday by then"
	c.Footer = "Sprint expected before 22:00 · data 16:02 · coverage 100%"
	c.Alt = "Paid GMV until 16:00 ¥3.94M, +13% on yesterday by then, base target 98.5%, sprint expected before 22:00"
	c.Positions, c.NoData = hours(":00"), "no data"
	c.Axis = chat.Axis{Divisor: 1e8, Prefix: "¥", Suffix: "M"}
	for i, name := range []string{"today", "yesterday", "last Sunday"} {
		c.Series[i].Name = name
	}
	for i, name := range []string{"base 4M", "sprint 5M", "challenge 6M"} {
		c.Targets[i].Name = name
	}
	return c
}

// gapZh is a bad day: two hours without data, a forecast, and few targets.
func gapZh() chat.Chart {
	c := dayZh()
	values := wan(7.0, 13.5, 20.1, 27.4, 34.9, 43.8, 55.0, 70.1, 91.2, 0, 0, 0, 203.1, 232.4, 258.8, 281.6, 301.5)
	values[9], values[10], values[11] = nan, nan, nan
	c.Series[0].Values = values
	forecast := make(chat.Values, 24)
	for i := range forecast {
		forecast[i] = nan
		if i > 16 {
			forecast[i] = yesterday()[i] * 301.5 / 348.8
		}
	}
	c.Series = append(c.Series[:2], chat.Series{Name: "预测", Role: chat.Forecast, Values: forecast})
	c.Targets = c.Targets[:2]
	c.KPI, c.Change, c.Tone = "301.5万", "▼13.6% 恶化，比昨日同时段", chat.Bad
	c.Footer = "预计全天 539.9万 · 数据 16:02 · 覆盖 87.5%（9–11 时缺）"
	c.Alt = "支付 GMV 至 16 时 301.5万，比昨日同时段 −13.6%，9 至 11 时无数据，预计全天 539.9万"
	return c
}

func raceZh() chat.Chart {
	return chat.Chart{
		Kind: chat.BarChart, Title: "类目赛马 · 天猫旗舰店", Subtitle: "11/22 周日，至 16 时，支付 GMV",
		KPI: "394.2万", Change: "▲13% 好转，比昨日同时段", Tone: chat.Good,
		Footer: "数据 16:02 · 覆盖 100%", Alt: "类目赛马：美妆 142.6万 第 1，服饰 96.4万 第 2",
		Positions: []string{"1 美妆护肤", "2 服饰内衣", "3 家居日用", "4 食品饮料", "5 母婴", "6 数码配件"},
		NoData:    "无数据", Axis: chat.Axis{Divisor: 1e6, Suffix: "万"},
		Series: []chat.Series{
			{
				Name: "今日", Role: chat.Current, Values: append(wan(142.6, 96.4, 71.8, 47.3, 36.1), nan),
				Labels: []string{"142.6万 ▲41%", "96.4万 ▼12%", "71.8万 ▲3.2%", "47.3万 持平", "36.1万 ▲8.7%", ""},
			},
			{Name: "昨日", Role: chat.Previous, Values: wan(101.1, 109.5, 69.6, 47.3, 33.2, 18.8)},
		},
		Targets: []chat.Mark{{Name: "单类目标 100", Role: chat.Base, Value: 100e6}},
	}
}

// changeEn has bars to both sides and values without labels of their own.
func changeEn() chat.Chart {
	return chat.Chart{
		Kind: chat.BarChart, Title: "What moved GMV", Subtitle: "Sat 11/21 against Sat 11/14",
		KPI: "+¥476K", Change: "▲8.2% better", Tone: chat.Good, Footer: "accounts for the whole change · data 08:02",
		Alt:       "GMV +¥476K: beauty +410K, other +186K, apparel −120K",
		Positions: []string{"Beauty (livestream)", "Other", "Apparel (3 sizes out of stock)"},
		Axis:      chat.Axis{Divisor: 1e5, Prefix: "¥", Suffix: "K"},
		Series:    []chat.Series{{Role: chat.Current, Values: chat.Values{410e5, 186e5, -120e5}}},
	}
}

// priceEn does not start at zero: prices would be flat lines at the top.
func priceEn() chat.Chart {
	return chat.Chart{
		Kind: chat.LineChart, Title: "Face cream 50 ml: our price and theirs", Subtitle: "7 days until Sat 11/21",
		KPI: "¥291", Change: "18% above the lowest rival", Tone: chat.Bad, Footer: "2 rivals seen today · data 07:40",
		Alt:       "Our price ¥291, lowest rival ¥239, our floor ¥232",
		Positions: []string{"11/15", "11/16", "11/17", "11/18", "11/19", "11/20", "11/21"},
		NoData:    "no data", Axis: chat.Axis{Divisor: 100, Prefix: "¥"},
		Series: []chat.Series{
			{Name: "we", Role: chat.Current, Values: chat.Values{29900, 29900, 29900, 29500, 29500, 29100, 29100}},
			{Name: "rival A", Role: chat.Previous, Values: chat.Values{28900, 28900, 27900, 25900, 25900, 23900, 23900}},
			{Name: "rival B", Role: chat.Older, Values: chat.Values{29300, 29300, nan, nan, 28800, 28800, 28800}},
		},
		Targets: []chat.Mark{{Name: "our floor", Role: chat.Floor, Value: 23200}},
	}
}

// bandZh is a day that falls out of its usual range.
func bandZh() chat.Chart {
	c := chat.Chart{
		Kind: chat.LineChart, Title: "每小时成交额 · 美妆", Subtitle: "11/22 周日，灰带为同类日子的通常范围",
		KPI: "6.2万", Change: "通常 16.4万", Tone: chat.Bad, Footer: "按同星期与同类日子的同一小时估计", Alt: "每小时成交额 6.2万，通常 16.4万",
		Positions: hours("时")[:24], TickEvery: 6, NoData: "无数据", Axis: chat.Axis{Divisor: 1e6, Suffix: "万"}, Band: &chat.Band{},
	}
	now, usual := make(chat.Values, 24), make(chat.Values, 24)
	for i := range now {
		usual[i] = 1e6 * (4 + 12*math.Sin(float64(i)/24*math.Pi))
		now[i] = usual[i] * 1.04
		c.Band.Low, c.Band.High = append(c.Band.Low, usual[i]*0.8), append(c.Band.High, usual[i]*1.2)
		switch {
		case i > 16:
			now[i] = nan
		case i > 14:
			now[i] = 6.2e6
		}
	}
	c.Band.Low[4], c.Band.High[21] = nan, nan
	c.Series = []chat.Series{{Name: "今天", Role: chat.Current, Values: now}, {Name: "通常", Role: chat.Previous, Values: usual}}
	return c
}

// hoursZh is a week of hours of which Thursday morning is not known and Sunday
// is not over.
func hoursZh() chat.Chart {
	c := chat.Chart{
		Kind: chat.HeatChart, Title: "每小时成交额 · 天猫旗舰店", Subtitle: "11/16 周一 – 11/22 周日，支付 GMV",
		KPI: "22.4万", Change: "最高：周五 20时", Footer: "数据 11/22 16:02 · 完整", Alt: "每小时成交额：周五 20时 最高 22.4万",
		Positions: hours("时"), TickEvery: 3, NoData: "无数据", Axis: chat.Axis{Divisor: 1e6, Suffix: "万"},
	}
	for d, name := range []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"} {
		row := make(chat.Values, 24)
		for h := range row {
			row[h] = 1e6 * (2 + 9*math.Exp(-math.Pow(float64(h-20)/3, 2)) + 5*math.Exp(-math.Pow(float64(h-12)/3, 2))) * (1 + float64(d)/10)
			if d == 3 && h < 9 || d == 6 && h > 15 {
				row[h] = nan
			}
		}
		c.Series = append(c.Series, chat.Series{Name: name, Values: row})
	}
	c.Series[4].Values[20] = 22.4e6
	return c
}

// partsEn is a heat map with room for its numbers.
func partsEn() chat.Chart {
	c := hoursZh()
	c.Title, c.Subtitle, c.KPI, c.Change, c.Footer = "Paid GMV by part of the day", "Mon 11/16 – Sun 11/22", "¥1.2M", "highest: Fri evening", "data 11/22 16:02"
	c.Alt, c.NoData, c.TickEvery = "Paid GMV by part of the day: Fri evening highest", "no data", 1
	c.Positions = []string{"night", "morning", "afternoon", "evening"}
	c.Axis = chat.Axis{Divisor: 1e5, Prefix: "¥", Suffix: "K"}
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		c.Series[i].Name = name
		v := chat.Values{8e6 + float64(i)*1e6, 31e6, 52e6 + float64(i)*4e6, 71e6 + float64(i)*9e6}
		if i == 2 {
			v[1] = nan
		}
		c.Series[i].Values = v[:min(4, 9-i)]
	}
	return c
}

// outlookZh is a month whose rest is expected within a range.
func outlookZh() chat.Chart {
	c := chat.Chart{
		Kind: chat.LineChart, Title: "销售预测 · 天猫旗舰店", Subtitle: "11/22 周日 – 11/30 周一", KPI: "1.92亿", Change: "11 月预计（80% 可能在 1.81亿 – 2.04亿）",
		Footer: "数据 11/22 16:02 · 完整", Alt: "销售预测：11 月预计 1.92亿", NoData: "无数据", Axis: chat.Axis{Divisor: 1e6, Suffix: "万"}, TickEvery: 7,
		Band: &chat.Band{},
	}
	past, mean := make(chat.Values, 21), make(chat.Values, 30)
	for i := range 30 {
		c.Positions = append(c.Positions, fmt.Sprintf("11/%d", i+1))
		mean[i] = 600e6 + 90e6*math.Sin(float64(i)*2*math.Pi/7)
		low, high := nan, nan
		switch {
		case i < 20:
			past[i], mean[i] = mean[i]*(1+0.1*math.Sin(float64(i*i))), nan
		case i == 20:
			past[i], mean[i] = mean[i], nan
			low, high = past[i], past[i]
		default:
			low, high = mean[i]*(0.93-0.01*float64(i-20)), mean[i]*(1.07+0.012*float64(i-20))
		}
		c.Band.Low, c.Band.High = append(c.Band.Low, low), append(c.Band.High, high)
	}
	c.Series = []chat.Series{{Name: "已成交", Role: chat.Current, Values: past}, {Name: "预计", Role: chat.Forecast, Values: mean}}
	return c
}

// stepsZh are prices, which hold until they change.
func stepsZh() chat.Chart {
	c := priceEn()
	c.Title, c.Subtitle, c.KPI, c.Change, c.Footer = "面霜 50ml：我们与竞品的到手价", "近 7 天", "¥291", "比最低的竞品高 18%", "数据 11/21 07:40"
	c.Alt, c.NoData, c.Steps = "面霜 50ml：我们 ¥291，花漾 ¥239，底价 ¥232", "无数据", true
	c.Series[0].Name, c.Series[1].Name, c.Series[2].Name, c.Targets[0].Name = "我们", "花漾", "雪肌堂", "底价"
	c.Band = &chat.Band{Low: chat.Values{28900, 28900, 27900, 25900, 25900, 23900, 23900}, High: chat.Values{33900, 33900, 33900, 32900, 32900, 32900, 32900}}
	return c
}

func emptyZh() chat.Chart {
	return chat.Chart{Kind: chat.LineChart, Title: "支付 GMV 累计", Subtitle: "11/22 周日", NoData: "无数据", Alt: "支付 GMV：无数据"}
}

func samples() map[string]chat.Chart {
	return map[string]chat.Chart{
		"day_zh": dayZh(), "day_en": dayEn(), "gap_zh": gapZh(), "race_zh": raceZh(),
		"change_en": changeEn(), "price_en": priceEn(), "empty_zh": emptyZh(), "band_zh": bandZh(),
		"hours_zh": hoursZh(), "parts_en": partsEn(), "outlook_zh": outlookZh(), "steps_zh": stepsZh(),
	}
}
