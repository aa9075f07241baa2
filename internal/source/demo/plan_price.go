package demo

import "shopwatch/internal/market"

// priceTroubles plans faults of our own prices.
func (pl *planner) priceTroubles() {
	pl.ownPrice("price_typo", pl.shared(5, 50), 4, priceFx{mul: .01}, clockSpan{9, 5, 45}, name("价格误设为百分之一（元/分混淆）", "price set to a hundredth: fen taken for yuan"))
	pl.ownPrice("price_typo", pl.shared(20, 60), -31, priceFx{mul: .01}, clockSpan{15, 10, 30}, name("价格误设为百分之一（元/分混淆）", "price set to a hundredth: fen taken for yuan"))
	pl.ownPrice("channel_conflict", pl.shared(5, 50), 1, priceFx{mul: .86}, clockSpan{0, 0, 4 * 1440}, name("同款在另一渠道更便宜", "another channel sells the same item for less"))
	pl.ownPrice("channel_conflict", pl.shared(5, 60), -18, priceFx{mul: .88}, clockSpan{0, 0, 5 * 1440}, name("同款在另一渠道更便宜", "another channel sells the same item for less"))
	pl.futureConflict(pl.shared(5, 50), 1)
	low := pl.shared(5, 50)
	under := float64(pl.m.cat.seller(low).floor) / float64(pl.m.cat.seller(low).deal) * .92
	pl.ownPrice("floor_breach", low, 8, priceFx{mul: under}, clockSpan{10, 0, 1440}, name("成交价低于最低限价", "the price is under the item's floor"))

	if rank, day := pl.hit(-1, 5, 40), 10; pl.holds(day) {
		from, to := pl.at(day, 0, 0), pl.at(day+7, 0, 0)
		pl.p.costs = append(pl.p.costs, markFx{from: from, to: to, rank: rank, factor: 1.25})
		pl.rivalCut(rank, 0, rivalFx{from: from, to: to, mul: .9})
		pl.add("margin_squeeze", from, to, Incident{
			Rule: ruleRival, Also: []string{ruleFloor}, Subject: pl.about(rank), Notice: name("成本上涨 25%，竞品同时降价，毛利受挤压", "cost up 25 % while a rival cuts: the margin is squeezed"),
		})
	}
}

// standing are conflicts between channels that the first morning finds: one that
// is on, one that is announced.
func (pl *planner) standing() {
	pl.ownPrice("channel_conflict", pl.shared(60, 160), -1, priceFx{mul: .9}, clockSpan{0, 0, 3 * 1440}, name("同款在另一渠道更便宜", "another channel sells the same item for less"))
	pl.futureConflict(pl.shared(60, 160), -1)
}

// clockSpan is a time of day and a length in minutes.
type clockSpan struct{ hour, minute, length int }

// ownPrice changes a price on one channel besides the flagship.
func (pl *planner) ownPrice(kind string, rank int32, day int, f priceFx, span clockSpan, notice market.Name) {
	if !pl.holds(day) {
		return
	}
	f.rank, f.channel = rank, pl.onOther(rank)
	f.from = pl.at(day, span.hour, span.minute)
	f.to, f.announced = f.from+second(span.length*60), never
	pl.p.price[rank] = append(pl.p.price[rank], f)
	if f.mul < .1 { // word gets around
		pl.p.demand = append(pl.p.demand, demandFx{
			from: f.from + 300, to: f.to, stage: stageVisit, unit: -1, channel: f.channel, region: -1, rank: rank, factor: 6, entry: -1,
		})
	}
	in := pl.conflict(rank, f.mul)
	in.Notice = notice
	if below := float64(pl.m.cat.seller(rank).floor) / float64(pl.m.cat.seller(rank).deal); f.mul < below {
		in.Rule, in.Also = ruleFloor, []string{ruleConflict, ruleStock} // everybody buys at a hundredth
	}
	in.Subject.Channel = channels[f.channel].ID
	pl.add(kind, f.from, f.to, in)
}

