package demo

// Rules as package analysis names them.
const (
	ruleGMV   = "gmv_drop"
	ruleRival = "rival_move"
	ruleStock = "stock_out"
	ruleVoice = "complaint_spike"

	ruleFake     = "counterfeit"
	ruleFloor    = "below_floor"
	ruleConflict = "price_conflict"
	ruleAds      = "ads_out_of_stock"
	ruleSearch   = "search_surge"
	ruleReturns  = "return_rate"
	ruleNoData   = "no_data"
	ruleShipping = "late_shipping"
)

// fixed plans what every demo shows in its first 48 hours, at fixed times.
func (pl *planner) fixed() {
	// 10:30: a hit sells out; goods arrive the next day at 15:00.
	rank := pl.hit(unitBeauty, 2, 14)
	pl.sellOut("stock_out_hit", rank, 0, 1, true)
	pl.p.adverts = append(pl.p.adverts, markFx{from: pl.at(0, 0, 0), to: pl.at(2, 0, 0), rank: rank, factor: 1})
	pl.add("ad_spend_out_of_stock", pl.at(0, 10, 30), pl.at(1, 15, 0), Incident{
		Rule: ruleAds, Subject: pl.about(rank), Notice: name("售罄商品仍在投放广告", "ads still run for an item that has sold out"),
	})

	// 14:00: a rival undercuts a hit by more than 15 %.
	rank = pl.hit(-1, 1, 12)
	rv := pl.r.intn(len(rivals))
	from, to := pl.at(0, 14, 0), pl.at(3, 0, 0)
	pl.rivalCut(rank, rv, rivalFx{from: from, to: to, mul: .76})
	in := Incident{Rule: ruleRival, Fixed: true, Subject: pl.about(rank), Notice: name("竞品同款直降 24%，低于我方", "a rival cuts the same item by 24 %, below our price")}
	in.Subject.Rival = rivals[rv].name
	pl.add("rival_cut", from, to, in)

	// 16:00: a leaking batch, or somebody's campaign: bad reviews by the dozen.
	rank = pl.brisk(unitBeauty)
	from, to = pl.at(0, 16, 0), pl.at(0, 22, 0)
	pl.complain("review_bomb", rank, voiceFx{from: from, to: to, reviews: 22, cause: causePackaging}, true)

	// The next day 10:00-13:00: payments fail all over the shop.
	from, to = pl.at(1, 10, 0), pl.at(1, 13, 0)
	pl.p.demand = append(pl.p.demand, demandFx{from: from, to: to, stage: stagePay, unit: -1, channel: -1, region: -1, rank: -1, factor: .36})
	pl.add("gmv_drop_conversion", from, to, Incident{
		Rule: ruleGMV, Fixed: true, Notice: name("支付故障：访客正常，支付转化骤降", "payment fault: visitors as usual, paying conversion collapses"),
	})
}

// sellOut lets a hit run out at 10:30 of a day and be back days later, 15:00.
// Stock is low for a few days before, because nothing was ordered.
func (pl *planner) sellOut(kind string, rank int32, day, days int, fixed bool) {
	if !pl.holds(day) {
		return
	}
	m := pl.m
	pl.p.supply[rank] = append(pl.p.supply[rank], supplyFx{from: m.start + day - 2, to: m.start + day + days + 1, none: true})
	out, back := pl.at(day, 10, 30), pl.at(day+days, 15, 0)
	early := m.pace.days[max(m.start+day-2, 0)].direct[m.cat.seller(rank).unit]
	pl.p.stock = append(pl.p.stock,
		stockFx{at: pl.at(day-2, 0, 5), rank: rank, channel: -1, setDays: 3.4 * early},
		stockFx{at: pl.at(day, 0, 5), rank: rank, channel: -1, setDays: .5 * early},
		stockFx{at: out, rank: rank, channel: -1, setDays: 0},
		stockFx{at: back, rank: rank, channel: -1, setDays: 12, add: true})
	pl.p.held = append(pl.p.held, markFx{from: out, to: back, rank: rank})
	pl.add(kind, out, back, Incident{
		Rule: ruleStock, Also: []string{ruleAds}, Fixed: fixed, Subject: pl.about(rank),
		Notice: name("TOP50 商品全渠道售罄，等待到货", "a TOP50 item has sold out everywhere and waits for goods"),
	})
}

// rivalCut applies an effect to a rival's offer of a rank, and lets it cost us
// some sales.
func (pl *planner) rivalCut(rank int32, rv int, f rivalFx) {
	f.rank, f.rival = rank, rv
	pl.p.rival[rank] = append(pl.p.rival[rank], f)
	pl.p.demand = append(pl.p.demand, demandFx{from: f.from + 3600, to: f.to, stage: stageConvert, unit: -1, channel: -1, region: -1, rank: rank, factor: .8})
}

// complain makes buyers of a rank complain.
func (pl *planner) complain(kind string, rank int32, v voiceFx, fixed bool) {
	v.rank, v.region = rank, -1
	pl.p.voice = append(pl.p.voice, v)
	in := Incident{Rule: ruleVoice, Fixed: fixed, Subject: pl.about(rank), Notice: complaintNotice[v.cause]}
	switch {
	case v.cause == causeCounterfeit: // a handful is hardly a spike, yet each one counts
		in.Rule, in.Also = ruleFake, []string{ruleVoice}
	case v.refunds > 0:
		in.Also = []string{ruleReturns}
	}
	in.Subject.Cause = causeCode[v.cause]
	pl.add(kind, v.from, v.to, in)
}
