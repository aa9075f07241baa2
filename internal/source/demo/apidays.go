package demo

import (
	"math"
	"slices"
)

// days returns the first and the number of whole days that begin in a window
// and are complete.
func (q apiQuery) days() (first, n int) {
	first = int(q.lo+daySecs-1) / daySecs
	last := min(int(q.hi+daySecs-1)/daySecs, int(q.asOf)/daySecs)
	return first, max(last-first, 0)
}

func (m *Mall) putDay(b []byte, day int) []byte {
	return append(append(append(b, `{"day":"`...), m.dates[day]...), '"')
}

// plans are the ranks that advertising plans are for: a dozen hits and what
// incidents advertise.
func (m *Mall) plans() []int32 {
	var ranks []int32
	r := stream(m.opt.Seed, streamAds, 0, 0)
	for len(ranks) < 14 {
		if rank := int32(r.intn(topN)); !slices.Contains(ranks, rank) {
			ranks = append(ranks, rank)
		}
	}
	for _, f := range m.plan.adverts {
		if !slices.Contains(ranks, f.rank) {
			ranks = append(ranks, f.rank)
		}
	}
	return ranks
}

// apiAds is advertising per day and plan; money is in fen.
func (m *Mall) apiAds(q apiQuery) (int, func([]byte, int) []byte) {
	ranks := m.plans()
	first, n := q.days()
	return n * len(ranks), func(b []byte, i int) []byte {
		day, rank := first+i/len(ranks), ranks[i%len(ranks)]
		s := m.cat.seller(rank)
		r := stream(m.opt.Seed, streamAds, uint64(day), uint64(rank)+1)
		pace := m.pace.days[day].direct[s.unit] + m.pace.days[day].presale
		cost := m.unitsPerDay(rank) * float64(s.deal) * .09 * math.Sqrt(pace) * r.lognorm(1, .08)
		roi := r.between(2.4, 4.2)
		if f, ok := markedAt(m.plan.adverts, rank, clock(day, 12, 0)); ok {
			cost *= f
			roi /= f
		}
		orders := int64(cost * roi / float64(s.deal) / 1.2)
		if m.soldOut(rank, clock(day, 20, 0)) {
			orders /= 3
		}
		clicks := int64(cost / r.between(90, 160))
		b = m.putDay(b, day)
		b = putText(b, "plan", "plan-"+m.cat.id(int(m.cat.sellers[rank])))
		b = putText(b, "sku", m.cat.id(int(m.cat.sellers[rank])))
		b = putInt(b, "cost_fen", int64(cost))
		b = putInt(b, "impressions", int64(float64(clicks)/r.between(.018, .034)))
		b = putInt(b, "clicks", clicks)
		b = putInt(b, "attributed_gmv_fen", orders*int64(s.deal)*12/10)
		b = putInt(b, "orders", orders)
		return append(putInt(b, "new_buyers", int64(float64(orders)*r.between(.35, .6))), '}')
	}
}

// soldOut reports whether a SKU had no stock on any channel at a moment.
func (m *Mall) soldOut(rank int32, at second) bool {
	for i := range m.plan.incidents {
		in := &m.plan.incidents[i]
		if in.Rule == ruleStock && in.Subject.SKU == m.cat.id(int(m.cat.sellers[rank])) {
			if t := m.time(at); !t.Before(in.Start) && t.Before(in.End) {
				return true
			}
		}
	}
	return false
}

var tiers = []string{"none", "silver", "gold", "platinum", "vip"}

// memberDay is what the ledger says about a day and tier.
type memberDay struct {
	orders, active int64
	gmv            int64
}

