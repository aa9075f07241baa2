package demo

// stockTroubles plans empty shelves and what looks like them.
func (pl *planner) stockTroubles() {
	pl.sellOut("stock_out_hit", pl.hit(unitApparel, 4, 30), -24, 1, false)
	pl.sellOut("stock_out_hit", pl.hit(unitDigital, 4, 40), 7, 2, false)
	pl.slowBurn(pl.hit(-1, 15, 50), 3, 9)
	pl.supplierDelay(pl.hit(-1, 15, 50), 6)
	pl.shortShipment(pl.hit(-1, 15, 50), 9)
	pl.delist(pl.hit(-1, 20, 50), 2)
	pl.delist(pl.hit(-1, 20, 50), -9)
}

// slowBurn stops reordering: cover shrinks day by day until the shelf is empty.
func (pl *planner) slowBurn(rank int32, day, until int) {
	if !pl.holds(day) {
		return
	}
	s := pl.m.start
	pl.p.supply[rank] = append(pl.p.supply[rank], supplyFx{from: s + day - 1, to: s + until + 1, none: true})
	pl.p.stock = append(pl.p.stock, stockFx{at: pl.at(day-1, 0, 5), rank: rank, channel: -1, setDays: float64(until-day) - .5})
	pl.p.stock = append(pl.p.stock, stockFx{at: pl.at(until, 15, 0), rank: rank, channel: -1, setDays: 14, add: true})
	pl.add("slow_burn_stock_out", pl.at(day, 0, 5), pl.at(until, 15, 0), Incident{
		Rule: ruleStock, Also: []string{ruleAds}, Subject: pl.about(rank), Notice: name("可售天数逐日下降，无在途补货", "days of cover shrink every day and nothing is on its way"),
	})
}

// supplierDelay makes everything that is due come a week late.
func (pl *planner) supplierDelay(rank int32, day int) {
	if !pl.holds(day) {
		return
	}
	s := pl.m.start + day
	pl.p.supply[rank] = append(pl.p.supply[rank], supplyFx{from: s, to: s + 7, late: 7})
	pl.p.stock = append(pl.p.stock, stockFx{at: pl.at(day, 0, 5), rank: rank, channel: -1, setDays: 3})
	pl.p.stock = append(pl.p.stock, stockFx{at: pl.at(day+6, 11, 0), rank: rank, channel: -1, setDays: 14, add: true})
	pl.add("supplier_delay", pl.at(day, 0, 5), pl.at(day+6, 11, 0), Incident{
		Rule: ruleStock, Also: []string{ruleAds}, Subject: pl.about(rank), Notice: name("供应商延期，在途货晚到一周", "the supplier is late: inbound goods come a week later"),
	})
}

// shortShipment lets a tenth of what was ordered arrive.
func (pl *planner) shortShipment(rank int32, day int) {
	if !pl.holds(day) {
		return
	}
	s := pl.m.start + day
	pl.p.supply[rank] = append(pl.p.supply[rank], supplyFx{from: s - 1, to: s + 8, part: .1})
	pl.p.stock = append(pl.p.stock, stockFx{at: pl.at(day, 0, 5), rank: rank, channel: -1, setDays: 3})
	pl.add("short_shipment", pl.at(day, 0, 5), pl.at(day+8, 0, 0), Incident{
		Rule: ruleStock, Also: []string{ruleAds}, Subject: pl.about(rank), Notice: name("到货只有订货量的一成", "a tenth of the order arrives"),
	})
}

// delist takes an item off sale on purpose: no stock-out.
func (pl *planner) delist(rank int32, day int) {
	if !pl.holds(day) {
		return
	}
	f := markFx{from: pl.at(day, 9, 0), to: pl.at(day+3, 9, 0), rank: rank, factor: 1}
	pl.p.delisted = append(pl.p.delisted, f)
	pl.add("delisted", f.from, f.to, Incident{
		Quiet: true, Subject: pl.about(rank), Notice: name("主动下架，不是断货", "taken off sale on purpose; not a stock-out"),
	})
}
