package demo

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// trade is an order as of now.
type trade struct {
	m      *Mall
	day    int32
	book   *dayBook
	o      *order
	lines  []line
	now    second
	status string
	inner  []field[tradeLine]
}

// tradeLine is a line of a trade.
type tradeLine struct {
	*trade
	l  *line
	at int32
	f  *refund // nil without one, and before it was asked for
}

func (m *Mall) trade(day, index int32, now second, inner []field[tradeLine]) trade {
	b := &m.book.days[day]
	o := &b.orders[index]
	return trade{
		m: m, day: day, book: b, o: o, lines: b.lines[o.line : o.line+int32(o.lines)],
		now: now, status: o.statusAt(now), inner: inner,
	}
}

// Statuses of a trade.
const (
	statusUnpaid    = "WAIT_BUYER_PAY"
	statusPaid      = "WAIT_SELLER_SEND_GOODS"
	statusShipped   = "WAIT_BUYER_CONFIRM_GOODS"
	statusFinished  = "TRADE_FINISHED"
	statusRefunded  = "TRADE_CLOSED"
	statusCancelled = "TRADE_CLOSED_BY_TAOBAO"
)

func (o *order) statusAt(now second) string {
	switch {
	case o.flags&flagCancelled != 0 && o.ended <= now:
		return statusCancelled
	case o.paid > now:
		return statusUnpaid
	case o.flags&flagRefunded != 0 && o.ended <= now:
		return statusRefunded
	case o.ended <= now:
		return statusFinished
	case o.shipped <= now:
		return statusShipped
	}
	return statusPaid
}

// kind is the trade's type: what the type parameter filters by.
func (o *order) kind() string {
	switch {
	case o.flags&flagPresale != 0:
		return "step"
	case o.channel == channelSupermarket:
		return "super_market_trade"
	}
	return "fixed"
}

// kindsOf reads the type parameter; def are the types returned without it.
// guarantee_trade asks for trades of type fixed.
func kindsOf(c *topCall, def ...string) map[string]bool {
	list := def
	if t := c.form.Get("type"); t != "" {
		list = strings.Split(t, ",")
	}
	set := map[string]bool{}
	for _, k := range list {
		if k = strings.TrimSpace(k); k == "guarantee_trade" {
			k = "fixed"
		}
		set[k] = true
	}
	return set
}

var orderKinds = []string{"guarantee_trade", "auto_delivery", "ec", "cod", "step"}

