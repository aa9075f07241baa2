package demo

import (
	"slices"
	"time"
)

// claimView is a refund as of now.
type claimView struct {
	m     *Mall
	day   int32
	index int32
	f     *refund
	o     *order
	l     *line
	now   second
}

var refundFields = []field[claimView]{
	{"refund_id", func(b []byte, v *claimView) ([]byte, bool) {
		return append(appendInt(append(b, '"'), refundID(v.day, v.index)), '"'), true
	}},
	{"tid", func(b []byte, v *claimView) ([]byte, bool) { return appendInt(b, tid(v.day, v.o)), true }},
	{"oid", func(b []byte, v *claimView) ([]byte, bool) { return appendInt(b, oid(v.day, v.o, v.f.line)), true }},
	{"total_fee", func(b []byte, v *claimView) ([]byte, bool) { return appendYuan(b, v.l.share), true }},
	{"refund_fee", func(b []byte, v *claimView) ([]byte, bool) { return appendYuan(b, v.f.amount), true }},
	{"payment", func(b []byte, v *claimView) ([]byte, bool) { return appendYuan(b, v.l.share-v.f.amount), true }},
	{"seller_nick", func(b []byte, v *claimView) ([]byte, bool) {
		return appendString(b, sellerNicks[v.o.channel]), true
	}},
	{"created", func(b []byte, v *claimView) ([]byte, bool) { return v.m.appendMoment(b, v.f.created), true }},
	{"modified", func(b []byte, v *claimView) ([]byte, bool) { return v.m.appendMoment(b, v.modified()), true }},
	{"status", func(b []byte, v *claimView) ([]byte, bool) { return appendString(b, v.f.statusAt(v.now)), true }},
	{"order_status", func(b []byte, v *claimView) ([]byte, bool) { return appendString(b, v.o.statusAt(v.now)), true }},
	{"good_status", func(b []byte, v *claimView) ([]byte, bool) {
		switch {
		case v.o.shipped > v.now:
			return append(b, `"BUYER_NOT_RECEIVED"`...), true
		case v.f.goods && v.f.done <= v.now:
			return append(b, `"BUYER_RETURNED_GOODS"`...), true
		}
		return append(b, `"BUYER_RECEIVED"`...), true
	}},
	{"has_good_return", func(b []byte, v *claimView) ([]byte, bool) {
		if v.f.goods {
			return append(b, "true"...), true
		}
		return append(b, "false"...), true
	}},
	{"reason", func(b []byte, v *claimView) ([]byte, bool) { return appendString(b, refundReason[v.f.reason]), true }},
	{"title", func(b []byte, v *claimView) ([]byte, bool) { return appendString(b, v.m.cat.titles[v.l.rank]), true }},
	{"num", func(b []byte, v *claimView) ([]byte, bool) { return appendInt(b, int64(v.l.qty)), true }},
	{"refund_phase", func(b []byte, v *claimView) ([]byte, bool) {
		if v.f.afterSale {
			return append(b, `"aftersale"`...), true
		}
		return append(b, `"onsale"`...), true
	}},
	{"refund_version", func(b []byte, v *claimView) ([]byte, bool) {
		return appendInt(b, v.m.time(v.modified()).UnixMilli()), true
	}},
	{"outer_id", func(b []byte, v *claimView) ([]byte, bool) {
		return append(appendSKU(append(b, '"'), int(v.m.cat.sellers[v.l.rank])), '"'), true
	}},
	{"dispute_type", func(b []byte, v *claimView) ([]byte, bool) {
		if v.f.goods {
			return append(b, `"REFUND_AND_RETURN"`...), true
		}
		return append(b, `"REFUND"`...), true
	}},
	{"buyer_open_uid", func(b []byte, v *claimView) ([]byte, bool) {
		return append(appendOpenUID(append(b, '"'), v.o.buyer), '"'), true
	}},
}

func (v *claimView) modified() second {
	if v.f.done <= v.now {
		return v.f.done
	}
	return v.f.created
}

func (m *Mall) claim(r ref, now second) claimView {
	b := &m.book.days[r.day]
	f := &b.refunds[r.index]
	return claimView{m: m, day: r.day, index: r.index, f: f, o: &b.orders[f.order], l: &b.lines[f.line], now: now}
}

// refundsReceive is taobao.refunds.receive.get: newest change first.
func (m *Mall) refundsReceive(c *topCall) {
	names := c.form.Get("fields")
	if names == "" {
		c.missing("fields")
	}
	start, given := m.moment(c, "start_modified", false)
	if !given {
		start = m.opt.Now().AddDate(0, 0, -30)
	}
	end, given := m.moment(c, "end_modified", false)
	if !given {
		end = m.time(c.now + 1)
	}
	p := c.paging(100)
	if c.problem != nil {
		return
	}
	status := c.form.Get("status")
	kinds := kindsOf(c, "guarantee_trade", "auto_delivery")
	refs := m.claimed(start, end, c.now, func(v *claimView) bool {
		return kinds[v.o.kind()] && (status == "" || v.f.statusAt(c.now) == status)
	})
	from, to := p.cut(len(refs))
	fields := wanted(refundFields, names, "")
	c.total(p, len(refs))
	if from == to {
		return
	}
	c.body = append(c.body, `,"refunds":{"refund":[`...)
	for i := from; i < to; i++ {
		if i > from {
			c.body = append(c.body, ',')
		}
		v := m.claim(refs[len(refs)-1-i], c.now)
		c.body = appendObject(c.body, fields, &v)
	}
	c.body = append(c.body, "]}"...)
}

// claimed lists the refunds whose newest change lies in a window, oldest first.
func (m *Mall) claimed(start, end time.Time, now second, keep func(*claimView) bool) []ref {
	lo, hi := m.window(start, end)
	hi = min(hi, now+1)
	var out []ref
	for day := lo.day(); hi > lo && day <= (hi-1).day(); day++ {
		m.ensure(now.day())
		list := m.book.claims[day]
		at, _ := slices.BinarySearchFunc(list, lo, func(r ref, lo second) int { return int(r.at - lo) })
		for _, r := range list[at:] {
			if r.at >= hi {
				break
			}
			if v := m.claim(r, now); v.modified() == r.at && keep(&v) {
				out = append(out, r)
			}
		}
	}
	return out
}
