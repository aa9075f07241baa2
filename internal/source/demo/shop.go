package demo

import "shopwatch/internal/market"

// ShopID is the shop's id in Shop and Specs.
const ShopID market.ShopID = "lanli"

var bands = []market.Band{
	{Label: market.Label{ID: "traffic", Name: market.Name{Zh: "引流款 0-100", En: "Traffic 0-100"}, Words: []string{"引流"}}, From: 0, To: 100_00},
	{Label: market.Label{ID: "profit", Name: market.Name{Zh: "利润款 100-300", En: "Profit 100-300"}, Words: []string{"利润"}}, From: 100_00, To: 300_00},
	{Label: market.Label{ID: "image", Name: market.Name{Zh: "形象款 300+", En: "Image 300+"}, Words: []string{"形象"}}, From: 300_00},
}

// Shop describes the shop: its dimensions, its calendar over the whole world,
// and targets per day and month for the shop and for each unit, from the start
// of history to two months past Start. Each call makes a new Shop.
func (m *Mall) Shop() *market.Shop {
	s := &market.Shop{
		ID:       ShopID,
		Name:     market.Name{Zh: "岚里", En: "Lanli"},
		Currency: "CNY",
		Zone:     zone,
		Units:    append([]market.Label(nil), units...),
		Channels: append([]market.Label(nil), channels...),
		Regions:  append([]market.Label(nil), regions...),
		Bands:    append([]market.Band(nil), bands...),
		Calendar: calendarOf(m.day0-60, m.day0+market.Day(m.last)),
	}
	last := min(m.start+62, m.last)
	expected := make([][unitCount]float64, last+1)
	for day := range expected {
		expected[day] = m.expectedGMV(day)
	}
	s.Targets = m.targets(expected)
	return s
}

// expectedGMV is the paid GMV in fen that the pace of a day promises, by unit.
func (m *Mall) expectedGMV(day int) (out [unitCount]float64) {
	p, d := &m.pace.days[day], &m.demand
	for u := range out {
		orders := d.orders * d.unitShare[u] * (1 - unpaidShare)
		value := m.basketValue(u)
		cut := 1 - p.off[u]
		out[u] = orders * value * cut * p.direct[u]
		if from, final, presold := m.finalPayments(day); final {
			out[u] += orders * value * (1 - m.pace.days[from].off[u]) * presold
		}
	}
	return out
}

// finalPayments is the part of an ordinary day's orders that pays the rest of
// a presale on a day; final is false when there is none.
func (m *Mall) finalPayments(day int) (from int, final bool, presold float64) {
	for i := max(day-25, 0); i < day; i++ {
		if f := m.pace.days[i].final; f > 0 && m.pace.days[i].presale > 0 && day >= f && day < f+4 {
			share := [4]float64{.47, .21, .14, .14}[day-f]
			from, final, presold = f, true, presold+m.pace.days[i].presale*share
		}
	}
	return from, final, presold
}

// basketValue is what an order of a unit brings in on an ordinary day, in fen.
func (m *Mall) basketValue(unit int) float64 {
	var value, weight float64
	for rank, w := range m.demand.weight {
		if s := m.cat.seller(int32(rank)); int(s.unit) == unit {
			value += w * float64(s.deal)
			weight += w
		}
	}
	if weight == 0 {
		return 0
	}
	return value / weight * linesPerOrder * unitsPerLine * basketLoss
}

// basketLoss is what coupons, promotions and empty shelves take from a basket.
const basketLoss = .93

// Tiers as parts of what is expected: an ordinary day passes base, is about at
// sprint, and misses challenge.
const (
	tierBase, tierSprint, tierChallenge = .90, 1.0, 1.14
)

// targets sets tiers for every day and for every month, shop first. A month
// that is only partly expected is held to the average of its known days.
func (m *Mall) targets(expected [][unitCount]float64) []market.Target {
	var out []market.Target
	add := func(from, to market.Day) {
		lo, hi := max(int(from-m.day0), 0), min(int(to-m.day0)+1, len(expected))
		var byUnit [unitCount]float64
		var all float64
		scale := float64(to-from+1) / float64(hi-lo)
		for _, e := range expected[lo:hi] {
			for u, v := range e {
				byUnit[u] += v * scale
				all += v * scale
			}
		}
		out = append(out, tiersOf("", from, to, all))
		for u, v := range byUnit {
			out = append(out, tiersOf(market.Unit(units[u].ID), from, to, v))
		}
	}
	last := m.day0 + market.Day(len(expected)-1)
	for day := m.day0; day <= last; day++ {
		add(day, day)
	}
	for month := m.day0.MonthStart(); month <= last; month = month.AddMonths(1) {
		add(month, month.AddMonths(1)-1)
	}
	return out
}

// tiersOf rounds to whole hundreds of yuan.
func tiersOf(unit market.Unit, from, to market.Day, expected float64) market.Target {
	round := func(f float64) market.Fen { return market.Fen(expected*f/100_00+.5) * 100_00 }
	return market.Target{Unit: unit, From: from, To: to, Base: round(tierBase), Sprint: round(tierSprint), Challenge: round(tierChallenge)}
}
