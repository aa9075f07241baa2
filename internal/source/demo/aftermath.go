package demo

// refundShare is how many of a unit's paid lines ask for money back.
var refundShare = [unitCount]float64{.11, .045, .055}

// aftermath draws refunds and reviews of a paid order.
func (g *dayGen) aftermath(o *order) {
	closed := false
	for i := range int32(o.lines) {
		if g.claim(o, o.line+i) {
			closed = true
		}
	}
	if closed {
		return
	}
	for i := range int32(o.lines) {
		g.rate(o, o.line+i)
	}
}

// claim draws the refund of a line and reports whether it closes the order.
func (g *dayGen) claim(o *order, at int32) bool {
	r := &g.r
	l := &g.book.lines[at]
	unit := g.m.cat.seller(l.rank).unit
	asks := r.chance(refundShare[unit] * g.pace.returns)
	f := refund{order: o.serial, line: at, reason: reasonOf(r, int(unit))}
	whole := o.lines == 1 && r.chance(.85)
	switch {
	case asks && o.lines == 1 && r.chance(.3): // changed his mind before it left
		whole, f.reason = true, causeChange
		f.created = o.paid + second(r.between(.05, .8)*float64(o.shipped-o.paid))
		f.done = f.created + second(r.between(600, 4*3600))
	case asks:
		f.afterSale = true
		f.created = o.ended + second(r.between(-1.5, 1.5)*daySecs)
		f.created = max(f.created, o.shipped+6*3600)
		f.done = f.created + second(r.between(.4, 4.5)*daySecs)
	}
	if !asks {
		v := g.complains(o, l.rank, func(v *voiceFx) float64 { return v.claimP })
		if v == nil {
			return false
		}
		f.afterSale, f.reason = true, v.cause
		f.created = v.from + second(r.between(0, float64(v.to-v.from)))
		f.done = f.created + second(r.between(.4, 3)*daySecs)
		o.shipped = min(o.shipped, f.created-2*3600)
	}
	f.goods = f.afterSale && r.chance(.75)
	f.closed = f.afterSale && r.chance(.08)
	f.amount, f.whole = l.share, whole && !f.closed
	if !whole {
		f.amount = max(int32(float64(l.share)*r.between(.1, .6))/100*100, 1_00)
		f.amount = min(f.amount, l.share)
		if o.lines > 1 && r.chance(.6) {
			f.amount = l.share
		}
	}
	l.refund = int32(len(g.book.refunds))
	g.book.refunds = append(g.book.refunds, f)
	if f.whole && (f.created < o.ended || !f.afterSale) {
		o.flags |= flagRefunded
		if !f.afterSale {
			o.shipped = never
		}
		o.ended = f.done
		return true
	}
	return false
}

// complains returns the effect that makes this buyer complain, nil when none does.
func (g *dayGen) complains(o *order, rank int32, p func(*voiceFx) float64) *voiceFx {
	for _, v := range g.voice {
		if v.rank >= 0 && v.rank != rank || v.rank < 0 && !any1(v.region, provinces[o.province].region) {
			continue
		}
		if chance := p(v); chance > 0 && o.paid != never && o.paid+8*3600 < v.from && o.paid > v.from-14*daySecs && g.r.chance(chance) {
			return v
		}
	}
	return nil
}

// reviewShare of received lines are rated; of these few are bad.
const (
	reviewShare  = .34
	badShare     = .032
	neutralShare = .045
)

// rate draws the review of a line.
func (g *dayGen) rate(o *order, at int32) {
	r := &g.r
	rank := g.book.lines[at].rank
	v := review{day: int32(g.day), order: o.serial, line: at, text: uint32(r.next() >> 32), cause: causeNone}
	if f := g.complains(o, rank, func(f *voiceFx) float64 { return f.reviewP }); f != nil {
		v.at = f.from + second(r.between(0, float64(f.to-f.from)))
		v.result, v.cause = resultBad, f.cause
		o.shipped = min(o.shipped, v.at-4*3600)
		o.ended = min(o.ended, v.at-600)
	} else {
		if !r.chance(reviewShare) {
			return
		}
		v.at = o.ended + second(r.exp(14*3600))
		unit := int(g.m.cat.seller(rank).unit)
		switch x := r.float(); {
		case x < badShare:
			v.result, v.cause = resultBad, causeOf(r, unit)
		case x < badShare+neutralShare:
			v.result, v.cause = resultNeutral, causeOf(r, unit)
		}
		if l := g.book.lines[at]; l.refund >= 0 && v.result == resultGood {
			return // who sends it back does not praise it
		}
	}
	if d := v.at.day(); d < len(g.m.book.reviews) {
		g.m.book.reviews[d] = append(g.m.book.reviews[d], v)
	}
}
