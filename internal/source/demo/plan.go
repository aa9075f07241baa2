package demo

import (
	"slices"
	"strconv"
	"time"

	"shopwatch/internal/market"
)

// planner writes a plan. Days count from Start's day: -1 is yesterday.
type planner struct {
	m     *Mall
	p     *plan
	r     rng
	taken map[int32]bool // items that have an incident already
	kinds map[string]int
	daily float64 // sales of an ordinary day, in fen
}

func newPlan(m *Mall) plan {
	p := plan{price: map[int32][]priceFx{}, rival: map[int32][]rivalFx{}, supply: map[int32][]supplyFx{}}
	pl := planner{m: m, p: &p, r: stream(m.opt.Seed, streamPlan, 0, 0), taken: map[int32]bool{}, kinds: map[string]int{}}
	for rank := range int32(len(m.cat.sellers)) {
		pl.daily += pl.sales(rank)
	}
	pl.fixed()
	pl.stockTroubles()
	pl.priceTroubles()
	pl.rivalMoves()
	pl.demandTroubles()
	pl.voices()
	pl.feeds()
	pl.attention()
	pl.calendar()
	pl.standing() // last, so that what is drawn above stays as it was
	slices.SortStableFunc(p.incidents, func(a, b Incident) int { return a.Start.Compare(b.Start) })
	for i := range p.voice {
		pl.weigh(&p.voice[i])
	}
	return p
}

// at is a moment relative to Start's day.
func (pl *planner) at(day, hour, minute int) second { return clock(pl.m.start+day, hour, minute) }

// holds reports whether an incident that begins on a relative day belongs to
// the plan: enough history before it, and the horizon not passed.
func (pl *planner) holds(day int) bool {
	return pl.m.start+day >= 3 && day <= pl.m.opt.Horizon
}

// add notes an incident; its id is the kind and a number.
func (pl *planner) add(kind string, from, to second, in Incident) {
	pl.kinds[kind]++
	in.Kind = kind
	in.ID = kind + "-" + strconv.Itoa(pl.kinds[kind])
	in.Start, in.End = pl.m.time(from), pl.m.time(to)
	pl.p.incidents = append(pl.p.incidents, in)
}

// hit draws a well-selling SKU of a unit (-1: any) that has no incident yet,
// among ranks from..to-1. Other SKUs of its item are taken with it.
func (pl *planner) hit(unit, from, to int) int32 {
	c := &pl.m.cat
	to = min(to, len(c.sellers))
	ok := func(rank int32, unit int) bool {
		s := c.seller(rank)
		return !pl.taken[s.item] && any1(unit, int(s.unit))
	}
	pick := int32(-1)
	for range 200 {
		if r := int32(from + pl.r.intn(to-from)); ok(r, unit) {
			pick = r
			break
		}
	}
	for r := int32(from); pick < 0 && int(r) < len(c.sellers); r++ {
		if ok(r, unit) {
			pick = r
		}
	}
	for r := int32(0); pick < 0; r++ { // a tiny catalogue: any will do
		if ok(r, -1) || int(r) == len(c.sellers)-1 {
			pick = r
		}
	}
	pl.taken[c.seller(pick).item] = true
	return pick
}

// brisk is the best-selling free hit of a unit, by pieces.
func (pl *planner) brisk(unit int) int32 {
	best := int32(-1)
	for r := range int32(min(30, len(pl.m.cat.sellers))) {
		s := pl.m.cat.seller(r)
		if any1(unit, int(s.unit)) && !pl.taken[s.item] && (best < 0 || pl.m.demand.weight[r] > pl.m.demand.weight[best]) {
			best = r
		}
	}
	if best < 0 {
		return pl.hit(unit, 0, topN)
	}
	pl.taken[pl.m.cat.seller(best).item] = true
	return best
}

// about is the subject of a SKU.
func (pl *planner) about(rank int32) Subject {
	i := pl.m.cat.sellers[rank]
	return Subject{Unit: units[pl.m.cat.skus[i].unit].ID, SKU: pl.m.cat.id(int(i)), Title: pl.m.cat.titles[rank]}
}

// sales of a rank on an ordinary day, in fen.
func (pl *planner) sales(rank int32) float64 {
	return pl.m.unitsPerDay(rank) * float64(pl.m.cat.seller(rank).deal)
}

// onOther draws a channel besides the flagship that lists a rank; the
// flagship if there is none.
func (pl *planner) onOther(rank int32) int {
	chans := pl.m.cat.seller(rank).chans
	for _, ch := range []int{channelTaote, channelSupermarket} {
		if chans&(1<<ch) != 0 {
			return ch
		}
	}
	return channelTmall
}

// shared draws a hit that is listed on another channel than the flagship.
func (pl *planner) shared(from, to int) int32 {
	for range 40 {
		r := pl.hit(-1, from, to)
		if pl.m.cat.seller(r).chans != 1<<channelTmall {
			return r
		}
		delete(pl.taken, pl.m.cat.seller(r).item)
	}
	return pl.hit(-1, from, to)
}

// weigh turns wanted complaints into chances per line bought before.
func (pl *planner) weigh(v *voiceFx) {
	m := pl.m
	day := v.from.day()
	var lines float64
	for u := range unitCount {
		days := m.pace.demandBetween(u, max(day-13, 0), day)
		for ch := range channelCount {
			switch {
			case v.rank >= 0 && int(m.cat.seller(v.rank).unit) == u:
				lines += m.rate(v.rank, ch) / unitsPerLine * days
			case v.rank < 0:
				lines += m.demand.orders * m.demand.unitShare[u] * m.demand.share[u][ch] * linesPerOrder * days * regionShare(v.region)
			}
		}
	}
	lines = max(lines*(1-unpaidShare), 1)
	v.claimP = min(v.refunds/lines/.88, .8)
	v.reviewP = min(v.reviews/lines/.9/(1-v.claimP), .9)
}

// regionShare is the part of orders that goes to a region; 1 for -1.
func regionShare(region int) float64 {
	var part, sum float64
	for _, p := range provinces {
		sum += p.weight
		if any1(region, p.region) {
			part += p.weight
		}
	}
	return part / sum
}

func name(zh, en string) market.Name { return market.Name{Zh: zh, En: en} }

// dayOf is the relative day of a date, and false when it is outside the world.
func (pl *planner) dayOf(year int, month time.Month, day int) (int, bool) {
	i := int(market.DateOf(year, month, day)-pl.m.day0) - pl.m.start
	return i, pl.holds(i)
}
