package demo

import "math"

// price is what an own item costs on a channel at a moment, in fen.
type price struct {
	list, deal, coupon, lowest int32 // lowest: of now and of what is announced
	gift                       string
	from, to                   second // of the promotion in force or announced; never: none
}

// pays is what a buyer pays for one piece.
func (p price) pays() int32 { return p.deal - p.coupon }

// ownPrice is the price of a rank on a channel. Prices are the same on every
// channel except where an incident or one of the few standing exceptions says
// otherwise.
func (m *Mall) ownPrice(rank int32, ch int, at second) price {
	p := m.basePrice(m.cat.sellers[rank], at)
	for i, fs := 0, m.plan.price[rank]; i < len(fs); i++ {
		f := &fs[i]
		if !any1(f.channel, ch) {
			continue
		}
		cut := scalePrice(p.deal, f.mul)
		switch {
		case at >= f.from && at < f.to:
			p.deal, p.coupon, p.from, p.to = cut, 0, f.from, f.to
			p.lowest = min(p.lowest, cut)
		case at >= f.announced && at < f.from:
			p.from, p.to = f.from, f.to
			p.lowest = min(p.lowest, cut)
		}
	}
	return p
}

// basePrice is the price of any SKU before incidents.
func (m *Mall) basePrice(index int32, at second) price {
	s := &m.cat.skus[index]
	p := price{list: s.list, deal: s.deal, from: never, to: never}
	day := at.day()
	if off := m.pace.days[day].off[s.unit]; off > 0 {
		p.deal = max(charm(float64(s.deal)/100*(1-off)), s.floor)
		p.from, p.to = clock(day, 0, 0), clock(day+1, 0, 0)
	} else {
		week := day / 7
		r := stream(m.opt.Seed, streamPromo, uint64(s.item), uint64(week))
		switch x := r.float(); {
		case x < .07: // a week's promotion
			p.deal = max(charm(float64(s.deal)/100*.92), s.floor)
			p.from, p.to = clock(week*7, 0, 0), clock(week*7+7, 0, 0)
		case x < .12:
			p.coupon = couponOf(s.deal)
		case x < .15:
			p.gift = gifts[r.intn(len(gifts))]
		}
	}
	p.lowest = p.pays()
	return p
}

var gifts = []string{"小样两件", "运费险+化妆包", "贴身收纳袋", "满赠帆布袋", "延保一年"}

// couponOf is a round coupon of about 5 %.
func couponOf(deal int32) int32 { return max(deal/2000, 1) * 100 }

func scalePrice(fen int32, mul float64) int32 {
	if mul > .05 {
		return charm(float64(fen) / 100 * mul)
	}
	return int32(math.Round(float64(fen) * mul)) // a slip of the decimal point
}

// cost is what the house pays for a SKU, in fen.
func (m *Mall) cost(index int, at second) int32 {
	s := &m.cat.skus[index]
	if f, ok := markedAt(m.plan.costs, s.rank, at); ok {
		return int32(float64(s.cost) * f)
	}
	return s.cost
}
