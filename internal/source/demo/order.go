package demo

import "math"

// voiceMemory is how many days before a complaint the item was bought at most.
const voiceMemory = 16

// basket is what a visitor decided on.
type basket struct {
	rank    int32
	channel int
	place   int
	pay     float64 // chance that the payment goes through
	cheap   bool
}

// order writes a trade: lines as far as there is stock, money, and its later
// life.
func (g *dayGen) order(v visitor, b basket) {
	r := &g.r
	o := order{
		created: v.at, deposit: never, paid: never, shipped: never, ended: never,
		line: int32(len(g.book.lines)), serial: int32(len(g.book.orders)),
		channel: uint8(b.channel), province: uint8(b.place),
		city: uint8(r.intn(len(provinces[b.place].cities))),
	}
	g.who(&o, v)
	n := g.lineCount(&o)
	if b.cheap {
		n = 1
	}
	rank := b.rank
	for range n {
		if g.shelf(&o, rank, v) {
			o.lines++
		}
		rank = g.another(rank, b.channel, v.unit)
		if rank < 0 {
			break
		}
	}
	if o.lines == 0 {
		return // everything wanted is sold out
	}
	g.bill(&o)
	g.live(&o, v, b)
	g.book.orders = append(g.book.orders, o)
	g.record(&g.book.orders[len(g.book.orders)-1])
}

// who draws the buyer: members come back more often and buy more at once.
func (g *dayGen) who(o *order, v visitor) {
	r := &g.r
	p := memberShare
	if v.boost >= 0 && g.boost[v.boost].members {
		p = .95
	}
	pool := g.m.opt.Orders * 90
	if r.chance(p) {
		o.tier = uint8(1 + r.pick([]float64{.55, .28, .12, .05}))
		members := g.m.opt.Orders * 22
		o.buyer = uint32(pool + r.intn(members>>(o.tier-1)))
	} else {
		o.buyer = uint32(r.intn(pool))
	}
	w := entryWeight[o.channel]
	o.entry = uint8(r.pick(w[:]))
	if v.boost >= 0 && g.boost[v.boost].entry >= 0 {
		o.entry = uint8(g.boost[v.boost].entry)
	}
}

func (g *dayGen) lineCount(o *order) int {
	p := .16
	if o.tier > 0 {
		p = .42
	}
	n := 1
	for n < 6 && g.r.chance(p) {
		n++
	}
	return n
}

// another draws a further item of the same unit that the channel lists; -1 when
// none is found.
func (g *dayGen) another(not int32, ch, unit int) int32 {
	d := &g.m.demand
	for range 6 {
		rank := d.rank[unit][d.byUnit[unit].draw(&g.r)]
		if rank != not && g.m.cat.seller(rank).chans&(1<<ch) != 0 {
			return rank
		}
	}
	return -1
}

// shelf takes a line from stock and reports whether there was any.
func (g *dayGen) shelf(o *order, rank int32, v visitor) bool {
	qty := int32(1)
	p := .07
	if o.tier > 0 {
		p = .17
	}
	for qty < 5 && g.r.chance(p) {
		qty++
	}
	slot := slotOf(rank, int(o.channel))
	qty = min(qty, g.m.book.stock[slot])
	if _, gone := markedAt(g.m.plan.delisted, rank, v.at); qty <= 0 || gone {
		return false
	}
	g.m.book.stock[slot] -= qty
	at := v.at
	if v.later {
		at = clock(g.pace.final, 12, 0) // a presale promises the price of the finale
	}
	pr := g.m.ownPrice(rank, int(o.channel), at)
	g.book.lines = append(g.book.lines, line{rank: rank, qty: qty, list: pr.list, price: pr.pays(), refund: -1})
	return true
}

// bill works out coupon, postage and each line's share of the payment.
func (g *dayGen) bill(o *order) {
	lines := g.book.lines[o.line:]
	var goods int32
	for _, l := range lines {
		goods += l.price * l.qty
	}
	switch {
	case goods >= 300_00 && g.r.chance(.5):
		o.coupon = goods / 300_00 * 20_00
	case goods >= 99_00 && g.r.chance(.25):
		o.coupon = 5_00
	}
	if o.channel == channelSupermarket && goods < 88_00 || o.channel == channelTmall && goods < 49_00 && g.r.chance(.3) {
		o.postFee = 6_00
	}
	left, weight := goods-o.coupon, goods
	for i := range lines {
		l := &lines[i]
		amount := l.price * l.qty
		l.share = int32(int64(left) * int64(amount) / int64(weight))
		left -= l.share
		weight -= amount
	}
	o.payment = goods - o.coupon + o.postFee
}

// live decides when the order is paid, shipped and received, or that it is not.
func (g *dayGen) live(o *order, v visitor, b basket) {
	r := &g.r
	soon := second(20 + r.exp(100))
	if v.later {
		o.flags |= flagPresale
		o.deposit = o.created + soon
		o.stepPaid = max(o.payment/10/100*100, 100)
		final := clock(g.pace.final, 0, 0)
		switch x := r.float(); {
		case x < .55:
			o.paid = final + second(20*3600+r.exp(2*3600))
		case x < .96:
			o.paid = final + second(24*3600+r.between(0, 60*3600))
		default:
			o.ended = final + 4*daySecs
			o.flags |= flagCancelled
			return
		}
	} else {
		if r.chance(unpaidShare) || !r.chance(b.pay) {
			o.flags |= flagCancelled
			o.ended = o.created + second(r.between(900, 2400))
			if r.chance(.4) {
				o.ended = o.created + daySecs
			}
			return
		}
		o.paid = o.created + min(soon, 1500)
	}
	hours := r.lognorm(13, .55)
	if g.pace.busy || v.later {
		hours = r.lognorm(30, .4)
	}
	if o.channel == channelSupermarket {
		hours *= .6
	}
	o.shipped = o.paid + second(hours*3600)
	days := 1 + r.lognorm(3.2, .5)
	region := provinces[o.province].region
	if region == regionNorthwest || region == regionNortheast {
		days += 1.2
	}
	for i := range g.m.plan.ship {
		if f := &g.m.plan.ship[i]; any1(f.region, region) && o.shipped >= f.from && o.shipped < f.to {
			days += f.days * r.between(.7, 1.3)
		}
	}
	o.ended = o.shipped + second(math.Round(days*daySecs))
}

// record lets the buyer complain or praise, and files every change.
func (g *dayGen) record(o *order) {
	b, index := g.m.book, o.serial
	if o.flags&flagCancelled == 0 {
		g.aftermath(o)
	} else {
		for _, l := range g.book.lines[o.line : o.line+int32(o.lines)] {
			b.returns.push(move{at: o.ended, slot: slotOf(l.rank, int(o.channel)), qty: l.qty})
		}
	}
	for _, at := range [...]second{o.created, o.deposit, o.paid, o.shipped, o.ended} {
		b.file(b.changes, at, g.day, index)
	}
	for _, l := range g.book.lines[o.line : o.line+int32(o.lines)] {
		if l.refund < 0 {
			continue
		}
		f := &g.book.refunds[l.refund]
		for _, at := range [...]second{f.created, f.done} {
			b.file(b.changes, at, g.day, index)
			b.file(b.claims, at, g.day, l.refund)
		}
	}
}