// tradeFields are the members of a trade that the shop has.
var tradeFields = []field[trade]{
	{"tid", func(b []byte, t *trade) ([]byte, bool) { return appendInt(b, tid(t.day, t.o)), true }},
	{"status", func(b []byte, t *trade) ([]byte, bool) { return appendString(b, t.status), true }},
	{"type", func(b []byte, t *trade) ([]byte, bool) { return appendString(b, t.o.kind()), true }},
	{"created", func(b []byte, t *trade) ([]byte, bool) { return t.m.appendMoment(b, t.o.created), true }},
	// Of a presale it is the final payment's; a deposit alone has none.
	{"pay_time", func(b []byte, t *trade) ([]byte, bool) { return t.past(b, t.o.paid) }},
	{"modified", func(b []byte, t *trade) ([]byte, bool) {
		return t.m.appendMoment(b, t.book.modified(t.o, t.now)), true
	}},
	{"consign_time", func(b []byte, t *trade) ([]byte, bool) { return t.past(b, t.o.shipped) }},
	{"end_time", func(b []byte, t *trade) ([]byte, bool) { return t.past(b, t.o.ended) }},
	{"payment", func(b []byte, t *trade) ([]byte, bool) { return appendYuan(b, t.o.payment), true }},
	{"post_fee", func(b []byte, t *trade) ([]byte, bool) { return appendYuan(b, t.o.postFee), true }},
	{"received_payment", func(b []byte, t *trade) ([]byte, bool) {
		if t.status == statusFinished {
			return appendYuan(b, t.o.payment), true
		}
		return appendYuan(b, 0), true
	}},
	{"total_fee", func(b []byte, t *trade) ([]byte, bool) { return appendYuan(b, t.goods()), true }},
	{"discount_fee", func(b []byte, t *trade) ([]byte, bool) { return appendYuan(b, t.o.coupon), true }},
	{"adjust_fee", func(b []byte, _ *trade) ([]byte, bool) { return appendYuan(b, 0), true }},
	{"num", func(b []byte, t *trade) ([]byte, bool) {
		if len(t.lines) > 1 {
			return append(b, '0'), true // the platform's own habit
		}
		return appendInt(b, int64(t.lines[0].qty)), true
	}},
	{"num_iid", func(b []byte, t *trade) ([]byte, bool) {
		return appendInt(b, numIID(t.m.cat.seller(t.lines[0].rank).item, int(t.o.channel))), true
	}},
	{"price", func(b []byte, t *trade) ([]byte, bool) { return appendYuan(b, t.lines[0].list), true }},
	{"title", func(b []byte, t *trade) ([]byte, bool) {
		return appendString(b, sellerNicks[t.o.channel]), true
	}},
	{"seller_nick", func(b []byte, t *trade) ([]byte, bool) {
		return appendString(b, sellerNicks[t.o.channel]), true
	}},
	{"buyer_nick", func(b []byte, t *trade) ([]byte, bool) { return appendString(b, "t**"), true }},
	{"buyer_open_uid", func(b []byte, t *trade) ([]byte, bool) {
		return append(appendOpenUID(append(b, '"'), t.o.buyer), '"'), true
	}},
	{"seller_flag", func(b []byte, t *trade) ([]byte, bool) { // the shop flags its members red
		return append(b, "01"[min(int(t.o.tier), 1)]), true
	}},
	{"receiver_state", func(b []byte, t *trade) ([]byte, bool) {
		return appendString(b, provinces[t.o.province].name), true
	}},
	{"receiver_city", func(b []byte, t *trade) ([]byte, bool) {
		return appendString(b, provinces[t.o.province].cities[t.o.city]), true
	}},
	{"shipping_type", func(b []byte, _ *trade) ([]byte, bool) { return append(b, `"express"`...), true }},
	{"step_trade_status", putStepStatus},
	{"step_paid_fee", func(b []byte, t *trade) ([]byte, bool) {
		switch {
		case t.o.flags&flagPresale == 0 || t.o.deposit > t.now:
			return b, false
		case t.o.paid <= t.now:
			return appendYuan(b, t.o.payment), true
		}
		return appendYuan(b, t.o.stepPaid), true
	}},
	{"orders", func(b []byte, t *trade) ([]byte, bool) { return t.appendLines(b), true }},
}

// tradeFromField stands only in trades.sold.get.
var tradeFromField = field[trade]{"trade_from", func(b []byte, t *trade) ([]byte, bool) {
	return appendString(b, [...]string{"WAP,WAP", "TAOBAO", "WAP,JHS", "TAOBAO,WAP"}[t.o.entry]), true
}}

// past writes a moment unless it is still to come.
func (t *trade) past(b []byte, at second) ([]byte, bool) {
	if at > t.now {
		return b, false
	}
	return t.m.appendMoment(b, at), true
}

func putStepStatus(b []byte, t *trade) ([]byte, bool) {
	switch {
	case t.o.flags&flagPresale == 0:
		return b, false
	case t.o.deposit > t.now:
		return append(b, `"FRONT_NOPAID_FINAL_NOPAID"`...), true
	case t.o.paid > t.now:
		return append(b, `"FRONT_PAID_FINAL_NOPAID"`...), true
	}
	return append(b, `"FRONT_PAID_FINAL_PAID"`...), true
}

// goods is the sum of list prices.
func (t *trade) goods() (sum int32) {
	for i := range t.lines {
		sum += t.lines[i].list * t.lines[i].qty
	}
	return sum
}

func (t *trade) appendLines(b []byte) []byte {
	b = append(b, `{"order":[`...)
	for i := range t.lines {
		if i > 0 {
			b = append(b, ',')
		}
		tl := tradeLine{trade: t, l: &t.lines[i], at: t.o.line + int32(i)}
		if tl.l.refund >= 0 && t.book.refunds[tl.l.refund].created <= t.now {
			tl.f = &t.book.refunds[tl.l.refund]
		}
		b = appendObject(b, t.inner, &tl)
	}
	return append(b, "]}"...)
}

