package demo

import "strconv"

// sale is what a slot sold within an hour.
type sale struct {
	units, orders int32
	gmv           int64 // fen
}

// soldHours keeps the last hour that was added up.
type soldHours struct {
	hour  second
	slots map[int32]sale
}

// soldIn adds up what was paid for in the hour that ends at to, by slot.
func (m *Mall) soldIn(to second) map[int32]sale {
	m.ensure(to.day())
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	if h := m.memo.sold; h != nil && h.hour == to {
		return h.slots
	}
	slots := map[int32]sale{}
	for day := max(to.day()-paidWithin, 0); day <= to.day(); day++ {
		d := &m.book.days[day]
		for i := range d.orders {
			o := &d.orders[i]
			if o.paid == never || o.paid >= to || o.paid < to-3600 {
				continue
			}
			for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
				slot := slotOf(l.rank, int(o.channel))
				s := slots[slot]
				s.units, s.orders, s.gmv = s.units+l.qty, s.orders+1, s.gmv+int64(l.share)
				slots[slot] = s
			}
		}
	}
	m.memo.sold = &soldHours{hour: to, slots: slots}
	return slots
}

// paidWithin is after how many days an order has been paid for or never is: the
// rest of a presale is due within four weeks.
const paidWithin = 31

// apiPanel is the bulk listing: every SKU on every channel with its prices and
// stock as they stand and the sales of the last whole hour. Amounts are in yuan
// with decimals, as text.
func (m *Mall) apiPanel(q apiQuery) (int, func([]byte, int) []byte) {
	shelf := m.shelfAt(q.now)
	sales := m.soldIn(q.asOf)
	best := m.lowestOffers(q.now)
	return m.pairs.total(), func(b []byte, n int) []byte {
		i, ch := m.pairs.at(m.cat.skus, n)
		row, rank := m.stockOf(shelf, i, ch), m.cat.skus[i].rank
		b = append(appendSKU(append(b, `{"sku":"`...), int(i)), '"')
		b = putText(b, "channel", channels[ch].ID)
		b = putText(b, "title", m.title(int(i)))
		p := m.priceAt(int(i), ch, q.now)
		b = putYuan(b, "price", int64(p.pays()))
		if fen, ok := best[rank]; ok {
			b = putYuan(b, "rival_price", int64(fen))
		} else {
			b = append(appendKey(b, "rival_price"), "null"...)
		}
		b = putInt(b, "stock", int64(max(row.available, 0)))
		s := sales[slotOf(rank, ch)]
		b = putInt(b, "units", int64(s.units))
		b = putInt(b, "orders", int64(s.orders))
		return append(putYuan(b, "gmv", s.gmv), '}')
	}
}

// lowestOffers is the lowest landed price among rivals that have an item, by rank.
func (m *Mall) lowestOffers(at second) map[int32]int32 {
	best := map[int32]int32{}
	for _, o := range m.offers {
		m.priceOffer(&o, at)
		if fen, ok := best[o.rank]; o.inStock && (!ok || o.deal-o.coupon < fen) {
			best[o.rank] = o.deal - o.coupon
		}
	}
	return best
}

// putYuan writes fen as "12.30".
func putYuan(b []byte, name string, fen int64) []byte {
	b = append(appendKey(b, name), '"')
	b = strconv.AppendInt(b, fen/100, 10)
	b = append(b, '.', byte('0'+fen/10%10), byte('0'+fen%10))
	return append(b, '"')
}
