package demo

import "slices"

// dayGen writes one day into the ledger.
type dayGen struct {
	m     *Mall
	day   int
	pace  *dayPace
	book  *dayBook
	r     rng
	boost []demandFx // of the day that add buyers
	thin  []demandFx // of the day that hold buyers back
	voice []*voiceFx // whose complaints may come from today's orders
	moves stockHeap  // today's arrivals and stocktakes to come
	takes []stockFx  // today's stocktakes to come
}

func newDayGen(m *Mall, day int) *dayGen {
	g := &dayGen{m: m, day: day, pace: &m.pace.days[day], book: &m.book.days[day], r: stream(m.opt.Seed, streamDay, uint64(day), 0)}
	lo, hi := clock(day, 0, 0), clock(day+1, 0, 0)
	for _, f := range m.plan.demand {
		switch {
		case f.to <= lo || f.from >= hi:
		case f.factor > 1:
			g.boost = append(g.boost, f)
		default:
			g.thin = append(g.thin, f)
		}
	}
	for _, f := range m.plan.stock {
		if f.at.day() == day {
			g.takes = append(g.takes, f)
		}
	}
	for i := range m.plan.voice {
		if f := &m.plan.voice[i]; f.to > lo && lo >= f.from-voiceMemory*daySecs {
			g.voice = append(g.voice, f)
		}
	}
	return g
}

// visitor is a visit that may become an order: when, of which unit, and which
// effect sent it (-1: none).
type visitor struct {
	at    second
	unit  int
	boost int
	later bool // a presale order
}

func (g *dayGen) run() {
	g.restock()
	var visits []visitor
	for h := range 24 {
		visits = g.hour(visits[:0], h)
		for _, v := range visits {
			g.settle(v.at)
			g.visit(v)
		}
	}
	g.settle(clock(g.day+1, 0, 0) - 1)
}

// hour draws the buyers of an hour, in order of time.
func (g *dayGen) hour(visits []visitor, h int) []visitor {
	d := &g.m.demand
	draw := func(mean float64, v visitor, from, to second) {
		for range g.r.poisson(mean) {
			v.at = from + second(g.r.intn(int(to-from)))
			visits = append(visits, v)
		}
	}
	lo, hi := clock(g.day, h, 0), clock(g.day, h+1, 0)
	for u := range unitCount {
		base := d.orders * d.unitShare[u] * g.pace.shape[h] * g.r.lognorm(1, .03)
		draw(base*g.pace.direct[u], visitor{unit: u, boost: -1}, lo, hi)
		if g.pace.presale > 0 {
			draw(base*g.pace.presale, visitor{unit: u, boost: -1, later: true}, lo, hi)
		}
	}
	for i := range g.boost {
		f := &g.boost[i]
		from, to := max(lo, f.from), min(hi, f.to)
		if from >= to {
			continue
		}
		part := float64(to-from) / 3600 * (f.factor - 1) * g.pace.shape[h]
		for u := range unitCount {
			if mean := g.base(f, u) * g.pace.direct[u] * part; mean > 0 {
				draw(mean, visitor{unit: u, boost: i}, from, to)
			}
		}
	}
	slices.SortStableFunc(visits, func(a, b visitor) int { return int(a.at - b.at) })
	return visits
}

// base is the ordinary day's orders of a unit that an effect is about.
func (g *dayGen) base(f *demandFx, unit int) float64 {
	d := &g.m.demand
	if f.rank >= 0 {
		if int(g.m.cat.seller(f.rank).unit) != unit {
			return 0
		}
		return d.orders * d.weight[f.rank]
	}
	if !any1(f.unit, unit) {
		return 0
	}
	n := d.orders * d.unitShare[unit]
	if f.channel >= 0 {
		n *= d.share[unit][f.channel]
	}
	return n
}

// visit turns a visitor into an order, unless an effect or an empty shelf
// turns him away.
func (g *dayGen) visit(v visitor) {
	d := &g.m.demand
	rank := d.rank[v.unit][d.byUnit[v.unit].draw(&g.r)]
	chanFix := -1
	if v.boost >= 0 {
		f := &g.boost[v.boost]
		if f.rank >= 0 {
			rank = f.rank
		}
		chanFix = f.channel
	}
	place := d.place.draw(&g.r)
	region := provinces[place].region
	ch := g.channel(rank, chanFix)
	if ch < 0 {
		return
	}
	pay, cheap := 1.0, false
	for i := range g.thin {
		f := &g.thin[i]
		if !f.covers(v.at, v.unit, ch, region, rank) {
			continue
		}
		switch f.stage {
		case stagePay:
			pay *= f.factor
		case stageBasket:
			cheap = cheap || g.r.chance(1-f.factor)
		default:
			if !g.r.chance(f.factor) {
				return
			}
		}
	}
	if cheap {
		rank, ch = g.cheaper(rank, ch, v)
	}
	g.order(v, basket{rank: rank, channel: ch, place: place, pay: pay, cheap: cheap})
}

// channel draws where a buyer of a SKU buys it; fix demands one, and -1 says
// that the SKU is not listed there.
func (g *dayGen) channel(rank int32, fix int) int {
	chans := g.m.cat.seller(rank).chans
	if fix >= 0 {
		if chans&(1<<fix) == 0 {
			return -1
		}
		return fix
	}
	p := channelShares(chans)
	return g.r.pick(p[:])
}

// cheaper looks for something under 100 yuan instead.
func (g *dayGen) cheaper(rank int32, ch int, v visitor) (int32, int) {
	d := &g.m.demand
	for range 12 {
		if g.m.ownPrice(rank, ch, v.at).pays() < 100_00 {
			break
		}
		rank = d.rank[v.unit][d.byUnit[v.unit].draw(&g.r)]
		ch = g.channel(rank, -1)
	}
	return rank, ch
}