// tradesSold is taobao.trades.sold.get: newest first by creation, which never
// changes.
func (m *Mall) tradesSold(c *topCall) {
	start, _ := m.moment(c, "start_created", false)
	end, given := m.moment(c, "end_created", false)
	if !given {
		end = m.time(c.now + 1)
	}
	if oldest := m.opt.Now().AddDate(0, -3, 0); start.Before(oldest) {
		start = oldest
	}
	m.trades(c, append(slices.Clip(tradeFields), tradeFromField), func(kinds map[string]bool) []ref {
		lo, hi := m.window(start, end)
		hi = min(hi, c.now+1)
		var out []ref
		for day := lo.day(); hi > lo && day <= (hi-1).day(); day++ {
			m.ensure(day)
			for i := range m.book.days[day].orders {
				o := &m.book.days[day].orders[i]
				if o.created >= lo && o.created < hi && kinds[o.kind()] {
					out = append(out, ref{at: o.created, day: int32(day), index: int32(i)})
				}
			}
		}
		return out
	})
}

// tradesIncrement is taobao.trades.sold.increment.get: newest change first. A
// trade stands only at its newest change, so it moves while pages are read.
func (m *Mall) tradesIncrement(c *topCall) {
	start, ok := m.moment(c, "start_modified", true)
	end, ok2 := m.moment(c, "end_modified", true)
	switch {
	case !ok || !ok2:
	case !end.After(start):
		c.bad("end_modified", "结束时间必须大于开始时间")
	case end.Sub(start) > 24*time.Hour:
		c.bad("end_modified", "修改时间跨度不能大于一天")
	case start.Before(m.opt.Now().AddDate(0, -3, 0).Add(-time.Hour)):
		c.bad("start_modified", "只能查询三个月以内的订单")
	}
	m.trades(c, tradeFields, func(kinds map[string]bool) []ref {
		return m.changed(start, end, c.now, kinds)
	})
}

// changesKey names a list of changed trades.
type changesKey struct {
	lo, hi, now second
	kinds       string
}

// changed lists the trades whose newest change lies in a window, oldest first.
// The list is shared and kept for the next page of the same window.
func (m *Mall) changed(start, end time.Time, now second, kinds map[string]bool) []ref {
	lo, hi := m.window(start, end)
	hi = min(hi, now+1)
	key := changesKey{lo, hi, now, strings.Join(slices.Sorted(maps.Keys(kinds)), ",")}
	m.memo.mu.Lock()
	out, ok := m.memo.changes, m.memo.changesKey == key
	m.memo.mu.Unlock()
	if ok {
		return out
	}
	out = nil
	for day := lo.day(); hi > lo && day <= (hi-1).day(); day++ {
		m.ensure(now.day())
		list := m.book.changes[day]
		at, _ := slices.BinarySearchFunc(list, lo, func(r ref, lo second) int { return int(r.at - lo) })
		for _, r := range list[at:] {
			if r.at >= hi {
				break
			}
			b := &m.book.days[r.day]
			if o := &b.orders[r.index]; kinds[o.kind()] && b.modified(o, now) == r.at && (len(out) == 0 || out[len(out)-1] != r) {
				out = append(out, r)
			}
		}
	}
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	m.memo.changesKey, m.memo.changes = key, out
	return out
}

// trades answers with a page of the refs that list returns.
func (m *Mall) trades(c *topCall, all []field[trade], list func(kinds map[string]bool) []ref) {
	names := c.form.Get("fields")
	if names == "" {
		c.missing("fields")
	}
	p := c.paging(100)
	fault := m.plan.feedState("mall_orders", c.now)
	if fault != nil && fault.mode == feedDown && c.problem == nil {
		c.problem = &topError{code: 15, msg: "Remote service error", sub: "isp.top-remote-service-unavailable", words: "服务暂时不可用，请稍后重试"}
	}
	if c.problem != nil {
		return
	}
	refs := list(kindsOf(c, orderKinds...))
	from, to := p.cut(len(refs))
	fields, inner := wanted(all, names, ""), wanted(lineFields, names, "orders")
	c.total(p, len(refs))
	if from == to {
		return // the platform leaves the list out
	}
	c.body = append(c.body, `,"trades":{"trade":[`...)
	for i := from; i < to; i++ {
		r := refs[len(refs)-1-i]
		t := m.trade(r.day, r.index, c.now, inner)
		copies := 1
		if fault != nil && fault.mode == feedRepeat && i%5 == 0 {
			copies = 2
		}
		for range copies {
			if c.body[len(c.body)-1] == '}' {
				c.body = append(c.body, ',')
			}
			c.body = appendObject(c.body, fields, &t)
		}
	}
	c.body = append(c.body, "]}"...)
}
