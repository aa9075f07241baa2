package demo

import (
	"strconv"

	"shopwatch/internal/market"
)

// object starts a row; the writers below append its members.
func object(b []byte, name, text string) []byte {
	b = append(append(append(b, `{"`...), name...), `":`...)
	return appendString(b, text)
}

func appendKey(b []byte, name string) []byte {
	return append(append(append(b, `,"`...), name...), `":`...)
}

func putText(b []byte, name, text string) []byte { return appendString(appendKey(b, name), text) }
func putInt(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendKey(b, name), n, 10)
}

func putBool(b []byte, name string, v bool) []byte { return strconv.AppendBool(appendKey(b, name), v) }

// putMoment writes an instant of the shop's zone, or null for never.
func (m *Mall) putMoment(b []byte, name string, at second) []byte {
	b = appendKey(b, name)
	if at == never {
		return append(b, "null"...)
	}
	return m.appendMoment(b, at)
}

// apiItems is the catalogue: one row a SKU.
func (m *Mall) apiItems(q apiQuery) (int, func([]byte, int) []byte) {
	return len(m.cat.skus), func(b []byte, i int) []byte {
		s := &m.cat.skus[i]
		k := &categories[s.unit][s.cat]
		b = object(b, "sku", m.cat.id(i))
		b = putText(b, "item", itemID(s.item))
		b = putText(b, "title", m.title(i))
		b = putText(b, "unit", units[s.unit].ID)
		b = putText(b, "category", k.zh)
		b = putText(b, "brand", brands[s.unit][s.brand])
		b = putInt(b, "cost_fen", int64(m.cost(i, q.now)))
		b = putInt(b, "floor_fen", int64(s.floor))
		b = putInt(b, "lead_days", int64(s.lead))
		b = putInt(b, "moq", int64(s.moq))
		b = putInt(b, "pack", int64(s.pack))
		b = putText(b, "launched", (m.day0 + market.Day(m.start) - market.Day(s.launched)).String())
		return append(putText(b, "tags", m.tags(i)), '}')
	}
}

// tags marks new and high-margin items.
func (m *Mall) tags(i int) string {
	s := &m.cat.skus[i]
	switch fresh, rich := s.launched < 60, s.cost*2 < s.deal; {
	case fresh && rich:
		return "new,high_margin"
	case fresh:
		return "new"
	case rich:
		return "high_margin"
	}
	return ""
}

// perChannel numbers the (SKU, channel) pairs that are listed, in the order of
// the catalogue.
type perChannel struct{ before []int32 }

// pairBlock is how many SKUs share one entry of perChannel.
const pairBlock = 128

func newPerChannel(skus []sku) perChannel {
	var p perChannel
	n := int32(0)
	for i := range skus {
		if i%pairBlock == 0 {
			p.before = append(p.before, n)
		}
		n += int32(skus[i].listings())
	}
	p.before = append(p.before, n)
	return p
}

func (s *sku) listings() int { return int(s.chans&1 + s.chans>>1&1 + s.chans>>2&1) }

func (p *perChannel) total() int { return int(p.before[len(p.before)-1]) }

// at finds the n-th pair.
func (p *perChannel) at(skus []sku, n int) (index int32, ch int) {
	lo, hi := 0, len(p.before)-1
	for lo+1 < hi {
		if mid := (lo + hi) / 2; int(p.before[mid]) <= n {
			lo = mid
		} else {
			hi = mid
		}
	}
	left := n - int(p.before[lo])
	i := lo * pairBlock
	for left >= skus[i].listings() {
		left -= skus[i].listings()
		i++
	}
	for ch := range channelCount {
		if skus[i].chans&(1<<ch) == 0 {
			continue
		}
		if left == 0 {
			return int32(i), ch
		}
		left--
	}
	return int32(i), channelTmall
}

func (m *Mall) apiStock(q apiQuery) (int, func([]byte, int) []byte) {
	s := m.shelfAt(q.now)
	return m.pairs.total(), func(b []byte, n int) []byte {
		i, ch := m.pairs.at(m.cat.skus, n)
		row := m.stockOf(s, i, ch)
		b = append(appendSKU(append(b, `{"sku":"`...), int(i)), '"')
		b = putText(b, "channel", channels[ch].ID)
		b = putInt(b, "on_hand", int64(row.available+row.reserved))
		b = putInt(b, "available", int64(row.available))
		b = putInt(b, "reserved", int64(row.reserved))
		b = putInt(b, "inbound", int64(row.inbound))
		b = putInt(b, "lead_days", int64(m.cat.skus[i].lead))
		return append(putBool(b, "listed", row.listed), '}')
	}
}

