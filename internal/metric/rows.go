package metric

import (
	"time"

	"shopwatch/internal/market"
)

// lines is the columns of market.OrderLines that sums need.
type lines struct {
	order, sku, channel, region, buyer, status *market.Vector
	qty, amount, paid, placedAt, paidAt        *market.Vector
	member, shippedAt                          *market.Vector
}

func lineColumns(b *market.Batch) lines {
	return lines{
		order: b.Column("order_id"), sku: b.Column("sku"), channel: b.Column("channel"), region: b.Column("region"),
		buyer: b.Column("buyer"), status: b.Column("status"), qty: b.Column("qty"), amount: b.Column("amount"),
		paid: b.Column("paid"), placedAt: b.Column("placed_at"), paidAt: b.Column("paid_at"),
		member: b.Column("member"), shippedAt: b.Column("shipped_at"),
	}
}

// AddPaid adds the paid side of order lines: paid GMV, orders, pieces, buyers
// and steps. Lines outside the stretch, lines that are not paid and lines of
// which only a deposit is paid are passed over. Each line must be added once.
func (c *Cube) AddPaid(b *market.Batch) {
	if b.Len() == 0 {
		return
	}
	l := lineColumns(b)
	for i := range b.Len() {
		at, ok := l.paidAt.Int(i)
		if !ok || at < c.span.start || at >= c.span.end || l.status.Text(i) == market.Placed {
			continue
		}
		p := place{at: at, sku: l.sku.Text(i), channel: l.channel.Text(i), region: l.region.Text(i)}
		p.price, p.priced = l.price(i)
		if !c.keeps(&p) {
			continue
		}
		c.addPaid(&l, i, &p)
	}
}

func (c *Cube) addPaid(l *lines, i int, p *place) {
	paid := market.Fen(l.paid.Ints[i])
	day := c.span.find(p.at)
	if len(c.span.days) == 1 {
		c.steps[(p.at-c.span.start)/hourMs] += paid
	} else {
		c.steps[day] += paid
	}
	if p.at >= c.cutMs {
		return
	}
	edge := c.span.days[day]
	part := c.orderPart(p, edge)
	cell := &c.cells[part]
	qty := l.qty.Ints[i]
	c.total.Paid += paid
	cell.Paid += paid
	c.total.Units += qty
	cell.Units += qty
	if p.at >= edge.primeStart && p.at < edge.primeEnd {
		c.total.Prime += paid
		cell.Prime += paid
	}
	order := c.paid.number(l.order.Text(i))
	c.paid.add(part, order)
	c.buyers.buy(part, l.buyer.Text(i), order)
	if c.known.Costs {
		c.addCost(p, part, qty, paid)
	}
	if c.known.Loyalty {
		c.addLoyalty(l, i, part, order, paid)
	}
	if c.known.Service {
		c.addShipping(l, i, part, p.at)
	}
}

// addCost counts what the pieces of a line cost the house; a line whose item has
// no known cost is left out of both sides of a margin.
func (c *Cube) addCost(p *place, part int32, qty int64, paid market.Fen) {
	c.locate(p)
	if !c.units.ok || c.units.sku != p.sku || c.units.it.Cost < 0 {
		return
	}
	cost := c.units.it.Cost * market.Fen(qty)
	c.total.Costed += paid
	c.total.Cost += cost
	c.cells[part].Costed += paid
	c.cells[part].Cost += cost
}

// addLoyalty counts a paid line among members or guests; a line that does not
// say is neither.
func (c *Cube) addLoyalty(l *lines, i int, part, order int32, paid market.Fen) {
	member, ok := l.member.Int(i)
	if !ok {
		return
	}
	cell := &c.cells[part].Loyalty
	if member != 0 {
		c.total.Loyalty.MemberPaid += paid
		cell.MemberPaid += paid
		c.members.buy(part, l.buyer.Text(i), order)
		return
	}
	c.total.Loyalty.GuestPaid += paid
	cell.GuestPaid += paid
	c.guests.buy(part, l.buyer.Text(i), order)
}

// ShipWithin is how long after payment an order should be on its way.
const ShipWithin = 48 * time.Hour

// addShipping counts orders whose time to ship is over. What was paid back
// before it could be shipped is nobody's delay.
func (c *Cube) addShipping(l *lines, i int, part int32, paidAt int64) {
	limit := paidAt + ShipWithin.Milliseconds()
	shipped, sent := l.shippedAt.Int(i)
	sent = sent && shipped < c.shipMs // not known yet at the cut
	status := l.status.Text(i)
	if limit > c.shipMs || !sent && (status == market.Refunded || status == market.Cancelled) {
		return
	}
	if !sent && status == market.Finished {
		c.total.Shipping.Untold++
		c.cells[part].Shipping.Untold++
		return
	}
	order := l.order.Text(i)
	c.due.add(part, c.due.number(order))
	if !sent || shipped > limit {
		c.late.add(part, c.late.number(order))
	}
	if !sent {
		c.waiting.add(part, c.waiting.number(order))
	}
}

// AddPlaced adds the placed side of order lines, whatever their status. Each
// line must be added once.
func (c *Cube) AddPlaced(b *market.Batch) {
	if b.Len() == 0 {
		return
	}
	l := lineColumns(b)
	for i := range b.Len() {
		at := l.placedAt.Ints[i]
		if at < c.span.start || at >= c.cutMs {
			continue
		}
		p := place{at: at, sku: l.sku.Text(i), channel: l.channel.Text(i), region: l.region.Text(i)}
		p.price, p.priced = l.price(i)
		if !c.keeps(&p) {
			continue
		}
		part := c.orderPart(&p, c.span.days[c.span.find(at)])
		amount := market.Fen(l.amount.Ints[i])
		c.total.Placed += amount
		c.cells[part].Placed += amount
		c.placed.add(part, c.placed.number(l.order.Text(i)))
	}
}

