package demo

import (
	"math"
	"strconv"
)

// offer is what a rival asks for an item that matches one of ours.
type offer struct {
	rank       int32
	rival      int
	match      int // basis points
	list, deal int32
	coupon     int32
	gift       string
	until      second // never: open-ended
	sold30     int
	inStock    bool
}

// watched is how many of our best sellers are matched with rivals' items.
const watched = 900

// rivalItem is the rival's own id of the item matched to a rank.
func rivalItem(rank int32, rv int) string {
	return "R" + string(rune('A'+rv)) + strconv.Itoa(700100+int(rank)*7)
}

// matched lists the offers there are, as rank and rival, in a fixed order.
func (m *Mall) matched() []offer {
	var out []offer
	for rank := range int32(min(watched, len(m.cat.sellers))) {
		for rv := range rivals {
			r := stream(m.opt.Seed, streamRival, uint64(rank), uint64(rv))
			p := .30
			if rank < topN {
				p = .85
			}
			o := offer{rank: rank, rival: rv, match: 6800 + r.intn(3100)}
			if !r.chance(p) {
				if !m.plansRival(rank, rv) {
					continue
				}
				o.match = 9500
			}
			out = append(out, o)
		}
	}
	return out
}

func (m *Mall) plansRival(rank int32, rv int) bool {
	for _, f := range m.plan.rival[rank] {
		if f.rival == rv {
			return true
		}
	}
	return false
}

// price fills in what an offer costs at a moment.
func (m *Mall) priceOffer(o *offer, at second) {
	s := m.cat.seller(o.rank)
	r := stream(m.opt.Seed, streamRival, uint64(o.rank), uint64(o.rival)+16)
	ratio, planned := r.between(.97, 1.35), m.plansRival(o.rank, o.rival)
	if o.rank < topN {
		ratio = r.between(1.06, 1.35)
	}
	if planned {
		ratio, o.match = 1.08, max(o.match, 9300)
	}
	yuan := float64(s.deal) / 100 * ratio
	o.list = charm(yuan * r.between(1.2, 1.7))
	o.sold30 = int(m.unitsPerDay(o.rank) * 30 * r.between(.4, 1.6))
	o.until, o.inStock = never, true
	day := at.day()
	w := stream(m.opt.Seed, streamRival, uint64(o.rank)<<8|uint64(o.rival), uint64((day+int(o.rank)+5*o.rival)/9)+1<<20)
	if off := m.pace.days[day].off[s.unit]; off > 0 {
		yuan *= 1 - off
		o.until = clock(day+1, 0, 0)
	} else if !planned {
		yuan *= w.between(.985, 1.015)
		if o.rank >= topN && w.chance(.05) {
			yuan *= .94
		}
		if w.chance(.08) {
			o.gift = gifts[w.intn(len(gifts))]
		}
	}
	for i, fs := 0, m.plan.rival[o.rank]; i < len(fs); i++ {
		if f := &fs[i]; f.rival == o.rival && at >= f.from && at < f.to {
			yuan = o.suffer(f, yuan, at)
		}
	}
	o.deal = int32(math.Round(yuan)) * 100
	if o.coupon > 0 {
		o.coupon = o.deal * o.coupon / 100 / 100 * 100
	}
}

// suffer applies an effect and returns the new price; coupon is left in percent.
func (o *offer) suffer(f *rivalFx, yuan float64, at second) float64 {
	yuan *= f.mul
	if f.drip > 0 {
		for range int(at-f.from)/daySecs + 1 {
			yuan *= f.drip
		}
	}
	if f.gift != "" {
		o.gift = f.gift
	}
	if f.until {
		o.until = f.to
	}
	if f.gone {
		o.inStock = false
	}
	o.coupon = max(o.coupon, f.coupon)
	return yuan
}