// futureConflict announces a lower price on one channel a week ahead.
func (pl *planner) futureConflict(rank int32, day int) {
	if !pl.holds(day) {
		return
	}
	f := priceFx{from: pl.at(day+7, 0, 0), to: pl.at(day+10, 0, 0), rank: rank, channel: pl.onOther(rank), mul: .85, announced: pl.at(day, 11, 0)}
	pl.p.price[rank] = append(pl.p.price[rank], f)
	in := pl.conflict(rank, f.mul)
	in.Notice = name("一周后的活动价将与其他渠道冲突", "a price announced for next week will undercut the other channels")
	in.Subject.Channel = channels[f.channel].ID
	pl.add("future_conflict", f.announced, f.to, in)
}

// conflict labels a rank that costs mul of its price on one channel. It ought to
// be noticed when the difference on what a week sells is clearly material.
func (pl *planner) conflict(rank int32, mul float64) Incident {
	in := Incident{Rule: ruleConflict, Also: []string{ruleFloor}, Subject: pl.about(rank)}
	if 7*pl.sales(rank)*(1-mul) < 1.5*material*pl.daily {
		in.Rule, in.Also = "", append(in.Also, ruleConflict)
	}
	return in
}

// rivalMoves plans what competitors do.
func (pl *planner) rivalMoves() {
	move := func(kind, rule string, day, hour, hours int, f rivalFx, notice market.Name) {
		rank := pl.hit(-1, 2, 50)
		if !pl.holds(day) {
			return
		}
		rv := pl.r.intn(len(rivals))
		f.from = pl.at(day, hour, 0)
		f.to = f.from + second(hours*3600)
		if f.mul == 0 {
			f.mul = 1
		}
		f.rank, f.rival = rank, rv
		if rule != "" {
			pl.rivalCut(rank, rv, f)
		} else {
			pl.p.rival[rank] = append(pl.p.rival[rank], f)
		}
		in := Incident{Rule: rule, Quiet: kind == "rival_raise", Subject: pl.about(rank), Notice: notice}
		in.Subject.Rival = rivals[rv].name
		pl.add(kind, f.from, f.to, in)
	}
	cut := name("竞品同款直降", "a rival cuts the price of the same item")
	move("rival_cut", ruleRival, -15, 11, 72, rivalFx{mul: .79}, cut)
	move("rival_cut", ruleRival, 12, 10, 96, rivalFx{mul: .8}, cut)
	move("drip_cut", ruleRival, 2, 9, 240, rivalFx{drip: .978}, name("竞品每天小幅降价，累计约 20%", "a rival shaves a little off every day, about 20 % in all"))
	move("coupon_cut", ruleRival, 4, 10, 120, rivalFx{coupon: 20}, name("竞品不动标价，发大额券", "a rival keeps its price and hands out a large coupon"))
	move("coupon_cut", ruleRival, -27, 10, 96, rivalFx{coupon: 18}, name("竞品不动标价，发大额券", "a rival keeps its price and hands out a large coupon"))
	move("gift_war", "", 5, 9, 120, rivalFx{gift: "正装同款+旅行套装三件"}, name("竞品加码赠品", "a rival adds gifts"))
	move("limited_cut", ruleRival, 2, 18, 5, rivalFx{mul: .72, until: true}, name("竞品限时五小时直降，之后恢复", "a rival cuts for five hours and goes back"))
	move("limited_cut", ruleRival, -6, 20, 4, rivalFx{mul: .75, until: true}, name("竞品限时直降，之后恢复", "a rival cuts for some hours and goes back"))
	move("rival_sold_out", "", 6, 8, 60, rivalFx{gone: true}, name("竞品同款断货，可少打折", "a rival has sold out of the item: no need to discount"))
	move("rival_raise", "", 9, 10, 96, rivalFx{mul: 1.2}, name("竞品涨价", "a rival raises its price"))
}