// price is what a piece of the line costs: paid, else ordered, divided by the
// pieces. It is not known for lines without pieces or amounts.
func (l *lines) price(i int) (market.Fen, bool) {
	qty := l.qty.Ints[i]
	if qty <= 0 {
		return 0, false
	}
	if paid, ok := l.paid.Int(i); ok && paid > 0 {
		return market.Fen(paid / qty), true
	}
	amount, ok := l.amount.Int(i)
	return market.Fen(amount / qty), ok
}

// AddRefunds adds successful refunds by the time of their success.
func (c *Cube) AddRefunds(b *market.Batch) {
	if b.Len() == 0 || !c.known.Refunds {
		return
	}
	at, status, amount := b.Column("success_at"), b.Column("status"), b.Column("amount")
	sku, channel, region := b.Column("sku"), b.Column("channel"), b.Column("region")
	reason, created := b.Column("reason"), b.Column("created")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || ms < c.span.start || ms >= c.cutMs || status.Text(i) != "success" {
			continue
		}
		p := place{at: ms, sku: sku.Text(i), channel: channel.Text(i), region: region.Text(i), own: reason.Text(i)}
		if !c.keeps(&p) {
			continue
		}
		c.refundMembers = c.refundMembers || c.key(&p, c.span.days[c.span.find(ms)]) != ""
		c.addSums(&p, c.parts.Refunds, Sums{Refunded: market.Fen(amount.Ints[i]), Refunds: 1, RefundMs: max(0, ms-created.Ints[i])})
	}
}

// AddTraffic adds traffic of hours that are over by the cut, so that an hour
// still under way is not set against a whole one.
func (c *Cube) AddTraffic(b *market.Batch) {
	if b.Len() == 0 || !c.known.Traffic {
		return
	}
	hour, channel, unit, entry := b.Column("hour"), b.Column("channel"), b.Column("unit"), b.Column("entry")
	cols := [...]*market.Vector{
		b.Column("visitors"), b.Column("views"), b.Column("cart_users"), b.Column("order_users"), b.Column("pay_users"), b.Column("dwell_ms"),
	}
	for i := range b.Len() {
		ms := hour.Ints[i]
		if ms < c.span.start || ms+hourMs > c.trafficMs {
			continue
		}
		p := place{at: ms, channel: channel.Text(i), unit: unit.Text(i), hasUnit: true, own: entry.Text(i)}
		if !c.keeps(&p) {
			continue
		}
		c.addSums(&p, c.parts.Traffic, Sums{
			Visitors: cols[0].Ints[i], Views: cols[1].Ints[i], CartUsers: cols[2].Ints[i],
			OrderUsers: cols[3].Ints[i], PayUsers: cols[4].Ints[i], DwellMs: cols[5].Ints[i],
		})
	}
}

// addSums adds the figures of one fact to the total and, when the feed carries
// the dimension, to its cell.
func (c *Cube) addSums(p *place, cells bool, v Sums) {
	c.total = c.total.Plus(v)
	if cells {
		part := c.cell(c.key(p, c.span.days[c.span.find(p.at)]))
		c.cells[part] = c.cells[part].Plus(v)
	}
}

// place is where in the dimensions a fact lies.
type place struct {
	at                   int64
	sku, channel, region string
	unit, category       string
	hasUnit              bool   // unit and category are set
	own                  string // the member of a dimension that only its feed has
	price                market.Fen
	priced               bool
}

// keeps applies the filter.
func (c *Cube) keeps(p *place) bool {
	f := &c.spec.Filter
	if f.Channel != "" && string(f.Channel) != p.channel || f.Region != "" && string(f.Region) != p.region ||
		f.SKU != "" && string(f.SKU) != p.sku {
		return false
	}
	if f.Unit != "" || f.Category != "" {
		c.locate(p)
		if f.Unit != "" && string(f.Unit) != p.unit || f.Category != "" && string(f.Category) != p.category {
			return false
		}
	}
	return f.Band == "" || c.band(p) == f.Band
}

// locate looks up unit and category of a fact in the catalogue.
func (c *Cube) locate(p *place) {
	if p.hasUnit {
		return
	}
	p.hasUnit = true
	if c.units.sku != p.sku || c.units.it == nil {
		it, ok := c.spec.Items.Find(market.SKU(p.sku))
		c.units = memo{sku: p.sku, it: it, ok: ok}
	}
	if c.units.ok {
		p.unit, p.category = string(c.units.it.Unit), string(c.units.it.Category)
	}
}

func (c *Cube) band(p *place) string {
	if !p.priced {
		return ""
	}
	b, ok := c.spec.Shop.Band(p.price)
	if !ok {
		return ""
	}
	return b.ID
}

// key names the member of the cube's dimension that a fact belongs to.
func (c *Cube) key(p *place, d dayEdge) string {
	switch c.spec.By {
	case ByUnit:
		c.locate(p)
		return p.unit
	case ByCategory:
		c.locate(p)
		return p.category
	case ByChannel:
		return p.channel
	case ByRegion:
		return p.region
	case BySKU:
		return p.sku
	case ByBand:
		return c.band(p)
	case ByHour:
		return hourKey((p.at - d.start) / hourMs)
	case ByDay:
		return d.day.String()
	case ByEntry, ByReason, ByTier, ByPlan, ByWord:
		return p.own
	}
	return ""
}
