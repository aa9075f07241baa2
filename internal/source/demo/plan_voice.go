package demo

import "shopwatch/internal/market"

var complaintNotice = [causeCount]market.Name{
	causeLogistics:   {Zh: "物流差评集中", En: "bad reviews about delivery pile up"},
	causeDescription: {Zh: "尺码/描述不符的差评集中", En: "bad reviews about size and description pile up"},
	causeCounterfeit: {Zh: "假货质疑，每一条都要处理", En: "counterfeit claims; each one counts"},
	causePackaging:   {Zh: "「漏液」差评集中", En: "bad reviews about leaking pile up"},
	causeQuality:     {Zh: "质量差评和退款集中", En: "bad reviews and refunds about quality pile up"},
}

// voices plans what buyers complain about.
func (pl *planner) voices() {
	item := func(kind string, unit, day, hour, hours int, v voiceFx) {
		rank := pl.hit(unit, 0, 24)
		if pl.holds(day) {
			v.from = pl.at(day, hour, 0)
			v.to = v.from + second(hours*3600)
			pl.complain(kind, rank, v, false)
		}
	}
	item("batch_defect", unitDigital, 4, 8, 72, voiceFx{reviews: 40, refunds: 14, cause: causeQuality})
	item("batch_defect", unitBeauty, -40, 8, 72, voiceFx{reviews: 40, refunds: 10, cause: causePackaging})
	item("size_label", unitApparel, 6, 9, 48, voiceFx{reviews: 30, refunds: 16, cause: causeDescription})
	item("refund_wave", unitDigital, 10, 8, 48, voiceFx{reviews: 14, refunds: 34, cause: causeQuality})
	item("review_bomb", unitBeauty, -13, 15, 6, voiceFx{reviews: 22, cause: causeQuality})
	item("counterfeit_claims", unitBeauty, 2, 11, 10, voiceFx{reviews: 5, cause: causeCounterfeit})
	item("counterfeit_claims", unitBeauty, -8, 9, 12, voiceFx{reviews: 4, cause: causeCounterfeit})
	pl.strike(16, regionNorthwest)
	pl.strike(-52, regionNortheast)
}

// strike holds up parcels to a region; buyers there complain about delivery.
func (pl *planner) strike(day, region int) {
	if !pl.holds(day) {
		return
	}
	from, to := pl.at(day, 0, 0), pl.at(day+4, 0, 0)
	pl.p.ship = append(pl.p.ship, shipFx{from: from, to: to, region: region, days: 5})
	pl.p.voice = append(pl.p.voice, voiceFx{from: from + 2*daySecs, to: to + 2*daySecs, rank: -1, region: region, reviews: 45, cause: causeLogistics})
	pl.add("courier_strike", from, to+2*daySecs, Incident{
		Subject: Subject{Region: regions[region].ID, Cause: causeCode[causeLogistics]},
		Notice:  name("快递停运，该区域签收延后并有物流差评", "a courier strike delays parcels to a region and brings complaints"),
	})
}

// attention plans searches and advertising.
func (pl *planner) attention() {
	word := func(day, days, unit int, factor float64) {
		if !pl.holds(day) {
			return
		}
		cat := pl.r.intn(len(categories[unit]))
		from := pl.m.start + day
		pl.p.words = append(pl.p.words, wordFx{from: from, to: from + days, unit: unit, cat: cat, factor: factor})
		pl.add("search_surge", clock(from, 0, 0), clock(from+days, 0, 0), Incident{
			Rule: ruleSearch, Subject: Subject{Unit: units[unit].ID, Word: categories[unit][cat].zh},
			Notice: name("类目搜索热度猛增", "searches for a category soar"),
		})
	}
	word(3, 6, unitApparel, 3.5)
	word(-21, 8, unitBeauty, 2.8)

	if day, rank := 7, pl.hit(-1, 30, 60); pl.holds(day) {
		// Money is spent although hardly anything is bought through it.
		f := markFx{from: pl.at(day, 0, 0), to: pl.at(day+3, 0, 0), rank: rank, factor: 6}
		pl.p.adverts = append(pl.p.adverts, f)
		pl.add("ad_overspend", f.from, f.to, Incident{
			Subject: pl.about(rank), Notice: name("广告花费激增，ROI 走低", "ad spend soars and returns little"),
		})
	}
}

// feeds plans faults of the data itself. None may raise an alert but that the
// data is late or incomplete: of a feed that is gone for an hour it must, of one
// that comes back by itself or is merely doubtful it may.
func (pl *planner) feeds() {
	feed := func(kind, source string, day, hour, minutes int, f feedFx, zh, en string) {
		if !pl.holds(day) {
			return
		}
		f.source = source
		f.from = pl.at(day, hour, 0)
		f.to = f.from + second(minutes*60)
		pl.p.feed = append(pl.p.feed, f)
		in := Incident{Subject: Subject{Source: source}, Notice: name(zh, en)}
		switch {
		case f.mode == feedRepeat:
			in.Quiet = true
		case f.mode == feedDown, f.mode == feedLate, f.mode == feedHalf && minutes >= 60:
			in.Rule = ruleNoData
		default:
			in.Quiet, in.Also = true, []string{ruleNoData}
		}
		if f.mode == feedHundredth {
			in.Subject.Rival = rivals[f.rival].name
		}
		pl.add(kind, f.from, f.to, in)
	}
	down := func(mode feedMode) feedFx { return feedFx{mode: mode} }
	feed("late_feed", "mall_orders", 2, 9, 100, down(feedDown), "订单接口不可用，数据延迟不是业绩下滑", "the order interface is down: late data, not lost sales")
	feed("late_feed", "mall_traffic", 1, 18, 240, down(feedLate), "流量数据晚到三小时", "traffic arrives three hours late")
	feed("late_feed", "mall_ads", -2, 6, 300, down(feedLate), "广告数据晚到", "advertising figures are late")
	feed("half_catalogue", "mall_stock", 1, 16, 25, down(feedHalf), "库存只返回一半，缺的不是断货", "half of the stock pages are empty: that is no stock-out")
	feed("half_catalogue", "mall_stock", 3, 11, 25, down(feedShrunk), "库存总数只剩一半，应等第二次核对", "the stock list shrinks to half: wait for a second pull")
	feed("half_catalogue", "mall_items", 2, 6, 60, down(feedHalf), "商品目录只返回一半", "half of the catalogue pages are empty")
	feed("half_catalogue", "mall_prices", -4, 10, 25, down(feedHalf), "价格只返回一半", "half of the price pages are empty")
	feed("duplicate_orders", "mall_orders", 3, 13, 120, down(feedRepeat), "订单重复推送，不应重复计数", "orders are sent twice and must count once")
	feed("duplicate_orders", "mall_orders", -5, 13, 120, down(feedRepeat), "订单重复推送，不应重复计数", "orders are sent twice and must count once")
	feed("restated_day", "mall_traffic", 4, 0, 11*60, down(feedRestated), "昨日流量先报低后更正", "yesterday's traffic is reported low and corrected later")
	feed("rival_price_typo", "mall_rivals", 5, 14, 40, down(feedHundredth), "竞品价格单位错误，小了一百倍", "a rival's prices come in the wrong unit, a hundred times too small")
}
