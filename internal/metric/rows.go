package metric

import "shopwatch/internal/market"

// lines is the columns of market.OrderLines that sums need.
type lines struct {
	order, sku, channel, region, buyer, status *market.Vector
	qty, amount, paid, placedAt, paidAt        *market.Vector
}

func lineColumns(b *market.Batch) lines {
	return lines{
		order: b.Column("order_id"), sku: b.Column("sku"), channel: b.Column("channel"), region: b.Column("region"),
		buyer: b.Column("buyer"), status: b.Column("status"), qty: b.Column("qty"), amount: b.Column("amount"),
		paid: b.Column("paid"), placedAt: b.Column("placed_at"), paidAt: b.Column("paid_at"),
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
	part := c.cell(c.key(p, edge))
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
	if buyer := l.buyer.Text(i); buyer != "" {
		c.buyers.add(part, c.buyers.number(buyer))
	} else {
		c.buyers.add(part, c.buyers.foreign(order))
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
		part := c.cell(c.key(&p, c.span.days[c.span.find(at)]))
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
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || ms < c.span.start || ms >= c.cutMs || status.Text(i) != "success" {
			continue
		}
		p := place{at: ms, sku: sku.Text(i), channel: channel.Text(i), region: region.Text(i)}
		if !c.keeps(&p) {
			continue
		}
		c.total.Refunded += market.Fen(amount.Ints[i])
		c.total.Refunds++
		if c.parts.Refunds {
			cell := &c.cells[c.cell(c.key(&p, c.span.days[c.span.find(ms)]))]
			cell.Refunded += market.Fen(amount.Ints[i])
			cell.Refunds++
		}
	}
}

// AddTraffic adds traffic of hours that are over by the cut, so that an hour
// still under way is not set against a whole one.
func (c *Cube) AddTraffic(b *market.Batch) {
	if b.Len() == 0 || !c.known.Traffic {
		return
	}
	hour, channel, unit := b.Column("hour"), b.Column("channel"), b.Column("unit")
	cols := [...]*market.Vector{
		b.Column("visitors"), b.Column("views"), b.Column("cart_users"), b.Column("order_users"), b.Column("pay_users"),
	}
	for i := range b.Len() {
		ms := hour.Ints[i]
		if ms < c.span.start || ms+hourMs > c.trafficMs {
			continue
		}
		p := place{at: ms, channel: channel.Text(i), unit: unit.Text(i), hasUnit: true}
		if !c.keeps(&p) {
			continue
		}
		v := Sums{
			Visitors: cols[0].Ints[i], Views: cols[1].Ints[i], CartUsers: cols[2].Ints[i],
			OrderUsers: cols[3].Ints[i], PayUsers: cols[4].Ints[i],
		}
		c.total = c.total.Plus(v)
		if c.parts.Traffic {
			part := c.cell(c.key(&p, c.span.days[c.span.find(ms)]))
			c.cells[part] = c.cells[part].Plus(v)
		}
	}
}

// place is where in the dimensions a fact lies.
type place struct {
	at                   int64
	sku, channel, region string
	unit, category       string
	hasUnit              bool // unit and category are set
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
	}
	return ""
}
