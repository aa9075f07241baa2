package demo

import (
	"slices"
	"time"
)

// rateView is a review as of now.
type rateView struct {
	m   *Mall
	v   *review
	o   *order
	l   *line
	now second
}

var rateFields = []field[rateView]{
	{"tid", func(b []byte, v *rateView) ([]byte, bool) { return appendInt(b, tid(v.v.day, v.o)), true }},
	{"oid", func(b []byte, v *rateView) ([]byte, bool) { return appendInt(b, oid(v.v.day, v.o, v.v.line)), true }},
	{"role", func(b []byte, _ *rateView) ([]byte, bool) { return append(b, `"buyer"`...), true }},
	{"nick", func(b []byte, _ *rateView) ([]byte, bool) { return append(b, `"t**"`...), true }},
	{"rated_nick", func(b []byte, v *rateView) ([]byte, bool) { return appendString(b, sellerNicks[v.o.channel]), true }},
	{"result", func(b []byte, v *rateView) ([]byte, bool) { return appendString(b, resultName[v.v.result]), true }},
	{"created", func(b []byte, v *rateView) ([]byte, bool) { return v.m.appendMoment(b, v.v.at), true }},
	{"item_title", func(b []byte, v *rateView) ([]byte, bool) { return appendString(b, v.m.cat.titles[v.l.rank]), true }},
	{"item_price", func(b []byte, v *rateView) ([]byte, bool) { return appendYuan(b, v.l.price), true }},
	{"content", func(b []byte, v *rateView) ([]byte, bool) { return appendString(b, v.m.words(v.v, v.l.rank)), true }},
	{"reply", func(b []byte, v *rateView) ([]byte, bool) {
		if s := v.m.reply(v.v, v.now); s != "" {
			return appendString(b, s), true
		}
		return b, false
	}},
	{"valid_score", func(b []byte, _ *rateView) ([]byte, bool) { return append(b, "true"...), true }},
	{"num_iid", func(b []byte, v *rateView) ([]byte, bool) {
		return appendInt(b, numIID(v.m.cat.seller(v.l.rank).item, int(v.o.channel))), true
	}},
}

// rateCeiling is how many reviews of one time slice the platform gives out.
const rateCeiling = 1500

// tradeRates is taobao.traderates.get, for reviews received from buyers.
func (m *Mall) tradeRates(c *topCall) {
	names := c.form.Get("fields")
	for _, need := range []string{"fields", "rate_type", "role"} {
		if c.form.Get(need) == "" {
			c.missing(need)
		}
	}
	if c.form.Get("rate_type") != "get" || c.form.Get("role") != "buyer" {
		c.bad("rate_type", "只支持 rate_type=get, role=buyer")
	}
	start, given := m.moment(c, "start_date", false)
	if oldest := m.opt.Now().AddDate(0, 0, -180); !given || start.Before(oldest) {
		start = oldest
	}
	end, given := m.moment(c, "end_date", false)
	if !given {
		end = m.time(c.now + 1)
	}
	p := c.paging(150)
	if p.no > 200 {
		c.bad("page_no", "页码最大 200")
	}
	if c.problem != nil {
		return
	}
	list := m.reviewed(start, end, c.now)
	if want := c.form.Get("result"); want != "" {
		list = slices.DeleteFunc(list, func(v *review) bool { return resultName[v.result] != want })
	}
	from, to := p.cut(min(len(list), rateCeiling))
	fields := wanted(rateFields, names, "")
	c.total(p, len(list))
	if from == to {
		return
	}
	c.body = append(c.body, `,"trade_rates":{"trade_rate":[`...)
	for i := from; i < to; i++ {
		if i > from {
			c.body = append(c.body, ',')
		}
		v := m.ratingOf(list[len(list)-1-i], c.now)
		c.body = appendObject(c.body, fields, &v)
	}
	c.body = append(c.body, "]}"...)
}

func (m *Mall) ratingOf(v *review, now second) rateView {
	b := &m.book.days[v.day]
	return rateView{m: m, v: v, o: &b.orders[v.order], l: &b.lines[v.line], now: now}
}

// reviewed lists the reviews of a window that are not later than now, oldest
// first.
func (m *Mall) reviewed(start, end time.Time, now second) []*review {
	lo, hi := m.window(start, end)
	hi = min(hi, now+1)
	var out []*review
	for day := lo.day(); hi > lo && day <= (hi-1).day(); day++ {
		m.ensure(now.day())
		for i := range m.book.reviews[day] {
			if v := &m.book.reviews[day][i]; v.at >= lo && v.at < hi {
				out = append(out, v)
			}
		}
	}
	return out
}
