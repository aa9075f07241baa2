package demo

// lineFields are the members of a trade's lines.
var lineFields = []field[tradeLine]{
	{"oid", func(b []byte, t *tradeLine) ([]byte, bool) { return appendInt(b, oid(t.day, t.o, t.at)), true }},
	{"status", func(b []byte, t *tradeLine) ([]byte, bool) {
		if t.f != nil && !t.f.closed && t.f.done <= t.now && t.f.amount == t.l.share {
			return append(b, `"TRADE_CLOSED"`...), true
		}
		return appendString(b, t.status), true
	}},
	{"num_iid", func(b []byte, t *tradeLine) ([]byte, bool) {
		return appendInt(b, numIID(t.sku().item, int(t.o.channel))), true
	}},
	{"sku_id", func(b []byte, t *tradeLine) ([]byte, bool) {
		b = appendInt(append(b, '"'), skuID(t.index(), int(t.o.channel)))
		return append(b, '"'), true
	}},
	{"outer_sku_id", func(b []byte, t *tradeLine) ([]byte, bool) {
		return append(appendSKU(append(b, '"'), t.index()), '"'), true
	}},
	{"outer_iid", func(b []byte, t *tradeLine) ([]byte, bool) { return appendString(b, itemID(t.sku().item)), true }},
	{"cid", func(b []byte, t *tradeLine) ([]byte, bool) {
		return appendInt(b, categories[t.sku().unit][t.sku().cat].cid), true
	}},
	{"title", func(b []byte, t *tradeLine) ([]byte, bool) { return appendString(b, t.m.cat.titles[t.l.rank]), true }},
	{"num", func(b []byte, t *tradeLine) ([]byte, bool) { return appendInt(b, int64(t.l.qty)), true }},
	{"price", func(b []byte, t *tradeLine) ([]byte, bool) { return appendYuan(b, t.l.list), true }},
	{"total_fee", func(b []byte, t *tradeLine) ([]byte, bool) { return appendYuan(b, t.l.price*t.l.qty), true }},
	{"payment", func(b []byte, t *tradeLine) ([]byte, bool) {
		if len(t.lines) == 1 { // then the line carries postage and coupon, too
			return appendYuan(b, t.o.payment), true
		}
		return appendYuan(b, t.l.price*t.l.qty), true
	}},
	{"divide_order_fee", func(b []byte, t *tradeLine) ([]byte, bool) { return appendYuan(b, t.l.share), true }},
	{"part_mjz_discount", func(b []byte, t *tradeLine) ([]byte, bool) {
		return appendYuan(b, t.l.price*t.l.qty-t.l.share), true
	}},
	{"discount_fee", func(b []byte, t *tradeLine) ([]byte, bool) {
		return appendYuan(b, (t.l.list-t.l.price)*t.l.qty), true
	}},
	{"adjust_fee", func(b []byte, _ *tradeLine) ([]byte, bool) { return appendYuan(b, 0), true }},
	{"sku_properties_name", func(b []byte, t *tradeLine) ([]byte, bool) {
		k := &categories[t.sku().unit][t.sku().cat]
		return appendString(b, "规格:"+k.specs[t.sku().spec]), true
	}},
	{"refund_status", func(b []byte, t *tradeLine) ([]byte, bool) {
		if t.f == nil {
			return append(b, `"NO_REFUND"`...), true
		}
		return appendString(b, t.f.statusAt(t.now)), true
	}},
	{"refund_id", func(b []byte, t *tradeLine) ([]byte, bool) {
		if t.f == nil {
			return b, false
		}
		return append(appendInt(append(b, '"'), refundID(t.day, t.l.refund)), '"'), true
	}},
	{"consign_time", func(b []byte, t *tradeLine) ([]byte, bool) { return t.past(b, t.o.shipped) }},
	{"end_time", func(b []byte, t *tradeLine) ([]byte, bool) { return t.past(b, t.o.ended) }},
	{"store_code", func(b []byte, t *tradeLine) ([]byte, bool) {
		return append(append(append(b, `"LANLI-`...), regions[provinces[t.o.province].region].ID...), '"'), true
	}},
}

func (t *tradeLine) index() int { return int(t.m.cat.sellers[t.l.rank]) }
func (t *tradeLine) sku() *sku  { return t.m.cat.seller(t.l.rank) }

// Statuses of a refund.
func (f *refund) statusAt(now second) string {
	switch {
	case f.done <= now && f.closed:
		return "CLOSED"
	case f.done <= now:
		return "SUCCESS"
	case f.goods:
		return "WAIT_BUYER_RETURN_GOODS"
	}
	return "WAIT_SELLER_AGREE"
}
