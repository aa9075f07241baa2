package demo

import "time"

// demandTroubles plans moves of GMV, real and harmless.
func (pl *planner) demandTroubles() {
	all := demandFx{unit: -1, channel: -1, region: -1, rank: -1, entry: -1}
	drop := func(kind string, day, hour, hours int, f demandFx, notice string, en string) {
		if !pl.holds(day) {
			return
		}
		f.from = pl.at(day, hour, 0)
		f.to = f.from + second(hours*3600)
		pl.p.demand = append(pl.p.demand, f)
		in := Incident{Rule: ruleGMV, Notice: name(notice, en)}
		if f.unit >= 0 {
			in.Subject.Unit = units[f.unit].ID
		}
		if f.region >= 0 {
			in.Subject.Region = regions[f.region].ID
		}
		pl.add(kind, f.from, f.to, in)
	}
	f := all
	f.stage, f.unit, f.factor = stageVisit, unitBeauty, .38
	drop("gmv_drop_visitors", 5, 18, 4, f, "美妆晚高峰访客骤降，转化正常", "beauty loses its visitors in prime time; conversion is as usual")
	f.unit = -1
	drop("gmv_drop_visitors", -33, 14, 4, f, "全店访客骤降，转化正常", "the shop loses its visitors; conversion is as usual")
	f.stage, f.factor = stagePay, .4
	drop("gmv_drop_conversion", -44, 19, 2, f, "支付转化骤降", "paying conversion collapses")
	f.stage, f.factor = stageBasket, .05
	drop("gmv_drop_aov", 9, 10, 8, f, "客单价骤降：高价商品无法加购", "order value collapses: dear items cannot be added to the cart")
	f.stage, f.region, f.factor = stageConvert, regionEast, .08
	drop("gmv_drop_region", 10, 9, 12, f, "华东停运，该区域订单几乎消失", "no shipping to East China: its orders all but vanish")

	surge := func(kind string, day, hour, hours int, f demandFx, notice, en string) {
		if !pl.holds(day) {
			return
		}
		f.from = pl.at(day, hour, 0)
		f.to = f.from + second(hours*3600)
		pl.p.demand = append(pl.p.demand, f)
		in := Incident{Quiet: true, Notice: name(notice, en)}
		if f.unit >= 0 {
			in.Subject.Unit = units[f.unit].ID
		}
		pl.add(kind, f.from, f.to, in)
	}
	live := all
	live.stage, live.unit, live.factor, live.entry = stageVisit, unitBeauty, 2.2, 3
	surge("livestream_spike", -1, 20, 2, live, "美妆直播间冲高，结束后回落属正常", "a beauty livestream lifts sales; the fall after it is normal")
	live.factor = 4
	surge("livestream_spike", 3, 20, 2, live, "美妆直播间冲高，结束后回落属正常", "a beauty livestream lifts sales; the fall after it is normal")
	live.unit = unitApparel
	surge("livestream_spike", -16, 20, 2, live, "服饰直播间冲高，结束后回落属正常", "an apparel livestream lifts sales; the fall after it is normal")
	member := all
	member.stage, member.factor, member.members = stageVisit, 1.35, true
	surge("member_day", 6, 0, 24, member, "会员日冲高，次日回落属正常", "member day: a surge, and a normal day after it")
	surge("member_day", -25, 0, 24, member, "会员日冲高，次日回落属正常", "member day: a surge, and a normal day after it")
}

// backlog names the days on which parcels leave late because there are too many:
// peaks of campaigns, and the days on which deposits are paid up. What is paid on
// a day is known to be late two days later, and told the day after.
func (pl *planner) backlog() {
	slow := map[int]bool{}
	for day, p := range pl.m.pace.days {
		if p.busy {
			slow[day] = true
		}
		for d := p.final; p.presale > 0 && d <= p.final+3; d++ {
			slow[d] = true
		}
	}
	for day := 0; day <= pl.m.start+pl.m.opt.Horizon; day++ {
		first := day
		for slow[day] {
			day++
		}
		if first < day && pl.holds(first-pl.m.start) {
			pl.add("campaign_backlog", clock(first, 0, 0), clock(day+3, 0, 0), Incident{
				Also: []string{ruleShipping}, Notice: name("大促订单积压，48 小时发货率走低", "orders of a campaign pile up: fewer leave within 48 hours"),
			})
		}
	}
}

// calendar names what the calendar brings, all of it harmless by itself.
func (pl *planner) calendar() {
	pl.backlog()
	year, _, _ := pl.m.opt.Start.In(zone).Date()
	quiet := func(kind string, fm time.Month, fd int, tm time.Month, td int, zh, en string) {
		from, ok := pl.dayOf(year, fm, fd)
		to, _ := pl.dayOf(year, tm, td)
		if ok {
			pl.add(kind, pl.at(from, 0, 0), pl.at(to+1, 0, 0), Incident{Quiet: true, Notice: name(zh, en)})
		}
	}
	if year == 2026 {
		quiet("makeup_day", 9, 20, 9, 20, "调休上班的周日，像周一", "a Sunday that is worked: it sells like a Monday")
		quiet("makeup_day", 10, 10, 10, 10, "调休上班的周六，像周一", "a Saturday that is worked: it sells like a Monday")
		quiet("national_day", 10, 1, 10, 7, "国庆出行，成交走低", "National Day: people travel and buy less")
	}
	quiet("category_day", 9, 17, 9, 17, "美妆品类日", "beauty category day")
	quiet("category_day", 11, 26, 11, 26, "美妆品类日，次日回落属正常", "beauty category day, and a normal day after it")
	quiet("presale_shift", 10, 20, 10, 30, "双11 预售：付定金期间现货成交走低", "Double 11 presale: deposits hold back paid GMV")
	quiet("double11", 11, 11, 11, 11, "双11 当天", "Double 11 itself")
	quiet("return_wave", 11, 12, 11, 15, "双11 后退货潮", "returns after Double 11")
	quiet("presale_shift", 12, 3, 12, 6, "双12 预售：付定金期间现货成交走低", "Double 12 presale: deposits hold back paid GMV")
	quiet("double12", 12, 11, 12, 12, "双12", "Double 12")
}