// members adds up the orders paid on a day, by tier.
func (m *Mall) members(day int) [5]memberDay {
	m.ensure(day)
	var out [5]memberDay
	var seen [5]map[uint32]bool
	for i := range seen {
		seen[i] = map[uint32]bool{}
	}
	for _, c := range m.book.changes[day] {
		o := &m.book.days[c.day].orders[c.index]
		if o.paid != c.at {
			continue
		}
		d := &out[o.tier]
		d.orders++
		d.gmv += int64(o.payment - o.postFee)
		if !seen[o.tier][o.buyer] {
			seen[o.tier][o.buyer] = true
			d.active++
		}
	}
	return out
}

// apiMembers is members per day and tier; tier none is everybody else.
func (m *Mall) apiMembers(q apiQuery) (int, func([]byte, int) []byte) {
	first, n := q.days()
	at, cache := -1, [5]memberDay{}
	return n * len(tiers), func(b []byte, i int) []byte {
		day, tier := first+i/len(tiers), i%len(tiers)
		if at != day {
			at, cache = day, m.members(day)
		}
		d := cache[tier]
		r := stream(m.opt.Seed, streamBuyer, uint64(day), uint64(tier))
		base := float64(m.opt.Orders*22) * []float64{0, .6, .25, .11, .04}[tier]
		grown := base * (1 + .0016*float64(day))
		b = m.putDay(b, day)
		b = putText(b, "tier", tiers[tier])
		b = putInt(b, "members", int64(grown))
		b = putInt(b, "new_members", int64(base*.0016*r.lognorm(1, .15)))
		b = putInt(b, "active", d.active)
		b = putInt(b, "orders", d.orders)
		b = putInt(b, "gmv_fen", d.gmv)
		return append(putInt(b, "repurchase", int64(float64(d.active)*([]float64{.12, .34, .46, .58, .74}[tier]+.01*r.norm()))), '}')
	}
}

// searchWord is a word people search for. The shorter ones are the head.
type searchWord struct {
	text      string
	unit, cat int
	weight    float64
	long      bool
}

func searchWords() []searchWord {
	var out []searchWord
	for u := range categories {
		for c := range categories[u] {
			k := &categories[u][c]
			out = append(out, searchWord{k.zh, u, c, 1, false})
			for i, f := range k.features {
				out = append(out, searchWord{f + k.zh, u, c, .22 / float64(i+1), i > 0})
			}
			out = append(out, searchWord{k.zh + "推荐", u, c, .16, true}, searchWord{"绿色认证" + k.zh, u, c, .07, true})
		}
	}
	return out
}

// apiSearch is search words per day.
func (m *Mall) apiSearch(q apiQuery) (int, func([]byte, int) []byte) {
	words := searchWords()
	first, n := q.days()
	return n * len(words), func(b []byte, i int) []byte {
		day, w := first+i/len(words), words[i%len(words)]
		r := stream(m.opt.Seed, streamSearch, uint64(day), uint64(i%len(words)))
		own := stream(m.opt.Seed, streamSearch, 1<<40, uint64(i%len(words)))
		heat := own.lognorm(1, .5) * math.Exp(own.between(-.004, .006)*float64(day-m.start))
		for _, f := range m.plan.words {
			if f.unit == w.unit && f.cat == w.cat && day >= f.from && day < f.to {
				heat *= f.factor
			}
		}
		pace := m.pace.days[day].direct[w.unit]
		searches := float64(m.opt.Orders) * 3 * w.weight * heat * math.Sqrt(pace) * r.lognorm(1, .07)
		visitors := searches * r.between(.06, .1)
		if w.long {
			visitors *= 1.3
		}
		orders := int64(visitors * r.between(.03, .045))
		b = m.putDay(b, day)
		b = putText(b, "word", w.text)
		b = putText(b, "category", categories[w.unit][w.cat].zh)
		b = putInt(b, "searches", int64(searches))
		b = putInt(b, "visitors", int64(visitors))
		b = putInt(b, "orders", orders)
		b = putInt(b, "gmv_fen", orders*int64(categories[w.unit][w.cat].median*100))
		return append(putBool(b, "long_tail", w.long), '}')
	}
}