func (m *Mall) apiPrices(q apiQuery) (int, func([]byte, int) []byte) {
	return m.pairs.total(), func(b []byte, n int) []byte {
		i, ch := m.pairs.at(m.cat.skus, n)
		p := m.priceAt(int(i), ch, q.now)
		_, off := markedAt(m.plan.delisted, m.cat.skus[i].rank, q.now)
		b = append(appendSKU(append(b, `{"sku":"`...), int(i)), '"')
		b = putText(b, "channel", channels[ch].ID)
		b = putInt(b, "list_fen", int64(p.list))
		b = putInt(b, "deal_fen", int64(p.deal))
		b = putInt(b, "coupon_fen", int64(p.coupon))
		b = putInt(b, "min_fen", int64(p.lowest))
		b = putText(b, "gift", p.gift)
		b = m.putMoment(b, "promo_start", p.from)
		b = m.putMoment(b, "promo_end", p.to)
		return append(putBool(b, "listed", !off), '}')
	}
}

func (m *Mall) apiRivals(q apiQuery) (int, func([]byte, int) []byte) {
	return len(m.offers), func(b []byte, n int) []byte {
		o := m.offers[n]
		m.priceOffer(&o, q.now)
		if q.fault != nil && q.fault.mode == feedHundredth && q.fault.rival == o.rival {
			o.list, o.deal, o.coupon = o.list/100, o.deal/100, o.coupon/100
		}
		i := int(m.cat.sellers[o.rank])
		s := &m.cat.skus[i]
		b = object(b, "rival", rivals[o.rival].id)
		b = putText(b, "rival_name", rivals[o.rival].name)
		b = putText(b, "rival_item", rivalItem(o.rank, o.rival))
		b = putText(b, "sku", m.cat.id(i))
		b = putInt(b, "match_bp", int64(o.match))
		b = putText(b, "title", rivalTitle(o.rival, s))
		b = putInt(b, "list_fen", int64(o.list))
		b = putInt(b, "deal_fen", int64(o.deal))
		b = putInt(b, "coupon_fen", int64(o.coupon))
		b = putText(b, "gift", o.gift)
		b = m.putMoment(b, "promo_end", o.until)
		b = putInt(b, "sold_30d", int64(o.sold30))
		return append(putBool(b, "in_stock", o.inStock), '}')
	}
}

// rivalTitle is what the rival calls the item.
func rivalTitle(rv int, s *sku) string {
	k := &categories[s.unit][s.cat]
	name := []rune(rivals[rv].name)
	return string(name[4:6]) + " " + k.features[int(s.item)%len(k.features)] + k.zh + " " + k.specs[s.spec]
}

func (m *Mall) apiReviews(q apiQuery) (int, func([]byte, int) []byte) {
	m.ensure(q.now.day())
	list := m.reviewed(m.time(q.lo), m.time(q.hi), q.now)
	return len(list), func(b []byte, n int) []byte {
		v := m.ratingOf(list[n], q.now)
		b = object(b, "review_id", strconv.FormatInt(oid(v.v.day, v.o, v.v.line), 10))
		b = putText(b, "order_id", strconv.FormatInt(tid(v.v.day, v.o), 10))
		b = putText(b, "sku", m.cat.id(int(m.cat.sellers[v.l.rank])))
		b = putText(b, "channel", channels[v.o.channel].ID)
		b = m.putMoment(b, "created", v.v.at)
		b = putText(b, "result", resultName[v.v.result])
		b = putText(b, "text", m.words(v.v, v.l.rank))
		return append(putText(b, "reply", m.reply(v.v, v.now)), '}')
	}
}

func (m *Mall) apiTraffic(q apiQuery) (int, func([]byte, int) []byte) {
	first := (q.lo + 3599) / 3600 // whole hours that begin in the window
	last := max((q.hi+3599)/3600, first)
	// Hours that have begun before the edge but not ended are not ready.
	last = min(last, max(q.asOf/3600, first))
	return int(last-first) * trafficCells, func(b []byte, n int) []byte {
		hour := int(first) + n/trafficCells
		row := m.trafficDay(hour / 24)[hour%24*trafficCells+n%trafficCells]
		if q.fault != nil && q.fault.mode == feedRestated && row.hour.day() == q.now.day()-1 {
			row.visitors, row.views, row.dwell = row.visitors*6/10, row.views*6/10, row.dwell*6/10
			row.cart = min(row.cart, row.visitors)
		}
		b = m.appendMoment(append(b, `{"hour":`...), row.hour)
		b = putText(b, "channel", channels[row.channel].ID)
		b = putText(b, "unit", units[row.unit].ID)
		b = putText(b, "entry", entries[row.entry])
		b = putInt(b, "visitors", int64(row.visitors))
		b = putInt(b, "views", int64(row.views))
		b = putInt(b, "dwell_ms", row.dwell)
		b = putInt(b, "cart_users", int64(row.cart))
		b = putInt(b, "order_users", int64(row.ordered))
		return append(putInt(b, "pay_users", int64(row.paying)), '}')
	}
}
